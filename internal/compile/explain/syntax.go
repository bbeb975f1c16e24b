package explain

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
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
	for _, try := range []func(*finding) bool{letters, fstring, threeQuotes, quotes, callback, literal, opened, fieldColon, habits, contains, is, valueName, openBrace, elseLine, lessMinus, assignment, repair, outside, ends, lists} {
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
		f.text = say.GoThereBytesInThisLine()
		f.help = say.GoTypeLineAnew()
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
		f.code, f.text = "go.habit", say.GoGoHasNoChoiceText()
		f.help = say.GoWriteIfElse()
		return true
	}
	if r == '$' || r == '@' || r == '\\' {
		f.text, f.help = say.GoHasNoMeaningInGo(string(r)), say.GoRemoveIt()
		return true
	}
	f.start, f.end = f.pos, f.pos+size
	if instead, ok := ascii[r]; ok {
		f.code = "go.character"
		name := fmt.Sprintf("%c", r)
		if !unicode.IsGraphic(r) || unicode.IsSpace(r) {
			name = say.GoAnInvisibleCharacter()
		}
		f.text = say.GoIsNotCharacterThatGo(name)
		f.help = say.GoTypeItOnKeyboard(instead)
		switch instead {
		case "", " ":
			f.help = say.GoRemoveItAndTypeSpace()
		case `"`:
			f.help = say.HtmlUseStraightQuotes()
		}
		begin, end := lineBegin(f.content, f.pos), lineEnd(f.content, f.pos)
		if mended := Straight(string(f.content[begin:end])); end-begin < 2000 && mended != string(f.content[begin:end]) {
			f.fix = &edit{say.JsUsePlainCharactersInThis(), begin, end, mended}
		}
		return true
	}
	f.code = "go.character"
	f.text = say.GoHasNoMeaningInGo(strconv.QuoteRune(r))
	f.help = say.GoRemoveItOrPutIt()
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
		f.text = say.GoATextStandsBetweenDouble()
		f.help = `Write "…".`
		if m := single().FindString(string(f.content[at:stop])); m != "" {
			f.start, f.end = at, at+len(m)
			inner := strings.ReplaceAll(strings.ReplaceAll(m[1:len(m)-1], `\'`, `'`), `"`, `\"`)
			f.change(`"` + inner + `"`)
		}
		return true
	case strings.HasPrefix(raw, "newline in string"), strings.HasPrefix(raw, "string literal not terminated"), strings.HasPrefix(raw, "string not terminated"):
		f.code = "go.quotes"
		f.text, f.help = say.GoATextBeginsWithHere(), say.GoAddWhereTextEnds()
		open := begin + openQuote(string(f.content[begin:stop]))
		f.start, f.end = open, stop
		end := begin + len(strings.TrimRight(string(f.content[begin:stop]), " \t);,{}"))
		if end > open+1 || end == open+1 {
			f.fix = &edit{`Add "`, end, end, `"`}
		}
		return true
	case strings.HasPrefix(raw, "raw string literal not term"):
		f.code = "go.quotes"
		f.text, f.help = say.GoATextBeginsWithHere2(), say.GoAddWhereTextEnds2()
		return true
	case strings.HasPrefix(raw, "comment not term"):
		f.code = "go.comment"
		f.text, f.help = say.GoACommentBeginsWithHere(), say.GoAddWhereCommentEnds()
		f.end = min(f.start+2, stop)
		return true
	case strings.Contains(raw, "escape") && !strings.Contains(raw, "rune literal"):
		f.code = "go.escape"
		f.text, f.help = say.GoTheBackslashBeginsSpecialCharacter(), say.GoWriteForBackslash()
		if at := strings.LastIndexByte(string(f.content[begin:min(f.pos+1, stop)]), '\\'); at >= 0 {
			f.start, f.end = begin+at, min(begin+at+2, stop)
			f.fix = &edit{say.FixChangeTo(`\\`), f.start, f.start + 1, `\\`}
		}
		return true
	case strings.HasPrefix(raw, "invalid digit"), strings.Contains(raw, "octal"):
		f.text, f.help = say.GoThisNumberNotWrittenAs(), say.GoWriteItWithout0At()
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
	words say.Rule
	fix   string // the line in Go, with $1…; "": needs thought; "-": without it
}

