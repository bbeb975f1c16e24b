package image

import (
	"studioide/internal/flasher"
	"studioide/internal/problem"
)

// The problems of this package; what they say is in the words file.
var (
	ErrEmptyFile       = problem.Variant1[string](flasher.ErrEmpty, "file", problem.PickFile, "file")
	errWrongPlace      = problem.Define3[string, string, string]("flash.wrong-place", problem.BadInput, problem.Correct, "file", "chip", "offset")
	errNeedsBootloader = problem.Define3[string, string, string]("flash.needs-bootloader", problem.BadInput, problem.PickFile, "file", "offset", "chip")
	errWrongPlaceBoot  = problem.Variant4[string, string, string, string](errWrongPlace, "boot", problem.Correct, "chip", "boot", "offset", "right") // said with the file's name before it
	errDamagedSector   = problem.Variant1[string](flasher.ErrDamaged, "sector", problem.PickFile, "chip")
	errTooLargeBoards  = problem.Variant4[string, string, string, string](flasher.ErrTooLarge, "boards", problem.PickFile, "file", "needs", "board", "has")
	errWrongChipFile   = problem.Variant4[string, string, string, string](flasher.ErrWrongChip, "file", problem.PickFile, "file", "what", "board", "chip")
	errNotAProgram     = problem.Define3[string, string, string]("flash.not-a-program", problem.BadInput, problem.PickFile, "file", "what", "expected")
	errDamagedFile     = problem.Variant3[string, string, string](flasher.ErrDamaged, "file", problem.GetAgain, "file", "what", "expected")
)
