package wstest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// matcher is what a message has to be. Of its fields one is set; all empty: anything.
type matcher struct {
	equals   *string
	contains *string
	matches  *regexp.Regexp
	json     []place
	bytes    []byte
	binary   bool // has to be these bytes
}

// place is a value within a message that is JSON.
type place struct {
	path    string
	way     []any // names and indexes that lead to it
	value   *node
	matches *regexp.Regexp // instead of value
}

// arrival is a message that came.
type arrival struct {
	binary bool
	data   []byte
	size   int // of all of it; data may hold less
}

func (r *setReader) matcher(n *node, name string) *matcher {
	m := &matcher{}
	if text, is := n.value.(string); is {
		if m.matches = r.slashes(text, n.line); m.matches == nil {
			m.equals = &text
		}
		return m
	}
	what := r.oneOf(n, name, "equals", "contains", "matches", "json", "hex", "base64", "anything")
	if what == nil {
		return m
	}
	switch what.name {
	case "equals":
		text := r.text(what.node, what.name)
		m.equals = &text
	case "contains":
		text := r.text(what.node, what.name)
		m.contains = &text
	case "matches":
		text := r.text(what.node, what.name)
		if m.matches = r.slashes(text, what.line); m.matches == nil {
			m.matches = r.expression(text, what.line)
		}
	case "json":
		m.json = r.places(what.node)
	case "anything":
	default:
		m.bytes, m.binary = r.bytes(what), true
	}
	return m
}

// slashes is the expression of a text like /Reply for .*/ or /on|off/i; nil: it is none.
func (r *setReader) slashes(text string, line int) *regexp.Regexp {
	inner, folds := strings.CutSuffix(text, "/i")
	if !folds {
		var is bool
		if inner, is = strings.CutSuffix(text, "/"); !is {
			return nil
		}
	}
	inner, is := strings.CutPrefix(inner, "/")
	if !is || inner == "" {
		return nil
	}
	if folds {
		inner = "(?i)" + inner
	}
	return r.expression(inner, line)
}

func (r *setReader) expression(text string, line int) *regexp.Regexp {
	e, err := regexp.Compile(text)
	if err != nil {
		r.bad(line, say.WstestExpression(strings.TrimPrefix(err.Error(), "error parsing regexp: ")))
		return nil
	}
	return e
}

// places reads {"led.on": true}; what is no object is compared with the whole message.
func (r *setReader) places(n *node) []place {
	fields, is := n.value.([]field)
	if !is {
		return []place{{value: n}}
	}
	list := []place{}
	for _, f := range fields {
		p := place{path: f.name, value: f.node}
		var ok bool
		if p.way, ok = wayTo(f.name); !ok {
			r.bad(f.line, say.WstestJsonPath(f.name))
		}
		if text, is := f.value.(string); is {
			p.matches = r.slashes(text, f.line)
		}
		list = append(list, p)
	}
	return list
}

var pathPart = lazyregexp.New(`^(?:\.?([\p{L}_][\p{L}\p{N}_-]*)|\[(\d{1,6})\]|\["([^"]+)"\])`)

// wayTo takes a path apart: led.on, list[0].name, ["a b"].c, with or without $ before it.
func wayTo(path string) (way []any, ok bool) {
	rest := strings.TrimPrefix(path, "$")
	if rest == "" {
		return nil, true
	}
	for rest != "" {
		m := pathPart().FindStringSubmatch(rest)
		switch {
		case m == nil:
			return nil, false
		case m[2] != "":
			i, _ := strconv.Atoi(m[2])
			way = append(way, i)
		default:
			way = append(way, m[1]+m[3])
		}
		rest = rest[len(m[0]):]
	}
	return way, true
}

