package board

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"fmt"
	"hash/adler32"
	"math/rand"
	"os"
	"strings"
	"testing"
	"time"

	"studio/board/crash"
	"studio/board/devlink"
	"studio/board/sizes"
	"studio/link"
)

// studio is Studio's end of the link, joined to a server's.
type studio struct {
	t      testing.TB
	s      *server
	pipe   link.Pipe
	toHost []byte
	toChip []byte
	id     byte
	events [][]byte
	got    map[byte][][]byte // records by channel
	noise  *rand.Rand        // nil: a good line
}

func join(t testing.TB, s *server) *studio {
	h := &studio{t: t, s: s, got: map[byte][][]byte{}}
	h.pipe.Init(link.Config{Host: true, Nonce: 7, RxWindow: 16384, TxBuffer: 16384, MaxBody: 1024})
	s.link.Line = devlink.Line{
		Read: func(p []byte) int {
			n := copy(p, h.toChip)
			h.toChip = h.toChip[n:]
			return n
		},
		Ready: func() bool { return true },
		Send:  func(frame []byte) { h.toHost = append(h.toHost, frame...) },
	}
	for !h.pipe.Open() {
		h.exchange()
	}
	return h
}

// exchange lets bytes go both ways and the server work.
func (h *studio) exchange() {
	buf := make([]byte, link.FrameSize(2048))
	for n := h.pipe.Output(buf, h.s.Micros()); n > 0; n = h.pipe.Output(buf, h.s.Micros()) {
		h.toChip = append(h.toChip, h.damage(buf[:n])...)
	}
	h.s.stepLocked()
	h.pipe.Input(h.damage(h.toHost), h.s.Micros(), nil)
	h.toHost = h.toHost[:0]
	for channel, p, ok := h.pipe.Next(); ok; channel, p, ok = h.pipe.Next() {
		p = bytes.Clone(p)
		if channel == 0 && p[0] == 0 {
			h.events = append(h.events, p)
		} else {
			h.got[channel] = append(h.got[channel], p)
		}
	}
	h.s.pass(time.Millisecond)
}

// damage loses one byte of a thousand and flips a bit in another.
func (h *studio) damage(b []byte) []byte {
	if h.noise == nil {
		return b
	}
	var out []byte
	for _, c := range b {
		switch h.noise.Intn(1000) {
		case 0:
			continue
		case 1:
			c ^= 1 << h.noise.Intn(8)
		}
		out = append(out, c)
	}
	return out
}

// until lets time go by until something is so.
func (h *studio) until(what string, so func() bool) {
	h.t.Helper()
	for i := 0; !so(); i++ {
		if i > 5000 {
			h.t.Fatalf("never: %s", what)
		}
		h.exchange()
	}
}

func (h *studio) call(op byte, args ...[]byte) (link.Status, []byte) {
	h.t.Helper()
	h.id++
	if !h.pipe.Send(0, []byte{h.id, op}, bytes.Join(args, nil)) {
		h.t.Fatal("no room to send")
	}
	h.until("a reply", func() bool { return len(h.got[0]) > 0 })
	p := h.got[0][0]
	h.got[0] = h.got[0][1:]
	if p[0] != h.id || p[1] != op|link.Reply {
		h.t.Fatalf("reply % x to call %x %x", p[:3], h.id, op)
	}
	return link.Status(p[2]), p[3:]
}

func (h *studio) must(op byte, args ...[]byte) []byte {
	h.t.Helper()
	status, result := h.call(op, args...)
	if status != 0 {
		h.t.Fatalf("op %x: status %d % x", op, status, result)
	}
	return result
}

func (h *studio) refused(want link.Status, op byte, args ...[]byte) []byte {
	h.t.Helper()
	status, result := h.call(op, args...)
	if status != want {
		h.t.Fatalf("op %x: status %d, want %d", op, status, want)
	}
	return result
}

func u16(n int) []byte { return []byte{byte(n), byte(n >> 8)} }
func u32(n int) []byte { return append(u16(n), u16(n>>16)...) }

func str(s string) []byte { return append([]byte{byte(len(s))}, s...) }

func sum16(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:16]
}

