package store

import "studio/link"

// scan reads the first bytes of all sectors and finds out what counts.
func (s *Store) scan() error {
	s.freeN = s.sectors
	for i := range s.next {
		s.next[i] = none
	}
	serials := make([]uint32, s.sectors) // of data sectors; 0: none
	indexes := make([]uint16, s.sectors)
	slots := make([]uint16, s.sectors)
	for i := 0; i < s.sectors; i++ {
		if err := s.flash.Read(s.head[:dataContent], int64(i)*SectorSize); err != nil {
			return ErrFlash
		}
		serial := link.GetU32(s.head[4:])
		switch link.GetU16(s.head[:]) {
		case dataMagic:
			if link.CRC32(0, s.head[:12]) != link.GetU32(s.head[12:]) {
				continue
			}
			serials[i], indexes[i] = serial, link.GetU16(s.head[2:])
		case headMagic:
			if s.readHead(uint16(i)) != nil {
				continue
			}
		default:
			continue
		}
		if serial >= s.serial && serial != 0xFFFFFFFF {
			s.serial = serial + 1
			s.hand = i + 1
		}
	}
	// Committed versions first: interrupted ones get what room is left.
	for _, want := range [2]entryState{live, parked} {
		for i := 0; i < s.sectors; i++ {
			if s.owned[i/8]>>(i%8)&1 != 0 || s.readHead(uint16(i)) != nil {
				continue
			}
			state, torn := s.headState(uint16(i))
			if torn {
				s.kill(uint16(i)) // cannot become anything any more
				continue
			}
			if state == want {
				s.take(uint16(i), state, serials, indexes, slots)
			}
		}
	}
	return nil
}

// headState looks at the commit mark. torn: its commit mark is neither blank nor right.
func (s *Store) headState(sector uint16) (state entryState, torn bool) {
	if s.flash.Read(s.mark[:], int64(sector)*SectorSize+commitAt) != nil {
		return unused, false
	}
	if blank(s.mark[:]) {
		return parked, false
	}
	var right [markSize]byte
	s.commitMark(&right)
	if s.mark == right {
		return live, false
	}
	return unused, true
}

// take makes an entry of the version whose head is in s.head.
func (s *Store) take(sector uint16, state entryState, serials []uint32, indexes, slots []uint16) {
	serial, size := link.GetU32(s.head[4:]), link.GetU32(s.head[8:])
	if size > s.Capacity() {
		s.kill(sector)
		return
	}
	count := sectorsFor(size)
	slots = slots[:count]
	for i := range slots {
		slots[i] = none
	}
	slots[0] = sector
	found, last := 1, 0 // how many there are, and the highest index
	for i, v := range serials {
		if v != serial {
			continue
		}
		index := int(indexes[i])
		if index == 0 || index >= count || slots[index] != none || s.owned[i/8]>>(i%8)&1 != 0 {
			s.kill(sector) // not how we write: damaged
			return
		}
		slots[index] = uint16(i)
		found++
		last = max(last, index)
	}
	if state == live && found != count || state == parked && found != last+1 {
		s.kill(sector) // sectors are missing
		return
	}
	have := uint32(0)
	if state == parked {
		// The sector that was begun last may be half written. Its erase must
		// come before a resumed write makes another one with its number.
		if last == 0 {
			return
		}
		if s.flash.Erase(int64(slots[last])*SectorSize, SectorSize) != nil {
			return
		}
		slots = slots[:last]
		have = headRoom + uint32(last-1)*dataRoom
	}
	at, ok := s.slot()
	path := s.headPath()
	if state == live {
		if older, found := s.findKeeping(path); found {
			// Cut between a commit and the old version's end.
			if s.entries[older].serial > serial {
				s.kill(sector)
				return
			}
			s.kill(s.entries[older].head)
			s.forget(older)
			at, ok = s.slot()
			s.readHead(sector)
		}
		ok = ok && (Hidden(path) || len(s.order) < s.files)
	} else {
		parkedN := 0
		for i := range s.entries {
			if s.entries[i].state == parked {
				parkedN++
			}
		}
		ok = ok && parkedN < maxParked
	}
	if !ok {
		return // more than this firmware can handle: left alone until its place is needed
	}
	path = s.headPath()
	s.entries[at] = entry{state: state, hidden: Hidden(path), head: sector, serial: serial, size: size, have: have, name: link.CRC32(0, path)}
	for i, v := range slots {
		s.own(v)
		s.next[v] = none
		if i > 0 {
			s.next[slots[i-1]] = v
		}
	}
	if state == live {
		var name [MaxPath]byte
		s.insert(at, name[:copy(name[:], path)])
	}
}

// findKeeping is find, with s.head as it was before.
func (s *Store) findKeeping(path []byte) (int, bool) {
	kept := s.head
	var name [MaxPath]byte
	at, found := s.find(name[:copy(name[:], path)])
	s.head = kept
	return at, found
}

// insert puts a live entry into the order, unless it is hidden.
func (s *Store) insert(at int, path []byte) {
	if s.entries[at].hidden {
		return
	}
	i := s.place(path)
	s.order = append(s.order, 0)
	copy(s.order[i+1:], s.order[i:])
	s.order[i] = uint8(at)
}

// slot finds an unused entry.
func (s *Store) slot() (int, bool) {
	for i := range s.entries {
		if s.entries[i].state == unused {
			return i, true
		}
	}
	return 0, false
}

// own marks a sector as belonging to an entry.
func (s *Store) own(sector uint16) {
	s.owned[sector/8] |= 1 << (sector % 8)
	s.blank[sector/8] &^= 1 << (sector % 8)
	s.freeN--
}

// readHead reads and checks the head at a sector into s.head.
func (s *Store) readHead(sector uint16) error {
	h := s.head[:]
	if s.flash.Read(h, int64(sector)*SectorSize) != nil {
		return ErrFlash
	}
	if link.GetU16(h) != headMagic || link.CRC32(0, h[:124]) != link.GetU32(h[124:]) ||
		!ValidPath(s.headPath()) {
		return ErrFlash
	}
	return nil
}

// headPath is the path in s.head; empty when its length is impossible.
func (s *Store) headPath() []byte {
	n := int(link.GetU16(s.head[2:]))
	if n > MaxPath {
		n = 0
	}
	return s.head[28 : 28+n]
}

// commitMark makes the mark that fits s.head.
func (s *Store) commitMark(m *[markSize]byte) {
	serial := link.GetU32(s.head[4:])
	link.PutU32(m[0:], 0x74696d43) // "Cmit"
	link.PutU32(m[4:], serial)
	link.PutU32(m[8:], ^serial)
	link.PutU32(m[12:], link.GetU32(s.head[124:])&^1) // never all ones
}

// kill makes a version no longer count, by zeros over the beginning of its
// head: one that is torn makes the CRC wrong just as well, and no torn erase
// brings it back.
func (s *Store) kill(sector uint16) error {
	s.mark = [markSize]byte{}
	if s.flash.Program(s.mark[:], int64(sector)*SectorSize) != nil {
		return ErrFlash
	}
	return nil
}

func blank(p []byte) bool {
	for _, b := range p {
		if b != 0xFF {
			return false
		}
	}
	return true
}
