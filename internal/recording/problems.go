package recording

import "studioide/internal/problem"

// The problems of this package; what they say is in the words file.
var (
	// ErrMissing says that there is no such recording, or message of it.
	ErrMissing = problem.Define("recording.missing", problem.NotFound, problem.PickFile)
	// ErrNone says that nothing is being recorded.
	ErrNone        = problem.Define("recording.none", problem.NotReady, problem.None)
	errRunning     = problem.Define("recording.running", problem.Busy, problem.None)
	errBadName     = problem.Define1[int]("recording.bad-name", problem.BadInput, problem.Correct, "limit")
	errFolder      = problem.Define1[string]("recording.folder", problem.Broken, problem.Retry, "reason")
	errFull        = problem.Variant(problem.ErrDiskFull, "recording", problem.FreeDisk)
	errWrite       = problem.Define1[string]("recording.write", problem.Broken, problem.Retry, "reason")
	errTooMuch     = problem.Define1[int]("recording.too-many", problem.TooLarge, problem.None, "limit")
	errLine        = problem.Define2[int, string]("recording.line", problem.BadInput, problem.PickFile, "line", "reason")
	errEmpty       = problem.Define("recording.empty", problem.BadInput, problem.PickFile)
	errHAR         = problem.Define1[string]("recording.har", problem.BadInput, problem.PickFile, "reason")
	errHARLine     = problem.Variant2[int, string](errHAR, "line", problem.PickFile, "line", "reason")
	errNoSocket    = problem.Define("recording.no-socket", problem.BadInput, problem.PickFile)
	errNothingSent = problem.Define("recording.nothing-sent", problem.BadInput, problem.PickFile)
	// ErrReplaying says that a replay is going on.
	ErrReplaying = problem.Define("recording.replaying", problem.Busy, problem.None)
	errLarge     = problem.Define1[int]("recording.too-large", problem.TooLarge, problem.PickFile, "limit")
)
