package explain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"studioide/internal/lazyregexp"
)

// syntaxMessage tells messages about the shape of a program from those about its meaning. It knows the words of
// cmd/compile ("syntax error: …", and its scanner's) and of go/parser, which TinyGo uses.
var syntaxMessage = lazyregexp.New(`^(?:syntax error: |expected |missing [',(){}:;]|missing (?:condition|import path|parameter|variable)|illegal |invalid (?:character|digit|BOM|NUL|UTF-8)|curly quotation|unexpected |` +
	`newline in (?:string|rune)|string (?:literal )?not terminated|string not terminated|raw string literal not term|comment not term|rune literal not term|` +
	`more than one character in rune|empty rune|rune literal|unknown escape|escape |imports must appear|cannot use (?:assignment )?.+ as value$|cannot use .+ as value\?|` +
	`non-declaration statement|method has|mixed named|octal literal|'_' must|hexadecimal|.* at end of statement|cannot parse|var declaration not allowed|else must|invalid .* literal|` +
	`misplaced|declared name|if statement|missing)`)

// syntax explains messages about the shape of the program: what the tool says
// at the place counts less than what stands there.
func (f *finding) syntax() bool {
	if !syntaxMessage().MatchString(f.raw) || strings.HasPrefix(f.raw, "missing return") || strings.HasPrefix(f.raw, "missing function body") ||
		strings.HasPrefix(f.raw, "expected 'package'") || strings.HasPrefix(f.raw, "expected main package") || strings.HasPrefix(f.raw, "syntax error: package statement") {
		return false
	}
	f.code, f.shape = codeSyntax, true
	for _, try := range []func(*finding) bool{letters, quotes, habits, openBrace, elseLine, assignment, repair, outside, ends, lists} {
		before := *f
		if try(f) && (f.fix == nil || f.mends(*f.fix)) {
			if f.fix != nil && !f.cured {
				f.complete(*f.fix)
			}
			return true
		}
		*f = before
	}
	f.text, f.help = otherSyntax(strings.TrimPrefix(f.raw, "syntax error: "))
	return true
}

// ascii is what was meant by letters that PDFs, word processors and phones put in.
var ascii = map[rune]string{
	'“': `"`, '”': `"`, '„': `"`, '‟': `"`, '«': `"`, '»': `"`, '″': `"`, '＂': `"`, '‘': "'", '’': "'", '‚': "'", '′': "'", '´': "'",
	'–': "-", '—': "-", '−': "-", '‐': "-", '‑': "-", '×': "*", '∗': "*", '÷': "/", '⁄': "/", '…': "...", '≠': "!=", '≤': "<=", '≥': ">=", '←': "<-",
	'\u00a0': " ", '\u2007': " ", '\u202f': " ", '\u2003': " ", '\u2002': " ", '\u2009': " ", '\u3000': " ", '\u200b': "", '\u200c': "", '\u200d': "", '\ufeff': "", '\u00ad': "", '\u2060': "",
	'；': ";", '：': ":", '，': ",", '（': "(", '）': ")", '｛': "{", '｝': "}", '［': "[", '］': "]", '＝': "=", '＋': "+", '！': "!", '．': ".", '、': ",", '。': ".",
}

var badCharacter = lazyregexp.New(`(?:invalid character|illegal character|invalid Unicode|curly quotation mark) *(?:U\+([0-9A-F]+))?`)