var habitTable = []habit{
	{lazyregexp.New(`^def\s+(\w+)\s*\(\s*(?:self)?\s*\)\s*(?:->.*)?:?\s*\{?$`), say.GoDefPython, "func $1() {"},
	{lazyregexp.New(`^def\s+(\w+)`), say.GoDefPython2, ""},
	{lazyregexp.New(`^(?:async\s+)?function\s+(\w+)\s*\(\s*\)\s*\{?$`), say.GoFunctionJavascript, "func $1() {"},
	{lazyregexp.New(`\bfunction\b`), say.GoFunctionJavascript2, ""},
	{lazyregexp.New(`^(?:public\s+|static\s+)*(?:void|int|bool|float)\s+(\w+)\s*\(\s*(?:void)?\s*\)\s*\{?$`), say.GoThisHowCBegins, "func $1() {"},
	{lazyregexp.New(`^(?:\}\s*)?elif\b\s*(.*?)\s*:?\s*\{?$`), say.GoElifPython, ""},
	{lazyregexp.New(`^else\s*:$`), say.GoAColonBeginsBlock, ""},
	{lazyregexp.New(`^for\s*\(\s*(?:const|let|var|auto|int|String)?\s*(\w+)\s+(?:of|in)\s+(.+?)\s*\)\s*\{?$`), say.GoALoopOverList, "for _, $1 := range $2 {"},
	{lazyregexp.New(`^foreach\s*\(?\s*(.+?)\s+(?:as|in)\s+(\w+)\s*\)?\s*\{?$`), say.GoGoHasNoForeach, "for _, $2 := range $1 {"},
	{lazyregexp.New(`^loop\s*[:{]*$`), say.GoGoHasNoLoop, "for {"},
	{lazyregexp.New(`^(forever)\s*[:{]*$`), say.GoGoHasNoForever, "for {"},
	{lazyregexp.New(`^repeat\s*\(?\s*(\w+)\s*\)?\s*(?:times)?\s*[:{]*$`), say.GoGoHasNoRepeat, "for range $1 {"},
	{lazyregexp.New(`^set\s+(\w+)\s+to\s+(.+?);?$`), say.GoSetTo, "$1 = $2"},
	{lazyregexp.New(`^change\s+(\w+)\s+by\s+(.+?);?$`), say.GoChangeBy, "$1 += $2"},
	{lazyregexp.New(`^(func\s+(?:\([^()]*\)\s*)?\w+\s*\([^()]*\))\s*(?:->|=>|:)\s*([\w.*\[\]]+)\s*\{?$`), say.GoResultArrow, "$1 $2 {"},
	{lazyregexp.New(`^func\s+(?:\([^()]*\)\s*)?\w+\s*\([^()]*\w\s*=[^()]*\)`), say.GoDefaultValue, ""},
	{lazyregexp.New(`^for\s*\(?\s*(?:let\s+|var\s+|int\s+)?(\w+)\s*:?=\s*([^,;]+),\s*([^,;]*[<>=][^,;]*),\s*([^,;]+?)\s*\)?\s*\{$`), say.GoForCommas, "for $1 := $2; $3; $4 {"},
	{lazyregexp.New(`^(?:global|nonlocal)\s+(\w+)`), say.GoGlobalPythonFunctionGo, "-"},
	{lazyregexp.New(`^del\s+(\w+)\[(.+)\]$`), say.GoDelPython, "delete($1, $2)"},
	{lazyregexp.New(`^(?:with|using)\b`), say.GoGoHasNoWith, ""},
	{lazyregexp.New(`^raise\b|^throw\b`), say.GoGoThrowsNoExceptions, ""},
	{lazyregexp.New(`^assert\b`), say.GoGoHasNoAssert, ""},
	{lazyregexp.New(`^using\s+namespace\b`), say.GoUsingNamespaceC, "-"},
	{lazyregexp.New(`^export\s+(?:default\s+)?`), say.GoExportJavascriptGoWhat, ""},
	{lazyregexp.New(`^until\s+(.+?)\s*[:{]*$`), say.GoGoHasNoUntil, "for !($1) {"},
	{lazyregexp.New(`^unless\s+(.+?)\s*[:{]*$`), say.GoGoHasNoUnless, "if !($1) {"},
	{lazyregexp.New(`^elsif\b\s*(.*?)\s*\{?$`), say.GoElsifNotGo, ""},
	{lazyregexp.New(`^(?:\}\s*)?elseif\b\s*(.*?)\s*\{?$`), say.GoElseIfTwoWords, "} else if $1 {"},
	{lazyregexp.New(`^fn\s+(\w+)\s*\(\s*\)\s*\{?$`), say.GoFnRust, "func $1() {"},
	{lazyregexp.New(`^(?:public|private|protected)\s+`), say.GoGoHasNoPublic, ""},
	{lazyregexp.New(`^static\s+\w+\s+(\w+)\s*=\s*(.+?);?$`), say.GoGoHasNoStatic, ""},
	{lazyregexp.New(`^enum\s+(?:class\s+)?(\w+)`), say.GoGoHasNoEnum, ""},
	{lazyregexp.New(`^struct\s+(\w+)\s*\{?$`), say.GoAStructTypeGo, "type $1 struct {"},
	{lazyregexp.New(`^typedef\b`), say.GoTypedefC, ""},
	{lazyregexp.New(`^(?:unsigned\s+)?(?:int|float|double|bool|boolean|String|char|byte|long|uint8_t|uint16_t|uint32_t)\s+(\w+)\s*\(`), say.GoFunctionsBeginWithFunc, ""},
	{lazyregexp.New(`^for\s+(\w+)\s+in\s+range\(\s*([\w.]+)\s*\)\s*[:{]*$`), say.GoForPython, "for $1 := range $2 {"},
	{lazyregexp.New(`^for\s+(\w+)\s+in\s+(.+?)\s*[:{]*$`), say.GoForPython2, "for _, $1 := range $2 {"},
	{lazyregexp.New(`^for\s*\(\s*(?:let|var|int|const)\s+(\w+)\s*=\s*(.+?);\s*(.+?);\s*(.+?)\s*\)\s*\{?$`), say.GoForHasNoParentheses, "for $1 := $2; $3; $4 {"},
	{lazyregexp.New(`^for\s*\(\s*(.+?;.+?;.+?)\s*\)\s*\{?$`), say.GoForHasNoParentheses2, "for $1 {"},
	{lazyregexp.New(`^while\s*\(?\s*(?:[Tt]rue|1)\s*\)?\s*[:{]*$`), say.GoGoHasNoWhile, "for {"},
	{lazyregexp.New(`^while\s*\((.+)\)\s*[:{]*$`), say.GoGoHasNoWhile2, "for $1 {"},
	{lazyregexp.New(`^while\s+(.+?)\s*[:{]*$`), say.GoGoHasNoWhile2, "for $1 {"},
	{lazyregexp.New(`\btypeof\b`), say.GoTypeofJavascript, ""},
	{lazyregexp.New(`\bnew\s+([A-Z]\w*)\s*\(`), say.GoNewObject, ""},
	{lazyregexp.New(`^(if|for|switch|else if)\b(.*?)\s*:$`), say.GoAColonBeginsBlock2, "$1$2 {"},
	{lazyregexp.New(`^print(?:ln)?\s+([^(].*?);?$`), say.GoPrintNeedsParentheses, "println($1)"},
	{lazyregexp.New(`^#\s*(?:include|define)\b`), say.GoLinesC, ""},
	{lazyregexp.New(`^#\s?(.*)$`), say.GoACommentBeginsWith, "// $1"},
	{lazyregexp.New(`^from\s+(\w+)\s+import\b`), say.GoFromImportPython, ""},
	{lazyregexp.New(`^import\s+([A-Za-z_][\w./]*)\s*;?$`), say.GoTheNamePackageStands, `import "$1"`},
	{lazyregexp.New(`^(?:let|auto)\s+(\w+)\s*=\s*(.+?);?$`), say.GoVariablesMadeWithGo, "$1 := $2"},
	{lazyregexp.New(`^let\s+(\w+)`), say.GoLetJavascript, ""},
	{lazyregexp.New(`^(?:const\s+)?(?:int|float|double|bool|boolean|String|string|char|long|byte|uint8_t|unsigned int)\s+(\w+)\s*=\s*(.+?);?$`), say.GoTheTypeStandsBehind, "$1 := $2"},
	{lazyregexp.New(`^(int|bool|string|byte)\s+(\w+)\s*;?$`), say.GoTheTypeStandsBehind2, "var $2 $1"},
	{lazyregexp.New(`^class\s+(\w+)`), say.GoGoHasNoClasses, ""},
	{lazyregexp.New(`^(?:\}\s*)?(try|except|catch|finally)\b`), say.GoGoHasNo, ""},
	{lazyregexp.New(`^await\s+(.+?);?$`), say.GoAwaitAndAsyncJavascript, "$1"},
	{lazyregexp.New(`^(?:await|async)\b`), say.GoAwaitAndAsyncJavascript, ""},
	{lazyregexp.New(`^pass\s*;?$`), say.GoPassPython, ""},
	{lazyregexp.New(`^do\s*\{?$`), say.GoGoHasNoDo, ""},
	{lazyregexp.New(`^(?:\+\+|--)(\w+);?$`), say.GoAndStandBehindName, ""},
	{lazyregexp.New(`=\s*\w+(?:\+\+|--)`), say.GoAndStandOnLine, ""},
	{lazyregexp.New(`\s=>\s`), say.GoIsJavascript, ""},
	{lazyregexp.New(`\?.*:`), say.GoGoHasNoChoice, ""},
	{lazyregexp.New(`\blambda\b`), say.GoLambdaPython, ""},
	{lazyregexp.New(`^(\w+)\s*=\s*=\s*(.+)$`), say.GoThereOneTooMany, ""},
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
		f.text, f.help = h.words.Words(groups(line, m))
		f.start, f.end = start, end
		if name := h.match().ExpandString(nil, "${1}", line, m); strings.HasPrefix(line, "import ") && wellKnown[string(name)] != "" {
			instead := `import "` + wellKnown[string(name)] + `"`
			f.help = say.GoWrite(instead)
			f.change(instead)
		} else if h.fix != "" {
			if h.fix == "-" {
				next := min(lineEnd(f.content, end)+1, len(f.content))
				f.fix = &edit{say.GoRemoveLine(), lineBegin(f.content, start), next, ""}
				return true
			}
			instead := string(h.match().ExpandString(nil, braced(h.fix), line, m))
			if name, value, made := strings.Cut(instead, " := "); made && f.outside() { // outside of functions, too
				if instead = "var " + name + " = " + value; strings.HasPrefix(line, "const ") {
					instead = "const " + name + " = " + value
				}
				f.help = say.GoWrite(clipped(instead))
			}
			f.change(instead)
		}
		return true
	}
	if m := threeEquals().FindStringIndex(line); m != nil {
		f.code, f.text, f.help = "go.habit", say.GoIsJavascriptText(line[m[0]:m[1]]), say.GoGoComparesWithAnd()
		f.start, f.end = start+m[0], start+m[1]
		f.change(line[m[0] : m[1]-1])
		return true
	}
	if m := wordLogic().FindStringIndex(line); m != nil && !strings.ContainsAny(line[:m[0]], "\"`'") {
		w := line[m[0]:m[1]]
		f.code = "go.habit"
		f.text, f.help = foreign[w].words.Words(nil)
		f.start, f.end = start+m[0], start+m[1]
		f.change(foreign[w].instead)
		return true
	}
	return false
}

