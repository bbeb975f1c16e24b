package search

import (
	"strconv"
	"strings"
)

// part is a piece of what is put in: a text, or something of what was found.
type part struct {
	text  string
	group int    // when isGroup
	name  string // when isGroup, instead of group
	isOf  bool   // it is a group
}

// template takes apart what a user writes beside a regular expression: $1, $12, ${name}, $<name>, $&, $$, \n, \t, \\.
// What means nothing is itself.
func template(s string) (parts []part) {
	var plain strings.Builder
	group := func(p part) {
		if plain.Len() > 0 {
			parts = append(parts, part{text: plain.String()})
			plain.Reset()
		}
		p.isOf = true
		parts = append(parts, p)
	}
	for i := 0; i < len(s); i++ {
		next := byte(0)
		if i+1 < len(s) {
			next = s[i+1]
		}
		switch {
		case s[i] == '\\' && next == 'n':
			plain.WriteByte('\n')
			i++
		case s[i] == '\\' && next == 't':
			plain.WriteByte('\t')
			i++
		case s[i] == '\\' && next == '\\', s[i] == '$' && next == '$':
			plain.WriteByte(next)
			i++
		case s[i] == '$' && next == '&':
			group(part{})
			i++
		case s[i] == '$' && next >= '0' && next <= '9':
			digits := 1
			if i+2 < len(s) && s[i+2] >= '0' && s[i+2] <= '9' {
				digits = 2
			}
			n, _ := strconv.Atoi(s[i+1 : i+1+digits])
			group(part{group: n})
			i += digits
		case s[i] == '$' && (next == '{' || next == '<'):
			end := strings.IndexByte(s[i:], map[byte]byte{'{': '}', '<': '>'}[next])
			if end < 3 {
				plain.WriteByte(s[i])
				continue
			}
			name := s[i+2 : i+end]
			if n, err := strconv.Atoi(name); err == nil {
				group(part{group: n})
			} else {
				group(part{name: name})
			}
			i += end
		default:
			plain.WriteByte(s[i])
		}
	}
	if plain.Len() > 0 {
		parts = append(parts, part{text: plain.String()})
	}
	return parts
}

// expand is what takes a place's place. $12 is the twelfth group where there are so many, else the first one and a 2. A
// group that there is not is written as it stands.
func (e *Expression) expand(flat string, f found) string {
	var b strings.Builder
	for _, p := range e.with {
		n, rest := p.group, ""
		switch groups := len(f.groups)/2 - 1; {
		case !p.isOf:
			b.WriteString(p.text)
			continue
		case p.name != "":
			if n = e.re.SubexpIndex(p.name); n < 0 {
				b.WriteString("${" + p.name + "}")
				continue
			}
		case n > groups && n >= 10 && n/10 <= groups:
			n, rest = n/10, strconv.Itoa(n%10)
		case n > groups:
			b.WriteString("$" + strconv.Itoa(n))
			continue
		}
		if from := f.groups[2*n]; from >= 0 {
			b.WriteString(flat[from:f.groups[2*n+1]])
		}
		b.WriteString(rest)
	}
	return b.String()
}
