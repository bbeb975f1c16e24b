package client

import (
	"studioide/internal/problem"
)

// The problems of this package; what they say is in the words file.
var (
	lost = problem.Define("studio.lost", problem.Unavailable, problem.StartStudio)
)
