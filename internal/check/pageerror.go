package check

import (
	"slices"
	"strings"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// browserNames are names that pages use often: methods, functions, objects.
var browserNames = strings.Fields(`send close addEventListener removeEventListener getElementById getElementsByClassName getElementsByTagName querySelector
	querySelectorAll createElement appendChild removeChild setAttribute getAttribute classList innerHTML innerText textContent log warn error parse
	stringify setTimeout setInterval clearTimeout clearInterval toFixed toString toUpperCase toLowerCase split join indexOf includes startsWith endsWith replace
	trim push pop shift slice splice forEach map filter length value style onclick onmessage onopen onclose onerror document window console JSON Math
	WebSocket location hostname fetch alert prompt confirm parseInt parseFloat Number String Array Object Date Promise random floor round`)

// complaint is what a browser says when a page fails while it runs, in the words of several browsers.
type complaint struct {
	code  string
	match lazyregexp.Regexp
	say   func(m []string, source string) (text, help string)
}

func fixed(words say.Rule) func([]string, string) (string, string) {
	return func(m []string, _ string) (string, string) { return words.Words(m) }
}

var complaints = []complaint{
	{"page.send-early", lazyregexp.New(`Still in CONNECTING state|InvalidStateError.*(?:send|WebSocket)`),
		fixed(say.PageThePageSendsBefore)},
	{"page.send-late", lazyregexp.New(`already in CLOSING or CLOSED state`),
		fixed(say.PageThePageSendsAnd)},
	{"page.socket-address", lazyregexp.New(`Failed to construct 'WebSocket'|An invalid or illegal string was specified|The URL .* is invalid`),
		fixed(say.PageTheAddressWebsocketNot)},
	{"page.other-script", lazyregexp.New(`^(?:Uncaught )?Script error\.?$`),
		fixed(say.PageAScriptFromInternet)},
	{"page.null", lazyregexp.New(`Cannot (?:read|set) propert(?:y|ies) (?:'?(\w+)'? )?of (null|undefined)(?: \((?:reading|setting) '([^']+)'\))?`), nullProperty},
	{"page.null", lazyregexp.New(`can't access property "?([^",]+)"?, .* is (null|undefined)`), nullProperty},
	{"page.null", lazyregexp.New(`null is not an object \(evaluating '([^']+)'\)`), nullProperty},
	{"page.null", lazyregexp.New(`([\w.$]+) is (null|undefined)$`), nullProperty},
	{"page.not-a-function", lazyregexp.New(`([\w.$]+) is not a (?:function|constructor)`), notAFunction},
	{"page.undefined", lazyregexp.New(`(?:([\w$]+) is not defined|Can't find variable: ([\w$]+))`), notDefined},
	{"page.constant", lazyregexp.New(`Assignment to constant variable|invalid assignment to const|readonly property`),
		fixed(say.PageSomethingMadeWithConst)},
	{"page.not-script", lazyregexp.New(`Unexpected token '<'|expected expression, got '<'`),
		fixed(say.PageAPageCameWhere)},
	{"page.json", lazyregexp.New(`JSON\.parse|in JSON at position|is not valid JSON|JSON Parse error`),
		fixed(say.PageATextWasTaken)},
	{"page.twice", lazyregexp.New(`Identifier '([^']+)' has already been declared|redeclaration of (?:let|const|var) (\w+)`), fixed(say.PageThereTwoThingsNamed)},
	{"page.endless", lazyregexp.New(`Maximum call stack size exceeded|too much recursion`),
		fixed(say.PageAFunctionCallsItself)},
	{"page.fetch", lazyregexp.New(`Failed to fetch|NetworkError|Load failed`),
		fixed(say.PageThePageCouldNot)},
	{"page.await", lazyregexp.New(`await is only valid in`),
		fixed(say.PageAwaitWorksAsyncFunctions)},
	{"page.not-list", lazyregexp.New(`([\w.$]+) is not iterable`), fixed(say.PageIsNotList)},
	{"page.socket", lazyregexp.New(`WebSocket connection to .* failed`),
		fixed(say.PageThePageCouldNot2)},
	{"page.syntax", lazyregexp.New(`SyntaxError`),
		fixed(say.PageTheBrowserCannotRead)},
}

// PageError words an error that a page met in the browser. source is the text
// of the file that it came from, "" when unknown; it is used for "did you mean".
// The caller fills in path and place.
func PageError(msg, source string) api.Diagnostic {
	if len(source) > maxFile {
		source = ""
	}
	p := api.Diagnostic{Severity: api.SeverityError, Source: "page", Code: "page.error", Raw: msg}
	short := strings.TrimSpace(strings.ToValidUTF8(msg, "\ufffd"))
	if len(short) > 2000 {
		short = strings.ToValidUTF8(short[:2000], "")
	}
	first, _, _ := strings.Cut(short, "\n")
	for _, c := range complaints {
		if m := c.match().FindStringSubmatch(first); m != nil {
			p.Code = c.code
			p.Text, p.Help = c.say(m, source)
			return p
		}
	}
	first = strings.TrimPrefix(strings.TrimPrefix(first, "Uncaught "), "Error: ")
	if first == "" {
		first = "unknown"
	}
	p.Text = say.PageThePageMetError(strings.TrimSuffix(clipTo(first, 300), "."))
	p.Help = say.PageLookAtLineInFile()
	return p
}

// ScriptError is what the checks say about a script that a browser could not read: of the errors in the file the first
// one, in the script that line is in if that is known (0: it is not). ok is false where they see none.
func ScriptError(path string, content []byte, line int) (p api.Diagnostic, ok bool) {
	found := slices.DeleteFunc(File(path, content), func(p api.Diagnostic) bool {
		return p.Severity != api.SeverityError || p.Source != "js"
	})
	if len(found) == 0 {
		return p, false
	}
	best := found[0]
	for _, p := range found[1:] {
		if line > 0 && abs(p.Line-line) < abs(best.Line-line) {
			best = p
		}
	}
	return best, true
}

func abs(n int) int { return max(n, -n) }

func clipTo(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

var (
	scriptName = lazyregexp.New(`[A-Za-z_$][\w$]*`)
	byID       = lazyregexp.New(`(?:getElementById\(\s*|querySelector\(\s*["']#)["']?([\w:.-]+)["']`)
	idValue    = lazyregexp.New(`(?i)\bid\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))`)
)

// names are the words of a script, and those that browsers know.
func names(source, except string) []string {
	seen := map[string]bool{except: true}
	list := []string{}
	for _, n := range append(scriptName().FindAllString(source, 20000), browserNames...) {
		if !seen[n] && len(list) < 5000 {
			seen[n] = true
			list = append(list, n)
		}
	}
	return list
}

func notAFunction(m []string, source string) (text, help string) {
	whole := m[1]
	object, name := "", whole
	if at := strings.LastIndex(whole, "."); at >= 0 {
		object, name = whole[:at], whole[at+1:]
	}
	text = say.PageIsNotFunction(clip(whole))
	candidates := browserNames
	if object == "" {
		candidates = names(source, name)
	}
	if near, ok := explain.Near(name, candidates); ok {
		if object != "" {
			near = object + "." + near
		}
		return text, say.DidYouMean(near)
	}
	if near, ok := explain.Near(name, names(source, name)); ok && object != "" {
		return text, say.DidYouMean(object + "." + near)
	}
	return text, say.PageCheckSpellingAndWhatStands()
}

func notDefined(m []string, source string) (text, help string) {
	name := m[1] + m[2]
	text = say.PageThePageUsesAndThere(clip(name))
	switch name {
	case "True", "False":
		return text, say.PageJavascriptWrites(strings.ToLower(name))
	case "None", "nil":
		return text, say.PageJavascriptWritesNull()
	case "print", "println":
		return text, say.PageJavascriptWritesConsoleLog()
	case "board":
		return text, say.PageBoardWorksInMainGo()
	}
	if near, ok := explain.Near(name, names(source, name)); ok {
		return text, didYouMean(name, near)
	}
	return text, say.PageCheckSpellingOrMakeIt(clip(name))
}

// didYouMean names what may be meant, and says that capital letters matter where they are the mistake.
func didYouMean(name, near string) string {
	if name != near && strings.EqualFold(name, near) {
		return say.PageDidYouMeanCapitalLetters(near)
	}
	return say.DidYouMean(near)
}

func nullProperty(m []string, source string) (text, help string) {
	property := ""
	for _, g := range m[1:] {
		if g != "" && g != "null" && g != "undefined" {
			property = g
		}
	}
	text = say.PageThePageUsesSomethingThat()
	if property != "" {
		text = say.PageThePageUsesSomethingThat2(clip(property))
	}
	if len(m) > 2 && m[2] == "undefined" {
		return text, say.PageAVariableHasNoValue()
	}
	ids := map[string]bool{}
	var all []string
	for _, id := range idValue().FindAllStringSubmatch(source, 2000) {
		v := id[1] + id[2] + id[3]
		ids[v] = true
		all = append(all, v)
	}
	wanted := byID().FindAllStringSubmatch(source, 2000)
	if len(all) > 0 || strings.Contains(source, "<") {
		for _, w := range wanted {
			if ids[w[1]] {
				continue
			}
			text = say.PageThePageLooksForElement(clip(w[1]))
			if near, ok := explain.Near(w[1], all); ok {
				return text, didYouMean(w[1], near)
			}
			return text, say.PageAddIdToElementOr(clip(w[1]))
		}
	}
	if len(wanted) > 0 {
		return text, say.PageTheScriptMayRunBefore()
	}
	return text, say.PageCheckThatWhatStandsBefore()
}
