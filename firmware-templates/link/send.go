package link

// sender is the outgoing half: a ring of bytes that are not acknowledged yet,
// and a memory of the frames they went out in.
//
// What is lost is never guessed by time: every DATA frame has a serial number,
// an ACK tells the last one that arrived and which ones before it did, and a
// serial line does not reorder. So what was sent no later than that and is not
// there has to be sent again. Time only makes us probe (DATA without
// bytes), when an acknowledgement is overdue.
type sender struct {
	tx    []byte
	start int    // where in tx the byte at una is
	held  int    // bytes from there
	una   uint16 // offset of the first byte not acknowledged
	nxt   uint16 // end of what was ever sent
	limit uint16 // right edge of the other end's window

	peerWindow int
	peerBody   int
	wire       int

	serial   uint16 // of the last DATA sent; its low byte goes over the line
	acked    uint16 // serial of the last DATA that an ACK covers
	history  [historyLen]sent
	sacked   spans // what the other end has beyond una: selectively acknowledged
	holes    bool  // something may have to be sent again
	probeNow bool
	probes   uint // sent since the last answer
	probeAt  uint32
	rtt      int32 // smoothed, in microseconds; 0: never measured
	rttVar   int32

	sentBytes uint32 // everything written to the line
	readBytes uint32 // of that, what the other end is known to have read

	maxPayload   int    // longest payload of a frame now
	payloadLimit int    // as the other end allows
	goodBytes    uint32 // for the line's error rate, fading
	badFrames    uint32 // in 1/256
}

// sent is one DATA frame on its way.
type sent struct {
	span
	at     uint32 // when, in microseconds
	mark   uint16 // sentBytes at its end
	reused bool   // its serial was used again: no round trip can be measured
}

func (s *sender) reset() {
	*s = sender{tx: s.tx, serial: 0xffff, acked: 0xffff, goodBytes: 2048}
}

// peer sets what the other end told in SYN or WELCOME.
func (s *sender) peer(window, maxBody uint16, wire, ownBody int) {
	s.limit = window
	s.peerWindow = int(window)
	s.peerBody = max(min(int(maxBody), ownBody), dataHead+smallest)
	s.payloadLimit = max(min(s.peerBody-dataHead, len(s.tx)/2), smallest)
	s.wire = wire
	if wire > 0 {
		s.wire = max(wire, 2*wireSpare+perFrame+smallest)
		// Two frames' acknowledgement comes while two more are on their way.
		s.payloadLimit = max(min(s.payloadLimit, (s.wire-wireSpare)/4-perFrame), smallest)
	}
	s.maxPayload = s.payloadLimit
}

// Room is the longest payload that Send takes now; 0 also when it takes none.
func (p *Pipe) Room() int {
	if !p.opened {
		return 0
	}
	return max(min(len(p.tx)-p.held, p.peerWindow)-3, 0)
}

// Idle tells that everything sent was acknowledged.
func (p *Pipe) Idle() bool { return p.held == 0 }

// Unsent is how many bytes wait for their first transmission.
func (p *Pipe) Unsent() int { return p.held - int(p.nxt-p.una) }

// Send queues one record, head followed by body, all or nothing.
func (p *Pipe) Send(channel byte, head, body []byte) bool {
	n := len(head) + len(body)
	if !p.opened || n > min(len(p.tx)-p.held, p.peerWindow)-3 {
		return false
	}
	var h [3]byte
	PutU16(h[:], uint16(n+1))
	h[2] = channel
	p.queue(h[:])
	p.queue(head)
	p.queue(body)
	return true
}

func (s *sender) queue(b []byte) {
	at := s.start + s.held
	if at >= len(s.tx) {
		at -= len(s.tx)
	}
	n := copy(s.tx[at:], b)
	copy(s.tx, b[n:])
	s.held += len(b)
}

// next finds the first bytes that have to be sent: not there, and not in a
// frame that may still arrive. Offsets are counted from una.
func (s *sender) next() (from, to int) {
	from = int(s.nxt - s.una)
	to = min(s.held, int(int16(s.limit-s.una)))
	if !s.holes {
		return from, to
	}
	x := 0
	for moved := true; moved; {
		moved = false
		for _, r := range s.sacked.list[:s.sacked.n] {
			x, moved = s.skipOver(r, x, moved)
		}
		for q := s.acked + 1; q != s.serial+1; q++ {
			x, moved = s.skipOver(s.history[q%historyLen].span, x, moved)
		}
	}
	if x >= from {
		s.holes = false
		return from, to
	}
	to = from
	for _, r := range s.sacked.list[:s.sacked.n] {
		to = s.clipTo(r, x, to)
	}
	for q := s.acked + 1; q != s.serial+1; q++ {
		to = s.clipTo(s.history[q%historyLen].span, x, to)
	}
	return x, to
}

