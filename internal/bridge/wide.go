package bridge

import (
	"bytes"
	"encoding/binary"
	"mime"
	"strings"
)

// wide is UTF-16, for what puts the script into a page: old editors' "Unicode".
// The zero value is any encoding that has ASCII in it.
type wide struct {
	order binary.ByteOrder // nil: it is not UTF-16
	mark  int64            // bytes of the byte order mark
	half  []byte           // of a unit under way
	begun bool
}

const unitMark = 0xFEFF

// wideOf tells by a page's Content-Type and first bytes whether it is in UTF-16.
// As in the HTML standard (13.2.3), a byte order mark counts more than what the
// head says, and a page of neither is not in UTF-16 to browsers: that one whose
// bytes look so all the same is unmarked.
func wideOf(kind string, first []byte) (w wide, unmarked bool) {
	switch {
	case bytes.HasPrefix(first, []byte("\xFF\xFE")):
		return wide{order: binary.LittleEndian}, false
	case bytes.HasPrefix(first, []byte("\xFE\xFF")):
		return wide{order: binary.BigEndian}, false
	case bytes.HasPrefix(first, []byte("\xEF\xBB\xBF")):
		return wide{}, false
	}
	_, parameters, _ := mime.ParseMediaType(kind)
	switch strings.ToLower(strings.TrimSpace(parameters["charset"])) {
	case "":
		return wide{}, len(first) >= 2 && (first[0] == '<' && first[1] == 0 || first[0] == 0 && first[1] == '<')
	case "utf-16", "utf-16le", "unicode", "ucs-2", "iso-10646-ucs-2", "csunicode", "unicodefeff": // the Encoding standard's labels
		return wide{order: binary.LittleEndian}, false
	case "utf-16be", "unicodefffe":
		return wide{order: binary.BigEndian}, false
	}
	return wide{}, false
}

// encode gives ASCII text in the encoding.
func (w *wide) encode(text string) []byte {
	if w.order == nil {
		return []byte(text)
	}
	var b []byte
	for _, c := range []byte(text) {
		b = append(b, 0, 0)
		w.order.PutUint16(b[len(b)-2:], uint16(c))
	}
	return b
}

// narrow gives a byte for each unit that is complete with p: itself if it is
// ASCII, else one that is none. A byte order mark is left out.
func (w *wide) narrow(p []byte) []byte {
	if w.order == nil {
		return p
	}
	w.half = append(w.half, p...)
	var out []byte
	for ; len(w.half) >= 2; w.half = w.half[2:] {
		u := w.order.Uint16(w.half)
		switch {
		case !w.begun && u == unitMark:
			w.mark = 2
		case u < 0x80:
			out = append(out, byte(u))
		default:
			out = append(out, 0x80)
		}
		w.begun = true
	}
	return out
}

// bytes is where in the page the nth byte of what narrow gave is.
func (w *wide) bytes(n int64) int64 {
	if w.order == nil {
		return n
	}
	return w.mark + 2*n
}

// count moves line and column past p.
func (w *wide) count(p []byte, line, column int) (int, int) {
	for ; len(p) >= 2; p = p[2:] {
		switch u := w.order.Uint16(p); u {
		case '\n':
			line, column = line+1, 1
		case unitMark:
		default:
			column++
		}
	}
	return line, column
}
