package link

// receiver is the incoming half: it puts the stream together in one flat
// buffer, so that a record can be handed out in place.
//
//	rx: | used up | in order (have) | ranges received early, with holes | free |
//	    0         head              rcv                                 len(rx)
type receiver struct {
	rx     []byte
	head   int    // where the first byte is that was not used up
	have   int    // bytes from there that are in order
	rcv    uint16 // offset of the next byte expected
	early  [maxRanges]span
	earlyN int

	record int // bytes of the record that Next gave out
	skip   int // bytes still to be dropped of a record that is too long

	heard   byte   // serial of the last DATA
	ackOwed int    // DATA frames since the last ACK
	ackAt   uint32 // when they must be acknowledged
	ackNow  bool
	damaged bool
	told    uint16 // right edge of the window as last told
}

func (q *receiver) reset() {
	*q = receiver{rx: q.rx, heard: 0xff, told: uint16(len(q.rx))}
}

// edge is the offset up to which there is room.
func (q *receiver) edge() uint16 { return q.rcv + uint16(len(q.rx)-q.have) }

func (q *receiver) gotData(serial byte, offset uint16, data []byte, now uint32) {
	q.heard = serial
	if q.ackOwed == 0 {
		q.ackAt = now + ackDelay
	}
	q.ackOwed++
	// at: where the data goes, counted from the next byte expected.
	at := int(int16(offset - q.rcv))
	if at < 0 {
		if at+len(data) <= 0 {
			data = nil // known, or a question: tell where we are
		} else {
			data, at = data[-at:], 0
		}
	}
	if room := len(q.rx) - q.have; at+len(data) > room {
		data = data[:max(room-at, 0)]
	}
	if len(data) == 0 || at > 0 || q.earlyN > 0 || q.ackOwed >= 2 {
		q.ackNow = true
	}
	if len(data) == 0 || at > 0 && !q.keepEarly(q.rcv+uint16(at), q.rcv+uint16(at+len(data))) {
		return
	}
	if q.head+q.have+at+len(data) > len(q.rx) {
		q.compact()
	}
	copy(q.rx[q.head+q.have+at:], data)
	if at == 0 {
		q.advance(len(data))
		for q.earlyN > 0 && int16(q.early[0].from-q.rcv) <= 0 {
			q.advance(max(int(int16(q.early[0].to-q.rcv)), 0))
			copy(q.early[:], q.early[1:q.earlyN])
			q.earlyN--
		}
	}
}

func (q *receiver) advance(n int) {
	q.have += n
	q.rcv += uint16(n)
}

// keepEarly adds a range to the list. It refuses one that the list has no room
// for: an ACK names everything that is kept, so that the sender knows exactly.
func (q *receiver) keepEarly(from, to uint16) bool {
	// i: first range that ends at or after from; j: first that starts after to.
	i := 0
	for i < q.earlyN && int16(q.early[i].to-from) < 0 {
		i++
	}
	j := i
	for j < q.earlyN && int16(q.early[j].from-to) <= 0 {
		j++
	}
	if i == j { // touches none
		if q.earlyN == maxRanges {
			return false
		}
		copy(q.early[i+1:], q.early[i:q.earlyN])
		q.early[i] = span{from, to}
		q.earlyN++
		return true
	}
	if int16(q.early[i].from-from) < 0 {
		from = q.early[i].from
	}
	if int16(q.early[j-1].to-to) > 0 {
		to = q.early[j-1].to
	}
	q.early[i] = span{from, to}
	copy(q.early[i+1:], q.early[j:q.earlyN])
	q.earlyN -= j - i - 1
	return true
}

// compact moves what is kept to the front of the buffer.
func (q *receiver) compact() {
	n := q.have
	if q.earlyN > 0 {
		n += int(q.early[q.earlyN-1].to - q.rcv)
	}
	copy(q.rx, q.rx[q.head:min(q.head+n, len(q.rx))])
	q.head = 0
}

// drop uses up n bytes from the front.
func (q *receiver) drop(n int) {
	q.head += n
	q.have -= n
	if q.have == 0 && q.earlyN == 0 {
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
	grown := int(p.edge() - p.told)
	left := int(p.told - p.rcv)
	if p.opened && (grown >= len(p.rx)/4 || grown > 0 && left < len(p.rx)/4) {
		p.ackNow = true
	}
	return 0, nil, false
}

// ackOut writes an ACK when one is due.
func (p *Pipe) ackOut(dst []byte, now uint32) int {
	if !p.ackNow && (p.ackOwed == 0 || !reached(now, p.ackAt)) {
		return 0
	}
	p.ackNow = true
	if len(dst) < ackFrame || !p.mayWire(ackFrame) {
		return 0
	}
	var flags byte
	if p.damaged {
		flags = 1
	}
	p.told = p.edge()
	var f framer
	f.open(dst)
	f.u8(kindAck)
	f.u8(p.epoch)
	f.u8(p.heard)
	f.u16(p.rcv)
	f.u16(p.told - p.rcv)
	f.u8(flags)
	for _, s := range p.early[:p.earlyN] {
		f.u16(s.from)
		f.u16(s.to)
	}
	p.ackNow, p.damaged, p.ackOwed = false, false, 0
	n := f.close()
	p.sentBytes += uint32(n)
	return n
}
