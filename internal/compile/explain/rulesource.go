package explain

import (
	"bytes"
	"go/ast"
	"regexp"
	"strconv"
	"strings"

	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

func toThird(f *finding) { f.change(f.m[3]) }

// packageMember: fmt.Prinln, board.OnTxt.
func packageMember(f *finding) {
	if lostDot(f) {
		return
	}
	if f.marked() == f.m[1] { // TinyGo and older compilers point at the package
		if at := f.start + len(f.m[1]) + 1; at < len(f.content) {
			f.start, f.end = tokenAt(f.content, len(f.content)-len(bytes.TrimLeft(f.content[at:], " \t\r\n")))
		}
		if lostDot(f) {
			return
		}
	}
	if f.src == nil {
		return
	}
	imported := importOf(f.content, f.m[1])
	if imported == "machine" && f.src.Board != "" {
		f.text = say.GoPackageMachineHasNoOn(f.m[2], f.src.Board)
		f.help = say.GoNamesInMachineDifferFrom()
	}
	if imported != "" && f.src.Symbols != nil {
		if near, ok := Near(f.m[2], f.src.Symbols(imported).Names); ok && !sameButNumber(near, f.m[2]) {
			f.help = say.DidYouMean(f.m[1] + "." + near)
			f.change(near)
			return
		}
	}
	if right := otherMembers[f.m[1]+"."+f.m[2]]; right != "" {
		f.help = say.DidYouMean(f.m[1] + "." + right)
		f.change(right)
	}
	if m := pinName().FindStringSubmatch(f.m[2]); m != nil && f.m[1] == "board" {
		f.text, f.help = say.GoNoPinNames(f.m[2]), say.GoNoPinNamesHelp(f.m[2])
		if m[1] != "" {
			f.help = say.GoWrite("board.Pin(" + m[1] + ")")
			f.change("Pin(" + m[1] + ")")
		}
	}
	if f.m[1] == "board" && arduino[f.m[2]] != nil {
		f.help = arduino[f.m[2]]()
	}
}

// lostDot: board. with nothing behind it, so that Go reads on in the next line. Calls that go on there are further in.
func lostDot(f *finding) bool {
	before := bytes.TrimRight(f.content[:f.start], " \t\r\n")
	dot := len(before) - 1
	if dot < 1 || before[dot] != '.' {
		return false
	}
	above, here := lineBegin(f.content, dot), lineBegin(f.content, f.start)
	indent := func(begin int) int { return len(f.content[begin:]) - len(bytes.TrimLeft(f.content[begin:], " \t")) }
	if above == here || indent(here) > indent(above) {
		return false
	}
	f.start, f.end = above+indent(above), dot+1
	if at := bytes.LastIndexAny(before, " \t=(,"); at >= above {
		f.start = at + 1
	}
	f.text, f.help = say.GoNothingBehindDot(f.marked()), say.GoNothingBehindDotHelp()
	return true
}

// otherMembers are names that people look for in Go's own packages.
var otherMembers = map[string]string{"time.Delay": "Sleep", "time.Wait": "Sleep", "time.Pause": "Sleep", "time.SleepMs": "Sleep", "fmt.Log": "Println", "fmt.Write": "Print"}

var (
	pinName   = lazyregexp.New(`^(?:(?:GPIO|GP|IO|Pin|PIN)_?(\d+)|[DA]_?\d+)$`)
	pinOutput = lazyregexp.New(`^(?i:output|setoutput|asoutput|configure|mode|setmode|init)$`)
)

// selfParameter: func turn(self, on bool), where self is what is before the name of a method in Go.
func selfParameter(f *finding) bool {
	name, file := f.m[1], f.tree()
	if file == nil || name != "self" && name != "this" {
		return false
	}
	of := ""
	for _, d := range file.Decls {
		if g, is := d.(*ast.GenDecl); is {
			for _, s := range g.Specs {
				if t, is := s.(*ast.TypeSpec); is && of == "" {
					if st, is := t.Type.(*ast.StructType); is && hasField(st, f.m[2]) {
						of = t.Name.Name
					}
				}
			}
		}
	}
	for _, d := range file.Decls {
		fn, is := d.(*ast.FuncDecl)
		if !is || fn.Recv != nil || begins(fn) > f.start || stops(fn) <= f.start || len(fn.Type.Params.List) == 0 || of == "" {
			continue
		}
		first := fn.Type.Params.List[0]
		if len(first.Names) == 0 || first.Names[0].Name != name {
			continue
		}
		rest := strings.TrimLeft(string(f.content[stops(first.Names[0]):stops(fn.Type.Params)]), ", ")
		f.code, f.text = "go.receiver", say.GoSelfParameter(name)
		f.help = say.GoWrite("func (" + name + " *" + of + ") " + fn.Name.Name + "(" + clipped(rest))
		f.mark(first.Names[0])
		return true
	}
	return false
}

func hasField(st *ast.StructType, name string) bool {
	for _, field := range st.Fields.List {
		for _, n := range field.Names {
			if n.Name == name {
				return true
			}
		}
	}
	return false
}

// labelled: try: and forever:, which Go takes for the names of places.
func labelled(f *finding) {
	before := *f
	if !habits(f) {
		*f = before
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
		f.text = say.GoIsNotThereOnText(f.m[1], f.src.Board)
	}
}

// method: board.LED.on, client.Send.
func method(f *finding) {
	if f.marked() == f.m[2] && lostDot(f) {
		return
	}
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
				f.help = say.DidYouMean(f.m[1] + "." + n)
				f.change(n)
				return
			}
		}
	}
	if near, ok := Near(f.m[2], names); ok {
		f.help = say.DidYouMean(f.m[1] + "." + near)
		f.change(near)
		return
	}
	if valueMethod(f) || selfParameter(f) {
		return
	}
	if of == "board" && name == "Pin" && pinOutput().MatchString(f.m[2]) {
		f.text, f.help = say.GoPinOutput(), say.GoPinOutputHelp()
		return
	}
	if len(names) > 0 && len(names) <= 12 {
		f.help = say.GoHas(f.m[1], strings.Join(names, ", "))
	}
}

