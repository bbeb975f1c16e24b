package board

import (
	"crypto/sha256"
	"testing"
	"time"

	"studio/board/devlink"
	"studio/board/store"
)

// memory is a connection whose other side is the test.
type memory struct {
	in       []byte // still to be read by the server
	chunk    int    // how much a Read gives at most; 0: all
	out      []byte // written by the server
	room     int    // how much out takes, -1: everything
	eof      bool   // the test sends no more than in
	finished bool
	closed   bool
	reads    int
}

func (m *memory) Read(p []byte) (int, bool) {
	if m.closed {
		return 0, false
	}
	n := len(p)
	if m.chunk > 0 {
		n = min(n, m.chunk)
	}
	n = copy(p[:n], m.in)
	m.in = m.in[n:]
	m.reads++
	return n, n > 0 || !m.eof
}

func (m *memory) Write(p []byte) (int, bool) {
	if m.closed {
		return 0, false
	}
	if m.room >= 0 {
		p = p[:min(len(p), m.room)]
		m.room -= len(p)
	}
	m.out = append(m.out, p...)
	return len(p), true
}

func (m *memory) Finish() { m.finished = true }
func (m *memory) Close()  { m.closed = true }

// ram is flash in memory.
type ram []byte

func (f ram) Size() int64                    { return int64(len(f)) }
func (f ram) Block() int64                   { return store.SectorSize }
func (f ram) Read(p []byte, off int64) error { copy(p, f[off:]); return nil }
func (f ram) Program(p []byte, off int64) error {
	for i, b := range p {
		f[off+int64(i)] &= b
	}
	return nil
}
func (f ram) Erase(off, n int64) error {
	for i := range f[off : off+n] {
		f[off+int64(i)] = 0xFF
	}
	return nil
}

// newServer is a server of its own.
func newServer(l Limits) *server {
	s := &server{limits: l}
	s.init()
	return s
}

// testServer is a server without a clock, a network or a serial line.
func testServer(t testing.TB, l Limits, files map[string]string) *server {
	t.Helper()
	s := newServer(l)
	s.link.Line = devlink.Line{Read: func([]byte) int { return 0 }, Ready: func() bool { return false }}
	s.prepare(make(ram, 64*store.SectorSize))
	for path, text := range files {
		putFile(t, s, path, text)
	}
	s.Lock()
	t.Cleanup(s.Unlock)
	return s
}

func putFile(t testing.TB, s *server, path, text string) {
	t.Helper()
	sum := sha256.Sum256([]byte(text))
	if _, err := s.web.Files.Begin([]byte(path), uint32(len(text)), (*[16]byte)(sum[:])); err != nil {
		t.Fatal(path, err)
	}
	if err := s.web.Files.Write([]byte(text)); err != nil {
		t.Fatal(path, err)
	}
	for {
		if done, _, err := s.web.Files.Commit(); err != nil {
			t.Fatal(path, err)
		} else if done {
			return
		}
	}
}

// pass lets time go by.
func (s *server) pass(d time.Duration) { s.Ahead += int64(d) }

// settle lets the server work until there is nothing more to do.
func (s *server) settle(t testing.TB) {
	t.Helper()
	for i := 0; s.stepLocked(); i++ {
		if i > 2_000_000 {
			t.Fatal("the server never comes to rest")
		}
	}
}

// connect makes a connection.
func (s *server) connect(t testing.TB, in string, chunk int) *memory {
	t.Helper()
	m := &memory{in: []byte(in), chunk: chunk, room: -1}
	if !s.web.AdoptLocked(m) {
		t.Fatal("no place for a connection")
	}
	return m
}

// talk sends and gives what has come back.
func (s *server) talk(t testing.TB, m *memory, in string) string {
	t.Helper()
	m.in = append(m.in, in...)
	s.settle(t)
	out := string(m.out)
	m.out = nil
	return out
}
