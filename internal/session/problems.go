package session

import (
	"studioide/internal/devlink"
	"studioide/internal/flasher"
	"studioide/internal/problem"
)

// The problems of this package; what they say is in the words file.
var (
	errStopped            = problem.Define("board.stopped", problem.NotReady, problem.Reset)
	errNetworkCut         = problem.Define("network.cut", problem.Unavailable, problem.Correct)
	errNoSuchFault        = problem.Define1[string]("network.no-such-fault", problem.BadInput, problem.Correct, "kind")
	errHeld               = problem.Define1[string]("program.held", problem.Unavailable, problem.FixProgram, "why")
	errByHandUnfit        = problem.Variant3[string, string, string](errByHand, "unfit", problem.OtherWay, "board", "unfit", "tool")
	errByHand             = problem.Define3[string, string, string]("flash.by-hand", problem.Unsupported, problem.OtherWay, "board", "id", "tool")
	errNotADrive          = problem.Define2[string, string]("flash.not-a-drive", problem.BadUsage, problem.ChoosePort, "board", "drive")
	errWrongChipDrive     = problem.Variant4[string, string, string, string](flasher.ErrWrongChip, "drive", problem.ChooseBoard, "drive", "chip", "board", "itsChip")
	errReal               = problem.Define("pins.real", problem.Unsupported, problem.OtherWay)
	errRealVoltage        = problem.Variant(errReal, "voltage", problem.OtherWay)
	errNotBack            = problem.Define("board.not-back", problem.Unavailable, problem.HoldBoot)
	errBusy               = problem.Variant(devlink.ErrBusy, "action", problem.Wait)
	errNotConnected       = problem.Define("board.not-connected", problem.NotReady, problem.PlugIn)
	errFilesNone          = problem.Define("files.none", problem.Unsupported, problem.Run)
	errFilesForeign       = problem.Define("files.foreign", problem.NotReady, problem.Run)
	errFilesEmpty         = problem.Define("files.empty", problem.NotReady, problem.Run)
	errFilesStopped       = problem.Define("files.stopped", problem.NotReady, problem.Reset)
	errFilesCrashed       = problem.Define("files.crashed", problem.NotReady, problem.FixProgram)
	errFilesStarting      = problem.Define("files.starting", problem.NotReady, problem.Wait)
	ErrUnplugged          = problem.Define("board.unplugged", problem.Unavailable, problem.PlugIn)
	errNoAnswerNoLonger   = problem.Variant(devlink.ErrNoAnswer, "no-longer", problem.FixProgram)
	errNoAnswerPrints     = problem.Variant(devlink.ErrNoAnswer, "prints", problem.FixProgram)
	errNoAnswerNotServing = problem.Variant(devlink.ErrNoAnswer, "not-serving", problem.FixProgram)
	errNotStarted         = problem.Define1[string]("program.not-started", problem.Unavailable, problem.PickFile, "why")
	errMissing            = problem.Define("port.missing", problem.BadUsage, problem.Correct)
	errNotTrusted         = problem.Define("virtual.not-trusted", problem.Forbidden, problem.Run)
	errEnded              = problem.Define("program.ended", problem.Unavailable, problem.FixProgram)
	errCrashed            = problem.Define("program.crashed", problem.Unavailable, problem.FixProgram)
	errCrashedExplained   = problem.Variant2[string, string](errCrashed, "explained", problem.FixProgram, "text", "help")
)
