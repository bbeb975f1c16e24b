package store

import (
	"unicode/utf8"
	"unsafe"

	"studio/link"
)

// Flash is a window of NOR flash; offsets count from its start.
type Flash interface {
	Size() int64                       // a multiple of SectorSize
	Block() int64                      // what is erased at once about as fast as three sectors one by one; SectorSize: nothing is
	Read(p []byte, off int64) error    // any length and place
	Program(p []byte, off int64) error // inside of one page; bits go from 1 to 0 only
	Erase(off, n int64) error          // a sector, or a block at a multiple of its size, becomes FF
}

// The units of flash.
const (
	SectorSize = 4096
	PageSize   = 256
)

// Bounds of names and contents.
const (
	MaxPath  = link.MaxPath
	HashSize = link.HashSize
)

// Error is what can go wrong.
type Error byte

const (
	ErrPath       Error = iota + 1 // not a path that a file can have
	ErrSpace                       // no room
	ErrNotOpen                     // no write is open
	ErrIncomplete                  // bytes are missing before the commit, or too many came
	ErrHash                        // the content does not have the promised hash
	ErrFlash                       // the flash failed
	ErrFiles                       // there are as many files as there can be
)

func (e Error) Error() string {
	switch e {
	case ErrPath:
		return "store: bad path"
	case ErrSpace:
		return "store: no space"
	case ErrNotOpen:
		return "store: no open write"
	case ErrIncomplete:
		return "store: wrong length"
	case ErrHash:
		return "store: hash does not match"
	case ErrFiles:
		return "store: too many files"
	}
	return "store: flash failed"
}

const (
	headMagic   = 'H' | '1'<<8
	dataMagic   = 'D' | '1'<<8
	headEnd     = 128 // of what is programmed at first
	commitAt    = 192
	markSize    = 16
	headContent = PageSize // where content starts in a head sector
	dataContent = 16       // and in a data sector
	headRoom    = SectorSize - headContent
	dataRoom    = SectorSize - dataContent
	none        = 0xFFFF // no sector
	maxParked   = 4      // interrupted writes that are remembered

	spareEntries = maxParked + 8 // for the write under way, and for what is replaced while somebody reads it
)

// MostFiles is how many files a Store can have: a byte counts entries.
const MostFiles = 255 - spareEntries

type entryState uint8

const (
	unused entryState = iota
	live
	ghost  // replaced or deleted while somebody reads it
	parked // an interrupted write
	open   // the write under way
)

// entry is one version of a file.
type entry struct {
	state   entryState
	hidden  bool // not in Store.order
	readers uint8
	head    uint16 // first sector; the others follow in Store.next
	serial  uint32
	size    uint32
	have    uint32 // parked: content bytes that are in flash
	name    uint32 // CRC-32 of the path, to look at fewer paths
}

// Store is a mounted window.
type Store struct {
	flash   Flash
	sectors int
	block   int      // sectors that can be erased at once
	files   int      // limit
	entries []entry  // files + maxParked + some ghosts
	next    []uint16 // of each sector: the file's next one
	owned   []uint8  // one bit for each sector: belongs to an entry
	blank   []uint8  // one bit for each sector: erased since Mount and not used yet
	order   []uint8  // live entries in byte order of their paths, without hidden ones
	freeN   int      // sectors that belong to none
	serial  uint32   // of the next version
	hand    int      // the search for a free sector starts here
	w       writing
	sum     link.SHA256
	head    [headEnd]byte // the last head that was read or made
	page    [PageSize]byte
	mark    [markSize]byte
}

// Mount finds the files in flash. It succeeds whatever is there; the error is
// for a window of no use (less than 2 or more than 65535 sectors) and for
// flash that cannot be read. files bounds how many files there can be, up to MostFiles.
func Mount(flash Flash, files int) (*Store, error) {
	n := flash.Size() / SectorSize
	if n < 2 || n >= none {
		return nil, ErrSpace
	}
	files = min(max(files, 1), MostFiles)
	s := &Store{
		flash:   flash,
		sectors: int(n),
		block:   int(flash.Block() / SectorSize),
		files:   files,
		entries: make([]entry, files+spareEntries),
		next:    make([]uint16, n),
		owned:   make([]uint8, (n+7)/8),
		blank:   make([]uint8, (n+7)/8),
		order:   make([]uint8, 0, files),
		serial:  1,
	}
	s.w.entry = -1
	if err := s.scan(); err != nil {
		return nil, err
	}
	return s, nil
}

// Count is the number of files.
func (s *Store) Count() int { return len(s.order) }