// skipOver moves x to the end of r when it lies within.
func (s *sender) skipOver(r span, x int, moved bool) (int, bool) {
	from, to := int(int16(r.from-s.una)), int(int16(r.to-s.una))
	if from <= x && x < to {
		return to, true
	}
	return x, moved
}

// clipTo is to, or the start of r when that lies between x and to.
func (s *sender) clipTo(r span, x, to int) int {
	if from := int(int16(r.from - s.una)); r.from != r.to && from > x && from < to {
		return from
	}
	return to
}

// inFlight is how many frames were sent that no ACK covers yet.
func (s *sender) inFlight() int { return int(s.serial - s.acked) }

// probing tells whether probeAt counts.
func (p *Pipe) probing() bool { return p.config.Host || p.held > 0 || p.inFlight() > 0 }

// mayWire tells whether n more bytes may be on their way.
func (s *sender) mayWire(n int) bool {
	return s.wire == 0 || s.unread()+n <= s.wire
}

func (s *sender) unread() int { return int(s.sentBytes - s.readBytes) }

// Text says how many of n bytes of text may go onto the line now, between two
// calls of Output, and counts them as sent.
func (p *Pipe) Text(n int) int {
	if p.opened && p.wire > 0 {
		n = max(min(n, p.wire-wireSpare-p.unread()), 0)
		p.probeNow = p.probeNow || n == 0 // learn what has been read
	}
	p.sentBytes += uint32(n)
	return n
}

// payload is how many bytes the next frame may carry now, 0: none.
func (s *sender) payload() (from, n int) {
	if s.inFlight() >= historyLen-8 { // the rest is for probes
		return 0, 0
	}
	from, to := s.next()
	n = min(to-from, s.maxPayload)
	if rest := to - from - n; rest > 0 && rest < smallest && from < int(s.nxt-s.una) {
		n = min(to-from, s.payloadLimit) // a hole from when frames were a little longer: no sliver
	}
	if s.wire > 0 {
		n = min(n, s.wire-wireSpare-s.unread()-perFrame)
	}
	if n <= 0 {
		return 0, 0
	}
	// A sliver at the edge of the window or the wire waits until more fits, or nothing else happens.
	if n < smallest && n < min(s.held-from, s.maxPayload) && s.inFlight() > 0 && from == int(s.nxt-s.una) {
		return 0, 0
	}
	return from, n
}

func (p *Pipe) hasData() bool {
	_, n := p.payload()
	return n > 0 || p.probeNow && p.mayWire(perFrame)
}

// dataOut writes the next DATA frame, or a probe when an acknowledgement is overdue.
func (p *Pipe) dataOut(dst []byte, now uint32) int {
	from, n := p.payload()
	if n == 0 || p.inFlight() > 0 {
		p.maybeProbe(now)
	}
	switch {
	case n > 0:
		if FrameSize(dataHead+n) > len(dst) {
			return 0
		}
	case p.probeNow:
		if perFrame > len(dst) || !p.mayWire(perFrame) && p.probes < 4 {
			return 0
		}
		from = int(p.nxt - p.una)
	default:
		return 0
	}
	p.probeNow = false
	if p.inFlight() == 0 && p.probes == 0 {
		p.probeAt = now + p.probeTimeout()
	}

	offset := p.una + uint16(from)
	// When too many frames are unaccounted for, the last serial serves again:
	// an ACK that names it still tells of all before.
	fresh := p.inFlight() < historyLen-1
	if fresh {
		p.serial++
	}
	var f framer
	f.open(dst)
	f.u8(kindData)
	f.u8(p.epoch)
	f.u8(byte(p.serial))
	f.u16(offset)
	at := p.start + from
	if at >= len(p.tx) {
		at -= len(p.tx)
	}
	k := min(n, len(p.tx)-at)
	f.bytes(p.tx[at : at+k])
	f.bytes(p.tx[:n-k])
	size := f.close()

	p.sentBytes += uint32(size)
	end := offset + uint16(n)
	if h := &p.history[p.serial%historyLen]; fresh {
		*h = sent{span{offset, end}, now, uint16(p.sentBytes), false}
	} else {
		h.reused = true
	}
	if int16(end-p.nxt) > 0 {
		p.nxt = end
	}
	return size
}

