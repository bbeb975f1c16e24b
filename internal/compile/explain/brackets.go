package explain

import (
	"strings"

	"studioide/ui/src/words/say"
)

// row is a line of Go source that has tokens: words[first] to words[last].
type row struct {
	first, last int
	indent      int // in columns; a tab counts as four
}

// layout is a file as its brackets see it.
type layout struct {
	content []byte
	words   []word
	rows    []row
	rowOf   []int // by word
}

func layOut(content []byte) *layout {
	l := &layout{content: content, words: tokens(content)}
	line := -1
	for i, w := range l.words {
		if begin := lineBegin(content, w.start); begin != line {
			line = begin
			indent := 0
			for _, c := range content[begin:w.start] {
				if indent++; c == '\t' {
					indent += 3
				}
			}
			l.rows = append(l.rows, row{first: i, indent: indent})
		}
		l.rows[len(l.rows)-1].last = i
		l.rowOf = append(l.rowOf, len(l.rows)-1)
	}
	return l
}

// rowAt is the row that the offset is in, or the last one before it; -1: none.
func (l *layout) rowAt(offset int) int {
	at := -1
	for i, r := range l.rows {
		if lineBegin(l.content, l.words[r.first].start) > offset {
			break
		}
		at = i
	}
	return at
}

// text is a row's source from its first token to its last.
func (l *layout) text(r int) string {
	return string(l.content[l.words[l.rows[r].first].start:l.words[l.rows[r].last].end])
}

func (l *layout) begins(word int) bool { return l.rows[l.rowOf[word]].first == word }

func (l *layout) indentOf(word int) int { return l.rows[l.rowOf[word]].indent }

// margin is the white space before the first token of a word's line.
func (l *layout) margin(word int) string {
	first := l.words[l.rows[l.rowOf[word]].first].start
	return string(l.content[lineBegin(l.content, first):first])
}

var closerOf = map[string]string{"(": ")", "[": "]", "{": "}"}

// unclosed is a run of opening brackets without their closing ones.
type unclosed struct {
	open []int // words, the outermost first; all in one line
	seen int   // the word at which it showed; len(words) at the end of the file
}

func (l *layout) closers(u unclosed) string {
	var b strings.Builder
	for i := len(u.open) - 1; i >= 0; i-- {
		b.WriteString(closerOf[l.words[u.open[i]].text])
	}
	return b.String()
}

// brackets finds the opening brackets that are never closed and the closing
// ones that nothing opened. Where several could be meant, the indentation
// decides: a line that begins with a closing bracket stands as far right as
// the line that opened it. A file whose brackets fit has neither.
func (l *layout) brackets() (open []unclosed, extra []int) {
	if l.balanced() {
		return nil, nil
	}
	var stack []int
	missing := func(from, seen int) {
		for _, w := range stack[from:] {
			if n := len(open); n > 0 && open[n-1].seen == seen && l.rowOf[open[n-1].open[0]] == l.rowOf[w] {
				open[n-1].open = append(open[n-1].open, w)
			} else {
				open = append(open, unclosed{[]int{w}, seen})
			}
		}
		stack = stack[:from]
	}
	for i, w := range l.words {
		switch w.text {
		case "(", "[", "{":
			stack = append(stack, i)
			continue
		case "func":
			named := i+1 < len(l.words) && isName(l.words[i+1].text)
			if named && l.begins(i) && l.indentOf(i) == 0 && len(stack) > 0 {
				missing(0, i)
			}
			continue
		case ")", "]", "}":
		default:
			continue
		}
		if len(stack) == 0 {
			extra = append(extra, i)
			continue
		}
		opener := func(depth int) int { return stack[len(stack)-1-depth] }
		depth := 0 // of the bracket that w closes
		for depth < len(stack) && closerOf[l.words[opener(depth)].text] != w.text {
			depth++
		}
		if depth == len(stack) {
			extra = append(extra, i)
			continue
		}
		if l.begins(i) && l.rowOf[opener(depth)] != l.rowOf[i] && l.indentOf(i) < l.indentOf(opener(depth)) {
			for deeper := depth + 1; deeper < len(stack); deeper++ {
				if o := opener(deeper); closerOf[l.words[o].text] == w.text && l.indentOf(o) == l.indentOf(i) {
					depth = deeper
					break
				}
			}
		}
		missing(len(stack)-depth, i)
		stack = stack[:len(stack)-1]
	}
	missing(0, len(l.words))
	return open, extra
}

