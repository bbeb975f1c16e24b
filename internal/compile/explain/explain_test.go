package explain

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"studioide/internal/api"
)

var (
	update = flag.Bool("update", false, "rewrite the expectations")
	ask    = flag.Bool("record", false, "record what the compilers say; with -update")
)

// What the mistakes are compiled against.
const boardSource = `package board

type Pin uint8

const LED Pin = 8

func (p Pin) High()       {}
func (p Pin) Low()        {}
func (p Pin) Toggle()     {}
func (p Pin) Get() bool   { return false }
func (p Pin) Set(on bool) {}

type Client struct{}

func (c *Client) SendText(s string) bool { return true }
func (c *Client) Close()                 {}

func OnText(f func(c *Client, msg string)) {}
func Fold(s string) string                 { return s }
func Every(ms int, f func())               {}
func Serve()                               {}
`

// corpus is a file of testdata: programs with the mistakes of beginners,
// separated by lines "== name". The folder of that name holds what a compiler
// said of each, and what is made of it.
type corpus struct {
	name  string
	board string // that they are built for
	tool  []string
}

var corpora = []corpus{
	{"mistakes", "", []string{"go", "build", "-o", os.DevNull, "./app"}},
	{"boards", "Raspberry Pi Pico", []string{"tinygo", "build", "-target=pico", "-o", "program.elf", "./app"}},
}

// mistake is one program of a corpus.
type mistake struct{ name, source, compiled string }

func (c corpus) file(name string) string { return "testdata/" + c.name + "/" + name }

func (c corpus) sources(content []byte) Sources {
	return Sources{Files: map[string][]byte{"main.go": content}, Folder: "app", Symbols: symbols, Board: c.board}
}

func (c corpus) mistakes(t testing.TB) []mistake {
	b, err := os.ReadFile("testdata/" + c.name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	var list []mistake
	for _, part := range strings.Split("\n"+string(b), "\n== ")[1:] {
		name, source, _ := strings.Cut(part, "\n")
		compiled, err := os.ReadFile(c.file(name + ".out"))
		if err != nil && !*ask {
			t.Fatal(err)
		}
		list = append(list, mistake{name, source + "\n", string(compiled)})
	}
	return list
}

func symbols(importPath string) Package {
	if importPath == "studio/board" {
		return ReadPackage(fstest.MapFS{"board/board.go": {Data: []byte(boardSource)}}, "board")
	}
	if importPath == "machine" {
		return Package{Names: []string{"LED", "GPIO5", "GPIO7", "GPIO25", "Pin", "PinConfig", "PinInput", "PinOutput", "UART0", "Serial"},
			Methods: map[string][]string{"Pin": {"Configure", "Get", "High", "Low", "Set", "Toggle"}}}
	}
	return Package{Names: []string{"Println", "Printf", "Sprint", "Sprintf", "Print"}}
}

// The compiler's words, and the parser's, become the expected ones.
func TestMistakes(t *testing.T) {
	for _, c := range corpora {
		t.Run(c.name, c.test)
	}
}

func (c corpus) test(t *testing.T) {
	if *ask {
		c.record(t)
	}
	known := map[string]bool{}
	for _, m := range c.mistakes(t) {
		known[m.name] = true
		t.Run(m.name, func(t *testing.T) {
			content := []byte(m.source)
			var b strings.Builder
			problems := Compiler(m.compiled, c.sources(content))
			if len(problems) == 0 && m.compiled != "" {
				t.Errorf("nothing was made of %q", m.compiled)
			}
			for _, p := range problems {
				b.WriteString(render(p, content))
			}
			b.WriteString("--- while typing\n")
			for _, p := range Syntax("main.go", content) {
				b.WriteString(render(p, content))
				if before := shapeOf(content); p.Fix != nil && before.count > 0 {
					after := shapeOf(edited(content, *p.Fix))
					if after.count > 0 && after.first <= before.first && after.count >= before.count {
						t.Errorf("after %q the program parses no better: %+v, then %+v", p.Fix.Title, before, after)
					}
				}
			}
			want := c.file(m.name + ".want")
			if *update {
				os.WriteFile(want, []byte(b.String()), 0o644)
			}
			golden, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			if b.String() != string(golden) {
				t.Errorf("got\n%s\nwant\n%s", b.String(), golden)
			}
		})
	}
	files, _ := filepath.Glob(c.file("*"))
	for _, f := range files {
		if name := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(f), ".want"), ".out"); !known[name] {
			t.Errorf("%s belongs to no mistake", f)
		}
	}
}

