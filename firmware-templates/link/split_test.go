package link

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// events runs a splitter over input in pieces of n bytes and writes down what
// it finds; neighbouring texts are joined.
func events(s *Splitter, input []byte, n int) string {
	var out []string
	text := ""
	flush := func() {
		if text != "" {
			out = append(out, fmt.Sprintf("%q", text))
			text = ""
		}
	}
	for len(input) > 0 {
		part := input[:min(n, len(input))]
		input = input[len(part):]
		for {
			rest, event, data := s.Next(part)
			switch event {
			case EventText:
				text += string(data)
			case EventFrame:
				flush()
				out = append(out, fmt.Sprintf("frame %x", data))
			case EventDamage:
				flush()
				out = append(out, "damage")
			}
			if event == EventNone {
				break
			}
			part = rest
		}
	}
	flush()
	return strings.Join(out, ", ")
}

func TestSplitterTellsFramesFromText(t *testing.T) {
	a, b := frameOf([]byte{3, 0xaa}), frameOf([]byte{4, 0xbb, 0, 7})
	cat := func(parts ...any) []byte {
		var out []byte
		for _, p := range parts {
			switch p := p.(type) {
			case string:
				out = append(out, p...)
			case []byte:
				out = append(out, p...)
			}
		}
		return out
	}
	flipped := bytes.Clone(b)
	flipped[4] ^= 0x40
	split := bytes.Clone(b)
	split[3] = 0
	const A, B = "frame 03aa", "frame 04bb0007"
	for _, c := range []struct {
		name  string
		input []byte
		want  string
	}{
		{"text alone", cat("hello\r\nwörld\x1b[0m"), `"hello\r\nwörld\x1b[0m"`},
		{"frame alone", a, A},
		{"frames in a row", cat(a, b, a), A + ", " + B + ", " + A},
		{"text around frames", cat("x", a, "y\n", b, "z"), `"x", ` + A + `, "y\n", ` + B + `, "z"`},
		{"first delimiter lost", cat(a, b[1:], a), A + ", " + B + ", " + A},
		{"last delimiter lost", cat(a[:len(a)-1], b, "ok"), A + ", " + B + `, "ok"`},
		{"flipped", cat(a, flipped, a, "t"), A + ", damage, " + A + `, "t"`},
		{"flipped to 00", cat(split, a, "t"), "damage, damage, " + A + `, "t"`},
		{"half a frame, then a whole one", cat(a[:4], b, "t"), "damage, " + B + `, "t"`},
		{"a stray 00 does not hold text up", cat("boot\x00", "ing\n"), `"booting\n"`},
		{"00 at start", cat("\x00\x00\x00Hello"), `"Hello"`},
		{"text between frames without their inner delimiters", cat(a[:len(a)-1], "\x00ping\x00", b[1:]), A + `, "ping", ` + B},
		{"too long for a frame", cat("\x00\x20\x03", bytes.Repeat([]byte{1}, 100), "text"), fmt.Sprintf("%q", "\x20\x03"+strings.Repeat("\x01", 100)+"text")},
		{"unknown kind", frameOf([]byte{6, 1}), "frame 0601"},
		{"nothing in a frame", cat("\x00\x01\x00", a), "damage, " + A},
	} {
		for _, n := range []int{1, 2, 3, 7, 1000} {
			var s Splitter
			s.Init(64)
			if got := events(&s, c.input, n); got != c.want {
				t.Errorf("%s, %d bytes at a time:\n got %s\nwant %s", c.name, n, got, c.want)
			}
		}
	}
}

func TestTextGoesOutAtOnce(t *testing.T) {
	var s Splitter
	s.Init(64)
	for i, c := range []byte("every byte on its own, ünicode too\n") {
		if _, event, data := s.Next([]byte{c}); event != EventText || len(data) != 1 || data[0] != c {
			t.Fatalf("byte %d is held back", i)
		}
	}
}

