package board

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"studio/board/devlink"
	"testing"
)

// The cases of RFC 6455, by section: what a client sends, and what has to come
// back. The server under test echoes texts and binaries. Every case runs with
// its bytes arriving at once, one by one, and in sevens.

const handshake = "GET /ws HTTP/1.1\r\nHost: board\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

type wsCase struct {
	section, name string
	limit         int // message limit; 0: 70000
	in            []byte
	want          []byte // the frames that come back, unmasked
	open          bool   // the connection stays open
}

// Opcodes, RFC 6455 section 5.2.
const (
	opText   = 1
	opBinary = 2
	opClose  = 8
	opPing   = 9
	opPong   = 10
)

var testMask = [4]byte{0x37, 0xFA, 0x21, 0x3D}

// head makes a masked frame's head with the shortest length.
func masked(first byte, mask [4]byte, payload []byte) []byte {
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	b = append(b, mask[:]...)
	for i, c := range payload {
		b = append(b, c^mask[i&3])
	}
	return b
}

func send(first byte, payload string) []byte { return masked(first, testMask, []byte(payload)) }

// back is a frame from the server.
func back(first byte, payload string) []byte {
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	return append(b, payload...)
}

func code(c int) string      { return string([]byte{byte(c >> 8), byte(c)}) }
func closed(c int) []byte    { return back(0x88, code(c)) }
func seq(b ...[]byte) []byte { return bytes.Join(b, nil) }
func text(p string) []byte   { return send(0x81, p) }
func echoed(p string) []byte { return back(0x81, p) }
func letters(n int) string   { return strings.Repeat("abcdefghij", n/10+1)[:n] }
func raw(b ...byte) []byte   { return b }

