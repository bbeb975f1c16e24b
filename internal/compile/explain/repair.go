package explain

import (
	"errors"
	"go/parser"
	"go/scanner"
	"go/token"
	"slices"
	"strings"

	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// A mistake in a program's shape is seen where the parser can go on no
// longer, which is often far below the place where something is missing. So
// places are tried: each guess is an edit, and only one after which the
// program parses better counts as an explanation.

// guess is an explanation that its edit proves.
type guess struct {
	code, text, help string
	start, end       int // to be marked
	fix              edit
}

// Bounds for what trying costs, as it is done while somebody types.
const (
	parseBudget = 1 << 20  // bytes that are parsed to explain the problems of a project
	mostRepairs = 4        // problems of a project for which places are tried; what follows is mostly their echo
	repairable  = 48 << 10 // bytes of a file in which places are tried
)

// shape is how far a file parses: the number of mistakes, and where the first one is.
type shape struct{ count, first int }

func shapeOf(content []byte) shape {
	if len(unreadable(content)) > 0 {
		return shape{mostErrors, 0}
	}
	_, err := parser.ParseFile(token.NewFileSet(), "", content, parser.SkipObjectResolution)
	var list scanner.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return shape{}
	}
	inOrder(list)
	return shape{len(list), list[0].Pos.Offset}
}

// after says how well the file parses after an edit; ok is false when the budget is used up.
func (f *finding) after(e edit) (s shape, ok bool) {
	if f.src.parsed += len(f.content); f.src.parsed > parseBudget || e.start > e.end || e.end > len(f.content) {
		return s, false
	}
	s = shapeOf(apply(f.content, e))
	if s.first >= e.start+len(e.text) { // as an offset of the file as it is
		s.first += e.end - e.start - len(e.text)
	}
	return s, true
}

// now is how the file parses as it is.
func (f *finding) now() shape {
	if f.src.shapes == nil {
		f.src.shapes = map[string]shape{}
	}
	s, known := f.src.shapes[f.path]
	if !known {
		s = shapeOf(f.content)
		f.src.shapes[f.path] = s
	}
	return s
}

// mends says that the program parses better after an edit, and notes when nothing else is wrong with its shape then.
func (f *finding) mends(e edit) bool {
	after, ok := f.after(e)
	before := f.now()
	f.cured = ok && after.count == 0
	return ok && (after.count == 0 || after.first > lineEnd(f.content, min(before.first, len(f.content))) ||
		after.count < before.count && after.first >= before.first)
}

// complete adds to an edit that opens a block the } that is missing then, when that is all there is.
func (f *finding) complete(e edit) {
	if len(f.content) > repairable {
		return
	}
	mended := apply(f.content, e)
	whole := newFinding(f.path, mended, f.raw, f.src)
	l := layOut(mended)
	open, _ := l.brackets()
	for i, u := range open {
		end, _ := l.end(u)
		if i == 4 || end.start < e.start+len(e.text) {
			return
		}
		if after, ok := whole.after(end); ok && after.count == 0 {
			stop := end.end + e.end - e.start - len(e.text)
			f.fix = &edit{e.title, e.start, stop, string(apply(mended, end)[e.start : end.start+len(end.text)])}
			f.cured = true
			return
		}
	}
}

func apply(content []byte, e edit) []byte {
	mended := make([]byte, 0, len(content)+len(e.text))
	return append(append(append(mended, content[:e.start]...), e.text...), content[e.end:]...)
}

// repair looks for the guess that mends the program.
func repair(f *finding) bool {
	if f.src.repairs++; len(f.content) > repairable || f.src.repairs > mostRepairs || f.now().count == 0 {
		return false
	}
	l := layOut(f.content)
	here := l.rowAt(f.pos)
	if here < 0 {
		return false
	}
	open, extra := l.brackets()
	list := slices.Concat(
		f.colons(l, here), f.braces(l, here), f.words(l, here), f.swapped(l, here), f.early(l, here),
		f.closings(l, open), f.openings(l, extra), f.joins(l), f.leftovers(l, extra),
	)
	var best *guess
	for i := range list {
		g := &list[i]
		if after, ok := f.after(g.fix); ok && after.count == 0 {
			best = g
			break
		}
		if best == nil && f.mends(g.fix) {
			best = g
		}
	}
	if best == nil {
		return f.openOnly(l, open)
	}
	f.code, f.text, f.help, f.start, f.end, f.fix = best.code, best.text, best.help, best.start, best.end, &best.fix
	return true
}

