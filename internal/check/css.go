package check

import (
	"bytes"
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

//go:embed css.txt
var cssTable string

// property is what a CSS property takes: kinds of values as cssgen names them, and words.
type property struct {
	kinds string
	words map[string]bool
}

func (p property) takes(kinds string) bool { return strings.ContainsAny(p.kinds, kinds) }

// properties is the table of CSS; "colours" in it has the names of colours.
var properties = sync.OnceValue(func() map[string]property {
	table := map[string]property{}
	for line := range strings.Lines(cssTable) {
		f := strings.Fields(line)
		if len(f) < 2 || f[0] == "#" {
			continue
		}
		words := map[string]bool{}
		for _, w := range f[2:] {
			words[w] = true
		}
		table[f[0]] = property{f[1], words}
	}
	return table
})

var propertyNames = sync.OnceValue(func() (names []string) {
	for name := range properties() {
		if name != "colours" && !strings.HasPrefix(name, "-") {
			names = append(names, name)
		}
	}
	return names
})

// cssToken is a token of a style sheet; offsets are bytes of the file.
type cssToken struct {
	kind       css.TokenType
	text       string
	start, end int
}

// styleReader looks at the declarations of a style sheet: names, values, and the ; between them. The shape (braces,
// comments, texts) is esbuild's.
type styleReader struct {
	name   string
	file   []byte
	found  []api.Diagnostic
	tokens []cssToken
}

// styleValues checks the declarations of CSS that begins at offset base of the file. inline: the value of a style attribute.
func styleValues(name string, file []byte, base int, code []byte, inline bool) []api.Diagnostic {
	s := &styleReader{name: name, file: file}
	s.tokens = s.scan(base, code)
	s.read(inline)
	return s.found
}

// scan splits CSS into tokens, without its comments.
func (s *styleReader) scan(base int, code []byte) (list []cssToken) {
	lexer := css.NewLexer(parse.NewInputBytes(bytes.Clone(code)))
	at := base
	for {
		kind, text := lexer.Next()
		if kind == css.ErrorToken {
			return list
		}
		if kind != css.CommentToken {
			list = append(list, cssToken{kind, string(text), at, at + len(text)})
		}
		at += len(text)
	}
}

func (s *styleReader) report(code string, from, to cssToken, text, help string) *api.Diagnostic {
	p := at(s.name, "css", s.file, from.start, to.end)
	p.Severity, p.Code, p.Text, p.Help = api.SeverityWarning, "css."+code, text, help
	if len(s.found) >= maxProblems {
		return &api.Diagnostic{}
	}
	s.found = append(s.found, p)
	return &s.found[len(s.found)-1]
}

// read splits rules and declarations: what ends with { is the head of a rule, what ends with ; or } a declaration.
func (s *styleReader) read(inline bool) {
	blocks := []bool{inline} // whether declarations stand here, by depth
	first, depth := 0, 0     // of the part that is being read; brackets open in it
	flush := func(end int) {
		if blocks[len(blocks)-1] {
			s.declaration(s.tokens[first:end])
		}
		first, depth = end+1, 0
	}
	for i, t := range s.tokens {
		switch t.kind {
		case css.LeftParenthesisToken, css.FunctionToken, css.LeftBracketToken:
			depth++
		case css.RightParenthesisToken, css.RightBracketToken:
			depth = max(depth-1, 0)
		case css.LeftBraceToken:
			head := trimTokens(s.tokens[first:i])
			declarations := true
			if len(head) > 0 && head[0].kind == css.AtKeywordToken {
				switch strings.ToLower(head[0].text) {
				case "@font-face", "@page", "@property", "@counter-style", "@font-feature-values", "@font-palette-values", "@view-transition", "@position-try":
					declarations = false // they have words of their own
				}
			}
			s.head(head)
			blocks = append(blocks, declarations)
			first, depth = i+1, 0
		case css.RightBraceToken:
			flush(i)
			if len(blocks) > 1 {
				blocks = blocks[:len(blocks)-1]
			}
		case css.SemicolonToken:
			if depth == 0 {
				flush(i)
			}
		}
	}
	if first < len(s.tokens) {
		flush(len(s.tokens))
	}
}

var (
	atRules = set(`@charset @color-profile @container @counter-style @font-face @font-feature-values @font-palette-values @import @keyframes @layer @media @namespace @page @position-try
		@property @scope @starting-style @supports @view-transition`)
	pseudoElements = set(`after backdrop before cue details-content file-selector-button first-letter first-line grammar-error highlight marker part placeholder selection slotted spelling-error target-text
		view-transition view-transition-group view-transition-image-pair view-transition-new view-transition-old`)
	pseudoClasses = set(`active any-link autofill checked default defined dir disabled empty enabled first first-child first-of-type focus focus-visible focus-within fullscreen has host hover in-range
		indeterminate invalid is lang last-child last-of-type left link modal muted not nth-child nth-last-child nth-last-of-type nth-of-type only-child only-of-type open optional out-of-range
		paused picture-in-picture placeholder-shown playing popover-open read-only read-write required right root scope state target user-invalid user-valid valid visited where`)
	drawn = set(`animate circle clippath defs desc ellipse filter foreignobject g image line lineargradient marker mask metadata path pattern polygon polyline radialgradient rect stop switch symbol text
		textpath tspan use view math mi mn mo ms mtext mrow mfrac msup msub`)
)

// head looks at the selector of a rule, or the name of an at-rule.
func (s *styleReader) head(list []cssToken) {
	if len(list) == 0 {
		return
	}
	if list[0].kind == css.AtKeywordToken {
		name := strings.ToLower(list[0].text)
		if near, ok := explain.Near(name, keys(atRules)); ok && !atRules[name] && !strings.HasPrefix(name, "@-") {
			p := s.report("at-rule", list[0], list[0], say.CssAtRule(clip(name)), say.DidYouMean(near))
			p.Fix = fix(s.file, say.FixChangeTo(near), list[0].start, list[0].end, near)
		}
		return
	}
	for i, t := range list {
		if t.kind == css.DelimToken && t.text == "/" {
			return // no comment, which is told
		}
		if i > 100 || t.kind != css.IdentToken {
			continue
		}
		word := strings.ToLower(t.text)
		before := func(n int) string {
			if i < n {
				return ""
			}
			return list[i-n].text
		}
		switch {
		case before(1) == ":" && before(2) == ":":
			if pseudoClasses[word] && !pseudoElements[word] {
				p := s.report("pseudo", list[i-2], t, say.CssPseudo("::"+word), say.DidYouMean(":"+word))
				p.Fix = fix(s.file, say.GoRemove(":"), list[i-2].start, list[i-2].end, "")
			} else if near, ok := explain.Near(word, keys(pseudoElements)); ok && !pseudoElements[word] && !strings.HasPrefix(word, "-") {
				p := s.report("pseudo", t, t, say.CssPseudo("::"+clip(word)), say.DidYouMean("::"+near))
				p.Fix = fix(s.file, say.FixChangeTo(near), t.start, t.end, near)
			}
		case before(1) == ":":
			if near, ok := explain.Near(word, keys(pseudoClasses)); ok && !pseudoClasses[word] && !pseudoElements[word] && !strings.HasPrefix(word, "-") {
				p := s.report("pseudo", t, t, say.CssPseudo(":"+clip(word)), say.DidYouMean(":"+near))
				p.Fix = fix(s.file, say.FixChangeTo(near), t.start, t.end, near)
			}
		case i > 0 && list[i-1].kind != css.WhitespaceToken && list[i-1].kind != css.CommaToken && before(1) != ">" && before(1) != "+" && before(1) != "~":
		case known[word] || drawn[word] || strings.ContainsAny(word, "-|") || i+1 < len(list) && strings.ContainsAny(list[i+1].text, "|=])"):
		case word == "from" || word == "to":
		default:
			s.noTag(t)
		}
	}
}

// noTag: led { color: red } for what has the class or the id led.
func (s *styleReader) noTag(t cssToken) {
	p := s.report("no-tag", t, t, say.CssNoTag(clip(t.text)), say.CssNoTagHelp(clip(t.text)))
	if near, ok := explain.Near(strings.ToLower(t.text), tagNames); ok && len(t.text) > 3 {
		p.Help = say.DidYouMean(near)
		p.Fix = fix(s.file, say.FixChangeTo(near), t.start, t.end, near)
	}
	for sign, has := range map[string]string{".": "class", "#": "id"} {
		for _, quote := range []string{`"`, "'"} {
			if bytes.Contains(s.file, []byte(has+"="+quote+t.text+quote)) {
				p.Help = say.GoWrite(sign + clip(t.text))
				p.Fix = fix(s.file, say.FixAdd(sign), t.start, t.start, sign)
			}
		}
	}
}

func keys(m map[string]bool) (list []string) {
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

func trimTokens(list []cssToken) []cssToken {
	for len(list) > 0 && list[0].kind == css.WhitespaceToken {
		list = list[1:]
	}
	for len(list) > 0 && list[len(list)-1].kind == css.WhitespaceToken {
		list = list[:len(list)-1]
	}
	return list
}

// declaration checks one "name: value", or two with no ; between them.
func (s *styleReader) declaration(list []cssToken) {
	list = trimTokens(list)
	if len(list) < 2 || list[0].kind != css.IdentToken {
		return
	}
	colon := 1
	if list[colon].kind == css.WhitespaceToken {
		colon++
	}
	if colon < len(list) && list[colon].text == "=" {
		p := s.report("equals", list[colon], list[colon], say.CssEquals(), say.GoWrite(clip(list[0].text)+": …"))
		p.Fix = fix(s.file, say.FixChangeTo(":"), list[colon].start, list[colon].end, ":")
		return
	}
	if colon >= len(list) || list[colon].kind != css.ColonToken {
		return
	}
	name, value := list[0], list[colon+1:]
	value = s.split(value)
	s.judge(name, trimTokens(value))
}

// split finds the next declaration in a value, tells that a ; is missing before it, and gives what belongs to this one.
func (s *styleReader) split(value []cssToken) []cssToken {
	depth := 0
	for i, t := range value {
		switch t.kind {
		case css.LeftParenthesisToken, css.FunctionToken:
			depth++
		case css.RightParenthesisToken:
			depth--
		}
		if t.kind != css.ColonToken || depth > 0 || i < 2 {
			continue
		}
		n := i - 1
		if value[n].kind == css.WhitespaceToken {
			n--
		}
		if n < 1 || value[n].kind != css.IdentToken || value[n-1].kind != css.WhitespaceToken {
			continue
		}
		if _, is := properties()[strings.ToLower(value[n].text)]; !is && !strings.Contains(value[n-1].text, "\n") {
			continue
		}
		before := trimTokens(value[:n])
		if len(before) == 0 {
			return value
		}
		last := before[len(before)-1]
		if last.kind == css.CommaToken && len(before) > 1 {
			p := s.report("semicolon", last, last, say.CssCommaEnd(), say.GoWrite(";"))
			p.Severity = api.SeverityError
			p.Fix = fix(s.file, say.FixChangeTo(";"), last.start, last.end, ";")
			s.declaration(value[n:])
			return before[:len(before)-1]
		}
		text := say.CssAMissingAtEndThis()
		if !strings.Contains(value[n-1].text, "\n") {
			text = say.CssSemicolonHere(clip(last.text))
		}
		p := s.report("semicolon", last, last, text, say.CssEachLineRuleEndsWith())
		p.Severity = api.SeverityError
		p.Fix = fix(s.file, say.FixAdd(";"), last.end, last.end, ";")
		s.declaration(value[n:])
		return value[:n]
	}
	return value
}

var (
	hexDigits = lazyregexp.New(`^[0-9a-fA-F]+$`)
	cssWide   = set("inherit initial unset revert revert-layer")
	cssUnits  = set(`px em rem ex rex ch rch cap rcap ic ric lh rlh vw vh vi vb vmin vmax svw svh svi svb svmin svmax lvw lvh lvi lvb lvmin lvmax dvw dvh dvi dvb dvmin dvmax
		cm mm q in pt pc cqw cqh cqi cqb cqmin cqmax fr deg grad rad turn s ms hz khz dpi dpcm dppx x`)
	unitNames = func() (names []string) {
		for u := range cssUnits {
			if len(u) > 1 {
				names = append(names, u)
			}
		}
		return names
	}()
)

var spelledOut = map[string]string{"pixel": "px", "pixels": "px", "percent": "%", "sec": "s", "seconds": "s", "second": "s", "millis": "ms", "milliseconds": "ms", "degrees": "deg", "degree": "deg"}

func hexColour(digits string) bool {
	n := len(digits)
	return (n == 3 || n == 4 || n == 6 || n == 8) && hexDigits().MatchString(digits)
}

// judge looks at a declaration's name and at each part of its value. What needs more than the parts is not judged.
func (s *styleReader) judge(name cssToken, value []cssToken) {
	key := strings.ToLower(name.text)
	if strings.HasPrefix(key, "-") || key == "color-adjust" {
		return // custom, one browser's, or the name that print-color-adjust had
	}
	p, known := properties()[key]
	if !known || key == "colours" {
		problem := s.report("property", name, name, say.CssThereNoProperty(clip(name.text)), say.CssCheckItsSpelling())
		near, ok := otherNames[key]
		if !ok {
			near, ok = explain.Near(key, propertyNames())
		}
		if ok {
			problem.Help = say.DidYouMean(near)
			problem.Fix = fix(s.file, say.FixChangeTo(near), name.start, name.end, near)
		}
		return
	}
	if len(value) == 0 {
		s.report("value", name, name, say.CssHasNoValue(clip(name.text)), say.CssWriteItBehindColonAs(key, example(p)))
		return
	}
	if p.takes("/") {
		return
	}
	for _, t := range value { // a function may stand for anything
		if t.kind == css.FunctionToken && !p.takes("f") && !numeric(t.text) && !(p.takes("c") && colourFunction(t.text)) {
			return
		}
	}
	depth := 0
	for i, t := range value {
		if depth == 0 && s.apart(key, p, value, i) {
			return
		}
		switch t.kind {
		case css.FunctionToken, css.LeftParenthesisToken:
			depth++
			continue
		case css.RightParenthesisToken:
			depth--
			continue
		}
		if depth > 0 {
			continue
		}
		if t.kind == css.DelimToken && t.text == "!" {
			return // !important
		}
		if s.part(key, p, t, i > 0 && value[i-1].kind == css.DelimToken) {
			return // one is enough
		}
	}
}

// otherNames are what people call properties.
var otherNames = map[string]string{"font-color": "color", "text-color": "color", "bg-color": "background-color", "background-colour": "background-color", "font-colour": "color",
	"text-size": "font-size", "bgcolor": "background-color", "backgroundcolor": "background-color", "border-size": "border-width", "radius": "border-radius", "visible": "visibility", "rotation": "rotate",
	"align-text": "text-align", "font-name": "font-family", "font-bold": "font-weight", "bold": "font-weight", "text-style": "font-style", "background-img": "background-image", "corner-radius": "border-radius", "border-rounded": "border-radius", "align": "text-align", "text-weight": "font-weight", "shadow": "box-shadow"}

// apart finds what is wrong between the parts of a value: a unit apart from its number, quotes around a colour, and commas
// between lengths.
func (s *styleReader) apart(key string, p property, value []cssToken, i int) bool {
	t := value[i]
	switch {
	case t.kind == css.NumberToken && i+2 < len(value) && value[i+1].kind == css.WhitespaceToken && (value[i+2].kind == css.IdentToken && cssUnits[strings.ToLower(value[i+2].text)] && p.takes("lt") && !p.words[value[i+2].text] || value[i+2].text == "%" && p.takes("lp")):
		together := t.text + value[i+2].text
		problem := s.report("unit", t, value[i+2], say.CssUnitApart(), say.GoWrite(together))
		problem.Fix = fix(s.file, say.FixChangeTo(together), t.start, value[i+2].end, together)
	case t.kind == css.StringToken && p.takes("c") && !p.takes("s") && len(t.text) > 2:
		inner := t.text[1 : len(t.text)-1]
		problem := s.report("colour", t, t, say.CssQuotedColour(), say.GoWrite(clip(inner)))
		problem.Fix = fix(s.file, say.FixChangeTo(clip(inner)), t.start, t.end, inner)
	case t.kind == css.IdentToken && i+2 < len(value) && p.takes("c") && value[i+1].kind == css.WhitespaceToken && value[i+2].kind == css.IdentToken && properties()["colours"].words[strings.ToLower(t.text+value[i+2].text)] && !p.words[strings.ToLower(t.text)]:
		together := strings.ToLower(t.text + value[i+2].text)
		problem := s.report("colour", t, value[i+2], say.CssColourApart(), say.GoWrite(together))
		problem.Fix = fix(s.file, say.FixChangeTo(together), t.start, value[i+2].end, together)
	case t.kind == css.IdentToken && t.text == "important" && i > 0:
		problem := s.report("important", t, t, say.CssImportant(), say.GoWrite("!important"))
		problem.Fix = fix(s.file, say.FixAdd("!"), t.start, t.start, "!")
	case t.kind == css.CommaToken && (key == "margin" || key == "padding" || key == "border" || key == "border-radius"):
		problem := s.report("value", t, t, say.CssComma(), say.GoRemoveIt())
		problem.Fix = fix(s.file, say.GoRemove(","), t.start, t.end, "")
	default:
		return false
	}
	return true
}

func numeric(function string) bool {
	switch strings.ToLower(function) {
	case "calc(", "min(", "max(", "clamp(", "var(", "env(", "attr(":
		return true
	}
	return false
}

func colourFunction(function string) bool {
	switch strings.ToLower(function) {
	case "rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklab(", "oklch(", "color(", "color-mix(", "light-dark(":
		return true
	}
	return false
}

// part judges one word or number of a value; true: something was said.
func (s *styleReader) part(key string, p property, t cssToken, afterSign bool) bool {
	switch t.kind {
	case css.IdentToken:
		return s.word(key, p, t)
	case css.HashToken:
		if p.takes("c") && !hexColour(t.text[1:]) {
			s.report("colour", t, t, say.CssIsNoColour(clip(t.text)), say.CssWriteThreeOrSixDigits())
			return true
		}
	case css.NumberToken:
		if p.takes("c") && hexColour(t.text) && (len(t.text) == 6 || !p.takes("nil")) {
			return s.missingHash(t)
		}
		if p.takes("l") && !p.takes("ni") && strings.Trim(t.text, "+-0.") != "" && !afterSign {
			problem := s.report("unit", t, t, say.CssTheNumberHasNoUnit(clip(t.text)), say.CssSayWhatMeantPxFor(clip(t.text)))
			problem.Fix = fix(s.file, say.FixChangeTo(clip(t.text)+"px"), t.start, t.end, t.text+"px")
			return true
		}
		if (p.takes("t") && !p.takes("nli")) && strings.Trim(t.text, "+-0.") != "" {
			s.report("unit", t, t, say.CssTheTimeHasNoUnit(clip(t.text)), say.CssWriteSForSecondsMs(clip(t.text)))
			return true
		}
		if len(p.kinds) > 0 && !p.takes("nilpt/") && !p.takes("x") && !p.words[t.text] && strings.Trim(t.text, "+-0.") != "" {
			s.report("value", t, t, say.CssIsNothingThatCanBe(clip(t.text), key), say.CssWriteForInstance(key, example(p)))
			return true
		}
	case css.DimensionToken:
		number := strings.TrimRight(t.text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
		unit := strings.ToLower(t.text[len(number):])
		if p.takes("c") && hexColour(t.text) && !cssUnits[unit] {
			return s.missingHash(t)
		}
		if digits, is := strings.CutPrefix(strings.ToLower(t.text), "0x"); is && p.takes("c") && hexColour(digits) {
			problem := s.report("colour", t, t, say.CssAColourMadeDigitsBegins(), say.GoWrite("#"+digits))
			problem.Fix = fix(s.file, say.FixChangeTo("#"+digits), t.start, t.end, "#"+digits)
			return true
		}
		if unit != "" && !cssUnits[unit] && hexDigits().MatchString(number[len(number)-1:]) {
			problem := s.report("unit", t, t, say.CssThereNoUnit(clip(unit)), say.CssUnitsPxEmRemVw())
			near, ok := spelledOut[unit]
			if !ok {
				near, ok = explain.Near(unit, unitNames)
			}
			if ok {
				problem.Help = say.DidYouMean(number + near)
				problem.Fix = fix(s.file, say.FixChangeTo(number+near), t.start, t.end, number+near)
			}
			return true
		}
	}
	return false
}

func (s *styleReader) missingHash(t cssToken) bool {
	problem := s.report("colour", t, t, say.CssAColourMadeDigitsBegins(), "Write #"+clip(t.text)+".")
	problem.Fix = fix(s.file, say.FixAdd("#"), t.start, t.start, "#")
	return true
}

func (s *styleReader) word(key string, p property, t cssToken) bool {
	w := strings.ToLower(t.text)
	colours := properties()["colours"].words
	switch {
	case p.words[w], cssWide[w], strings.HasPrefix(w, "-"), p.takes("x"), p.takes("c") && colours[w]:
		return false
	case p.takes("c") && hexColour(w) && strings.ContainsAny(w, "0123456789"), p.takes("c") && (len(w) == 6 || len(w) == 3) && hexColour(w):
		return s.missingHash(t)
	}
	var words []string
	for k := range p.words {
		words = append(words, k)
	}
	if p.takes("c") {
		for k := range colours {
			words = append(words, k)
		}
	}
	text, help := say.CssIsNothingThatCanBe(clip(t.text), key), say.CssWriteForInstance(key, example(p))
	if key == "color" || strings.HasSuffix(key, "-color") {
		text = say.CssThereNoColour(clip(t.text))
	}
	problem := s.report("value", t, t, text, help)
	near, ok := explain.Near(w, words)
	if w == "middle" && p.words["center"] {
		near, ok = "center", true
	}
	for k := range p.words {
		if (!ok || len(k) > len(near) && strings.HasPrefix(w, near)) && len(k) >= 4 && strings.HasPrefix(w, k) {
			near, ok = k, true
		}
	}
	if ok {
		problem.Help = say.DidYouMean(near)
		problem.Fix = fix(s.file, say.FixChangeTo(near), t.start, t.end, near)
	}
	return true
}

// example is a value that a property can have.
func example(p property) string {
	common := []string{"none", "auto", "center", "block", "bold", "solid", "normal", "left", "pointer", "hidden", "absolute"}
	switch {
	case p.takes("c") && !p.takes("l"):
		return "red"
	case p.takes("l"):
		return "10px"
	case p.takes("t"):
		return "1s"
	case p.takes("ni"):
		return "1"
	case p.takes("s"):
		return `"text"`
	}
	for _, w := range common {
		if p.words[w] {
			return w
		}
	}
	shortest := ""
	for w := range p.words {
		if shortest == "" || len(w) < len(shortest) || len(w) == len(shortest) && w < shortest {
			shortest = w
		}
	}
	if shortest == "" {
		return "none"
	}
	return shortest
}
