package check

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tdewolff/parse/v2/js"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
	"studioide/ui/src/words/say"
)

// What a page's WebSocket, elements and timers are given that they cannot use.

// keyNames are keys as events call them.
var keyNames = map[string]string{"enter": "Enter", "return": "Enter", "escape": "Escape", "esc": "Escape", "space": " ", "spacebar": " ", "tab": "Tab", "backspace": "Backspace", "delete": "Delete",
	"arrowup": "ArrowUp", "arrowdown": "ArrowDown", "arrowleft": "ArrowLeft", "arrowright": "ArrowRight", "shift": "Shift", "control": "Control", "ctrl": "Control", "alt": "Alt"}

// callable are functions of other languages, and their names here.
var callable = map[string]string{"str": "String", "int": "Number", "float": "Number"}

var lengths = set("width height top left right bottom margin marginTop marginLeft marginRight marginBottom padding paddingTop paddingLeft paddingRight paddingBottom fontSize borderRadius maxWidth maxHeight minWidth minHeight")

// eventNames are the names of events without on.
var eventNames = func() (list []string) {
	for name := range handlers() {
		list = append(list, name[2:])
	}
	slices.Sort(list)
	return list
}

// misused looks at what begins at a token.
func (m *meaning) misused(i int) {
	t := m.tokens[i]
	switch {
	case t.text == "." && m.ident(i+1):
		m.misusedMember(i + 1)
	case m.text(i-1) == "." || m.text(i-1) == "?.":
	case m.ident(i) && callable[t.text] != "" && m.text(i+1) == "(" && !m.own[t.text] && !m.method(i):
		m.change(m.warn("loan", i, i, say.JsLoan(t.text), say.JsWrites(callable[t.text])), i, i, callable[t.text])
	case t.text == "len" && m.text(i+1) == "(" && m.ident(i+2) && m.text(i+3) == ")" && !m.own["len"]:
		m.change(m.warn("loan", i, i+3, say.JsLoan("len"), say.JsWrites(m.text(i+2)+".length")), i, i+3, m.text(i+2)+".length")
	case (t.text == "TRUE" || t.text == "FALSE" || t.text == "NULL") && !m.own[t.text] && m.text(i+1) != ":":
		right := strings.ToLower(t.text)
		m.change(m.warn("loan", i, i, say.JsLoan(t.text), say.JsWrites(right)), i, i, right)
	case (t.text == "delay" || t.text == "sleep" || t.text == "wait") && m.text(i+1) == "(" && i+2 < len(m.tokens) && js.IsNumeric(m.tokens[i+2].kind) && m.text(i+3) == ")" && !m.own[t.text] && m.text(i-1) != "await":
		m.warn("wait", i, i, say.JsNoWait(t.text), say.JsNoWaitHelp())
	case (t.text == "setTimeout" || t.text == "setInterval") && m.text(i+1) == "(":
		m.timer(i)
	case t.text == "WebSocket" && m.text(i-1) == "new" && m.text(i+1) == "(" && i+2 < len(m.tokens):
		m.address(i + 2)
	case t.text == "return" && m.inner == 0:
		text, help := say.JsReturnStandsOutsideFunction.Words(nil)
		p := m.warn("syntax", i, i, text, help)
		p.Severity = api.SeverityError
	case m.ident(i) && m.text(i+1) == "=" && m.text(i+2) == t.text && (m.text(i+3) == "++" || m.text(i+3) == "--") && m.ends(i+4):
		m.change(m.warn("increment", i, i+3, say.JsOwnIncrement(t.text), say.GoWrite(t.text+m.text(i+3))), i, i+3, t.text+m.text(i+3))
	case m.ident(i) && m.text(i+1) == "==" && m.statement(i) && (m.text(i+3) == ";" || i+3 == len(m.tokens) || i+3 < len(m.tokens) && m.tokens[i+3].line && value(m.tokens[i+2]) && m.ident(i+3)) && m.text(i-1) != ":" && m.text(i-1) != "?":
		m.change(m.warn("compares-only", i+1, i+1, say.JsComparesOnly(), say.JsComparesOnlyHelp(t.text)), i+1, i+1, "=")
	case m.inputs[t.text] && m.ident(i) && m.text(i+1) == "+" && i+2 < len(m.tokens) && js.IsNumeric(m.tokens[i+2].kind) && m.text(i-1) != "+":
		m.change(m.warn("text-plus", i, i+2, say.JsTextPlus(), say.GoWrite("Number("+t.text+") + "+m.text(i+2))), i, i, "Number("+t.text+")")
	case m.sockets[t.text] && m.is(i+1, ".", "on", "("):
		m.change(m.warn("node", i+2, i+2, say.JsNode(), say.JsWrites("addEventListener")), i+2, i+2, "addEventListener")
	case m.sockets[t.text] && m.is(i+1, ".", "send", "(", "{") && m.closing(i+4) > 0 && m.text(m.closing(i+4)+1) == ")":
		end := m.closing(i + 4)
		p := m.warn("send-object", i+4, end, say.JsSendObject(), say.JsWrites("JSON.stringify(…)"))
		object := string(m.file[m.tokens[i+4].start:m.tokens[end].end])
		m.change(p, i+4, end, "JSON.stringify("+object+")")
	case t.text == "onmessage" && m.text(i+1) == "=":
		m.event(i + 2)
	case m.is(i, "addEventListener", "(") && strings.Trim(m.text(i+2), "\"'`") == "message" && m.text(i+3) == ",":
		m.event(i + 4)
	}
}