func cases() (all []wsCase) {
	add := func(section, name string, in, want []byte, open bool) {
		all = append(all, wsCase{section, name, 0, in, want, open})
	}
	limited := func(section, name string, limit int, in, want []byte, open bool) {
		all = append(all, wsCase{section, name, limit, in, want, open})
	}

	// 5.2 Base framing protocol.
	for _, n := range []int{0, 1, 2, 124, 125, 126, 127, 128, 255, 256, 257, 65534, 65535, 65536, 65537} {
		add("5.2", fmt.Sprintf("text of %d", n), text(letters(n)), echoed(letters(n)), true)
		b := strings.Repeat("\xFE", n)
		add("5.2", fmt.Sprintf("binary of %d", n), send(0x82, b), back(0x82, b), true)
	}
	for _, n := range []uint16{0, 1, 125} {
		add("5.2", fmt.Sprintf("length %d in 16 bits", n), append(raw(0x81, 0x80|126, 0, byte(n)), testMask[:]...), closed(1002), false)
	}
	for _, n := range []uint64{0, 125, 126, 65535, 1 << 63, 1<<64 - 1} {
		add("5.2", fmt.Sprintf("length %d in 64 bits", n), binary.BigEndian.AppendUint64(raw(0x82, 0x80|127), n), closed(1002), false)
	}
	for rsv := 1; rsv < 8; rsv++ {
		for _, op := range []byte{opText, opBinary, opClose, opPing, opPong} {
			add("5.2", fmt.Sprintf("RSV %d, opcode %d", rsv, op), send(0x80|byte(rsv<<4)|op, "ab"), closed(1002), false)
		}
	}
	for _, op := range []byte{3, 4, 5, 6, 7, 11, 12, 13, 14, 15} {
		add("5.2", fmt.Sprintf("reserved opcode %d", op), send(0x80|op, ""), closed(1002), false)
		add("5.2", fmt.Sprintf("reserved opcode %d, not final", op), send(op, "abc"), closed(1002), false)
		add("5.2", fmt.Sprintf("reserved opcode %d after a message", op), seq(text("a"), send(0x80|op, "")), seq(echoed("a"), closed(1002)), false)
	}

	// 5.1 and 5.3 Masking.
	for _, op := range []byte{opText, opBinary, opClose, opPing, opPong} {
		add("5.1", fmt.Sprintf("opcode %d not masked", op), raw(0x80|op, 2, 'a', 'b'), closed(1002), false)
		add("5.1", fmt.Sprintf("opcode %d not masked, empty", op), raw(0x80|op, 0), closed(1002), false)
	}
	add("5.1", "continuation not masked", seq(send(0x01, "a"), raw(0x80, 1, 'b')), closed(1002), false)
	for _, mask := range [][4]byte{{}, {255, 255, 255, 255}, {1, 2, 3, 4}, {0, 0, 0, 1}, {'a', 'b', 'c', 'd'}} {
		for _, n := range []int{1, 3, 4, 5, 9, 126} {
			add("5.3", fmt.Sprintf("mask %x, %d bytes", mask, n), masked(0x81, mask, []byte(letters(n))), echoed(letters(n)), true)
		}
	}
	add("5.3", "another mask for each frame",
		seq(masked(0x01, [4]byte{1, 2, 3, 4}, []byte("Hel")), masked(0x80, [4]byte{9, 8, 7, 6}, []byte("lo"))), echoed("Hello"), true)

	// 5.4 Fragmentation.
	for _, n := range []int{2, 3, 5, 17} {
		for _, op := range []byte{1, 2} {
			var in []byte
			for i := range n {
				first := byte(0)
				if i == 0 {
					first = op
				}
				if i == n-1 {
					first |= 0x80
				}
				in = append(in, send(first, letters(10))...)
			}
			add("5.4", fmt.Sprintf("opcode %d in %d fragments", op, n), in, back(0x80|op, letters(10*n)), true)
		}
	}
	add("5.4", "empty fragments", seq(send(0x01, ""), send(0x00, ""), send(0x80, "")), echoed(""), true)
	add("5.4", "empty first", seq(send(0x01, ""), send(0x80, "abc")), echoed("abc"), true)
	add("5.4", "empty middle", seq(send(0x01, "a"), send(0x00, ""), send(0x80, "b")), echoed("ab"), true)
	add("5.4", "empty last", seq(send(0x01, "abc"), send(0x80, "")), echoed("abc"), true)
	for _, op := range []byte{opPing, opPong} {
		pong := []byte{}
		if op == opPing {
			pong = back(0x8A, "x")
		}
		add("5.4", fmt.Sprintf("opcode %d between fragments", op), seq(send(0x01, "a"), send(0x80|op, "x"), send(0x80, "b")), seq(pong, echoed("ab")), true)
		add("5.4", fmt.Sprintf("opcode %d between all fragments", op),
			seq(send(0x02, "a"), send(0x80|op, "x"), send(0x00, "b"), send(0x80|op, "x"), send(0x80, "c")), seq(pong, pong, back(0x82, "abc")), true)
	}
	add("5.4", "close between fragments", seq(send(0x01, "a"), send(0x88, code(1000)), send(0x80, "b")), closed(1000), false)
	for _, final := range []byte{0, 0x80} {
		add("5.4", fmt.Sprintf("continuation of nothing, FIN %x", final), send(final, "a"), closed(1002), false)
		add("5.4", fmt.Sprintf("continuation after a whole message, FIN %x", final), seq(text("a"), send(final, "b")), seq(echoed("a"), closed(1002)), false)
		for _, op := range []byte{1, 2} {
			add("5.4", fmt.Sprintf("opcode %d in an unfinished message, FIN %x", op, final), seq(send(0x01, "a"), send(final|op, "b")), closed(1002), false)
			add("5.4", fmt.Sprintf("opcode %d in an unfinished binary, FIN %x", op, final), seq(send(0x02, "a"), send(0x00, "a"), send(final|op, "b")), closed(1002), false)
		}
	}
	add("5.4", "message after a fragmented one", seq(send(0x01, "a"), send(0x80, "b"), text("c")), seq(echoed("ab"), echoed("c")), true)
	add("5.4", "two fragmented messages of different kinds",
		seq(send(0x01, "a"), send(0x80, "b"), send(0x02, "\xFF"), send(0x80, "\xFE")), seq(echoed("ab"), back(0x82, "\xFF\xFE")), true)

	// 5.5 Control frames.
	for _, n := range []int{126, 127, 65536} {
		for _, op := range []byte{opClose, opPing, opPong} {
			add("5.5", fmt.Sprintf("opcode %d with %d bytes", op, n), send(0x80|op, letters(n)), closed(1002), false)
		}
	}
	for _, op := range []byte{opClose, opPing, opPong} {
		add("5.5", fmt.Sprintf("opcode %d not final", op), send(op, ""), closed(1002), false)
		add("5.5", fmt.Sprintf("opcode %d not final, in a message", op), seq(send(0x01, "a"), send(op, "")), closed(1002), false)
	}
	for _, n := range []int{0, 1, 4, 124, 125} {
		add("5.5.2", fmt.Sprintf("ping with %d bytes", n), send(0x89, letters(n)), back(0x8A, letters(n)), true)
		add("5.5.3", fmt.Sprintf("pong nobody asked for, %d bytes", n), seq(send(0x8A, letters(n)), text("a")), echoed("a"), true)
	}
	add("5.5.2", "ping of bytes that are no UTF-8", send(0x89, "\xFF\x00\xC0"), back(0x8A, "\xFF\x00\xC0"), true)
	add("5.5.2", "ten pings", bytes.Repeat(send(0x89, "p"), 10), bytes.Repeat(back(0x8A, "p"), 10), true)
	add("5.5.2", "ping after close", seq(send(0x88, ""), send(0x89, "p")), back(0x88, ""), false)

	// 5.5.1 and 7 Closing.
	add("5.5.1", "close without a body", send(0x88, ""), back(0x88, ""), false)
	add("5.5.1", "close with one byte", send(0x88, "\x03"), closed(1002), false)
	add("5.5.1", "data after close", seq(send(0x88, code(1000)), text("a"), text("b")), closed(1000), false)
	add("5.5.1", "close after close", seq(send(0x88, code(1000)), send(0x88, code(1001))), closed(1000), false)
	add("5.5.1", "garbage after close", seq(send(0x88, code(1000)), []byte(letters(300))), closed(1000), false)
	add("5.5.1", "messages before close", seq(text("a"), send(0x82, "b"), send(0x88, code(1000))), seq(echoed("a"), back(0x82, "b"), closed(1000)), false)
	for _, n := range []int{1, 2, 122, 123} {
		add("5.5.1", fmt.Sprintf("reason of %d bytes", n), send(0x88, code(1000)+letters(n)), closed(1000), false)
	}
	for _, reason := range []string{"\xFF", "\xC3", "a\xED\xA0\x80", "\xF4\x90\x80\x80", "ok\x80", "\xC0\xAF"} {
		add("5.5.1", fmt.Sprintf("reason % x", reason), send(0x88, code(1000)+reason), closed(1007), false)
	}
	add("5.5.1", "reason in UTF-8", send(0x88, code(1000)+"Grüße ∞ 😀"), closed(1000), false)
	for _, c := range []int{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011} {
		add("7.4.1", fmt.Sprintf("code %d", c), send(0x88, code(c)), closed(c), false)
		add("7.4.1", fmt.Sprintf("code %d with a reason", c), send(0x88, code(c)+"why"), closed(c), false)
	}
	for _, c := range []int{1004, 1005, 1006, 1015} {
		add("7.4.1", fmt.Sprintf("code %d", c), send(0x88, code(c)), closed(1002), false)
		add("7.4.1", fmt.Sprintf("code %d with a reason", c), send(0x88, code(c)+"why"), closed(1002), false)
	}
	for _, c := range []int{1012, 1013, 1014, 3000, 3001, 3999, 4000, 4001, 4999} {
		add("7.4.2", fmt.Sprintf("code %d", c), send(0x88, code(c)), closed(c), false)
	}
	for _, c := range []int{0, 1, 500, 999, 1016, 1100, 1999, 2000, 2999, 5000, 5001, 10000, 65535} {
		add("7.4.2", fmt.Sprintf("code %d", c), send(0x88, code(c)), closed(1002), false)
	}

	// 8.1 UTF-8, as RFC 3629 has it.
	for _, s := range []string{
		"\x00", "\x7F", "κόσμε", "\u0080", "\u07FF", "\u0800", "\uD7FF", "\uE000", "\uFFFD", "\uFFFE", "\uFFFF",
		"\U00010000", "\U0001F600", "\U000FFFFF", "\U0010FFFF", "Hello-µ@ßöäüàá-UTF-8!!", "\uFEFFBOM", "a\u0300", "日本語",
	} {
		add("8.1", fmt.Sprintf("% x", s), text(s), echoed(s), true)
		if len(s) > 1 {
			add("8.1", fmt.Sprintf("% x in fragments of a byte", s), byteFragments(s), echoed(s), true)
		}
	}
	for _, s := range []string{
		"\x80", "\xBF", "\x80\xBF", "\xC0", "\xC0\x80", "\xC0\xAF", "\xC1\xBF", "\xC2", "\xC2a", "\xC2\xC2", "\xDF", "\xDF\x7F",
		"\xE0\x80\x80", "\xE0\x9F\xBF", "\xE0\xA0", "\xE1\x80", "\xE1\x80a", "\xEF\xBF", "\xED\xA0\x80", "\xED\xAF\xBF", "\xED\xB0\x80", "\xED\xBF\xBF",
		"\xED\xA0\x80\xED\xB0\x80", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF0\x90\x80", "\xF1\x80\x80", "\xF4\x90\x80\x80", "\xF4\x8F\xBF", "\xF5\x80\x80\x80",
		"\xF7\xBF\xBF\xBF", "\xF8\x88\x80\x80\x80", "\xFB\xBF\xBF\xBF\xBF", "\xFC\x84\x80\x80\x80\x80", "\xFE", "\xFF", "\xFE\xFE\xFF\xFF",
		"Hello\xC0", "Hello\xE2\x82", "κόσμε\xED\xA0\x80edited", "ok\xF4\x90\x80\x80ok",
	} {
		add("8.1", fmt.Sprintf("% x", s), text(s), closed(1007), false)
		add("8.1", fmt.Sprintf("% x in a fragmented message", s), seq(send(0x01, "ok "), send(0x80, s)), closed(1007), false)
		add("8.1", fmt.Sprintf("% x in a binary", s), send(0x82, s), back(0x82, s), true)
	}
	// Refused at the bad byte: the rest of the frame, or message, never comes.
	add("8.1", "bad byte in an unfinished frame", text("abc\xFFdef")[:6+4], closed(1007), false)
	add("8.1", "bad byte in an unfinished message", send(0x01, "abc\xFF"), closed(1007), false)
	add("8.1", "bad second byte in an unfinished frame", text("\xF4\x90\x80\x80")[:6+2], closed(1007), false)
	add("8.1", "character cut off at the end of a message", seq(send(0x01, "a\xE2"), send(0x80, "\x82")), closed(1007), false)
	add("8.1", "character over a ping", seq(send(0x01, "\xE2"), send(0x89, "\xFF"), send(0x80, "\x82\xAC")), seq(back(0x8A, "\xFF"), echoed("€")), true)

	// 10.4 Implementation-specific limits: 256 bytes as the board comes.
	limited("10.4", "message of 255", 256, text(letters(255)), echoed(letters(255)), true)
	limited("10.4", "message of 256", 256, text(letters(256)), echoed(letters(256)), true)
	tooLong := func(n int) []byte {
		if n > 1<<20 {
			return back(0x88, code(1009)+"A message is longer than 256 bytes. Send it in parts: 1048576 is the most that a program can allow.")
		}
		return back(0x88, code(1009)+fmt.Sprintf("A message is longer than 256 bytes. Allow more: board.Configure(board.Limits{MaxMessage: %d})", n))
	}
	limited("10.4", "message of 257", 256, text(letters(257)), tooLong(257), false)
	limited("10.4", "binary of 256", 256, send(0x82, letters(256)), back(0x82, letters(256)), true)
	limited("10.4", "binary of 257", 256, send(0x82, letters(257)), tooLong(257), false)
	limited("10.4", "message of 257, head only", 256, text(letters(257))[:8], tooLong(257), false)
	limited("10.4", "message of 1 TB, head only", 256, append(binary.BigEndian.AppendUint64(raw(0x81, 0x80|127), 1<<40), testMask[:]...), tooLong(1<<40), false)
	limited("10.4", "message of 2^63-1, head only", 256, binary.BigEndian.AppendUint64(raw(0x82, 0x80|127), 1<<63-1), tooLong(1<<40), false)
	limited("10.4", "fragments of 200 and 56", 256, seq(send(0x01, letters(200)), send(0x80, letters(56))), echoed(letters(200)+letters(56)), true)
	limited("10.4", "fragments of 200 and 57", 256, seq(send(0x01, letters(200)), send(0x80, letters(57))), tooLong(257), false)
	limited("10.4", "fragments of 256 and 0", 256, seq(send(0x01, letters(256)), send(0x80, "")), echoed(letters(256)), true)
	limited("10.4", "endless fragments", 256, bytes.Repeat(append(send(0x01, "a"), bytes.Repeat(send(0x00, "a"), 300)...), 1), tooLong(257), false)
	limited("10.4", "a message after one of full length", 256, seq(text(letters(256)), text(letters(256))), seq(echoed(letters(256)), echoed(letters(256))), true)
	limited("10.4", "pings do not count", 256, seq(send(0x01, letters(200)), send(0x89, letters(125)), send(0x80, letters(56))),
		seq(back(0x8A, letters(125)), echoed(letters(200)+letters(56))), true)
	return all
}

