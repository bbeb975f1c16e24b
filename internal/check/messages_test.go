package check

import (
	"fmt"
	"testing"
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
