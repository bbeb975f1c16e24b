package wstest

import "studioide/internal/problem"

// The problems of this package; what they say is in the words file.
var (
	errBadFile = problem.Define2[int, string]("test.bad-file", problem.BadInput, problem.Correct, "line", "what")

	errFailed         = problem.Define2[string, string]("test.failed", problem.Unavailable, problem.FixProgram, "came", "expected")
	errFailedNothing  = problem.Variant2[string, string](errFailed, "nothing", problem.FixProgram, "time", "expected")
	errFailedOthers   = problem.Variant3[string, string, string](errFailed, "others", problem.FixProgram, "time", "came", "expected")
	errFailedUnwanted = problem.Variant2[string, string](errFailed, "unwanted", problem.FixProgram, "came", "time")
	errFailedClosed   = problem.Variant2[string, string](errFailed, "closed", problem.FixProgram, "why", "expected")
	errFailedOpen     = problem.Variant2[string, string](errFailed, "open", problem.FixProgram, "time", "expected")
	errFailedCode     = problem.Variant2[string, string](errFailed, "code", problem.FixProgram, "why", "expected")

	errTooLong     = problem.Define1[string]("test.too-long", problem.TimedOut, problem.FixProgram, "time")
	errTooFast     = problem.Define1[int]("test.too-fast", problem.TooLarge, problem.FixProgram, "count")
	errTooLarge    = problem.Define1[string]("test.too-large", problem.TooLarge, problem.Correct, "size")
	errLoadNumber  = problem.Define3[string, string, string]("load.number", problem.BadInput, problem.Correct, "what", "least", "most")
	errLoadText    = problem.Define1[string]("load.text", problem.BadInput, problem.Correct, "what")
	errLoadPath    = problem.Define1[string]("load.path", problem.BadInput, problem.Correct, "path")
	errLoadAnswer  = problem.Define2[int, string]("load.answer", problem.Unavailable, problem.CloseOther, "status", "why")
	errLoadConnect = problem.Define("load.connect", problem.Unavailable, problem.FixProgram)
	errLoadLate    = problem.Define1[string]("load.late", problem.TimedOut, problem.FixProgram, "time")
	errLoadClosed  = problem.Define1[string]("load.closed", problem.Unavailable, problem.FixProgram, "why")

	errUnfilled = problem.Define1[string]("test.unfilled", problem.BadInput, problem.Correct, "name")
)

// ErrNoMessage is that a set has no message of a name.
var ErrNoMessage = problem.Define1[string]("test.no-message", problem.NotFound, problem.Correct, "name")
