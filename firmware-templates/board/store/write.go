package store

import "studio/link"

// writing is the one write that can be open.
type writing struct {
	entry    int // -1: none
	same     bool
	hash     [HashSize]byte
	offset   uint32 // content bytes taken
	sector   uint16 // being filled; none: the next byte needs a new one
	index    uint16
	pos      int  // in the sector, of the next byte
	broken   bool // the flash failed meanwhile
	flushed  bool // the last page, which is not full, is in flash
	checking bool // commit is reading back, up to checked
	checked  uint32
	csector  uint16
	cindex   uint16
}

// Begin opens a write, or goes on with one of the same path, size and hash
// that was interrupted: offset is how far it had come, in this life of the
// board or an earlier one. Another open write is interrupted by it.
func (s *Store) Begin(path []byte, size uint32, hash *[HashSize]byte) (offset uint32, err error) {
	if Hidden(path) {
		return 0, ErrPath
	}
	return s.BeginHidden(path, size, hash)
}

// BeginHidden is Begin for the board's own files as well (see Hidden).
func (s *Store) BeginHidden(path []byte, size uint32, hash *[HashSize]byte) (offset uint32, err error) {
	if !ValidPath(path) {
		return 0, ErrPath
	}
	if s.w.entry >= 0 && s.isVersion(s.w.entry, path, size, hash) && !s.w.broken {
		s.w.checking = false
		return s.w.offset, nil
	}
	s.park()
	at, exists := s.find(path)
	if exists && s.isVersion(at, path, size, hash) {
		s.w = writing{entry: at, same: true, hash: *hash, offset: size}
		s.entries[at].readers++ // stays until the write ends
		return size, nil
	}
	need := sectorsFor(size)
	if need > s.sectors {
		return 0, ErrSpace
	}
	for i := range s.entries {
		if e := &s.entries[i]; e.state == parked && s.isVersion(i, path, size, hash) {
			if s.clearFor(need-s.owns(e), i) {
				s.resume(i, hash)
				return s.w.offset, nil
			}
			return 0, ErrSpace
		}
	}
	if !exists && !Hidden(path) && len(s.order) >= s.files {
		return 0, ErrFiles
	}
	if !s.clearFor(need, -1) {
		return 0, ErrSpace
	}
	at, ok := s.slot()
	if !ok {
		s.discardOldest(-1)
		if at, ok = s.slot(); !ok {
			return 0, ErrSpace
		}
	}
	return 0, s.create(at, path, size, hash)
}

// create writes the head of a new version.
func (s *Store) create(at int, path []byte, size uint32, hash *[HashSize]byte) error {
	sector, err := s.allocate(sectorsFor(size))
	if err != nil {
		return err
	}
	h := s.head[:]
	clear(h)
	link.PutU16(h, headMagic)
	link.PutU16(h[2:], uint16(len(path)))
	link.PutU32(h[4:], s.serial)
	link.PutU32(h[8:], size)
	copy(h[12:28], hash[:])
	copy(h[28:124], path)
	link.PutU32(h[124:], link.CRC32(0, h[:124]))
	s.entries[at] = entry{state: open, hidden: Hidden(path), head: sector, serial: s.serial, size: size, name: link.CRC32(0, path)}
	s.serial++
	if s.flash.Program(h, int64(sector)*SectorSize) != nil {
		s.release(&s.entries[at])
		return ErrFlash
	}
	s.w = writing{entry: at, hash: *hash, sector: sector, pos: headContent}
	return nil
}

// resume goes on with a parked version.
func (s *Store) resume(at int, hash *[HashSize]byte) {
	e := &s.entries[at]
	e.state = open
	s.w = writing{entry: at, hash: *hash, offset: e.have, sector: e.head, pos: headContent + int(e.have)}
	for s.next[s.w.sector] != none {
		s.w.sector = s.next[s.w.sector]
		s.w.index++
	}
	if s.w.index > 0 {
		s.w.pos = dataContent + int((e.have-headRoom)-uint32(s.w.index-1)*dataRoom)
	}
	e.have = 0
}

// isVersion reports whether the entry has this path, size and hash.
func (s *Store) isVersion(at int, path []byte, size uint32, hash *[HashSize]byte) bool {
	e := &s.entries[at]
	return e.size == size && e.name == link.CRC32(0, path) && s.readHead(e.head) == nil &&
		text(s.headPath()) == text(path) && text(s.head[12:28]) == text(hash[:])
}