// fits tells whether a message is what was wanted; what its expression found goes into values. fill errors are told.
func (m *matcher) fits(a arrival, v values) (bool, error) {
	if m == nil {
		return true, nil
	}
	if m.binary {
		return a.binary && bytes.Equal(a.data, m.bytes) && a.size == len(a.data), nil
	}
	text := string(a.data)
	if !utf8.ValidString(text) {
		return m.equals == nil && m.contains == nil && m.matches == nil && m.json == nil, nil
	}
	switch {
	case m.equals != nil:
		want, err := v.fill(*m.equals)
		return text == want && a.size == len(a.data), err
	case m.contains != nil:
		want, err := v.fill(*m.contains)
		return strings.Contains(text, want), err
	case m.matches != nil:
		return v.find(m.matches, text), nil
	case m.json != nil:
		return m.fitsJSON(a.data, v)
	}
	return true, nil
}

// find keeps what an expression's groups have found, by number and name.
func (v values) find(e *regexp.Regexp, text string) bool {
	found := e.FindStringSubmatch(text)
	if found == nil {
		return false
	}
	for i, name := range e.SubexpNames() {
		v[strconv.Itoa(i)] = found[i]
		if name != "" {
			v[name] = found[i]
		}
	}
	return true
}

func (m *matcher) fitsJSON(data []byte, v values) (bool, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var whole any
	if d.Decode(&whole) != nil || d.More() {
		return false, nil
	}
	for _, p := range m.json {
		got, there := follow(whole, p.way)
		if !there {
			return false, nil
		}
		if p.matches != nil {
			text, isText := got.(string)
			if !isText {
				text = fmt.Sprint(got)
			}
			if !v.find(p.matches, text) {
				return false, nil
			}
			continue
		}
		same, err := p.value.equals(got, v)
		if !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

func follow(at any, way []any) (any, bool) {
	for _, step := range way {
		switch step := step.(type) {
		case string:
			object, _ := at.(map[string]any)
			next, there := object[step]
			if !there {
				return nil, false
			}
			at = next
		case int:
			list, _ := at.([]any)
			if step >= len(list) {
				return nil, false
			}
			at = list[step]
		}
	}
	return at, true
}

// equals compares a value of the file with one of a message: numbers by what they are worth, objects without their order.
func (n *node) equals(got any, v values) (bool, error) {
	switch want := n.value.(type) {
	case string:
		text, err := v.fill(want)
		switch got := got.(type) {
		case string:
			return got == text, err
		case json.Number: // "{{n}}" is a number
			return isCalculated(want) && sameNumber(got, json.Number(text)), err
		}
		return false, err
	case json.Number:
		number, is := got.(json.Number)
		return is && sameNumber(number, want), nil
	case []*node:
		list, is := got.([]any)
		if !is || len(list) != len(want) {
			return false, nil
		}
		for i := range want {
			if same, err := want[i].equals(list[i], v); !same {
				return false, err
			}
		}
		return true, nil
	case []field:
		object, is := got.(map[string]any)
		if !is || len(object) != len(want) {
			return false, nil
		}
		for _, f := range want {
			value, there := object[f.name]
			if !there {
				return false, nil
			}
			if same, err := f.equals(value, v); !same {
				return false, err
			}
		}
		return true, nil
	}
	return n.value == got, nil // nil, bool
}

func sameNumber(a, b json.Number) bool {
	if a == b {
		return true
	}
	x, errX := a.Float64()
	y, errY := b.Float64()
	return errX == nil && errY == nil && x == y
}

// expressions are those whose groups give values.
func (m *matcher) expressions() (list []*regexp.Regexp) {
	if m == nil {
		return nil
	}
	if m.matches != nil {
		list = append(list, m.matches)
	}
	for _, p := range m.json {
		if p.matches != nil {
			list = append(list, p.matches)
		}
	}
	return list
}

// texts are those in which variables may stand.
func (m *matcher) texts() (list []string) {
	if m == nil {
		return nil
	}
	for _, t := range []*string{m.equals, m.contains} {
		if t != nil {
			list = append(list, *t)
		}
	}
	for _, p := range m.json {
		if p.matches == nil {
			var b strings.Builder
			p.value.plain(&b, func(s string) string { list = append(list, s); return s })
		}
	}
	return list
}
