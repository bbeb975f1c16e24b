package check

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"github.com/tdewolff/parse/v2/js"
	"golang.org/x/net/html"

	"studioide/internal/lazyregexp"
)

// What pages send, and which texts they wait for: literals that go to a WebSocket's send, also through functions of the
// pages. What else is sent may be anything.

// piece is JavaScript in a file of www/. at: where its first byte stands in the file; -1: not known.
type piece struct {
	file int
	at   int
	code []byte
}

// talk is what pages do with messages.
type talk struct {
	sent    []spoken
	sendAny bool
	waited  []spoken // what they compare messages with
	texts   map[string]bool
	sockets bool // they open a WebSocket
	other   bool // what they send or hear may be somebody else's
}

// spoken is a text in a file.
type spoken struct {
	handled
	file int
}

var (
	otherTalk = lazyregexp.New(`\b(?:XMLHttpRequest|RTC\w*Connection|requestMIDIAccess|BroadcastChannel|MessageChannel|postMessage|Worker|EventSource|axios|jQuery|Paho|mqtt|eval)\b|\$\.(?:ajax|get|post)\b|\bio\(`)
	wsAddress = lazyregexp.New(`(?i)\bwss?://[\w.:\[\]-]+`)
)

// overhear reads files of www/.
func overhear(files []neighbour) *talk {
	t := &talk{texts: map[string]bool{}}
	var pieces []piece
	size := 0
	for i, f := range files {
		if size += len(f.content); size > maxFile {
			t.other = true // too much to look at while somebody types
			return t
		}
		t.sockets = t.sockets || bytes.Contains(f.content, []byte("WebSocket"))
		t.other = t.other || otherTalk().Match(f.content)
		for _, address := range wsAddress().FindAll(f.content, 100) {
			u, err := url.Parse(string(address))
			t.other = t.other || err != nil || OnInternet(u.Hostname())
		}
		if pageFile(f.path) {
			pieces = append(pieces, t.page(i, f.content)...)
		} else {
			pieces = append(pieces, piece{i, 0, f.content})
		}
	}
	if !t.sockets || t.other {
		return t
	}
	l := &lines{talk: t, through: map[parameter]bool{}, seen: map[spoken]bool{}}
	for _, p := range pieces {
		s := &spokenScript{meaning: meaning{tokens: jsTokens(0, p.code)}, piece: p}
		s.match()
		s.outline()
		l.scripts = append(l.scripts, s)
		t.other = t.other || !s.whole()
	}
	if !t.other {
		l.read()
	}
	t.other = t.other || len(t.sent) > maxTalk || len(t.waited) > maxTalk
	return t
}

// maxTalk is how much of a kind a project's pages and programs may have, so that looking at it takes no time.
const maxTalk = 2000

// whole tells whether each bracket has its other one.
func (s *spokenScript) whole() bool {
	for i := range s.tokens {
		if s.other[i] < 0 && strings.Contains("()[]{}", s.text(i)) {
			return false
		}
	}
	return true
}

// page finds the scripts in a page, and what is run when something is clicked.
func (t *talk) page(file int, content []byte) (list []piece) {
	z := html.NewTokenizer(bytes.NewReader(content))
	z.SetMaxBuf(0)
	script, offset := false, 0
	for {
		kind := z.Next()
		raw := z.Raw()
		start := offset
		offset += len(raw)
		switch kind {
		case html.ErrorToken:
			return list
		case html.TextToken:
			if script {
				list = append(list, piece{file, start, bytes.Clone(raw)})
			}
			script = false
		case html.StartTagToken, html.SelfClosingTagToken:
			source := bytes.Clone(raw)
			token := z.Token()
			script = token.Data == "script"
			for _, a := range token.Attr {
				t.texts[a.Val] = true
				switch {
				case script && a.Key == "type" && !strings.Contains(a.Val, "javascript") && a.Val != "module" && a.Val != "":
					script = false
				case strings.HasPrefix(a.Key, "on"):
					at := bytes.Index(source, []byte(a.Val))
					if at >= 0 {
						at += start
					}
					list = append(list, piece{file, at, []byte(a.Val)})
				case strings.ContainsAny(a.Key[:1], "@:") || strings.HasPrefix(a.Key, "v-") || strings.HasPrefix(a.Key, "x-") || strings.HasPrefix(a.Key, "hx-"),
					strings.HasPrefix(strings.ToLower(a.Val), "javascript:"), a.Key == "srcdoc":
					t.other = true // what a framework makes of it
				}
			}
		default:
			script = false
		}
	}
}

// lines follows what is sent through the functions of all scripts.
type lines struct {
	*talk
	scripts []*spokenScript
	through map[parameter]bool // what is given to them is sent
	seen    map[spoken]bool
	next    []parameter // of those, to be looked at
}

