package check

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// What a page says and the program does not take because it is written otherwise, and elements that no page has.
func TestNeighbours(t *testing.T) {
	const page = "<p id=\"output\"></p>\n<button onclick=\"say('LEDon')\">x</button>\n<script src=\"app.js\"></script>\n"
	const program = "package main\n\nimport \"studio/board\"\n\nfunc main() {\n\tboard.OnText(func(from *board.Client, msg string) {\n\t\tswitch msg {\n\t\tcase \"LEDOn\":\n\t\tcase \"status\":\n\t\t}\n\t})\n\tboard.Serve()\n}\n"
	const script = "ws.send(\"statsu\");\ndocument.getElementById(\"ouput\");\ndocument.getElementById(\"output\");\ndocument.getElementById(\"made\");\nel.id = \"made\";\nws.send(\"hello there\");\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"www/page.html", nil, []string{"2:23 page.message"}},
		{"www/app.js", nil, []string{"2:26 js.no-id", "1:10 page.message"}},
		{"main.go", nil, []string{"8:9 go.message", "9:9 go.message"}},
		{"www/page.html", map[string]string{"main.go": "package main\n\nfunc f(m string) {\n\tswitch board.Fold(m) {\n\tcase \"ledon\":\n\t}\n}\n"}, nil},
		{"www/page.html", map[string]string{"main.go": "package main\n"}, nil},
		{"www/page.html", map[string]string{"main.go": "package main\nfunc ("}, nil},
		{"www/app.js", map[string]string{"www/page.html": "<p id=ouput></p><p id=output>"}, []string{"1:10 page.message"}},
	} {
		files := map[string]string{"main.go": program, "www/page.html": page, "www/app.js": script}
		for name, content := range c.files {
			files[name] = content
		}
		project := Project{Paths: []string{"main.go", "www/app.js", "www/page.html"}, Read: func(path string) []byte { return []byte(files[path]) }}
		var got []string
		for _, p := range FileOf(c.name, []byte(files[c.name]), project) {
			got = append(got, fmt.Sprintf("%d:%d %s", p.Line, p.Column, p.Code))
			if p.Fix == nil || p.Severity != "warning" {
				t.Errorf("%s: %+v", c.name, p)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s of %v: got %v, want %v", c.name, c.files, got, c.want)
		}
	}
}

// An element of a page that does not load the script is not the one that it looks for.
func TestElementsOfLoadingPages(t *testing.T) {
	const script = "document.getElementById(\"gauge\");\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		found bool
	}{
		{"of another page", map[string]string{"www/a.html": "<p id=gauges></p><script src=app.js></script>", "www/b.html": "<p id=gauge></p>"}, true},
		{"of the page", map[string]string{"www/a.html": "<p id=gauge></p><script src=\"./app.js?v=2\"></script>", "www/b.html": "<p id=other></p>"}, false},
		{"of one of its pages", map[string]string{"www/a.html": "<script src=/app.js></script>", "www/b.html": "<p id=gauge></p><script defer src='app.js'></script>"}, false},
		{"by a module", map[string]string{"www/a.html": "<p id=gauge></p><script type=module src=main.js></script>", "www/main.js": "import \"./app.js\";", "www/b.html": "<p></p>"}, false},
		{"by a module of another page", map[string]string{"www/a.html": "<script type=module>import './main.js'</script>", "www/main.js": "import x from './app.js'", "www/b.html": "<p id=gauge></p>"}, true},
		{"in a way of its own", map[string]string{"www/a.html": "<p id=gauge></p><script>load('app.js')</script>", "www/b.html": "<p></p>"}, false},
		{"by none", map[string]string{"www/a.html": "<p id=gauge></p>", "www/b.html": "<p></p>"}, false},
		{"modules in a circle", map[string]string{"www/a.html": "<script type=module src=x.js></script><p id=gauge></p>", "www/x.js": "import './y.js'", "www/y.js": "import './x.js'"}, false},
	} {
		c.files["www/app.js"] = script
		project := Project{Read: func(path string) []byte { return []byte(c.files[path]) }}
		for p := range c.files {
			project.Paths = append(project.Paths, p)
		}
		slices.Sort(project.Paths)
		if found := FileOf("www/app.js", []byte(script), project); len(found) > 0 != c.found {
			t.Errorf("%s: %+v", c.name, found)
		}
	}
}

