package port

import (
	"studioide/internal/problem"
)

// The problems of this package; what they say is in the words file.
var (
	errTakenByBrltty = problem.Define1[string]("port.taken-by-brltty", problem.Busy, problem.CloseOther, "chip")
	errNoDriver      = problem.Define1[string]("port.no-driver", problem.Unavailable, problem.Replug, "chip")
	ErrBusy          = problem.Define("port.busy", problem.Busy, problem.CloseOther)
	ErrNotFound      = problem.Define("port.not-found", problem.NotFound, problem.PlugIn)
	ErrDenied        = problem.Define("port.denied", problem.Forbidden, problem.Allow)
	ErrUnusable      = problem.Define("port.unusable", problem.Unavailable, problem.Replug)
	errUnusablePort  = problem.Variant1[string](ErrUnusable, "port", problem.Replug, "port")
	// ErrNotSerial is of something that is there, and no serial port.
	ErrNotSerial   = problem.Define("port.not-serial", problem.BadInput, problem.ChoosePort)
	errFolder      = problem.Variant1[string](ErrNotSerial, "folder", problem.ChoosePort, "name")
	errFile        = problem.Variant1[string](ErrNotSerial, "file", problem.ChoosePort, "name")
	errPipe        = problem.Variant1[string](ErrNotSerial, "pipe", problem.ChoosePort, "name")
	errDisk        = problem.Variant1[string](ErrNotSerial, "disk", problem.ChoosePort, "name")
	errTerminal    = problem.Variant1[string](ErrNotSerial, "terminal", problem.ChoosePort, "name")
	errOtherDevice = problem.Variant1[string](ErrNotSerial, "device", problem.ChoosePort, "name")
	ErrBadName     = problem.Define1[string]("port.bad-name", problem.BadUsage, problem.Correct, "name")
	errList        = problem.Define("port.list", problem.Broken, problem.Restart)
	// ErrUnplugged is of a port that has gone while it was used.
	ErrUnplugged      = problem.Define("port.gone", problem.Unavailable, problem.PlugIn)
	errBusyBy         = problem.Variant2[string, string](ErrBusy, "by", problem.CloseOther, "program", "port")
	errBusyUnknown    = problem.Variant1[string](ErrBusy, "unknown", problem.CloseOther, "port")
	errBusyByStudio   = problem.Variant2[string, string](ErrBusy, "by-studio", problem.CloseOther, "program", "port")
	errNotFoundNone   = problem.Variant1[string](ErrNotFound, "none", problem.PlugIn, "port")
	errNotFoundOthers = problem.Variant2[string, string](ErrNotFound, "others", problem.ChoosePort, "port", "ports")
	errNotFoundReason = problem.Variant2[string, string](ErrNotFound, "reason", problem.Replug, "port", "reason")
	errDeniedGroup    = problem.Variant3[string, string, string](ErrDenied, "group", problem.Allow, "port", "group", "account")
	errDeniedLogin    = problem.Variant2[string, string](ErrDenied, "login", problem.Allow, "port", "group")
	errDeniedAsk      = problem.Variant1[string](ErrDenied, "ask", problem.Allow, "port")
	errDeniedWindows  = problem.Variant1[string](ErrDenied, "windows", problem.Allow, "port")
)