func TestHello(t *testing.T) {
	s := testServer(t, Limits{MaxMessage: 300}, nil)
	s.lastEnd = crash.End{Reset: link.ResetPanic, Why: "panic: out of tea", Held: true}
	h := join(t, s)
	r := link.Reader{B: h.must(link.OpHello)}
	version, board, firmware := r.U8(), string(r.Str()), string(r.Str())
	r.Str()
	r.Str()
	r.U32()
	reset := r.U8()
	maxRecord, streams, maxMessage, block, files, size := r.U16(), r.U8(), r.U16(), r.U16(), r.U16(), r.U32()
	why, held := string(r.Str()), r.U8()
	if r.Short || len(r.B) > 0 || version != 1 || board != "virtual" || firmware != "studio "+Version ||
		maxRecord != sizes.LinkWindow-3 || streams != sizes.Streams || maxMessage != 300 || block != sizes.Block || files != sizes.Files || size != s.web.Files.Capacity() {
		t.Fatal(version, board, firmware, maxRecord, streams, maxMessage, block, files, size)
	}
	if reset != link.ResetPanic || why != "panic: out of tea" || held != 1 {
		t.Fatal(reset, why, held)
	}
	if got := h.must(link.OpPing, []byte("hello")); string(got) != "hello" {
		t.Fatalf("%q", got)
	}
	h.refused(link.StatusUnsupported, 0x7E)
	h.refused(link.StatusBadArgument, link.OpRead, []byte{5, 'a'})
	h.pipe.Send(0, []byte{0, link.OpPing}, nil) // id 0 is for events: no answer
	h.pipe.Send(0, nil, nil)
	h.must(link.OpStatus)
}

