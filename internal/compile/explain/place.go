package explain

import (
	"bytes"
	"go/scanner"
	"go/token"
	"unicode/utf8"

	"studioide/internal/api"
)

// At makes a problem of severity error that covers the bytes start to end of a Go file.
func At(path string, content []byte, start, end int) api.Diagnostic {
	p := api.Diagnostic{Path: path, Severity: api.SeverityError, Source: "go"}
	p.Line, p.Column = Position(content, start)
	p.EndLine, p.EndColumn = Position(content, max(start, end))
	return p
}

// Position turns a byte offset into line and column, both from 1, the column in UTF-16 units as editors count.
func Position(content []byte, offset int) (line, column int) {
	offset = min(max(offset, 0), len(content))
	before := content[:offset]
	line = 1 + bytes.Count(before, []byte{'\n'})
	return line, 1 + utf16Length(before[bytes.LastIndexByte(before, '\n')+1:])
}

func utf16Length(b []byte) (n int) {
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if n++; r > 0xffff {
			n++
		}
		b = b[size:]
	}
	return n
}

// offsetOf turns a compiler's line and byte column into an offset within content.
func offsetOf(content []byte, line, column int) int {
	start := lineStart(content, line)
	return min(start+max(column-1, 0), lineEnd(content, start))
}

// lineStart is the offset of the line's first byte; lines beyond the end give the end.
func lineStart(content []byte, line int) int {
	at := 0
	for ; line > 1; line-- {
		next := bytes.IndexByte(content[at:], '\n')
		if next < 0 {
			return len(content)
		}
		at += next + 1
	}
	return at
}

// lineEnd is the offset of the line end behind at, without the line break.
func lineEnd(content []byte, at int) int {
	end := len(content)
	if n := bytes.IndexByte(content[at:], '\n'); n >= 0 {
		end = at + n
	}
	if end > at && content[end-1] == '\r' {
		end--
	}
	return end
}

// lineBegin is the offset of the first byte of the line that at is in.
func lineBegin(content []byte, at int) int { return bytes.LastIndexByte(content[:at], '\n') + 1 }

// tokenAt returns the range of the token that starts at the offset or contains it.
// At the end of a line it is the line's last character, so that there is something to mark.
func tokenAt(content []byte, offset int) (start, end int) {
	begin, stop := lineBegin(content, offset), lineEnd(content, offset)
	if offset >= stop {
		text := bytes.TrimRight(content[begin:stop], " \t\r")
		if len(text) == 0 {
			return offset, offset
		}
		_, size := utf8.DecodeLastRune(text)
		return begin + len(text) - size, begin + len(text)
	}
	_, size := utf8.DecodeRune(content[offset:])
	start, end = offset, offset+size
	if t, ok := firstToken(content[offset:min(stop, offset+4096)]); ok && t.start == 0 && t.kind != token.ILLEGAL {
		end = offset + t.end
	}
	return start, min(end, stop)
}

// word is one token of Go source.
type word struct {
	kind       token.Token
	text       string
	start, end int
}

// tokens splits source, however broken; comments and automatic semicolons are left out.
func tokens(content []byte) []word { return scan(content, len(content)+1) }

func firstToken(content []byte) (word, bool) {
	list := scan(content, 1)
	if len(list) == 0 {
		return word{}, false
	}
	return list[0], true
}

func scan(content []byte, most int) []word {
	var list []word
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(content))
	s.Init(file, content, func(token.Position, string) {}, 0)
	for {
		pos, kind, text := s.Scan()
		if kind == token.EOF {
			return list
		}
		if kind == token.SEMICOLON && text != ";" {
			continue
		}
		at := file.Offset(pos)
		if text == "" {
			text = kind.String()
		}
		list = append(list, word{kind, text, at, min(at+len(text), len(content))})
		if len(list) == most {
			return list
		}
	}
}
