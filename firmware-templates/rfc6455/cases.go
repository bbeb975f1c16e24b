// Package rfc6455 has the cases of RFC 6455 as data, by section: what a client
// sends, and what has to come back from a server that echoes texts and binaries.
// The runtime's tests run them against the server in memory; Studio's, against a
// program that runs.
package rfc6455

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// Handshake opens a WebSocket. Accept is the header that answers it.
const (
	Handshake = "GET /ws HTTP/1.1\r\nHost: board\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
	Accept = "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
)

// MessageLimit is the length of messages that the server has to take for Messages.
const MessageLimit = 70_000

// LimitSection is where the cases of Limits belong.
const LimitSection = "10.4"

// Case is what becomes of what a client sends.
type Case struct {
	Section, Name string
	In            []byte
	Want          []byte // the frames that come back, unmasked
	Open          bool   // the connection stays open
}

// Opcodes, RFC 6455 section 5.2.
const (
	OpText   = 1
	OpBinary = 2
	OpClose  = 8
	OpPing   = 9
	OpPong   = 10
)

var testMask = [4]byte{0x37, 0xFA, 0x21, 0x3D}

// Masked makes a masked frame with the shortest length.
func Masked(first byte, mask [4]byte, payload []byte) []byte {
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

// Send is a frame from a client, Back one from the server.
func Send(first byte, payload string) []byte { return Masked(first, testMask, []byte(payload)) }

func Back(first byte, payload string) []byte {
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

// Code is how a close frame says why; Closed, the frame from the server.
func Code(c int) string      { return string([]byte{byte(c >> 8), byte(c)}) }
func Closed(c int) []byte    { return Back(0x88, Code(c)) }
func Seq(b ...[]byte) []byte { return bytes.Join(b, nil) }
func Text(p string) []byte   { return Send(0x81, p) }
func Echoed(p string) []byte { return Back(0x81, p) }
func Letters(n int) string   { return strings.Repeat("abcdefghij", n/10+1)[:n] }
func raw(b ...byte) []byte   { return b }

// Messages are the cases for a server that takes messages of MessageLimit.
func Messages() (all []Case) {
	add := func(section, name string, in, want []byte, open bool) {
		all = append(all, Case{section, name, in, want, open})
	}

	// 5.2 Base framing protocol.
	for _, n := range []int{0, 1, 2, 124, 125, 126, 127, 128, 255, 256, 257, 65534, 65535, 65536, 65537} {
		add("5.2", fmt.Sprintf("text of %d", n), Text(Letters(n)), Echoed(Letters(n)), true)
		b := strings.Repeat("\xFE", n)
		add("5.2", fmt.Sprintf("binary of %d", n), Send(0x82, b), Back(0x82, b), true)
	}
	for _, n := range []uint16{0, 1, 125} {
		add("5.2", fmt.Sprintf("length %d in 16 bits", n), append(raw(0x81, 0x80|126, 0, byte(n)), testMask[:]...), Closed(1002), false)
	}
	for _, n := range []uint64{0, 125, 126, 65535, 1 << 63, 1<<64 - 1} {
		add("5.2", fmt.Sprintf("length %d in 64 bits", n), binary.BigEndian.AppendUint64(raw(0x82, 0x80|127), n), Closed(1002), false)
	}
	for rsv := 1; rsv < 8; rsv++ {
		for _, op := range []byte{OpText, OpBinary, OpClose, OpPing, OpPong} {
			add("5.2", fmt.Sprintf("RSV %d, opcode %d", rsv, op), Send(0x80|byte(rsv<<4)|op, "ab"), Closed(1002), false)
		}
	}
	for _, op := range []byte{3, 4, 5, 6, 7, 11, 12, 13, 14, 15} {
		add("5.2", fmt.Sprintf("reserved opcode %d", op), Send(0x80|op, ""), Closed(1002), false)
		add("5.2", fmt.Sprintf("reserved opcode %d, not final", op), Send(op, "abc"), Closed(1002), false)
		add("5.2", fmt.Sprintf("reserved opcode %d after a message", op), Seq(Text("a"), Send(0x80|op, "")), Seq(Echoed("a"), Closed(1002)), false)
	}

	// 5.1 and 5.3 Masking.
	for _, op := range []byte{OpText, OpBinary, OpClose, OpPing, OpPong} {
		add("5.1", fmt.Sprintf("opcode %d not masked", op), raw(0x80|op, 2, 'a', 'b'), Closed(1002), false)
		add("5.1", fmt.Sprintf("opcode %d not masked, empty", op), raw(0x80|op, 0), Closed(1002), false)
	}
	add("5.1", "continuation not masked", Seq(Send(0x01, "a"), raw(0x80, 1, 'b')), Closed(1002), false)
	for _, mask := range [][4]byte{{}, {255, 255, 255, 255}, {1, 2, 3, 4}, {0, 0, 0, 1}, {'a', 'b', 'c', 'd'}} {
		for _, n := range []int{1, 3, 4, 5, 9, 126} {
			add("5.3", fmt.Sprintf("mask %x, %d bytes", mask, n), Masked(0x81, mask, []byte(Letters(n))), Echoed(Letters(n)), true)
		}
	}
	add("5.3", "another mask for each frame",
		Seq(Masked(0x01, [4]byte{1, 2, 3, 4}, []byte("Hel")), Masked(0x80, [4]byte{9, 8, 7, 6}, []byte("lo"))), Echoed("Hello"), true)

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
				in = append(in, Send(first, Letters(10))...)
			}
			add("5.4", fmt.Sprintf("opcode %d in %d fragments", op, n), in, Back(0x80|op, Letters(10*n)), true)
		}
	}
	add("5.4", "empty fragments", Seq(Send(0x01, ""), Send(0x00, ""), Send(0x80, "")), Echoed(""), true)
	add("5.4", "empty first", Seq(Send(0x01, ""), Send(0x80, "abc")), Echoed("abc"), true)
	add("5.4", "empty middle", Seq(Send(0x01, "a"), Send(0x00, ""), Send(0x80, "b")), Echoed("ab"), true)
	add("5.4", "empty last", Seq(Send(0x01, "abc"), Send(0x80, "")), Echoed("abc"), true)
	for _, op := range []byte{OpPing, OpPong} {
		pong := []byte{}
		if op == OpPing {
			pong = Back(0x8A, "x")
		}
		add("5.4", fmt.Sprintf("opcode %d between fragments", op), Seq(Send(0x01, "a"), Send(0x80|op, "x"), Send(0x80, "b")), Seq(pong, Echoed("ab")), true)
		add("5.4", fmt.Sprintf("opcode %d between all fragments", op),
			Seq(Send(0x02, "a"), Send(0x80|op, "x"), Send(0x00, "b"), Send(0x80|op, "x"), Send(0x80, "c")), Seq(pong, pong, Back(0x82, "abc")), true)
	}
	add("5.4", "close between fragments", Seq(Send(0x01, "a"), Send(0x88, Code(1000)), Send(0x80, "b")), Closed(1000), false)
	for _, final := range []byte{0, 0x80} {
		add("5.4", fmt.Sprintf("continuation of nothing, FIN %x", final), Send(final, "a"), Closed(1002), false)
		add("5.4", fmt.Sprintf("continuation after a whole message, FIN %x", final), Seq(Text("a"), Send(final, "b")), Seq(Echoed("a"), Closed(1002)), false)
		for _, op := range []byte{1, 2} {
			add("5.4", fmt.Sprintf("opcode %d in an unfinished message, FIN %x", op, final), Seq(Send(0x01, "a"), Send(final|op, "b")), Closed(1002), false)
			add("5.4", fmt.Sprintf("opcode %d in an unfinished binary, FIN %x", op, final), Seq(Send(0x02, "a"), Send(0x00, "a"), Send(final|op, "b")), Closed(1002), false)
		}
	}
	add("5.4", "message after a fragmented one", Seq(Send(0x01, "a"), Send(0x80, "b"), Text("c")), Seq(Echoed("ab"), Echoed("c")), true)
	add("5.4", "two fragmented messages of different kinds",
		Seq(Send(0x01, "a"), Send(0x80, "b"), Send(0x02, "\xFF"), Send(0x80, "\xFE")), Seq(Echoed("ab"), Back(0x82, "\xFF\xFE")), true)

	// 5.5 Control frames.
	for _, n := range []int{126, 127, 65536} {
		for _, op := range []byte{OpClose, OpPing, OpPong} {
			add("5.5", fmt.Sprintf("opcode %d with %d bytes", op, n), Send(0x80|op, Letters(n)), Closed(1002), false)
		}
	}
	for _, op := range []byte{OpClose, OpPing, OpPong} {
		add("5.5", fmt.Sprintf("opcode %d not final", op), Send(op, ""), Closed(1002), false)
		add("5.5", fmt.Sprintf("opcode %d not final, in a message", op), Seq(Send(0x01, "a"), Send(op, "")), Closed(1002), false)
	}
	for _, n := range []int{0, 1, 4, 124, 125} {
		add("5.5.2", fmt.Sprintf("ping with %d bytes", n), Send(0x89, Letters(n)), Back(0x8A, Letters(n)), true)
		add("5.5.3", fmt.Sprintf("pong nobody asked for, %d bytes", n), Seq(Send(0x8A, Letters(n)), Text("a")), Echoed("a"), true)
	}
	add("5.5.2", "ping of bytes that are no UTF-8", Send(0x89, "\xFF\x00\xC0"), Back(0x8A, "\xFF\x00\xC0"), true)
	add("5.5.2", "ten pings", bytes.Repeat(Send(0x89, "p"), 10), bytes.Repeat(Back(0x8A, "p"), 10), true)
	add("5.5.2", "ping after close", Seq(Send(0x88, ""), Send(0x89, "p")), Back(0x88, ""), false)

	// 5.5.1 and 7 Closing.
	add("5.5.1", "close without a body", Send(0x88, ""), Back(0x88, ""), false)
	add("5.5.1", "close with one byte", Send(0x88, "\x03"), Closed(1002), false)
	add("5.5.1", "data after close", Seq(Send(0x88, Code(1000)), Text("a"), Text("b")), Closed(1000), false)
	add("5.5.1", "close after close", Seq(Send(0x88, Code(1000)), Send(0x88, Code(1001))), Closed(1000), false)
	add("5.5.1", "garbage after close", Seq(Send(0x88, Code(1000)), []byte(Letters(300))), Closed(1000), false)
	add("5.5.1", "messages before close", Seq(Text("a"), Send(0x82, "b"), Send(0x88, Code(1000))), Seq(Echoed("a"), Back(0x82, "b"), Closed(1000)), false)
	for _, n := range []int{1, 2, 122, 123} {
		add("5.5.1", fmt.Sprintf("reason of %d bytes", n), Send(0x88, Code(1000)+Letters(n)), Closed(1000), false)
	}
	for _, reason := range []string{"\xFF", "\xC3", "a\xED\xA0\x80", "\xF4\x90\x80\x80", "ok\x80", "\xC0\xAF"} {
		add("5.5.1", fmt.Sprintf("reason % x", reason), Send(0x88, Code(1000)+reason), Closed(1007), false)
	}
	add("5.5.1", "reason in UTF-8", Send(0x88, Code(1000)+"Grüße ∞ 😀"), Closed(1000), false)
	for _, c := range []int{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011} {
		add("7.4.1", fmt.Sprintf("code %d", c), Send(0x88, Code(c)), Closed(c), false)
		add("7.4.1", fmt.Sprintf("code %d with a reason", c), Send(0x88, Code(c)+"why"), Closed(c), false)
	}
	for _, c := range []int{1004, 1005, 1006, 1015} {
		add("7.4.1", fmt.Sprintf("code %d", c), Send(0x88, Code(c)), Closed(1002), false)
		add("7.4.1", fmt.Sprintf("code %d with a reason", c), Send(0x88, Code(c)+"why"), Closed(1002), false)
	}
	for _, c := range []int{1012, 1013, 1014, 3000, 3001, 3999, 4000, 4001, 4999} {
		add("7.4.2", fmt.Sprintf("code %d", c), Send(0x88, Code(c)), Closed(c), false)
	}
	for _, c := range []int{0, 1, 500, 999, 1016, 1100, 1999, 2000, 2999, 5000, 5001, 10000, 65535} {
		add("7.4.2", fmt.Sprintf("code %d", c), Send(0x88, Code(c)), Closed(1002), false)
	}

	// 8.1 UTF-8, as RFC 3629 has it.
	for _, s := range []string{
		"\x00", "\x7F", "κόσμε", "\u0080", "\u07FF", "\u0800", "\uD7FF", "\uE000", "\uFFFD", "\uFFFE", "\uFFFF",
		"\U00010000", "\U0001F600", "\U000FFFFF", "\U0010FFFF", "Hello-µ@ßöäüàá-UTF-8!!", "\uFEFFBOM", "a\u0300", "日本語",
	} {
		add("8.1", fmt.Sprintf("% x", s), Text(s), Echoed(s), true)
		if len(s) > 1 {
			add("8.1", fmt.Sprintf("% x in fragments of a byte", s), byteFragments(s), Echoed(s), true)
		}
	}
	for _, s := range []string{
		"\x80", "\xBF", "\x80\xBF", "\xC0", "\xC0\x80", "\xC0\xAF", "\xC1\xBF", "\xC2", "\xC2a", "\xC2\xC2", "\xDF", "\xDF\x7F",
		"\xE0\x80\x80", "\xE0\x9F\xBF", "\xE0\xA0", "\xE1\x80", "\xE1\x80a", "\xEF\xBF", "\xED\xA0\x80", "\xED\xAF\xBF", "\xED\xB0\x80", "\xED\xBF\xBF",
		"\xED\xA0\x80\xED\xB0\x80", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF0\x90\x80", "\xF1\x80\x80", "\xF4\x90\x80\x80", "\xF4\x8F\xBF", "\xF5\x80\x80\x80",
		"\xF7\xBF\xBF\xBF", "\xF8\x88\x80\x80\x80", "\xFB\xBF\xBF\xBF\xBF", "\xFC\x84\x80\x80\x80\x80", "\xFE", "\xFF", "\xFE\xFE\xFF\xFF",
		"Hello\xC0", "Hello\xE2\x82", "κόσμε\xED\xA0\x80edited", "ok\xF4\x90\x80\x80ok",
	} {
		add("8.1", fmt.Sprintf("% x", s), Text(s), Closed(1007), false)
		add("8.1", fmt.Sprintf("% x in a fragmented message", s), Seq(Send(0x01, "ok "), Send(0x80, s)), Closed(1007), false)
		add("8.1", fmt.Sprintf("% x in a binary", s), Send(0x82, s), Back(0x82, s), true)
	}
	// Refused at the bad byte: the rest of the frame, or message, never comes.
	add("8.1", "bad byte in an unfinished frame", Text("abc\xFFdef")[:6+4], Closed(1007), false)
	add("8.1", "bad byte in an unfinished message", Send(0x01, "abc\xFF"), Closed(1007), false)
	add("8.1", "bad second byte in an unfinished frame", Text("\xF4\x90\x80\x80")[:6+2], Closed(1007), false)
	add("8.1", "character cut off at the end of a message", Seq(Send(0x01, "a\xE2"), Send(0x80, "\x82")), Closed(1007), false)
	add("8.1", "character over a ping", Seq(Send(0x01, "\xE2"), Send(0x89, "\xFF"), Send(0x80, "\x82\xAC")), Seq(Back(0x8A, "\xFF"), Echoed("€")), true)
	return all
}

