package check

import (
	"bytes"
	"slices"
	"strings"
	"sync"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// Scripts that a browser reads without complaint, and that do something else than was meant. Each is a warning, and only
// said where nothing else can have been meant.

// jsToken is a token of a script without blanks and comments; offsets are bytes of the file.
type jsToken struct {
	kind       js.TokenType
	text       string
	start, end int
	line       bool // a line break stands before it
}

// jsTokens splits a script that parses.
func jsTokens(base int, code []byte) (list []jsToken) {
	lexer := js.NewLexer(parse.NewInputBytes(bytes.Clone(code)))
	at, line := base, false
	for {
		kind, text := lexer.Next()
		if (kind == js.DivToken || kind == js.DivEqToken) && (len(list) == 0 || !value(list[len(list)-1])) {
			kind, text = lexer.RegExp()
		}
		if kind == js.ErrorToken {
			return list
		}
		switch kind {
		case js.WhitespaceToken, js.CommentToken:
		case js.LineTerminatorToken, js.CommentLineTerminatorToken:
			line = true
		default:
			list = append(list, jsToken{kind, string(text), at, at + len(text), line})
			line = false
		}
		at += len(text)
	}
}

// value tells tokens after which a / divides.
func value(t jsToken) bool {
	return js.IsIdentifierName(t.kind) && !slices.Contains([]string{"return", "typeof", "case", "in", "of", "else", "do", "void", "delete"}, t.text) ||
		js.IsNumeric(t.kind) || t.kind == js.StringToken || t.kind == js.TemplateToken || t.kind == js.TemplateEndToken || t.text == ")" || t.text == "]" || t.text == "}"
}

// domNames are properties that pages use, as they are written; only their capitals are looked at.
var domNames = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for _, n := range strings.Fields(`getElementById getElementsByClassName getElementsByTagName querySelector querySelectorAll createElement appendChild removeChild
		addEventListener removeEventListener setAttribute getAttribute classList className innerHTML innerText textContent backgroundColor fontSize
		onclick onchange oninput onkeydown onkeyup onmousedown onmouseup onload onmessage onopen onclose onerror readyState
		toUpperCase toLowerCase indexOf includes startsWith endsWith parentElement preventDefault stopPropagation`) {
		m[strings.ToLower(n)] = n
	}
	return m
})

// handlers are properties that take a function, by the names of their events with on before them.
var handlers = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for _, event := range strings.Fields(`blur change click close contextmenu dblclick drag drop ended error focus input keydown keypress keyup load message mousedown
		mouseenter mouseleave mousemove mouseout mouseover mouseup open pause play pointerdown pointermove pointerup resize scroll submit
		touchcancel touchend touchmove touchstart unload wheel`) {
		m["on"+event] = true
	}
	return m
})

// globals are objects of the browser, by their names in small letters.
var globals = map[string]string{"document": "document", "window": "window", "console": "console", "math": "Math", "json": "JSON", "location": "location"}

// loans are names of other languages for what JavaScript has under another one.
var loans = map[string]string{"True": "true", "False": "false", "None": "null", "nil": "null", "println": "console.log"}

var addressOfPage = lazyregexp.New(`\$\{[\w.]+\}`)

// meant looks for them.
func meant(name string, file []byte, base int, code []byte) []api.Diagnostic {
	tokens := jsTokens(base, code)
	m := &meaning{name: name, file: file, tokens: tokens, own: map[string]bool{}, members: map[string]bool{}, elements: map[string]bool{}, sockets: map[string]bool{}, inputs: map[string]bool{}, lists: map[string]bool{}, given: map[string]bool{}}
	m.match()
	for i := range tokens {
		m.learn(i)
	}
	blocks := []int{-1}         // around the token, by where they are opened
	sockets := map[string]int{} // that were made a moment ago, by the block in which they were
	for i := range tokens {
		switch tokens[i].text {
		case "{":
			blocks = append(blocks, i)
			if !m.runs(i) {
				m.inner++
			}
		case "}":
			if open := blocks[len(blocks)-1]; open >= 0 && !m.runs(open) {
				m.inner--
			}
			blocks = blocks[:max(len(blocks)-1, 1)]
		}
		block := blocks[len(blocks)-1]
		if m.is(i, "=", "new", "WebSocket") && i > 0 {
			sockets[tokens[i-1].text] = block
		}
		if tokens[i].text == "await" { // what follows may have waited for them to open
			for name, made := range sockets {
				if made == block {
					delete(sockets, name)
				}
			}
		}
		made, fresh := sockets[tokens[i].text]
		m.at(i, fresh && made == block)
		m.misused(i)
	}
	return m.found
}

