// Package wstest reads the project's sets of messages (tests/*.json) and runs them against a board: each step sends
// something, or says what has to come and within which time. docs/message-tests.md describes the files for who writes them.
//
//	set, err := wstest.Read(content)
//	result := wstest.Run(ctx, set, wstest.Config{Dial: session.Dial})
//
// The page runs them in Studio, studio ws --test in a script: both call this package, so they do the same.
//
// A connection's messages wait in the order in which they came until a step takes them. Nothing is decided by which of two
// goroutines is faster: a step looks at what waits first, and only then at the clock.
package wstest
