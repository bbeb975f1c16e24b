package build

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"studioide/internal/toolchain"
)

// loud are the libraries that log. On a board nobody reads that, and log/slog
// takes 110 KB of a program's flash and memory for every packet; so programs
// are built with copies that import studio/quiet instead.
var loud = []string{"github.com/soypat/lneto", "github.com/soypat/cyw43439"}

// wifi makes the workspace a module that can be built with the tag wifi: go.mod
// and go.sum from the runtime's wifi.mod and wifi.sum, and copies of the loud
// libraries. What is right already is not touched, so that caches stay warm.
func (w *workspace) wifi(ctx context.Context, tool toolchain.Go, mod, sum []byte, say func(string)) error {
	if err := writeChanged(filepath.Join(w.dir, "go.sum"), sum); err != nil {
		return cacheFailed(w.dir, err)
	}
	found, err := w.modules(ctx, tool, mod, sum, say)
	if err != nil {
		return err
	}
	for _, m := range found {
		if !slices.Contains(loud, m.Path) {
			continue
		}
		to := filepath.Join(w.dir, path.Base(m.Path))
		note := filepath.Join(to, ".from")
		if b, err := os.ReadFile(note); err == nil && string(b) == m.Version+" "+m.Sum {
			continue
		}
		if err := os.RemoveAll(to); err != nil {
			return cacheFailed(to, err)
		}
		if err := copyQuiet(to, m.Dir); err != nil {
			return cacheFailed(to, err)
		}
		if err := os.WriteFile(note, []byte(m.Version+" "+m.Sum), 0o600); err != nil {
			return cacheFailed(to, err)
		}
	}
	if err := writeChanged(filepath.Join(w.dir, "go.mod"), quietMod(mod)); err != nil {
		return cacheFailed(w.dir, err)
	}
	return nil
}

// quietMod has the copies take the libraries' places.
func quietMod(mod []byte) []byte {
	var out bytes.Buffer
	for line := range strings.Lines(string(mod)) {
		if !strings.HasPrefix(line, "replace ") && !strings.HasPrefix(line, "//") {
			out.WriteString(line)
		}
	}
	for _, m := range loud {
		out.WriteString("replace " + m + " => ./" + path.Base(m) + "\n")
	}
	return out.Bytes()
}

// copyQuiet copies a module without its tests and examples.
func copyQuiet(to, from string) error {
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch base := d.Name(); {
			case base == "examples", base == "cmd", base == "testdata", rel != "." && strings.HasPrefix(base, "_"), strings.HasPrefix(base, ".") && rel != ".":
				return filepath.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		if strings.HasSuffix(rel, "_test.go") {
			return nil
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if strings.HasSuffix(rel, ".go") {
			b = bytes.ReplaceAll(b, []byte("\t\"log/slog\"\n"), []byte("\tslog \"studio/quiet\"\n"))
			b = bytes.ReplaceAll(b, []byte("import \"log/slog\"\n"), []byte("import slog \"studio/quiet\"\n"))
		}
		return os.WriteFile(filepath.Join(to, rel), b, 0o600)
	})
}

// writeChanged writes a file unless it has that content.
func writeChanged(name string, content []byte) error {
	if b, err := os.ReadFile(name); err == nil && bytes.Equal(b, content) {
		return nil
	}
	return os.WriteFile(name, content, 0o600)
}