// openOnly tells an unclosed bracket without an edit: there is more than that.
func (f *finding) openOnly(l *layout, open []unclosed) bool {
	for _, u := range open {
		if at := l.words[u.open[0]].start; at < f.pos {
			g := f.closing(l, u)
			f.code, f.text, f.help, f.start, f.end = g.code, g.text, g.help, g.start, g.end
			return true
		}
	}
	return false
}

// closings: brackets that are never closed.
func (f *finding) closings(l *layout, open []unclosed) (list []guess) {
	for _, u := range open {
		if len(list) < 8 && l.words[u.open[0]].start <= f.pos {
			list = append(list, f.closing(l, u))
		}
	}
	if len(list) > 1 { // more than one is missing: all of them together
		sum := list[0]
		first, last := list[0].fix, list[len(list)-1].fix
		if first.start == last.start {
			for _, g := range list[1:] {
				sum.fix.text = g.fix.text + strings.TrimLeft(sum.fix.text, " ")
			}
			list = append(list, sum)
		}
	}
	return list
}

func (f *finding) closing(l *layout, u unclosed) guess {
	fix, help := l.end(u)
	first, last := l.words[u.open[0]], l.words[u.open[len(u.open)-1]]
	line, _ := Position(f.content, first.start)
	g := guess{code: "go.brace", start: first.start, end: first.end, fix: fix}
	if first.text != "{" {
		g.code = "go.paren"
	}
	if len(u.open) == 1 {
		g.text = say.GoTheInLineNeverClosed(first.text, line)
	} else {
		g.text = say.GoTheAndInLineNever(first.text, last.text, line)
	}
	g.help = help
	return g
}

// colons: case and default without their colon.
func (f *finding) colons(l *layout, here int) (list []guess) {
	for r := here; r >= 0 && r > here-3; r-- {
		first, last := l.words[l.rows[r].first], l.words[l.rows[r].last]
		if first.text != "case" && first.text != "default" || last.text == ":" {
			continue
		}
		at := last.end
		if last.text == "{" && l.rows[r].last > l.rows[r].first {
			at = l.words[l.rows[r].last-1].end
		}
		list = append(list, guess{"go.colon", say.GoAMissingBehindThis(first.text),
			say.GoWrite(clipped(strings.TrimSpace(string(f.content[first.start:at]))) + ":"), first.start, at, edit{say.FixAdd(":"), at, at, ":"}})
	}
	return list
}

// braces: lines that open a block and have no {.
func (f *finding) braces(l *layout, here int) (list []guess) {
	for r := here; r >= 0 && r > here-40; r-- {
		first, last := l.rows[r].first, l.rows[r].last
		opens := false
		for i := first; i <= last; i++ {
			switch l.words[i].text {
			case "if", "for", "switch", "select":
				opens = opens || i == first || l.words[i-1].text == "else"
			case "else":
				opens = true
			case "func":
				opens = true
			case "{":
				opens = false
			}
		}
		end := l.words[last]
		if !opens || end.text == "{" || end.text == "," || r+1 < len(l.rows) && l.words[l.rows[r+1].first].text == "{" {
			continue
		}
		text := clipped(l.text(r))
		g := guess{"go.brace", say.GoAMissingAtEndThis(), say.GoWrite(text + " {"), end.start, end.end, edit{say.FixAdd("{"), end.end, end.end, " {"}}
		if end.text == ")" { // the one that ends the call came too early
			short := strings.TrimSuffix(l.text(r), ")")
			list = append(list, guess{"go.brace", say.GoABelongsHereNotThat(), say.GoWrite(clipped(short) + " {"), end.start, end.end, edit{say.FixChangeTo("{"), end.start, end.end, " {"}})
		}
		list = append([]guess{g}, list...)
		if len(list) > 8 {
			break
		}
	}
	return list
}

