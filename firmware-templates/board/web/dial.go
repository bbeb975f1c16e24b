package web

import "studio/board/loop"

// Connections that the program opens itself: the client's side of RFC 6455. Such
// a connection has a place of its own, beside those for pages, and keeps it while
// it comes and goes. What differs from a page's is in this file; frames, queue,
// pings and the end are those of all connections.

// Outside is the network as far as the program may open connections in it.
type Outside struct {
	// Open begins to open a TCP connection to a name or an address. It does not
	// wait, and is called with the lock held.
	Open func(host string, port uint16) Opening
	// Random is a number that nobody can foresee.
	Random func() uint32
}

// Opening is a connection that is about to be open, and then is.
type Opening interface {
	Transport
	// Opened reports whether it is; why says why it never will be, as the end of
	// a sentence: "nobody listens there".
	Opened() (open bool, why string)
}

// Times are in milliseconds.
const (
	dialTimeout = 10_000 // for the connection, and for the server's answer
	redialFirst = 1_000  // between two attempts …
	redialMost  = 24_000 // … and a quarter more, by chance: boards that have lost the same server do not come back all at once
	dialSettled = 10_000 // a connection that has lasted that long was a good one
)

// NotAllowed is why there is no connection as long as the user has not allowed
// it. He is about to: such an attempt is repeated soon.
const NotAllowed = "Studio asks you first. Look beside the board, in Studio"

type dialPhase uint8

const (
	dialWaits dialPhase = iota // for the next attempt
	dialOpens                  // for TCP
	dialAsked                  // for the server's answer
	dialOpen                   // it is a WebSocket
	dialOver                   // the program has closed it: the place may be used again
)

// dial is what a connection that the program opens has besides.
type dial struct {
	Outside
	peer    *Peer
	url     address
	phase   dialPhase
	opening Opening
	until   int64  // when the phase has taken too long, or the next attempt is due
	delay   int64  // before the next attempt
	opened  int64  // when it became a WebSocket
	why     string // it has failed, as the end of a sentence
	told    string // the last of these that the console has been told

	answer answer
	mask   [4]byte
	phased uint8 // position in mask
}

// These are nil as long as the program opens no connections, so that their code
// is not in it.
var (
	dialStep    func(s *Server, k *conn, now int64) bool
	dialEnded   func(s *Server, k *conn)
	hangUp      func(s *Server, k *conn)
	dialMask    func(k *conn, head int)
	dialMasking func(k *conn, from int)
)

// DialNowhere makes p one that is never connected.
func (s *Server) DialNowhere(p *Peer) {
	s.loop.Lock()
	defer s.loop.Unlock()
	s.lastID++
	p.s, p.ID, p.dialled = s, s.lastID, true
}

// Dial opens a WebSocket to url, which p is from now on whenever it is there, and
// opens it again whenever it is lost. why says what is wrong with url; "": nothing.
func (s *Server) Dial(p *Peer, url string, outside Outside) (why string) {
	dialStep, dialEnded, hangUp = (*Server).dialLocked, (*Server).redialLocked, (*Server).hangUpLocked
	dialMask, dialMasking = (*conn).beginMask, (*conn).maskFrom
	s.DialNowhere(p)
	a, why := parseURL(url)
	if why != "" {
		return why
	}
	s.loop.Lock()
	defer s.loop.Unlock()
	p.Path = a.path
	var k *conn
	for _, o := range s.conns {
		if o.dial != nil && o.dial.phase == dialOver {
			k = o
		}
	}
	if k == nil {
		k = &conn{}
		s.conns = append(s.conns, k)
	}
	k.dial = &dial{Outside: outside, peer: p, url: a, delay: redialFirst, until: s.loop.Now()}
	k.state = stateDial
	p.conn = k
	loop.Wake()
	return ""
}

