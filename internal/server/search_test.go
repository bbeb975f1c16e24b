package server

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"studioide/internal/api"
)

func marshal(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Searching and replacing by the API: what is not saved counts, what is no text does not, and everything comes back.
func TestSearchAndReplace(t *testing.T) {
	d := newDesk(t)
	for path, content := range map[string]string{
		"www/a.html":  "<p>Lamp lamp</p>\r\nlamps\r\n",
		"www/b.js":    "lamp()",
		"www/c.bin":   "lamp\x00",
		"www/d.txt":   "\xff lamp",
		"www/big.txt": strings.Repeat("lamp ", 500_000),
	} {
		want[api.File](d, 200, "PUT", "/api/files/"+path, content, "If-None-Match", "*")
	}
	paths := []string{"www/a.html", "www/b.js", "www/c.bin", "www/d.txt", "www/big.txt", "www/none.html", "../outside"}
	query := api.Query{Text: "lamp", Word: true, With: "bulb"}
	ask := func(s api.SearchFiles) api.FoundPlaces {
		return want[api.FoundPlaces](d, 200, "POST", "/api/search", marshal(t, s))
	}
	found := ask(api.SearchFiles{Query: query, Paths: paths, Most: 100})
	if len(found.Files) != 2 || len(found.Files[0].Places) != 2 || found.Files[1].Path != "www/b.js" || found.More || found.Stopped || fmt.Sprint(found.Large) != "[www/big.txt]" {
		t.Fatalf("%+v", found)
	}
	if p := found.Files[0].Places[1]; p.Line != 1 || p.Column != 9 || p.Before != "<p>Lamp " || p.After != "</p>" || p.With != "bulb" {
		t.Errorf("%+v", p)
	}
	if some := ask(api.SearchFiles{Query: query, Paths: paths, Most: 1}); len(some.Files) != 1 || len(some.Files[0].Places) != 1 || !some.More {
		t.Errorf("%+v", some)
	}
	draft := ask(api.SearchFiles{Query: query, Paths: paths[1:2], Drafts: []api.Draft{{Path: "www/b.js", Text: "\n\nlamp"}}, Most: 100})
	if len(draft.Files) != 1 || draft.Files[0].Hash != "" || draft.Files[0].Places[0].Line != 3 {
		t.Errorf("%+v", draft)
	}
	d.refused("search.expression", "POST", "/api/search", `{"query":{"text":"(","regexp":true},"paths":[]}`)
	if status, code, _, _ := d.ask("POST", "/api/search", `{"query":{"text":"x"},"paths":[]}`, "X-Studio-Project", "Another"); code != "project.other" {
		t.Errorf("for another project: %d %s", status, code)
	}

	// A file that is another one by now stays; the history has all as it was.
	want[api.File](d, 200, "PUT", "/api/files/www/b.js", "lamp() // mine", "If-Match", "*")
	r := api.ReplaceFiles{Query: query, Keep: true}
	for _, f := range found.Files {
		r.Files = append(r.Files, api.ReplaceFile{Path: f.Path, Hash: f.Hash})
	}
	done := want[api.ReplacedFiles](d, 200, "POST", "/api/replace", marshal(t, r)).Files
	if len(done) != 2 || done[0].Places != 2 || done[0].Problem != nil || done[1].Problem == nil || done[1].Problem.Code != "file.conflict" {
		t.Fatalf("%+v", done)
	}
	if got := d.content("/api/files/www/a.html"); got != "<p>bulb bulb</p>\r\nlamps\r\n" {
		t.Errorf("%q", got)
	}
	if got := d.content("/api/files/www/b.js"); got != "lamp() // mine" {
		t.Errorf("%q", got)
	}
	list := want[api.SavedStates](d, 200, "GET", "/api/snapshots", "").Snapshots
	if list[0].Why != "replace" || list[0].About != "lamp" {
		t.Fatalf("%+v", list[0])
	}
	want[struct{}](d, 204, "POST", "/api/snapshots/"+list[0].ID+"/restore", `{}`)
	if got := d.content("/api/files/www/a.html"); got != "<p>Lamp lamp</p>\r\nlamps\r\n" {
		t.Errorf("%q", got)
	}
}
