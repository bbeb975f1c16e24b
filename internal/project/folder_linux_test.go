package project

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A folder that may not be written: it opens, is read, and each change is refused with nothing lost.
func TestReadOnlyFolder(t *testing.T) {
	made := testProject(t)
	made.Close()
	os.RemoveAll(filepath.Join(made.Dir, ours))
	for _, dir := range []string{"", "www"} {
		full := filepath.Join(made.Dir, dir)
		os.Chmod(full, 0o555)
		defer os.Chmod(full, 0o755)
	}
	if os.Geteuid() == 0 { // root may write everywhere: be somebody else on this thread
		for dir := made.Dir; dir != "/" && dir != os.TempDir(); dir = filepath.Dir(dir) {
			if dir != made.Dir {
				os.Chmod(dir, 0o755)
			}
		}
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		unix.SetfsuidRetUid(65534)
		defer unix.SetfsuidRetUid(0)
	}
	p, err := OpenDir(made.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if !p.ReadOnly() {
		t.Error("not seen as read-only")
	}
	content, hash, err := p.Read("main.go")
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Write("main.go", []byte("new"), hash)
	wantCode(t, err, "folder.read-only")
	_, err = p.Write("www/new.html", []byte("new"), IfNew)
	wantCode(t, err, "folder.read-only")
	wantCode(t, p.Rename("www/led.html", "www/x.html"), "folder.read-only")
	wantCode(t, p.Remove("www/led.html"), "folder.read-only")
	wantCode(t, p.SetMeta(Meta{Title: "x"}), "folder.read-only")
	_, err = p.Snapshot(Reason{Why: WhyRun})
	wantCode(t, err, "folder.read-only")
	if now, _, err := p.Read("main.go"); err != nil || string(now) != string(content) {
		t.Errorf("main.go is now %q, %v", now, err)
	}
}

// A real full disk, where the test may mount one.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skip("cannot mount a small disk here: ", err)
	}
	defer unix.Unmount(dir, unix.MNT_DETACH)
	s, err := OpenStore(dir, testTemplates)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p, err := s.Create("led", "Full")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	_, hash, _ := p.Read("main.go")
	_, err = p.Write("main.go", make([]byte, 1<<20), hash)
	wantCode(t, err, "disk.full")
	if _, now, _ := p.Read("main.go"); now != hash {
		t.Error("the old content is lost")
	}
	if e, _ := os.ReadDir(filepath.Join(p.Dir, tmpDir)); len(e) != 0 {
		t.Errorf("%d temporary files take up the full disk", len(e))
	}
	if err := os.WriteFile(filepath.Join(p.Dir, "www/fill.bin"), make([]byte, 128<<10), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = p.Snapshot(Reason{Why: WhyRun})
	wantCode(t, err, "disk.full")
	if err := os.Remove(filepath.Join(p.Dir, "www/fill.bin")); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Write("main.go", []byte("fits"), hash); err != nil {
		t.Errorf("after making room: %v", err)
	}
}

// A named pipe where Studio keeps something of its own: opening one would wait for a writer, for ever.
func TestPipesInPlaceOfFiles(t *testing.T) {
	p := testProject(t)
	if _, err := p.Snapshot(Reason{Why: WhyRun}); err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(p.Dir, metaFile))
	for _, name := range []string{metaFile, snapshotDir + "/0000000000001-abcdef.json"} {
		if err := unix.Mkfifo(filepath.Join(p.Dir, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		wantCode(t, p.SetMeta(Meta{Title: "x"}), "file.kind")
		if list, err := p.Snapshots(); err != nil || len(list) != 1 {
			t.Errorf("%v %v", list, err)
		}
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("still waiting for a writer")
	}
}
