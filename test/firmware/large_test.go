package firmware

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/compile"
	"studioide/test/images"
)

// Programs that do not fit, and why: the linker says so, or nobody but us.
func TestTooLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("short: it builds programs")
	}
	dir := filepath.Join(images.Dir(), "large")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	lock := flock.New(filepath.Join(dir, "lock"))
	if _, err := lock.TryLockContext(t.Context(), 50*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	defer lock.Unlock()
	builder := compile.New(dir)
	builder.Limits.Time = 0 // how busy this computer is says nothing of the program
	pico, _ := board.Find("pico")
	if err := builder.CanBuild(t.Context(), pico); err != nil {
		t.Skip(err)
	}
	folder := filepath.Join(dir, "source")
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name   string
		texts  int // of 1.2 MB each
		memory int // KB of variables
		code   string
		says   []string
		sizes  bool // known although it does not fit
	}{
		{"beyond the flash", 2, 1, "build.flash",
			[]string{"The program is 2.4 MB; the board has room for 1.0 MB. The largest parts are your program (2.3 MB), ", "studio/board ("}, false},
		{"into the files", 1, 1, "build.flash",
			[]string{"The program is 1.2 MB; the board has room for 1.0 MB. The largest parts are your program (1.1 MB), ", "studio/board ("}, true},
		{"beyond the memory", 0, 300, "build.memory",
			[]string{"The program's variables need 3", " KB of memory; the board has 256 KB. The largest parts are your program (300 KB)"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			source := fmt.Sprintf("package main\n\nimport \"studio/board\"\n\nvar table [%d << 10]byte\n\nfunc main() {\n\ttable[board.Clients()]++\n\tboard.Serve()\n}\n", c.memory)
			for i := range c.texts {
				letters := strings.Repeat(string(rune('a'+i)), 1_200_000)
				write(fmt.Sprintf("text%d.go", i), fmt.Sprintf("package main\n\nconst text%d = %q\n\nfunc init() { println(text%d[table[0]:]) }\n", i, letters, i))
			}
			for i := c.texts; i < 2; i++ {
				os.Remove(filepath.Join(folder, fmt.Sprintf("text%d.go", i)))
			}
			write("main.go", source)
			r, err := builder.Build(t.Context(), compile.Request{Dir: folder, Program: "Large", Board: pico})
			if !errors.Is(err, compile.ErrFailed) || len(r.Problems) != 1 || (r.Sizes != nil) != c.sizes {
				t.Fatalf("%v %+v", err, r)
			}
			p := r.Problems[0]
			if p.Code != c.code || p.Help == "" || p.Severity != api.SeverityError {
				t.Errorf("%+v", p)
			}
			for _, s := range c.says {
				if !strings.Contains(p.Text, s) {
					t.Errorf("%q does not say %q", p.Text, s)
				}
			}
			t.Log(p.Text)
		})
	}
}