func byteFragments(s string) (in []byte) {
	for i := range len(s) {
		first := byte(0)
		if i == 0 {
			first = opText
		}
		if i == len(s)-1 {
			first |= 0x80
		}
		in = append(in, send(first, s[i:i+1])...)
	}
	return in
}

// echo makes a server that sends everything back.
func echo(s *server) {
	s.onText = func(from *Client, msg string) { from.SendText(msg) }
	s.onBinary = func(from *Client, msg []byte) { from.SendBinary(msg) }
}

func TestRFC6455(t *testing.T) {
	count := map[string]int{}
	for _, c := range cases() {
		count[c.section]++
		t.Run(c.section+" "+c.name, func(t *testing.T) {
			chunks := []int{0, 1, 7}
			if len(c.in) > 60000 {
				chunks = []int{0, 997}
			}
			for _, chunk := range chunks {
				limit := c.limit
				if limit == 0 {
					limit = 70000
				}
				s := socketServer(limit)
				echo(s)
				closes := 0
				s.onClosed = func(*Client) { closes++ }
				m := s.connect(t, handshake, 0)
				if out := s.talk(t, m, ""); !strings.HasPrefix(out, "HTTP/1.1 101 ") {
					t.Fatalf("handshake: %s", out)
				}
				m.chunk = chunk
				if out := s.talk(t, m, string(c.in)); out != string(c.want) {
					t.Fatalf("in pieces of %d: got % .60x\nwant % .60x", chunk, out, c.want)
				}
				if m.finished == c.open {
					t.Fatalf("in pieces of %d: finished is %v", chunk, m.finished)
				}
				if c.open {
					if out := s.talk(t, m, string(text("still?"))); out != string(echoed("still?")) {
						t.Fatalf("does not go on: % x", out)
					}
				}
				m.eof = true
				s.settle(t)
				if !m.closed || closes != 1 || s.web.ClientsLocked() != 0 {
					t.Fatalf("closed %v, OnClosed called %d times, %d clients left", m.closed, closes, s.web.ClientsLocked())
				}
				s.Unlock()
			}
		})
	}
	total := 0
	for _, section := range slices.Sorted(maps.Keys(count)) {
		t.Logf("RFC 6455 section %-6s %3d cases", section, count[section])
		total += count[section]
	}
	handshakes := len(handshakeCases())
	t.Logf("RFC 6455 section %-6s %3d cases", "4.2", handshakes)
	t.Logf("RFC 6455 in all        %3d cases", total+handshakes)
}