var (
	typedFirst  = `(?:unsigned\s+)?(?:String|string|int|float|double|bool|boolean|char|byte|long|short|uint8_t|uint16_t|uint32_t|int8_t|int16_t|int32_t|float64|float32|int64|uint8|const\s+char\s*\*)`
	cFunction   = lazyregexp.New(`^(?:static\s+)?(void|` + typedFirst + `)\s+(\w+)\s*\(([^()]*)\)\s*\{?$`)
	cArray      = lazyregexp.New(`^(?:const\s+)?(?:static\s+)?(` + typedFirst + `)\s+(\w+)\s*\[\s*(\w*)\s*\]\s*(?:=\s*(\{[^{}]*\}|"[^"]*"))?\s*;?$`)
	cParameter  = lazyregexp.New(`^\s*(` + typedFirst + `)\s*[&*]?\s*(\w+)\s*$`)
	colonTyped  = lazyregexp.New(`(\w+)\s*:\s*(\w+)`)
	colonFunc   = lazyregexp.New(`^func\s+\w+\s*\([^()]*\w\s*:\s*\w[^()]*\)`)
	plainFunc   = lazyregexp.New(`^((?:\w+\.)+(?:On\w+|Every))\(\s*((?:\w+\s+\*?[\w.]+)(?:\s*,\s*\w+\s+\*?[\w.]+)*)?\s*\)\s*\{$`)
	thenWord    = lazyregexp.New(`\s+(?:then|do)\b(\s*\{?)$`)
	goTypeNames = map[string]string{"String": "string", "float": "float64", "double": "float64", "boolean": "bool", "char": "byte", "long": "int64", "short": "int16"}
)

// goType is what a type of C or Java is called in Go.
func goType(t string) string {
	t = strings.Join(strings.Fields(t), " ")
	if name, ok := goTypeNames[t]; ok {
		return name
	}
	if strings.HasSuffix(t, "*") {
		return "string"
	}
	if name, ok := strings.CutPrefix(t, "unsigned "); ok {
		return "u" + strings.TrimPrefix(goType(name), "u")
	}
	return strings.TrimSuffix(t, "_t")
}

// goParameters turns "int n, String s" into "n int, s string". ok is false where that is not what stands there.
func goParameters(list string) (turned string, ok bool) {
	if list = strings.TrimSpace(list); list == "" || list == "void" {
		return "", true
	}
	var out []string
	for _, p := range strings.Split(list, ",") {
		m := cParameter().FindStringSubmatch(p)
		if m == nil {
			return "", false
		}
		out = append(out, m[2]+" "+goType(m[1]))
	}
	return strings.Join(out, ", "), true
}

// words: lines whose words stand in another order, or are too many.
func (f *finding) words(l *layout, here int) (list []guess) {
	start, end := l.words[l.rows[here].first].start, l.words[l.rows[here].last].end
	line := l.text(here)
	write := func(text, instead string) {
		list = append(list, guess{"go.habit", text, say.GoWrite(instead), start, end, edit{say.FixChangeTo(clipped(instead)), start, end, instead}})
	}
	if len(line) > 500 {
		return nil
	}
	if m := cFunction().FindStringSubmatch(line); m != nil {
		if p, ok := goParameters(m[3]); ok {
			result := ""
			if m[1] != "void" {
				result = " " + goType(m[1])
			}
			write(say.GoThisHowCBeginsFunction(), "func "+m[2]+"("+p+")"+result+" {")
		}
	}
	if m := cArray().FindStringSubmatch(line); m != nil {
		typ := goType(m[1])
		if m[1] == "char" && strings.HasPrefix(m[4], `"`) {
			write(say.GoArray(), m[2]+" := "+m[4])
		} else if m[4] != "" {
			write(say.GoArray(), m[2]+" := []"+typ+m[4])
		} else {
			write(say.GoArray(), "var "+m[2]+" ["+m[3]+"]"+typ)
		}
	}
	if colonFunc().MatchString(line) {
		write(say.GoBetweenNameAndItsType(), colonTyped().ReplaceAllString(line, "$1 $2"))
	}
	if m := plainFunc().FindStringSubmatch(line); m != nil {
		write(say.GoWhatToBeDoneLater(), m[1]+"(func("+m[2]+") {")
	}
	if thenWord().MatchString(line) {
		w := strings.TrimSpace(strings.TrimRight(thenWord().FindString(line), "{ "))
		write(say.GoGoHasNoSaysIt(w), thenWord().ReplaceAllString(line, " {"))
	}
	return list
}