func TestFilesOverLink(t *testing.T) {
	s := testServer(t, Limits{}, nil)
	h := join(t, s)
	content := make([]byte, 20_000)
	rand.New(rand.NewSource(1)).Read(content)
	copy(content[4096:], strings.Repeat("compressible ", 300))

	h.refused(link.StatusRefused, link.OpWrite, u32(0), []byte{0}, u16(1), []byte("x"))
	h.refused(link.StatusRefused, link.OpCommit)
	h.refused(link.StatusBadArgument, link.OpOpen, str("no-slash"), u32(1), make([]byte, 16))
	h.refused(link.StatusNoSpace, link.OpOpen, str("/big"), u32(1<<30), make([]byte, 16))
	if at := h.must(link.OpOpen, str("/www/a"), u32(len(content)), sum16(content)); !bytes.Equal(at, u32(0)) {
		t.Fatalf("% x", at)
	}
	for at := 0; at < len(content); {
		n := min(4096, len(content)-at)
		raw := content[at : at+n]
		var next []byte
		if at == 4096 {
			var packed bytes.Buffer
			z, _ := flate.NewWriterDict(&packed, 9, []byte(link.Dictionary))
			z.Write(raw)
			z.Close()
			next = h.must(link.OpWrite, u32(at), []byte{link.EncodingDeflate}, u16(n), packed.Bytes())
		} else {
			next = h.must(link.OpWrite, u32(at), []byte{link.EncodingRaw}, u16(n), raw)
		}
		if at += n; !bytes.Equal(next, u32(at)) {
			t.Fatalf("next % x after %d", next, at)
		}
		if at == 8192 {
			if want := h.refused(link.StatusBadOffset, link.OpWrite, u32(0), []byte{0}, u16(1), []byte("x")); !bytes.Equal(want, u32(at)) {
				t.Fatalf("% x", want)
			}
			h.refused(link.StatusBadArgument, link.OpWrite, u32(at), []byte{0}, u16(2), []byte("x"))
			h.refused(link.StatusBadArgument, link.OpWrite, u32(at), []byte{1}, u16(2), []byte("no deflate"))
			h.refused(link.StatusUnsupported, link.OpWrite, u32(at), []byte{9}, u16(2), []byte("xx"))
			h.refused(link.StatusBadOffset, link.OpCommit)
			if again := h.must(link.OpOpen, str("/www/a"), u32(len(content)), sum16(content)); !bytes.Equal(again, u32(at)) {
				t.Fatalf("open again: % x", again)
			}
		}
	}
	if hash := h.must(link.OpCommit); !bytes.Equal(hash, sum16(content)) {
		t.Fatalf("% x", hash)
	}

	// BLOCKS
	blocks := h.must(link.OpBlocks, str("/www/a"), u16(1))
	if len(blocks) != 4*12 {
		t.Fatal(len(blocks))
	}
	for i := range 4 {
		b := content[4096*(i+1) : min(4096*(i+2), len(content))]
		strong := sha256.Sum256(b)
		if link.GetU32(blocks[12*i:]) != adler32.Checksum(b) || !bytes.Equal(blocks[12*i+4:12*i+12], strong[:8]) {
			t.Fatalf("block %d: % x", i+1, blocks[12*i:12*i+12])
		}
	}
	h.refused(link.StatusNotFound, link.OpBlocks, str("/no"), u16(0))

	// A second version with one byte inserted: copies and one literal.
	next := append(append(bytes.Clone(content[:5000]), 'X'), content[5000:]...)
	h.must(link.OpOpen, str("/www/a"), u32(len(next)), sum16(next))
	h.refused(link.StatusBadArgument, link.OpWrite, u32(0), []byte{link.EncodingCopy}, u16(2000), u32(19_000))
	h.must(link.OpWrite, u32(0), []byte{link.EncodingCopy}, u16(5000), u32(0))
	h.must(link.OpWrite, u32(5000), []byte{link.EncodingRaw}, u16(1), []byte("X"))
	if at := h.must(link.OpWrite, u32(5001), []byte{link.EncodingCopy}, u16(15_000), u32(5000)); !bytes.Equal(at, u32(20_001)) {
		t.Fatalf("% x", at)
	}
	h.must(link.OpCommit)
	var read []byte
	for len(read) < len(next) {
		p := h.must(link.OpRead, str("/www/a"), u32(len(read)), u16(0xFFFF))
		if len(p) == 0 {
			t.Fatal("nothing read")
		}
		read = append(read, p...)
	}
	if !bytes.Equal(read, next) || len(h.must(link.OpRead, str("/www/a"), u32(len(next)), u16(10))) != 0 {
		t.Fatal("other content")
	}
	h.refused(link.StatusNotFound, link.OpRead, str("/no"), u32(0), u16(1))

	// LIST and ROOT
	putFile(t, s, "/www/B", "b")
	list := link.Reader{B: h.must(link.OpList, u16(0))}
	total, first := list.U16(), string(list.Str())
	if total != 2 || first != "/www/B" || list.U32() != 1 {
		t.Fatal(total, first)
	}
	if rest := (link.Reader{B: h.must(link.OpList, u16(1))}); rest.U16() != 2 || string(rest.Str()) != "/www/a" {
		t.Fatal("list from 1")
	}
	want := sha256.New()
	for _, f := range []struct {
		path string
		b    []byte
	}{{"/www/B", []byte("b")}, {"/www/a", next}} {
		want.Write([]byte(f.path + "\x00"))
		want.Write(u32(len(f.b)))
		want.Write(sum16(f.b))
	}
	root := h.must(link.OpRoot)
	if !bytes.Equal(root[:16], want.Sum(nil)[:16]) || !bytes.Equal(root[16:18], u16(2)) || len(root) != 26 {
		t.Fatalf("% x", root)
	}

	// What is wrong does not become the file.
	h.must(link.OpOpen, str("/www/B"), u32(1), sum16([]byte("c")))
	h.must(link.OpWrite, u32(0), []byte{0}, u16(1), []byte("d"))
	h.refused(link.StatusBadHash, link.OpCommit)
	h.must(link.OpOpen, str("/www/B"), u32(1), sum16([]byte("c")))
	h.must(link.OpAbort)
	h.refused(link.StatusRefused, link.OpCommit)
	if p := h.must(link.OpRead, str("/www/B"), u32(0), u16(9)); string(p) != "b" {
		t.Fatalf("%q", p)
	}
	h.must(link.OpDelete, str("/www/B"))
	h.must(link.OpDelete, str("/www/B"))
	h.must(link.OpFormat)
	if root := h.must(link.OpRoot); !bytes.Equal(root[16:18], u16(0)) {
		t.Fatalf("% x", root)
	}
}

func TestFilesOverBadLine(t *testing.T) {
	s := testServer(t, Limits{}, nil)
	h := join(t, s)
	h.noise = rand.New(rand.NewSource(1))
	for round := range 3 {
		content := make([]byte, 60_000)
		rand.New(rand.NewSource(int64(round))).Read(content)
		h.must(link.OpOpen, str("/www/a"), u32(len(content)), sum16(content))
		for at := 0; at < len(content); at += 3000 {
			h.must(link.OpWrite, u32(at), []byte{link.EncodingRaw}, u16(3000), content[at:at+3000])
		}
		if hash := h.must(link.OpCommit); !bytes.Equal(hash, sum16(content)) {
			t.Fatalf("% x", hash)
		}
		var read []byte
		for len(read) < len(content) {
			read = append(read, h.must(link.OpRead, str("/www/a"), u32(len(read)), u16(4000))...)
		}
		if !bytes.Equal(read, content) {
			t.Fatal("other content")
		}
	}
}