// balanced says that each bracket has its partner.
func (l *layout) balanced() bool {
	var stack []string
	for _, w := range l.words {
		switch w.text {
		case "(", "[", "{":
			stack = append(stack, closerOf[w.text])
		case ")", "]", "}":
			if len(stack) == 0 || stack[len(stack)-1] != w.text {
				return false
			}
			stack = stack[:len(stack)-1]
		}
	}
	return len(stack) == 0
}

// partner is the word that closes the bracket at word; ok is false when there is none.
func (l *layout) partner(word int) (closing int, ok bool) {
	depth := 0
	for i := word; i < len(l.words); i++ {
		switch l.words[i].text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth == 0 {
				return i, l.words[i].text == closerOf[l.words[word].text]
			}
		}
	}
	return 0, false
}

// end is the edit that closes u where its indentation ends, and what to do in words.
func (l *layout) end(u unclosed) (e edit, help string) {
	closers := l.closers(u)
	last := u.open[len(u.open)-1]
	own := l.rowOf[last]
	indent := l.rows[own].indent
	if head := l.words[l.rows[own].first].text; closers == ")" && l.rows[own].last > last+1 && l.words[l.rows[own].last].text == "{" && (head == "if" || head == "for" || head == "switch" || head == "}") {
		at := l.words[l.rows[own].last-1].end
		return edit{say.FixAdd(closers), at, at, closers}, say.GoAddBefore(closers, "{")
	}
	next := own + 1
	for next < len(l.rows) && l.words[l.rows[next].first].start < l.seenAt(u) {
		r := l.rows[next]
		switch first := l.words[r.first].text; {
		case r.indent > indent, first == "case" && r.indent == indent, first == "default" && r.indent == indent:
		case r.indent == indent && strings.Contains(")]}", first):
		default:
			return l.before(next, own, closers)
		}
		next++
	}
	if u.seen < len(l.words) && l.rowOf[u.seen] == own || u.seen < len(l.words) && !l.begins(u.seen) {
		at := l.words[u.seen].start
		return edit{say.FixAdd(closers), at, at, closers}, say.GoAddBefore(closers, l.words[u.seen].text)
	}
	if next < len(l.rows) {
		return l.before(next, own, closers)
	}
	return l.before(len(l.rows), own, closers)
}

func (l *layout) seenAt(u unclosed) int {
	if u.seen < len(l.words) {
		return l.words[u.seen].start
	}
	return len(l.content)
}

// before puts closers where row next begins: behind the row above when that is where the bracket was opened or closes
// something of its own, else on a line of their own.
func (l *layout) before(next, own int, closers string) (e edit, help string) {
	title := say.FixAdd(closers)
	if next < len(l.rows) {
		w := l.words[l.rows[next].first]
		if w.text == "else" && closers == "}" {
			return edit{title, w.start, w.start, "} "}, say.GoAddBeforeElse(closers)
		}
		if strings.Contains(")]", w.text) && l.rows[next].indent == l.rows[own].indent {
			return edit{title, w.start, w.start, closers}, say.GoAddBefore(closers, w.text)
		}
	}
	above := l.words[l.rows[next-1].last]
	line, _ := Position(l.content, above.start)
	if next-1 == own && !strings.HasPrefix(closers, "}") || l.rows[next-1].indent == l.rows[own].indent && next-1 != own && strings.Contains(")]}", l.words[l.rows[next-1].first].text) {
		return edit{title, above.end, above.end, closers}, say.GoAddInLine(closers, line)
	}
	at := above.end
	if stop := lineEnd(l.content, at); stop > at { // behind its comment
		at = stop
	}
	margin := l.margin(l.rows[own].first)
	return edit{title, at, at, "\n" + margin + closers}, say.GoAddBelowLine(closers, line)
}
