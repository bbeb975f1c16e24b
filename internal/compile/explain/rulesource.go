package explain

import (
	"regexp"
	"strings"

	"studioide/internal/lazyregexp"
)

func toThird(f *finding) { f.replace("Change to "+f.m[3], f.m[3]) }

// packageMember: fmt.Prinln, board.OnTxt.
func packageMember(f *finding) {
	if f.marked() == f.m[1] { // TinyGo and older compilers point at the package
		if at := f.start + len(f.m[1]) + 1; at < len(f.content) {
			f.start, f.end = tokenAt(f.content, at)
		}
	}
	if f.src == nil {
		return
	}
	imported := importOf(f.content, f.m[1])
	if imported == "machine" && f.src.Board != "" {
		f.text = "Package machine has no " + f.m[2] + " on the " + f.src.Board + "."
		f.help = "Names in machine differ from board to board; board.LED and board.Pin(5) are there on all."
	}
	if imported != "" && f.src.Symbols != nil {
		if near, ok := Near(f.m[2], f.src.Symbols(imported).Names); ok && !sameButNumber(near, f.m[2]) {
			f.help = "Did you mean " + f.m[1] + "." + near + "?"
			f.replace("Change to "+near, near)
			return
		}
	}
	if f.m[1] == "board" && arduino[f.m[2]] != "" {
		f.help = arduino[f.m[2]]
	}
}

// sameButNumber: GPIO77 is no misspelled GPIO7.
func sameButNumber(a, b string) bool {
	const digits = "0123456789"
	return strings.TrimRight(a, digits) == strings.TrimRight(b, digits)
}

// notOnBoard names the board.
func notOnBoard(f *finding) {
	if f.src != nil && f.src.Board != "" {
		f.text = f.m[1] + " is not there on the " + f.src.Board + "."
	}
}

// method: board.LED.on, client.Send.
func method(f *finding) {
	t := strings.TrimLeft(f.m[3], "*")
	of, name, ok := strings.Cut(t, ".")
	if !ok {
		of, name = "", t
	}
	var names []string
	if f.src != nil && f.src.Symbols != nil && of != "" {
		imported := importOf(f.content, of)
		if imported == "" {
			imported = wellKnown[of]
		}
		if imported != "" {
			names = f.src.Symbols(imported).Methods[name]
		}
	}
	if word, known := methodWords[strings.ToLower(f.m[2])]; known {
		for _, n := range names {
			if n == word {
				f.help = "Did you mean " + f.m[1] + "." + n + "?"
				f.replace("Change to "+n, n)
				return
			}
		}
	}
	if near, ok := Near(f.m[2], names); ok {
		f.help = "Did you mean " + f.m[1] + "." + near + "?"
		f.replace("Change to "+near, near)
		return
	}
	if help, ok := valueMethods[t+"."+strings.ToLower(f.m[2])]; ok {
		f.help = help
		return
	}
	if len(names) > 0 && len(names) <= 12 {
		f.help = f.m[1] + " has: " + strings.Join(names, ", ") + "."
	}
}

// undefinedName: a word of another language, a missing import, a typing mistake.
func undefinedName(f *finding) {
	name := f.m[1]
	if typeFirst(f) {
		return
	}
	if w, ok := foreign[name]; ok {
		f.text, f.help = w.text, w.help
		if w.instead != "" {
			f.replace("Change to "+w.instead, w.instead)
		}
		return
	}
	after := strings.TrimLeft(string(f.content[f.end:min(len(f.content), f.end+80)]), " \t")
	if imported, ok := wellKnown[name]; ok && strings.HasPrefix(after, ".") {
		f.code = "go.missing-import"
		f.text = "Package " + name + " is used but not imported."
		f.help = `Add import "` + imported + `" at the top of the file.`
		f.fix = addImport(f.content, imported)
		return
	}
	if f.src != nil && f.src.Symbols != nil {
		for _, p := range []string{"studio/board", "fmt"} {
			of := p[strings.LastIndex(p, "/")+1:]
			if importOf(f.content, of) == "" && p != "studio/board" {
				continue
			}
			for _, n := range f.src.Symbols(p).Names {
				if n == name {
					f.text = name + " is part of package " + of + "."
					f.help = "Write " + of + "." + name + "."
					f.replace("Change to "+of+"."+name, of+"."+name)
					return
				}
			}
		}
	}
	if near, ok := Near(name, f.names()); ok {
		f.help = "Did you mean " + near + "?"
		f.replace("Change to "+near, near)
		return
	}
	switch {
	case strings.HasPrefix(after, "=") && !strings.HasPrefix(after, "=="):
		f.code = "go.undeclared"
		f.text = "The variable " + name + " gets a value before it was made."
		f.help = "Write := the first time: " + name + " := …"
		at := f.end + strings.Index(string(f.content[f.end:]), "=")
		f.fix = &edit{"Change = to :=", at, at + 1, ":="}
	case strings.HasPrefix(after, "("):
		f.text = "There is no function " + name + "."
		f.help = "Check the spelling, or write the function: func " + name + "() { … }"
	}
}