// maybeProbe decides whether it is time to probe: to send DATA without bytes, which asks for an acknowledgement.
func (p *Pipe) maybeProbe(now uint32) {
	if p.wire > 0 && p.inFlight() == 0 && p.unread() > p.wire/2 {
		p.probeNow = true // all that was sent were ACKs: learn that they were read
	}
	if !p.probing() || !isDue(now, p.probeAt) {
		return
	}
	if silence := p.Silence(now); p.held == 0 && p.inFlight() == 0 && silence < p.keepAlive {
		p.probeAt = now + p.keepAlive - silence
		return
	}
	p.probeNow = true
	p.probeAt = now + p.probeTimeout()
	p.probes++
}

// probeTimeout is how long an acknowledgement may take before it is asked for: the smoothed round trip and four times
// its variation, doubled with every second probe.
func (s *sender) probeTimeout() uint32 {
	us := uint32(probeInitial)
	if s.rtt > 0 {
		us = uint32(max(s.rtt+4*s.rttVar, probeLeast))
	}
	return min(us<<min(s.probes/2, 7), probeLongest)
}

func (p *Pipe) gotAck(r *Reader, now uint32) {
	serial, offset, window, flags := r.U8(), r.U16(), r.U16(), r.U8()
	if r.Short {
		return
	}
	told := p.serial - uint16(byte(p.serial)-serial)
	done := offset - p.una
	if told-p.acked > p.serial-p.acked || done > p.nxt-p.una {
		return // of another time
	}
	if told != p.acked {
		h := &p.history[told%historyLen]
		if !h.reused {
			p.measure(int32(now - h.at))
		}
		p.readBytes = p.sentBytes - uint32(uint16(p.sentBytes)-h.mark)
	}
	for q := p.acked + 1; q != told+1; q++ {
		arrived := flags&ackKept != 0
		if back := int(told - q); back > 0 {
			arrived = (back-1)/8 < len(r.B) && r.B[(back-1)/8]>>((back-1)%8)&1 != 0
		}
		p.markAcked(p.history[q%historyLen].span, offset, arrived)
	}
	p.acked = told
	if flags&ackDamaged != 0 && told != p.serial {
		// The frame after the last good one is what was damaged.
		h := &p.history[(told+1)%historyLen]
		if h.from != h.to {
			p.markAcked(h.span, offset, false)
			h.to = h.from
		}
	}
	p.adaptPayload()

	p.start += int(done)
	if p.start >= len(p.tx) {
		p.start -= len(p.tx)
	}
	p.held -= int(done)
	p.una = offset
	p.sacked.join(offset)
	if edge := offset + window; int16(edge-p.limit) > 0 {
		p.limit = edge
	}
	p.holes = p.una != p.nxt
	p.probes, p.probeNow = 0, false
	if p.held > 0 {
		p.probeAt = now + p.probeTimeout()
	} else {
		p.probeAt = now + p.keepAlive
	}
}

// measure takes a round trip into the average (RFC 6298's weights). No sample
// is ambiguous, because a frame sent again has another serial.
func (s *sender) measure(us int32) {
	us = min(max(us, 1), 8*probeLongest)
	if s.rtt == 0 {
		s.rtt, s.rttVar = us, us/2
		return
	}
	off := us - s.rtt
	s.rtt = max(s.rtt+off/8, 1)
	s.rttVar += (max(off, -off) - s.rttVar) / 4
}

// markAcked records a frame as arrived or lost.
func (s *sender) markAcked(h span, una uint16, arrived bool) {
	if h.from == h.to {
		return
	}
	s.goodBytes += uint32(h.to-h.from) + perFrame
	switch {
	case int16(h.to-una) <= 0:
	case arrived:
		s.sacked.add(h.from, h.to)
	default:
		s.badFrames += 256
	}
}

// adaptPayload chooses the frame size for the line's error rate. With p errors per
// byte and h bytes around each payload, n/(n+h) · (1-p)^(n+h) is largest near
// n = √(h/p).
func (s *sender) adaptPayload() {
	if s.badFrames < 16 {
		s.maxPayload = s.payloadLimit
		return
	}
	n := isqrt(s.goodBytes * (16 * perFrame) / (s.badFrames / 16))
	s.maxPayload = min(max(n, smallest), s.payloadLimit)
	if s.goodBytes > 1<<17 { // forget slowly
		s.goodBytes /= 2
		s.badFrames /= 2
	}
}

// isqrt is the integer square root.
func isqrt(v uint32) int {
	r := uint32(0)
	for bit := uint32(1) << 15; bit > 0; bit >>= 1 {
		if t := r | bit; t*t <= v {
			r = t
		}
	}
	return int(r)
}
