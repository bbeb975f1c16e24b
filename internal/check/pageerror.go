package check

import (
	"slices"
	"strings"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
	"studioide/internal/lazyregexp"
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

func fixed(text, help string) func([]string, string) (string, string) {
	return func([]string, string) (string, string) { return text, help }
}

var complaints = []complaint{
	{"page.send-early", lazyregexp.New(`Still in CONNECTING state|InvalidStateError.*(?:send|WebSocket)`),
		fixed("The page sends before the WebSocket is open.", "Send in onopen, or later.")},
	{"page.send-late", lazyregexp.New(`already in CLOSING or CLOSED state`),
		fixed("The page sends, and the WebSocket is closed.", "Connect again before sending.")},
	{"page.socket-address", lazyregexp.New(`Failed to construct 'WebSocket'|An invalid or illegal string was specified|The URL .* is invalid`),
		fixed("The address of the WebSocket is not one.", "Write: new WebSocket(\"ws://\" + location.host + \"/ws\")")},
	{"page.other-script", lazyregexp.New(`^(?:Uncaught )?Script error\.?$`),
		fixed("A script from the internet failed; browsers do not say how.", "Put it into www/: then the place and the browser's words are shown.")},
	{"page.null", lazyregexp.New(`Cannot (?:read|set) propert(?:y|ies) (?:'?(\w+)'? )?of (null|undefined)(?: \((?:reading|setting) '([^']+)'\))?`), nullProperty},
	{"page.null", lazyregexp.New(`can't access property "?([^",]+)"?, .* is (null|undefined)`), nullProperty},
	{"page.null", lazyregexp.New(`null is not an object \(evaluating '([^']+)'\)`), nullProperty},
	{"page.null", lazyregexp.New(`([\w.$]+) is (null|undefined)$`), nullProperty},
	{"page.not-a-function", lazyregexp.New(`([\w.$]+) is not a (?:function|constructor)`), notAFunction},
	{"page.undefined", lazyregexp.New(`(?:([\w$]+) is not defined|Can't find variable: ([\w$]+))`), notDefined},
	{"page.constant", lazyregexp.New(`Assignment to constant variable|invalid assignment to const|readonly property`),
		fixed("Something made with const gets a new value.", "Make it with let instead.")},
	{"page.not-script", lazyregexp.New(`Unexpected token '<'|expected expression, got '<'`),
		fixed("A page came where a script was expected.", "Check the name in <script src=…>: is the file in www/?")},
	{"page.json", lazyregexp.New(`JSON\.parse|in JSON at position|is not valid JSON|JSON Parse error`),
		fixed("A text was taken for JSON and is not.", "Look at the message in Messages; use it as plain text, or send JSON from the board.")},
	{"page.twice", lazyregexp.New(`Identifier '([^']+)' has already been declared|redeclaration of (?:let|const|var) (\w+)`), func(m []string, _ string) (string, string) {
		return "There are two things named " + m[1] + m[2] + ".", "Give one of them another name."
	}},
	{"page.endless", lazyregexp.New(`Maximum call stack size exceeded|too much recursion`),
		fixed("A function calls itself again and again.", "Let it stop at some point.")},
	{"page.fetch", lazyregexp.New(`Failed to fetch|NetworkError|Load failed`),
		fixed("The page could not load something.", "Is the board running, and the file in www/?")},
	{"page.await", lazyregexp.New(`await is only valid in`),
		fixed("await works in async functions only.", "Write async before function.")},
	{"page.not-list", lazyregexp.New(`([\w.$]+) is not iterable`), func(m []string, _ string) (string, string) {
		return m[1] + " is not a list.", "for … of and ... work with lists only."
	}},
	{"page.socket", lazyregexp.New(`WebSocket connection to .* failed`),
		fixed("The page could not connect to the board's WebSocket.", "Is the program running, and does it call board.Serve()?")},
	{"page.syntax", lazyregexp.New(`SyntaxError`),
		fixed("The browser cannot read a script of this page.", "Look for a bracket, a quote or a comma too many or too few.")},
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
	p.Text = "The page met an error: " + strings.TrimSuffix(clipTo(first, 300), ".") + "."
	p.Help = "Look at the line in the file; the browser's own text is below."
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
	text = clip(whole) + " is not a function."
	candidates := browserNames
	if object == "" {
		candidates = names(source, name)
	}
	if near, ok := explain.Near(name, candidates); ok {
		if object != "" {
			near = object + "." + near
		}
		return text, "Did you mean " + near + "?"
	}
	if near, ok := explain.Near(name, names(source, name)); ok && object != "" {
		return text, "Did you mean " + object + "." + near + "?"
	}
	return text, "Check the spelling, and what stands before the dot. Capital letters matter."
}

func notDefined(m []string, source string) (text, help string) {
	name := m[1] + m[2]
	text = "The page uses " + clip(name) + ", and there is nothing with that name."
	switch name {
	case "True", "False":
		return text, "JavaScript writes " + strings.ToLower(name) + "."
	case "None", "nil":
		return text, "JavaScript writes null."
	case "print", "println":
		return text, "JavaScript writes console.log(…)."
	case "board":
		return text, "board works in main.go; the page talks to it with websocket.send(…)."
	}
	if near, ok := explain.Near(name, names(source, name)); ok {
		return text, "Did you mean " + near + "? Capital letters matter."
	}
	return text, "Check the spelling, or make it: let " + clip(name) + " = …"
}

func nullProperty(m []string, source string) (text, help string) {
	property := ""
	for _, g := range m[1:] {
		if g != "" && g != "null" && g != "undefined" {
			property = g
		}
	}
	text = "The page uses something that is not there."
	if property != "" {
		text = "The page uses " + clip(property) + " of something that is not there."
	}
	if len(m) > 2 && m[2] == "undefined" {
		return text, "A variable has no value yet: give it one before it is used."
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
			text = "The page looks for an element with id=\"" + clip(w[1]) + "\", and there is none."
			if near, ok := explain.Near(w[1], all); ok {
				return text, "Did you mean " + near + "? Capital letters matter."
			}
			return text, "Add id=\"" + clip(w[1]) + "\" to the element, or correct the name."
		}
	}
	if len(wanted) > 0 {
		return text, "The script may run before the page is there: put it at the end of <body>, or into a function that load calls."
	}
	return text, "Check that what stands before the dot has a value: look for getElementById with an id that is not in the page."
}