type meaning struct {
	name   string
	file   []byte
	tokens []jsToken
	other  []int // of each bracket the one that belongs to it; -1: none
	found  []api.Diagnostic

	own       map[string]bool // names that the script gives something
	members   map[string]bool // names that it gives parts of its own objects
	elements  map[string]bool // names that it gives elements of the page
	factories bool            // functions give back functions
	sockets   map[string]bool // names that it gives a WebSocket
	inputs    map[string]bool // names that it gives what an input says, and nothing else
	lists     map[string]bool // names that it gives a list
	inner     int             // how many functions, classes and objects are around the token
	given     map[string]bool // names that it has given something already
	vectors   bool            // it works with vectors, whose length is a function
}

// learn takes in what the script has names for itself.
func (m *meaning) learn(i int) {
	name, before, after := m.text(i), m.text(i-1), m.text(i+1)
	if (name == "return" || name == "=>") && m.function(i+1) {
		m.factories = true
	}
	if !m.ident(i) {
		return
	}
	m.vectors = m.vectors || strings.Contains(strings.ToLower(name), "vec")
	member := before == "." || before == "?."
	switch {
	case member && m.text(i-2) != "this":
		return
	case member, after == ":", after == "(" && m.text(m.closing(i+1)+1) == "{":
		m.members[name] = true
	}
	switch {
	case member:
	case slices.Contains([]string{"let", "const", "var", "function", "class", "import", "as"}, before), after == "=>", after == "=",
		slices.Contains([]string{"(", ",", "{"}, before) && slices.Contains([]string{",", ")", "}", ";"}, after),
		before == "[" && m.text(i-2) == "const", before == "[" && m.text(i-2) == "let":
		m.own[name] = true
	}
	if after == "=" {
		m.sockets[name] = m.sockets[name] || m.is(i+2, "new", "WebSocket")
		m.lists[name] = m.lists[name] || m.text(i+2) == "["
		end := i + 2 // of document.getElementById("x").value
		if m.is(i+2, "document", ".", "*", "(") {
			end = m.closing(i+5) + 1
		} else if m.elements[m.text(i+2)] {
			end = i + 3
		}
		m.inputs[name] = !m.given[name] && m.is(end, ".", "value") && m.element(end-1) && m.ends(end+2)
		m.given[name] = true
	}
	if m.is(i+1, "=", "document", ".") && (m.text(i+4) == "getElementById" || m.text(i+4) == "querySelector") {
		m.elements[name] = true
	}
}

// function tells whether a function is written at i.
func (m *meaning) function(i int) bool {
	if m.text(i) == "async" {
		i++
	}
	return m.text(i) == "function" || m.ident(i) && m.text(i+1) == "=>" || m.text(i) == "(" && m.text(m.closing(i)+1) == "=>"
}

// opening is the index of the bracket that the one at i closes; -1: there is none.
func (m *meaning) opening(i int) int { return min(m.other[i], i) }

// statement tells whether one begins at i that is run whenever those before it are.
func (m *meaning) statement(i int) bool {
	switch before := m.text(i - 1); {
	case i == 0 || before == ";" || before == "}":
		return true
	case !m.tokens[i].line || !value(m.tokens[i-1]) || before == "else" || before == "do":
		return false
	case before == ")":
		head := m.text(m.opening(i-1) - 1)
		return head != "if" && head != "while" && head != "for"
	}
	return true
}

// element tells whether what ends at i is an element of the page.
func (m *meaning) element(i int) bool {
	if m.text(i) == ")" {
		found := m.text(m.opening(i) - 1)
		return found == "getElementById" || found == "querySelector"
	}
	return m.elements[m.text(i)] || m.text(i) == "target" && m.text(i-1) == "."
}

