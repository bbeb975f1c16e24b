package build

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"studioide/internal/problem"
)

// loud are the libraries that log. On a board nobody reads that, and log/slog
// takes 110 KB of a program's flash and memory for every packet; so programs
// are built with copies that import studio/quiet instead.
var loud = []string{"github.com/soypat/lneto", "github.com/soypat/cyw43439"}

// wifiModules makes dir a module that can be built with the tag wifi: go.mod
// and go.sum from the runtime's wifi.mod and wifi.sum, and copies of the loud
// libraries. What is right already is not touched, so that caches stay warm.
// The go command fetches what is not on this computer yet.
func wifiModules(ctx context.Context, goTool, dir string, mod, sum []byte) error {
	if err := writeChanged(filepath.Join(dir, "go.sum"), sum); err != nil {
		return cacheFailed(dir, err)
	}
	found, err := findModules(ctx, goTool, dir, mod, sum)
	if err != nil {
		return err
	}
	for _, m := range found {
		to := filepath.Join(dir, path.Base(m.Path))
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
	if err := writeChanged(filepath.Join(dir, "go.mod"), quietMod(mod)); err != nil {
		return cacheFailed(dir, err)
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

type module struct{ Path, Version, Dir, Sum, Error string }

// findModules asks the go command where the loud libraries are. It works with
// the real go.mod, in a folder beside the workspace's own.
func findModules(ctx context.Context, goTool, dir string, mod, sum []byte) ([]module, error) {
	ask, err := os.MkdirTemp(dir, ".modules-")
	if err != nil {
		return nil, cacheFailed(dir, err)
	}
	defer os.RemoveAll(ask)
	for name, b := range map[string][]byte{"go.mod": mod, "go.sum": sum} {
		if err := os.WriteFile(filepath.Join(ask, name), b, 0o600); err != nil {
			return nil, cacheFailed(ask, err)
		}
	}
	cmd := exec.CommandContext(ctx, goTool, append([]string{"mod", "download", "-json"}, loud...)...)
	cmd.Dir = ask
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
	var said bytes.Buffer
	cmd.Stderr = &limited{&said, 1 << 16}
	wholeGroup(cmd)
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var list []module
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var m module
		e := d.Decode(&m)
		if e == io.EOF {
			break
		}
		if e != nil || m.Error != "" || m.Dir == "" {
			return nil, modulesMissing(errors.Join(err, e, errors.New(m.Error)))
		}
		list = append(list, m)
	}
	if err != nil || len(list) != len(loud) {
		return nil, modulesMissing(errors.Join(err, errors.New(said.String())))
	}
	return list, nil
}

func modulesMissing(err error) *problem.Problem {
	return problem.New("modules.missing", "The libraries for Wi-Fi are not on this computer yet, and could not be fetched.",
		"Connect this computer to the internet for the first Run on such a board; after that it works without.").Because(err)
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
