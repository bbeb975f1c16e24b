package explain

import (
	"go/ast"
	"path"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"studioide/internal/api"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// MaxProblems is how many problems are reported at a time: a beginner mends the first one anyway.
const MaxProblems = 10

// Sources are the files that were compiled.
type Sources struct {
	Files   map[string][]byte               // by path in the project
	Folder  string                          // where the compiler saw them: "app"
	Symbols func(importPath string) Package // for "did you mean"; may be nil
	Board   string                          // name of the real board that it is for; "": the virtual one

	parsed  int                  // bytes, to try edits
	repairs int                  // problems for which edits were looked for
	shapes  map[string]shape     // of Files as they are
	trees   map[string]*ast.File // of Files as they are; nil: one that cannot be read
}

var place = lazyregexp.New(`^(.*?\.go):(\d+)(?::(\d+))?: ?(.*)$`)

// quotedPackage is how the compiler writes the package of a type when the file may have another one of that name.
var quotedPackage = lazyregexp.New(`"(?:[\w.-]+/)*(\w+)"\.\b`)

// Compiler turns what go build or tinygo build printed into problems, the one to mend first first.
func Compiler(output string, src Sources) []api.Diagnostic {
	var found []*finding
	var loose []string // lines without a place
	var last *finding
	others := map[string]string{} // TinyGo's "other declaration of" lines, by name
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "note: module requires") {
			continue
		}
		if strings.HasPrefix(line, "\t") {
			if last != nil {
				last.raw += "\n" + strings.TrimPrefix(line, "\t")
			} else if len(loose) > 0 {
				loose = append(loose, line)
			}
			continue
		}
		m := place().FindStringSubmatch(line)
		if m == nil || len(found) > 200 {
			last = nil
			if line != "too many errors" && len(loose) < 20 {
				loose = append(loose, line)
			}
			continue
		}
		if what, ok := strings.CutPrefix(m[4], "\tother declaration of "); ok {
			others[what] = m[1] + ":" + m[2] + ":" + m[3] + ": other declaration of " + what
			continue
		}
		if name, content, ok := src.file(m[1]); ok {
			row, _ := strconv.Atoi(m[2])
			column, err := strconv.Atoi(m[3])
			f := newFinding(name, content, quotedPackage().ReplaceAllString(m[4], "$1."), &src)
			f.at(offsetOf(content, row, column))
			if err != nil { // no column: the line's text
				f.start, f.end = lineText(content, offsetOf(content, row, 1))
			}
			last = f
			found = append(found, f)
		} else {
			last = nil
			loose = append(loose, line)
		}
	}
	found = wholeFiles(found)
	for _, f := range found {
		if what, ok := strings.CutSuffix(f.raw, " redeclared in this block"); ok && others[what] != "" {
			f.raw += "\n" + others[what]
		}
	}
	if len(found) == 0 || len(loose) > 0 {
		if f := withoutPlace(strings.Join(loose, "\n"), &src); f != nil && (len(found) == 0 || f.code != codeOther) {
			found = append(found, f)
		}
	}
	return finish(found)
}

// wholeFiles puts one problem in place of all those of a file that is not Go at all.
func wholeFiles(found []*finding) []*finding {
	var kept []*finding
	foreign := map[string]*finding{}
	for _, f := range found {
		whole, asked := foreign[f.path]
		if !asked {
			if whole = foreignFinding(f.path, f.content); whole != nil && f.now().count > 0 {
				whole.raw = f.raw
				kept = append(kept, whole)
			} else {
				whole = nil
			}
			foreign[f.path] = whole
		}
		if whole == nil {
			kept = append(kept, f)
		}
	}
	return kept
}

// file finds a compiled file by the name that the compiler calls it.
func (s *Sources) file(name string) (string, []byte, bool) {
	name = strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "./")
	if s.Folder != "" {
		rest, ok := strings.CutPrefix(name, s.Folder+"/")
		if !ok {
			at := strings.LastIndex(name, "/"+s.Folder+"/")
			if at < 0 {
				return "", nil, false
			}
			rest = name[at+len(s.Folder)+2:]
		}
		name = rest
	}
	content, ok := s.Files[name]
	return name, content, ok
}