// undefinedName: a word of another language, a missing import, a typing mistake.
func undefinedName(f *finding) {
	name := f.m[1]
	if typeFirst(f) || typeInFront(f) {
		return
	}
	after := strings.TrimLeft(string(f.content[f.end:min(len(f.content), f.end+80)]), " \t")
	if w, ok := foreign[name]; ok {
		f.text, f.help = w.words.Words(nil)
		if name == "String" && strings.HasPrefix(after, "(") {
			f.help = say.GoTextOfValue()
			f.change("fmt.Sprint")
			return
		}
		if w.instead != "" {
			f.change(w.instead)
		}
		return
	}
	if imported, ok := wellKnown[name]; ok && strings.HasPrefix(after, ".") {
		f.code = "go.missing-import"
		f.text = say.GoPackageUsedButNotImported(name)
		f.help = say.GoAddImportAtTopFile(imported)
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
					f.text = say.GoIsPartPackage(name, of)
					f.help = say.GoWriteName(of, name)
					f.change(of + "." + name)
					return
				}
			}
		}
	}
	if near, ok := Near(name, f.names()); ok {
		f.help = say.DidYouMean(near)
		f.change(near)
		return
	}
	switch {
	case strings.HasPrefix(after, "=") && !strings.HasPrefix(after, "=="):
		f.code = "go.undeclared"
		f.text = say.GoTheVariableGetsValueBefore(name)
		f.help = say.GoWriteFirstTime(name)
		at := f.end + strings.Index(string(f.content[f.end:]), "=")
		f.fix = &edit{"Change = to :=", at, at + 1, ":="}
	case strings.HasPrefix(after, "("):
		f.text = say.GoThereNoFunction(name)
		f.help = say.GoCheckSpellingOrWriteFunction(name)
	}
}

