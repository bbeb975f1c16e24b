package flasher

import (
	"studioide/internal/problem"
)

// The problems of this package; what they say is in the words file.
var (
	ErrEmpty          = problem.Define("flash.empty", problem.BadInput, problem.PickFile)
	ErrWrongChip      = problem.Define2[string, string]("flash.wrong-chip", problem.BadInput, problem.ChooseBoard, "chip", "builtFor")
	errOldChip        = problem.Define4[string, int, int, string]("flash.old-chip", problem.BadInput, problem.PickFile, "chip", "major", "minor", "revision")
	ErrTooLarge       = problem.Define2[string, string]("flash.too-large", problem.TooLarge, problem.ChangeFiles, "needs", "has")
	errBadPart        = problem.Define1[string]("flash.bad-part", problem.BadInput, problem.Correct, "offset")
	errBadPartEnd     = problem.Variant1[string](errBadPart, "end", problem.Correct, "end")
	errBadPartOverlap = problem.Variant1[string](errBadPart, "overlap", problem.Correct, "offset")
	// ErrHoldBoot is of a board that runs its program instead of waiting for another one.
	ErrHoldBoot  = problem.Define("flash.hold-boot", problem.Unavailable, problem.HoldBoot)
	ErrUnplugged = problem.Define1[string]("flash.unplugged", problem.Unavailable, problem.PlugIn, "action")
	ErrRefused   = problem.Define1[string]("flash.refused", problem.Unavailable, problem.Replug, "action")
	ErrDamaged   = problem.Define("flash.damaged", problem.BadInput, problem.GetAgain)
)