// socketServer is a server without files whose lock the caller holds.
func socketServer(limit int) *server {
	s := newServer(Limits{MaxMessage: limit, Sockets: 2})
	s.link.Line = devlink.Line{Read: func([]byte) int { return 0 }, Ready: func() bool { return false }}
	s.prepare(nil)
	s.Lock()
	return s
}

type handshakeCase struct {
	name   string
	edit   []string // pairs: replace the first by the second
	status int
}

func handshakeCases() []handshakeCase {
	key := "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
	return []handshakeCase{
		{"as it should be", nil, 101},
		{"on /", []string{"/ws", "/"}, 101},
		{"with a query", []string{"/ws", "/ws?name=x"}, 101},
		{"absolute form", []string{"GET /ws", "GET http://board/ws"}, 101},
		{"upper case", []string{"Upgrade: websocket", "UPGRADE: WEBSOCKET", "Connection: Upgrade", "CONNECTION: UPGRADE"}, 101},
		{"lower case", []string{"Connection: Upgrade", "connection: upgrade", "Sec-WebSocket-Version", "sec-websocket-version"}, 101},
		{"keep-alive, Upgrade", []string{"Connection: Upgrade", "Connection: keep-alive, Upgrade"}, 101},
		{"two Connection headers", []string{"Connection: Upgrade", "Connection: keep-alive\r\nConnection: Upgrade"}, 101},
		{"no blanks after colons", []string{": ", ":"}, 101},
		{"many blanks", []string{": ", ": \t  "}, 101},
		{"with extensions and protocols", []string{"Host", "Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: chat\r\nHost"}, 101},
		{"long cookie", []string{"Host", "Cookie: " + letters(5000) + "\r\nHost"}, 101},
		{"several upgrades", []string{"Upgrade: websocket", "Upgrade: h2c, websocket"}, 101},
		{"other origin", []string{"Host", "Origin: http://elsewhere\r\nHost"}, 101},
		{"version 12", []string{"Version: 13", "Version: 12"}, 426},
		{"version 8", []string{"Version: 13", "Version: 8"}, 426},
		{"version 0", []string{"Version: 13", "Version: 0"}, 426},
		{"version 14", []string{"Version: 13", "Version: 14"}, 426},
		{"version 013", []string{"Version: 13", "Version: 013"}, 426},
		{"version empty", []string{"Version: 13", "Version:"}, 426},
		{"no version", []string{"\r\nSec-WebSocket-Version: 13", ""}, 426},
		{"two versions", []string{"Version: 13", "Version: 13\r\nSec-WebSocket-Version: 13"}, 426},
		{"no key", []string{key + "\r\n", ""}, 400},
		{"empty key", []string{key, "Sec-WebSocket-Key:"}, 400},
		{"short key", []string{"dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j"}, 400},
		{"long key", []string{"dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZWFhYQ=="}, 400},
		{"key not base64", []string{"dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j*Q=="}, 400},
		{"key not padded", []string{"dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQab"}, 400},
		{"two keys", []string{key, key + "\r\n" + key}, 400},
		{"no Connection", []string{"Connection: Upgrade\r\n", ""}, 400},
		{"Connection: close", []string{"Connection: Upgrade", "Connection: close"}, 400},
		{"Connection: Upgrader", []string{"Connection: Upgrade", "Connection: Upgrader"}, 400},
		{"no Host", []string{"Host: board\r\n", ""}, 400},
		{"HTTP/1.0", []string{"HTTP/1.1", "HTTP/1.0"}, 400},
		{"HTTP/2.0", []string{"HTTP/1.1", "HTTP/2.0"}, 505},
		{"POST", []string{"GET", "POST"}, 405},
		{"HEAD", []string{"GET", "HEAD"}, 400},
		{"with a body", []string{"Host", "Content-Length: 3\r\nHost"}, 400},
		{"no Upgrade", []string{"Upgrade: websocket\r\n", ""}, 426},
		{"Upgrade to something else", []string{"Upgrade: websocket", "Upgrade: h2c"}, 426},
		{"another path", []string{"/ws", "/other"}, 404},
	}
}