func FuzzSplitter(f *testing.F) {
	f.Add([]byte("text\x00\x05\x03abc\x00text"), uint8(3))
	f.Add(append(frameOf([]byte{3, 1, 2, 0, 0, 9}), "tail"...), uint8(1))
	f.Fuzz(func(t *testing.T, input []byte, n uint8) {
		var whole, parts Splitter
		whole.Init(40)
		parts.Init(40)
		a, b := events(&whole, input, len(input)+1), events(&parts, input, int(n%9)+1)
		if a != b {
			t.Fatalf("in one piece %s, in pieces %s", a, b)
		}
		// Whatever came before, two good frames in a row bring the second through.
		good := frameOf([]byte{3, 0x55, 0x66})
		got := events(&whole, append(append(bytes.Repeat([]byte{0}, 2), good...), good...), 1000)
		if !strings.HasSuffix(got, "frame 035566") {
			t.Fatalf("after %x good frames are not seen: %s", input, got)
		}
	})
}

func FuzzUnframe(f *testing.F) {
	for _, body := range bodies() {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		unframe(bytes.Clone(b)) // must not crash
		if len(b) == 0 {
			return
		}
		frame := frameOf(b)
		if bytes.IndexByte(frame[1:len(frame)-1], 0) >= 0 || len(frame) > FrameSize(len(b)) {
			t.Fatalf("%x framed as %x", b, frame)
		}
		if body, ok := unframe(frame[1 : len(frame)-1]); !ok || !bytes.Equal(body, b) {
			t.Fatalf("%x comes back as %x", b, body)
		}
	})
}

// FuzzPipe feeds bodies of frames to an open pipe: nothing may crash it, and
// nothing may make it send more than a peer may receive.
func FuzzPipe(f *testing.F) {
	f.Add([]byte{3, 7, 0, 0, 0, 'a', 'b'}, []byte{4, 7, 0, 0, 0, 0, 1, 0}, false)
	f.Add([]byte{3, 7, 0, 5, 0, 'a', 'b'}, []byte{4, 7, 9, 3, 0, 0, 255, 3, 255, 255}, true)
	f.Fuzz(func(t *testing.T, one, two []byte, host bool) {
		var p Pipe
		p.Init(Config{Host: host, Nonce: 7, RxWindow: 256, TxBuffer: 256, MaxBody: 128})
		if host {
			p.Input(frameOf([]byte{kindWelcome, 1, 7, 0, 0, 0, 0, 1, 128, 0, 0, 2}), 0, nil)
		} else {
			p.Input(frameOf([]byte{kindSyn, 1, 7, 0, 0, 0, 0, 1, 128, 0}), 0, nil)
		}
		if !p.Open() {
			t.Fatal("not open")
		}
		buf := make([]byte, FrameSize(128))
		now := uint32(0)
		for round := range 6 {
			p.Send(1, []byte("head"), make([]byte, 20*round))
			for i := 0; p.Output(buf, now) > 0; i++ {
				if i > 1000 {
					t.Fatal("it never stops sending")
				}
			}
			for _, body := range [][]byte{one, two} {
				if len(body) > 0 && len(body) <= 128 {
					p.Input(frameOf(body), now, nil)
				}
				for _, payload, ok := p.Next(); ok; _, payload, ok = p.Next() {
					if len(payload) > 253 {
						t.Fatal("a record longer than the window")
					}
				}
			}
			now += 300_000
			if us, ok := p.Wait(now); ok && us > 11_000_000 {
				t.Fatalf("sleeps for %d µs", us)
			}
		}
		if p.held < 0 || p.held > 256 || p.have < 0 || p.head+p.have > 256 {
			t.Fatalf("held %d, have %d at %d", p.held, p.have, p.head)
		}
	})
}

func TestNothingIsAllocatedAfterInit(t *testing.T) {
	var host, board Pipe
	host.Init(Config{Host: true, Nonce: 1})
	board.Init(Config{})
	buf := make([]byte, FrameSize(1024))
	payload := make([]byte, 700)
	now := uint32(0)
	text, printed := func([]byte) {}, []byte("text")
	round := func() {
		host.Send(1, payload[:2], payload)
		for range 3 {
			now += 10_000
			for n := host.Output(buf, now); n > 0; n = host.Output(buf, now) {
				board.Input(buf[:n], now, text)
				board.Input(printed, now, text)
			}
			for _, _, ok := board.Next(); ok; _, _, ok = board.Next() {
			}
			for n := board.Output(buf, now); n > 0; n = board.Output(buf, now) {
				host.Input(buf[:n], now, text)
			}
		}
	}
	round()
	if n := testing.AllocsPerRun(100, round); n != 0 {
		t.Fatalf("%v allocations", n)
	}
}