// groups are what a pattern's groups cover of a line, of which m are the places.
func groups(line string, m []int) (list []string) {
	for i := 0; i < len(m); i += 2 {
		if m[i] < 0 {
			list = append(list, "")
		} else {
			list = append(list, line[m[i]:m[i+1]])
		}
	}
	return list
}

var texts = lazyregexp.New("\"(?:[^\"\\\\]|\\\\.)*\"?|`[^`]*`?")

// masked is a line with x in place of what stands in texts.
func masked(line string) string {
	return texts().ReplaceAllStringFunc(line, func(t string) string { return strings.Repeat("x", len(t)) })
}

func hash(f *finding) bool {
	f.text, f.help = say.GoHasNoMeaningInGo2(), say.GoACommentBeginsWithText()
	f.start, f.end = f.pos, min(f.pos+1, len(f.content))
	f.change("//")
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
	f.text = say.GoTheMustStandAtEnd()
	f.help = say.GoMoveItUp(clipped(head))
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
	f.text, f.help = say.GoElseMustStandInSame(), "Write: } else {"
	f.start, f.end = start, start+4
	f.fix = &edit{say.GoMoveElseUp(), before, start, " "}
	return true
}

var lessThanMinus = lazyregexp.New(`[\w)\]]\s*(<-)\s*\d`)

