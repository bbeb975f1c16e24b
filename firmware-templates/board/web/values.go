package web

import (
	"strings"
	"studio/board/chars"
)

// Values of requests: queries and forms (the URL standard's
// application/x-www-form-urlencoded), forms with files (RFC 7578), and flat
// JSON objects (RFC 8259). All of it is read anew for every value: what is
// asked for is little and short.

// Pair gives a value of "a=1&b=two+words".
func Pair(list, name string) (value string, found bool) {
	for list != "" {
		var item string
		item, list, _ = strings.Cut(list, "&")
		key, value, _ := strings.Cut(item, "=")
		if key == name && name != "" || strings.ContainsAny(key, "+%") && unescape(key) == name {
			return unescape(value), true
		}
	}
	return "", false
}

// unescape decodes %41 and +. What is no escape stays as it is.
func unescape(s string) string {
	if !strings.ContainsAny(s, "+%") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '+':
			c = ' '
		case c == '%' && i+2 < len(s) && chars.HexValue(s[i+1]) < 16 && chars.HexValue(s[i+2]) < 16:
			c = chars.HexValue(s[i+1])<<4 | chars.HexValue(s[i+2])
			i += 2
		}
		b = append(b, c)
	}
	return string(b)
}

// Part gives a value of a form whose parts are separated by a boundary.
func Part(body, kind, name string) (value string, found bool) {
	boundary := parameter(kind, "boundary")
	if boundary == "" {
		return "", false
	}
	boundary = "\r\n--" + boundary
	rest, ok := strings.CutPrefix("\r\n"+body, boundary)
	for ok && strings.HasPrefix(rest, "\r\n") {
		var head string
		if head, rest, ok = strings.Cut(rest, "\r\n\r\n"); !ok {
			break
		}
		if value, rest, ok = strings.Cut(rest, boundary); !ok {
			break
		}
		for _, line := range strings.Split(head, "\r\n") {
			header, what, _ := strings.Cut(line, ":")
			if strings.EqualFold(header, "Content-Disposition") && quoted(parameter(what, "name")) == quoted(name) {
				return value, true
			}
		}
	}
	return "", false
}

// quoted is a name as browsers write it into a form's part.
func quoted(name string) string {
	name = strings.ReplaceAll(name, "\r", "%0D")
	return strings.ReplaceAll(strings.ReplaceAll(name, "\n", "%0A"), "\"", "%22")
}

// parameter gives what follows a value such as form-data; name="led".
func parameter(value, name string) string {
	_, list, _ := strings.Cut(value, ";")
	for list != "" {
		list = strings.TrimLeft(list, " \t;")
		key, rest, _ := strings.Cut(list, "=")
		var text string
		if strings.HasPrefix(rest, "\"") {
			text, list, _ = strings.Cut(rest[1:], "\"")
		} else {
			text, list, _ = strings.Cut(rest, ";")
			text = strings.TrimSpace(text)
		}
		if strings.EqualFold(strings.TrimSpace(key), name) {
			return text
		}
	}
	return ""
}

// Field gives a value of a JSON object. Of two with the same name the last one
// counts, as in JavaScript.
func Field(text, name string) (value string, found bool) {
	j := scanner{s: text}
	if !j.take('{') {
		return "", false
	}
	for !j.take('}') {
		key, ok := j.text()
		if !ok || !j.take(':') {
			return "", false
		}
		v, ok := j.value()
		if !ok {
			return "", false
		}
		if key == name {
			value, found = v, true
		}
		if !j.take(',') && !j.at('}') {
			return "", false
		}
	}
	if j.space(); j.i < len(j.s) {
		return "", false
	}
	return value, found
}

// scanner reads JSON.
type scanner struct {
	s string
	i int
}

func (j *scanner) space() {
	for j.i < len(j.s) && (j.s[j.i] == ' ' || j.s[j.i] == '\t' || j.s[j.i] == '\r' || j.s[j.i] == '\n') {
		j.i++
	}
}

func (j *scanner) at(c byte) bool {
	j.space()
	return j.i < len(j.s) && j.s[j.i] == c
}

func (j *scanner) take(c byte) bool {
	if !j.at(c) {
		return false
	}
	j.i++
	return true
}

// value reads a value: a string without its quotes, null as "", all else as it
// was written.
func (j *scanner) value() (string, bool) {
	if j.at('"') {
		return j.text()
	}
	start := j.i
	for depth := 0; j.i < len(j.s); {
		switch c := j.s[j.i]; c {
		case '"':
			if _, ok := j.text(); !ok {
				return "", false
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if c := j.s[j.i]; depth < 0 || depth == 0 && (c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n') {
			break
		}
		if j.i++; depth == 0 && (j.s[j.i-1] == '}' || j.s[j.i-1] == ']') {
			break
		}
	}
	v := j.s[start:j.i]
	if v == "null" {
		return "", true
	}
	return v, v != ""
}

// text reads a string.
func (j *scanner) text() (string, bool) {
	if !j.take('"') {
		return "", false
	}
	start, plain := j.i, true
	for j.i < len(j.s) && j.s[j.i] != '"' {
		if j.s[j.i] == '\\' {
			plain = false
			j.i++
		}
		j.i++
	}
	if j.i >= len(j.s) {
		return "", false
	}
	raw := j.s[start:j.i]
	j.i++
	if plain {
		return raw, true
	}
	b := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c == '\\' {
			i++
			switch c = raw[i]; c {
			case 'b':
				c = '\b'
			case 'f':
				c = '\f'
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			case 'u':
				r, ok := codeUnit(raw[i+1:])
				if !ok {
					return "", false
				}
				i += 4
				if low, ok := codeUnit(strings.TrimPrefix(raw[i+1:], `\u`)); ok && r&0xFC00 == 0xD800 && low&0xFC00 == 0xDC00 && raw[i+1] == '\\' {
					r = 0x10000 + (r&0x3FF)<<10 + low&0x3FF
					i += 6
				}
				b = append(b, string(r)...)
				continue
			}
		}
		b = append(b, c)
	}
	return string(b), true
}

// codeUnit reads four hex digits.
func codeUnit(s string) (r rune, ok bool) {
	if len(s) < 4 {
		return 0, false
	}
	for i := range 4 {
		v := chars.HexValue(s[i])
		if v > 15 {
			return 0, false
		}
		r = r<<4 | rune(v)
	}
	return r, true
}
