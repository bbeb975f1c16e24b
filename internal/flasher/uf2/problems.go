package uf2

import (
	"studioide/internal/flasher"
	"studioide/internal/port"
	"studioide/internal/problem"
)

// The problems of this package; what they say is in the words file.
var (
	errBadFile          = problem.Define1[string]("flash.bad-file", problem.BadInput, problem.PickFile, "chip")
	errNoDrive          = problem.Define("flash.no-drive", problem.NotReady, problem.HoldBootSel)
	errReplug           = problem.Define("flash.replug", problem.Unsupported, problem.Replug)
	errCannotRead       = problem.Define("flash.cannot-read", problem.Unsupported, problem.OtherWay)
	errCannotErase      = problem.Define("flash.cannot-erase", problem.Unsupported, problem.OtherWay)
	errUnpluggedPlain   = problem.Variant(flasher.ErrUnplugged, "plain", problem.PlugIn)
	errHoldBootBootsel  = problem.Variant(flasher.ErrHoldBoot, "bootsel", problem.HoldBootSel)
	errTwoBoards        = problem.Define("flash.two-boards", problem.Conflict, problem.Replug)
	errUnpluggedBootsel = problem.Variant(flasher.ErrUnplugged, "bootsel", problem.HoldBootSel)
	errRefusedCopy      = problem.Variant(flasher.ErrRefused, "copy", problem.HoldBootSel)
	errRefusedWaits     = problem.Variant(flasher.ErrRefused, "waits", problem.HoldBootSel)
	errBadNameDrive     = problem.Variant2[string, string](port.ErrBadName, "drive", problem.Correct, "name", "known")
	errNoDriveProgram   = problem.Variant(errNoDrive, "program", problem.HoldBootSel)
	errBadFileNone      = problem.Variant(errBadFile, "none", problem.BuildAgain)
	errBadFileShort     = problem.Variant(errBadFile, "short", problem.BuildAgain)
	errBadFileDamaged   = problem.Variant(errBadFile, "damaged", problem.BuildAgain)
	errBadFileChips     = problem.Variant(errBadFile, "chips", problem.BuildAgain)
	errBadFileNumber    = problem.Variant1[uint32](errBadFile, "number", problem.BuildAgain, "block")
	errBadFileSize      = problem.Variant2[uint32, string](errBadFile, "size", problem.BuildAgain, "size", "address")
	errBadFileElsewhere = problem.Variant1[string](errBadFile, "elsewhere", problem.BuildAgain, "address")
	errBadFileTwice     = problem.Variant(errBadFile, "twice", problem.BuildAgain)
	errBadFileBlocks    = problem.Variant2[int, uint32](errBadFile, "blocks", problem.BuildAgain, "is", "count")
	errNotMounted       = problem.Define2[string, string]("flash.not-mounted", problem.NotReady, problem.MountDrive, "device", "drive")
)
