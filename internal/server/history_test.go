package server

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"studioide/internal/api"
)

// want asks, wants the status, and takes the answer apart.
func want[T any](d *desk, status int, method, path, body string, header ...string) (out T) {
	d.t.Helper()
	got, code, content, _ := d.ask(method, path, body, header...)
	if got != status {
		d.t.Fatalf("%s %s: %d %s, want %d", method, path, got, code, status)
	}
	if len(content) > 0 {
		if err := json.Unmarshal(content, &out); err != nil {
			d.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return out
}

func (d *desk) content(path string) string {
	d.t.Helper()
	_, _, content, _ := d.ask("GET", path, "")
	return string(content)
}

func (d *desk) refused(code, method, path, body string) {
	d.t.Helper()
	if status, got, _, _ := d.ask(method, path, body); got != code {
		d.t.Errorf("%s %s: %d %q, want %s", method, path, status, got, code)
	}
}

// The history by the API: what the user did is an entry, told by its differences, and undone by another.
func TestHistory(t *testing.T) {
	d := newDesk(t)
	page := d.content("/api/files/www/led.html")
	want[api.File](d, 200, "PUT", "/api/files/www/led.html", "mine", "If-Match", "*") // the first change: what was there is kept
	want[api.File](d, 200, "PUT", "/api/files/www/led.html", "more of mine", "If-Match", "*", "X-Studio-Typing", "1")
	want[struct{}](d, 204, "DELETE", "/api/files/www/led.html", "")
	list := want[api.SavedStates](d, 200, "GET", "/api/snapshots", "").Snapshots
	if len(list) != 2 || list[0].Why != "remove" || list[0].About != "www/led.html" || list[1].Why != "work" || !list[1].First || list[0].First {
		t.Fatalf("%+v", list)
	}
	if c := list[0].Changes; len(c) != 1 || c[0] != (api.FileDifference{Path: "www/led.html", How: "changed"}) {
		t.Errorf("%+v", c)
	}
	c := want[api.ComparedState](d, 200, "GET", "/api/snapshots/"+list[1].ID, "")
	if len(c.Changes) != 1 || c.Changes[0].How != "removed" || len(c.Files) < 3 {
		t.Errorf("%+v", c)
	}
	want[struct{}](d, 204, "POST", "/api/snapshots/"+list[1].ID+"/restore", `{"path":"www/led.html"}`)
	if d.content("/api/files/www/led.html") != page {
		t.Error("it is not what it was")
	}
	want[struct{}](d, 204, "POST", "/api/snapshots/"+list[0].ID+"/restore", `{}`)
	if got := d.content("/api/files/www/led.html"); got != "more of mine" {
		t.Errorf("%q", got)
	}
	d.refused("snapshot.missing", "GET", "/api/snapshots/x", "")
	d.refused("file.missing", "POST", "/api/snapshots/"+list[0].ID+"/restore", `{"path":"../main.go"}`)

	trash := want[api.Trash](d, 200, "GET", "/api/trash", "")
	if len(trash.Files) == 0 || trash.Days != 30 {
		t.Fatalf("%+v", trash)
	}
	want[struct{}](d, 204, "DELETE", "/api/files/www/led.html", "")
	trash = want[api.Trash](d, 200, "GET", "/api/trash", "")
	want[struct{}](d, 204, "POST", "/api/trash/files/"+trash.Files[0].ID+"/restore", `{"path":"www/led.html"}`)
	d.refused("trash.missing", "POST", "/api/trash/files/"+trash.Files[0].ID+"/restore", `{"path":"www/led.html"}`)
	want[struct{}](d, 204, "DELETE", "/api/files/www/led.html", "")
	before := want[api.Trash](d, 200, "GET", "/api/trash", "").Files
	if status, code, _, _ := d.ask("DELETE", "/api/trash", "", "X-Studio-Project", "Another"); code != "project.other" {
		t.Errorf("the trash of another project: %d %s", status, code)
	}
	if now := want[api.Trash](d, 200, "GET", "/api/trash", "").Files; len(now) != len(before) || len(now) == 0 {
		t.Errorf("emptying the trash of another project leaves %d of %d files", len(now), len(before))
	}
	want[struct{}](d, 204, "DELETE", "/api/trash", "", "X-Studio-Project", "LED-over-WebSocket")
	if now := want[api.Trash](d, 200, "GET", "/api/trash", "").Files; len(now) != 0 {
		t.Errorf("after emptying it: %+v", now)
	}
	want[struct{}](d, 204, "DELETE", "/api/projects/LED-over-WebSocket", "")
	removed := want[api.Trash](d, 200, "GET", "/api/trash", "").Projects
	if len(removed) != 1 || removed[0].Title != "LED over WebSocket" {
		t.Fatalf("%+v", removed)
	}
	want[struct{}](d, 204, "POST", "/api/trash/projects/"+url.PathEscape(removed[0].ID)+"/restore", `{}`)
	d.refused("trash.missing", "POST", "/api/trash/projects/"+url.PathEscape(removed[0].ID)+"/restore", `{}`)
	d.refused("trash.missing", "POST", "/api/trash/projects/..%2f..%2fx/restore", `{}`)
	s := want[api.Snapshot](d, 200, "GET", "/api/state", "")
	if s.Project == nil || s.Project.Name != "LED-over-WebSocket" || !s.Project.Trust.Trusted {
		t.Errorf("%+v", s.Project)
	}
}

// What goes out comes in again, is shown before it is made, and is nobody's to trust; the copy of one's own is.
func TestExportImportDuplicate(t *testing.T) {
	d := newDesk(t)
	packed := d.content("/api/projects/LED-over-WebSocket/zip")
	z, err := zip.NewReader(strings.NewReader(packed), int64(len(packed)))
	if err != nil || len(z.File) < 3 {
		t.Fatal(err)
	}
	d.refused("project.missing", "GET", "/api/projects/nowhere/zip", "")
	link := want[api.SharedLink](d, 200, "GET", "/api/projects/LED-over-WebSocket/link", "").Fragment
	for from, content := range map[string]string{"led.zip": packed, "": "http://localhost/" + link} {
		before := len(want[api.Snapshot](d, 200, "GET", "/api/state", "").Projects)
		b := want[api.Bundle](d, 200, "POST", "/api/import/look?name="+from, content)
		if b.Title != "LED over WebSocket" || len(b.Files) < 3 || len(b.LeftOut) != 0 || !strings.HasPrefix(b.Files[0].Text, "//") {
			t.Errorf("%q: %+v", from, b)
		}
		if n := len(want[api.Snapshot](d, 200, "GET", "/api/state", "").Projects); n != before {
			t.Error("looking made a project")
		}
		made := want[api.Project](d, 201, "POST", "/api/import?name="+from, content)
		s := want[api.Snapshot](d, 200, "GET", "/api/state", "")
		if s.Project.Name != made.Name || s.Project.Trust.Trusted {
			t.Errorf("%q: %+v", from, s.Project)
		}
	}
	for _, c := range []struct {
		from    string
		trusted bool
	}{{"LED-over-WebSocket", true}, {"LED-over-WebSocket-2", false}} {
		want[api.Project](d, 201, "POST", "/api/projects/"+c.from+"/duplicate", `{"title":"Copy"}`)
		if s := want[api.Snapshot](d, 200, "GET", "/api/state", ""); s.Project.Trust.Trusted != c.trusted || !strings.HasPrefix(s.Project.Title, "Copy") {
			t.Errorf("the copy of %s: %+v", c.from, s.Project)
		}
	}
	d.refused("import.no-zip", "POST", "/api/import", "hello")
	d.refused("folder.not-whole", "POST", "/api/folder", `{"folder":"led"}`)

	// A whole project may be larger than a file; nothing else may.
	var large bytes.Buffer
	w := zip.NewWriter(&large)
	for _, name := range []string{"main.go", "www/a.bin", "www/b.bin"} {
		f, _ := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		f.Write(make([]byte, 6<<20))
	}
	w.Close()
	if b := want[api.Bundle](d, 200, "POST", "/api/import/look?name=a.zip", large.String()); len(b.Files) != 3 {
		t.Errorf("%d files", len(b.Files))
	}
	if status, _, _, _ := d.ask("PUT", "/api/files/www/a.bin", large.String(), "If-None-Match", "*"); status != 413 {
		t.Errorf("a file of %d bytes: %d", large.Len(), status)
	}
	if status, _, _, _ := d.ask("POST", "/api/import", strings.Repeat("x", 34<<20)); status != 413 {
		t.Errorf("a zip of 34 MB: %d", status)
	}
}
