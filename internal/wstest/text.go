package wstest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"studioide/ui/src/words/say"
)

// node is a value of a JSON file that knows its line, which encoding/json's own values do not.
type node struct {
	line  int
	value any // nil, bool, json.Number, string, []*node or []field
}

type field struct {
	name string
	line int
	*node
}

func (n *node) fields() []field { f, _ := n.value.([]field); return f }

// get is the field of that name; nil when there is none.
func (n *node) get(name string) *node {
	for _, f := range n.fields() {
		if f.name == name {
			return f.node
		}
	}
	return nil
}

// plain writes a value as JSON, with its texts as change makes them.
func (n *node) plain(b *strings.Builder, change func(string) string) {
	switch v := n.value.(type) {
	case []field:
		b.WriteByte('{')
		for i, f := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(quoted(f.name) + ":")
			f.plain(b, change)
		}
		b.WriteByte('}')
	case []*node:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			item.plain(b, change)
		}
		b.WriteByte(']')
	case string:
		text := change(v)
		if text != v && isCalculated(v) && json.Valid([]byte(text)) { // "{{n}}" alone is a number
			b.WriteString(text)
			return
		}
		b.WriteString(quoted(text))
	default:
		plain, _ := json.Marshal(v) // nil, bool, json.Number
		b.Write(plain)
	}
}

func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(s) // a text can always be encoded
	return strings.TrimSuffix(b.String(), "\n")
}

const deepest = 50 // lists and objects in each other

// parse reads a file's JSON; what is wrong with it is told with its line.
func parse(content []byte) (*node, error) {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(content) {
		return nil, errBadFile.With(1, say.WstestNotUtf8())
	}
	var wrong *json.SyntaxError
	if err := json.Unmarshal(content, new(any)); errors.As(err, &wrong) {
		return nil, errBadFile.With(unreadable(content, wrong)).Because(err)
	} else if err != nil {
		return nil, errBadFile.With(1, say.WstestUnreadable()).Because(err)
	}
	r := reader{d: json.NewDecoder(bytes.NewReader(content)), content: content, line: 1}
	r.d.UseNumber()
	return r.value(0)
}

// unreadable finds the line of a mistake, and says in words what it is.
func unreadable(content []byte, err *json.SyntaxError) (int, string) {
	at := min(max(int(err.Offset)-1, 0), max(len(content)-1, 0))
	before := bytes.TrimRight(content[:at], " \t\r\n")
	lineOf := func(at int) int { return 1 + bytes.Count(content[:at], []byte("\n")) }
	if len(content) == 0 || strings.Contains(err.Error(), "unexpected end") {
		return lineOf(len(content)), say.WstestEndsEarly()
	}
	c, last := content[at], byte(0)
	if len(before) > 0 {
		last = before[len(before)-1]
	}
	message := err.Error()
	switch {
	case strings.Contains(message, "in string"):
		return lineOf(at), say.WstestOpenText()
	case strings.Contains(message, "after top-level value"):
		return lineOf(at), say.WstestAfterEnd(string(c))
	case last == ',' && (c == '}' || c == ']'):
		return lineOf(len(before)), say.WstestCommaTooMany(string(c))
	case strings.Contains(message, "after object key:value pair"), strings.Contains(message, "after array element"):
		return lineOf(len(before)), say.WstestCommaMissing()
	case strings.Contains(message, "after object key"):
		return lineOf(at), say.WstestColonMissing()
	case c == '/':
		return lineOf(at), say.WstestNoComments()
	case c == '\'', strings.Contains(message, "object key string"):
		return lineOf(at), say.WstestQuotes()
	}
	return lineOf(at), say.WstestNotExpected(string(rune(c)))
}

// reader makes nodes of a text that is JSON for certain.
type reader struct {
	d       *json.Decoder
	content []byte
	at      int // bytes that were counted
	line    int // of the byte at at
}

// token is the next one with its line.
func (r *reader) token() (json.Token, int, error) {
	t, err := r.d.Token()
	if err != nil && err != io.EOF {
		return nil, r.line, err
	}
	end := int(r.d.InputOffset())
	r.line += bytes.Count(r.content[r.at:end], []byte("\n")) // a token has no line break in it
	r.at = end
	return t, r.line, nil
}

func (r *reader) value(depth int) (*node, error) {
	t, line, err := r.token()
	if err != nil {
		return nil, errBadFile.With(line, say.WstestUnreadable()).Because(err)
	}
	n := &node{line: line, value: t}
	if depth > deepest {
		return nil, errBadFile.With(line, say.WstestTooDeep())
	}
	switch t {
	case json.Delim('['):
		items := []*node{}
		for r.d.More() {
			item, err := r.value(depth + 1)
			if err != nil {
				return nil, err
			}
			items = append(items, item)
		}
		n.value = items
		r.token()
	case json.Delim('{'):
		fields, known := []field{}, map[string]bool{}
		for r.d.More() {
			name, at, _ := r.token()
			f := field{name: name.(string), line: at}
			if f.node, err = r.value(depth + 1); err != nil {
				return nil, err
			}
			if known[f.name] {
				return nil, errBadFile.With(at, say.WstestTwice(f.name))
			}
			known[f.name] = true
			fields = append(fields, f)
		}
		n.value = fields
		r.token()
	}
	return n, nil
}