// text of a literal; ok is false where there is none.
func (m *meaning) literal(i int) (string, bool) {
	if i < 0 || i >= len(m.tokens) {
		return "", false
	}
	return quoted(m.tokens[i])
}

// misusedMember looks at what stands behind a dot.
func (m *meaning) misusedMember(i int) {
	name := m.text(i)
	text, ok := m.literal(i + 2)
	switch {
	case name == "onmessage" && m.text(i+1) == "=":
		m.event(i + 2)
	case name == "addEventListener" && ok && m.text(i+1) == "(":
		if text == "message" && m.text(i+3) == "," {
			m.event(i + 4)
		} else if near, is := explain.Near(text, eventNames()); is && !handlers()["on"+text] && strings.ToLower(text) == text && !handlers()[text] && explain.Slip(text, near) {
			quote := m.text(i + 2)[:1]
			m.change(m.warn("event-name", i+2, i+2, say.JsNoEvent(clip(text)), say.DidYouMean(near)), i+2, i+2, quote+near+quote)
		}
	case (name == "getElementById" || name == "getElementsByClassName") && ok && m.text(i+1) == "(" && len(text) > 1 && (text[0] == '.' || text[0] == '#' && name != "getElementById") && !strings.ContainsAny(text[1:], ".# "):
		quote := m.text(i + 2)[:1]
		m.change(m.warn("id-sign", i+2, i+2, say.JsSignInId(name, text[:1]), say.GoRemoveIt()), i+2, i+2, quote+text[1:]+quote)
	case (name == "querySelectorAll" || name == "getElementsByClassName" || name == "getElementsByTagName") && m.text(i+1) == "(" && m.text(m.closing(i+1)+1) == ".":
		end := m.closing(i + 1)
		member := m.text(end + 2)
		if end != i+3 || !ok || !slices.Contains([]string{"textContent", "innerHTML", "innerText", "value", "style", "addEventListener", "onclick", "classList", "checked", "disabled", "hidden", "src", "setAttribute"}, member) {
			return
		}
		selector := map[string]string{"getElementsByClassName": "."}[name] + text
		quote := m.text(i + 2)[:1]
		instead := "querySelector(" + quote + selector + quote + ")"
		m.change(m.warn("many-elements", i, end+2, say.JsManyElements(name, member), say.JsManyElementsHelp(clip(instead))), i, end, instead)
	case name == "key" && (m.text(i+1) == "==" || m.text(i+1) == "===") && ok && keyNames[strings.ToLower(text)] != "" && keyNames[strings.ToLower(text)] != text:
		right := keyNames[strings.ToLower(text)]
		quote := m.text(i + 2)[:1]
		m.change(m.warn("key", i+2, i+2, say.JsKeyName(strconv.Quote(right)), say.GoWrite(quote+right+quote)), i+2, i+2, quote+right+quote)
	case handlers()[name] && m.text(i+1) == "=" && ok && m.ends(i+3):
		m.change(m.warn("handler-text", i+2, i+2, say.JsHandlerText(), say.GoWrite("() => { "+clip(text)+" }")), i+2, i+2, "() => { "+text+" }")
	case lengths[name] && m.text(i-2) == "style" && m.text(i+1) == "=" && i+2 < len(m.tokens) && js.IsNumeric(m.tokens[i+2].kind) && strings.Trim(m.text(i+2), "0.") != "" && m.ends(i+3):
		n := m.text(i + 2)
		m.change(m.warn("style-unit", i+2, i+2, say.JsStyleUnit(n), say.GoWrite(strconv.Quote(n+"px"))), i+2, i+2, strconv.Quote(n+"px"))
	case name == "append" && m.lists[m.text(i-2)] && m.text(i+1) == "(":
		m.change(m.warn("loan", i, i, say.JsLoan("append"), say.JsWrites("push")), i, i, "push")
	}
}