// names are those that could stand here: what the files use elsewhere, and Go's own.
func (f *finding) names() []string {
	missing := f.m[1]
	seen := map[string]bool{}
	list := []string{"println", "print", "true", "false", "nil", "len", "append", "string", "int", "bool", "byte", "float64", "error", "panic", "make", "copy",
		"return", "func", "range", "switch", "break", "continue", "defer", "import"}
	collect := func(content []byte) {
		before := ""
		for _, w := range tokens(content) {
			if before != "." && w.kind.IsLiteral() && isName(w.text) && w.text != missing && !seen[w.text] {
				seen[w.text] = true
				list = append(list, w.text)
			}
			before = w.text
		}
	}
	collect(f.content)
	if f.src != nil {
		for name, content := range f.src.Files {
			if name != f.path && len(content) < 1<<18 && len(seen) < 5000 {
				collect(content)
			}
		}
	}
	return list
}

var namePattern = lazyregexp.New(`^[\pL_][\pL_\pN]*$`)

func isName(s string) bool { return namePattern().MatchString(s) }

func removeImport(f *finding) {
	begin := lineBegin(f.content, f.start)
	line := strings.TrimSpace(lineAt(f.content, f.start))
	if line == f.marked() || line == "import "+f.marked() || f.m[2] != "" && !strings.ContainsAny(line, "();") {
		next := lineEnd(f.content, begin)
		for next < len(f.content) && f.content[next] != '\n' {
			next++
		}
		f.fix = &edit{"Remove the import", begin, min(next+1, len(f.content)), ""}
	}
}

func removeVariable(f *finding) {
	begin := lineBegin(f.content, f.start)
	line := lineAt(f.content, f.start)
	before := strings.TrimSpace(string(f.content[begin:f.start]))
	after := strings.TrimLeft(string(f.content[f.end:lineEnd(f.content, f.start)]), " \t")
	switch {
	case before == "" && strings.HasPrefix(after, ":="):
		at := f.end + strings.Index(string(f.content[f.end:]), ":=")
		f.fix = &edit{"Ignore the value", f.start, at + 2, "_ ="}
	case before == "var" && !strings.Contains(line, "="):
		next := lineEnd(f.content, begin)
		for next < len(f.content) && f.content[next] != '\n' {
			next++
		}
		f.fix = &edit{"Remove the line", begin, min(next+1, len(f.content)), ""}
	case strings.Contains(line, ":=") && (strings.HasPrefix(after, ",") || strings.HasSuffix(before, ",")):
		left := line[:strings.Index(line, ":=")]
		if strings.Count(left, "_")+1 < strings.Count(left, ",")+1 {
			f.replace("Write _ instead", "_")
		}
	}
}

func unusedValue(f *finding) {
	if strings.HasPrefix(strings.TrimSpace(f.line()), "switch") && lowBrace(f, f.pos) {
		return
	}
	words := tokens([]byte(lineAt(f.content, f.pos)))
	for _, w := range words {
		if w.text == "==" {
			f.help = "= gives a variable a value; == only compares."
			at := lineBegin(f.content, f.pos) + w.start
			f.fix = &edit{"Change == to =", at, at + 2, "="}
			return
		}
	}
	f.start, _ = tokenAt(f.content, f.pos)
	if end := f.start + len(f.m[1]); end <= len(f.content) && string(f.content[f.start:end]) == f.m[1] {
		f.end = end
	}
	if strings.Contains(f.raw, "value of type func(") || strings.Contains(f.raw, "variable of type func(") {
		f.text = f.m[1] + " is a function, and it is not called."
		f.help = "Add parentheses: " + f.m[1] + "()."
		f.fix = &edit{"Add ()", f.end, f.end, "()"}
	}
}

