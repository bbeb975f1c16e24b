package esp

import (
	"studioide/internal/flasher"
	"studioide/internal/problem"
)

// The problems of this package; what they say is in the words file.
var (
	errUnknownChip        = problem.Define1[string]("flash.unknown-chip", problem.Unsupported, problem.Update, "magic")
	errBrownout           = problem.Define("flash.brownout", problem.Unavailable, problem.ChangeCable)
	errOneWay             = problem.Define("flash.one-way", problem.Unavailable, problem.ChangeCable)
	errSilent             = problem.Define("flash.no-answer", problem.Unavailable, problem.HoldBoot)
	errSilentNoButtons    = problem.Variant(errSilent, "no-buttons", problem.HoldBoot)
	errGarbage            = problem.Define("flash.garbage", problem.Unavailable, problem.HoldBoot)
	errNoReset            = problem.Define("flash.no-reset", problem.Unavailable, problem.HoldBoot)
	errStopped            = problem.Define1[string]("flash.stopped", problem.Unavailable, problem.Replug, "action")
	errNoise              = problem.Define("flash.noise", problem.Unavailable, problem.ChangeCable)
	errTruncated          = problem.Define2[string, string]("flash.truncated", problem.BadInput, problem.PickFile, "is", "want")
	errUnknownChipProgram = problem.Variant1[int](errUnknownChip, "program", problem.PickFile, "number")
	errWrongChipTwo       = problem.Variant2[string, string](flasher.ErrWrongChip, "two", problem.PickFile, "bootloader", "program")
	errNoProgram          = problem.Define("flash.no-program", problem.BadInput, problem.PickFile)
	errUnsupported        = problem.Define1[string]("flash.unsupported", problem.Unsupported, problem.OtherBoard, "chip")
	errNoMemory           = problem.Define("flash.no-memory", problem.Unavailable, problem.Replug)
	errRefusedSize        = problem.Variant1[string](flasher.ErrRefused, "size", problem.Retry, "size")
	errNotVerified        = problem.Define1[string]("flash.verify", problem.Unavailable, problem.ChangeCable, "offset")
	errPressReset         = problem.Define("flash.press-reset", problem.Unsupported, problem.PressReset)
	errPressResetOnly     = problem.Variant(errPressReset, "only", problem.PressReset)
	errRange              = problem.Define3[int64, int64, int64]("flash.range", problem.BadInput, problem.Correct, "from", "to", "size")
	errNoMemorySize       = problem.Variant(errNoMemory, "size", problem.ChangeCable)
	errStaysAsItIs        = problem.Variant1[string](errNotVerified, "stays", problem.OtherBoard, "offset")
	errDamagedChip        = problem.Variant(flasher.ErrDamaged, "chip", problem.GetAgain)
	errDamagedSegments    = problem.Variant1[int](flasher.ErrDamaged, "segments", problem.GetAgain, "segments")
	errDamagedFlash       = problem.Variant(flasher.ErrDamaged, "flash", problem.GetAgain)
	errDamagedHeader      = problem.Variant(flasher.ErrDamaged, "header", problem.GetAgain)
	errDamagedPart        = problem.Variant2[int, string](flasher.ErrDamaged, "part", problem.GetAgain, "part", "address")
	errDamagedChecksum    = problem.Variant2[string, string](flasher.ErrDamaged, "checksum", problem.GetAgain, "is", "should")
	errDamagedEntry       = problem.Variant1[string](flasher.ErrDamaged, "entry", problem.GetAgain, "address")
	errDamagedHash        = problem.Variant(flasher.ErrDamaged, "hash", problem.GetAgain)
	errDamagedTable       = problem.Variant(flasher.ErrDamaged, "table", problem.GetAgain)
	errDamagedMd5         = problem.Variant(flasher.ErrDamaged, "md5", problem.GetAgain)
	errDamagedLonger      = problem.Variant1[string](flasher.ErrDamaged, "longer", problem.GetAgain, "size")
)