// Nothing is said about projects without a mistake: each part of testdata/good.txt is one, its files begin with "--- name".
func TestGoodProjects(t *testing.T) {
	for _, part := range parts(t, "testdata/good.txt") {
		files := map[string]string{}
		project := Project{Read: func(path string) []byte { return []byte(files[path]) }}
		for _, file := range strings.Split("\n"+part[1], "\n--- ")[1:] {
			name, content, _ := strings.Cut(file, "\n")
			files[name] = content
			project.Paths = append(project.Paths, name)
		}
		for _, name := range project.Paths {
			for _, p := range FileOf(name, []byte(files[name]), project) {
				t.Errorf("%s: %s:%d:%d: %s: %s %s", part[0], name, p.Line, p.Column, p.Code, p.Text, p.Help)
			}
		}
		if len(project.Paths) == 0 {
			t.Errorf("%s has no files", part[0])
		}
	}
}

// Nothing is read for a file about which the project's others say nothing: the check runs while somebody types.
func TestReadsNothingInVain(t *testing.T) {
	for name, content := range map[string]string{"www/style.css": "p { color: red }\n", "main.go": "package main\n\nfunc main() {\n", "docs/page.html": "<p>Hello</p>\n"} {
		FileOf(name, []byte(content), Project{Paths: []string{"main.go", "other.go", "www/app.js", "www/page.html"}, Read: func(path string) []byte {
			t.Errorf("%s is read for %s", path, name)
			return nil
		}})
	}
}

// What is not read of a large project may have the elements that seem to be missing.
func TestNeighboursTooLarge(t *testing.T) {
	large := bytes.Repeat([]byte("x();\n"), maxFile)
	project := Project{Paths: []string{"www/app.js", "www/first.html", "www/large.js", "www/page.html"}, Read: func(path string) []byte {
		switch path {
		case "www/large.js":
			return large
		case "www/page.html":
			return []byte("<p id=out></p>")
		}
		return nil
	}}
	if found := FileOf("www/app.js", []byte("document.getElementById(\"out\");\n"), project); len(found) > 0 {
		t.Error(found)
	}
}

// Many texts in a single line, none of which the program takes, are compared in time.
func TestManyMessages(t *testing.T) {
	var code, script strings.Builder
	script.WriteString(strings.Repeat("f(1);", maxFile/6))
	code.WriteString("package main\n\nfunc f(m string) {\n\tswitch m {\n")
	for i := range 2000 {
		fmt.Fprintf(&code, "\tcase \"message%dx\":\n", i)
		fmt.Fprintf(&script, "f(\"Message%dx\");", i)
	}
	code.WriteString("\t}\n}\n")
	project := Project{Paths: []string{"main.go", "www/app.js"}, Read: func(string) []byte { return []byte(code.String()) }}
	inTime(t, func() { FileOf("www/app.js", []byte(script.String()), project) })
}

// Functions through which messages go are followed in time, however many there are.
func TestManyFunctions(t *testing.T) {
	for _, line := range map[string]string{
		"functions":      "function f%d(x) { ws.send(x) }\nf%d(\"a\");\n",
		"one by another": "function f%d(x) { ws.send(x); f%[2]d1(x) }\n",
		"arrows":         "a%d => b%d => ",
		"listeners":      "ws.onmessage = e => { if (e.data == \"a%d\") { ws.send(\"b%d\"); } };\n",
		"calls":          "f(f(ws.send(x%d ? \"a\" : \"b%d\")));\n",
	} {
		var code strings.Builder
		code.WriteString("const ws = new WebSocket(x);\n")
		for i := 0; code.Len() < 400<<10; i++ {
			fmt.Fprintf(&code, line, i, i)
		}
		script := code.String()
		inTime(t, func() { overhear([]neighbour{{"www/app.js", []byte(script)}}) })
	}
	many := aProgram("switch msg {\n" + strings.Repeat("case \"x\":\n", 20000) + "}")
	inTime(t, func() { hear([]byte(many)) })
}

// Attributes of a page's own are looked at in time, however many there are.
func TestManyAttributes(t *testing.T) {
	inTime(t, func() { File("www/page.html", bytes.Repeat([]byte("<p abc></p>\n"), maxFile/12)) })
}

func inTime(t *testing.T, check func()) {
	t.Helper()
	if took := leastTime(check); took > limit {
		t.Errorf("it took %v", took)
	}
}

// leastTime is the CPU time that a check takes: the least of a few tries, for others may be using the computer.
func leastTime(check func()) time.Duration {
	took := time.Hour
	for try := 0; try < 5 && took > limit; try++ {
		start := cpu()
		check()
		took = min(took, cpu()-start)
	}
	return took
}