// What docs/link-protocol.md says of requests that cannot be done.
func TestRefusals(t *testing.T) {
	s := testServer(t, Limits{}, nil)
	h := join(t, s)
	// Byte vectors for who writes another end: what is asked = what comes back.
	var text strings.Builder
	text.WriteString("# requests that cannot be done, without their id = status and result\n")
	ask := func(name string, op byte, args ...[]byte) {
		status, result := h.call(op, args...)
		fmt.Fprintf(&text, "%s: %02x%x = %02x%x\n", name, op, bytes.Join(args, nil), byte(status), result)
	}
	ask("WRITE without OPEN", link.OpWrite, u32(0), []byte{link.EncodingRaw}, u16(1), []byte{1})
	ask("COMMIT without OPEN", link.OpCommit)
	ask("DELETE of no path", link.OpDelete, str(""))
	ask("DELETE of no path", link.OpDelete, str("www/a"))
	ask("DELETE of no path", link.OpDelete, str("/a/../b"))
	ask("DELETE of no path", link.OpDelete, str("/a\x01"))
	ask("DELETE of the board's own", link.OpDelete, str("/.own"))
	ask("DELETE of what is not there", link.OpDelete, str("/www/a"))
	ask("DIAL of channel 0", link.OpDial, []byte{0}, u16(80), u16(100))
	ask("DIAL of another port", link.OpDial, []byte{1}, u16(81), u16(100))
	ask("DIAL", link.OpDial, []byte{1}, u16(80), u16(100))
	ask("DIAL of a channel in use", link.OpDial, []byte{1}, u16(80), u16(100))
	ask("no such op", 0x7f)
	const file = "../link/testdata/refusals.golden"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(file); err != nil || string(want) != text.String() {
		t.Errorf("%v: %s differs from what the board says; UPDATE_GOLDEN=1 writes it:\n%s", err, file, text.String())
	}
	if most := h.must(link.OpPing, letterBytes(sizes.LinkReply-3)); len(most) != sizes.LinkReply-3 {
		t.Errorf("PING gives %d bytes", len(most))
	}
	h.refused(link.StatusTooLong, link.OpPing, letterBytes(sizes.LinkReply-2))
}

func letterBytes(n int) []byte { return []byte(letters(n)) }

// A request longer than the board takes is answered, and the link goes on.
func TestRequestOverTheLimit(t *testing.T) {
	s := testServer(t, Limits{}, nil)
	s.link.Pipe.Init(link.Config{RxWindow: sizes.LinkWindow, TxBuffer: sizes.LinkBuffer, MaxBody: sizes.LinkBody, Wire: sizes.LinkWire, MaxRecord: 100})
	h := join(t, s)
	h.must(link.OpPing, make([]byte, 98)) // the limit counts id and op
	for _, n := range []int{99, 1000, sizes.LinkWindow - 5} {
		h.refused(link.StatusTooLong, link.OpPing, make([]byte, n))
		h.must(link.OpPing, []byte("still there"))
	}
}

// A stream whose record is longer than the board takes is broken off, whatever
// the record was, and the link goes on.
func TestStreamRecordOverTheLimit(t *testing.T) {
	s := testServer(t, Limits{}, nil)
	s.link.Pipe.Init(link.Config{RxWindow: sizes.LinkWindow, TxBuffer: sizes.LinkBuffer, MaxBody: sizes.LinkBody, Wire: sizes.LinkWire, MaxRecord: 600})
	h := join(t, s)
	for i, kind := range []byte{link.StreamData, link.StreamCredit, link.StreamEnd} {
		channel := byte(1 + i)
		h.must(link.OpDial, []byte{channel}, u16(80), u16(100))
		h.pipe.Send(channel, []byte{kind}, []byte(letters(700)))
		h.until("the abort", func() bool {
			all := h.got[channel]
			return len(all) > 0 && all[len(all)-1][0] == link.StreamAbort
		})
		h.until("the channel to be free", func() bool { return s.link.OpenLocked() == 0 })
		h.must(link.OpPing, []byte("still there"))
	}
	h.pipe.Send(77, []byte{link.StreamData}, []byte(letters(700))) // nobody's
	h.must(link.OpPing, []byte("still there"))
}