func (m *meaning) text(i int) string {
	if i < 0 || i >= len(m.tokens) {
		return ""
	}
	return m.tokens[i].text
}

// is tells whether the tokens from i on are these; "*" is any.
func (m *meaning) is(i int, words ...string) bool {
	for n, w := range words {
		if w != "*" && m.text(i+n) != w || m.text(i+n) == "" {
			return false
		}
	}
	return true
}

func (m *meaning) warn(code string, from, to int, text, help string) *api.Diagnostic {
	if len(m.found) >= maxProblems {
		return &api.Diagnostic{}
	}
	p := at(m.name, "js", m.file, m.tokens[from].start, m.tokens[to].end)
	p.Severity, p.Code, p.Text, p.Help = api.SeverityWarning, "js."+code, text, help
	m.found = append(m.found, p)
	return &m.found[len(m.found)-1]
}

func (m *meaning) change(p *api.Diagnostic, from, to int, text string) {
	p.Fix = fix(m.file, say.FixChangeTo(clip(text)), m.tokens[from].start, m.tokens[to].end, text)
}

func (m *meaning) ident(i int) bool {
	return i >= 0 && i < len(m.tokens) && m.tokens[i].kind == js.IdentifierToken
}

// match finds the brackets that belong together, once for all.
func (m *meaning) match() {
	m.other = make([]int, len(m.tokens))
	var open []int
	for i, t := range m.tokens {
		m.other[i] = -1
		switch t.text {
		case "(", "[", "{":
			open = append(open, i)
		case ")", "]", "}":
			if len(open) > 0 {
				begin := open[len(open)-1]
				m.other[i], m.other[begin], open = begin, i, open[:len(open)-1]
			}
		}
	}
}

// closing is the index of the bracket that closes the one at i; -1: there is none.
func (m *meaning) closing(i int) int {
	if i >= len(m.tokens) || m.other[i] < i {
		return -1
	}
	return m.other[i]
}

// at looks at what begins at a token. fresh: it is a WebSocket that was made in this block.
func (m *meaning) at(i int, fresh bool) {
	t := m.tokens[i]
	before := m.text(i - 1)
	switch {
	case (t.text == "if" || t.text == "while") && m.text(i+1) == "(":
		m.condition(i)
	case t.text == "for" && m.text(i+1) == "(":
		m.emptyStatement(i)
	case t.kind == js.StringToken && strings.HasPrefix(t.text, `"`) && addressOfPage().MatchString(t.text) && !strings.Contains(t.text, "`") && !m.pattern(i):
		p := m.warn("template", i, i, say.JsTemplate(), say.JsTemplateHelp())
		m.change(p, i, i, "`"+t.text[1:len(t.text)-1]+"`")
	case t.text == "." && m.ident(i+1):
		m.property(i + 1)
	case before == "." || before == "?.":
	case t.text == "getElementById":
	case m.ident(i) && globals[strings.ToLower(t.text)] != "" && globals[strings.ToLower(t.text)] != t.text && m.text(i+1) == "." && !m.own[t.text] && !strings.HasPrefix(m.text(i+2), "parseHTML"):
		right := globals[strings.ToLower(t.text)]
		m.change(m.warn("capitals", i, i, say.JsCapitals(t.text, right), say.DidYouMean(right)), i, i, right)
	case m.ident(i) && loans[t.text] != "" && !m.own[t.text] && m.text(i+1) != ":" && m.text(i+1) != "=>" && !m.method(i):
		m.change(m.warn("loan", i, i, say.JsLoan(t.text), say.JsWrites(loans[t.text])), i, i, loans[t.text])
	case t.text == "print" && m.text(i+1) == "(" && m.text(i+2) != ")" && !m.own["print"] && before != "function":
		m.change(m.warn("print", i, i, say.JsPrint(), say.JsWrites("console.log(…)")), i, i, "console.log")
	case strings.EqualFold(t.text, "websocket") && m.text(i+1) == "(" && before != "new" && !m.own[t.text] && t.text == "WebSocket":
		p := m.warn("new", i, i, say.JsNew(), say.JsNewHelp())
		p.Fix = fix(m.file, say.FixAdd("new"), t.start, t.start, "new ")
	case strings.EqualFold(t.text, "websocket") && before == "new" && t.text != "WebSocket" && !m.own[t.text]:
		m.change(m.warn("capitals", i, i, say.JsCapitals(t.text, "WebSocket"), say.DidYouMean("WebSocket")), i, i, "WebSocket")
	case (t.text == "setTimeout" || t.text == "setInterval") && m.text(i+1) == "(" && m.ident(i+2) && m.is(i+3, "(", ")", ","):
		m.calledAtOnce(i+2, t.text)
	case t.text == "=" && m.tokens[i].end < len(m.file) && (m.text(i+1) == "+" || m.text(i+1) == "-") && m.tokens[i+1].start == t.end && i+2 < len(m.tokens) && m.tokens[i+2].start > m.tokens[i+1].end:
		op := m.text(i+1) + "="
		m.change(m.warn("swapped-operator", i, i+1, say.JsSwapped("="+m.text(i+1)), say.JsSwappedHelp(op)), i, i+1, op)
	case fresh && m.is(i+1, ".", "send", "(") && m.statement(i):
		m.warn("send-early", i, i+2, say.CallThePageSendsBeforeWebsocket(), say.CallSendInOnopenOrLater())
	}
}

