package check

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"studioide/internal/api"
)

var update = flag.Bool("update", false, "rewrite the expectations")

var projectFiles = []string{"main.go", "www/page.html", "www/app.js", "www/style.css", "www/img/dot.png", "www/sub/index.html"}

// Each part of testdata/mistakes.txt ("== name.html") gives what the same part of expected.txt says.
func TestMistakes(t *testing.T) {
	inputs, wanted := parts(t, "testdata/mistakes.txt"), parts(t, "testdata/expected.txt")
	var all strings.Builder
	for _, in := range inputs {
		name, content := in[0], in[1]
		full := "www/" + name
		if strings.HasSuffix(name, ".go") {
			full = name
		}
		var b strings.Builder
		for _, p := range FileIn(full, []byte(content), projectFiles) {
			fmt.Fprintf(&b, "%d:%d-%d:%d %s %s %s\n  %s\n  %s\n", p.Line, p.Column, p.EndLine, p.EndColumn, p.Severity, p.Source, p.Code, p.Text, p.Help)
			if p.Fix != nil {
				fmt.Fprintf(&b, "  fix: %s\n", p.Fix.Title)
			}
			if p.Raw != "" {
				fmt.Fprintf(&b, "  raw: %s\n", p.Raw)
			}
		}
		fmt.Fprintf(&all, "== %s\n%s", name, b.String())
		if *update {
			continue
		}
		want, ok := "", false
		for _, w := range wanted {
			if w[0] == name {
				want, ok = w[1], true
			}
		}
		if !ok || want != b.String() {
			t.Errorf("%s gives\n%s\nwant\n%s", name, b.String(), want)
		}
	}
	if *update {
		os.WriteFile("testdata/expected.txt", []byte(all.String()), 0o644)
	} else if len(inputs) != len(wanted) {
		t.Errorf("%d inputs, %d expectations", len(inputs), len(wanted))
	}
}

func parts(t testing.TB, file string) (list [][2]string) {
	b, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	for _, part := range strings.Split("\n"+string(b), "\n== ")[1:] {
		name, content, _ := strings.Cut(part, "\n")
		if content != "" && !strings.HasSuffix(content, "\n") {
			content += "\n"
		}
		list = append(list, [2]string{name, content})
	}
	return list
}

// Whoever takes the edit that goes with a mistake has it no longer.
func TestFixesMend(t *testing.T) {
	fixes := 0
	for _, in := range parts(t, "testdata/mistakes.txt") {
		name, content := "www/"+in[0], []byte(in[1])
		if strings.HasSuffix(name, ".go") {
			continue
		}
		before := FileIn(name, content, projectFiles)
		for _, p := range before {
			if p.Fix == nil {
				continue
			}
			fixes++
			offset := func(line, column int) int {
				at := 0
				for ; line > 1; line-- {
					at += bytes.IndexByte(content[at:], '\n') + 1
				}
				for ; column > 1; column-- {
					_, n := utf8.DecodeRune(content[at:])
					at += n
				}
				return at
			}
			from, to := offset(p.Fix.Line, p.Fix.Column), offset(p.Fix.EndLine, p.Fix.EndColumn)
			mended := slices.Concat(content[:from], []byte(p.Fix.Text), content[to:])
			after := FileIn(name, mended, projectFiles)
			same := func(list []api.Diagnostic) (n int) {
				for _, q := range list {
					if q.Code == p.Code && q.Text == p.Text && q.Line == p.Line {
						n++
					}
				}
				return n
			}
			if same(after) >= same(before) {
				t.Errorf("%s:%d: %s is still there after %q", in[0], p.Line, p.Text, p.Fix.Title)
			}
		}
	}
	if fixes < 100 {
		t.Errorf("%d fixes", fixes)
	}
}

// Nothing is said of what is unusual and right.
func TestUnusualFiles(t *testing.T) {
	files := map[string]string{"main.go": "package main\n\nfunc main() {}\n"}
	for _, f := range projectFiles[1:] {
		files[f] = ""
	}
	for _, in := range parts(t, "testdata/unusual.txt") {
		name, content := "www/"+in[0], in[1]
		project := Project{Paths: append(slices.Sorted(maps.Keys(files)), name), Read: func(path string) []byte { return []byte(files[path]) }}
		for _, p := range FileOf(name, []byte(content), project) {
			t.Errorf("%s:%d:%d: %s: %s %s", in[0], p.Line, p.Column, p.Code, p.Text, p.Help)
		}
	}
}