func TestNoFileStore(t *testing.T) {
	s := socketServer(256)
	defer s.Unlock()
	h := join(t, s)
	for _, op := range []byte{link.OpRoot, link.OpList, link.OpCommit} {
		h.refused(link.StatusUnsupported, op)
	}
}

func TestStreams(t *testing.T) {
	s := testServer(t, Limits{Sockets: 2}, map[string]string{"/www/big.bin": letters(30_000)})
	h := join(t, s)
	h.refused(link.StatusBadArgument, link.OpDial, []byte{0}, u16(80), u16(100))
	h.refused(link.StatusNotFound, link.OpDial, []byte{1}, u16(81), u16(100))
	credit := int(link.GetU16(h.must(link.OpDial, []byte{1}, u16(80), u16(1000))))
	if credit != sizes.StreamBuffer {
		t.Fatal(credit)
	}
	h.refused(link.StatusBusy, link.OpDial, []byte{1}, u16(80), u16(100))
	h.must(link.OpDial, []byte{2}, u16(80), u16(100))
	request := ask("GET /big.bin HTTP/1.1", "Host: b", "Connection: close")
	h.pipe.Send(1, []byte{link.StreamData}, []byte(request[:1])) // an idle connection would make way
	h.pipe.Send(2, []byte{link.StreamData}, []byte("G"))
	h.refused(link.StatusBusy, link.OpDial, []byte{3}, u16(80), u16(100)) // no third connection

	// No more comes than credit was given.
	h.pipe.Send(1, []byte{link.StreamData}, []byte(request[1:]))
	received, ended := []byte{}, false
	take := func() {
		for _, p := range h.got[1] {
			switch p[0] {
			case link.StreamData:
				received = append(received, p[1:]...)
			case link.StreamEnd:
				ended = true
			case link.StreamAbort:
				t.Fatal("aborted")
			}
		}
		h.got[1] = nil
	}
	for range 50 {
		h.exchange()
	}
	if take(); len(received) != 1000 {
		t.Fatalf("%d bytes for a credit of 1000", len(received))
	}
	h.until("the answer's end", func() bool {
		before := len(received)
		take()
		if n := len(received) - before; n > 0 || before == 1000 {
			h.pipe.Send(1, []byte{link.StreamCredit}, u16(max(n, 1000)))
		}
		return ended
	})
	if !strings.HasSuffix(string(received), "\r\n\r\n"+letters(30_000)) {
		t.Fatalf("%d bytes", len(received))
	}
	h.pipe.Send(1, []byte{link.StreamEnd}, nil)
	h.until("the channel to be free", func() bool { return s.link.OpenLocked() == 1 })

	// More than the credit: aborted.
	h.pipe.Send(2, []byte{link.StreamData}, []byte("ET /"+letters(sizes.StreamBuffer-5)))
	h.pipe.Send(2, []byte{link.StreamData}, []byte(letters(sizes.StreamBuffer)))
	h.until("the abort", func() bool {
		all := h.got[2]
		return len(all) > 0 && all[len(all)-1][0] == link.StreamAbort
	})

	// A new pipe ends the streams of the old one.
	h.until("room", func() bool { return s.link.OpenLocked() == 0 })
	h.must(link.OpDial, []byte{5}, u16(80), u16(100))
	h.pipe.Start(8, s.Micros())
	h.until("the new pipe", h.pipe.Open)
	h.until("places to be free", func() bool { return s.link.OpenLocked() == 0 })
	h.must(link.OpDial, []byte{5}, u16(80), u16(100))
}

// Whoever dials while a connection is about to become free gets it, also when
// the channel is the same and the end of the old one comes in the same frame.
func TestDialWaits(t *testing.T) {
	s := testServer(t, Limits{Sockets: 1}, nil)
	h := join(t, s)
	h.must(link.OpDial, []byte{1}, u16(80), u16(100))
	for range 50 {
		h.pipe.Send(1, []byte{link.StreamData}, []byte("GET / HT"))
		h.pipe.Send(1, []byte{link.StreamAbort}, []byte{link.AbortReset})
		h.must(link.OpDial, []byte{1}, u16(80), u16(100))
	}
	h.pipe.Send(1, []byte{link.StreamData}, []byte("GET / HT"))
	h.id++
	h.pipe.Send(0, []byte{h.id, link.OpDial}, append([]byte{2}, append(u16(80), u16(100)...)...))
	for range 20 {
		h.exchange()
	}
	h.must(link.OpPing, []byte("x")) // nothing else waits
	h.pipe.Send(1, []byte{link.StreamAbort}, []byte{link.AbortReset})
	h.until("the late reply", func() bool { return len(h.got[0]) > 0 })
	if p := h.got[0][0]; p[1] != link.OpDial|link.Reply || p[2] != byte(link.StatusDone) {
		t.Fatalf("% x", p)
	}
}