// MaxFiles is how many there can be.
func (s *Store) MaxFiles() int { return s.files }

// Capacity is the content that the empty window can take, in one file.
func (s *Store) Capacity() uint32 { return capacity(s.sectors) }

// Usage is what the files take, in whole sectors, and the longest content that
// a new file could have.
func (s *Store) Usage() (used, free uint32) {
	available := s.freeN
	for i := range s.entries {
		switch e := &s.entries[i]; e.state {
		case live:
			used += uint32(sectorsFor(e.size)) * SectorSize
		case parked:
			available += s.owns(e)
		}
	}
	return used, capacity(available)
}

// Info describes a file.
type Info struct {
	Size uint32
	Hash [HashSize]byte
	path [MaxPath]byte
	n    uint8
}

// Path is the file's path; valid as long as the Info.
func (i *Info) Path() []byte { return i.path[:i.n] }

// At describes the i-th file in byte order of the paths.
func (s *Store) At(i int, info *Info) bool {
	if i < 0 || i >= len(s.order) {
		return false
	}
	return s.describe(int(s.order[i]), info)
}

func (s *Store) describe(at int, info *Info) bool {
	e := &s.entries[at]
	if s.readHead(e.head) != nil {
		return false
	}
	info.Size = e.size
	copy(info.Hash[:], s.head[12:28])
	info.n = uint8(copy(info.path[:], s.headPath()))
	return true
}

// File is a file that is being read: the version that it was when it was
// opened, whatever happens meanwhile. Close it. The zero File is closed.
type File struct {
	s      *Store
	at     uint8
	sector uint16 // the last one read, and its index
	index  uint16
	size   uint32
}

// Open opens a file for reading. At most 255 can read the same one.
func (s *Store) Open(path []byte) (File, bool) {
	if Hidden(path) {
		return File{}, false
	}
	return s.OpenHidden(path)
}

// OpenHidden is Open for the board's own files as well (see Hidden).
func (s *Store) OpenHidden(path []byte) (File, bool) {
	at, found := s.find(path)
	if !found {
		return File{}, false
	}
	return s.openAt(at)
}

// OpenAt opens the i-th file in byte order of the paths.
func (s *Store) OpenAt(i int) (File, bool) {
	if i < 0 || i >= len(s.order) {
		return File{}, false
	}
	return s.openAt(int(s.order[i]))
}

func (s *Store) openAt(at int) (File, bool) {
	e := &s.entries[at]
	if e.readers == 255 {
		return File{}, false
	}
	e.readers++
	return File{s: s, at: uint8(at), sector: e.head, size: e.size}, true
}

// Size is the content's length in bytes.
func (f *File) Size() uint32 { return f.size }

// Hash writes the first 16 bytes of the content's SHA-256 to h, as they were
// verified when the file was written. False: the flash failed, or the file has
// been replaced since it was opened.
func (f *File) Hash(h *[HashSize]byte) bool {
	if f.s == nil || f.s.readHead(f.s.entries[f.at].head) != nil {
		return false
	}
	copy(h[:], f.s.head[12:28])
	return true
}

// ReadAt reads content from off on: fewer bytes than asked for at the end, -1
// when the flash failed or f is closed.
func (f *File) ReadAt(p []byte, off uint32) int {
	if f.s == nil {
		return -1
	}
	if off >= f.size {
		return 0
	}
	if left := f.size - off; uint32(len(p)) > left {
		p = p[:left]
	}
	return f.s.content(p, off, f.s.entries[f.at].head, &f.sector, &f.index)
}

// content reads from the chain of sectors that starts at head; sector and
// index say where the last reading ended, and are moved on.
func (s *Store) content(p []byte, off uint32, head uint16, sector, index *uint16) int {
	done := 0
	for done < len(p) {
		want, at := uint16(0), headContent+off
		if off >= headRoom {
			want = uint16(1 + (off-headRoom)/dataRoom)
			at = dataContent + (off-headRoom)%dataRoom
		}
		if want < *index {
			*sector, *index = head, 0
		}
		for *index < want {
			*sector = s.next[*sector]
			*index++
		}
		n := min(len(p)-done, SectorSize-int(at))
		if s.flash.Read(p[done:done+n], int64(*sector)*SectorSize+int64(at)) != nil {
			return -1
		}
		done += n
		off += uint32(n)
	}
	return done
}

// Close ends reading.
func (f *File) Close() {
	if f.s == nil {
		return
	}
	e := &f.s.entries[f.at]
	e.readers--
	if e.readers == 0 && e.state == ghost {
		f.s.release(e)
	}
	f.s = nil
}

