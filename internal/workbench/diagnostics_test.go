package workbench

import (
	"strings"
	"testing"

	"studioide/internal/api"
)

func TestPageProblems(t *testing.T) {
	w := &Workbench{}
	list := func() []api.Diagnostic { return w.findings.about(nil) }

	// The same again is one problem with a number.
	loop := api.Diagnostic{Path: "www/app.js", Line: 3, Code: "page.no-route", Text: "There is no WebSocket at /x.", Source: "page", Count: 1}
	w.pageProblem("www/index.html", loop)
	loop.Count = 4
	w.pageProblem("www/index.html", loop)
	w.pageProblem("www/index.html", api.Diagnostic{Path: "www/app.js", Line: 3, Code: "page.no-route", Text: "There is no WebSocket at /y.", Source: "page"})
	if got := list(); len(got) != 2 || got[0].Count != 5 || got[1].Count != 0 {
		t.Errorf("%+v", got)
	}

	// What a page's files have done goes when the page is opened again, and no other page's does.
	w.pageProblem("www/other.html", api.Diagnostic{Path: "www/app.js", Line: 9, Code: "page.no-route", Text: "z", Source: "page"})
	w.pageLoaded("www/index.html")
	if got := list(); len(got) != 1 || got[0].Line != 9 {
		t.Errorf("%+v", got)
	}
	w.pageLoaded("www/other.html")

	// A name that is missing because its script is.
	w.pageProblem("www/index.html", api.Diagnostic{Path: "www/index.html", Line: 4, Code: "page.internet", Text: "chart.js lies on the internet (cdn.invalid), and it could not be loaded."})
	w.pageProblem("www/index.html", api.Diagnostic{Path: "www/index.html", Line: 7, Code: "page.undefined", Text: "The page uses Chart, and there is nothing with that name.", Help: "Check the spelling."})
	if got := list(); len(got) != 2 || !strings.Contains(got[1].Help, "chart.js") {
		t.Errorf("%+v", got)
	}
}

// A promise that fails is explained as an error is, where its words are known.
func TestRejectionsAreExplained(t *testing.T) {
	for raw, want := range map[string]string{
		"SyntaxError: Unexpected token 'R', \"Reply for x\" is not valid JSON": "page.json",
		"TypeError: Cannot read properties of null (reading 'style')":          "page.null",
		"no LED": "page.rejection",
	} {
		got := explainPage(api.Diagnostic{Path: "www/a.html", Line: 2, Code: "page.rejection", Text: "Something that the page waited for failed: " + raw, Raw: raw}, "")
		if got.Code != want || got.Line != 2 || got.Raw != raw {
			t.Errorf("%s: %+v", raw, got)
		}
	}
}