// finish explains, drops what only follows from something else, and orders.
func finish(found []*finding) []api.Diagnostic {
	best := map[string]*finding{}  // by line: the mistake that says most
	cured := map[string]*finding{} // by file: the mistake that all others about its shape follow from
	said := map[string]bool{}
	shape := false // something is wrong with the program's shape, apart from its end
	for _, f := range found {
		f.explain()
		shape = shape || f.shape && !f.atEnd()
		if f.cured && cured[f.path] == nil {
			cured[f.path] = f
		}
		if key := f.linekey(); best[key] == nil || rank(f) > rank(best[key]) {
			best[key] = f
		}
	}
	var kept []*finding
	var first *finding // of those about the shape: what comes after it is often only its echo
	for _, f := range found {
		if f.shape && first == nil && best[f.linekey()] == f {
			first = f
		}
		follows := f.atEnd() && shape && !f.cured || // a file that ends too early because of what is above
			f.shape && cured[f.path] != nil && cured[f.path] != f ||
			best[f.linekey()] != f && (f.shape || f.unused() || f.code == "go.brace") ||
			f.shape && first != nil && f != first && (rank(f) < 2 || f.code == "go.brace" || f.code == "go.paren" || f.code == "go.outside" && first.code != "go.outside") ||
			said[f.path+f.raw] || said[f.linekey()+f.text] // the same name or the same line once more
		said[f.path+f.raw], said[f.linekey()+f.text] = true, true
		if !follows {
			kept = append(kept, f)
		}
	}
	sort.SliceStable(kept, func(i, j int) bool { return !kept[i].unused() && kept[j].unused() })
	if len(kept) > MaxProblems {
		kept = kept[:MaxProblems]
	}
	problems := make([]api.Diagnostic, 0, len(kept))
	for _, f := range kept {
		problems = append(problems, f.problem())
	}
	return problems
}

// rank orders the problems of one line: a rule that knows what is wrong beats a general one, anything beats leftovers.
func rank(f *finding) int {
	switch {
	case f.unused():
		return 0
	case f.code == codeSyntax:
		return 1
	}
	return 2
}

// atEnd says that the tool missed something at the end of the file.
func (f *finding) atEnd() bool { return f.shape && strings.Contains(f.raw, "EOF") }

// Codes of problems in Go source.
const (
	codeOther  = "go.other"
	codeSyntax = "go.syntax"
)

// finding is a problem on its way through the rules. Offsets are bytes.
type finding struct {
	path       string
	content    []byte
	raw        string // the tool's message
	src        *Sources
	pos        int // where the tool pointed
	start, end int // what is marked
	m          []string
	shape      bool // about the shape of the program, not its meaning
	cured      bool // the edit mends the file's whole shape

	code, text, help string
	fix              *edit
}

type edit struct {
	title      string
	start, end int
	text       string
}

func newFinding(path string, content []byte, raw string, src *Sources) *finding {
	return &finding{path: path, content: content, raw: raw, src: src}
}

func (f *finding) at(offset int) {
	f.pos = offset
	f.start, f.end = tokenAt(f.content, offset)
}

func (f *finding) unused() bool {
	return f.code == "go.unused-variable" || f.code == "go.unused-import"
}

func (f *finding) linekey() string {
	line, _ := Position(f.content, f.start)
	return f.path + ":" + strconv.Itoa(line)
}

// marked is the text that the problem covers.
func (f *finding) marked() string { return string(f.content[f.start:f.end]) }

// line is the text of the line of the problem; lineAt that of any offset.
func (f *finding) line() string { return lineAt(f.content, f.pos) }

// written is the line as far as a rule looks at it: what is far longer than anything typed by hand is cut off.
func (f *finding) written() string {
	line := lineAt(f.content, min(f.pos, len(f.content)))
	return line[:min(len(line), 500)]
}

func lineAt(content []byte, at int) string {
	begin := lineBegin(content, at)
	return string(content[begin:lineEnd(content, begin)])
}

// lineText is the range of a line without the blanks around it.
func lineText(content []byte, at int) (start, end int) {
	begin := lineBegin(content, at)
	line := lineAt(content, at)
	left := strings.TrimLeft(line, " \t")
	start = begin + len(line) - len(left)
	return start, start + len(strings.TrimRight(left, " \t"))
}

func (f *finding) replace(title, text string) {
	f.fix = &edit{title, f.start, f.end, text}
}

// change is an edit that puts text in place of what is marked.
func (f *finding) change(to string) { f.replace(say.FixChangeTo(clipped(to)), to) }

