package home

import (
	"studioide/internal/problem"
)

// The problems of this package; what they say is in the words file.
var (
	errUnusable     = problem.Define1[string]("home.unusable", problem.Forbidden, problem.FreeDisk, "dir")
	errNoHome       = problem.Variant(errUnusable, "none", problem.FreeDisk)
	errNotAFile     = problem.Define1[string]("home.not-a-file", problem.Forbidden, problem.Allow, "path")
	errNotAFileLock = problem.Variant1[string](errNotAFile, "lock", problem.Allow, "path")
	errBad          = problem.Define1[string]("settings.bad", problem.BadInput, problem.Reload, "setting")
	errSettings     = problem.Define1[string]("disk.settings", problem.NoSpace, problem.FreeDisk, "folder")
	errNotTrusted   = problem.Define1[string]("trust.not-trusted", problem.NotFound, problem.None, "folder")
	errNotTrustedID = problem.Variant(errNotTrusted, "id", problem.None)
)