// dialLocked moves a connection on that is no WebSocket yet.
func (s *Server) dialLocked(k *conn, now int64) bool {
	d := k.dial
	switch d.phase {
	case dialWaits:
		if now < d.until {
			return false
		}
		if k.in == nil {
			k.allocate(s.limits.MaxMessage)
		}
		d.opening = d.Open(d.url.host, d.url.port)
		k.begin(d.opening, now)
		k.enter(stateDial, now)
		d.phase, d.until, d.why, d.answer = dialOpens, now+dialTimeout, "nobody answers there", answer{}
		return true
	case dialOpens:
		open, why := d.opening.Opened()
		if why != "" {
			d.why = why
			k.lost = true
			return true
		}
		if open {
			d.phase, d.until, d.why = dialAsked, now+dialTimeout, "what is there does not answer as a web server does"
			k.ask()
		}
		return open
	case dialAsked:
		if !k.fill(now) {
			k.lost = k.eof
			return k.eof
		}
		n, done := d.answer.feed(k.in[k.inPos:k.inEnd])
		k.inPos += n
		if done {
			s.answeredLocked(k, now)
		}
		return true
	}
	return false
}

// ask writes the opening handshake (RFC 6455 section 4.1).
func (k *conn) ask() {
	d := k.dial
	var nonce [16]byte
	for i := 0; i < len(nonce); i += 4 {
		r := d.Random()
		nonce[i], nonce[i+1], nonce[i+2], nonce[i+3] = byte(r), byte(r>>8), byte(r>>16), byte(r>>24)
	}
	var key [24]byte
	encodeBase64(key[:], nonce[:])
	acceptKey(&d.answer.accept, &key)
	k.puts("GET ")
	k.puts(d.url.path)
	k.puts(" HTTP/1.1\r\nHost: ")
	k.puts(d.url.authority)
	k.puts("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ")
	k.put(key[:])
	k.puts("\r\n\r\n")
}

// answeredLocked makes the connection a WebSocket, if that is what the server's answer says.
func (s *Server) answeredLocked(k *conn, now int64) {
	d := k.dial
	if d.why = d.answer.refusal(); d.why != "" {
		k.lost = true
		return
	}
	d.phase, d.opened, d.told = dialOpen, now, ""
	println("Connected to " + d.url.text + ".")
	k.frames = frames{fromServer: true}
	k.client, d.peer.code = d.peer, 0
	k.enter(stateSocket, now)
	s.program.OpenedLocked(d.peer)
}

// redialLocked is the end of a connection, or of an attempt: there will be another one.
func (s *Server) redialLocked(k *conn) {
	d, now := k.dial, s.loop.Now()
	d.opening = nil
	k.begin(nil, now)
	if d.peer.conn == nil {
		d.phase, d.until = dialOver, 1<<60
		k.enter(stateDial, now)
		return
	}
	if d.phase == dialOpen {
		d.why = "the connection has ended"
		if now-d.opened >= dialSettled {
			d.delay = redialFirst
		}
	}
	if d.why == NotAllowed {
		d.delay = redialFirst
	}
	if d.why != d.told {
		d.told = d.why
		println("No connection to " + d.url.text + ": " + d.why + ending(d.why) + " The board goes on trying.")
	}
	d.phase, d.until = dialWaits, now+d.delay+int64(d.Random()%uint32(d.delay/4))
	d.delay = min(2*d.delay, redialMost)
	k.enter(stateDial, now)
}

// ending is the full stop of a sentence that has none yet.
func ending(why string) string {
	if why[len(why)-1] == '?' {
		return ""
	}
	return "."
}

// hangUpLocked ends a connection that is not open yet, and the attempts.
func (s *Server) hangUpLocked(k *conn) {
	if k.t != nil {
		s.finish(k)
	}
	s.redialLocked(k)
}

// beginMask makes the frame whose head has been written there a masked one
// (section 5.3), with a mask of its own.
func (k *conn) beginMask(head int) {
	d := k.dial
	r := d.Random()
	d.mask = [4]byte{byte(r), byte(r >> 8), byte(r >> 16), byte(r >> 24)}
	d.phased = 0
	k.out[head+1] |= 0x80
	k.put(d.mask[:])
}

// maskFrom masks what of a frame's payload has been written there.
func (k *conn) maskFrom(from int) {
	d := k.dial
	p := k.out[from:k.outEnd]
	for i := range p {
		p[i] ^= d.mask[d.phased]
		d.phased = (d.phased + 1) & 3
	}
}