// swapped: )} for }).
func (f *finding) swapped(l *layout, here int) (list []guess) {
	for i := l.rows[here].first; i < l.rows[here].last; i++ {
		a, b := l.words[i], l.words[i+1]
		if a.text == ")" && b.text == "}" && a.end == b.start {
			list = append(list, guess{"go.brace", say.GoAndStandInWrongOrder(), say.GoWriteWhatWasOpenedLast(), a.start, b.end, edit{say.FixChangeTo("})"), a.start, b.end, "})"}})
		}
	}
	return list
}

// early: the ) of a call stands before the { of its function, as in OnText(func(…)) {.
func (f *finding) early(l *layout, here int) []guess {
	r := l.rows[here]
	if r.last-r.first < 4 || l.words[r.last].text != "{" || l.words[r.last-1].text != ")" || l.words[r.last-2].text != ")" || !strings.Contains(l.text(here), "func(") {
		return nil
	}
	wrong := l.words[r.last-1]
	g := guess{"go.paren", say.GoThisEndsCallBeforeIts(), say.GoRemoveItHereAndWrite(), wrong.start, wrong.end,
		edit{say.GoMoveToEnd(), wrong.start, wrong.end, ""}}
	if closing, ok := l.partner(r.last); ok {
		end := l.words[closing].end
		add := ")"
		if closing+1 < len(l.words) && l.words[closing+1].text == ")" {
			add = ""
		}
		g.fix = edit{g.fix.title, wrong.start, end, string(f.content[wrong.end:end]) + add}
	}
	return []guess{g}
}

// openings: a ) that nothing opened, where a value follows a name.
func (f *finding) openings(l *layout, extra []int) (list []guess) {
	for _, x := range extra {
		if l.words[x].text != ")" {
			continue
		}
		for i := l.rows[l.rowOf[x]].first; i+1 < x; i++ {
			a, b := l.words[i], l.words[i+1]
			if a.kind == token.IDENT && (b.kind.IsLiteral() || b.text == ")") {
				list = append(list, guess{"go.paren", say.GoAMissingBehind(clipped(a.text)), say.GoWrite(clipped(a.text) + "(…)"), a.start, a.end,
					edit{say.FixAdd("("), a.end, b.start, "("}})
			}
		}
		if len(list) > 4 {
			break
		}
	}
	return list
}

// joins: two values side by side.
func (f *finding) joins(l *layout) (list []guess) {
	for i := 1; i < len(l.words); i++ {
		a, b := l.words[i-1], l.words[i]
		if b.end <= f.pos || b.start > f.pos {
			continue
		}
		value := func(w word, opening string) bool {
			return w.kind.IsLiteral() || strings.Contains(opening, w.text)
		}
		if l.rowOf[i] != l.rowOf[i-1] || !value(a, ")]") || !value(b, "([") || a.kind == token.IDENT && b.kind == token.IDENT {
			continue
		}
		g := guess{code: "go.paren", text: say.GoSomethingMissingBetweenAnd(quoted(a.text), quoted(b.text)), start: a.start, end: b.end}
		if a.kind == token.STRING || b.kind == token.STRING {
			g.help, g.fix = say.GoJoinsTwoTextsCommaStands(), edit{say.FixAdd("+"), a.end, b.start, " + "}
		} else {
			g.help, g.fix = say.GoACommaStandsBetweenTwo(), edit{say.GoAddComma(), a.end, b.start, ", "}
		}
		list = append(list, g)
	}
	return list
}

// leftovers: closing brackets that nothing opened.
func (f *finding) leftovers(l *layout, extra []int) (list []guess) {
	for _, x := range extra {
		w := l.words[x]
		start, end := w.start, w.end
		if l.begins(x) && l.rows[l.rowOf[x]].last == x { // with its line
			start = lineBegin(f.content, start)
			end = min(lineEnd(f.content, end)+1, len(f.content))
		}
		g := guess{code: "go.paren", text: say.GoThereOneTooManyText(w.text), help: say.GoRemoveIt(), start: w.start, end: w.end, fix: edit{say.GoRemove(w.text), start, end, ""}}
		if w.text == "}" {
			g.code, g.help = "go.brace", say.GoRemoveItOrLookAbove()
		}
		if list = append(list, g); len(list) > 4 {
			break
		}
	}
	return list
}