func redeclared(f *finding) {
	if m := regexp.MustCompile(`(\w+\.go):(\d+):\d+: other declaration`).FindStringSubmatch(f.raw); m != nil {
		f.help = "The other one is in " + m[1] + ", line " + m[2] + ". Give one of them another name, or remove it."
	}
}

// kind says a type in words.
func kind(t string) string {
	t = strings.TrimSpace(t)
	switch {
	case strings.Contains(t, "string constant"), t == "string", strings.HasSuffix(t, "type string"), t == "untyped string":
		return "text"
	case strings.Contains(t, "bool"):
		return "true or false"
	case strings.Contains(t, "float"):
		return "a number with decimals"
	case strings.Contains(t, "rune constant"), t == "untyped rune":
		return "a single character"
	case strings.Contains(t, "func("):
		return "a function"
	case strings.Contains(t, "[]") || strings.Contains(t, "map["):
		return "a list"
	case strings.Contains(t, "time.Duration"):
		return "a time such as 500 * time.Millisecond"
	}
	for _, n := range []string{"int", "uint8", "byte", "int8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "uint", "uintptr"} {
		if t == n || strings.HasSuffix(t, "type "+n) || strings.Contains(t, "int constant") || t == "untyped int" {
			return "a whole number"
		}
	}
	return ""
}

// plainType is the type in "variable of type int" or "untyped int constant".
func plainType(t string) string {
	if at := strings.LastIndex(t, " type "); at >= 0 {
		return t[at+6:]
	}
	return t
}

func wrongType(f *finding) {
	what, got, want := f.m[1], f.m[2], f.m[3]
	has, needs := kind(got), kind(want)
	if end := f.start + len(what); end <= len(f.content) && string(f.content[f.start:end]) == what {
		f.end = end
	}
	switch {
	case strings.HasPrefix(want, "func("):
		f.text = "This function does not fit here."
		f.help = "One of this shape is needed: " + want + "."
		if !strings.HasPrefix(got, "value of type func(") && !strings.HasPrefix(what, "func") {
			f.text = clipped(what) + " is not a function; one is needed here."
		}
		return
	case has != "" && needs != "" && has != needs:
		f.text = clipped(what) + " is " + has + "; here " + needs + " is needed (" + want + ")."
	default:
		f.text = clipped(what) + " is of type " + plainType(got) + "; here " + want + " is needed."
	}
	constant := strings.Contains(got, "constant")
	switch {
	case want == "string" && constant && (has == "a whole number" || has == "a number with decimals" || has == "true or false"):
		f.help = `Put it into quotes: "` + what + `".`
		f.replace(`Change to "`+what+`"`, `"`+what+`"`)
	case want == "string" && got != "" && plainType(got) == "int":
		f.help = "Turn the number into text with strconv.Itoa(" + what + ")."
	case want == "string" && plainType(got) == "[]byte":
		f.help = "Turn it into text with string(" + what + ")."
	case want == "string":
		f.help = "Turn it into text with fmt.Sprint(" + clipped(what) + ")."
	case want == "[]byte" && has == "text":
		f.help = "Turn it into bytes with []byte(" + clipped(what) + ")."
	case needs == "a whole number" && has == "text" && constant:
		f.help = "Put a number here, without quotes."
		if n := strings.Trim(what, `"`); digits().MatchString(n) {
			f.help = "Write the number without quotes."
			f.replace("Change to "+n, n)
		}
	case needs == "a whole number" && has == "text":
		f.help = "Turn the text into a number with strconv.Atoi(" + clipped(what) + ")."
	case strings.HasPrefix(needs, "a time such as"):
		f.help = "Say the unit: " + clipped(what) + " * time.Millisecond."
		if has == "a whole number" && plainType(got) == "int" {
			f.help = "Say the unit: time.Duration(" + what + ") * time.Millisecond."
		}
	case (needs == "a whole number" || needs == "a number with decimals") && (has == "a whole number" || has == "a number with decimals"):
		f.help = "Convert it: " + want + "(" + clipped(what) + ")."
		f.replace("Change to "+want+"("+clipped(what)+")", want+"("+what+")")
	}
}

var digits = lazyregexp.New(`^\d+$`)

func counts(f *finding) {
	values := f.m[3] + " values"
	if f.m[3] == "1" {
		values = "1 value"
	}
	f.text = f.m[2] + " gives " + values + ", and there are " + f.m[1] + " variables for it."
	if f.m[1] == "1" {
		f.text = f.m[2] + " gives " + values + ", and there is 1 variable for them."
	}
}

