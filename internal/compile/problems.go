package compile

import (
	"studioide/internal/problem"
	"studioide/internal/toolchain"
)

// The problems of this package; what they say is in the words file.
var (
	ErrFailed           = problem.Define("build.failed", problem.BadInput, problem.OpenProblems)
	errUnfit            = problem.Define1[string]("board.unfit", problem.Unsupported, problem.OtherBoard, "why")
	errCache            = problem.Define1[string]("build.cache", problem.Broken, problem.FreeDisk, "dir")
	errTooLong          = problem.Define1[string]("build.too-long", problem.BadInput, problem.FixProgram, "time")
	errTooMuchMemory    = problem.Define1[string]("build.too-much-memory", problem.BadInput, problem.FixProgram, "limit")
	errTooLarge         = problem.Define1[string]("build.too-large", problem.TooLarge, problem.FixProgram, "limit")
	errFileTooLarge     = problem.Variant3[string, string, int](errTooLarge, "file", problem.ChangeFiles, "file", "size", "limit")
	errMissing          = problem.Define1[string]("modules.missing", problem.Unavailable, problem.GoOnline, "what")
	errNoCompiler       = problem.Define1[string]("build.no-compiler", problem.Unavailable, problem.InstallTool, "board")
	errNoMain           = problem.Define("build.no-main", problem.BadInput, problem.ChangeFiles)
	errFolderUnreadable = problem.Variant1[string](problem.ErrNoProject, "unreadable", problem.Allow, "folder")
	errLink             = problem.Define1[string]("build.link", problem.BadInput, problem.ChangeFiles, "file")
	errIsLink           = problem.Variant1[string](errLink, "link", problem.ChangeFiles, "file")
	errTooMany          = problem.Define1[int]("build.too-many", problem.TooLarge, problem.ChangeFiles, "limit")
	errUnreadable       = problem.Define1[string]("build.unreadable", problem.Forbidden, problem.Allow, "file")
	errWebFiles         = problem.Define3[int, string, int]("build.web-files", problem.TooLarge, problem.ChangeFiles, "files", "board", "limit")
	errWeb              = problem.Define2[string, string]("build.web", problem.TooLarge, problem.ChangeFiles, "path", "board")
	errNoCompilerStart  = problem.Variant1[string](errNoCompiler, "start", problem.InstallTool, "tool")
	errKilled           = problem.Define("build.killed", problem.Unavailable, problem.CloseOther)
	errDamagedTarget    = problem.Variant1[string](toolchain.ErrDamaged, "target", problem.InstallTool, "line")
	errCacheDenied      = problem.Variant1[string](errCache, "denied", problem.Allow, "line")
	errCacheUnreadable  = problem.Variant1[string](errCache, "unreadable", problem.FreeDisk, "line")
	errCacheMissing     = problem.Variant1[string](errCache, "missing", problem.Correct, "line")
	errDamagedCompiler  = problem.Variant1[string](toolchain.ErrDamaged, "compiler", problem.InstallTool, "line")
	errFailedItself     = problem.Define1[string]("toolchain.failed", problem.Unavailable, problem.Run, "line")
)
