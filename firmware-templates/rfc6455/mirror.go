package rfc6455

import (
	"encoding/binary"
	"strings"
)

// Mirrored are the cases of Messages and Limits for the client's role: the same
// frames come from a server, which masks none. Those of section 5.3 are about
// masks alone, and those of 5.1 are turned: here it is a masked frame that is wrong.
func Mirrored(cases []Case) (all []Case) {
	for _, c := range cases {
		if c.Section == "5.3" {
			continue
		}
		c.Name = strings.Replace(c.Name, "not masked", "masked", 1)
		c.In = flipped(c.In)
		all = append(all, c)
	}
	return all
}

// flipped masks the frames that are not masked, and the other way round. The last
// one may be incomplete.
func flipped(in []byte) (out []byte) {
	for len(in) >= 2 {
		head, length := 2, uint64(in[1]&0x7F)
		switch {
		case length == 126 && len(in) >= 4:
			head, length = 4, uint64(binary.BigEndian.Uint16(in[2:]))
		case length == 127 && len(in) >= 10:
			head, length = 10, binary.BigEndian.Uint64(in[2:])
		}
		out = append(out, in[:head]...)
		out[len(out)-head+1] ^= 0x80
		mask := testMask
		if masked := in[1]&0x80 != 0; masked {
			copy(mask[:], in[head:])
			in = in[min(head+4, len(in)):]
		} else {
			out = append(out, mask[:]...)
			in = in[head:]
		}
		n := int(min(length, uint64(len(in))))
		for i, b := range in[:n] {
			out = append(out, b^mask[i&3])
		}
		in = in[n:]
	}
	return append(out, in...)
}

// Answer is a case of section 4.1: whether a server's answer to the handshake
// opens a WebSocket.
type Answer struct {
	Name  string
	Edit  []string // pairs of what in Answering is replaced by what
	Opens bool
}

// Answering is an answer as it should be; {accept} stands for what answers the key.
const Answering = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"

// Text is the answer to a client that wants accept.
func (a Answer) Text(accept string) string {
	text := Answering
	for i := 0; i < len(a.Edit); i += 2 {
		if !strings.Contains(text, a.Edit[i]) {
			panic("no " + a.Edit[i] + " to replace")
		}
		text = strings.ReplaceAll(text, a.Edit[i], a.Edit[i+1])
	}
	return strings.ReplaceAll(text, "{accept}", accept)
}

// Answers are the cases of section 4.1.
func Answers() []Answer {
	accept := "Sec-WebSocket-Accept: {accept}\r\n"
	return []Answer{
		{"as it should be", nil, true},
		{"another reason", []string{"Switching Protocols", "Hello"}, true},
		{"no reason", []string{" Switching Protocols", ""}, true},
		{"upper case", []string{"Upgrade: websocket", "UPGRADE: WEBSOCKET", "Connection: Upgrade", "CONNECTION: UPGRADE"}, true},
		{"lower case", []string{"Connection: Upgrade", "connection: upgrade", "Sec-WebSocket-Accept", "sec-websocket-accept"}, true},
		{"keep-alive, Upgrade", []string{"Connection: Upgrade", "Connection: keep-alive, Upgrade"}, true},
		{"two Connection headers", []string{"Connection: Upgrade", "Connection: keep-alive\r\nConnection: Upgrade"}, true},
		{"no blanks after colons", []string{": ", ":"}, true},
		{"many blanks", []string{": ", ": \t  "}, true},
		{"other headers", []string{"Upgrade: w", "Server: x\r\nSet-Cookie: a=b\r\nUpgrade: w"}, true},
		{"a long header", []string{"Upgrade: w", "Set-Cookie: " + Letters(5000) + "\r\nUpgrade: w"}, true},
		{"status 200", []string{"101 Switching Protocols", "200 OK"}, false},
		{"status 100", []string{"101", "100"}, false},
		{"status 301", []string{"101 Switching Protocols", "301 Moved Permanently\r\nLocation: ws://elsewhere/"}, false},
		{"status 401", []string{"101", "401"}, false},
		{"status 404", []string{"101", "404"}, false},
		{"status 503", []string{"101", "503"}, false},
		{"status 1010", []string{"101", "1010"}, false},
		{"status 10", []string{"101", "10"}, false},
		{"status 1x1", []string{"101", "1x1"}, false},
		{"HTTP/1.0", []string{"HTTP/1.1", "HTTP/1.0"}, false},
		{"HTTP/2", []string{"HTTP/1.1", "HTTP/2"}, false},
		{"not HTTP", []string{"HTTP/1.1 101", "SSH-2.0-x 101"}, false},
		{"no Upgrade", []string{"Upgrade: websocket\r\n", ""}, false},
		{"empty Upgrade", []string{"Upgrade: websocket", "Upgrade:"}, false},
		{"Upgrade to something else", []string{"Upgrade: websocket", "Upgrade: h2c"}, false},
		{"Upgrade: websockets", []string{"Upgrade: websocket", "Upgrade: websockets"}, false},
		{"no Connection", []string{"Connection: Upgrade\r\n", ""}, false},
		{"Connection: close", []string{"Connection: Upgrade", "Connection: close"}, false},
		{"Connection: Upgrader", []string{"Connection: Upgrade", "Connection: Upgrader"}, false},
		{"no Accept", []string{accept, ""}, false},
		{"empty Accept", []string{"{accept}", ""}, false},
		{"Accept of another key", []string{"{accept}", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}, false},
		{"Accept with one letter more", []string{"{accept}", "{accept}="}, false},
		{"Accept and more", []string{"{accept}", "{accept} x"}, false},
		{"two Accepts", []string{accept, accept + accept}, false},
		{"Accept after a false one", []string{accept, "Sec-WebSocket-Accept: no\r\n" + accept}, false},
		{"an extension", []string{"\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"}, false},
		{"a subprotocol", []string{"\r\n\r\n", "\r\nSec-WebSocket-Protocol: chat\r\n\r\n"}, false},
		{"a head without end", []string{"\r\n\r\n", "\r\nX: " + Letters(9000)}, false},
	}
}