// typeInFront: const int ledPin = 13, whose ledPin Go takes for the type of a constant int.
func typeInFront(f *finding) bool {
	line := strings.TrimSpace(f.line())
	m := typedName().FindStringSubmatchIndex(line)
	if m == nil || line[m[6]:m[7]] != f.m[1] {
		return false
	}
	at := lineBegin(f.content, f.pos) + strings.Index(f.line(), line)
	f.code, f.text = "go.habit", say.GoVarTypeFirst()
	f.start, f.end = at, at+m[1]
	instead := line[m[2]:m[3]] + " " + f.m[1] + " " + line[m[4]:m[5]]
	if m[8] >= 0 {
		instead = line[m[2]:m[3]] + " " + f.m[1] + line[m[8]:m[9]]
	}
	f.help = say.GoWrite(clipped(instead))
	f.change(instead)
	return true
}

var typedName = lazyregexp.New(`^(const|var)\s+(int|bool|string|byte|float|double|char|long|String|boolean|uint8_t|uint16_t|uint32_t)\s+(\w+)(\s*=\s*[^;]+?)?\s*;?$`)

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
		f.fix = &edit{say.GoRemoveImport(), begin, min(next+1, len(f.content)), ""}
	}
}

func removeVariable(f *finding) {
	if madeAnew(f) {
		return
	}
	begin := lineBegin(f.content, f.start)
	line := lineAt(f.content, f.start)
	before := strings.TrimSpace(string(f.content[begin:f.start]))
	after := strings.TrimLeft(string(f.content[f.end:lineEnd(f.content, f.start)]), " \t")
	switch {
	case before == "" && strings.HasPrefix(after, ":="):
		at := f.end + strings.Index(string(f.content[f.end:]), ":=")
		f.fix = &edit{say.GoIgnoreValue(), f.start, at + 2, "_ ="}
	case before == "var" && !strings.Contains(line, "="):
		next := lineEnd(f.content, begin)
		for next < len(f.content) && f.content[next] != '\n' {
			next++
		}
		f.fix = &edit{say.GoRemoveLine(), begin, min(next+1, len(f.content)), ""}
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
			f.help = say.GoGivesVariableValueOnlyCompares()
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
		f.text = say.GoIsFunctionAndItNot(f.m[1])
		f.help = say.GoAddParentheses(f.m[1])
		f.fix = &edit{say.FixAdd("()"), f.end, f.end, "()"}
	}
}

func redeclared(f *finding) {
	if m := regexp.MustCompile(`(\w+\.go):(\d+):\d+: other declaration`).FindStringSubmatch(f.raw); m != nil {
		f.help = say.GoTheOtherOneInLine(m[1], m[2])
	}
}

// kind is what a value is to people.
type kind int

const (
	unknownKind kind = iota
	kindText
	kindBool
	kindDecimal
	kindCharacter
	kindFunction
	kindList
	kindTime
	kindWhole
)

// String says it: "a whole number".
func (k kind) String() string {
	switch k {
	case kindText:
		return say.GoKindText()
	case kindBool:
		return say.GoKindBool()
	case kindDecimal:
		return say.GoKindDecimal()
	case kindCharacter:
		return say.GoKindCharacter()
	case kindFunction:
		return say.GoKindFunction()
	case kindList:
		return say.GoKindList()
	case kindTime:
		return say.GoKindTime()
	case kindWhole:
		return say.GoKindWhole()
	}
	return ""
}

func (k kind) number() bool { return k == kindWhole || k == kindDecimal }

