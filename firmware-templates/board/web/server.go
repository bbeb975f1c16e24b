// Package web is the board's HTTP and WebSocket server: files of the store and
// what the program answers itself, over connections that are given to it, and
// WebSockets (RFC 9110, 9112 and 6455).
//
// Nothing in here waits for a connection, and nothing is allocated for a message
// or a piece of a file. The loop's lock guards everything: functions whose names
// end in Locked are called with it held, the other exported ones without it.
package web

import (
	"studio/board/loop"
)

// Limits bound what the server keeps in memory. All are set.
type Limits struct {
	MaxMessage int // longest WebSocket message that is taken, in bytes
	Clients    int // WebSockets at a time
	Sockets    int // connections at a time
	MaxRequest int // longest query, and longest body, of a request for the program, in bytes
}

// Program is what the server serves: the board's program, and what else of the
// board it has to know. The server calls its methods with the lock held, which
// they let go of while they call the program's own functions; everything may
// have changed afterwards.
type Program interface {
	// AdmitLocked gives a WebSocket that is about to open a Peer, which may be
	// part of something larger of the program's. route is the number that
	// Server.OnSocketLocked has given for its path; 0: it is none of those.
	AdmitLocked(route int) *Peer
	// OpenedLocked tells that it is open, ClosedLocked once that it is gone.
	OpenedLocked(p *Peer)
	ClosedLocked(p *Peer)
	// TextLocked and BinaryLocked take a message, in a buffer of the server's.
	TextLocked(p *Peer, msg []byte)
	BinaryLocked(p *Peer, msg []byte)
	// AnswerLocked has f answer a request.
	AnswerLocked(f func(*Exchange), x *Exchange)

	// InCallbackLocked reports whether one of the program's functions runs.
	InCallbackLocked() bool
	// OthersWaitLocked reports whether anybody but the server's clients has to
	// wait while one runs.
	OthersWaitLocked() bool
	// WaitLocked lets everything else on the board get on for a moment.
	WaitLocked()
	// NameLocked is the board's name in its network; "": none.
	NameLocked() string
}

// Server serves the connections that it is given.
type Server struct {
	Files Files

	loop    *loop.Loop
	program Program
	limits  Limits

	routes  *routes // what the program answers itself
	conns   []*conn
	clients int // open WebSockets
	lastID  int

	waitFree     int64 // until when sending may not wait, microseconds: see waitLocked
	slowWarnedAt int64 // when the console was last told of a slow page
}

// Init comes before everything else.
func (s *Server) Init(l *loop.Loop, p Program) { s.loop, s.program = l, p }

// Prepare makes room for as many connections as the limits allow. Messages can
// be sent, and routes be added, before.
func (s *Server) Prepare(limits Limits) {
	s.limits = limits
	s.conns = append(make([]*conn, 0, limits.Sockets+len(s.conns)), s.conns...)
}

// StepLocked moves all connections on as far as they get without waiting; true:
// there may be more to do.
func (s *Server) StepLocked() (busy bool) {
	now := s.loop.Now()
	for _, k := range s.conns {
		if s.serveLocked(k, now) {
			busy, now = true, s.loop.Now()
		}
	}
	return busy
}

// IdleLocked is for how many milliseconds there is nothing to do unless bytes
// come; wait or less.
func (s *Server) IdleLocked(wait int64) int64 {
	now := s.loop.Now()
	for _, k := range s.conns {
		wait = min(wait, k.deadline()+1-now)
	}
	return wait
}

// fullLocked reports whether as many pages as may be have a WebSocket, or listen
// to events.
func (s *Server) fullLocked() bool {
	n := s.clients
	if serveEvents != nil {
		n += s.listening(nil)
	}
	return n >= s.limits.Clients
}

// LimitsLocked are those of Prepare.
func (s *Server) LimitsLocked() Limits { return s.limits }

// ClientsLocked says how many WebSockets are open.
func (s *Server) ClientsLocked() int { return s.clients }
