package recording

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strconv"

	"studioide/internal/api"
)

// lineRest is room for all but the text of nearly any line.
const lineRest = 512

// appendLine appends a message as a line: what encoding/json would write. Nearly all messages are short and simple, and
// come by the ten thousand in a second: those are written without it, in a tenth of the time.
func appendLine(b *bytes.Buffer, m *api.Message) error {
	if m.Handshake != nil || len(m.Closing) > 0 || !simple(m.Data) || !simple(m.From) || !simple(m.Kind) || !simple(m.Level) || !simple(m.Path) {
		e := json.NewEncoder(b)
		e.SetEscapeHTML(false)
		whole := *m // what the encoder is given is on the heap, and most messages are not given to it
		return e.Encode(&whole)
	}
	b.Grow(len(m.Data) + lineRest) // what did not fit would be copied twice
	to := b.AvailableBuffer()
	number := func(name string, n int64) {
		to = append(to, name...)
		to = strconv.AppendInt(to, n, 10)
	}
	text := func(name, s string) {
		to = append(to, name...)
		to = append(to, '"')
		to = append(to, s...)
		to = append(to, '"')
	}
	number(`{"seq":`, m.Seq)
	number(`,"time":`, m.Time)
	text(`,"from":`, m.From)
	number(`,"conn":`, int64(m.Conn))
	text(`,"kind":`, m.Kind)
	to = strconv.AppendBool(append(to, `,"binary":`...), m.Binary)
	text(`,"data":`, m.Data)
	number(`,"size":`, int64(m.Size))
	if m.Code != 0 {
		number(`,"code":`, int64(m.Code))
	}
	number(`,"millis":`, m.Millis)
	if m.Level != "" {
		text(`,"level":`, m.Level)
	}
	if m.Path != "" {
		text(`,"path":`, m.Path)
	}
	if m.Line != 0 {
		number(`,"line":`, int64(m.Line))
	}
	if m.Column != 0 {
		number(`,"column":`, int64(m.Column))
	}
	if m.Count != 0 {
		number(`,"count":`, int64(m.Count))
	}
	if len(m.Head) > 0 {
		to = append(base64.StdEncoding.AppendEncode(append(to, `,"head":"`...), m.Head), '"')
	}
	if m.Frames != 0 {
		number(`,"frames":`, int64(m.Frames))
	}
	to = append(to, '}', '\n')
	b.Write(to)
	return nil
}

// simple says that a text stands in JSON as it is.
func simple(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