// condition: if (x = 5), if (x => 5), if (a == "x" || "y"), and if (x); {.
func (m *meaning) condition(i int) {
	end := m.closing(i + 1)
	if end < 0 {
		return
	}
	depth := 0
	for n := i + 2; n < end; n++ {
		switch m.text(n) {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case "=":
			// if (a = b && c) is written where c is wanted, too.
			if depth == 0 && m.text(i) == "if" && (m.ident(n-1) || m.text(n-1) == "]") && (n+2 == end || !m.ident(n+1) && (m.text(n+2) == "&&" || m.text(n+2) == "||")) {
				m.change(m.warn("assignment", n, n, say.JsAssignment(), say.JsAssignmentHelp()), n, n, "==")
			}
		case "=>":
			if depth == 0 && n == i+3 && m.ident(n-1) && m.text(n+1) != "{" {
				m.change(m.warn("arrow", n, n, say.JsArrow(), say.JsArrowHelp()), n, n, ">=")
			}
		case "||":
			if depth == 0 && (n+2 == end || m.text(n+2) == "||") && m.tokens[n+1].kind == js.StringToken && n > i+4 && (m.text(n-2) == "==" || m.text(n-2) == "===" || m.text(n-1) != "" && m.text(n-2) == "||") {
				whole := m.text(i+2) + " " + m.text(i+3) + " " + m.text(n+1)
				p := m.warn("always-true", n+1, n+1, say.JsAlwaysTrue(m.text(n+1)), say.GoWrite(clip("|| "+whole)))
				if m.ident(i+2) && (m.text(i+3) == "==" || m.text(i+3) == "===") {
					m.change(p, n+1, n+1, whole)
				}
			}
		}
	}
	m.emptyStatement(i)
}

// emptyStatement: if (x); { …, whose block is always run.
func (m *meaning) emptyStatement(i int) {
	end := m.closing(i + 1)
	if end < 0 || m.text(end+1) != ";" || m.text(end+2) != "{" {
		return
	}
	if m.text(i) == "while" && m.text(i-1) == "}" {
		return // do { … } while (x); { … }
	}
	p := m.warn("empty-statement", end+1, end+1, say.JsEmptyStatement(m.text(i)), say.GoRemoveIt())
	p.Fix = fix(m.file, say.GoRemove(";"), m.tokens[end+1].start, m.tokens[end+1].end, "")
}

