package project

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestSnapshots(t *testing.T) {
	p := testProject(t)
	run := Reason{Why: WhyRun, About: "Virtual ESP32-C3", Build: "0123456789abcdef"}
	first, err := p.Snapshot(run)
	if err != nil || len(first.Files) != 4 {
		t.Fatalf("%+v, %v", first, err)
	}
	if same, err := p.Snapshot(run); err != nil || same.ID != first.ID {
		t.Fatalf("unchanged project got a second snapshot: %v, %v", same.ID, err)
	}
	_, hash, _ := p.Read("main.go")
	p.Write("main.go", []byte("changed"), hash)
	p.Write("www/new.html", []byte("new"), IfNew)
	p.Remove("www/led.html")
	changed, err := p.Restore(first.ID)
	if err != nil || fmt.Sprint(changed) != "[main.go www/led.html www/new.html]" {
		t.Fatalf("changed %v, %v", changed, err)
	}
	if _, now, _ := p.Read("main.go"); now != hash {
		t.Error("main.go is not what it was")
	}
	if kept := inTrash(t, p, "www/new.html"); len(kept) != 1 {
		t.Errorf("the new file is not in the trash: %q", kept)
	}
	list, _ := p.Snapshots()
	if len(list) != 3 || list[2].ID != first.ID || list[2].Reason != run || list[1].Reason != (Reason{Why: WhyRemove, About: "www/led.html"}) || list[0].Why != WhyRestore {
		t.Fatalf("snapshots %v", list)
	}
	if b, err := p.ReadSnapshot(list[0].ID, "main.go"); err != nil || string(b) != "changed" {
		t.Errorf("what was there before going back: %q, %v", b, err)
	}
	_, err = p.ReadSnapshot(first.ID, "../../x")
	wantCode(t, err, "file.missing")
	_, err = p.Restore("../../x")
	wantCode(t, err, "snapshot.missing")

	// Damage is found and nothing is changed.
	object := filepath.Join(p.Dir, objectName(first.Files[0].Object))
	os.WriteFile(object, []byte("damaged"), 0o644)
	_, err = p.Restore(first.ID)
	wantCode(t, err, "snapshot.damaged")
	// A list that was tampered with is not followed.
	evil := `{"id":"9999999999999-aaaaaa","files":[{"path":"../evil","size":1,"object":"` + first.Files[0].Object + `"}]}`
	os.WriteFile(filepath.Join(p.Dir, snapshotDir, "9999999999999-aaaaaa.json"), []byte(evil), 0o644)
	_, err = p.Restore("9999999999999-aaaaaa")
	wantCode(t, err, "snapshot.missing")
}

func TestSnapshotsAreBounded(t *testing.T) {
	p := testProject(t)
	now := time.UnixMilli(1e12)
	for n := range MaxSnapshots + 7 {
		_, hash, _ := p.Read("main.go")
		if _, err := p.Write("main.go", fmt.Appendf(nil, "// %d", n), hash); err != nil {
			t.Fatal(err)
		}
		p.mu.Lock()
		_, err := p.snapshotLocked(Reason{Why: WhyRun}, now.Add(time.Duration(n%3)*time.Second)) // a clock that goes back
		p.mu.Unlock()
		if err != nil {
			t.Fatal(err)
		}
	}
	list, _ := p.Snapshots()
	if len(list) != MaxSnapshots {
		t.Fatalf("%d snapshots", len(list))
	}
	if b, err := p.ReadSnapshot(list[0].ID, "main.go"); err != nil || string(b) != fmt.Sprintf("// %d", MaxSnapshots+6) {
		t.Errorf("the newest holds %q, %v", b, err)
	}
	objects := 0
	fs.WalkDir(p.root.FS(), objectDir, func(_ string, d fs.DirEntry, _ error) error {
		if !d.IsDir() {
			objects++
		}
		return nil
	})
	if objects != MaxSnapshots+3 {
		t.Errorf("%d objects kept, want %d", objects, MaxSnapshots+3)
	}
}

// A hundred removals push no Run out, and many Runs do not push out what was just kept before a removal.
func TestRunsOutliveRemovals(t *testing.T) {
	for what, c := range map[string]struct {
		kept    func(n int) Why // from the oldest on
		removes int             // entries that are added then
		want    map[Why]int
	}{
		"many removals": {func(n int) Why {
			if n%12 == 0 {
				return WhyRun
			}
			return WhyRename
		}, 1, map[Why]int{WhyRun: 9, WhyRename: MaxSnapshots - 10, WhyRemove: 1}},
		"many Runs": {func(int) Why { return WhyRun }, 3, map[Why]int{WhyRun: MaxSnapshots - 3, WhyRemove: 3}},
	} {
		t.Run(what, func(t *testing.T) {
			p := testProject(t)
			if err := os.MkdirAll(filepath.Join(p.Dir, snapshotDir), 0o755); err != nil {
				t.Fatal(err)
			}
			for n := range MaxSnapshots {
				id := fmt.Sprintf("%013d-aaaaaa", n+1)
				list := fmt.Sprintf(`{"id":%q,"time":1,"why":%q,"files":[]}`, id, c.kept(n))
				if err := os.WriteFile(filepath.Join(p.Dir, listName(id)), []byte(list), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			for n := range c.removes {
				if _, err := p.Snapshot(Reason{Why: WhyRemove, About: fmt.Sprint(n)}); err != nil {
					t.Fatal(err)
				}
			}
			list, err := p.Snapshots()
			if err != nil {
				t.Fatal(err)
			}
			got := map[Why]int{}
			for _, s := range list {
				got[s.Why]++
			}
			if !maps.Equal(got, c.want) || list[0].Why != WhyRemove {
				t.Errorf("%v, the newest %s; want %v", got, list[0].Why, c.want)
			}
		})
	}
}
