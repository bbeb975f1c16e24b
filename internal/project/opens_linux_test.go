package project

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"studioide/test/opens"
)

// One save opens the file, its temporary, and the folders that have to be opened
// for it; nothing else, however large the project is.
func TestOpensOfASave(t *testing.T) {
	p := testProject(t)
	for _, name := range []string{"www/a.html", "www/b.html", "www/img/c.svg", "extra.go"} {
		if _, err := p.Write(name, []byte("x"), IfNew); err != nil {
			t.Fatal(err)
		}
	}
	told := make(chan []Change, 100)
	stop, err := p.Watch(func(list []Change) { told <- list })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if _, err := p.Refresh(); err != nil {
		t.Fatal(err)
	}
	count := opens.Count(t, p.Dir)
	led := filepath.Base(p.Dir)
	own := map[string]int{"/.studio": 2, "/.studio/tmp": 2}
	for name, folders := range map[string]map[string]int{
		"main.go":       {"": 1 + 1},                        // for its rename to last; for the look when the system tells of it
		"www/a.html":    {"/www": 3 + 1},                    // to it, for the rename, for it to last; the look
		"www/img/c.svg": {"/www": 2 + 1, "/www/img": 3 + 1}, // on the way to img
	} {
		want := map[string]int{led + "/" + name: 1}
		for path, n := range folders {
			want[led+path] += n
		}
		for path, n := range own {
			want[led+path] += n
		}
		f, _ := p.State().File(name)
		if _, err := p.Write(name, []byte("saved\n"), f.Hash); err != nil {
			t.Fatal(err)
		}
		got, temps := map[string]int{}, 0
		count.Reach(got, want)
		for path, n := range got {
			if dir, base := filepath.Split(path); filepath.Base(dir) == "tmp" && len(base) == 16 {
				temps += n
				delete(got, path)
			}
		}
		t.Logf("a save of %s:\n%s\n%4d  temporary", name, opens.Text(got), temps)
		if temps != 1 {
			t.Errorf("%s: the temporary is opened %d times", name, temps)
		}
		for path, n := range got {
			if n > want[path] {
				t.Errorf("%s: %s is opened %d times, want %d", name, path, n, want[path])
			}
		}
		if got[led+"/"+name] == 0 {
			t.Errorf("%s was not compared with what is to be replaced", name)
		}
	}
	for range 1000 {
		p.State()
	}
	if got := count.Take(); len(got) > 0 {
		t.Errorf("asking for the state opens\n%s", opens.Text(got))
	}
	os.WriteFile(filepath.Join(p.Dir, "www/b.html"), []byte("theirs"), 0o644)
	<-told
	theirs := map[string]int{}
	count.Reach(theirs, map[string]int{led + "/www/b.html": 2})
	if got := theirs; got[led+"/www/b.html"] != 2 || got[led+"/www/a.html"]+got[led+"/main.go"] > 0 {
		t.Errorf("a change by another program, which opens the file once, opens\n%s", opens.Text(got))
	}
}

// Within the hour a save looks at nothing of the history, and one entry of it is one list.
func TestOpensOfHistory(t *testing.T) {
	p := testProject(t)
	var kept []Snapshot
	for _, board := range []string{"one", "two", "three"} {
		s, err := p.Snapshot(Reason{Why: WhyRun, About: board})
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, s)
	}
	count := opens.Count(t, p.Dir)
	if err := p.KeepWork(); err != nil {
		t.Fatal(err)
	}
	if got := count.Take(); len(got) > 0 {
		t.Errorf("before a save there is opened\n%s", opens.Text(got))
	}
	if _, err := p.ReadSnapshot(kept[0].ID, "main.go"); err != nil {
		t.Fatal(err)
	}
	got, lists := count.Take(), 0
	for path, n := range got {
		if strings.HasSuffix(path, ".json") {
			lists += n
		}
	}
	if lists != 1 {
		t.Errorf("a file of one entry opens %d lists\n%s", lists, opens.Text(got))
	}
}
