package link

// receiver is the incoming half: it puts the stream together in one flat
// buffer, so that a record can be handed out in place.
//
//	rx: | used up | in order (have) | ranges out of order, with holes | free |
//	    0         head              rcv                                 len(rx)
type receiver struct {
	rx         []byte
	head       int    // where the first byte is that was not used up
	have       int    // bytes from there that are in order
	rcv        uint16 // offset of the next byte expected
	outOfOrder spans

	record int // bytes of the record that Next gave out
	skip   int // bytes still to be dropped of a record that is too long

	oversized [3]byte // channel, id and op of a record that was too long
	tooLong   bool    // and Oversized has not told yet

	lastSerial byte   // serial of the last DATA
	kept       uint64 // bit i: the frame with serial lastSerial-1-i was kept
	lastKept   bool   // the frame with serial lastSerial was kept
	ackOwed    int    // DATA frames since the last ACK
	ackSize    int    // bytes in them
	ackAt      uint32 // when they must be acknowledged
	ackNow     bool
	damaged    bool
	repeatAcks int    // ACKs that are still to be sent twice, because the line has just damaged a frame
	repeating  bool   // the next ACK is the second of two
	advertised uint16 // right edge of the window as last told
}

func (q *receiver) reset() {
	*q = receiver{rx: q.rx, lastSerial: 0xff, advertised: uint16(len(q.rx))}
}

// edge is the offset up to which there is room.
func (q *receiver) edge() uint16 { return q.rcv + uint16(len(q.rx)-q.have) }

func (q *receiver) gotData(serial byte, offset uint16, data []byte, now uint32) {
	if q.outOfOrder.n == 0 {
		q.kept, q.lastKept = 0, false // the offset tells all about what was before
	}
	if step := uint(serial - q.lastSerial); step > 0 {
		q.kept <<= 1
		if q.lastKept {
			q.kept |= 1
		}
		q.kept <<= step - 1 // shifts of 64 and more give 0
		q.lastSerial = serial
	}
	if q.ackOwed == 0 {
		q.ackAt = now + ackDelay
	}
	q.ackOwed++
	q.ackSize += len(data)
	if len(data) == 0 || q.ackOwed >= 2 || q.ackSize >= ackBytes {
		q.ackNow = true
	}
	if len(data) > 0 { // a probe may carry the serial of a frame that was lost
		q.lastKept = q.keep(offset, data)
	}
}

// keep puts data in its place. It says false when that was not possible; then
// the bytes do not count as received.
func (q *receiver) keep(offset uint16, data []byte) bool {
	// at: where the data goes, counted from the next byte expected.
	at := int(int16(offset - q.rcv))
	if at+len(data) <= 0 {
		q.ackNow = true // known already: tell where we are
		return true
	}
	if at < 0 {
		data, at = data[-at:], 0
	}
	if at > 0 || q.outOfOrder.n > 0 {
		q.ackNow = true
	}
	end := at + len(data)
	if end > len(q.rx)-q.have || at > 0 && !q.outOfOrder.add(q.rcv+uint16(at), q.rcv+uint16(end)) {
		return false
	}
	if q.head+q.have+end > len(q.rx) {
		q.compact()
	}
	copy(q.rx[q.head+q.have+at:], data)
	if at == 0 {
		rcv := q.outOfOrder.join(q.rcv + uint16(end))
		q.have += int(rcv - q.rcv)
		q.rcv = rcv
	}
	return true
}

// compact moves what is kept to the front of the buffer.
func (q *receiver) compact() {
	n := q.have
	if q.outOfOrder.n > 0 {
		n += int(q.outOfOrder.list[q.outOfOrder.n-1].to - q.rcv)
	}
	copy(q.rx, q.rx[q.head:min(q.head+n, len(q.rx))])
	q.head = 0
}

// drop uses up n bytes from the front.
func (q *receiver) drop(n int) {
	q.head += n
	q.have -= n
	if q.have == 0 && q.outOfOrder.n == 0 {
		q.head = 0
	}
}

func (q *receiver) release() {
	if q.record > 0 {
		q.drop(q.record)
		q.record = 0
	}
}

// Next returns the next whole record. The payload is valid until the following
// Next or Input. Take records only as fast as they can be answered: what is
// left here closes the window.
func (p *Pipe) Next() (channel byte, payload []byte, ok bool) {
	p.release()
	for {
		if p.skip > 0 {
			n := min(p.skip, p.have)
			p.skip -= n
			p.drop(n)
		}
		if p.skip > 0 || p.have < 2 {
			break
		}
		n := int(GetU16(p.rx[p.head:]))
		if n-1 > p.config.MaxRecord || n == 0 {
			if n > 0 { // channel, id and op tell whom to refuse
				if p.have < 5 {
					break
				}
				p.oversized, p.tooLong = [3]byte(p.rx[p.head+2:p.head+5]), true
			}
			p.drop(2)
			p.skip = n
			continue
		}
		if p.have < 2+n {
			break
		}
		p.record = 2 + n
		b := p.rx[p.head+2 : p.head+2+n]
		return b[0], b[1:], true
	}
	// All there is was used up. Tell the new window when the old one had become small.
	grown := int(p.edge() - p.advertised)
	left := int(p.advertised - p.rcv)
	if p.opened && (grown >= len(p.rx)/4 || grown > 0 && left < len(p.rx)/4) {
		p.ackNow = true
	}
	return 0, nil, false
}

// Oversized returns once the channel of a record that was longer than
// Config.MaxRecord, and the id and op when it was a request; Next has left it out.
func (p *Pipe) Oversized() (channel, id, op byte, ok bool) {
	ok, p.tooLong = p.tooLong, false
	return p.oversized[0], p.oversized[1], p.oversized[2], ok
}

// ackOut writes an ACK when one is due.
func (p *Pipe) ackOut(dst []byte, now uint32) int {
	if !p.ackNow && (p.ackOwed == 0 || !isDue(now, p.ackAt)) {
		return 0
	}
	p.ackNow = true
	if len(dst) < ackFrame || !p.mayWire(ackFrame) {
		return 0
	}
	var flags byte
	if p.damaged {
		flags |= ackDamaged
	}
	if p.lastKept {
		flags |= ackKept
	}
	p.advertised = p.edge()
	var f framer
	f.open(dst)
	f.u8(kindAck)
	f.u8(p.epoch)
	f.u8(p.lastSerial)
	f.u16(p.rcv)
	f.u16(p.advertised - p.rcv)
	f.u8(flags)
	if p.outOfOrder.n > 0 {
		for bits := p.kept; bits != 0; bits >>= 8 {
			f.u8(byte(bits))
		}
	}
	p.ackNow, p.damaged, p.ackOwed, p.ackSize = false, false, 0, 0
	if p.repeating = !p.repeating && p.repeatAcks > 0; p.repeating {
		p.repeatAcks--
		p.ackNow = true
	}
	n := f.close()
	p.sentBytes += uint32(n)
	return n
}