func TestHandshake(t *testing.T) {
	for _, c := range handshakeCases() {
		t.Run(c.name, func(t *testing.T) {
			request := handshake
			for i := 0; i < len(c.edit); i += 2 {
				if !strings.Contains(request, c.edit[i]) {
					t.Fatalf("no %q to replace", c.edit[i])
				}
				request = strings.ReplaceAll(request, c.edit[i], c.edit[i+1])
			}
			for _, chunk := range []int{0, 1} {
				s := socketServer(256)
				m := s.connect(t, request, chunk)
				out := s.talk(t, m, "")
				if !strings.HasPrefix(out, fmt.Sprintf("HTTP/1.1 %d ", c.status)) {
					t.Fatalf("want %d: %s", c.status, out)
				}
				switch c.status {
				case 101:
					if !strings.Contains(out, "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") || strings.Contains(out, "Extensions") {
						t.Fatal(out)
					}
				case 426:
					if !strings.Contains(out, "\r\nSec-WebSocket-Version: 13\r\n") {
						t.Fatal(out)
					}
				}
				s.Unlock()
			}
		})
	}
}

// The first frames may come in the same packet as the handshake.
func TestFramesRightAfterHandshake(t *testing.T) {
	s := socketServer(256)
	defer s.Unlock()
	echo(s)
	m := s.connect(t, handshake+string(text("a"))+string(text("b")), 0)
	if out := s.talk(t, m, ""); !strings.HasSuffix(out, "\r\n\r\n"+string(echoed("a"))+string(echoed("b"))) {
		t.Fatalf("%q", out)
	}
}
