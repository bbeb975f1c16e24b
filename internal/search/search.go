// Package search finds a text, or what a regular expression describes, in texts, and puts another in its place.
//
// Expressions are Go's: the time that they take grows with the text and no faster, so none can hang. A text is looked
// through line by line, and a context ends that between two lines, and within a very long one; only an expression that itself speaks of ends of lines
// sees the text as a whole.
//
//	e, err := search.Compile(api.Query{Text: "led", Word: true})
//	places, more := e.Find(ctx, text, 1000)
package search

import (
	"context"
	"iter"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"studioide/internal/api"
)

const (
	MaxText     = 1000    // bytes of what is looked for,
	maxWith     = 10_000  // of what takes its place,
	maxTold     = 4 << 20 // of that of all places together,
	maxGrown    = 8 << 20 // and of a text with it; a project has no larger files
	maxSteps    = 1000    // of a compiled expression: each may be tried at each letter
	longLine    = 4096    // bytes
	beforePlace = 40      // letters that are told before a place,
	ofPlace     = 200     // of it,
	afterPlace  = 120     // and after it
)

// Expression is what is looked for. It is safe for concurrent use.
type Expression struct {
	re    *regexp.Regexp
	word  bool
	whole bool // it is about several lines
	with  []part
}

// Compile takes a query apart. What cannot be looked for is a *problem.Problem.
func Compile(q api.Query) (*Expression, error) {
	if q.Text == "" {
		return nil, errNothing
	}
	if len(q.Text) > MaxText {
		return nil, errLong.With(len(q.Text), MaxText)
	}
	if len(q.With) > maxWith {
		return nil, errLongWith.With(len(q.With), maxWith)
	}
	text, with := q.Text, []part{{text: q.With}}
	if q.Regexp {
		with = template(q.With)
	} else {
		text = regexp.QuoteMeta(text)
	}
	e := &Expression{word: q.Word, with: with}
	e.whole = strings.Contains(q.Text, "\n") || q.Regexp && strings.Contains(q.Text, `\n`)
	flags := "(?"
	if !q.Case {
		flags += "i"
	}
	if e.whole {
		flags += "m"
	}
	if flags != "(?" {
		text = flags + ")" + text
	}
	if err := measure(text); err != nil {
		return nil, explain(err)
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, explain(err)
	}
	e.re = re
	return e, nil
}

// measure refuses expressions that would make of each letter much work.
func measure(text string) error {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return err
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return err
	}
	if len(program.Inst) > maxSteps {
		return errBig
	}
	return nil
}

// found is a place in a flat text: where it begins and ends, and its groups, as regexp has them.
type found struct{ groups []int }

func (f found) from() int { return f.groups[0] }
func (f found) to() int   { return f.groups[1] }

// each gives all places of a flat text, in their order, until yield wants no more or ctx ends. Where nothing is, nothing is found.
func (e *Expression) each(ctx context.Context, flat string, yield func(found) bool) {
	for start := 0; start <= len(flat) && ctx.Err() == nil; {
		end := len(flat)
		if n := strings.IndexByte(flat[start:], '\n'); n >= 0 && !e.whole {
			end = start + n
		}
		for groups := range e.all(ctx, flat[start:end]) {
			for i := range groups {
				if groups[i] >= 0 {
					groups[i] += start
				}
			}
			f := found{groups}
			if f.from() == f.to() || e.word && !isWord(flat, f.from(), f.to()) {
				continue
			}
			if !yield(f) {
				return
			}
		}
		start = end + 1
	}
}

// all gives the places of a line, as regexp does. A place may take time that grows with the line, and a line has as many as
// it has letters, so those of a very long one are asked for in twos, fours and eights, until ctx ends.
func (e *Expression) all(ctx context.Context, line string) iter.Seq[[]int] {
	if len(line) <= longLine {
		return slices.Values(e.re.FindAllStringSubmatchIndex(line, -1))
	}
	return func(yield func([]int) bool) {
		for done, n := 0, 16; ctx.Err() == nil; n *= 2 {
			places := e.re.FindAllStringSubmatchIndex(line, n)
			for _, groups := range places[done:] {
				if !yield(groups) {
					return
				}
			}
			if done = len(places); done < n {
				return
			}
		}
	}
}

