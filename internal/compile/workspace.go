package compile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"studioide/internal/api"
	"studioide/internal/toolchain"
)

const appDir = "app" // of the workspace: copies of the project's Go files

// runtimeTree is the runtime's module as it is unpacked.
type runtimeTree struct {
	files    map[string][]byte
	names    []string // sorted
	hash     string
	packages map[string]bool // import paths: "studio/board"
}

// hostMod builds the user's `import "machine"` from the stand-in; TinyGo has its own.
const hostMod = "module studio\n\ngo 1.24\n\nrequire machine v0.0.0\n\nreplace machine => ./machine\n"

// unpacked are the kinds of files that the runtime consists of.
var unpacked = []string{".go", ".s", ".mod", ".sum"}

func readRuntime(from fs.FS) (runtimeTree, error) {
	t := runtimeTree{files: map[string][]byte{}, packages: map[string]bool{}}
	err := fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if strings.HasSuffix(name, "_test.go") || !slices.Contains(unpacked, path.Ext(name)) {
			return nil
		}
		t.files[name], err = fs.ReadFile(from, name)
		t.packages["studio/"+path.Dir(name)] = true
		return err
	})
	if err != nil {
		return t, fmt.Errorf("the runtime inside Studio cannot be read: %w", err)
	}
	t.files["go.mod"] = []byte("module studio\n\ngo 1.24\n")
	t.files["machine/go.mod"] = []byte("module machine\n\ngo 1.24\n")
	for name := range t.files {
		t.names = append(t.names, name)
	}
	sort.Strings(t.names)
	h := sha256.New()
	for _, name := range t.names {
		fmt.Fprintf(h, "%s\x00%d\x00", name, len(t.files[name]))
		h.Write(t.files[name])
	}
	t.hash = hex.EncodeToString(h.Sum(nil)[:16])
	return t, nil
}

// workspace is a project's build folder for one board, or for the sandbox of the virtual one. Its path stays the same, because Go's cache knows it.
type workspace struct {
	dir         string
	lock        *flock.Flock
	moduleCache string // where libraries are; "": the program needs none
	offline     bool   // libraries that are not on this computer are not fetched
	limits      Limits // of the compilers
}

// WorkspaceName is the folder, in a Builder's, where the programs of the project
// in dir are built for this computer; others' names begin with it.
func WorkspaceName(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	sum := sha256.Sum256([]byte(dir))
	return hex.EncodeToString(sum[:8])
}

func openWorkspace(ctx context.Context, cache string, r Request) (*workspace, error) {
	name := WorkspaceName(r.Dir)
	switch {
	case !r.Board.Virtual:
		name += "-" + r.Board.ID
	case r.Sandbox:
		name += "-sandbox"
	}
	return openFolder(ctx, filepath.Join(cache, name))
}

// openFolder opens the workspace in dir, and waits while somebody else has it.
func openFolder(ctx context.Context, dir string) (*workspace, error) {
	w := &workspace{dir: dir}
	for _, dir := range []string{w.own(""), filepath.Join(w.dir, appDir)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, cacheFailed(dir, err)
		}
	}
	w.lock = flock.New(w.own("lock"))
	if ok, err := w.lock.TryLockContext(ctx, 20*time.Millisecond); !ok {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, cacheFailed(w.dir, err)
	}
	return w, nil
}

func (w *workspace) close() { w.lock.Unlock() }

// own is the path of what Studio notes about the workspace.
func (w *workspace) own(name string) string { return filepath.Join(w.dir, ".studio", name) }

// fill makes the workspace hold exactly the runtime and the project's files. Files that are right already are not touched.
func (w *workspace) fill(t runtimeTree, s selection, host bool) error {
	if err := w.fillRuntime(t); err != nil {
		return err
	}
	_, err := w.fillApp(s.copies(host))
	return err
}

func (w *workspace) fillRuntime(t runtimeTree) error {
	note, _ := os.ReadFile(w.own("runtime"))
	if string(note) != t.hash {
		os.Remove(w.own("runtime"))
		entries, err := os.ReadDir(w.dir)
		if err != nil {
			return cacheFailed(w.dir, err)
		}
		for _, e := range entries {
			if e.Name() != ".studio" {
				if err := os.RemoveAll(filepath.Join(w.dir, e.Name())); err != nil {
					return cacheFailed(w.dir, err)
				}
			}
		}
		for _, name := range t.names {
			to := filepath.Join(w.dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
				return cacheFailed(w.dir, err)
			}
			if err := os.WriteFile(to, t.files[name], 0o600); err != nil {
				return cacheFailed(w.dir, err)
			}
		}
		if err := os.WriteFile(w.own("runtime"), []byte(t.hash), 0o600); err != nil {
			return cacheFailed(w.dir, err)
		}
	}
	return nil
}

// fillApp makes app/ hold exactly these files, and names those that it had to touch.
func (w *workspace) fillApp(copies map[string][]byte) (touched []string, err error) {
	app := filepath.Join(w.dir, appDir)
	if err := os.MkdirAll(app, 0o700); err != nil {
		return nil, cacheFailed(app, err)
	}
	folders := map[string]bool{".": true}
	for name := range copies {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			folders[dir] = true
		}
	}
	err = filepath.WalkDir(app, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(app, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		_, wanted := copies[rel]
		switch {
		case d.IsDir() && !folders[rel]:
			touched = append(touched, rel)
			if err := os.RemoveAll(name); err != nil {
				return err
			}
			return fs.SkipDir
		case !d.IsDir() && !wanted:
			touched = append(touched, rel)
			return os.Remove(name)
		}
		return nil
	})
	if err != nil {
		return touched, cacheFailed(app, err)
	}
	for name, content := range copies {
		to := filepath.Join(app, filepath.FromSlash(name))
		if old, err := os.ReadFile(to); err == nil && bytes.Equal(old, content) {
			continue // keeps its time: go looks at that first
		}
		if err := os.RemoveAll(to); err != nil { // it was a folder, or what is in its place is none of ours
			return touched, cacheFailed(app, err)
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return touched, cacheFailed(app, err)
		}
		if err := os.WriteFile(to, content, 0o600); err != nil {
			return touched, cacheFailed(app, err)
		}
		touched = append(touched, name)
	}
	return touched, nil
}