// letters: characters that Go source cannot have outside of texts and comments.
func letters(f *finding) bool {
	if strings.Contains(f.raw, "escape") {
		return false
	}
	if strings.Contains(f.raw, "NUL") || strings.Contains(f.raw, "UTF-8") || strings.Contains(f.raw, "BOM") {
		f.text = "There are bytes in this line that are not text."
		f.help = "Type the line anew."
		return true
	}
	if !badCharacter().MatchString(f.raw) {
		return false
	}
	r, size := utf8.DecodeRune(f.content[min(f.pos, len(f.content)):])
	if r == '#' {
		return habits(f) || hash(f)
	}
	if r == '?' {
		f.code, f.text = "go.habit", "Go has no ? : choice."
		f.help = "Write if … { … } else { … }."
		return true
	}
	if r == '$' || r == '@' || r == '\\' {
		f.text, f.help = fmt.Sprintf("%c has no meaning in Go here.", r), "Remove it."
		return true
	}
	f.start, f.end = f.pos, f.pos+size
	if instead, ok := ascii[r]; ok {
		f.code = "go.character"
		name := fmt.Sprintf("%c", r)
		if !unicode.IsGraphic(r) || unicode.IsSpace(r) {
			name = "An invisible character"
		}
		f.text = name + " is not the character that Go needs. Copied from a document?"
		f.help = "Type it on the keyboard: " + instead
		switch instead {
		case "", " ":
			f.help = "Remove it, and type a space if you need one."
		case `"`:
			f.help = `Use straight quotes: "`
		}
		begin, end := lineBegin(f.content, f.pos), lineEnd(f.content, f.pos)
		if mended := Straight(string(f.content[begin:end])); end-begin < 2000 && mended != string(f.content[begin:end]) {
			f.fix = &edit{"Use plain characters in this line", begin, end, mended}
		}
		return true
	}
	f.code = "go.character"
	f.text = fmt.Sprintf("%q has no meaning in Go here.", r)
	f.help = "Remove it, or put it into a text between quotes."
	return true
}