type parameter struct {
	function string
	nth      int
}

// spokenScript is a script with its functions.
type spokenScript struct {
	meaning
	piece     piece
	functions []jsFunction // in the order of their beginnings
}

// jsFunction is a function's name, if it has one, its parameters and its body, from a token up to another one.
type jsFunction struct {
	name       string
	params     []string
	begin, end int
}

// outline finds the functions.
func (s *spokenScript) outline() {
	for i := range s.tokens {
		switch {
		case s.text(i) == "=>":
			from := i - 1
			if s.text(from) == ")" {
				from = s.opening(from)
			}
			name := from - 1
			if s.text(name) == "async" {
				name--
			}
			f := jsFunction{params: s.params(from, i)}
			if (s.text(name) == "=" || s.text(name) == ":") && s.ident(name-1) {
				f.name = s.text(name - 1)
			}
			f.begin, f.end = i+1, s.expression(i+1)
			s.functions = append(s.functions, f)
		case s.text(i) == "(" && s.text(s.closing(i)+1) == "{" && s.closing(i) >= 0:
			name := i - 1
			f := jsFunction{params: s.params(i, s.closing(i)+1), begin: s.closing(i) + 1}
			switch {
			case s.text(name) == "function":
				if (s.text(name-1) == "=" || s.text(name-1) == ":") && s.ident(name-2) {
					f.name = s.text(name - 2)
				}
			case s.ident(name):
				f.name = s.text(name)
			default:
				continue // if, for, while, switch, catch
			}
			f.end = s.closing(f.begin)
			s.functions = append(s.functions, f)
		}
	}
}

// params are the names between two tokens, which are outside of further brackets.
func (s *spokenScript) params(from, to int) (names []string) {
	if s.text(from) != "(" {
		return []string{s.text(from)}
	}
	for i := from + 1; i < to; i++ {
		switch {
		case s.closing(i) > i:
			i = s.closing(i)
			if names = append(names, ""); s.text(i+1) == "," {
				i++
			}
		case s.ident(i) && (s.text(i-1) == "(" || s.text(i-1) == ","):
			names = append(names, s.text(i))
		}
	}
	return names
}

// expression is where the one that begins at a token ends.
func (s *spokenScript) expression(i int) int {
	if s.text(i) == "{" {
		return s.closing(i)
	}
	for begin := i; i < len(s.tokens) && i < begin+maxTalk; i++ {
		switch {
		case s.closing(i) > i:
			i = s.closing(i)
		case slices.Contains([]string{";", ",", ")", "]", "}"}, s.text(i)), i > begin && s.tokens[i].line && value(s.tokens[i-1]) && s.ident(i):
			return i
		}
	}
	return i
}

func (l *lines) read() {
	type place struct {
		*spokenScript
		at int
	}
	places := map[string][]place{} // of names
	for _, s := range l.scripts {
		for i, t := range s.tokens {
			if text, ok := quoted(t); ok {
				l.texts[text] = true
			}
			if s.ident(i) {
				places[t.text] = append(places[t.text], place{s, i})
			}
			l.sendAny = l.sendAny || t.kind != js.IdentifierToken && strings.Contains(t.text, "onclick") // it makes elements that may send

			switch {
			case t.text == "send" && s.text(i-1) == "." && s.text(i+1) == "(":
				l.argument(s, i+1, 0)
			case t.text == "send" && (s.text(i-1) == "." || s.text(i-1) == "?."):
				l.sendAny = true
			}
			l.hearer(s, i)
		}
	}
	for len(l.next) > 0 {
		function, nth := l.next[0].function, l.next[0].nth
		l.next = l.next[1:]
		for _, p := range places[function] {
			switch i := p.at; {
			case p.text(i-1) == "function", p.text(i+1) == "=", p.text(i+1) == ":":
			case p.text(i+1) != "(":
				l.sendAny = l.sendAny || p.text(i-1) != "." // it is given away
			case p.text(p.closing(i+1)+1) != "{":
				l.argument(p.spokenScript, i+1, nth)
			}
		}
	}
}

// argument takes in what the nth argument of the call whose bracket stands at open may be.
func (l *lines) argument(s *spokenScript, open, nth int) {
	closing := s.closing(open)
	if closing < 0 || nth > 20 {
		l.sendAny = true
		return
	}
	from := open + 1
	for i := from; i < closing && nth > 0; i++ {
		if s.closing(i) > i {
			i = s.closing(i)
		} else if s.text(i) == "," {
			from = i + 1
			nth--
		}
	}
	if nth > 0 {
		return
	}
	to := from
	for to < closing && s.text(to) != "," {
		if s.closing(to) > to {
			to = s.closing(to)
		}
		to++
	}
	text, ok := "", false
	if from < len(s.tokens) {
		text, ok = quoted(s.tokens[from])
	}
	switch {
	case from >= to:
	case to == from+1 && ok:
		l.sends(s.spoken(from, text))
	case to == from+1 && s.ident(from):
		l.passed(s, from)
	case to-from > 4 && s.text(to-2) == ":" && s.text(to-4) == "?": // on ? "LEDon" : "LEDoff"
		for _, at := range []int{to - 3, to - 1} {
			text, ok := quoted(s.tokens[at])
			if !ok {
				l.sendAny = true
				return
			}
			l.sends(s.spoken(at, text))
		}
	default:
		l.sendAny = true
	}
}