// Of the mistakes in the table none is left to what is said when nothing better is known, and each has both sentences.
func TestEveryMistakeIsKnown(t *testing.T) {
	told := 0
	for _, c := range corpora {
		for _, m := range c.mistakes(t) {
			content := []byte(m.source)
			found := append(Compiler(m.compiled, c.sources(content)), Syntax("main.go", content)...)
			if len(found) == 0 {
				if m.name != "good" {
					t.Logf("%s has no mistake", m.name)
				}
				continue
			}
			told++
			p := found[0]
			if p.Code == codeOther || p.Code == codeSyntax && strings.HasPrefix(p.Help, "Compare the line") {
				t.Errorf("%s: %s %s %s", m.name, p.Code, p.Text, p.Help)
			}
			if p.Text == "" || p.Help == "" {
				t.Errorf("%s: %+v", m.name, p)
			}
		}
	}
	if told < 150 {
		t.Errorf("%d mistakes are told", told)
	}
}

func render(p api.Diagnostic, content []byte) string {
	s := fmt.Sprintf("%s:%d:%d-%d:%d %s\n  %s\n  %s\n", p.Path, p.Line, p.Column, p.EndLine, p.EndColumn, p.Code, p.Text, p.Help)
	if p.Fix != nil {
		mended := strings.Split(string(edited(content, *p.Fix)), "\n")
		lines := strings.Split(string(content), "\n")
		s += "  fix: " + p.Fix.Title + "\n"
		for i, line := range mended {
			if i >= len(lines) || line != lines[i] {
				s += "    > " + line + "\n"
				break
			}
		}
	}
	return s
}

// edited is a file after an editor has done what a Fix says.
func edited(content []byte, f api.Fix) []byte {
	at := func(line, column int) int {
		offset := lineStart(content, line)
		for column > 1 && offset < len(content) {
			r := []rune(string(content[offset:]))[0]
			offset += len(string(r))
			if column--; r > 0xffff {
				column--
			}
		}
		return offset
	}
	start, end := at(f.Line, f.Column), at(f.EndLine, f.EndColumn)
	return append(append(append([]byte(nil), content[:start]...), f.Text...), content[end:]...)
}

// record compiles the mistakes with the compiler that is there.
func (c corpus) record(t *testing.T) {
	if _, err := exec.LookPath(c.tool[0]); err != nil {
		t.Logf("what was recorded stays: %v", err)
		return
	}
	dir := t.TempDir()
	os.MkdirAll(dir+"/board", 0o755)
	os.MkdirAll(dir+"/app", 0o755)
	os.WriteFile(dir+"/go.mod", []byte("module studio\n\ngo 1.24\n"), 0o644)
	os.WriteFile(dir+"/board/board.go", []byte(boardSource), 0o644)
	compile := func(source []byte) string {
		os.WriteFile(dir+"/app/main.go", source, 0o644)
		cmd := exec.Command(c.tool[0], c.tool[1:]...)
		cmd.Dir = dir
		out, _ := cmd.CombinedOutput()
		return strings.ReplaceAll(string(out), dir, "/workspace")
	}
	old, _ := filepath.Glob(c.file("*"))
	for _, f := range old {
		os.Remove(f)
	}
	os.MkdirAll("testdata/"+c.name, 0o755)
	for _, m := range c.mistakes(t) {
		out := compile([]byte(m.source))
		os.WriteFile(c.file(m.name+".out"), []byte(out), 0o644)
		if problems := Compiler(out, c.sources([]byte(m.source))); len(problems) > 0 && problems[0].Fix != nil {
			after := compile(edited([]byte(m.source), *problems[0].Fix))
			t.Logf("%s: after the fix: %q", m.name, strings.TrimPrefix(after, "# studio/app\n"))
		}
	}
}