func (f *finding) problem() api.Diagnostic {
	p := At(f.path, f.content, f.start, f.end)
	if f.path == "" {
		p.Line, p.Column, p.EndLine, p.EndColumn = 0, 0, 0, 0
	}
	p.Code, p.Text, p.Help, p.Raw = f.code, clean(f.text), clean(f.help), clean(f.raw)
	if f.fix != nil {
		x := api.Fix{Title: clean(f.fix.title), Text: f.fix.text}
		x.Line, x.Column = Position(f.content, f.fix.start)
		x.EndLine, x.EndColumn = Position(f.content, f.fix.end)
		p.Fix = &x
	}
	return p
}

// clean keeps a sentence readable and short.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if len(s) > 1000 {
		s = s[:1000]
		for len(s) > 0 && !utf8.ValidString(s) {
			s = s[:len(s)-1]
		}
		s += "…"
	}
	return s
}

// usedAgain tells whether a name stands in more than one place.
func usedAgain(words []word, name string) bool {
	n := 0
	for _, w := range words {
		if w.text == name {
			n++
		}
	}
	return n > 1
}

// withoutPlace explains what the go command says about the program as a whole. nil: nothing.
func withoutPlace(text string, src *Sources) *finding {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	f := newFinding("", nil, text, src)
	if content, ok := src.Files["main.go"]; ok {
		f.path, f.content = "main.go", content
	}
	switch {
	case strings.Contains(text, "function main is undeclared"), strings.Contains(text, "linker could not find symbol main.main"):
		f.code, f.text = "go.no-main", say.GoTheProgramHasNoFunction()
		f.help = say.GoAddFuncMain()
		words := tokens(f.content)
		for i, w := range words {
			switch {
			case w.text == "main":
			case strings.EqualFold(w.text, "main"):
				f.start, f.end = w.start, w.end
				f.help = say.GoWriteMainInSmallLetters()
				f.change("main")
			case f.fix == nil && i > 0 && words[i-1].text == "func" && len(w.text) > 2 && distance(w.text, "main") == 1 && !usedAgain(words, w.text): // func mian
				f.start, f.end = w.start, w.end
				f.help = say.DidYouMean("main")
				f.change("main")
			}
		}
		if f.fix == nil && arduinoShape(f, words) {
			break
		}
		if f.fix == nil {
			if n := len(f.content); n > 0 {
				end := "\n"
				if f.content[n-1] != '\n' {
					end = "\n\n"
				}
				f.fix = &edit{say.GoAddFuncMain2(), n, n, end + "func main() {\n}\n"}
			}
		}
	case strings.Contains(text, "found packages "):
		f.code, f.text = "go.package-name", say.GoTheGoFilesProjectBegin()
		f.help = say.GoLetEveryGoFileBegin()
		for name, content := range src.Files {
			if path.Ext(name) != ".go" {
				continue
			}
			if start, end, got := packageName(content); got != "main" && got != "" {
				f.path, f.content, f.start, f.end = name, content, start, end
				f.replace(say.FixChangeTo(say.GoPackageMain()), "main")
				break
			}
		}
	case strings.Contains(text, "is not a main package"), strings.Contains(text, "package app is not"):
		f.code = "go.package-name"
		f.text, f.help = say.GoTheProgramDoesNotBegin(), say.GoWritePackageMainInFirst()
	default:
		f.code, f.text = codeOther, say.GoTheProgramCouldNotBe()
		f.help = say.GoReadWhatCompilerSaysBelow()
	}
	return f
}

// arduinoShape: func setup and func loop, with nobody to call them.
func arduinoShape(f *finding, words []word) bool {
	setup, loop := -1, -1
	for i := 1; i+2 < len(words); i++ {
		if words[i-1].text != "func" || words[i+1].text != "(" || words[i+2].text != ")" {
			continue
		}
		switch words[i].text {
		case "setup":
			setup = i
		case "loop":
			loop = i
		}
	}
	if setup < 0 || loop < 0 {
		return false
	}
	f.start, f.end = words[setup].start, words[setup].end
	f.text, f.help = say.GoNoMainArduino(), say.GoNoMainArduinoHelp()
	n, before := len(f.content), "\n"
	if f.content[n-1] != '\n' {
		before = "\n\n"
	}
	f.fix = &edit{say.GoAddFuncMain2(), n, n, before + "func main() {\n\tsetup()\n\tboard.Start()\n\tfor {\n\t\tloop()\n\t\ttime.Sleep(10 * time.Millisecond)\n\t}\n}\n"}
	return true
}

// packageName finds the name behind package.
func packageName(content []byte) (start, end int, name string) {
	words := tokens(content)
	if len(words) > 1 && words[0].text == "package" {
		return words[1].start, words[1].end, words[1].text
	}
	return 0, 0, ""
}
