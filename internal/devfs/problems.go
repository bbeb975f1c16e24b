package devfs

import (
	"studioide/internal/devlink"
	"studioide/internal/problem"
)

// The problems of this package; what they say is in the words file.
var (
	errInvalid       = problem.Define2[string, string]("path.invalid", problem.BadInput, problem.ChangeFiles, "path", "why")
	errTooLong       = problem.Define("path.too-long", problem.BadInput, problem.ChangeFiles)
	ErrStrange       = problem.Define("link.strange-answer", problem.Unavailable, problem.Run)
	errTwice         = problem.Define1[string]("path.twice", problem.BadInput, problem.ChangeFiles, "path")
	errNoSpaceFile   = problem.Variant3[string, string, string](devlink.ErrNoSpace, "file", problem.ChangeFiles, "path", "size", "capacity")
	errTooManyFiles  = problem.Define3[int, int, string]("board.too-many-files", problem.TooLarge, problem.FreeBoard, "limit", "files", "path")
	errDamagedNew    = problem.Variant(devlink.ErrDamaged, "new", problem.Retry)
	errTooManyAll    = problem.Variant2[int, int](errTooManyFiles, "project", problem.ChangeFiles, "limit", "files")
	errTooManyOthers = problem.Variant3[int, int, int](errTooManyFiles, "others", problem.FreeBoard, "limit", "files", "others")
	errNoSpaceFree   = problem.Variant3[string, string, string](devlink.ErrNoSpace, "free", problem.FreeBoard, "path", "size", "free")
	errNoSpaceNew    = problem.Variant3[string, string, string](devlink.ErrNoSpace, "new", problem.FreeBoard, "path", "size", "free")
)
