package compile

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

// loggingModules are the libraries that log. On a board nobody reads that, and log/slog
// takes 110 KB of a program's flash and memory for every packet; so programs
// are built with copies that import studio/quiet instead.
var loggingModules = []string{"github.com/soypat/lneto", "github.com/soypat/cyw43439"}

// libraries makes the workspace a module that TinyGo builds with the modules of
// mod: go.mod and go.sum, and copies of the loud ones. what names them for
// people. What is right already is not touched, so that caches stay warm.
func (w *workspace) libraries(ctx context.Context, tool toolchain.Go, what string, mod, sum []byte, progress func(string)) error {
	if sum == nil { // none
		os.Remove(filepath.Join(w.dir, "go.sum"))
		return cacheFailedIf(w.dir, writeChanged(filepath.Join(w.dir, "go.mod"), mod))
	}
	if err := writeChanged(filepath.Join(w.dir, "go.sum"), sum); err != nil {
		return cacheFailed(w.dir, err)
	}
	found, err := w.modules(ctx, tool, what, mod, sum, progress)
	if err != nil {
		return err
	}
	for _, m := range found {
		if !slices.Contains(loggingModules, m.Path) {
			continue
		}
		if err := w.copyLibrary(m, withoutLog); err != nil {
			return err
		}
	}
	if err := writeChanged(filepath.Join(w.dir, "go.mod"), replaceLogging(mod)); err != nil {
		return cacheFailed(w.dir, err)
	}
	return nil
}

// copyLibrary puts a copy of a module into the workspace, changed by change, unless it is there.
func (w *workspace) copyLibrary(m module, change func(name string, content []byte) []byte) error {
	to := filepath.Join(w.dir, path.Base(m.Path))
	note := filepath.Join(to, ".from")
	if b, err := os.ReadFile(note); err == nil && string(b) == m.Version+" "+m.Sum {
		return nil
	}
	if err := os.RemoveAll(to); err != nil {
		return cacheFailed(to, err)
	}
	if err := copyModule(to, m.Dir, change); err != nil {
		return cacheFailed(to, err)
	}
	return cacheFailedIf(to, os.WriteFile(note, []byte(m.Version+" "+m.Sum), 0o600))
}

// replaceLogging has the copies take the libraries' places.
func replaceLogging(mod []byte) []byte {
	var out bytes.Buffer
	for line := range strings.Lines(string(mod)) {
		if !strings.HasPrefix(line, "replace ") && !strings.HasPrefix(line, "//") {
			out.WriteString(line)
		}
	}
	for _, m := range loggingModules {
		if !bytes.Contains(mod, []byte("\t"+m+" ")) {
			continue
		}
		out.WriteString("replace " + m + " => ./" + path.Base(m) + "\n")
	}
	return out.Bytes()
}

// withoutLog has a library's file log to nobody.
func withoutLog(name string, content []byte) []byte {
	if !strings.HasSuffix(name, ".go") {
		return content
	}
	content = bytes.ReplaceAll(content, []byte("\t\"log/slog\"\n"), []byte("\tslog \"studio/quiet\"\n"))
	return bytes.ReplaceAll(content, []byte("import \"log/slog\"\n"), []byte("import slog \"studio/quiet\"\n"))
}

// copyModule copies a module without its tests and examples. change gets each
// file, named from the module's folder on with slashes, and returns nil for those
// that are left out.
func copyModule(to, from string, change func(name string, content []byte) []byte) error {
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
		if b = change(filepath.ToSlash(rel), b); b == nil {
			return nil
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