// property looks at what stands behind a dot.
func (m *meaning) property(i int) {
	name := m.text(i)
	right, known := domNames()[strings.ToLower(name)]
	switch {
	case known && name != right && !m.own[name] && !m.members[name] && m.meansDOM(i, right):
		m.change(m.warn("capitals", i, i, say.JsCapitals(name, right), say.DidYouMean(right)), i, i, right)
	case m.is(i+1, "(", ")") && (name == "length" && !m.vectors && !m.members[name] || (name == "value" || name == "checked") && m.element(i-2)):
		p := m.warn("not-called", i, i+2, say.JsNotCalled(name), say.GoWrite("."+name))
		p.Fix = fix(m.file, say.GoRemove("()"), m.tokens[i+1].start, m.tokens[i+2].end, "")
	case (name == "textContent" || name == "innerHTML" || name == "innerText") && m.text(i+1) == "(":
		m.warn("not-called", i, i, say.JsNotCalled(name), say.GoWrite("."+name+" = …"))
	case name == "getElementById" && m.text(i+1) == "(" && i+2 < len(m.tokens) && m.tokens[i+2].kind == js.StringToken && len(m.text(i+2)) > 3 && m.text(i + 2)[1] == '#':
		text := m.text(i + 2)
		m.change(m.warn("id-sign", i+2, i+2, say.JsIdSign(), say.JsIdSignHelp()), i+2, i+2, text[:1]+text[2:])
	case name == "addEventListener" && m.text(i+1) == "(" && i+2 < len(m.tokens) && m.tokens[i+2].kind == js.StringToken && handlers()[strings.ToLower(strings.Trim(m.text(i+2), `"'`))]:
		text := m.text(i + 2)
		m.change(m.warn("event-name", i+2, i+2, say.JsEventName(), say.JsEventNameHelp(text[:1]+text[3:])), i+2, i+2, text[:1]+text[3:])
	case name == "addEventListener" && m.text(i+1) == "(" && m.text(i+3) == "," && m.ident(i+4) && m.is(i+5, "(", ")", ")"):
		m.calledAtOnce(i+4, name)
	case strings.HasPrefix(name, "on") && m.text(i+1) == "=" && m.ident(i+2) && m.is(i+3, "(", ")") && m.ends(i+5):
		m.calledAtOnce(i+2, name)
	case name == "readyState" && m.text(i-2) != "document" && m.text(i-2) != "this" && (m.text(i+1) == "==" || m.text(i+1) == "===") && i+2 < len(m.tokens) && m.tokens[i+2].kind == js.StringToken && !slices.Contains(pageStates, strings.Trim(m.text(i+2), `"'`)):
		m.warn("ready-state", i+2, i+2, say.JsReadyState(), say.GoWrite("WebSocket.OPEN"))
	}
}

// ends tells whether a statement is over before a token.
func (m *meaning) ends(i int) bool {
	return i == len(m.tokens) || m.text(i) == ";" || i < len(m.tokens) && m.tokens[i].line
}

// method tells a method's name where it is defined: int(x) { … }.
func (m *meaning) method(i int) bool {
	return m.text(i+1) == "(" && m.closing(i+1) > 0 && m.text(m.closing(i+1)+1) == "{"
}

// meansDOM: a library may call what it does onError, too; what a browser calls by itself is given a function, or belongs to a WebSocket.
func (m *meaning) meansDOM(i int, right string) bool {
	return !strings.HasPrefix(right, "on") || m.text(i+1) == "=" || m.sockets[m.text(i-2)]
}

// pattern tells whether a text is what a function looks for, as in replace("${name}", name).
func (m *meaning) pattern(i int) bool {
	return m.text(i+1) == "." || m.text(i-1) == "(" && slices.Contains([]string{"replace", "replaceAll", "split", "indexOf", "includes", "startsWith"}, m.text(i-2))
}

// calledAtOnce: button.onclick = send(), which calls send now and never again.
func (m *meaning) calledAtOnce(i int, by string) {
	if m.factories {
		return // its result may be the function
	}
	p := m.warn("called-at-once", i, i+2, say.JsCalledAtOnce(m.text(i), by), say.JsCalledAtOnceHelp(m.text(i)))
	p.Fix = fix(m.file, say.GoRemove("()"), m.tokens[i+1].start, m.tokens[i+2].end, "")
}

var pageStates = []string{"loading", "interactive", "complete"} // what document.readyState can be

// Project is what a check may know of a file's neighbours.
type Project struct {
	Paths []string                 // of all files; nil: not known
	Read  func(path string) []byte // their content; nil: not known
}