// kindOf is the kind of a type as the compiler writes it.
func kindOf(t string) kind {
	t = strings.TrimSpace(t)
	switch {
	case strings.Contains(t, "string constant"), t == "string", strings.HasSuffix(t, "type string"), t == "untyped string":
		return kindText
	case strings.Contains(t, "bool"):
		return kindBool
	case strings.Contains(t, "float"):
		return kindDecimal
	case strings.Contains(t, "rune constant"), t == "untyped rune":
		return kindCharacter
	case strings.Contains(t, "func("):
		return kindFunction
	case strings.Contains(t, "[]") || strings.Contains(t, "map["):
		return kindList
	case strings.Contains(t, "time.Duration"):
		return kindTime
	}
	for _, n := range []string{"int", "uint8", "byte", "int8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "uint", "uintptr"} {
		if t == n || strings.HasSuffix(t, "type "+n) || strings.Contains(t, "int constant") || t == "untyped int" {
			return kindWhole
		}
	}
	return unknownKind
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
	has, needs := kindOf(got), kindOf(want)
	if end := f.start + len(what); end <= len(f.content) && string(f.content[f.start:end]) == what {
		f.end = end
	}
	if numberOfElement(f) || divided(f, want) {
		return
	}
	switch {
	case strings.HasPrefix(want, "func("):
		f.text = say.GoThisFunctionDoesNotFit()
		f.help = say.GoOneThisShapeNeeded(want)
		if !strings.HasPrefix(got, "value of type func(") && !strings.HasPrefix(what, "func") {
			f.text = say.GoIsNotFunctionOneNeeded(clipped(what))
		}
		reshaped(f, want)
		return
	case has != unknownKind && needs != unknownKind && has != needs:
		f.text = say.GoIsHereNeeded(clipped(what), has.String(), needs.String(), want)
	default:
		f.text = say.GoIsTypeHereNeeded(clipped(what), plainType(got), want)
	}
	constant := strings.Contains(got, "constant")
	switch {
	case want == "string" && constant && (has.number() || has == kindBool):
		f.help = say.GoPutItIntoQuotes(what)
		f.change(`"` + what + `"`)
	case want == "string" && got != "" && plainType(got) == "int":
		f.help = say.GoTurnNumberIntoTextWith(what)
	case want == "string" && plainType(got) == "[]byte":
		f.help = say.GoTurnItIntoTextWith(what)
	case want == "string":
		f.help = say.GoTurnItIntoTextWith2(clipped(what))
	case want == "[]byte" && has == kindText:
		f.help = say.GoTurnItIntoBytesWith(clipped(what))
	case needs == kindWhole && has == kindText && constant:
		f.help = say.GoPutNumberHereWithoutQuotes()
		if n := strings.Trim(what, `"`); digits().MatchString(n) {
			f.help = say.GoWriteNumberWithoutQuotes()
			f.change(n)
		}
	case needs == kindWhole && has == kindText:
		f.help = say.GoTurnTextIntoNumberWith(clipped(what))
	case needs == kindTime:
		f.help = say.GoSayUnitTimeMillisecond(clipped(what))
		if has == kindWhole && plainType(got) == "int" {
			f.help = say.GoSayUnitTimeDurationTime(what)
		}
	case needs.number() && has.number():
		f.help = say.GoConvertIt(want, clipped(what))
		f.change(want + "(" + what + ")")
	}
}

var digits = lazyregexp.New(`^\d+$`)

