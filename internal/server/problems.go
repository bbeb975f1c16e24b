package server

import (
	"studioide/internal/problem"
	"studioide/internal/project"
)

// The problems of this package; what they say is in the words file.
var (
	errSlow            = problem.Define("http.slow", problem.TimedOut, problem.Retry)
	errHTTP            = problem.Define1[string]("http", problem.BadInput, problem.Reload, "what")
	errNotFound        = problem.Define1[string]("http.not-found", problem.NotFound, problem.None, "path")
	errMethod          = problem.Define1[string]("http.method", problem.NotAllowed, problem.Update, "method")
	errTooLarge        = problem.Define("http.too-large", problem.TooLarge, problem.ChangeFiles)
	errBadRequest      = problem.Define("http.bad-request", problem.Malformed, problem.Reload)
	errBadOffset       = problem.Define1[string]("flash.bad-offset", problem.BadUsage, problem.Correct, "offset")
	errBadConsoleText  = problem.Define("console.bad-text", problem.BadInput, problem.Correct)
	errBadBinary       = problem.Define("message.bad-binary", problem.BadInput, problem.Correct)
	errBadMark         = problem.Define1[int]("message.bad-mark", problem.BadInput, problem.Correct, "limit")
	errBadText         = problem.Define("message.bad-text", problem.BadInput, problem.Correct)
	errNoBrowser       = problem.Define("door.no-browser", problem.Unavailable, problem.OpenStudio)
	errBadQuestion     = problem.Define("door.bad-question", problem.BadInput, problem.Update)
	errBadJSONKey      = problem.Variant(errBadJSON, "key", problem.Reload)
	errBrowser         = problem.Define("disk.browser", problem.NoSpace, problem.FreeDisk)
	errWrongHost       = problem.Define("door.host", problem.Misdirected, problem.OpenStudio)
	errWrongOrigin     = problem.Define("door.origin", problem.Forbidden, problem.OpenStudio)
	errWrongUser       = problem.Define("door.user", problem.Forbidden, problem.StartStudio)
	errNoSession       = problem.Define("door.session", problem.Unauthorized, problem.OpenStudio)
	errBadJSON         = problem.Define("http.bad-json", problem.BadInput, problem.Reload)
	errBadEncoding     = problem.Variant(project.ErrBadName, "encoding", problem.Correct)
	errBadJSONSettings = problem.Variant(errBadJSON, "settings", problem.Reload)
	errNoVersion       = problem.Define1[string]("file.no-version", problem.BadInput, problem.Reload, "file")
)