// sends takes in a text that is sent; it may have been seen before.
func (l *lines) sends(text spoken) {
	if !l.seen[text] {
		l.seen[text] = true
		l.sent = append(l.sent, text)
	}
}

// passed follows a name that is sent: a parameter is what callers give.
func (l *lines) passed(s *spokenScript, at int) {
	for _, f := range slices.Backward(s.functions) {
		nth := slices.Index(f.params, s.text(at))
		if at < f.begin || at >= f.end || nth < 0 {
			continue
		}
		if f.name == "" {
			break
		}
		if p := (parameter{f.name, nth}); !l.through[p] {
			l.through[p] = true
			l.next = append(l.next, p)
		}
		return
	}
	l.sendAny = true
}

func (s *spokenScript) spoken(at int, text string) spoken {
	place := handled{text, -1, -1}
	if s.piece.at >= 0 {
		place.start, place.end = s.piece.at+s.tokens[at].start+1, s.piece.at+s.tokens[at].end-1
	}
	return spoken{place, s.piece.file}
}

// quoted is a literal's text. One with a backslash counts as something that is not known.
func quoted(t jsToken) (string, bool) {
	if t.kind != js.StringToken && t.kind != js.TemplateToken || len(t.text) < 2 || strings.ContainsAny(t.text, "\\\n") {
		return "", false
	}
	return t.text[1 : len(t.text)-1], true
}

// hearer looks at what a function that gets messages compares them with.
func (l *lines) hearer(s *spokenScript, i int) {
	var begin int
	switch {
	case s.text(i) == "onmessage" && s.text(i+1) == "=":
		begin = i + 2
	case s.text(i) == "addEventListener" && s.text(i+1) == "(" && s.text(i+3) == "," && strings.Trim(s.text(i+2), "\"'`") == "message":
		begin = i + 4
	default:
		return
	}
	for _, f := range s.functions {
		named := f.name != "" && f.name == s.text(begin) && s.text(begin+1) != "=>"
		written := f.begin > begin && f.begin <= begin+6 && s.function(begin)
		if !named && !written || len(f.params) != 1 || f.params[0] == "" {
			continue
		}
		s.compares(f, func(at int) {
			if text, ok := quoted(s.tokens[at]); ok && text != "" {
				l.waited = append(l.waited, s.spoken(at, text))
			}
		})
		return
	}
}

// compares calls found for the texts that a function compares the message with that it gets.
func (s *spokenScript) compares(f jsFunction, found func(at int)) {
	names := map[string]int{} // how often each gets a value
	same := map[string]bool{}
	for i := f.begin; i < f.end; i++ {
		if s.ident(i) && s.text(i+1) == "=" && s.text(i-1) != "." {
			names[s.text(i)]++
			end := i + 5
			same[s.text(i)] = s.is(i+2, f.params[0], ".", "data") && (s.text(end) == ";" || s.text(end) == "," || end < len(s.tokens) && s.tokens[end].line)
		}
	}
	message := func(i int) (end int) {
		switch {
		case s.is(i, f.params[0], ".", "data") && s.text(i-1) != ".":
			return i + 3
		case s.ident(i) && same[s.text(i)] && names[s.text(i)] == 1 && s.text(i-1) != ".":
			return i + 1
		}
		return -1
	}
	for i := f.begin; i < f.end; i++ {
		end := message(i)
		if end < 0 {
			continue
		}
		switch {
		case (s.text(end) == "==" || s.text(end) == "===") && end+1 < len(s.tokens):
			if after := s.text(end + 2); after != "+" && after != "." {
				found(end + 1)
			}
		case (s.text(i-1) == "==" || s.text(i-1) == "===") && i >= 2 && s.text(i-3) != "+" && s.text(end) != "." && s.text(end) != "[":
			found(i - 2)
		case s.text(i-1) == "(" && s.text(i-2) == "switch" && s.text(end) == ")" && s.text(end+1) == "{":
			for n := end + 2; n < s.closing(end+1); n++ {
				if s.text(n) == "{" && s.closing(n) > n {
					n = s.closing(n)
				} else if s.text(n) == "case" && s.text(n+2) == ":" {
					found(n + 1)
				}
			}
		}
	}
}
