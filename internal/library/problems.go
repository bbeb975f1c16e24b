package library

import (
	"studioide/internal/problem"
)

// The problems of this package; what they say is in the words file.
var (
	errAddress     = problem.Define1[string]("library.address", problem.BadInput, problem.OtherWay, "address")
	errAnswer      = problem.Define3[string, int, string]("library.answer", problem.Unavailable, problem.CheckAddress, "host", "status", "meaning")
	errTooLarge    = problem.Define2[string, int]("library.too-large", problem.TooLarge, problem.PickFile, "file", "limit")
	errUnreachable = problem.Define1[string]("library.unreachable", problem.Unavailable, problem.GoOnline, "host")
	errKind        = problem.Define3[string, string, string]("library.kind", problem.BadInput, problem.CheckAddress, "address", "kind", "found")
	errIntegrity   = problem.Define1[string]("library.integrity", problem.BadInput, problem.CheckAddress, "address")
)