// clearFor gives up interrupted writes until need sectors are free.
func (s *Store) clearFor(need, except int) bool {
	for s.freeN < need {
		if !s.discardOldest(except) {
			return false
		}
	}
	return true
}

func (s *Store) discardOldest(except int) bool {
	oldest := -1
	for i := range s.entries {
		if s.entries[i].state == parked && i != except && (oldest < 0 || s.entries[i].serial < s.entries[oldest].serial) {
			oldest = i
		}
	}
	if oldest < 0 {
		return false
	}
	s.release(&s.entries[oldest])
	return true
}

// blockWorth is how many sectors a write has to need for the erase of a block to be faster.
const blockWorth = 4

// allocate finds a free sector that is blank, or makes one so. need is how many
// the write takes from now on: a long one has whole blocks erased, where
// nothing counts in them.
func (s *Store) allocate(need int) (uint16, error) {
	at, n := s.freeSector(), 1
	if at < 0 {
		return 0, ErrSpace
	}
	if !bit(s.blank, at) {
		if need >= blockWorth {
			if block := s.freeBlock(at); block >= 0 {
				at, n = block, s.block
			}
		}
		s.hand = at + 1 // also if the flash fails there
		if s.flash.Erase(int64(at)*SectorSize, int64(n)*SectorSize) != nil {
			return 0, ErrFlash
		}
		for i := at; i < at+n; i++ {
			s.blank[i/8] |= 1 << (i % 8)
		}
	}
	s.hand = at + 1
	s.own(uint16(at))
	s.next[at] = none
	return uint16(at), nil
}

// freeSector is the next one from where the search has come to; -1: there is none.
func (s *Store) freeSector() int {
	for i := range s.sectors {
		if at := (s.hand + i) % s.sectors; !bit(s.owned, at) {
			return at
		}
	}
	return -1
}

// freeBlock is the next block from there on that has only free sectors; -1: there is none.
func (s *Store) freeBlock(from int) int {
	if s.block < blockWorth {
		return -1
	}
	blocks := s.sectors / s.block
	first := (from + s.block - 1) / s.block
search:
	for i := range blocks {
		at := (first + i) % blocks * s.block
		for k := range s.block {
			if bit(s.owned, at+k) {
				continue search
			}
		}
		return at
	}
	return -1
}

func bit(bits []uint8, i int) bool { return bits[i/8]>>(i%8)&1 != 0 }

// Offset is how many content bytes the open write has taken.
func (s *Store) Offset() (uint32, bool) { return s.w.offset, s.w.entry >= 0 }

// Write appends content to the open write.
func (s *Store) Write(p []byte) error {
	w := &s.w
	switch {
	case w.entry < 0:
		return ErrNotOpen
	case w.broken:
		return ErrFlash
	case uint32(len(p)) > s.entries[w.entry].size-w.offset:
		return ErrIncomplete
	}
	for len(p) > 0 {
		if w.pos == SectorSize {
			if err := s.nextSector(); err != nil {
				w.broken = true
				return err
			}
		}
		at := w.pos % PageSize
		n := copy(s.page[at:], p)
		p = p[n:]
		w.pos += n
		w.offset += uint32(n)
		if w.pos%PageSize == 0 {
			if s.flash.Program(s.page[:], int64(w.sector)*SectorSize+int64(w.pos-PageSize)) != nil {
				w.broken = true
				return ErrFlash
			}
		}
	}
	return nil
}

// nextSector goes on in a new data sector; its head is programmed together
// with its first page.
func (s *Store) nextSector() error {
	w := &s.w
	sector, err := s.allocate(sectorsFor(s.entries[w.entry].size) - 1 - int(w.index))
	if err != nil {
		return err
	}
	s.next[w.sector] = sector
	w.sector = sector
	w.index++
	h := s.page[:dataContent]
	link.PutU16(h, dataMagic)
	link.PutU16(h[2:], w.index)
	link.PutU32(h[4:], s.entries[w.entry].serial)
	link.PutU32(h[8:], 0xFFFFFFFF)
	link.PutU32(h[12:], link.CRC32(0, h[:12]))
	w.pos = dataContent
	return nil
}

