package outgoing

import "studioide/internal/problem"

// The problems of this package; what they say is in the words file.
var (
	ErrAddress  = problem.Define1[string]("outgoing.address", problem.BadInput, problem.Correct, "address")
	ErrNotAsked = problem.Define1[string]("outgoing.not-asked", problem.NotFound, problem.Run, "address")
)
