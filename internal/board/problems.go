package board

import (
	"studioide/internal/problem"
)

// The problems of this package; what they say is in the words file.
var (
	errUnknown = problem.Define1[string]("board.unknown", problem.Unknown, problem.Correct, "id")
	// ErrChoose is of a board whose kind nobody can tell but its user.
	ErrChoose = problem.Define("board.choose", problem.BadUsage, problem.ChooseBoard)
)
