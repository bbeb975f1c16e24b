package virtual

import (
	"studioide/internal/port"
	"studioide/internal/problem"
)

// The problems of this package; what they say is in the words file.
var (
	errConfig      = problem.Define("virtual.config", problem.BadInput, problem.Correct)
	errState       = problem.Define1[string]("virtual.state", problem.Broken, problem.FreeDisk, "reason")
	errNoKey       = problem.Define("virtual.no-key", problem.Broken, problem.Restart)
	errTooBig      = problem.Define2[string, string]("virtual.too-big", problem.TooLarge, problem.ChangeFiles, "size", "room")
	errInUse       = problem.Define1[string]("virtual.in-use", problem.Busy, problem.CloseOther, "who")
	errPin         = problem.Define1[int]("virtual.pin", problem.BadInput, problem.Correct, "pin")
	errVoltage     = problem.Define2[int, int]("virtual.voltage", problem.BadInput, problem.Correct, "value", "most")
	errSwitchedOff = problem.Variant(port.ErrUnplugged, "off", problem.ChoosePort)
	errUnplugged   = problem.Variant(port.ErrNotFound, "virtual", problem.PlugIn)
	errOpenAlready = problem.Variant(port.ErrBusy, "virtual", problem.CloseOther)
	errBaud        = problem.Define("port.baud", problem.BadInput, problem.Correct)
	errNoTerminal  = problem.Define("virtual.no-pty", problem.Unavailable, problem.CloseOther)
	errNoTerminals = problem.Variant(errNoTerminal, "system", problem.OtherWay)
)