// Straight replaces document characters outside of straight-quoted texts and comments.
func Straight(line string) string {
	var b strings.Builder
	var quote rune
	escaped := false
	runes := []rune(line)
	for i, r := range runes {
		switch {
		case quote != 0:
			b.WriteRune(r)
			if escaped {
				escaped = false
			} else if r == '\\' {
				escaped = true
			} else if r == quote {
				quote = 0
			}
			continue
		case r == '/' && i+1 < len(runes) && runes[i+1] == '/':
			return b.String() + string(runes[i:])
		case r == '"' || r == '`':
			quote = r
			b.WriteRune(r)
			continue
		}
		if instead, ok := ascii[r]; ok {
			b.WriteString(instead)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

var single = lazyregexp.New(`^'((?:[^'\\\n]|\\.)*)'`)

// quotes: texts that do not end, single quotes.
func quotes(f *finding) bool {
	raw := strings.TrimPrefix(f.raw, "syntax error: ")
	begin, stop := lineBegin(f.content, f.pos), lineEnd(f.content, f.pos)
	switch {
	case strings.Contains(raw, "rune literal") || strings.Contains(raw, "newline in rune"):
		at := f.pos
		if at > begin && strings.HasPrefix(raw, "empty rune") && f.content[at] == '\'' && at > 0 && f.content[at-1] == '\'' {
			at-- // the compiler points behind the first quote
		}
		f.code = "go.quotes"
		f.text = "A text stands between double quotes in Go; single quotes are for one character."
		f.help = `Write "…".`
		if m := single().FindString(string(f.content[at:stop])); m != "" {
			f.start, f.end = at, at+len(m)
			inner := strings.ReplaceAll(strings.ReplaceAll(m[1:len(m)-1], `\'`, `'`), `"`, `\"`)
			f.replace(`Change to "`+inner+`"`, `"`+inner+`"`)
		}
		return true
	case strings.HasPrefix(raw, "newline in string"), strings.HasPrefix(raw, "string literal not terminated"), strings.HasPrefix(raw, "string not terminated"):
		f.code = "go.quotes"
		f.text, f.help = `A text begins with " here, and its end is missing.`, `Add " where the text ends.`
		open := begin + openQuote(string(f.content[begin:stop]))
		f.start, f.end = open, stop
		end := begin + len(strings.TrimRight(string(f.content[begin:stop]), " \t);,{}"))
		if end > open+1 || end == open+1 {
			f.fix = &edit{`Add "`, end, end, `"`}
		}
		return true
	case strings.HasPrefix(raw, "raw string literal not term"):
		f.code = "go.quotes"
		f.text, f.help = "A text begins with ` here, and its end is missing.", "Add ` where the text ends."
		return true
	case strings.HasPrefix(raw, "comment not term"):
		f.code = "go.comment"
		f.text, f.help = "A comment begins with /* here, and its end is missing.", "Add */ where the comment ends."
		f.end = min(f.start+2, stop)
		return true
	case strings.Contains(raw, "escape") && !strings.Contains(raw, "rune literal"):
		f.code = "go.escape"
		f.text, f.help = `The backslash \ begins a special character in a text, and this one does not exist.`, `Write \\ for a backslash.`
		if at := strings.LastIndexByte(string(f.content[begin:min(f.pos+1, stop)]), '\\'); at >= 0 {
			f.start, f.end = begin+at, min(begin+at+2, stop)
			f.fix = &edit{`Change to \\`, f.start, f.start + 1, `\\`}
		}
		return true
	case strings.HasPrefix(raw, "invalid digit"), strings.Contains(raw, "octal"):
		f.text, f.help = "This number is not written as Go wants it.", "Write it without 0 at the front."
		return true
	}
	return false
}

// openQuote finds the last " that begins a text without end.
func openQuote(line string) int {
	open, in := 0, false
	for i := 0; i < len(line); i++ {
		switch {
		case in && line[i] == '\\':
			i++
		case line[i] == '"':
			if in = !in; in {
				open = i
			}
		}
	}
	return open
}

// habit is a line as people write it in another language.
type habit struct {
	match lazyregexp.Regexp // against the line without blanks around it
	text  string
	help  string
	fix   string // the line in Go, with $1…; "": needs thought
}

var habitTable = []habit{
	{lazyregexp.New(`^def\s+(\w+)\s*\(\s*(?:self)?\s*\)\s*(?:->.*)?:?\s*\{?$`), "def is Python.", "A function begins with: func $1() {", "func $1() {"},
	{lazyregexp.New(`^def\s+(\w+)`), "def is Python.", "A function begins with: func $1(name type) {", ""},
	{lazyregexp.New(`^(?:async\s+)?function\s+(\w+)\s*\(\s*\)\s*\{?$`), "function is JavaScript.", "A function begins with: func $1() {", "func $1() {"},
	{lazyregexp.New(`\bfunction\b`), "function is JavaScript.", "Write func.", ""},
	{lazyregexp.New(`^(?:public\s+|static\s+)*(?:void|int|bool|float)\s+(\w+)\s*\(\s*(?:void)?\s*\)\s*\{?$`), "This is how C begins a function.", "In Go: func $1() {", "func $1() {"},
	{lazyregexp.New(`^(?:\}\s*)?elif\b\s*(.*?)\s*:?\s*\{?$`), "elif is Python.", "Write: } else if $1 {", ""},
	{lazyregexp.New(`^else\s*:$`), "A colon begins a block in Python.", "Write: } else {", ""},
	{lazyregexp.New(`^for\s+(\w+)\s+in\s+range\(\s*([\w.]+)\s*\)\s*[:{]*$`), "for … in is Python.", "Write: for $1 := range $2 {", "for $1 := range $2 {"},
	{lazyregexp.New(`^for\s+(\w+)\s+in\s+(.+?)\s*[:{]*$`), "for … in is Python.", "Write: for _, $1 := range $2 {", "for _, $1 := range $2 {"},
	{lazyregexp.New(`^for\s*\(\s*(?:let|var|int|const)\s+(\w+)\s*=\s*(.+?);\s*(.+?);\s*(.+?)\s*\)\s*\{?$`), "for has no parentheses in Go.", "Write: for $1 := $2; $3; $4 {", "for $1 := $2; $3; $4 {"},
	{lazyregexp.New(`^for\s*\(\s*(.+?;.+?;.+?)\s*\)\s*\{?$`), "for has no parentheses in Go.", "Write: for $1 {", "for $1 {"},
	{lazyregexp.New(`^while\s*\(?\s*(?:[Tt]rue|1)\s*\)?\s*[:{]*$`), "Go has no while; for does it all.", "A loop without end is: for {", "for {"},
	{lazyregexp.New(`^while\s*\((.+)\)\s*[:{]*$`), "Go has no while; for does it all.", "Write: for $1 {", "for $1 {"},
	{lazyregexp.New(`^while\s+(.+?)\s*[:{]*$`), "Go has no while; for does it all.", "Write: for $1 {", "for $1 {"},
	{lazyregexp.New(`^(if|for|switch|else if)\b(.*?)\s*:$`), "A colon begins a block in Python.", "Write { instead, and } at the end of the block.", "$1$2 {"},
	{lazyregexp.New(`^print(?:ln)?\s+([^(].*?);?$`), "print needs parentheses.", "Write: println($1)", "println($1)"},
	{lazyregexp.New(`^#\s*(?:include|define)\b`), "# lines are C.", "Go uses import for packages and const for fixed values.", ""},
	{lazyregexp.New(`^#\s?(.*)$`), "A comment begins with // in Go.", "Write: // $1", "// $1"},
	{lazyregexp.New(`^from\s+(\w+)\s+import\b`), "from … import is Python.", `Write: import "$1"`, ""},
	{lazyregexp.New(`^import\s+([A-Za-z_][\w./]*)\s*;?$`), "The name of a package stands between quotes.", `Write: import "$1"`, `import "$1"`},
	{lazyregexp.New(`^(?:let|auto)\s+(\w+)\s*=\s*(.+?);?$`), "Variables are made with := in Go.", "Write: $1 := $2", "$1 := $2"},
	{lazyregexp.New(`^let\s+(\w+)`), "let is JavaScript.", "Make a variable with :=, as in $1 := 0", ""},
	{lazyregexp.New(`^(?:const\s+)?(?:int|float|double|bool|boolean|String|string|char|long|byte|uint8_t|unsigned int)\s+(\w+)\s*=\s*(.+?);?$`), "The type stands behind the name in Go, or is left out.", "Write: $1 := $2", "$1 := $2"},
	{lazyregexp.New(`^(int|bool|string|byte)\s+(\w+)\s*;?$`), "The type stands behind the name in Go.", "Write: var $2 $1", "var $2 $1"},
	{lazyregexp.New(`^class\s+(\w+)`), "Go has no classes.", "Use func for functions, and type $1 struct { … } for things with parts.", ""},
	{lazyregexp.New(`^(?:\}\s*)?(try|except|catch|finally)\b`), "Go has no $1.", "Functions that can fail give back an error: value, err := …; if err != nil { … }", ""},
	{lazyregexp.New(`^(?:await|async)\b`), "await and async are JavaScript.", "Leave the word out: Go waits by itself.", ""},
	{lazyregexp.New(`^pass\s*;?$`), "pass is Python.", "Remove it: an empty { } does nothing.", ""},
	{lazyregexp.New(`^do\s*\{?$`), "Go has no do.", "Write: for { … if done { break } }", ""},
	{lazyregexp.New(`^(?:\+\+|--)(\w+);?$`), "++ and -- stand behind the name in Go.", "Write: $1++ or $1--", ""},
	{lazyregexp.New(`=\s*\w+(?:\+\+|--)`), "++ and -- stand on a line of their own in Go.", "Write x++ first, then use x.", ""},
	{lazyregexp.New(`\s=>\s`), "=> is JavaScript.", "Write: func() { … }", ""},
	{lazyregexp.New(`\?.*:`), "Go has no ? : choice.", "Write if … { … } else { … }.", ""},
	{lazyregexp.New(`\blambda\b`), "lambda is Python.", "Write: func() { … }", ""},
	{lazyregexp.New(`^(\w+)\s*=\s*=\s*(.+)$`), "There is one = too many, or a space between two.", "Write = to give a value, == to compare.", ""},
}

var (
	threeEquals = lazyregexp.New(`(!|=)==`)
	wordLogic   = lazyregexp.New(`\b(and|or|not)\b`)
)

func habits(f *finding) bool {
	start, end := lineText(f.content, min(f.pos, len(f.content)))
	line := string(f.content[start:end])
	if line == "" || len(line) > 1000 || strings.HasPrefix(line, "//") {
		return false
	}
	if at := strings.Index(line, " //"); at > 0 && !strings.ContainsAny(line[:at], "\"`") { // without its comment
		line = strings.TrimRight(line[:at], " \t")
		end = start + len(line)
	}
	for _, h := range habitTable {
		in := line
		if !strings.HasPrefix(h.match().String(), "^") {
			in = masked(line)
		}
		m := h.match().FindStringSubmatchIndex(in)
		if m == nil {
			continue
		}
		f.code = "go.habit"
		f.text = string(h.match().ExpandString(nil, braced(h.text), line, m))
		f.help = string(h.match().ExpandString(nil, braced(h.help), line, m))
		f.start, f.end = start, end
		if name := h.match().ExpandString(nil, "${1}", line, m); strings.HasPrefix(line, "import ") && wellKnown[string(name)] != "" {
			instead := `import "` + wellKnown[string(name)] + `"`
			f.help = "Write: " + instead
			f.replace("Change to "+instead, instead)
		} else if h.fix != "" {
			instead := string(h.match().ExpandString(nil, braced(h.fix), line, m))
			f.replace("Change to "+clipped(instead), instead)
		}
		return true
	}
	if m := threeEquals().FindStringIndex(line); m != nil {
		f.code, f.text, f.help = "go.habit", line[m[0]:m[1]]+" is JavaScript.", "Go compares with == and !=."
		f.start, f.end = start+m[0], start+m[1]
		f.replace("Change to "+line[m[0]:m[1]-1], line[m[0]:m[1]-1])
		return true
	}
	if m := wordLogic().FindStringIndex(line); m != nil && !strings.ContainsAny(line[:m[0]], "\"`'") {
		w := line[m[0]:m[1]]
		f.code, f.text, f.help = "go.habit", foreign[w].text, foreign[w].help
		f.start, f.end = start+m[0], start+m[1]
		f.replace("Change to "+foreign[w].instead, foreign[w].instead)
		return true
	}
	return false
}

var texts = lazyregexp.New("\"(?:[^\"\\\\]|\\\\.)*\"?|`[^`]*`?")

// masked is a line with x in place of what stands in texts.
func masked(line string) string {
	return texts().ReplaceAllStringFunc(line, func(t string) string { return strings.Repeat("x", len(t)) })
}

func hash(f *finding) bool {
	f.text, f.help = "# has no meaning in Go here.", "A comment begins with //."
	f.start, f.end = f.pos, min(f.pos+1, len(f.content))
	f.replace("Change to //", "//")
	return true
}

// openBrace: { on a line of its own.
func openBrace(f *finding) bool {
	raw := strings.TrimPrefix(f.raw, "syntax error: ")
	if !strings.Contains(raw, "{") && !strings.Contains(raw, "function body") && !strings.Contains(raw, "expected declaration") {
		return false
	}
	at := f.pos
	begin := lineBegin(f.content, at)
	if own := strings.TrimSpace(lineAt(f.content, at)); strings.HasPrefix(own, "{") && begin > 0 { // pointed at the brace
		at = begin - 1
	}
	return lowBrace(f, at)
}

var opensBlock = lazyregexp.New(`^(?:\}\s*)?(?:func|if|for|else|switch|type|select)\b`)

// lowBrace is right when the line at opens a block, and its { stands in a line below.
func lowBrace(f *finding, at int) bool {
	end := lineBegin(f.content, at) + len(strings.TrimRight(lineAt(f.content, at), " \t\r"))
	rest := string(f.content[end:])
	trimmed := strings.TrimLeft(rest, " \t\r\n")
	head := strings.TrimSpace(lineAt(f.content, at))
	if !opensBlock().MatchString(head) || !strings.HasPrefix(trimmed, "{") || !strings.Contains(rest[:len(rest)-len(trimmed)], "\n") {
		return false
	}
	brace := end + len(rest) - len(trimmed)
	f.code = "go.brace"
	f.text = "The { must stand at the end of the line before."
	f.help = "Move it up: " + clipped(head) + " {"
	f.start, f.end = brace, brace+1
	f.fix = &edit{"Move { up", end, brace + 1, " {"}
	return true
}

// lowSwitch is right when a case does not fit because the { of its switch stands in the next line: Go takes that for
// a switch without a value, whose cases are true or false.
func lowSwitch(f *finding) bool {
	line := strings.TrimSpace(f.line())
	for at := f.pos; strings.HasPrefix(line, "case "); {
		begin := lineBegin(f.content, at)
		if begin == 0 {
			return false
		}
		at = begin - 1
		if above := strings.TrimSpace(lineAt(f.content, at)); strings.HasPrefix(above, "switch") {
			return lowBrace(f, at)
		}
	}
	return false
}

// elseLine: else on a line of its own below }.
func elseLine(f *finding) bool {
	start, _ := lineText(f.content, f.pos)
	if !strings.HasPrefix(string(f.content[start:]), "else") {
		return false
	}
	before := len(strings.TrimRight(string(f.content[:start]), " \t\r\n"))
	if before == 0 || f.content[before-1] != '}' {
		return false
	}
	f.code = "go.brace"
	f.text, f.help = "else must stand in the same line as the } before it.", "Write: } else {"
	f.start, f.end = start, start+4
	f.fix = &edit{"Move else up", before, start, " "}
	return true
}

var assigned = lazyregexp.New(`[^=!<>:]=[^=]`)

// assignment: if x = 5.
func assignment(f *finding) bool {
	if !strings.Contains(f.raw, "as value") && !strings.Contains(f.raw, "found assignment") && !strings.Contains(f.raw, "expected boolean expression") {
		return false
	}
	begin := lineBegin(f.content, f.pos)
	line := lineAt(f.content, f.pos)
	m := assigned().FindStringIndex(line)
	if m == nil {
		return false
	}
	f.code = "go.compare"
	f.text = "= gives a value; to compare, write ==."
	f.help = "Write == in the condition."
	f.start, f.end = begin+m[0]+1, begin+m[0]+2
	f.replace("Change to ==", "==")
	return true
}

// outside: statements between functions, and a } too many.
func outside(f *finding) bool {
	if !strings.Contains(f.raw, "non-declaration statement") && !strings.Contains(f.raw, "expected declaration") {
		return false
	}
	start, end := lineText(f.content, f.pos)
	line := string(f.content[start:end])
	f.code = "go.outside"
	switch {
	case strings.HasPrefix(line, "}"):
		f.code = "go.brace"
		f.text, f.help = "There is one } too many.", "Remove it, or look above for the } that ends the function too early."
	case strings.Contains(line, ":="):
		f.text = "A variable outside of functions is made with var."
		name, value, _ := strings.Cut(line, ":=")
		f.help = "Write: var " + strings.TrimSpace(name) + " = " + strings.TrimSpace(value)
		f.start, f.end = start, end
		f.replace("Change to var", "var "+strings.TrimSpace(name)+" = "+strings.TrimSpace(value))
	default:
		f.text = "This line stands outside of any function."
		f.help = "Move it into a function, between { and }. Maybe a } above ends the function too early."
		f.start, f.end = start, end
	}
	return true
}

// ends: the file is over, and every bracket closed.
func ends(f *finding) bool {
	if !strings.Contains(f.raw, "EOF") {
		return false
	}
	f.code = "go.brace"
	f.text, f.help = "The file ends too early.", "Something is missing at its end: a }, a ) or a value."
	return true
}

var foundToken = lazyregexp.New(`(?:unexpected|found) (?:name |literal |keyword )?'?([^ ',]+)`)

// lists: commas and parentheses.
func lists(f *finding) bool {
	raw := strings.TrimPrefix(f.raw, "syntax error: ")
	line := lineAt(f.content, f.pos)
	switch {
	case strings.Contains(raw, "missing import path") || strings.Contains(raw, "imports must appear"):
		f.code = "go.import"
		if strings.Contains(raw, "imports must") {
			f.text, f.help = "import must stand at the top of the file, before everything else.", "Move the import up, below package main."
		} else {
			f.text, f.help = "The name of a package stands between quotes.", `Write: import "fmt"`
		}
		return true
	case strings.Contains(raw, "newline") && (strings.Contains(raw, "comma") || strings.Contains(raw, "',' before newline")):
		f.code = "go.paren"
		end := lineBegin(f.content, f.pos) + len(strings.TrimRight(line, " \t\r"))
		f.text, f.help = "A comma is missing at the end of this line.", "In a list over several lines each line ends with a comma, the last one too."
		f.fix = &edit{"Add a comma", end, end, ","}
		return true
	case strings.Contains(raw, "in argument list") || strings.Contains(raw, "in composite literal") || strings.Contains(raw, "in parameter list"):
		f.code = "go.paren"
		f.text, f.help = "A comma or a closing bracket is missing before "+quoted(f.marked())+".", "Write a comma between two values."
		return true
	case strings.Contains(raw, "at end of statement") || strings.HasPrefix(raw, "expected ';'"):
		if f.marked() == "" {
			return false
		}
		f.text = "Go does not expect " + quoted(f.marked()) + " here: the sentence before it is complete."
		f.help = "Something is missing before it, such as a dot, a comma, an operator or a new line."
		if strings.HasPrefix(strings.TrimSpace(f.marked()), ":=") {
			f.help = "Only plain names may stand before :=. Use = here."
		}
		return true
	case strings.Contains(raw, "unexpected name") && strings.Contains(raw, "expected (") && strings.HasPrefix(strings.TrimSpace(line), "func "):
		f.code = "go.brace"
		f.text, f.help = "A function with a name cannot stand inside another one.", "Maybe a } is missing above this line."
		return true
	case strings.Contains(raw, "expected '(', found") && strings.HasPrefix(strings.TrimSpace(line), "func "):
		f.code = "go.brace"
		f.text, f.help = "A function with a name cannot stand inside another one.", "Maybe a } is missing above this line."
		return true
	case strings.Contains(raw, "expected expression") || strings.Contains(raw, "expected operand"):
		f.text, f.help = "A value is missing before "+quoted(f.marked())+".", "Look at what stands before it: is it complete?"
		if m := foundToken().FindStringSubmatch(raw); m != nil && (m[1] == "newline" || f.marked() == "") {
			f.text, f.help = "A value is missing at the end of this line.", "Complete the line."
		}
		return true
	case strings.Contains(raw, "missing condition"):
		f.text, f.help = "The condition is missing.", "Write what must be true, as in: if x == 5 {"
		return true
	}
	return false
}

func quoted(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return "the end of the line"
	}
	return "“" + clipped(s) + "”"
}

// otherSyntax words what the table has nothing for.
func otherSyntax(raw string) (text, help string) {
	text = "Something is not as Go expects it: " + raw + "."
	if m := foundToken().FindStringSubmatch(raw); m != nil {
		switch m[1] {
		case "newline":
			text = "The line ends too early."
		default:
			text = "Go does not expect “" + clipped(m[1]) + "” here."
		}
	}
	return text, "Compare the line, and the one above it, with one that works: is there a bracket, a quote or a comma too many or too few?"
}
