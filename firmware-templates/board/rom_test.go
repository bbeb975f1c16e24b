package board

import (
	"testing"
	"time"

	"studio/board/loop"
	"studio/board/store"
	"studio/link"
)

// A board whose files are part of its program serves them, and says over the
// link that it has no room for files.
func TestFilesInTheProgram(t *testing.T) {
	flash := make(ram, 64*store.SectorSize)
	maker := &server{Loop: loop.Loop{Began: time.Now()}}
	maker.link.line = serialLine{read: func([]byte) int { return 0 }, ready: func() bool { return false }}
	maker.prepare(flash)
	for path, text := range webFiles {
		putFile(t, maker, path, text)
	}
	program := string(flash)
	for _, c := range httpCases() {
		t.Run(c.name, func(t *testing.T) {
			s := &server{Loop: loop.Loop{Began: time.Now()}}
			s.link.line = maker.link.line
			s.prepare(rom(program))
			checkAnswer(t, c, s.talk(t, s.connect(t, c.in, 0), ""))
		})
	}

	s := &server{Loop: loop.Loop{Began: time.Now()}}
	s.prepare(rom(program))
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
	s = &server{Loop: loop.Loop{Began: time.Now()}}
	s.link.line = maker.link.line
	s.prepare(rom(program[:100]))
	checkAnswer(t, httpCase{status: 404}, s.talk(t, s.connect(t, ask("GET / HTTP/1.1", "Host: b"), 0), ""))
}