// arguments of the go command. -buildvcs=false: the cache may lie inside somebody's repository.
func arguments(flags, out string) []string {
	return []string{"build", "-modfile=host.mod", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", out, "./" + appDir}
}

// compile runs go build. output is what the compiler said when the program is
// wrong, "" when it is fine; err is for everything else.
func (w *workspace) compile(ctx context.Context, tool toolchain.Go, flags string, sandbox, cgo bool) (output string, err error) {
	tmp, err := w.temporary()
	if err != nil {
		return "", err
	}
	env := toolchain.Environment(tool.Path, tmp)
	if w.moduleCache != "" {
		env = append(env, "GOMODCACHE="+w.moduleCache)
	}
	if sandbox {
		env = append(env, "GOOS=wasip1", "GOARCH=wasm")
	}
	if cgo {
		env = append(env, "CGO_ENABLED=1")
	}
	_, output, err = w.run(ctx, tool.Path, arguments(flags, w.own("new")), env)
	return output, err
}

// temporary is an empty folder for a compiler's temporary files.
func (w *workspace) temporary() (string, error) {
	tmp := w.own("tmp")
	os.RemoveAll(tmp) // of a build that was killed
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return "", cacheFailed(tmp, err)
	}
	return tmp, nil
}

// run runs a compiler in the workspace. printed is its standard output; said is
// what it complained about, "" when all went well; err is for everything else.
func (w *workspace) run(ctx context.Context, tool string, args, env []string) (printed, said string, err error) {
	outer := ctx
	if w.limits.Time > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, w.limits.Time)
		defer cancel()
	}
	cmd := exec.CommandContext(ctx, tool, args...)
	cmd.Dir, cmd.Env = w.dir, env
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &limited{&out, 1 << 20}, &limited{&complaints, 1 << 20}
	cmd.WaitDelay = 2 * time.Second
	if isGentle(ctx) {
		cmd.Env = frugal(env)
	}
	err = w.limits.run(cmd, isGentle(ctx))
	var exit *exec.ExitError
	switch {
	case err == nil:
		return out.String(), "", nil
	case outer.Err() != nil:
		return "", "", outer.Err()
	case ctx.Err() != nil:
		return "", "", w.limits.tooLong()
	case errors.As(err, &exit):
		said = out.String() + complaints.String()
		if fullDisk(said) {
			return "", "", cacheFailed(w.dir, errors.New(said))
		}
		if p := w.limits.tooMuch(said, exit.ProcessState); p != nil {
			return "", "", p.Because(errors.New(said))
		}
		if p := toolchainFailure(said, exit.ProcessState); p != nil {
			return "", "", p.Because(errors.New(said))
		}
		if strings.TrimSpace(said) == "" {
			said = exit.Error()
		}
		return "", said, nil
	}
	return "", "", errNoCompilerStart.With(tool).Because(err)
}

func fullDisk(text string) bool {
	return strings.Contains(text, "no space left on device") || strings.Contains(text, "There is not enough space on the disk")
}

// keep notes that own("new") is the program of that build, with those sizes.
func (w *workspace) keep(id string, sizes *api.Sizes) ([]byte, error) {
	os.Remove(w.own("built"))
	if err := os.Rename(w.own("new"), w.own("program")); err != nil {
		return nil, cacheFailed(w.dir, err)
	}
	os.Remove(w.own("program.elf"))
	if err := os.Rename(w.own("new.elf"), w.own("program.elf")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, cacheFailed(w.dir, err)
	}
	program, err := os.ReadFile(w.own("program"))
	if err != nil {
		return nil, cacheFailed(w.dir, err)
	}
	n, err := json.Marshal(note{ID: id, Program: programSum(program), System: system, Sizes: sizes})
	if err == nil {
		err = os.WriteFile(w.own("built"), n, 0o600)
	}
	if err != nil {
		return nil, cacheFailed(w.dir, err)
	}
	return program, nil
}

// note names a build, its program, and the system that built it.
type note struct {
	ID, Program, System string
	Sizes               *api.Sizes
}

const system = runtime.GOOS + "/" + runtime.GOARCH

func programSum(program []byte) string { return fmt.Sprintf("%x", sha256.Sum256(program)) }

// last returns the last build's program if it is that of id and whole.
func (w *workspace) last(id string) (program []byte, sizes *api.Sizes, ok bool) {
	built, err := os.ReadFile(w.own("built"))
	var n note
	if err != nil || json.Unmarshal(built, &n) != nil || n.ID != id || n.System != system {
		return nil, nil, false
	}
	program, err = os.ReadFile(w.own("program"))
	return program, n.Sizes, err == nil && n.Program == programSum(program)
}

// limited keeps the first n bytes and swallows the rest.
type limited struct {
	to *bytes.Buffer
	n  int
}

func (l *limited) Write(p []byte) (int, error) {
	if room := l.n - l.to.Len(); room > 0 {
		l.to.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
