package bridge

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"studioide/internal/api"
)

// keptHead is how much of a handshake's request, and of its answer, is kept to be looked at.
const keptHead = 4 << 10

// acceptGUID is what RFC 6455, section 1.3, puts behind the key.
const acceptGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// blanked stands for a value that nobody has to see.
const blanked = "(hidden)"

// newHandshake is the handshake with this request and this answer, which may
// have come in part or not at all.
func newHandshake(request, answer []byte) *api.Handshake {
	h := &api.Handshake{Request: headText(request), Answer: headText(answer)}
	if h.Key = headValue(request, "Sec-WebSocket-Key"); h.Key != "" {
		sum := sha1.Sum([]byte(h.Key + acceptGUID))
		h.Sum, h.Accept = hex.EncodeToString(sum[:]), base64.StdEncoding.EncodeToString(sum[:])
	}
	h.Got = headValue(answer, "Sec-WebSocket-Accept")
	return h
}

// headText is a head as it may be shown and kept: cut, without secrets.
func headText(head []byte) string {
	var out strings.Builder
	for i, line := range bytes.SplitAfter(head[:min(len(head), keptHead)], []byte("\n")) {
		name, value, found := bytes.Cut(line, []byte(":"))
		if i > 0 && found && len(bytes.TrimSpace(value)) > 0 && isSecret(string(bytes.TrimSpace(name))) {
			out.Write(name)
			out.WriteString(": " + blanked + "\r\n")
			continue
		}
		out.Write(line)
	}
	text := out.String()
	if len(head) > keptHead {
		text = text[:strings.LastIndexByte(text, '\n')+1] + "…"
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// isSecret reports whether a header's value is for the other side alone.
func isSecret(name string) bool {
	name = strings.ToLower(name)
	if strings.HasPrefix(name, "sec-websocket-") {
		return false
	}
	for _, part := range []string{"cookie", "auth", "token", "key", "secret", "password", "session"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// headValue is a header's first value, "" when there is none.
func headValue(head []byte, name string) string {
	for _, line := range bytes.Split(head, []byte("\n")) {
		n, value, found := bytes.Cut(line, []byte(":"))
		if found && strings.EqualFold(string(bytes.TrimSpace(n)), name) {
			return cutText(string(bytes.TrimSpace(value)), 100)
		}
	}
	return ""
}