func TestOversizedRecordIsSkipped(t *testing.T) {
	l := newLine(t, 1, Config{TxBuffer: 8192}, Config{RxWindow: 4096, MaxRecord: 100})
	l.run(1_000_000, l.host.Open)
	l.host.Send(1, nil, make([]byte, 3000))
	l.host.Send(2, nil, []byte("fits"))
	l.run(1_000_000, l.host.Idle)
	if want := "\x02\x04\x00fits"; string(l.board.got) != want {
		t.Fatalf("%q", l.board.got)
	}
	if channel, _, _, ok := l.board.Oversized(); !ok || channel != 1 {
		t.Fatal(channel, ok)
	}
}

// Whom to refuse is known before the rest has come.
func TestOversizedRequestIsTold(t *testing.T) {
	l := newLine(t, 1, Config{TxBuffer: 8192}, Config{RxWindow: 4096, MaxRecord: 100})
	l.run(1_000_000, l.host.Open)
	for id := byte(1); id < 4; id++ {
		l.host.Send(ChannelCalls, []byte{id, OpPing}, make([]byte, 3000))
		l.run(1_000_000, l.host.Idle)
		if channel, got, op, ok := l.board.Oversized(); !ok || channel != ChannelCalls || got != id || op != OpPing {
			t.Fatalf("%d %d %x %v", channel, got, op, ok)
		}
		if _, _, _, again := l.board.Oversized(); again {
			t.Fatal("told twice")
		}
	}
	l.host.Send(ChannelCalls, []byte{9, OpPing}, make([]byte, 98))
	l.run(1_000_000, l.host.Idle)
	if _, _, _, ok := l.board.Oversized(); ok {
		t.Fatal("one that fits is refused")
	}
}

func TestBoardForgetsAHostThatIsGone(t *testing.T) {
	l := newLine(t, 1, Config{}, Config{})
	l.run(1_000_000, l.host.Open)
	l.host.wire, l.board.wire = nil, nil
	var buf [2000]byte
	quiet := l.now + giveUp + 1000
	for !isDue(l.now, quiet) {
		us, ok := l.board.Wait(l.now)
		if !ok {
			break
		}
		l.now += max(us, 1)
		l.board.Output(buf[:], l.now)
	}
	if l.board.Open() || !l.board.Broken() {
		t.Fatal("still open")
	}
	if n := l.board.Output(buf[:], l.now+10_000_000); n != 0 {
		t.Fatal("it still talks")
	}
}

func TestRestartedBoardSaysBye(t *testing.T) {
	l := newLine(t, 1, Config{}, Config{})
	l.run(1_000_000, l.host.Open)
	l.board.Pipe.Init(Config{})
	begin := l.now
	l.run(5_000_000, l.host.Broken)
	if took := l.now - begin; took > 1_200_000 {
		t.Fatalf("noticed after %d ms", took/1000)
	}
}

// While nobody waits for the board the line is left alone; the board stays open, and a shorter time counts at once.
func TestKeepAlive(t *testing.T) {
	l := newLine(t, 1, Config{}, Config{})
	l.run(1_000_000, l.host.Open)
	carried := func(seconds uint32) int {
		before, begin := l.host.carried, l.now
		for !isDue(l.now, begin+seconds*1_000_000) {
			l.step(100_000)
		}
		return l.host.carried - before
	}
	often := carried(60)
	l.host.SetKeepAlive(5_000_000, l.now)
	seldom := carried(60)
	if seldom*4 > often || seldom == 0 || !l.board.Open() || !l.host.Open() {
		t.Errorf("%d bytes in a minute at 1 s, %d at 5 s", often, seldom)
	}
	l.host.SetKeepAlive(1_000_000, l.now)
	if us, ok := l.host.Wait(l.now); !ok || us > 1_000_000 {
		t.Errorf("asks in %d us", us)
	}
}
