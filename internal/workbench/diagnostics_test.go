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

// Problems are about the files that they were found in: with other ones they are silent, and back with those.
func TestProblemsOfAContent(t *testing.T) {
	list := []api.Diagnostic{{Path: "main.go", Line: 3}}
	go1 := contentOf([]api.File{{Path: "main.go", Hash: "1"}, {Path: "www/a.html", Hash: "1"}})
	for now, want := range map[content]int{
		go1: 1,
		contentOf([]api.File{{Path: "main.go", Hash: "1"}, {Path: "www/a.html", Hash: "2"}}):  1, // no part of the program
		contentOf([]api.File{{Path: "main.go", Hash: "2"}, {Path: "www/a.html", Hash: "1"}}):  0,
		contentOf([]api.File{{Path: "main.go", Hash: "1"}, {Path: "sensor/s.go", Hash: "1"}}): 0,
		"": 0,
	} {
		if got := (found{list: list, in: go1}).holds(now); len(got) != want {
			t.Errorf("with the files %q: %+v", now, got)
		}
		if got := (found{list: list}).holds(now); len(got) != 1 {
			t.Errorf("of a content that is not known, with %q: %+v", now, got)
		}
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