// Delete removes a file. There need not be one.
func (s *Store) Delete(path []byte) error {
	if Hidden(path) || !ValidPath(path) {
		return ErrPath
	}
	return s.DeleteHidden(path)
}

// DeleteHidden is Delete for the board's own files as well (see Hidden).
func (s *Store) DeleteHidden(path []byte) error {
	at, found := s.find(path)
	if !found {
		return nil
	}
	if err := s.kill(s.entries[at].head); err != nil {
		return err
	}
	s.forget(at)
	return nil
}

// Format removes all files but hidden ones, and interrupted writes.
func (s *Store) Format() error {
	s.Abort()
	for i := range s.entries {
		e := &s.entries[i]
		if e.state == parked || e.state == live && !e.hidden {
			if err := s.kill(e.head); err != nil {
				return err
			}
			if e.state == live {
				s.forget(i)
			} else {
				s.release(e)
			}
		}
	}
	return nil
}

// forget takes a live entry out of the list.
func (s *Store) forget(at int) {
	for i, v := range s.order {
		if int(v) == at {
			s.order = append(s.order[:i], s.order[i+1:]...)
			break
		}
	}
	s.leave(at)
}

// leave frees the sectors of a version that no longer counts, now or when its
// last reader is done.
func (s *Store) leave(at int) {
	e := &s.entries[at]
	if e.readers > 0 {
		e.state = ghost
		return
	}
	s.release(e)
}

// release gives back an entry and its sectors.
func (s *Store) release(e *entry) {
	for sector := e.head; sector != none; sector = s.next[sector] {
		s.owned[sector/8] &^= 1 << (sector % 8)
		s.freeN++
	}
	*e = entry{}
}

// owns counts an entry's sectors.
func (s *Store) owns(e *entry) (n int) {
	for sector := e.head; sector != none; sector = s.next[sector] {
		n++
	}
	return n
}

// find looks for a live file.
func (s *Store) find(path []byte) (at int, found bool) {
	name := link.CRC32(0, path)
	if Hidden(path) {
		for i := range s.entries {
			e := &s.entries[i]
			if e.state == live && e.hidden && e.name == name && s.readHead(e.head) == nil && text(s.headPath()) == text(path) {
				return i, true
			}
		}
		return 0, false
	}
	for _, v := range s.order {
		e := &s.entries[v]
		if e.name == name && s.readHead(e.head) == nil && text(s.headPath()) == text(path) {
			return int(v), true
		}
	}
	return 0, false
}

// place says where path belongs in the order.
func (s *Store) place(path []byte) int {
	lo, hi := 0, len(s.order)
	for lo < hi {
		mid := (lo + hi) / 2
		if s.readHead(s.entries[s.order[mid]].head) == nil && text(s.headPath()) < text(path) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// ValidPath reports whether a file can have this path.
func ValidPath(p []byte) bool {
	if len(p) < 2 || len(p) > MaxPath || p[0] != '/' {
		return false
	}
	start := 1
	for i := 1; i <= len(p); i++ {
		if i < len(p) && p[i] != '/' {
			if p[i] < ' ' || p[i] == 0x7F {
				return false
			}
			continue
		}
		switch text(p[start:i]) {
		case "", ".", "..":
			return false
		}
		start = i + 1
	}
	return utf8.Valid(p)
}

// Hidden reports whether path is that of a file that only the board itself
// knows: its name begins with a dot. The store neither lists nor counts it, and
// Open, Begin and Delete do not know it.
func Hidden(path []byte) bool { return len(path) > 1 && path[1] == '.' }

// text gives the bytes as a string without copying them. (TinyGo copies for a
// comparison of string(p), where Go does not.)
func text(p []byte) string { return unsafe.String(unsafe.SliceData(p), len(p)) }

// sectorsFor is how many sectors a content takes.
func sectorsFor(size uint32) int {
	if size <= headRoom {
		return 1
	}
	return 1 + int((size-headRoom+dataRoom-1)/dataRoom)
}

func capacity(sectors int) uint32 {
	if sectors == 0 {
		return 0
	}
	return headRoom + uint32(sectors-1)*dataRoom
}

// OpenOld opens the version that counts of the file that is being written.
func (s *Store) OpenOld() (File, bool) {
	if s.w.entry < 0 {
		return File{}, false
	}
	if s.w.same {
		return s.openAt(s.w.entry)
	}
	if s.readHead(s.entries[s.w.entry].head) != nil {
		return File{}, false
	}
	var name [MaxPath]byte
	return s.Open(name[:copy(name[:], s.headPath())])
}