// A WebSocket over a stream works as over TCP, and credit flows back for as
// long as it takes.
func TestSocketOverStream(t *testing.T) {
	s := testServer(t, Limits{}, nil)
	echo(s)
	h := join(t, s)
	h.must(link.OpDial, []byte{9}, u16(80), u16(60_000))
	credit := sizes.StreamBuffer
	var received []byte
	take := func() {
		for _, p := range h.got[9] {
			switch p[0] {
			case link.StreamData:
				received = append(received, p[1:]...)
				h.pipe.Send(9, []byte{link.StreamCredit}, u16(len(p)-1))
			case link.StreamCredit:
				credit += int(link.GetU16(p[1:]))
			default:
				t.Fatalf("record %d", p[0])
			}
		}
		h.got[9] = nil
	}
	write := func(b []byte) {
		h.until("credit", func() bool { take(); return credit >= len(b) && h.pipe.Room() > len(b) })
		h.pipe.Send(9, []byte{link.StreamData}, b)
		credit -= len(b)
	}
	write([]byte(handshake))
	h.until("the handshake", func() bool { take(); return bytes.HasSuffix(received, []byte("\r\n\r\n")) })
	received = nil
	for range 300 {
		write(text(letters(200)))
	}
	want := bytes.Repeat(echoed(letters(200)), 300)
	h.until("all echoes", func() bool { take(); return len(received) >= len(want) })
	if !bytes.Equal(received, want) {
		t.Fatal("other bytes")
	}
}

func TestWatch(t *testing.T) {
	s := testServer(t, Limits{}, nil)
	h := join(t, s)
	defer func() { pinStates = [devlink.Pins]pinState{} }()
	h.must(link.OpWatch, []byte{1})
	for i := range 100 { // a tenth of a second
		pinStates[5].mode, pinStates[5].level = devlink.PinOutput, i%2 == 0
		h.exchange()
	}
	pinStates[5].level = true
	for range 40 {
		h.exchange()
	}
	if n := len(h.events); n < 3 || n > 9 {
		t.Fatalf("%d events in 140 ms", n)
	}
	if last := h.events[len(h.events)-1]; !bytes.Equal(last, []byte{0, link.EventPin, 5, devlink.PinOutput, 1}) {
		t.Fatalf("last event % x", last)
	}
	h.must(link.OpWatch, []byte{0})
	pinStates[5].level = false
	h.events = nil
	for range 40 {
		h.exchange()
	}
	if len(h.events) > 0 {
		t.Fatal("events while nobody watches")
	}
	pins := h.must(link.OpPins)
	if !bytes.Contains(pins, append([]byte{5, devlink.PinOutput, 0}, str("GPIO5")...)) || !bytes.Contains(pins, str("LED")) || !bytes.Contains(pins, str("BOOT")) {
		t.Fatalf("% x", pins)
	}
}

// FuzzRequest sends anything as a request and as stream records.
func FuzzRequest(f *testing.F) {
	f.Add([]byte{1, link.OpOpen, 4, '/', 'w', 'w', 'w'}, []byte{0, 'G'})
	f.Add([]byte{1, link.OpWrite, 0, 0, 0, 0, 2, 255, 255, 0, 0, 0, 0}, []byte{3})
	f.Add([]byte{1, link.OpDial, 1, 80, 0, 255, 255}, []byte{1, 255, 255})
	f.Fuzz(func(t *testing.T, request, record []byte) {
		s := testServer(t, Limits{}, map[string]string{"/www/a": letters(5000)})
		h := join(t, s)
		h.must(link.OpOpen, str("/www/a"), u32(3), sum16([]byte("abc")))
		if len(request) > 1 && (request[1] == link.OpReset || request[1] == link.OpBootloader) {
			return
		}
		if len(request) > 4000 || len(record) > 4000 {
			return
		}
		h.pipe.Send(0, nil, request)
		for range 60 {
			h.exchange()
		}
		h.got[0] = nil
		h.must(link.OpPing)
		h.call(link.OpDial, []byte{1}, u16(80), u16(1000))
		h.pipe.Send(1, nil, record)
		for range 30 {
			h.exchange()
		}
	})
}
