package build

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"studioide/internal/board"
	"studioide/internal/message"
)

// tinygoBuilder builds with the real runtime, for a Raspberry Pi Pico.
func tinygoBuilder(t *testing.T) (*Builder, board.Board) {
	b := New(t.TempDir())
	pico, ok := board.Find("pico")
	if !ok {
		t.Fatal("no Pico in the catalogue")
	}
	if err := b.CanBuild(t.Context(), pico); err != nil {
		t.Skipf("SKIPPED: %v", err)
	}
	return b, pico
}

func writeFile(t *testing.T, name, content string) {
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Programs that do not fit, and why: the linker says so, or nobody but us.
func TestTooLarge(t *testing.T) {
	b, pico := tinygoBuilder(t)
	dir := testProject(t, nil)
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
				writeFile(t, filepath.Join(dir, fmt.Sprintf("text%d.go", i)), fmt.Sprintf("package main\n\nconst text%d = %q\n\nfunc init() { println(text%d[table[0]:]) }\n", i, letters, i))
			}
			for i := c.texts; i < 2; i++ {
				os.Remove(filepath.Join(dir, fmt.Sprintf("text%d.go", i)))
			}
			writeFile(t, filepath.Join(dir, "main.go"), source)
			r, err := b.Build(t.Context(), Request{Dir: dir, Program: "Large", Board: pico})
			if !errors.Is(err, ErrFailed) || len(r.Problems) != 1 || (r.Sizes != nil) != c.sizes {
				t.Fatalf("%v %+v", err, r)
			}
			p := r.Problems[0]
			if p.Code != c.code || p.Help == "" || p.Severity != message.SeverityError {
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

// The parts that are named are the largest, each once.
func TestLargestParts(t *testing.T) {
	list := []message.SizePart{{Name: "Wi-Fi", Flash: 9}, {Name: "your program", Flash: 3 << 20}, {Name: "fmt", Flash: 1 << 10}, {Name: "studio/board", Flash: 60_000}, {Name: "stacks", RAM: 4096}}
	if got, want := largestParts(list, flashOf), " The largest parts are your program (3.0 MB), studio/board (59 KB), fmt (1 KB)."; got != want {
		t.Errorf("%q instead of %q", got, want)
	}
	if got := largestParts(nil, flashOf); got != "" {
		t.Errorf("%q of nothing", got)
	}
}

func TestPackageOf(t *testing.T) {
	for symbol, want := range map[string]string{
		"main.main": "main", "main$string.3": "main", "(*studio/board.server).step": "studio/board", "studio/board.std": "studio/board",
		"(time.Duration).String": "time", "github.com/soypat/lneto/tcp.x": "github.com/soypat/lneto/tcp", "memcpy": "runtime",
	} {
		if got := packageOf(symbol); got != want {
			t.Errorf("%s: %q instead of %q", symbol, got, want)
		}
	}
}