// Limits are the cases about the length of messages (10.4), for a server that takes messages of so many bytes: more
// than 255, less than a megabyte.
func Limits(most int) (all []Case) {
	add := func(name string, in, want []byte, open bool) {
		all = append(all, Case{LimitSection, fmt.Sprintf(name, most), in, want, open})
	}
	tooLong := func(n int) []byte {
		if n > 1<<20 {
			return Back(0x88, Code(1009)+fmt.Sprintf("A message is longer than %d bytes. Send it in parts: 1048576 is the most that a program can allow.", most))
		}
		return Back(0x88, Code(1009)+fmt.Sprintf("A message is longer than %d bytes. Allow more: board.Configure(board.Limits{MaxMessage: %d})", most, n))
	}
	over := Text(Letters(most + 1))
	add("message of %d - 1", Text(Letters(most-1)), Echoed(Letters(most-1)), true)
	add("message of %d", Text(Letters(most)), Echoed(Letters(most)), true)
	add("message of %d + 1", over, tooLong(most+1), false)
	add("binary of %d", Send(0x82, Letters(most)), Back(0x82, Letters(most)), true)
	add("binary of %d + 1", Send(0x82, Letters(most+1)), tooLong(most+1), false)
	add("message of %d + 1, head only", over[:len(over)-most-1], tooLong(most+1), false)
	add("message of 1 TB, head only, limit %d", append(binary.BigEndian.AppendUint64(raw(0x81, 0x80|127), 1<<40), testMask[:]...), tooLong(1<<40), false)
	add("message of 2^63-1, head only, limit %d", binary.BigEndian.AppendUint64(raw(0x82, 0x80|127), 1<<63-1), tooLong(1<<40), false)
	add("fragments of %d - 56 and 56", Seq(Send(0x01, Letters(most-56)), Send(0x80, Letters(56))), Echoed(Letters(most-56)+Letters(56)), true)
	add("fragments of %d - 56 and 57", Seq(Send(0x01, Letters(most-56)), Send(0x80, Letters(57))), tooLong(most+1), false)
	add("fragments of %d and 0", Seq(Send(0x01, Letters(most)), Send(0x80, "")), Echoed(Letters(most)), true)
	add("endless fragments, limit %d", append(Send(0x01, "a"), bytes.Repeat(Send(0x00, "a"), most+44)...), tooLong(most+1), false)
	add("a message after one of length %d", Seq(Text(Letters(most)), Text(Letters(most))), Seq(Echoed(Letters(most)), Echoed(Letters(most))), true)
	add("pings do not count, limit %d", Seq(Send(0x01, Letters(most-56)), Send(0x89, Letters(125)), Send(0x80, Letters(56))),
		Seq(Back(0x8A, Letters(125)), Echoed(Letters(most-56)+Letters(56))), true)
	return all
}

func byteFragments(s string) (in []byte) {
	for i := range len(s) {
		first := byte(0)
		if i == 0 {
			first = OpText
		}
		if i == len(s)-1 {
			first |= 0x80
		}
		in = append(in, Send(first, s[i:i+1])...)
	}
	return in
}

// Opening is a case of section 4.2: what becomes of a client's opening handshake.
type Opening struct {
	Name   string
	Edit   []string // pairs of what in Handshake is replaced by what
	Status int
}

// Request is the handshake.
func (o Opening) Request() string {
	request := Handshake
	for i := 0; i < len(o.Edit); i += 2 {
		if !strings.Contains(request, o.Edit[i]) {
			panic("no " + o.Edit[i] + " to replace")
		}
		request = strings.ReplaceAll(request, o.Edit[i], o.Edit[i+1])
	}
	return request
}

// Openings are the cases of section 4.2.
func Openings() []Opening {
	key := "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
	return []Opening{
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
		{"long cookie", []string{"Host", "Cookie: " + Letters(5000) + "\r\nHost"}, 101},
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
