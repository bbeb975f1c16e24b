package link

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/*.golden anew")

// golden compares text with testdata/name.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Fatalf("%s differs; if the protocol was meant to change, run with -update. Now:\n%s", path, text)
	}
}

func frameOf(body []byte) []byte {
	var f framer
	dst := make([]byte, FrameSize(len(body)))
	f.open(dst)
	f.bytes(body)
	return dst[:f.close()]
}

// bodies covers the corners of COBS: zeros at the ends and in rows, groups of 254.
func bodies() map[string][]byte {
	run := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(i%255) + 1
		}
		return b
	}
	return map[string][]byte{
		"one byte":       {1},
		"zeros":          {3, 0, 0, 0},
		"zero at end":    {3, 'a', 0},
		"248 no zero":    run(248),
		"249 no zero":    run(249),
		"250 no zero":    run(250),
		"251 no zero":    run(251),
		"254, then zero": append(run(254), 0),
		"600 no zero":    run(600),
	}
}

func TestGoldenFrames(t *testing.T) {
	var out strings.Builder
	out.WriteString("# name: body = frame\n")
	all := bodies()
	for _, name := range []string{"one byte", "zeros", "zero at end", "248 no zero", "249 no zero", "250 no zero", "251 no zero", "254, then zero", "600 no zero"} {
		fmt.Fprintf(&out, "%s: %x = %x\n", name, all[name], frameOf(all[name]))
	}
	golden(t, "frames.golden", out.String())
}

func TestGoldenChecksums(t *testing.T) {
	var s SHA256
	s.Reset()
	s.Add([]byte(Dictionary))
	var sum [32]byte
	s.Sum(sum[:])
	text := fmt.Sprintf("# of the dictionary (%d bytes): SHA-256, CRC-32, Adler-32\n%x %08x %08x\n",
		len(Dictionary), sum, CRC32(0, []byte(Dictionary)), Adler32(1, []byte(Dictionary)))
	page := "<!doctype html>\n<html lang=\"en\">\n<head>\n  <meta charset=\"utf-8\">\n  <title>LED</title>\n"
	text += fmt.Sprintf("# a page deflated with the dictionary = the page\n%x = %x\n", deflate(t, []byte(page), 9, Dictionary), page)
	golden(t, "dictionary.golden", text)
}

// TestGoldenConversation writes down what both ends say, from SYN to BYE, with
// a frame that is lost on the way.
func TestGoldenConversation(t *testing.T) {
	var host, board Pipe
	host.Init(Config{Host: true, Nonce: 0x12345678, RxWindow: 16384, TxBuffer: 8192, MaxBody: 2048})
	board.Init(Config{RxWindow: 8192, TxBuffer: 2048, MaxBody: 128, Wire: 512})
	var out strings.Builder
	out.WriteString("# > Studio to board, < board to Studio, ! the same, but lost\n")
	now := uint32(0)
	lose := 0
	buf := make([]byte, FrameSize(2048))
	pass := func(from, to *Pipe, arrow string) (some bool) {
		for n := from.Output(buf, now); n > 0; n = from.Output(buf, now) {
			some = true
			// One line per frame.
			for rest := buf[:n]; len(rest) > 0; {
				end := 1 + bytes.IndexByte(rest[1:], 0) + 1
				frame := rest[:end]
				rest = rest[end:]
				mark := arrow
				if lose--; lose == 0 {
					mark = "!" + arrow
				} else {
					to.Input(frame, now, func(b []byte) { t.Fatalf("text %q", b) })
				}
				body, ok := unframe(bytes.Clone(frame[1 : len(frame)-1]))
				if !ok {
					t.Fatalf("bad frame %x", frame)
				}
				fmt.Fprintf(&out, "%s %x = %s\n", mark, frame, describe(body))
			}
		}
		return some
	}
	talk := func() {
		for range 400 {
			busy := pass(&host, &board, ">")
			for ch, p, ok := board.Next(); ok; ch, p, ok = board.Next() {
				if ch == ChannelCalls && p[0] != 0 {
					board.Send(ch, []byte{p[0], p[1] | Reply, byte(StatusDone)}, p[2:min(len(p), 6)])
				}
			}
			busy = pass(&board, &host, "<") || busy
			for _, _, ok := host.Next(); ok; _, _, ok = host.Next() {
			}
			if !busy {
				now += 1000
			}
		}
	}
	talk()
	host.Send(ChannelCalls, []byte{1, OpHello}, nil)
	talk()
	lose = 2
	long := make([]byte, 300)
	for i := range long {
		long[i] = byte(i)
	}
	host.Send(ChannelCalls, []byte{2, OpPing}, long)
	talk()
	board.Send(3, []byte{StreamData}, []byte("HTTP/1.1 200 OK"))
	talk()
	host.Bye()
	pass(&host, &board, ">")
	host.Start(0x12345678, now)
	if board.Open() || !board.Broken() {
		t.Fatal("BYE did not close")
	}
	golden(t, "conversation.golden", out.String())
}

// TestGoldenHello writes down what boards say about themselves.
func TestGoldenHello(t *testing.T) {
	var out strings.Builder
	out.WriteString("# what it says = result of HELLO\n")
	for _, c := range []struct {
		board     string
		reset     byte
		files     uint16
		size      uint32
		why       string
		held, old bool
	}{
		{"pico", ResetPower, 200, 1 << 20, "", false, false},
		{"pico", ResetPanic, 200, 1 << 20, "panic: runtime error at 0x10001234: index out of range", false, false},
		{"esp32c3", ResetWatchdog, 0, 0, "did not answer for 8 s", true, false},
		{"virtual", ResetSoftware, 200, 4 << 20, "", false, true}, // as it was before why and held
	} {
		w := Writer{B: make([]byte, 0, 300)}
		w.U8(Version)
		w.Str(c.board)
		w.Str("studio 0.1.0")
		w.Str("LED")
		w.Str("b1")
		w.U32(1500)
		w.U8(c.reset)
		w.U16(8189)
		w.U8(4)
		w.U16(256)
		w.U16(4096)
		w.U16(c.files)
		w.U32(c.size)
		held := byte(0)
		if c.held {
			held = 1
		}
		if !c.old {
			w.Str(c.why)
			w.U8(held)
		}
		fmt.Fprintf(&out, "board %q, firmware %q, program %q, build %q, uptime %d, reset %d, maxRecord %d, streams %d, maxMessage %d, blockSize %d, maxFiles %d, filesCap %d, why %q, held %d = %x\n",
			c.board, "studio 0.1.0", "LED", "b1", 1500, c.reset, 8189, 4, 256, 4096, c.files, c.size, c.why, held, w.B)
	}
	golden(t, "hello.golden", out.String())
}

// TestGoldenNetwork writes down what section Network says: results and events
// alike begin after op or status.
func TestGoldenNetwork(t *testing.T) {
	var out strings.Builder
	out.WriteString("# what it says = arguments of JOIN, results of STATUS, bodies of event 55\n")
	write := func(words string, put func(w *Writer)) {
		w := Writer{B: make([]byte, 0, 300)}
		put(&w)
		fmt.Fprintf(&out, "%s = %x\n", words, w.B)
	}
	write("JOIN Home, password", func(w *Writer) {
		w.Str("Home")
		w.Str("password")
	})
	status := func(state, reason byte, rssi int8, address [4]byte, ssid, ap string) {
		words := fmt.Sprintf("STATUS state %d, reason %d, rssi %d, address %d.%d.%d.%d, ssid %q, name %q, accessPoint %q",
			state, reason, rssi, address[0], address[1], address[2], address[3], ssid, "studio-1a2b", ap)
		write(words, func(w *Writer) {
			w.U8(state)
			w.U8(reason)
			w.U8(byte(rssi))
			w.Bytes(address[:])
			w.Str(ssid)
			w.Str("studio-1a2b")
			w.Str(ap)
		})
	}
	status(NetAccessPoint, NetNoReason, 0, [4]byte{192, 168, 4, 1}, "", "Studio-1A2B")
	status(NetJoining, NetLost, 0, [4]byte{}, "Home", "")
	status(NetJoined, NetNoReason, -56, [4]byte{192, 168, 1, 17}, "Home", "")
	status(NetFailed, NetPassword, 0, [4]byte{192, 168, 4, 1}, "Home", "Studio-1A2B")
	write("SCANNED status 0, \"Home\" -40 1 6, \"Café\" -81 255 0", func(w *Writer) {
		w.U8(byte(StatusDone))
		for _, n := range []struct {
			name            string
			rssi            int8
			secure, channel byte
		}{{"Home", -40, NetSecure, 6}, {"Café", -81, NetUnknown, 0}} {
			w.Str(n.name)
			w.U8(byte(n.rssi))
			w.U8(n.secure)
			w.U8(n.channel)
		}
	})
	golden(t, "network.golden", out.String())
}

// describe puts a body into words, as an independent reader should.
func describe(b []byte) string {
	r := Reader{B: b[1:]}
	switch b[0] {
	case kindSyn:
		return fmt.Sprintf("SYN version %d nonce %08x window %d maxBody %d", r.U8(), r.U32(), r.U16(), r.U16())
	case kindWelcome:
		return fmt.Sprintf("WELCOME version %d nonce %08x window %d maxBody %d wire %d", r.U8(), r.U32(), r.U16(), r.U16(), r.U16())
	case kindData:
		return fmt.Sprintf("DATA epoch %02x serial %d offset %d bytes %s", r.U8(), r.U8(), r.U16(), hex.EncodeToString(r.B))
	case kindAck:
		return fmt.Sprintf("ACK epoch %02x serial %d offset %d window %d flags %d kept %s", r.U8(), r.U8(), r.U16(), r.U16(), r.U8(), hex.EncodeToString(r.B))
	case kindBye:
		return fmt.Sprintf("BYE epoch %02x", r.U8())
	}
	return "unknown"
}

func TestNoOrphanedGoldens(t *testing.T) {
	have, _ := filepath.Glob("testdata/*.golden")
	if len(have) != 6 { // refusals.golden is the board's, see its TestRefusals
		t.Fatalf("%v: a golden file without a test, or the other way round", have)
	}
}
