package lan

import (
	"studioide/internal/problem"
)

// The problems of this package; what they say is in the words file.
var (
	errNoNetwork  = problem.Define("lan.no-network", problem.NotReady, problem.Retry)
	errListen     = problem.Define1[string]("lan.listen", problem.Unavailable, problem.Correct, "address")
	errAddress    = problem.Define1[string]("lan.bad-address", problem.BadUsage, problem.Correct, "address")
	errAddressAll = problem.Variant1[string](errAddress, "all", problem.Correct, "address")
	errPair       = problem.Define("lan.cert-pair", problem.BadUsage, problem.Correct)
	errCert       = problem.Define1[string]("lan.cert", problem.BadInput, problem.PickFile, "file")
	errCertNone   = problem.Variant1[string](errCert, "none", problem.PickFile, "file")
	errCertLocked = problem.Variant1[string](errCert, "locked", problem.PickFile, "file")
	errCertKey    = problem.Variant2[string, string](errCert, "mismatch", problem.PickFile, "cert", "key")
	errCertOld    = problem.Variant2[string, string](errCert, "expired", problem.PickFile, "file", "day")
	errCertEarly  = problem.Variant2[string, string](errCert, "early", problem.PickFile, "file", "day")
	errEnded      = problem.Define("lan.ended", problem.Unavailable, problem.Retry)

	// ErrOff is that of asking something of a page that is not open to other devices.
	ErrOff = problem.Define("lan.off", problem.NotReady, problem.Retry)
)