// lessMinus: if x <-1 {, where Go sees the arrow of channels.
func lessMinus(f *finding) bool {
	begin := lineBegin(f.content, f.pos)
	m := lessThanMinus().FindStringSubmatchIndex(f.written())
	if m == nil {
		return false
	}
	f.code = "go.compare"
	f.text, f.help = say.GoLessMinus(), say.GoLessMinusHelp()
	f.start, f.end = begin+m[2], begin+m[3]
	f.change("< -")
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
	f.text = say.GoGivesValueToCompareWrite()
	f.help = say.GoWriteInCondition()
	f.start, f.end = begin+m[0]+1, begin+m[0]+2
	f.change("==")
	return true
}

// outside tells that the tool has found a sentence where only declarations may be.
func (f *finding) outside() bool {
	return strings.Contains(f.raw, "non-declaration statement") || strings.Contains(f.raw, "expected declaration")
}

// outside: statements between functions, and a } too many.
func outside(f *finding) bool {
	if !f.outside() {
		return false
	}
	start, end := lineText(f.content, f.pos)
	line := string(f.content[start:end])
	f.code = "go.outside"
	switch {
	case strings.HasPrefix(line, "}"):
		f.code = "go.brace"
		f.text, f.help = say.GoThereOneTooMany2(), say.GoRemoveItOrLookAbove()
	case strings.Contains(line, ":="):
		f.text = say.GoAVariableOutsideFunctionsMade()
		name, value, _ := strings.Cut(line, ":=")
		f.help = say.GoWriteVar(strings.TrimSpace(name), strings.TrimSpace(value))
		f.start, f.end = start, end
		f.replace(say.FixChangeTo("var"), "var "+strings.TrimSpace(name)+" = "+strings.TrimSpace(value))
	default:
		f.text = say.GoThisLineStandsOutsideAny()
		f.help = say.GoMoveItIntoFunctionBetween()
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
	f.text, f.help = say.GoTheFileEndsTooEarly(), say.GoSomethingMissingAtItsEnd()
	return true
}

var foundToken = lazyregexp.New(`(?:unexpected|found) (?:name |literal |keyword )?'?([^ ',]+)`)

var (
	barePath   = lazyregexp.New(`^[a-z][\w./-]*$`)
	pathComma  = lazyregexp.New(`^(?:import\s+)?(?:\w+\s+)?"[\w./-]+"\s*(,)`)
	namedField = lazyregexp.New(`^(\w+)\s*:\s*([\w.*\[\]]+)\s*[,;]?$`)
	valueNames = lazyregexp.New(`([(,]\s*)[A-Za-z_]\w*\s*=\s*([^=,()]+)`)
	isWord     = lazyregexp.New(`\bis(\s+not)?\b`)
)

// fieldColon: pin: int in a struct.
func fieldColon(f *finding) bool {
	start, end := lineText(f.content, f.pos)
	m := namedField().FindStringSubmatch(string(f.content[start:end]))
	if m == nil || f.marked() != ":" || !strings.Contains(f.raw, "expected type") {
		return false
	}
	f.code, f.text, f.help = "go.struct", say.GoStructColon(), say.GoWrite(m[1]+" "+m[2])
	f.start, f.end = start, end
	f.change(m[1] + " " + m[2])
	return true
}

// valueName: blink(n=3).
func valueName(f *finding) bool {
	start, end := lineText(f.content, f.pos)
	line := string(f.content[start:end])
	if f.marked() != "=" || strings.HasPrefix(line, "func ") || strings.HasPrefix(line, "if ") || strings.HasPrefix(line, "for ") {
		return false
	}
	instead := valueNames().ReplaceAllString(line, "$1$2")
	if len(line) > 500 || instead == line {
		return false
	}
	f.code, f.text = "go.arguments", say.GoNamedValue()
	f.start, f.end = start, end
	f.help = say.GoWrite(clipped(instead))
	f.change(instead)
	return true
}

// is: if msg is None.
func is(f *finding) bool {
	begin := lineBegin(f.content, f.pos)
	m := isWord().FindStringSubmatchIndex(masked(f.written()))
	if m == nil || begin+m[0] != f.start {
		return false
	}
	instead := "=="
	if m[2] >= 0 {
		instead = "!="
	}
	f.code, f.text, f.help = "go.habit", say.GoIsPython(f.written()[m[0]:m[1]]), say.GoGoComparesWithAnd()
	f.end = begin + m[1]
	f.change(instead)
	return true
}

// threeQuotes: """, around a text over several lines.
func threeQuotes(f *finding) bool {
	begin := lineBegin(f.content, f.pos)
	at := strings.Index(lineAt(f.content, f.pos), `"""`)
	if at < 0 || strings.Contains(lineAt(f.content, f.pos)[:at], "`") {
		return false
	}
	f.code, f.text, f.help = "go.quotes", say.GoThreeQuotes(), say.GoThreeQuotesHelp()
	f.start, f.end = begin+at, begin+at+3
	if n := strings.Index(string(f.content[f.end:]), `"""`); n >= 0 && !strings.Contains(string(f.content[f.end:f.end+n]), "`") {
		f.fix = &edit{say.FixChangeTo("`…`"), f.start, f.end + n + 3, "`" + string(f.content[f.end:f.end+n]) + "`"}
	}
	return true
}

// lists: commas and parentheses.
func lists(f *finding) bool {
	raw := strings.TrimPrefix(f.raw, "syntax error: ")
	line := lineAt(f.content, f.pos)
	switch m := pathComma().FindStringSubmatchIndex(strings.TrimLeft(line, " \t")); {
	case m != nil && f.marked() == ",":
		f.code = "go.import"
		f.text, f.help = say.GoImportComma.Words(nil)
		f.fix = &edit{say.GoRemove(","), f.start, f.end, ""}
		return true
	case strings.Contains(raw, "missing import path") || strings.Contains(raw, "imports must appear"):
		f.code = "go.import"
		if strings.Contains(raw, "imports must") {
			f.text, f.help = say.GoImportMustStandAtTop(), say.GoMoveImportUpBelowPackage()
		} else {
			f.text, f.help = say.GoTheNamePackageStandsBetween(), say.GoWriteImportFmt()
			start, end := lineText(f.content, f.pos)
			if path := string(f.content[start:end]); barePath().MatchString(path) {
				f.start, f.end = start, end
				f.help = say.GoWrite(`"` + path + `"`)
				f.change(`"` + path + `"`)
			}
		}
		return true
	case strings.Contains(raw, "newline") && (strings.Contains(raw, "comma") || strings.Contains(raw, "',' before newline")):
		f.code = "go.paren"
		end := lineBegin(f.content, f.pos) + len(strings.TrimRight(line, " \t\r"))
		f.text, f.help = say.GoACommaMissingAtEnd(), say.GoInListOverSeveralLines()
		f.fix = &edit{say.GoAddComma(), end, end, ","}
		return true
	case strings.Contains(raw, "in argument list") || strings.Contains(raw, "in composite literal") || strings.Contains(raw, "in parameter list"):
		f.code = "go.paren"
		f.text, f.help = say.GoACommaOrClosingBracket(quoted(f.marked())), say.GoWriteCommaBetweenTwoValues()
		return true
	case strings.Contains(raw, "at end of statement") || strings.HasPrefix(raw, "expected ';'"):
		if f.marked() == "" {
			return false
		}
		f.text = say.GoGoDoesNotExpectHere(quoted(f.marked()))
		f.help = say.GoSomethingMissingBeforeItSuch()
		if strings.HasPrefix(strings.TrimSpace(f.marked()), ":=") {
			f.help = say.GoOnlyPlainNamesMayStand()
		}
		return true
	case strings.Contains(raw, "unexpected name") && strings.Contains(raw, "expected (") && strings.HasPrefix(strings.TrimSpace(line), "func "):
		f.code = "go.brace"
		f.text, f.help = say.GoAFunctionWithNameCannot(), say.GoMaybeMissingAboveThisLine()
		return true
	case strings.Contains(raw, "expected '(', found") && strings.HasPrefix(strings.TrimSpace(line), "func "):
		f.code = "go.brace"
		f.text, f.help = say.GoAFunctionWithNameCannot(), say.GoMaybeMissingAboveThisLine()
		return true
	case strings.Contains(raw, "expected expression") || strings.Contains(raw, "expected operand"):
		f.text, f.help = say.GoAValueMissingBefore(quoted(f.marked())), say.GoLookAtWhatStandsBefore()
		if m := foundToken().FindStringSubmatch(raw); m != nil && (m[1] == "newline" || f.marked() == "") {
			f.text, f.help = say.GoAValueMissingAtEnd(), say.GoCompleteLine()
		}
		return true
	case strings.Contains(raw, "missing condition"):
		f.text, f.help = say.GoTheConditionMissing(), say.GoWriteWhatMustBeTrue()
		return true
	}
	return false
}

func quoted(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return say.GoTheEndLine()
	}
	return "“" + clipped(s) + "”"
}

// otherSyntax words what the table has nothing for.
func otherSyntax(raw string) (text, help string) {
	text = say.GoSomethingNotAsGoExpects(raw)
	if m := foundToken().FindStringSubmatch(raw); m != nil {
		switch m[1] {
		case "newline":
			text = say.GoTheLineEndsTooEarly()
		default:
			text = say.GoGoDoesNotExpectHere2(clipped(m[1]))
		}
	}
	return text, say.GoCompareLineAndOneAbove()
}
