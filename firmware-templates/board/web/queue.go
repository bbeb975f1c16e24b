package web

import "studio/board/sizes"

// Messages to a client that takes them more slowly than they are sent. What
// does not fit into its send buffer waits in a queue of its own, and what does
// not fit into the queue either is dropped and counted: one page that sleeps
// keeps nobody waiting. While a message is under way nothing else may go
// between its bytes, so control frames wait until the queue is empty.

// Sending waits for room only where that keeps few waiting, and briefly.
const (
	waitMost  = 30_000 // microseconds that a callback's sending may wait altogether while there are others …
	waitShare = 8      // … and then no more than this part of the time: 1/8
)

// outgoing is a message to be sent.
type outgoing struct {
	text     string
	opcode   byte
	borrowed bool // text is a buffer of the program's: to be copied before it is kept
}

// frameSize is how many bytes of the send buffer it takes.
func (m *outgoing) frameSize() int {
	var head [10]byte
	return frameHead(&head, m.opcode, len(m.text)) + maskSize + len(m.text)
}

// open reports whether messages may be sent.
func (k *conn) open() bool { return k.state == stateSocket && !k.lost && !k.ending }

// takes reports whether there is room for m. An empty queue takes a message of
// any length.
func (k *conn) takes(m *outgoing) bool {
	if k.queued == 0 {
		return true
	}
	return k.queued < len(k.queue) && k.queuedBytes+len(m.text) <= sizes.QueueBytes
}

// add puts m behind what is already to be sent. k takes it.
func (k *conn) add(m *outgoing) {
	if k.queued == 0 && m.frameSize() <= len(k.out)-k.outEnd {
		k.putFrame(m.opcode, m.text)
		return
	}
	if m.borrowed {
		m.text, m.borrowed = string([]byte(m.text)), false
	}
	k.queue[(k.queueFirst+k.queued)%len(k.queue)] = *m
	k.queued++
	k.queuedBytes += len(m.text)
}

// refill moves what is queued to the send buffer, as far as it has room.
func (k *conn) refill() {
	for k.queued > 0 {
		m := &k.queue[k.queueFirst]
		if !k.begun {
			if len(k.out)-k.outEnd < headSize {
				return
			}
			k.putHead(m.opcode, len(m.text))
			k.begun, k.textAt = true, 0
		}
		if k.textAt += k.putPayload(m.text[k.textAt:]); k.textAt < len(m.text) {
			return
		}
		k.begun = false
		k.queuedBytes -= len(m.text)
		*m = outgoing{}
		k.queueFirst = (k.queueFirst + 1) % len(k.queue)
		k.queued--
	}
}

// sendLocked sends m to the client of k, or drops it.
func (s *Server) sendLocked(k *conn, m *outgoing) bool {
	if !k.takes(m) {
		k.slow = true
		k.client.dropped++
		if now := s.loop.Now(); s.slowWarnedAt == 0 || now-s.slowWarnedAt > 60_000 {
			s.slowWarnedAt = now
			println("A page takes its messages more slowly than they are sent: some to it are left out (see Client.Dropped).")
		}
		return false
	}
	k.add(m)
	s.flush(k)
	return true
}

// waitLocked waits until m has room with only, or when that is nil with every
// client of the path, apart from those that have been waited for in vain.
func (s *Server) waitLocked(only *Peer, path string, m *outgoing) {
	for {
		full := false
		for _, k := range s.conns {
			if k.slow || !k.open() || only != nil && k.client != only || only == nil && k.dial != nil || path != "" && k.client.Path != path {
				continue
			}
			if k.takes(m) {
				continue
			}
			s.flush(k)
			if k.takes(m) || k.lost {
				continue
			}
			if k.slow = s.waitedLocked(k); !k.slow {
				full = true
			}
		}
		if !full {
			return
		}
		before := s.loop.Elapsed()
		s.program.WaitLocked()
		if now := s.loop.Elapsed(); s.program.InCallbackLocked() {
			s.waitFree = max(s.waitFree, now-waitShare*waitMost) + waitShare*(now-before)
		}
	}
}

// waitedLocked reports whether k has been waited for long enough.
func (s *Server) waitedLocked(k *conn) bool {
	stalled := s.loop.Now() - k.moved
	switch {
	case !s.crowdedLocked(k):
		k.lost = stalled > writeTimeout
		return k.lost
	case !s.program.InCallbackLocked(): // whoever waits keeps only itself from something
		return stalled > waitMost/1000
	}
	return s.waitFree > s.loop.Elapsed()
}

// crowdedLocked reports whether there is anybody but k's client who would have
// to wait for a callback's end.
func (s *Server) crowdedLocked(k *conn) bool {
	if s.program.OthersWaitLocked() {
		return true
	}
	now := s.loop.Now()
	for _, o := range s.conns {
		if o == k {
			continue
		}
		switch o.state {
		case stateSocket, stateClosing, stateSniff, stateFile, stateSkip, stateBody, stateReply, stateWait:
			return true
		case stateHead:
			if o.req.begun() || o.fill(now) {
				return true
			}
		}
	}
	return false
}
