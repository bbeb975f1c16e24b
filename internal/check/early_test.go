package check

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A script that looks for an element further down is told, and one that waits for it is not.
func TestScriptsBeforeTheirElements(t *testing.T) {
	const looks = `document.getElementById("go").onclick = () => alert("hi");`
	const button = "\n<button id=\"go\">Go</button>\n"
	for name, c := range map[string]struct{ page, want string }{
		"before":         {"<script>\n" + looks + "\n</script>" + button, "2:25 html.early"},
		"by a selector":  {"<script>\nlet b = document.querySelector('#go'); b.disabled = true;\n</script>" + button, "2:32 html.early"},
		"in a file":      {"<script src=\"app.js\"></script>" + button, "1:1 html.early fix: defer"},
		"behind":         {button + "<script>" + looks + "</script>", ""},
		"in a function":  {"<script>\nfunction f() { " + looks + " }\nconst g = () => document.getElementById(\"go\");\nwindow.onload = f;\n</script>" + button, ""},
		"when loaded":    {"<script>\naddEventListener(\"load\", () => { " + looks + " });\n</script>" + button, ""},
		"a module":       {"<script type=\"module\">" + looks + "</script>" + button, ""},
		"deferred":       {"<script defer src=\"app.js\"></script>" + button, ""},
		"deferred later": {"<script src=\"app.js\" defer></script>" + button, ""},
		"with ?.":        {"<script>document.getElementById(\"go\")?.remove();</script>" + button, ""},
		"in a comment":   {"<!-- " + button + " --><b id=\"go\">x</b><script>" + looks + "</script>", ""},
		"twice":          {button + "<script>" + looks + "</script>" + strings.Replace(button, "go", "go2", 1), ""},
	} {
		files := map[string]string{"www/x.html": "<!DOCTYPE html><title>x</title>" + c.page, "www/app.js": looks}
		project := Project{Paths: []string{"www/app.js", "www/x.html"}, Read: func(path string) []byte { return []byte(files[path]) }}
		var got []string
		for _, p := range FileOf("www/x.html", []byte(files["www/x.html"]), project) {
			column := p.Column
			if p.Line == 1 {
				column -= len("<!DOCTYPE html><title>x</title>")
			}
			said := fmt.Sprintf("%d:%d %s", p.Line, column, p.Code)
			if p.Fix != nil {
				said += " fix:" + p.Fix.Text
			}
			got = append(got, said)
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// querySelector("led") finds no id and no class: the sign is missing, if the page has one of that name.
func TestSelectorsWithoutTheirSign(t *testing.T) {
	const page = "<!DOCTYPE html><title>x</title><p id=\"led\"></p><p class=\"lamp red\"></p><led-x></led-x>\n<script>document.querySelector(\"%s\").remove();</script>"
	for name, want := range map[string]string{"led": "#", "lamp": ".", "p": "", "#led": "", ".lamp": "", "nobody": "", "led-x": ""} {
		project := Project{Paths: []string{"www/x.html"}, Read: func(string) []byte { return nil }}
		got := ""
		for _, p := range FileOf("www/x.html", []byte(fmt.Sprintf(page, name)), project) {
			if p.Fix == nil || p.Line != 2 || p.Column != 33 {
				t.Errorf("%s: %+v", name, p)
				continue
			}
			got += p.Fix.Text
		}
		if got != want {
			t.Errorf("%s: %q is missing, want %q", name, got, want)
		}
	}
}

// A page that looks for an element ten thousand times costs no more than in proportion.
func TestEarlyInLargePages(t *testing.T) {
	took := func(n int) time.Duration {
		page := []byte("<p id=x></p><script>" + strings.Repeat("document.getElementById(\"a123\")\n", n) + "</script>")
		return leastTime(func() { FileOf("www/x.html", page, Project{Read: func(string) []byte { return nil }}) })
	}
	if all, quarter := took(6000), took(1500); all > limit && all > 8*quarter {
		t.Errorf("6,000 took %v, and a quarter of them %v", all, quarter)
	}
}
