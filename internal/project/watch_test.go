package project

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestWatch(t *testing.T) {
	p := testProject(t)
	got := make(chan Change, 100)
	stop, err := p.Watch(func(list []Change) {
		for _, c := range list {
			got <- c
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	want := func(path, content string) {
		t.Helper()
		hash := ""
		if content != "" {
			hash = Hash([]byte(content))
		}
		for {
			select {
			case c := <-got:
				if c == (Change{path, hash}) {
					return
				}
				if content != "" && c == (Change{path, Hash(nil)}) { // the file was made, and its text was late
					t.Logf("RETRY: %s was seen while it was empty, as on a busy computer", path)
					continue
				}
				t.Fatalf("got %v, want %s %s", c, path, hash)
			case <-time.After(time.Minute):
				t.Fatalf("no change of %s seen", path)
			}
		}
	}
	outside := func(path, content string) {
		t.Helper()
		full := filepath.Join(p.Dir, path)
		os.MkdirAll(filepath.Dir(full), 0o755)
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// Our own saves are not reported: the next change that comes is the one from outside.
	_, hash, _ := p.Read("main.go")
	p.Write("main.go", []byte("mine"), hash)
	p.Write("www/mine.html", []byte("mine"), IfNew)
	p.Rename("www/mine.html", "www/yours.html")
	p.Remove("www/yours.html")
	outside("www/led.html", "theirs")
	want("www/led.html", "theirs")
	outside("www/sub/x.css", "a{}")
	want("www/sub/x.css", "a{}")
	outside("www/sub/x.css", "b{}") // in a folder that is new
	want("www/sub/x.css", "b{}")
	os.Remove(filepath.Join(p.Dir, "www/sub/x.css"))
	want("www/sub/x.css", "")
	os.Rename(filepath.Join(p.Dir, "www/led.html"), filepath.Join(p.Dir, "www/zed.html"))
	want("www/led.html", "")
	want("www/zed.html", "theirs")
	for n := range 50 {
		outside("www/zed.html", fmt.Sprint(n))
	}
	for last := ""; last != Hash([]byte("49")); {
		select {
		case c := <-got:
			last = c.Hash
		case <-time.After(time.Minute):
			t.Fatal("the last of many changes was not seen")
		}
	}
	stop()
	outside("www/zed.html", "after stop")
	select {
	case c := <-got:
		t.Errorf("%v reported after stop", c)
	case <-time.After(2 * settle):
	}
}

// A system that has no more watches to give is asked from time to time, from then on.
func TestWatchWithoutWatches(t *testing.T) {
	t.Parallel()
	p := testProject(t)
	got := make(chan []Change, 10)
	stop, err := p.Watch(func(list []Change) { got <- list })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	p.mu.Lock()
	for _, dir := range p.watcher.WatchList() {
		p.watcher.Remove(dir)
	}
	p.mu.Unlock()
	time.Sleep(4 * settle) // until nobody is awake because of that
	p.mu.Lock()
	p.pollLocked()
	p.mu.Unlock()
	if err := os.WriteFile(filepath.Join(p.Dir, "www", "late.html"), []byte("late"), 0o644); err != nil {
		t.Fatal(err)
	}
	select {
	case list := <-got:
		if len(list) != 1 || list[0].Path != "www/late.html" {
			t.Errorf("got %v", list)
		}
	case <-time.After(time.Minute):
		t.Error("what came after the last watch is not seen")
	}
}
