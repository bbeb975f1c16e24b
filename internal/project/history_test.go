package project

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func whys(list []Snapshot) (out []string) {
	for _, s := range list {
		out = append(out, strings.TrimSpace(string(s.Why)+" "+s.About))
	}
	return out
}

func write(t *testing.T, p *Project, name, content string) {
	t.Helper()
	if _, err := p.Write(name, []byte(content), Always); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, p *Project, name string) string {
	t.Helper()
	b, _, err := p.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Every Run, removal, new name and restore is an entry; each can be gone back to, also from having gone back.
func TestHistory(t *testing.T) {
	p := testProject(t)
	original := read(t, p, "main.go")
	run, err := p.Snapshot(Reason{Why: WhyRun, About: "Pico"})
	if err != nil {
		t.Fatal(err)
	}
	write(t, p, "main.go", "second")
	write(t, p, "www/new.html", "new")
	if err := p.Remove("www/led.html"); err != nil {
		t.Fatal(err)
	}
	if err := p.Rename("www/new.html", "www/renamed.html"); err != nil {
		t.Fatal(err)
	}
	_, changes, err := p.Compare(run.ID)
	if want := "[{main.go changed} {www/led.html removed} {www/renamed.html added}]"; err != nil || fmt.Sprint(changes) != want {
		t.Fatalf("since the Run: %v (%v), want %v", changes, err, want)
	}
	if _, err := p.Restore(run.ID); err != nil {
		t.Fatal(err)
	}
	if read(t, p, "main.go") != original {
		t.Error("main.go is not what it was")
	}
	list, _ := p.Snapshots()
	if got, want := whys(list), []string{"restore", "rename www/new.html", "remove www/led.html", "run Pico"}; !slices.Equal(got, want) {
		t.Fatalf("entries %q, want %q", got, want)
	}
	if got := fmt.Sprint(list[2].Since(list[3])); got != "[{main.go changed} {www/new.html added}]" {
		t.Errorf("before the removal, against the Run: %s", got)
	}
	if _, err := p.Restore(list[0].ID); err != nil { // undone
		t.Fatal(err)
	}
	if read(t, p, "main.go") != "second" || read(t, p, "www/renamed.html") != "new" {
		t.Error("going back was not undone")
	}
	// One file.
	before, _ := p.Snapshots()
	if changed, err := p.RestoreFile(run.ID, "main.go"); err != nil || !changed {
		t.Fatal(changed, err)
	}
	if read(t, p, "main.go") != original || read(t, p, "www/renamed.html") != "new" {
		t.Error("not just main.go was brought back")
	}
	after, _ := p.Snapshots()
	if len(after) != len(before)+1 || after[0].About != "main.go" {
		t.Errorf("bringing one file back made %q", whys(after))
	}
	if changed, err := p.RestoreFile(run.ID, "main.go"); err != nil || changed {
		t.Errorf("the same again: %v, %v", changed, err)
	}
	_, err = p.RestoreFile(run.ID, "www/renamed.html")
	wantCode(t, err, "file.missing")
	if _, err := p.Replace("main.go", []byte("from the board")); err != nil || read(t, p, "main.go") != "from the board" {
		t.Error(err)
	}
	if newest, _ := p.Snapshots(); newest[0].Why != WhyRestore {
		t.Errorf("replacing a file made %q", whys(newest))
	}
}

// The first change after an hour keeps what was there before it; within the hour nothing is kept.
func TestHistoryOfWork(t *testing.T) {
	p := testProject(t)
	start := time.Now()
	save := func(at time.Duration, content string) {
		t.Helper()
		p.mu.Lock()
		err := p.keepWorkLocked(start.Add(at))
		p.mu.Unlock()
		if err != nil {
			t.Fatal(err)
		}
		write(t, p, "main.go", content)
	}
	original := read(t, p, "main.go")
	save(0, "one")
	save(20*time.Minute, "two")
	save(59*time.Minute, "three")
	save(61*time.Minute, "four")
	list, _ := p.Snapshots()
	if len(list) != 2 || list[0].Why != WhyWork {
		t.Fatalf("%q", whys(list))
	}
	for i, want := range []string{"three", original} {
		if b, err := p.ReadSnapshot(list[i].ID, "main.go"); err != nil || string(b) != want {
			t.Errorf("entry %d: %q (%v), want %q", i, b, err, want)
		}
	}
	// A clock that goes back stops nothing.
	save(-5*time.Hour, "five")
	if list, _ := p.Snapshots(); len(list) != 3 {
		t.Errorf("after the clock went back: %q", whys(list))
	}
	// Opened again, it is known when the last one was taken.
	again, err := OpenDir(p.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	write(t, again, "main.go", "six")
	if err := again.KeepWork(); err != nil {
		t.Fatal(err)
	}
	if list, _ := p.Snapshots(); len(list) != 3 {
		t.Errorf("kept within the hour: %q", whys(list))
	}
}

// Files and folders may have changed places since.
func TestRestoreInPlaceOfFolders(t *testing.T) {
	p := testProject(t)
	write(t, p, "www/a", "a file")
	write(t, p, "www/b/c.html", "in a folder")
	old, err := p.Snapshot(Reason{Why: WhyRun})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"www/a", "www/b"} {
		if err := p.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	write(t, p, "www/a/x/y.html", "now a folder")
	write(t, p, "www/b", "now a file")
	if _, err := p.Restore(old.ID); err != nil {
		t.Fatal(err)
	}
	if read(t, p, "www/a") != "a file" || read(t, p, "www/b/c.html") != "in a folder" {
		t.Error("not what it was")
	}
}

// What a stranger has put into .studio is neither believed nor waited for.
func TestHostileHistory(t *testing.T) {
	p := testProject(t)
	first, err := p.Snapshot(Reason{Why: WhyRun})
	if err != nil {
		t.Fatal(err)
	}
	object := first.Files[0].Object
	plant := func(id string, s map[string]any) {
		s["id"] = id
		b, _ := json.Marshal(s)
		if err := os.WriteFile(filepath.Join(p.Dir, snapshotDir, id+".json"), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file := func(path string, size any) map[string]any {
		return map[string]any{"path": path, "size": size, "object": object}
	}
	plant("9999999999999-aaaaaa", map[string]any{"time": 1, "files": []any{}})                                                    // would stand before all that comes
	plant("4000000000000-aaaaaa", map[string]any{"time": 1, "files": []any{file("../x", 1)}})                                     // leads out
	plant("4000000000001-aaaaaa", map[string]any{"time": 1, "files": []any{file("main.go", -5)}})                                 // makes room
	plant("4000000000002-aaaaaa", map[string]any{"time": 1, "files": []any{file("main.go", 1), file("main.go", 1)}})              // twice
	plant("4000000000003-aaaaaa", map[string]any{"time": int64(9e15), "files": []any{}})                                          // no date
	plant("4000000000004-aaaaaa", map[string]any{"time": 1, "files": []any{file(".studio/id", 1)}})                               // Studio's own
	plant("x-aaaaaa", map[string]any{"time": 1, "files": []any{}})                                                                // no name
	os.WriteFile(filepath.Join(p.Dir, snapshotDir, "4000000000005-aaaaaa.json"), make([]byte, 2*maxList), 0o644)                  // endless
	os.Symlink("/etc/passwd", filepath.Join(p.Dir, snapshotDir, "4000000000006-aaaaaa.json"))                                     // elsewhere
	plant("1000000000000-aaaaaa", map[string]any{"time": 1, "why": "run", "about": strings.Repeat("x\n", 500), "files": []any{}}) // may stand
	write(t, p, "main.go", "mine")
	if _, err := p.Snapshot(Reason{Why: WhyRun}); err != nil {
		t.Fatal(err)
	}
	list, err := p.Snapshots()
	if err != nil || len(list) != 3 {
		t.Fatalf("%d entries: %q, %v", len(list), whys(list), err)
	}
	if b, err := p.ReadSnapshot(list[0].ID, "main.go"); err != nil || string(b) != "mine" {
		t.Errorf("the newest is not what was kept last: %q, %v", b, err)
	}
	if about := list[2].About; len(about) > 110 || strings.Contains(about, "\n") {
		t.Errorf("about %q", about)
	}
	// So many lists that reading them all would take minutes.
	for i := range 4 * MaxSnapshots {
		plant(fmt.Sprintf("30000000%05d-aaaaaa", i), map[string]any{"time": 1, "files": []any{}})
	}
	if list, _ := p.Snapshots(); len(list) > 2*MaxSnapshots {
		t.Errorf("%d lists were read", len(list))
	}
	// A content that was cut off is written again.
	cut := filepath.Join(p.Dir, objectName(wholeHash([]byte("mine"))))
	if err := os.Truncate(cut, 0); err != nil {
		t.Fatal(err)
	}
	s, err := p.Snapshot(Reason{Why: WhyRun, About: "again"})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := p.ReadSnapshot(s.ID, "main.go"); err != nil || string(b) != "mine" {
		t.Errorf("%q, %v", b, err)
	}
}