// Commit does a part of the work of making the open write the file's content;
// call it until it says done. It reads everything back from flash, compares
// the hash, and then makes the new version count with one program. After an
// error the old content is as it was; ErrIncomplete leaves the write open.
func (s *Store) Commit() (done bool, hash [HashSize]byte, err error) {
	w := &s.w
	if w.entry < 0 {
		return true, hash, ErrNotOpen
	}
	e := &s.entries[w.entry]
	if w.same && e.state != live { // deleted meanwhile
		s.endSame()
		return true, hash, ErrNotOpen
	}
	if !w.checking {
		if w.offset != e.size {
			return true, hash, ErrIncomplete
		}
		if n := w.pos % PageSize; n > 0 && !w.same && !w.broken && !w.flushed {
			w.flushed = true
			if s.flash.Program(s.page[:n], int64(w.sector)*SectorSize+int64(w.pos-n)) != nil {
				w.broken = true
			}
		}
		if w.broken {
			s.Abort()
			return true, hash, ErrFlash
		}
		w.checking, w.checked, w.csector, w.cindex = true, 0, e.head, 0
		s.sum.Reset()
	}
	for i := 0; i < 32 && w.checked < e.size; i++ {
		n := min(uint32(PageSize), e.size-w.checked)
		if s.content(s.page[:n], w.checked, e.head, &w.csector, &w.cindex) < 0 {
			s.Abort()
			return true, hash, ErrFlash
		}
		s.sum.Add(s.page[:n])
		w.checked += n
	}
	if w.checked < e.size {
		return false, hash, nil
	}
	s.sum.Sum(hash[:])
	if hash != w.hash {
		if w.same { // what is there has gone bad; a new write can only help
			at := w.entry
			s.endSame()
			s.kill(s.entries[at].head)
			s.forget(at)
			return true, hash, ErrHash
		}
		s.Abort()
		return true, hash, ErrHash
	}
	if w.same {
		s.endSame()
		return true, hash, nil
	}
	return true, hash, s.count()
}

// count makes the checked version the file's content.
func (s *Store) count() error {
	at := s.w.entry
	e := &s.entries[at]
	if s.readHead(e.head) != nil {
		s.Abort()
		return ErrFlash
	}
	s.commitMark(&s.mark)
	err := s.flash.Program(s.mark[:], int64(e.head)*SectorSize+commitAt)
	if state, _ := s.headState(e.head); err != nil || state != live {
		s.Abort()
		return ErrFlash
	}
	var name [MaxPath]byte
	path := name[:copy(name[:], s.headPath())]
	old, exists := s.find(path)
	s.w = writing{entry: -1}
	e.state = live
	if !exists {
		s.insert(at, path)
		return nil
	}
	for i, v := range s.order {
		if int(v) == old {
			s.order[i] = uint8(at)
		}
	}
	err = s.kill(s.entries[old].head)
	s.leave(old)
	return err
}

func (s *Store) endSame() {
	e := &s.entries[s.w.entry]
	e.readers--
	if e.readers == 0 && e.state == ghost {
		s.release(e)
	}
	s.w = writing{entry: -1}
}

// park interrupts the open write; what is in flash stays for a later Begin.
func (s *Store) park() {
	w := &s.w
	if w.entry < 0 {
		return
	}
	if w.same {
		s.endSame()
		return
	}
	e := &s.entries[w.entry]
	n := 0
	for i := range s.entries {
		if s.entries[i].state == parked {
			n++
		}
	}
	// Only whole pages are in flash, and the last one may be half full of
	// content that the commit put there.
	partial := uint32(0)
	if w.pos%PageSize != 0 {
		partial = uint32(w.pos % PageSize)
		if w.index > 0 && w.pos < PageSize {
			partial = uint32(w.pos - dataContent)
		}
	}
	switch {
	case w.broken || w.flushed || w.checking || w.offset == partial:
		s.kill(e.head)
		s.release(e)
	case w.index > 0 && w.pos < PageSize:
		// Its last sector's first page is not written yet: not resumable in
		// place, and without a head it is no sector of this version.
		s.dropLast(e)
		e.state, e.have = parked, w.offset-partial
	default:
		e.state, e.have = parked, w.offset-partial
	}
	if e.state == parked && n >= maxParked {
		s.discardOldest(w.entry)
	}
	s.w = writing{entry: -1}
}

// dropLast gives back an entry's last sector.
func (s *Store) dropLast(e *entry) {
	before := e.head
	for s.next[s.next[before]] != none {
		before = s.next[before]
	}
	last := s.next[before]
	s.next[before] = none
	s.owned[last/8] &^= 1 << (last % 8)
	s.freeN++
}

// Abort gives up the open write.
func (s *Store) Abort() {
	if s.w.entry < 0 {
		return
	}
	if s.w.same {
		s.endSame()
		return
	}
	e := &s.entries[s.w.entry]
	s.kill(e.head)
	s.release(e)
	s.w = writing{entry: -1}
}
