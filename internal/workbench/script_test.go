package workbench

import (
	"strings"
	"testing"

	"studioide/internal/api"
	"studioide/internal/check"
)

// A script that a browser cannot read is told once, in the words and at the place of the editor's check.
func TestUnreadableScriptIsToldOnce(t *testing.T) {
	for _, mistake := range []string{"function f( {\n}", "let a = \"x;", "if (a {\n}", "let x = [1, 2;", "f(1 2)", "let let = 5"} {
		source := "<script>\n" + mistake + "\n</script>\n"
		var want api.Diagnostic
		for _, p := range check.File("www/x.html", []byte(source)) {
			if p.Source == "js" {
				want = p
				break
			}
		}
		if want.Text == "" {
			t.Fatalf("%q: the check sees nothing", mistake)
		}
		got := explainPage(api.Diagnostic{Path: "www/x.html", Line: 1, Severity: api.SeverityError, Code: "page.error", Raw: "Uncaught SyntaxError: Unexpected token"}, source)
		if got.Line != want.Line || got.Column != want.Column || got.Text != want.Text || strings.Contains(got.Text, "cannot read") {
			t.Errorf("%q: the browser's error becomes line %d %q, the editor says line %d %q", mistake, got.Line, got.Text, want.Line, want.Text)
		}
	}
}