func TestColumnsAreUTF16(t *testing.T) {
	content := []byte("package main\n\nvar s = \"😀ü\" + x\n")
	p := Compiler("app/main.go:3:20: undefined: x\n", Sources{Files: map[string][]byte{"main.go": content}, Folder: "app"})
	if len(p) != 1 || p[0].Line != 3 || p[0].Column != 17 || p[0].EndColumn != 18 {
		t.Errorf("got %+v", p)
	}
}

// Names of the file as go build prints them on several systems, and lines that are about something else.
func TestPlaces(t *testing.T) {
	src := Sources{Files: map[string][]byte{"main.go": []byte("package main\n\nx\n"), "b.go": []byte("package main\n")}, Folder: "app"}
	for _, line := range []string{"app/main.go:3:1: undefined: x", "./app/main.go:3:1: undefined: x", `app\main.go:3:1: undefined: x`, `C:\cache\ab\app\main.go:3:1: undefined: x`, "/home/x/app/main.go:3:1: undefined: x\r"} {
		p := Compiler("# studio/app\n"+line+"\n", src)
		if len(p) != 1 || p[0].Path != "main.go" || p[0].Line != 3 || p[0].Code != "go.undefined" {
			t.Errorf("%q gives %+v", line, p)
		}
	}
	p := Compiler("board/board.go:1:1: internal compiler error\n", src)
	if len(p) != 1 || p[0].Code != codeOther || p[0].Raw == "" || p[0].Help == "" {
		t.Errorf("an error in the runtime: %+v", p)
	}
	if p := Compiler("", src); len(p) != 0 {
		t.Errorf("no output gives %+v", p)
	}
	var many strings.Builder
	for range 1000 {
		many.WriteString("app/main.go:3:1: undefined: x\n")
	}
	if p := Compiler(many.String(), src); len(p) == 0 || len(p) > MaxProblems {
		t.Errorf("%d problems", len(p))
	}
}

