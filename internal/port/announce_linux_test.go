package port

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A device that comes, goes or becomes usable is announced; what goes on in
// files that are there already is not.
func TestAnnounce(t *testing.T) {
	dir := t.TempDir()
	null := filepath.Join(dir, "null")
	if err := os.WriteFile(null, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	news, ok := announceIn(t.Context(), dir)
	if !ok {
		t.Skip("no inotify here")
	}
	told := func(what string) {
		t.Helper()
		select {
		case <-news:
		case <-time.After(time.Minute):
			t.Fatalf("%s: not announced", what)
		}
	}
	device := filepath.Join(dir, "ttyACM0")
	for _, c := range []struct {
		what string
		do   func() error
	}{
		{"it comes", func() error { return os.WriteFile(device, nil, 0o600) }},
		{"it may be used", func() error { return os.Chmod(device, 0o660) }},
		{"it goes", func() error { return os.Remove(device) }},
		{"a link", func() error { return os.Symlink("/dev/pts/9", device) }},
	} {
		for range 1000 { // a word for each of these would come first
			if err := os.WriteFile(null, []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		select {
		case <-news:
			t.Fatalf("before %q: writing is announced", c.what)
		default:
		}
		if err := c.do(); err != nil {
			t.Fatal(err)
		}
		told(c.what)
		time.Sleep(20 * time.Millisecond) // the rest of what one act causes
		select {
		case <-news:
		default:
		}
	}
}