// timer: setTimeout(1000, f), and setTimeout(console.log("x"), 1000).
func (m *meaning) timer(i int) {
	closing := m.closing(i + 1)
	switch {
	case i+3 < len(m.tokens) && js.IsNumeric(m.tokens[i+2].kind) && m.text(i+3) == ",":
		m.warn("timer", i+2, i+2, say.JsTimeFirst(m.text(i)), say.GoWrite(m.text(i)+"(() => { … }, "+m.text(i+2)+")"))
	case m.is(i+2, "console", ".", "*", "("), m.is(i+2, "alert", "("), m.sockets[m.text(i+2)] && m.is(i+3, ".", "send", "("):
		open := i + 3
		for open < closing && m.text(open) != "(" {
			open++
		}
		if end := m.closing(open); end > 0 && m.text(end+1) == "," {
			call := string(m.file[m.tokens[i+2].start:m.tokens[end].end])
			m.change(m.warn("called-at-once", i+2, end, say.JsCallNow(m.text(i)), say.GoWrite("() => "+clip(call))), i+2, end, "() => "+call)
		}
	}
}

// address: new WebSocket("ws://localhost:8080/ws"), which on a phone is the phone.
func (m *meaning) address(i int) {
	text, ok := m.literal(i)
	if !ok || m.text(i+1) != ")" && m.text(i+1) != "," {
		return
	}
	rest, is := strings.CutPrefix(text, "ws://")
	host, path, _ := strings.Cut(rest, "/")
	name, _, _ := strings.Cut(host, ":")
	if !is || name != "localhost" && name != "127.0.0.1" {
		return
	}
	instead := `"ws://" + location.host + "/` + path + `"`
	m.change(m.warn("local-socket", i, i, say.JsLocalSocket(name), say.GoWrite(clip(instead))), i, i, instead)
}

// runs tells whether the block that a { opens is run where it stands, and is no function's, class's or object's.
func (m *meaning) runs(i int) bool {
	before := m.text(i - 1)
	if before != ")" {
		return slices.Contains([]string{"else", "try", "finally", "do", "{", "}", ";", ""}, before)
	}
	return slices.Contains([]string{"if", "for", "while", "switch", "catch", "with"}, m.text(m.opening(i-1)-1))
}

// event looks at a function that gets messages, which begins at a token: its parameter is the event, not the text.
func (m *meaning) event(i int) {
	if m.text(i) == "async" {
		i++
	}
	param, body := "", -1
	switch {
	case m.ident(i) && m.text(i+1) == "=>":
		param, body = m.text(i), i+2
	case m.is(i, "(", "*", ")", "=>"):
		param, body = m.text(i+1), i+4
	case m.is(i, "function", "(", "*", ")"):
		param, body = m.text(i+2), i+4
	case m.text(i) == "function" && m.is(i+2, "(", "*", ")"):
		param, body = m.text(i+3), i+5
	}
	if body < 0 || param == "" || m.text(body) != "{" {
		return
	}
	end := m.closing(body)
	for n := body; n < end; n++ { // it may give the name the text
		if m.text(n) == param && m.text(n+1) == "=" {
			return
		}
	}
	for n := body + 1; n < end; n++ {
		if m.text(n) != param || m.text(n-1) == "." {
			continue
		}
		member := m.text(n + 2)
		_, before := m.literal(n - 2)
		_, after := m.literal(n + 2)
		equal := func(at int) bool { return m.text(at) == "==" || m.text(at) == "===" }
		switch {
		case m.text(n+1) == "." && slices.Contains([]string{"message", "msg", "text", "body", "payload", "content", "value", "Data"}, member):
			m.change(m.warn("event-data", n+2, n+2, say.JsEventData(member), say.GoWrite(param+".data")), n+2, n+2, "data")
		case equal(n+1) && after, equal(n-1) && before, m.text(n-1) == "+" && before && m.text(n+1) != ".",
			m.text(n-1) == "(" && m.text(n-2) == "parse" && m.text(n+1) == ")", m.text(n-1) == "(" && m.text(n-2) == "switch" && m.text(n+1) == ")":
			m.change(m.warn("event-data", n, n, say.JsEventItself(param), say.GoWrite(param+".data")), n, n, param+".data")
		}
	}
}