func TestNear(t *testing.T) {
	names := []string{"OnText", "OnBinary", "LED", "Serve", "Fold", "SendText", "Every"}
	for name, want := range map[string]string{"OnTxt": "OnText", "led": "LED", "serve": "Serve", "Sevre": "Serve", "Send": "SendText", "sendtext": "SendText", "x": "", "Wifi": "", "": ""} {
		if got, _ := Near(name, names); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func FuzzCompiler(f *testing.F) {
	for _, c := range corpora {
		for _, m := range c.mistakes(f) {
			f.Add(m.compiled, []byte(m.source))
		}
	}
	f.Add("app/main.go:99999999999999999999:1: undefined: x\n", []byte("x"))
	f.Add("app/main.go:1:1: newline in string\n", []byte("\""))
	f.Fuzz(func(t *testing.T, output string, source []byte) {
		for _, p := range append(Compiler(output, Sources{Files: map[string][]byte{"main.go": source}, Folder: "app", Symbols: symbols}), Syntax("main.go", source)...) {
			sound(t, p, source)
		}
	})
}

// sound fails when a problem cannot be shown.
func sound(t *testing.T, p api.Diagnostic, source []byte) {
	t.Helper()
	if p.Code == "" || p.Text == "" || p.Help == "" {
		t.Fatalf("incomplete: %+v", p)
	}
	if p.Path == "" {
		return
	}
	lines := 1 + strings.Count(string(source), "\n")
	if p.Line < 1 || p.EndLine > lines || p.Column < 1 || p.EndLine < p.Line || p.EndLine == p.Line && p.EndColumn < p.Column {
		t.Fatalf("range outside of %d lines: %+v", lines, p)
	}
	if p.Fix != nil {
		if p.Fix.EndLine > lines || p.Fix.Line < 1 || p.Fix.EndLine < p.Fix.Line || p.Fix.EndLine == p.Fix.Line && p.Fix.EndColumn < p.Fix.Column {
			t.Fatalf("fix outside of %d lines: %+v", lines, p.Fix)
		}
	}
}

// Nothing is said about programs that do what was meant.
func TestQuietAboutGoodPrograms(t *testing.T) {
	const head = "package main\n\nimport (\n\t\"example/lib\"\n\t\"strings\"\n\t\"studio/board\"\n\t\"time\"\n)\n\n"
	for _, source := range []string{
		"type app struct{}\n\nfunc (app) run() { board.Serve() }\n\nfunc main() {\n\tboard.OnText(nil)\n\tvar a app\n\ta.run()\n}\n",
		"func main() {\n\tboard.OnText(nil)\n\tfor true {\n\t\ttime.Sleep(time.Second)\n\t}\n}\n",
		"func main() {\n\tboard.OnText(nil)\n\tfor range time.Tick(time.Second) {\n\t}\n}\n",
		"var done chan bool\n\nfunc main() {\n\tboard.OnText(nil)\n\t<-done\n}\n",
		"func main() {\n\tboard.OnText(nil)\n\tlib.Run()\n}\n",
		"func main() {\n\ttime.Sleep(500000000)\n}\n",
		"func f(n int) {\n\tx := n // 2\n\ty := n // 3\n\tlib.Run(x, y, 4/2, 1.0/2, 7/2)\n}\n",
		"func f(names map[string]int, msg string) {\n\tvar seen map[string]int\n\tnames[msg] = 1\n\tseen = names\n\tseen[msg] = 2\n\tvar other map[string]int\n\tlib.Make(&other)\n\tother[msg]++\n}\n",
		"func f(msg string) string { return \"<script>`${msg}`</script>\" + \"${other}\" }\n",
		"type state struct {\n\tlit bool\n\tOn bool `json:\"on\"`\n\tx int `json:\"-\"`\n}\n",
		"func f(done chan bool) {\n\tboard.OnText(func(from *board.Client, msg string) {\n\t\tfor {\n\t\t\tif msg == \"\" {\n\t\t\t\treturn\n\t\t\t}\n\t\t\tmsg = msg[1:]\n\t\t}\n\t})\n\tgo func() {\n\t\tfor {\n\t\t\ttime.Sleep(time.Second)\n\t\t}\n\t}()\n}\n",
		"func main() {\n\tgo lib.Run()\n\tfor range time.Tick(time.Second) {\n\t\tboard.LED.Toggle()\n\t}\n}\n",
		"func f(m string) {\n\tswitch strings.ToLower(m) {\n\tcase \"\\u00E4\":\n\t}\n}\n",
	} {
		for _, p := range Syntax("main.go", []byte(head+source)) {
			t.Errorf("%s\n%s: %s %s", source, p.Code, p.Text, p.Help)
		}
	}
}

// A text of Printf with a value for each of its places is fine, whatever they look like.
func TestQuietAboutGoodTexts(t *testing.T) {
	for _, call := range []string{`fmt.Printf("%5.1f%%, %s, %v, %08b, %-10s|\n", 1.5, "a", 2, 5, "x")`, `fmt.Printf("%[1]d %[1]x", 5)`, `fmt.Printf("%*d", 4, 5)`, `fmt.Printf("%x %q", "a", 'b')`,
		`fmt.Println("100%", 5, "%")`, `fmt.Println("%d is a verb")`, `fmt.Printf("%d", n)`, `fmt.Printf(text, 5)`, `fmt.Printf("%d %d", list...)`, `fmt.Sprintf("%s", err)`} {
		for _, p := range Syntax("main.go", []byte("package main\n\nimport \"fmt\"\n\nfunc f(n int, text string, err error, list []any) {\n\t"+call+"\n}\n")) {
			t.Errorf("%s: %s %s", call, p.Text, p.Help)
		}
	}
}

// What is to be mended first is what comes first, whatever a //line calls its place.
func TestSyntaxInOrder(t *testing.T) {
	for _, text := range []string{
		"package main\n\n//line z.go:90\nfunc main() {\n\tif {\n\t}\n}\n\n//line a.go:1\nfunc other() {\n\tx := \n}\n",
		"package main\n\n//line z.go:90\nfunc main() {\n\tprintln(\"a\" \"b\")\n}\n\n//line a.go:1\nfunc other() {\n\tprintln(1 2)\n}\n",
	} {
		var was int
		for _, p := range Syntax("main.go", []byte(text)) {
			if p.Line < was {
				t.Errorf("line %d after %d", p.Line, was)
			}
			was = p.Line
		}
		if first := Syntax("main.go", []byte(text)); len(first) == 0 || first[0].Line != 5 {
			t.Errorf("%+v", first)
		}
	}
}