func clipped(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

func mismatched(f *finding) {
	a, b := f.m[2], f.m[3]
	left, right := kind(a), kind(b)
	if left != "" && right != "" && left != right {
		f.text = "In " + f.m[1] + " the left side is " + left + " (" + a + ") and the right side is " + right + " (" + b + ")."
	} else {
		f.text = "In " + f.m[1] + " the left side is of type " + a + " and the right side of type " + b + "."
	}
	number := func(k string) bool { return k == "a whole number" || k == "a number with decimals" }
	switch {
	case (left == "text" && number(right) || number(left) && right == "text") && strings.Contains(f.m[1], "+"):
		f.help = "To join text and a number, turn the number into text: strconv.Itoa(number) or fmt.Sprint(number)."
	case left == "text" && number(right) || number(left) && right == "text":
		f.help = "Put quotes around the number to compare text, or turn the text into a number with strconv.Atoi."
	case number(left) && number(right):
		f.help = "Convert one side, as in " + strings.TrimPrefix(a, "untyped ") + "(…)."
	}
}

func convert(f *finding) {
	switch {
	case f.m[3] == "bool" && lowSwitch(f):
	case kind(f.m[2]) == "text" && kind(f.m[3]) == "a whole number":
		f.help = "Use strconv.Atoi(" + f.m[1] + "), which gives a number and an error."
	case kind(f.m[2]) == "text" && kind(f.m[3]) == "a number with decimals":
		f.help = "Use strconv.ParseFloat(" + f.m[1] + ", 64), which gives a number and an error."
	}
}

func operatorKind(f *finding) {
	if f.m[1] == "!" && kind(f.m[3]) == "a whole number" {
		f.text = "! turns true into false; " + f.m[2] + " is a number."
		f.help = "Compare it: " + f.m[2] + " == 0."
	}
}

// nearImport: "studio/bord", "Fmt".
func nearImport(f *finding) {
	var paths []string
	for _, p := range wellKnown {
		paths = append(paths, p)
	}
	name := f.m[1]
	near, ok := wellKnown[strings.ToLower(name)]
	if !ok {
		near, ok = Near(name, paths)
	}
	if ok && !IsStandard(name) {
		f.help = `Did you mean "` + near + `"?`
		f.replace(`Change to "`+near+`"`, `"`+near+`"`)
	} else if IsStandard(name) {
		f.text, f.help = "Boards have no "+name+".", "Use another package; fmt, strconv, strings, time, math and studio/board work."
	}
}

func firstLine(f *finding) {
	f.start, f.end = lineText(f.content, 0)
	words := tokens(f.content)
	for i, w := range words {
		if w.text == "package" && i > 0 {
			f.help = "Move package main to the top: only comments may stand before it."
			return
		}
	}
	f.fix = &edit{"Add package main", 0, 0, "package main\n\n"}
}

// importOf returns the path that the file imports under a name.
func importOf(content []byte, name string) string {
	words := tokens(content)
	inside, block := false, false
	for i, w := range words {
		switch {
		case w.text == "import":
			inside, block = true, i+1 < len(words) && words[i+1].text == "("
		case inside && w.kind.IsLiteral() && strings.HasPrefix(w.text, `"`):
			p := strings.Trim(w.text, `"`)
			if words[i-1].text == name || !isName(words[i-1].text) && p[strings.LastIndex(p, "/")+1:] == name ||
				words[i-1].text == "import" && p[strings.LastIndex(p, "/")+1:] == name {
				return p
			}
			inside = block
		case block && w.text == ")":
			inside, block = false, false
		case w.text == "func" || w.text == "var" || w.text == "type" || w.text == "const":
			return ""
		}
	}
	return ""
}

// addImport is the edit that imports a package.
func addImport(content []byte, imported string) *edit {
	title := `Add import "` + imported + `"`
	words := tokens(content)
	for i, w := range words {
		if w.text == "func" {
			break
		}
		if w.text != "import" || i+1 >= len(words) {
			continue
		}
		if next := words[i+1]; next.text == "(" {
			return &edit{title, next.end, next.end, "\n\t\"" + imported + "\""}
		}
		return &edit{title, w.start, w.start, "import \"" + imported + "\"\n"}
	}
	if _, end, name := packageName(content); name != "" {
		return &edit{title, end, end, "\n\nimport \"" + imported + "\""}
	}
	return nil
}
