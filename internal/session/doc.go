// Package session keeps one board: it owns the port, knows what the board is
// doing, and lends the port to whoever needs it (flasher, link, console). The
// page and the command line act on a board through a Session and nothing else.
//
//	s := session.New(session.Config{Target: target, Emit: emit})
//	defer s.Close()
//	err := s.Flash(ctx, session.Program{Parts: parts, Build: id}, report)
//
// One goroutine opens the port again whenever it is lost. Actions (Flash, Push,
// Stop, Reset, Format) run one at a time in the caller's goroutine; a second one
// waits for the first or for its context. Emit is called in order, never
// concurrently, and must not block.
//
// Rule that prevents deadlock: mu protects fields only and is never held while
// calling out (port, link, Emit); emitMu is taken before mu and orders events.
package session
