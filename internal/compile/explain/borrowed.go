package explain

import (
	"strconv"
	"strings"

	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// Expressions as people write them in other languages, which a table of lines cannot tell: what they become in Go depends
// on what is in them.

// callbacks are the functions of package board that take a function, and what that one is given.
var callbacks = map[string]string{
	"OnText": "from *board.Client, msg string", "OnTextBytes": "from *board.Client, msg []byte", "OnBinary": "from *board.Client, msg []byte",
	"OnAccept": "who *board.Client", "OnClosed": "who *board.Client", "OnLine": "line string", "Every": "",
}

var (
	arrowCallback    = lazyregexp.New(`^(.*\bboard\.(\w+)\((?:[^()]*,\s*)?)((?:async\s+)?\(?\s*([\w\s,:*.]*?)\s*\)?\s*=>\s*\{)$`)
	functionCallback = lazyregexp.New(`^(.*\bboard\.(\w+)\((?:[^()]*,\s*)?)((?:async\s+)?(?:function|def|lambda)\s*\w*\s*\(?([\w\s,:*.]*?)\)?\s*[:{]+)$`)
)

// callback: board.OnText((from, msg) => { and board.OnText(function (from, msg) {.
func callback(f *finding) bool {
	start, end := lineText(f.content, min(f.pos, len(f.content)))
	line := string(f.content[start:end])
	if len(line) > 500 {
		return false
	}
	m := arrowCallback().FindStringSubmatchIndex(line)
	if m == nil {
		m = functionCallback().FindStringSubmatchIndex(line)
	}
	if m == nil {
		return false
	}
	takes, known := callbacks[line[m[4]:m[5]]]
	if !known {
		return false
	}
	named := strings.FieldsFunc(line[m[8]:m[9]], func(r rune) bool { return r == ',' || r == ' ' })
	if want := strings.Split(takes, ", "); takes != "" && len(named) == len(want) {
		for i, w := range want {
			_, typ, _ := strings.Cut(w, " ")
			want[i] = named[i] + " " + typ
		}
		takes = strings.Join(want, ", ")
	}
	instead := "func(" + takes + ") {"
	f.code = "go.callback"
	f.text, f.help = say.GoCallback(), say.GoWrite(instead)
	f.start, f.end = start+m[6], start+m[7]
	f.change(instead)
	return true
}

var (
	textList   = lazyregexp.New(`^\s*"[^"]*"(?:\s*,\s*"[^"]*")*\s*,?\s*$`)
	wholeList  = lazyregexp.New(`^\s*-?\d+(?:\s*,\s*-?\d+)*\s*,?\s*$`)
	numberList = lazyregexp.New(`^\s*-?\d[\d.]*(?:\s*,\s*-?\d[\d.]*)*\s*,?\s*$`)
	boolList   = lazyregexp.New(`^\s*(?:true|false)(?:\s*,\s*(?:true|false))*\s*,?\s*$`)
	bareList   = lazyregexp.New(`(?:=|\(|,|\breturn)\s*(\[([^\[\]{}]*)\])\s*;?\s*(?:\)|,|$)`)
	bareMap    = lazyregexp.New(`(?:=|\(|,|\breturn)\s*(\{([^\[\]{}]*:[^\[\]{}]*)\})\s*;?\s*(?:\)|,|$)`)
	mapValues  = lazyregexp.New(`\s*("[^"]*"|\w+)\s*:\s*([^,]+?)\s*(?:,|$)`)
)

// elementType is the type of what stands in a list.
func elementType(values string) (string, bool) {
	switch {
	case textList().MatchString(values):
		return "string", true
	case wholeList().MatchString(values):
		return "int", true
	case numberList().MatchString(values):
		return "float64", true
	case boolList().MatchString(values):
		return "bool", true
	}
	return "", false
}

// literal: x := [1, 2, 3], and x := {"a": 1}.
func literal(f *finding) bool {
	begin, stop := lineBegin(f.content, min(f.pos, len(f.content))), lineEnd(f.content, min(f.pos, len(f.content)))
	line := string(f.content[begin:stop])
	if len(line) > 1000 {
		return false
	}
	if m := bareList().FindStringSubmatchIndex(line); m != nil {
		f.code = "go.list"
		f.text, f.help = say.GoListType(), say.GoListTypeHelp()
		f.start, f.end = begin+m[2], begin+m[3]
		if typ, ok := elementType(line[m[4]:m[5]]); ok {
			instead := "[]" + typ + "{" + strings.TrimSpace(line[m[4]:m[5]]) + "}"
			f.help = say.GoWrite(clipped(instead))
			f.change(instead)
		}
		return true
	}
	m := bareMap().FindStringSubmatchIndex(line)
	if m == nil {
		return false
	}
	f.code = "go.map"
	f.text, f.help = say.GoMapType(), say.GoMapTypeHelp()
	f.start, f.end = begin+m[2], begin+m[3]
	var pairs, values []string
	for _, p := range mapValues().FindAllStringSubmatch(line[m[4]:m[5]], -1) {
		key := p[1]
		if !strings.HasPrefix(key, `"`) {
			if key = strconv.Quote(key); key == `"0"` {
				return true
			}
		}
		pairs, values = append(pairs, key+": "+p[2]), append(values, p[2])
	}
	if typ, ok := elementType(strings.Join(values, ", ")); ok {
		instead := "map[string]" + typ + "{" + strings.Join(pairs, ", ") + "}"
		f.help = say.GoWrite(clipped(instead))
		f.change(instead)
	}
	return true
}

var (
	isIn     = lazyregexp.New(`("[^"]*"|'[^']*'|\b[a-z]\w*)\s+(not\s+)?in\s+([A-Za-z_][\w.]*)`)
	prefixed = lazyregexp.New(`\b([fFrRbBuU])("[^"]*"|'[^']*')`)
	named    = lazyregexp.New(`\{(\w+)\}`)
)

// contains: if "on" in msg {.
func contains(f *finding) bool {
	begin := lineBegin(f.content, min(f.pos, len(f.content)))
	line := f.written()
	m := isIn().FindStringSubmatchIndex(line)
	if m == nil || strings.HasPrefix(strings.TrimSpace(line), "for ") {
		return false
	}
	part, not := strings.Trim(line[m[2]:m[3]], `'"`), ""
	if line[m[2]] == '"' || line[m[2]] == '\'' {
		part = strconv.Quote(part)
	}
	if m[4] >= 0 {
		not = "!"
	}
	instead := not + "strings.Contains(" + line[m[6]:m[7]] + ", " + part + ")"
	f.code = "go.habit"
	f.text, f.help = say.GoInIsPython(), say.GoInIsPythonHelp(instead)
	f.start, f.end = begin+m[2], begin+m[1]
	f.change(instead)
	at := begin + m[3]
	for at < f.end && f.content[at] == ' ' {
		at++
	}
	f.start, f.end = at, at+len(strings.TrimLeft(line[m[3]:m[6]], " "))
	f.end = f.start + len(strings.TrimRight(string(f.content[f.start:f.end]), " "))
	return true
}

// fstring: println(f"Hello {name}").
func fstring(f *finding) bool {
	begin := lineBegin(f.content, min(f.pos, len(f.content)))
	line := f.written()
	m := prefixed().FindStringSubmatchIndex(line)
	if m == nil {
		return false
	}
	inner := line[m[4]+1 : m[5]-1]
	instead := strconv.Quote(inner)
	if strings.ContainsAny(line[m[2]:m[3]], "fF") && named().MatchString(inner) {
		instead = "fmt.Sprintf(" + strconv.Quote(named().ReplaceAllString(strings.ReplaceAll(inner, "%", "%%"), "%v"))
		for _, n := range named().FindAllStringSubmatch(inner, -1) {
			instead += ", " + n[1]
		}
		instead += ")"
	}
	f.code = "go.habit"
	f.text, f.help = say.GoPrefixIsPython(line[m[2]:m[3]]), say.GoWrite(clipped(instead))
	f.start, f.end = begin+m[0], begin+m[1]
	f.change(instead)
	return true
}

var blockOfWords = lazyregexp.New(`^(?:\}\s*)?(?:try|do|loop|forever|finally|unless\b.*|catch\b.*|class\s+\w+)\s*\{$`)

// opened: try {, which Go takes for a value of a type with that name, and only stumbles in the lines below.
func opened(f *finding) bool {
	if !strings.Contains(f.raw, "composite literal") && !strings.Contains(f.raw, "at end of statement") && !strings.Contains(f.raw, "expected ';'") && !strings.Contains(f.raw, "','") {
		return false
	}
	at := f.pos
	for range 20 {
		line := strings.TrimSpace(lineAt(f.content, at))
		if blockOfWords().MatchString(line) {
			was := f.pos
			if f.pos = at; habits(f) {
				return true
			}
			f.pos = was
			return false
		}
		begin := lineBegin(f.content, at)
		if begin == 0 {
			return false
		}
		at = begin - 1
	}
	return false
}
