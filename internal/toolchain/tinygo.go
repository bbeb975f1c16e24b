package toolchain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"studioide/internal/board"
	"studioide/internal/child"
	"studioide/internal/lazyregexp"
	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

// Oldest TinyGo that builds the runtime.
const Oldest = "0.41"

// setting names a tinygo command, or the folder of a TinyGo, to be used instead of all others.
const setting = "STUDIO_TINYGO"

// TinyGo is a tinygo command that runs, and what it says of itself.
type TinyGo struct {
	Path    string
	Version string // "0.41.1"
	Root    string // TINYGOROOT
	Go      Go     // what it builds with
}

// TinyGo finds the TinyGo that builds for most boards.
func (t *Tools) TinyGo(ctx context.Context) (TinyGo, error) {
	return t.find(ctx, func(TinyGo) error { return nil })
}

// For finds a TinyGo that builds for a board; the error says what is missing.
func (t *Tools) For(ctx context.Context, b board.Board) (TinyGo, error) {
	return t.find(ctx, func(tiny TinyGo) error { return tiny.check(b) })
}

// find returns the first TinyGo that is good and that fits. Where none is, the
// error is that of the first one that runs, or of the first one at all.
func (t *Tools) find(ctx context.Context, fits func(TinyGo) error) (TinyGo, error) {
	golang, err := t.Go(ctx)
	if err != nil {
		return TinyGo{}, err
	}
	var first TinyGo
	var firstErr error
	for _, path := range t.places() {
		tiny, err := t.examine(ctx, path, golang)
		if ctx.Err() != nil {
			return TinyGo{}, ctx.Err()
		}
		if err == nil {
			err = fits(tiny)
		}
		switch {
		case errors.Is(err, errNothing):
		case err == nil:
			return tiny, nil
		case firstErr == nil || first.Version == "" && tiny.Version != "":
			first, firstErr = tiny, err
		}
	}
	if firstErr != nil {
		return first, firstErr
	}
	if named := os.Getenv(setting); named != "" {
		return TinyGo{}, errMissingNamed.With(named)
	}
	return TinyGo{}, errTinygoMissing.With(howToInstall())
}

func howToInstall() string {
	if Offer() == "" {
		return say.ToolchainInstallTinygoOrNewerFrom(Oldest)
	}
	return say.ToolchainLetStudioInstallItPress()
}

// check says what keeps a TinyGo from building for a board.
func (tiny TinyGo) check(b board.Board) error {
	if older(tiny.Version, b.TinyGo) {
		return errTinygoBoard.With(tiny.Version, b.TinyGo)
	}
	if _, err := os.Stat(filepath.Join(tiny.Root, "targets", b.Target+".json")); err != nil {
		return errBoardTarget.With(tiny.Version, b.Target).Because(err)
	}
	if b.Release && !tiny.release() {
		return errTinygoRelease.With(tiny.Path, howToInstall())
	}
	return nil
}

// release says whether this is what the TinyGo project publishes, with its own
// LLVM and files for all chips: only that brings clang's headers along.
func (tiny TinyGo) release() bool {
	_, err := os.Stat(filepath.Join(tiny.Root, "lib", "clang", "include"))
	return err == nil
}

// command is what a TinyGo's program is called.
func command() string {
	if runtime.GOOS == "windows" {
		return "tinygo.exe"
	}
	return "tinygo"
}

// places are the paths where a TinyGo may be, best first: the one that the user
// names, or Studio's own, the one in PATH, and where installers put it, because
// programs that a desktop starts often have a short PATH.
func (t *Tools) places() []string {
	if named := os.Getenv(setting); named != "" {
		if info, err := os.Stat(named); err == nil && info.IsDir() {
			named = filepath.Join(named, "bin", command())
		}
		return []string{named}
	}
	list := t.installed()
	if path, err := exec.LookPath("tinygo"); err == nil {
		if abs, err := filepath.Abs(path); err == nil {
			list = append(list, abs)
		}
	}
	user, _ := os.UserHomeDir()
	dirs := []string{"/usr/local/tinygo/bin", "/opt/tinygo/bin", "/usr/lib/tinygo/bin", filepath.Join(user, "tinygo", "bin")}
	switch runtime.GOOS {
	case "windows":
		dirs = []string{`C:\tinygo\bin`, filepath.Join(os.Getenv("ProgramFiles"), "tinygo", "bin"), filepath.Join(user, "tinygo", "bin"), filepath.Join(user, "scoop", "apps", "tinygo", "current", "bin")}
	case "darwin":
		dirs = append(dirs, "/opt/homebrew/bin", "/usr/local/bin")
	}
	for _, dir := range dirs {
		if path := filepath.Join(dir, command()); !slices.Contains(list, path) {
			list = append(list, path)
		}
	}
	return list
}

// installed are the TinyGos that Studio has installed, newest first.
func (t *Tools) installed() []string {
	dirs, _ := filepath.Glob(filepath.Join(t.dir, "tinygo-*"))
	slices.SortFunc(dirs, func(a, b string) int { return compare(versionOf(b), versionOf(a)) })
	for i := range dirs {
		dirs[i] = filepath.Join(dirs[i], "bin", command())
	}
	return dirs
}

func versionOf(dir string) string { return strings.TrimPrefix(filepath.Base(dir), "tinygo-") }

