package devlink

import (
	"studio/board/sizes"
	"studio/board/web"
	"studio/link"
	"unsafe"
)

// stream is a connection to our own server that comes over the device link.
type stream struct {
	channel byte           // 0: free
	owner   unsafe.Pointer // the *Service; nil: free. Why not so: see web.Transport
	buf     []byte         // received and not yet read: a ring
	at, n   int
	freed   int // bytes read whose credit has not been given back
	credit  uint32
	ended   bool // they send no more
	aborted bool // they or the link broke off; nothing is sent any more
	finish  bool // we send no more; to be said
	said    bool // and has been said
	closed  bool // the server is done with it
	abort   bool // to be said
}

// dialing is a DIAL that waits for a connection to become free.
type dialing struct {
	id      byte // of the request; 0: none
	channel byte
	credit  uint16
	until   int64
}

// dialLocked serves DIAL; false: the answer comes later.
func (l *Service) dialLocked(id byte, r *link.Reader, w *answer) bool {
	channel, port, credit := r.U8(), r.U16(), r.U16()
	switch {
	case r.Short:
		return true
	case channel == 0:
		w.status(link.StatusBadArgument)
		return true
	case port != 80:
		w.status(link.StatusNotFound)
		return true
	case l.connectLocked(channel, credit):
		w.U16(sizes.StreamBuffer)
		return true
	}
	for i := range l.dialing {
		if d := &l.dialing[i]; d.id == 0 {
			*d = dialing{id, channel, credit, l.loop.Now() + web.SlotTimeout}
			return false
		}
	}
	w.status(link.StatusBusy)
	return true
}

// redialLocked answers those who wait for a connection, as soon as there is one or
// none in time.
func (l *Service) redialLocked() {
	for i := range l.dialing {
		d := &l.dialing[i]
		if d.id == 0 || l.Pipe.Room() < sizes.LinkReply && !l.Pipe.Idle() {
			continue
		}
		done := l.connectLocked(d.channel, d.credit)
		if !done && l.loop.Now() < d.until {
			continue
		}
		w := l.start(d.id, link.OpDial)
		if done {
			w.U16(sizes.StreamBuffer)
		} else {
			w.status(link.StatusBusy)
		}
		l.send(&w)
		*d = dialing{}
	}
}

// connectLocked makes a stream and gives it to the server. False: not now.
func (l *Service) connectLocked(channel byte, credit uint16) bool {
	if l.stream(channel) != nil {
		return false // its last user is not done with it
	}
	for i := range l.streams {
		st := &l.streams[i]
		if st.channel != 0 || st.owner != nil {
			continue
		}
		buf := st.buf
		if buf == nil {
			buf = make([]byte, sizes.StreamBuffer)
		}
		*st = stream{channel: channel, owner: unsafe.Pointer(l), buf: buf, credit: uint32(credit)}
		if !l.server.AdoptLocked(st) {
			*st = stream{buf: buf}
			return false
		}
		return true
	}
	return false
}

// stream finds a channel's stream.
func (l *Service) stream(channel byte) *stream {
	for i := range l.streams {
		if l.streams[i].channel == channel {
			return &l.streams[i]
		}
	}
	return nil
}

// OpenLocked is how many streams there are.
func (l *Service) OpenLocked() (open int) {
	for i := range l.streams {
		if l.streams[i].owner != nil {
			open++
		}
	}
	return open
}

// record takes what came in on the channel.
func (st *stream) record(p []byte) {
	if len(p) == 0 {
		return
	}
	kind, p := p[0], p[1:]
	switch kind {
	case link.StreamData:
		if st.ended || st.aborted || st.closed {
			return
		}
		if len(p) > len(st.buf)-st.n-st.freed {
			st.overrun()
			return
		}
		at := (st.at + st.n) % len(st.buf)
		n := copy(st.buf[at:], p)
		copy(st.buf, p[n:])
		st.n += len(p)
	case link.StreamCredit:
		if len(p) >= 2 {
			st.credit += uint32(link.GetU16(p))
		}
	case link.StreamEnd:
		st.ended = true
	case link.StreamAbort:
		st.aborted = true
		st.abort = false
	}
}

// overrun ends a stream whose other side has sent beyond its credit.
func (st *stream) overrun() {
	if !st.ended && !st.aborted && !st.closed {
		st.abort, st.aborted = true, true
	}
}

// cut is the end of the pipe that carried the stream.
func (st *stream) cut() {
	if st.channel != 0 {
		st.channel = 0
		st.aborted = true
		st.abort, st.finish = false, false
		st.settle()
	}
}

// settle says what is owed, as far as there is room, and frees the stream when
// both sides are done with it.
func (st *stream) settle() {
	if st.owner == nil {
		return
	}
	if st.abort && st.send(link.StreamAbort, []byte{link.AbortReset}) {
		st.abort = false
	}
	if !st.aborted {
		if st.freed > 0 && !st.ended && (st.freed >= len(st.buf)/2 || st.n == 0 && st.freed >= len(st.buf)/4) {
			var b [2]byte
			link.PutU16(b[:], uint16(st.freed))
			if st.send(link.StreamCredit, b[:]) {
				st.freed = 0
			}
		}
		if st.finish && !st.said && st.send(link.StreamEnd, nil) {
			st.said = true
		}
	}
	if st.closed && !st.abort && (st.aborted || st.ended && st.said) {
		*st = stream{buf: st.buf}
	}
}

// spare is kept free in the link's send buffer for replies.
const spare = sizes.LinkReply + 16

// pipe is what carries the stream.
func (st *stream) pipe() *link.Pipe { return &(*Service)(st.owner).Pipe }

func (st *stream) send(kind byte, p []byte) bool {
	head := [1]byte{kind}
	return st.channel != 0 && st.pipe().Room() >= 1+len(p)+8 && st.pipe().Send(st.channel, head[:], p)
}

// Read takes bytes; see web.Transport.
func (st *stream) Read(p []byte) (n int, open bool) {
	if st.aborted {
		return 0, false
	}
	if st.n == 0 {
		return 0, !st.ended
	}
	n = min(len(p), st.n)
	k := copy(p[:n], st.buf[st.at:])
	copy(p[k:n], st.buf)
	st.at = (st.at + n) % len(st.buf)
	st.n -= n
	st.freed += n
	return n, true
}

// Write takes as much as the other side's credit and the link's buffer allow.
func (st *stream) Write(p []byte) (n int, open bool) {
	if st.aborted {
		return 0, false
	}
	n = min(len(p), int(st.credit), st.pipe().Room()-1-spare)
	if n <= 0 || !st.send(link.StreamData, p[:n]) {
		return 0, true
	}
	st.credit -= uint32(n)
	return n, true
}

func (st *stream) Finish() { st.finish = true }

// Close gives the stream up; the channel is free when the other side knows.
func (st *stream) Close() {
	st.closed = true
	st.n = 0
	if !st.aborted && !(st.ended && st.finish) {
		st.abort, st.aborted = true, true
	}
	st.settle()
}
