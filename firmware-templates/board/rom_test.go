package board

import (
	"testing"

	"studio/board/devlink"
	"studio/board/store"
	"studio/link"
)

// A board whose files are part of its program serves them, and says over the
// link that it has no room for files.
func TestFilesInTheProgram(t *testing.T) {
	flash := make(ram, 64*store.SectorSize)
	maker := newServer(Limits{})
	maker.link.Line = devlink.Line{Read: func([]byte) int { return 0 }, Ready: func() bool { return false }}
	maker.prepare(flash)
	for path, text := range webFiles {
		putFile(t, maker, path, text)
	}
	program := string(flash)
	for _, c := range httpCases() {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(Limits{})
			s.link.Line = maker.link.Line
			s.prepare(store.ROM(program))
			checkAnswer(t, c, s.talk(t, s.connect(t, c.in, 0), ""))
		})
	}

	s := newServer(Limits{})
	s.prepare(store.ROM(program))
	h := join(t, s)
	r := link.Reader{B: h.must(link.OpHello)}
	r.U8()
	for range 4 {
		r.Str()
	}
	r.U32()
	r.U8()
	r.U16()
	r.U8()
	r.U16()
	r.U16()
	if files, room := r.U16(), r.U32(); r.Short || files != 0 || room != 0 {
		t.Fatalf("it has %d files with room for %d bytes; %v", files, room, r.Short)
	}
	for _, op := range []byte{link.OpRoot, link.OpList, link.OpFormat} {
		h.refused(link.StatusUnsupported, op)
	}
	h.refused(link.StatusUnsupported, link.OpOpen, str("/www/a"), u32(1), make([]byte, 16))
	h.refused(link.StatusUnsupported, link.OpDelete, str("/www/index.html"))
	if string(flash) != program {
		t.Error("the program has changed")
	}

	// Bytes that are no store are none.
	s = newServer(Limits{})
	s.link.Line = maker.link.Line
	s.prepare(store.ROM(program[:100]))
	checkAnswer(t, httpCase{status: 404}, s.talk(t, s.connect(t, ask("GET / HTTP/1.1", "Host: b"), 0), ""))
}