// finding is what a TinyGo has said of itself.
type finding struct {
	file, golang time.Time // when they were last changed
	until        time.Time // an error is asked for again after that
	tiny         TinyGo
	err          error
}

// errNothing says that there is no TinyGo in a place.
var errNothing = errors.New("nothing there")

// examine asks a TinyGo what it is. The answer is remembered while it and Go stay the same.
func (t *Tools) examine(ctx context.Context, path string, golang Go) (TinyGo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return TinyGo{}, errNothing
	}
	t.mu.Lock()
	f, ok := t.known[path]
	t.mu.Unlock()
	if ok && f.file.Equal(info.ModTime()) && f.golang.Equal(golang.changed) && f.tiny.Go.Path == golang.Path && (f.err == nil || time.Now().Before(f.until)) {
		return f.tiny, f.err
	}
	f = finding{file: info.ModTime(), golang: golang.changed, tiny: TinyGo{Path: path, Go: golang}}
	f.err = f.tiny.introduce(ctx, t.dir)
	f.until = time.Now().Add(time.Minute)
	if ctx.Err() == nil {
		t.mu.Lock()
		t.known[path] = f
		t.mu.Unlock()
	}
	return f.tiny, f.err
}

var versionLine = lazyregexp.New(`^tinygo version (\d+\.\d+\S*) `)

// introduce asks for version, root, and whether it takes this Go.
func (tiny *TinyGo) introduce(ctx context.Context, ownDir string) error {
	env := Environment(tiny.Go.Path, "")
	if root := os.Getenv("TINYGOROOT"); root != "" && !strings.HasPrefix(tiny.Path, ownDir+string(filepath.Separator)) {
		env = append(env, "TINYGOROOT="+root)
	}
	out, err := ask(ctx, tiny.Path, env, "version")
	if err != nil {
		return tiny.broken(err)
	}
	m := versionLine().FindStringSubmatch(out)
	if m == nil {
		return tiny.broken(fmt.Errorf("its version is %q", firstLine(out)))
	}
	tiny.Version = m[1]
	if older(tiny.Version, Oldest) {
		return errTinygoTooOld.With(tiny.Path, tiny.Version, Oldest, howToInstall())
	}
	if tiny.Root, err = ask(ctx, tiny.Path, env, "env", "TINYGOROOT"); err != nil {
		return tiny.broken(err)
	}
	if _, err := ask(ctx, tiny.Path, env, "info", "-target=pico"); err != nil {
		return tiny.refused(err)
	}
	return nil
}

func (tiny *TinyGo) broken(err error) error {
	return errTinygoBroken.With(tiny.Path, howToInstall()).Because(err)
}

var goRange = lazyregexp.New(`requires go version (1\.\d+) through (1\.\d+)`)
var goBuilt = lazyregexp.New(`cannot compile with Go toolchain version .* built using toolchain version go(1\.\d+)`)

// refused explains why a TinyGo that tells its version does not want to build.
func (tiny *TinyGo) refused(err error) error {
	if m := goRange().FindStringSubmatch(err.Error()); m != nil {
		return tiny.refuses(say.ToolchainTo(m[1], m[2]), m[2]).Because(err)
	}
	if m := goBuilt().FindStringSubmatch(err.Error()); m != nil {
		return tiny.refuses(say.ToolchainUpTo(m[1]), m[1]).Because(err)
	}
	return tiny.broken(err)
}

// refuses says which Go it takes, and which is the newest of them.
func (tiny *TinyGo) refuses(takes, newest string) *problem.Problem {
	is := strings.TrimPrefix(tiny.Go.Version, "go")
	return errTinygoGo.With(tiny.Version, takes, is, newest)
}

// toolTimeout is how long a compiler may take to say what it is; a virus scanner's first look at it counts, and a
// computer with ten things to do: 20 s were too short for one.
const toolTimeout = 2 * time.Minute

// ask runs a command and returns the text that it prints. The error holds the first line of its complaint.
func ask(ctx context.Context, path string, env []string, arg ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, toolTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, arg...)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	cmd.Env, cmd.Dir = env, os.TempDir()
	cmd.WaitDelay = time.Second
	if _, err := os.Stat(cmd.Dir); err != nil {
		return "", fmt.Errorf("the folder for temporary files: %w", err)
	}
	if err := child.Run(cmd); err != nil {
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			exit.Stderr = complaint.Bytes()
		}
		return "", fmt.Errorf("%s %s: %w: %s", filepath.Base(path), strings.Join(arg, " "), err, firstLine(complaint.String()))
	}
	return strings.TrimSpace(out.String()), nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(line[:min(len(line), 300)])
}

// older says whether a version like "0.41.1" lies before another like "0.42". "" is no bound.
func older(version, than string) bool { return than != "" && compare(version, than) < 0 }

// compare compares versions number by number; a number that is not there is 0.
func compare(a, b string) int {
	x, y := numbers(a), numbers(b)
	return slices.Compare(x[:], y[:])
}

func numbers(version string) (n [3]int) {
	version, _, _ = strings.Cut(version, "-") // 0.42.0-dev-1a2b3c
	for i, part := range strings.SplitN(version, ".", 3) {
		n[i], _ = strconv.Atoi(part)
	}
	return n
}
