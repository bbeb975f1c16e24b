package devlink

import (
	"errors"

	"studioide/internal/problem"
)

// The problems of this package; what they say is in the words file.
var (
	ErrNoFile      = problem.Define("board.not-found", problem.NotFound, problem.Retry)
	ErrNoSpace     = problem.Define("board.no-space", problem.NoSpace, problem.FreeBoard)
	ErrDamaged     = problem.Define("board.damaged", problem.Unavailable, problem.Retry)
	errFlashFailed = problem.Define("board.flash-failed", problem.Unavailable, problem.Retry)
	ErrBusy        = problem.Define("board.busy", problem.Busy, problem.Wait)
	errTooLong     = problem.Define("board.too-long", problem.TooLarge, problem.ChangeFiles)
	errRefused     = problem.Define("board.refused", problem.Busy, problem.CloseOther)
	errUnsupported = problem.Define("board.unsupported", problem.Unsupported, problem.Run)
	errFailed      = problem.Define("board.failed", problem.Unavailable, problem.Run)
	ErrNoAnswer    = problem.Define("link.no-answer", problem.Unavailable, problem.Reset)
	errNotThere    = problem.Variant(ErrNoAnswer, "not-studio", problem.Run)
	errRestarted   = problem.Define("link.restarted", problem.Unavailable, problem.Wait)
	errReleased    = problem.Define("link.released", problem.Busy, problem.Wait)
	errVersion     = problem.Define("link.version", problem.Unsupported, problem.Run)
	ErrNoWiFi      = problem.Define("wifi.none", problem.Unsupported, problem.OtherWay)
	errNoScan      = problem.Define("wifi.no-scan", problem.Unsupported, problem.Correct)
	errNoRadio     = problem.Define("wifi.off", problem.Unavailable, problem.Replug)
	errBadLogin    = problem.Define("wifi.bad-login", problem.BadInput, problem.Correct)
	errScanFailed  = problem.Define("wifi.scan-failed", problem.Unavailable, problem.Retry)
	errNoStreams   = problem.Define("board.no-streams", problem.Unsupported, problem.FixProgram)
	errBroken      = problem.Define("link.broken", problem.Unavailable, problem.Retry)
	errZero        = problem.Define("text.zero", problem.BadInput, problem.Correct)
)

// IsLost tells whether err is of a link that has not carried a request to its end, rather than of one that was refused.
func IsLost(err error) bool {
	for _, p := range []error{ErrNoAnswer, errRestarted, errReleased, errVersion, errBroken} {
		if errors.Is(err, p) {
			return true
		}
	}
	return false
}
