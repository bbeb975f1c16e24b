package toolchain

import (
	"studioide/internal/problem"
)

// The problems of this package; what they say is in the words file.
var (
	errBadSource        = problem.Define1[string]("toolchain.bad-source", problem.BadUsage, problem.Correct, "source")
	errBadSourceMissing = problem.Variant3[string, string, string](errBadSource, "missing", problem.Correct, "path", "archive", "version")
	errBadSourceDenied  = problem.Variant1[string](errBadSource, "denied", problem.Allow, "path")
	errBadSourceDamaged = problem.Variant1[string](errBadSource, "damaged", problem.Retry, "path")
	errWrongHash        = problem.Define3[string, string, string]("toolchain.wrong-hash", problem.Unavailable, problem.Retry, "path", "archive", "version")
	errUnreachable      = problem.Define2[string, string]("toolchain.unreachable", problem.Unavailable, problem.GoOnline, "host", "archive")
	errWrongHashSent    = problem.Variant2[string, string](errWrongHash, "sent", problem.Retry, "host", "archive")
	errNotFound         = problem.Define2[string, string]("toolchain.not-found", problem.NotFound, problem.CheckAddress, "archive", "host")
	errRefused          = problem.Define2[string, string]("toolchain.refused", problem.Unavailable, problem.GoOnline, "host", "status")
	errTooOld           = problem.Define2[string, int]("go.too-old", problem.Unsupported, problem.InstallGo, "version", "oldest")
	errMissing          = problem.Define("go.missing", problem.NotReady, problem.InstallGo)
	errNoRelease        = problem.Define3[string, string, string]("toolchain.no-release", problem.Unsupported, problem.InstallTool, "system", "machine", "howToInstall")
	errUnusable         = problem.Define1[string]("folder.unusable", problem.Forbidden, problem.FreeDisk, "folder")
	errMissingNamed     = problem.Variant1[string](errTinygoMissing, "named", problem.Correct, "path")
	errTinygoMissing    = problem.Define1[string]("tinygo.missing", problem.NotReady, problem.InstallTool, "howToInstall")
	errTinygoBoard      = problem.Define2[string, string]("tinygo.board", problem.Unsupported, problem.InstallTool, "version", "needed")
	errBoardTarget      = problem.Variant2[string, string](errTinygoBoard, "target", problem.InstallTool, "version", "target")
	errTinygoRelease    = problem.Define2[string, string]("tinygo.release", problem.Unsupported, problem.InstallTool, "path", "howToInstall")
	errTinygoTooOld     = problem.Define4[string, string, string, string]("tinygo.too-old", problem.Unsupported, problem.InstallTool, "path", "version", "oldest", "howToInstall")
	errTinygoBroken     = problem.Define2[string, string]("tinygo.broken", problem.Unavailable, problem.InstallTool, "path", "howToInstall")
	errTinygoGo         = problem.Define4[string, string, string, string]("tinygo.go", problem.Unsupported, problem.InstallGo, "version", "takes", "is", "newest")
	ErrDamaged          = problem.Define1[string]("toolchain.damaged", problem.Unavailable, problem.Retry, "archive")
	errDiskFull         = problem.Variant1[string](problem.ErrDiskFull, "toolchain", problem.FreeDisk, "folder")
	errNoRoom           = problem.Variant3[string, string, string](problem.ErrDiskFull, "toolchain-size", problem.FreeDisk, "needed", "folder", "free")
	errGoplsMissing     = problem.Define("gopls.missing", problem.NotReady, problem.InstallTool)
	errGoplsNamed       = problem.Variant1[string](errGoplsMissing, "named", problem.Correct, "path")
	errGoplsGo          = problem.Define3[string, string, int]("gopls.go", problem.Unsupported, problem.InstallGo, "version", "is", "oldest")
	errGoplsOffline     = problem.Define("gopls.offline", problem.Unavailable, problem.GoOnline)
	errGoplsHash        = problem.Define("gopls.hash", problem.Unavailable, problem.Retry)
	errGoplsBuild       = problem.Define("gopls.build", problem.Unavailable, problem.Retry)
)
