package bridge

import (
	"studioide/internal/problem"
)

// The problems of this package; what they say is in the words file.
var (
	errTimeout         = problem.Define("board.timeout", problem.TimedOut, problem.Reset)
	errBadAnswer       = problem.Define("board.bad-answer", problem.Unavailable, problem.FixProgram)
	errBrokenAnswer    = problem.Define("board.broken-answer", problem.Unavailable, problem.Retry)
	errConsoleStopped  = problem.Define("socket.closed", problem.NotReady, problem.ChoosePort)
	errSocketTimeout   = problem.Define("socket.timeout", problem.Unavailable, problem.Reset)
	errRefused         = problem.Define("socket.refused", problem.Unavailable, problem.CloseOther)
	errRefusedNoHTTP   = problem.Variant(errRefused, "no-http", problem.FixProgram)
	errNotText         = problem.Define("socket.not-text", problem.BadInput, problem.Correct)
	errNotConnected    = problem.Variant(errConsoleStopped, "not-connected", problem.Connect)
	errBadCode         = problem.Define1[int]("socket.bad-code", problem.BadInput, problem.Correct, "code")
	errBadReason       = problem.Define1[int]("socket.bad-reason", problem.BadInput, problem.Correct, "length")
	errBadPath         = problem.Define1[string]("socket.bad-path", problem.BadInput, problem.Correct, "path")
	errUnreachable     = problem.Define("board.unreachable", problem.Unavailable, problem.Retry)
	errUnreachableNow  = problem.Variant(errUnreachable, "now", problem.Run)
	errBusy            = problem.Define("board.too-many-connections", problem.Busy, problem.CloseOther)
	errListen          = problem.Define("bridge.listen", problem.Unavailable, problem.CloseOther)
	errTooManySockets  = problem.Define1[int]("board.too-many-sockets", problem.Busy, problem.CloseOther, "sockets")
	errRefusedNotThere = problem.Variant2[string, string](errRefused, "not-there", problem.Correct, "path", "why")
	errRefusedPage     = problem.Variant2[string, string](errRefused, "page", problem.Correct, "path", "why")
	errRefusedFull     = problem.Variant2[string, string](errRefused, "full", problem.CloseOther, "path", "why")
	errRefusedAccept   = problem.Variant2[string, string](errRefused, "accept", problem.FixProgram, "path", "why")
	errRefusedOther    = problem.Variant2[string, string](errRefused, "other", problem.FixProgram, "path", "why")
	errRefusedRules    = problem.Variant1[string](errRefused, "rules", problem.FixProgram, "path")
	errSend            = problem.Define("socket.send", problem.Unavailable, problem.Connect)
	errSendTimeout     = problem.Variant1[string](errSend, "timeout", problem.Connect, "time")
)