// Pages of a well-known tutorial, kept elsewhere: what a pupil pastes must not be called wrong.
func TestTutorialPages(t *testing.T) {
	pages, _ := filepath.Glob("../../../shared/tutorial/*.html")
	if len(pages) == 0 {
		t.Skip("the tutorial's pages are not here")
	}
	for _, name := range pages {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range FileIn("www/"+filepath.Base(name), content, projectFiles) {
			t.Logf("%s: %+v", filepath.Base(name), p)
			if p.Severity == api.SeverityError {
				t.Errorf("%s:%d: %s", filepath.Base(name), p.Line, p.Text)
			}
		}
		broken := strings.Replace(string(content), "function writeToScreen(s)", "function writeToScreen(s", 1)
		if FileIn("www/x.html", []byte(broken), nil) == nil {
			t.Errorf("%s: a missing ) was not seen", filepath.Base(name))
		}
	}
}

// 200 KB of anything are checked in time, and without using up the stack.
func TestLargeAndNasty(t *testing.T) {
	seeds := map[string][]string{
		"x.js":   {"(", "[", "{", "!", "- ", "a=>", "new ", "typeof ", "if(1)", "x?", "x+", "a.b", "a(", "`${", "{a:", "\"", "/", "<", "async ", "a**", "else ", "while(1)", "for(;;)", "x:", "class A extends ", "void ", "await ", "yield ", "delete ", "return;", "onmessage=e=>{", "onmessage=e=>{};", "e.data==", "let [", "~", "()=>", "import(", "\\u{", "a?.", "a??", "do ", "label:", "<!--", "/*", "\r", "\u2028", "“"},
		"x.css":  {"(", "[", "{", "a{", "a,", ":not(", "@media x {", "a b>", "\"", "/*", "a{color:red}\n", "@", "}", "url(", "\\", "calc(", "a{b:", "&{"},
		"x.html": {"<b>", "<", "</b>", "<p>", "<div id=a>", "<script>", "<script></script>", "<svg>", "<a href=\"", "<b></i>", "<!--", "&", "<td>", "<table>", "<b c=", "<i id=x>\n", "<b><i></b></i>", "<style>a{</style>", "<script>(</script>\n", "<x y='", "</", "<b a a a a a ", "<img src=x>\n"},
		"x.go":   {"(", "{", "package main\n", "func f() {\n", "x := 5\n", "\"", "'", "/*", "if x {", "[]", "*", "<-", "x.", "x,", "}\n", "“", "!", "map[", "func(", "package main\nfunc f() {\nx = = 5\n}\n", "package main;x;", "a b\n"},
	}
	for name, list := range seeds {
		for _, s := range list {
			for _, head := range []string{"", "package main\n\nfunc main() {\n"} {
				if head != "" && name != "x.go" {
					continue
				}
				content := []byte(head + strings.Repeat(s, size/len(s)))
				found, took := timed(name, content)
				if took > limit/2 {
					t.Logf("%s of %q took %v", name, s, took)
				}
				// On a slow or busy computer a quarter of it takes long, too: a quarter of the time, or a sixteenth if the time grows with the square.
				if took > limit {
					_, quarter := timed(name, []byte(head+strings.Repeat(s, size/4/len(s))))
					if took > 8*quarter || took > 10*limit {
						t.Errorf("%s of %q took %v, and a quarter of it %v", name, s, took, quarter)
					}
				}
				if len(found) > maxProblems {
					t.Errorf("%s of %q: %d problems", name, s, len(found))
				}
				for _, p := range found {
					sound(t, p, content)
				}
			}
		}
	}
}

// timed checks a file, and tells how long that took.
func timed(name string, content []byte) (found []api.Diagnostic, took time.Duration) {
	took = leastTime(func() { found = FileIn("www/"+name, content, projectFiles) })
	return found, took
}

func sound(t *testing.T, p api.Diagnostic, content []byte) {
	t.Helper()
	lines := 1 + strings.Count(string(content), "\n")
	if p.Code == "" || p.Text == "" || p.Help == "" || p.Severity == "" || p.Source == "" {
		t.Fatalf("incomplete: %+v", p)
	}
	if p.Line < 1 || p.Column < 1 || p.EndLine < p.Line || p.EndLine == p.Line && p.EndColumn < p.Column || p.EndLine > lines {
		t.Fatalf("range: %+v of %d lines", p, lines)
	}
	if f := p.Fix; f != nil && (f.Line < 1 || f.EndLine < f.Line || f.EndLine == f.Line && f.EndColumn < f.Column || f.EndLine > lines) {
		t.Fatalf("fix: %+v of %d lines", f, lines)
	}
}