func counts(f *finding) {
	room, _ := strconv.Atoi(f.m[1])
	values, _ := strconv.Atoi(f.m[3])
	if room == 1 {
		f.text = say.GoGivesForOne(f.m[2], values)
	} else {
		f.text = say.GoGivesForMany(f.m[2], values, strconv.Itoa(room))
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
	if combined(f, f.m[1], a, b) {
		return
	}
	left, right := kindOf(a), kindOf(b)
	if left != unknownKind && right != unknownKind && left != right {
		f.text = say.GoInLeftSideAndRight(f.m[1], left.String(), a, right.String(), b)
	} else {
		f.text = say.GoInLeftSideTypeAnd(f.m[1], a, b)
	}
	switch {
	case left == kindBool && right == kindWhole && boolAsNumber(f):
	case left == kindWhole && right == kindTime && strings.Contains(f.m[1], " * "):
		number, unit, _ := strings.Cut(f.m[1], " * ")
		f.help = say.GoWrite("time.Duration(" + clipped(number) + ") * " + clipped(unit))
		begin := lineBegin(f.content, f.pos)
		if at := strings.Index(lineAt(f.content, f.pos), f.m[1]); at >= 0 {
			instead := "time.Duration(" + number + ")"
			f.fix = &edit{say.FixChangeTo(clipped(instead)), begin + at, begin + at + len(number), instead}
		}
	case (left == kindText && right.number() || left.number() && right == kindText) && strings.Contains(f.m[1], "+"):
		f.help = say.GoToJoinTextAndNumber()
	case left == kindText && right.number() || left.number() && right == kindText:
		f.help = say.GoPutQuotesAroundNumberTo()
	case left.number() && right.number():
		f.help = say.GoConvertOneSideAsIn(strings.TrimPrefix(a, "untyped "))
	}
}

func convert(f *finding) {
	switch {
	case f.m[3] == "bool" && lowSwitch(f):
	case kindOf(f.m[2]) == kindText && kindOf(f.m[3]) == kindWhole:
		f.help = say.GoUseStrconvAtoiWhichGives(f.m[1])
	case kindOf(f.m[2]) == kindText && kindOf(f.m[3]) == kindDecimal:
		f.help = say.GoUseStrconvParsefloat64Which(f.m[1])
	}
}

func operatorKind(f *finding) {
	if bitwise(f) || combined(f, "", f.m[3], f.m[3]) {
		return
	}
	if f.m[1] == "!" && kindOf(f.m[3]) == kindWhole {
		f.text = say.GoTurnsTrueIntoFalseNumber(f.m[2])
		f.help = say.GoCompareIt0(f.m[2])
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
		f.help = say.DidYouMean(`"` + near + `"`)
		f.change(`"` + near + `"`)
	} else if IsStandard(name) {
		f.text, f.help = say.BuildBoardsHaveNo(name), say.BuildUseAnotherPackageFmtStrconv()
	}
}

func firstLine(f *finding) {
	f.start, f.end = lineText(f.content, 0)
	words := tokens(f.content)
	if len(words) > 1 && isName(words[1].text) && !bytes.Contains(f.content[words[0].end:words[1].start], []byte{'\n'}) {
		if _, meant := Near(words[0].text, []string{"package"}); meant { // pakage main
			f.start, f.end = words[0].start, words[0].end
			f.help = say.DidYouMean("package")
			f.change("package")
			return
		}
	}
	for i, w := range words {
		if w.text == "package" && i > 0 {
			f.help = say.GoMovePackageMainToTop()
			return
		}
	}
	f.fix = &edit{say.GoAddPackageMain(), 0, 0, "package main\n\n"}
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
	title := say.GoAddImport(imported)
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

// doubleStar: side ** 2.
func doubleStar(f *finding) {
	begin := lineBegin(f.content, f.pos)
	line := lineAt(f.content, f.pos)
	at := strings.Index(line, "**")
	if at < 0 {
		return
	}
	f.text, f.help = say.GoNoPower(), say.GoNoPowerHelp()
	f.start, f.end = begin+at, begin+at+2
}

// seconds: time.Sleep(0.5).
func seconds(f *finding) {
	value, err := strconv.ParseFloat(f.m[1], 64)
	if millis := int(value*1000 + 0.5); err == nil && millis > 0 && value < 1e6 {
		f.help = say.GoWrite(strconv.Itoa(millis) + " * time.Millisecond")
		f.change(strconv.Itoa(millis) + " * time.Millisecond")
	}
}

// keepAppended: append(list, 5) on a line of its own.
func keepAppended(f *finding) {
	start, end := lineText(f.content, f.pos)
	if line := string(f.content[start:end]); strings.HasPrefix(line, "append(") {
		f.start, f.end = start, end
		f.fix = &edit{say.FixAdd(f.m[2] + " ="), start, start, f.m[2] + " = "}
	}
}

func emptyText(f *finding) {
	if f.marked() == "nil" {
		f.change(`""`)
	}
}

func fieldName(f *finding) {
	if near := f.m[3]; near != "" {
		f.help = say.DidYouMean(near)
		f.change(near)
	}
}

// boolAsNumber: board.LED.Get() == 1.
func boolAsNumber(f *finding) bool {
	value, number, ok := strings.Cut(f.m[1], " == ")
	if !ok {
		return false
	}
	instead := value
	switch number {
	case "1":
	case "0":
		instead = "!" + value
	default:
		return false
	}
	f.text, f.help = say.GoBoolAsNumber(clipped(value)), say.GoWrite(clipped(instead))
	begin := lineBegin(f.content, f.pos)
	if at := strings.Index(lineAt(f.content, f.pos), f.m[1]); at >= 0 {
		f.fix = &edit{say.FixChangeTo(clipped(instead)), begin + at, begin + at + len(f.m[1]), instead}
	}
	return true
}