// isWord tells a part of a text that is no part of a longer word.
func isWord(text string, from, to int) bool {
	first, _ := utf8.DecodeRuneInString(text[from:to])
	last, _ := utf8.DecodeLastRuneInString(text[from:to])
	before, n := utf8.DecodeLastRuneInString(text[:from])
	after, m := utf8.DecodeRuneInString(text[to:])
	return !(n > 0 && ofWord(before) && ofWord(first)) && !(m > 0 && ofWord(after) && ofWord(last))
}

func ofWord(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

// Find gives the first places of a text, and whether there are more. When ctx ends, what has been found until then is all.
func (e *Expression) Find(ctx context.Context, text string, most int) (places []api.Place, more bool) {
	flat, _ := flatten(text)
	at := cursor{text: flat, line: 1}
	told := 0
	e.each(ctx, flat, func(f found) bool {
		if more = len(places) >= most || told > maxTold; more {
			return false
		}
		p := api.Place{Text: head(flat[f.from():f.to()], ofPlace), With: e.expand(flat, f)}
		told += len(p.With)
		p.Line, p.Column = at.to(f.from())
		begin := at.begin
		p.EndLine, p.EndColumn = at.to(f.to())
		p.Before = tail(flat[begin:f.from()], beforePlace)
		rest := flat[f.to():min(len(flat), f.to()+utf8.UTFMax*(afterPlace+1))] // a line may be as long as the text
		after, _, _ := strings.Cut(rest, "\n")
		p.After = head(after, afterPlace)
		places = append(places, p)
		return true
	})
	return places, more
}

// Replace gives a text with all that is found replaced, and how often that was. What is put in has the text's own ends of
// lines. Nothing else becomes another byte. When ctx ends, nothing is replaced, nor when the text would become too large.
func (e *Expression) Replace(ctx context.Context, text string) (string, int, error) {
	flat, pairs := flatten(text)
	lineEnd := "\n"
	if first, _, ok := strings.Cut(text, "\n"); ok && strings.HasSuffix(first, "\r") {
		lineEnd = "\r\n"
	}
	var b strings.Builder
	n, done := 0, 0
	e.each(ctx, flat, func(f found) bool {
		b.WriteString(text[done:raw(pairs, f.from())])
		b.WriteString(strings.ReplaceAll(e.expand(flat, f), "\n", lineEnd))
		done = raw(pairs, f.to())
		n++
		return b.Len() <= maxGrown
	})
	if b.Len()+len(text)-done > maxGrown && n > 0 {
		return text, 0, errGrown.With(maxGrown >> 20)
	}
	if n == 0 || ctx.Err() != nil {
		return text, 0, nil
	}
	b.WriteString(text[done:])
	return b.String(), n, nil
}

// flatten gives a text in which each line ends in \n, and where in that the ends are that were two bytes long.
func flatten(text string) (flat string, pairs []int) {
	if !strings.Contains(text, "\r") {
		return text, nil
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] != '\r':
			b.WriteByte(text[i])
		case i+1 < len(text) && text[i+1] == '\n':
			pairs = append(pairs, b.Len())
			b.WriteByte('\n')
			i++
		default:
			b.WriteByte('\n')
		}
	}
	return b.String(), pairs
}

// raw is the place in the text that offset is of its flat form.
func raw(pairs []int, offset int) int {
	n, _ := slices.BinarySearch(pairs, offset)
	return offset + n
}

// cursor goes through a text and counts.
type cursor struct {
	text             string
	at, line, column int // column counts from 0
	begin            int // of the line
}

// to goes on to a place that is not before the last one, and gives its line and column.
func (c *cursor) to(offset int) (line, column int) {
	for c.at < offset {
		r, n := utf8.DecodeRuneInString(c.text[c.at:])
		c.at += n
		switch {
		case r == '\n':
			c.line, c.column, c.begin = c.line+1, 0, c.at
		case r > 0xFFFF:
			c.column += 2
		default:
			c.column++
		}
	}
	return c.line, c.column + 1
}

// head is the beginning of a text, tail its end: so many letters at most.
func head(text string, most int) string {
	n := 0
	for i := range text {
		if n++; n > most {
			return text[:i] + "…"
		}
	}
	return text
}

func tail(text string, most int) string {
	at := len(text)
	for range most {
		_, n := utf8.DecodeLastRuneInString(text[:at])
		if at -= n; at == 0 {
			return text
		}
	}
	return "…" + text[at:]
}