var (
	literalID = lazyregexp.New(`(?:getElementById\(\s*|querySelector(?:All)?\(\s*["']#)["']?([A-Za-z][\w-]*)["']\s*\)(\?\.)?`)
	madeID    = lazyregexp.New(`(?i)\bid\s*(?:=|:|["'],)\s*["']?([\w:.-]+)`)
	joinedID  = lazyregexp.New("(?i)\\bid\\s*(?:=|:|[\"'],)\\s*\\\\?[\"'`]?([\\w:.-]*)(?:\\$\\{|[\"'`]\\s*\\+)") // id = "led" + n, id="led${n}"
	namedID   = lazyregexp.New(`(?:\.id\s*=|["']id["']\s*,)\s*[A-Za-z_$(]`)                                      // id = name
	comment   = lazyregexp.New(`(?s)<!--.*?-->|/\*.*?\*/|(?m:^\s*//.*$)`)
	anyText   = []lazyregexp.Regexp{lazyregexp.New(`"([^"\\\n]{2,60})"`), lazyregexp.New(`'([^'\\\n]{2,60})'`), lazyregexp.New("`([^`\\\\\\n$]{2,60})`")}
	sentText  = []lazyregexp.Regexp{lazyregexp.New("\\.send\\(\\s*(?:\"([^\"\\\\\\n]{2,60})\"|'([^'\\\\\\n]{2,60})'|`([^`\\\\\\n$]{2,60})`)\\s*\\)")}
)

var bareSelector = lazyregexp.New(`querySelector(?:All)?\(\s*["']([A-Za-z]\w*)["']\s*\)`)

// classNamed tells whether an element has a class.
func classNamed(text, class string) bool {
	for _, quote := range []string{`"`, "'"} {
		if strings.Contains(text, "class="+quote+class+quote) || strings.Contains(text, "class="+quote+class+" ") {
			return true
		}
	}
	return false
}

// missingIDs tells elements that a script looks for, and that no page has. text is where ids may be made.
func missingIDs(name string, file []byte, text string) (found []api.Diagnostic) {
	if namedID().MatchString(text) {
		return nil // who knows which
	}
	ids := map[string]bool{}
	var all, begun []string
	for _, m := range madeID().FindAllStringSubmatch(text, 5000) {
		if !ids[m[1]] {
			ids[m[1]] = true
			all = append(all, m[1])
		}
	}
	for _, m := range joinedID().FindAllStringSubmatch(text, 1000) {
		if !slices.Contains(begun, m[1]) {
			begun = append(begun, m[1])
		}
	}
	for _, m := range bareSelector().FindAllSubmatchIndex(file, 100) {
		word, sign := string(file[m[2]:m[3]]), "#"
		if known[strings.ToLower(word)] || drawn[strings.ToLower(word)] || len(found) >= maxProblems {
			continue
		}
		if !ids[word] {
			if sign = "."; !classNamed(text, word) {
				continue
			}
		}
		p := at(name, "js", file, m[2], m[3])
		p.Severity, p.Code, p.Text, p.Help = api.SeverityWarning, "js.no-id", say.JsNoSign(clip(word)), say.DidYouMean(sign+clip(word))
		p.Fix = fix(file, say.FixAdd(sign), m[2], m[2], sign)
		found = append(found, p)
	}
	comments := comment().FindAllIndex(file, -1)
	for _, m := range literalID().FindAllSubmatchIndex(file, 1000) {
		for len(comments) > 0 && comments[0][1] <= m[0] {
			comments = comments[1:]
		}
		if m[4] >= 0 || len(comments) > 0 && comments[0][0] <= m[0] {
			continue // with ?. it may be missing
		}
		id := string(file[m[2]:m[3]])
		if ids[id] || len(found) >= maxProblems || slices.ContainsFunc(begun, func(start string) bool { return strings.HasPrefix(id, start) }) {
			continue
		}
		p := at(name, "js", file, m[2], m[3])
		p.Severity, p.Code, p.Text, p.Help = api.SeverityWarning, "js.no-id", say.JsNoID(clip(id)), say.PageAddIdToElementOr(clip(id))
		if near, ok := explain.Near(id, all); ok {
			p.Help = didYouMean(id, near)
			p.Fix = fix(file, say.FixChangeTo(near), m[2], m[3], near)
		}
		found = append(found, p)
	}
	return found
}