func TestFilesThatAreNotChecked(t *testing.T) {
	for name, content := range map[string]string{"www/a.png": "<b>", "www/a.txt": "<b>", "studio.json": "{", "www/a.js": "\xff(", "www/b.js": "(\x00", "www/c.js": strings.Repeat("(", maxFile+1)} {
		if found := File(name, []byte(content)); len(found) > 0 {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

func TestPageError(t *testing.T) {
	const source = `<button id="ledButton">x</button><script>
		function sayHello() { websocket.send("x") }
		document.getElementById("ledbutton").onclick = sayHello;
	</script>`
	for _, c := range []struct{ msg, source, code, says string }{
		{"Uncaught TypeError: websocket.sned is not a function", "", "page.not-a-function", "Did you mean websocket.send?"},
		{"TypeError: document.getElementByID is not a function", "", "page.not-a-function", "document.getElementById?"},
		{"websocket.sned is not a function. (In 'websocket.sned(1)', 'websocket.sned' is undefined)", "", "page.not-a-function", "websocket.send?"},
		{"Uncaught ReferenceError: sayHelo is not defined", source, "page.undefined", "Did you mean sayHello?"},
		{"Can't find variable: sayhello", source, "page.undefined", "Did you mean sayHello?"},
		{"Uncaught ReferenceError: True is not defined", "", "page.undefined", "true"},
		{"Uncaught ReferenceError: zzz is not defined", "", "page.undefined", "let zzz"},
		{"Uncaught TypeError: Cannot set properties of null (setting 'onclick')", source, "page.null", "Did you mean ledButton?"},
		{"Uncaught TypeError: Cannot read properties of null (reading 'x')", strings.ReplaceAll(source, "ledButton", "ledbutton"), "page.null", "before the page is there"},
		{"Uncaught TypeError: Cannot read properties of null (reading 'x')", `<p id="a"></p><script>document.getElementById("other").x</script>`, "page.null", `id="other"`},
		{"Uncaught TypeError: Cannot read properties of undefined (reading 'x')", "", "page.null", "no value yet"},
		{"null is not an object (evaluating 'output.appendChild')", "", "page.null", "output.appendChild"},
		{"can't access property \"onclick\", document.getElementById(...) is null", source, "page.null", "Did you mean ledButton?"},
		{"InvalidStateError: Failed to execute 'send' on 'WebSocket': Still in CONNECTING state.", "", "page.send-early", "onopen"},
		{"WebSocket is already in CLOSING or CLOSED state.", "", "page.send-late", "Connect again"},
		{"Uncaught SyntaxError: Unexpected token '<'", "", "page.not-script", "script src"},
		{"Uncaught TypeError: Assignment to constant variable.", "", "page.constant", "let"},
		{"", "", "page.error", "unknown"},
		{strings.Repeat("x", 1<<20), strings.Repeat("y ", 1<<18), "page.error", "ran into an error"},
	} {
		p := PageError(c.msg, c.source)
		if p.Code != c.code || !strings.Contains(p.Text+" "+p.Help, c.says) || p.Help == "" || p.Raw != c.msg || p.Source != "page" {
			t.Errorf("%.80q gives %s: %s %s; want %s with %q", c.msg, p.Code, p.Text, p.Help, c.code, c.says)
		}
	}
}

// Who has misspelt a name is not sent to look at its capital letters.
func TestCapitalLettersAreNamedWhereTheyAreTheMistake(t *testing.T) {
	const source = `<script>function sayHello() {}</script>`
	for name, want := range map[string]bool{"sayhello": true, "sayHelo": false} {
		if help := PageError("Uncaught ReferenceError: "+name+" is not defined", source).Help; strings.Contains(help, "Capital letters") != want {
			t.Errorf("%s: %s", name, help)
		}
	}
}

func FuzzFile(f *testing.F) {
	for _, in := range parts(f, "testdata/mistakes.txt") {
		f.Add(in[0], []byte(in[1]))
	}
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		for _, ext := range []string{".html", ".js", ".css", ".go"} {
			for _, p := range FileIn("www/x"+ext, content, projectFiles) {
				sound(t, p, content)
			}
		}
		_ = name
		PageError(string(content), string(content))
	})
}

// A page within an attribute may have as many lines and tags as it likes.
func TestSrcdocIsNoMissingQuote(t *testing.T) {
	const page = "<!DOCTYPE html>\n<title>x</title>\n<iframe title=x ATTRIBUTE=\"<p>one\n<p>two\"></iframe>\n"
	for attribute, wrong := range map[string]bool{"srcdoc": false, "data-page": true} {
		found := File("www/x.html", []byte(strings.Replace(page, "ATTRIBUTE", attribute, 1)))
		if got := slices.ContainsFunc(found, func(p api.Diagnostic) bool { return p.Code == "html.quote" }); got != wrong {
			t.Errorf("%s: %+v", attribute, found)
		}
	}
}

// What a browser says of a script that it cannot read becomes what the editor says, at the same place.
func TestScriptError(t *testing.T) {
	for source, want := range map[string]string{
		"<script>\nfunction f( {\n}\n</script>": "www/x.html:2",
		"<script>\nlet a = \"x;\n</script>":     "www/x.html:2",
		"<script>\nif (a {\n}\n</script>":       "www/x.html:2",
		"<script>\nlet fine = 1\n</script>\n<script>\nfunction g() {\n  let x = [1, 2;\n}\n</script>": "www/x.html:6",
	} {
		p, ok := ScriptError("www/x.html", []byte(source), 0)
		if got := fmt.Sprintf("%s:%d", p.Path, p.Line); !ok || got != want || strings.Contains(p.Text, "browser cannot read") {
			t.Errorf("%q gives %s %q, want %s", source, got, p.Text, want)
		}
	}
	// Of several errors it is the one in the script that the browser could not read.
	const two = "<!DOCTYPE html>\n<script>\nlet a = ;\n</script>\n<p>x\n<script>\nlet b = (1;\n</script>"
	for at, want := range map[int]int{0: 3, 2: 3, 3: 3, 6: 7, 7: 7, 99: 7} {
		if p, ok := ScriptError("www/x.html", []byte(two), at); !ok || p.Line != want {
			t.Errorf("at line %d: %+v, want line %d", at, p, want)
		}
	}
	if p, ok := ScriptError("www/x.html", []byte("<script>let a = 1</script>"), 0); ok {
		t.Errorf("a good script gives %+v", p)
	}
}

// No template and no example has a mistake, or wants a hint, of those that are only seen together with its other files.
func TestTemplatesWithNeighbours(t *testing.T) {
	const root = "../../firmware-templates/"
	templates, _ := filepath.Glob(root + "*/template.json")
	examples, _ := filepath.Glob(root + "_examples/*/template.json")
	if len(templates) < 5 || len(examples) < 10 {
		t.Fatal(templates, examples)
	}
	for _, f := range append(templates, examples...) {
		dir := filepath.Dir(f)
		lies := map[string]string{} // where each file of a project comes from
		for _, pattern := range []string{"/main.go", "/www/*", "/../shared/*"} {
			files, _ := filepath.Glob(dir + pattern)
			for _, f := range files {
				if name := filepath.Base(f); name == "main.go" {
					lies[name] = f
				} else {
					lies["www/"+name] = f
				}
			}
		}
		project := Project{Paths: slices.Sorted(maps.Keys(lies)), Read: func(path string) []byte {
			content, err := os.ReadFile(lies[path])
			if err != nil {
				t.Fatal(err)
			}
			return content
		}}
		if len(project.Paths) == 0 {
			t.Errorf("%s has no files", dir)
		}
		for _, name := range project.Paths {
			for _, p := range FileOf(name, project.Read(name), project) {
				t.Errorf("%s/%s:%d: %s", dir, name, p.Line, p.Text)
			}
		}
	}
}

// What Studio itself gives people is never called wrong.
func TestTemplates(t *testing.T) {
	files, _ := filepath.Glob("../../firmware-templates/*/www/*")
	if len(files) < 4 {
		t.Fatalf("%d files of templates", len(files))
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range File("www/"+filepath.Base(name), content) {
			t.Errorf("%s:%d: %s", name, p.Line, p.Text)
		}
	}
}
