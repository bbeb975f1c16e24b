package virtual

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"

	"studioide/internal/child"
	"studioide/internal/confine"
	"studioide/internal/sandbox"
	"studioide/internal/tempdir"
)

// keepPrograms is how many program files stay for the next start.
const keepPrograms = 8

var (
	filesLock sync.Mutex
	files     = map[string]os.FileInfo{} // checked in this process
)

// programFile writes a program to a file named by its hash and returns its name.
// A file that is there already is used again. dir is Config.RunDir.
func programFile(dir string, program []byte, sum [sha256.Size]byte, sandboxed bool) (string, error) {
	filesLock.Lock()
	defer filesLock.Unlock()
	if dir == "" {
		var err error
		if dir, err = tempdir.UserDir(); err != nil { // somebody else was there first
			if dir, err = os.MkdirTemp("", "studio-"); err != nil {
				return "", err
			}
		}
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	name := filepath.Join(dir, "program-"+hex.EncodeToString(sum[:16]))
	switch {
	case sandboxed:
		name += ".wasm"
	case runtime.GOOS == "windows":
		name += ".exe"
	}
	if same(name, sum) {
		now := time.Now()
		os.Chtimes(name, now, now) // recently used
		if info, err := os.Lstat(name); err == nil {
			files[name] = info
		}
		return name, nil
	}
	f, err := os.CreateTemp(dir, "new-*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(program)
	if err == nil && runtime.GOOS != "windows" && !sandboxed {
		err = f.Chmod(0o700)
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	if info, err := os.Lstat(name); err == nil {
		files[name] = info
	}
	prune(dir, name)
	return name, nil
}

// same tells whether the file holds the program with that hash. What was
// checked once in this process and has not been touched since is not read again.
func same(name string, sum [sha256.Size]byte) bool {
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	if old := files[name]; old != nil && os.SameFile(old, info) && old.Size() == info.Size() && old.ModTime().Equal(info.ModTime()) {
		return true
	}
	content, err := os.ReadFile(name)
	return err == nil && sha256.Sum256(content) == sum
}

// prune removes the programs that were not used for longest.
func prune(dir, keep string) {
	list, _ := filepath.Glob(filepath.Join(dir, "program-*"))
	type entry struct {
		name string
		used time.Time
	}
	var old []entry
	for _, name := range list {
		if info, err := os.Lstat(name); err == nil && name != keep {
			old = append(old, entry{name, info.ModTime()})
		}
	}
	sort.Slice(old, func(i, j int) bool { return old[i].used.After(old[j].used) })
	for i := keepPrograms - 1; i < len(old); i++ {
		if os.Remove(old[i].name) == nil { // one that runs stays on some systems
			delete(files, old[i].name)
			os.RemoveAll(compiledFor(old[i].name))
		}
	}
	parts, _ := filepath.Glob(filepath.Join(dir, "new-*")) // of a Studio that was killed
	for _, name := range parts {
		if info, err := os.Lstat(name); err == nil && time.Since(info.ModTime()) > time.Hour {
			os.Remove(name)
		}
	}
}

// compiledFor is the folder for the machine code of a sandboxed program.
func compiledFor(name string) string {
	return filepath.Join(filepath.Dir(name), "compiled-"+strings.TrimPrefix(filepath.Base(name), "program-"))
}

// readyFile is in a compiledFor folder that is complete. It holds who made it: another Studio makes it anew.
const readyFile = "ready"

func (c *Config) prepared(name string) bool {
	ready, err := os.ReadFile(filepath.Join(compiledFor(name), readyFile))
	return err == nil && string(ready) == maker(c.Sandbox)
}

// maker names the executable that makes machine code.
func maker(command []string) string {
	info, err := os.Stat(command[0])
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%s %d %d", command[0], info.Size(), info.ModTime().UnixNano())
}

// Prepare makes the machine code of a sandboxed program, which takes a second or
// two, so that its board finds it when it starts it. runDir and command are
// those of Config (RunDir, Sandbox).
func Prepare(ctx context.Context, runDir string, command []string, program []byte) error {
	if len(command) == 0 {
		return errors.New("there is no sandbox")
	}
	name, err := programFile(runDir, program, sha256.Sum256(program), true)
	if err != nil {
		return err
	}
	c := Config{RunDir: runDir, Sandbox: command}
	return c.prepare(ctx, name)
}

var preparing sync.Mutex // one at a time: it takes all processors anyway

func (c *Config) prepare(ctx context.Context, name string) error {
	preparing.Lock()
	defer preparing.Unlock()
	if c.prepared(name) {
		return nil
	}
	folder := compiledFor(name)
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	args := append(append([]string(nil), c.Sandbox[1:]...), sandbox.Compile, name, folder)
	cmd := exec.CommandContext(ctx, c.Sandbox[0], args...)
	cmd.Env = environment()
	(confine.Limits{Read: []string{name}, Write: []string{folder}, Stat: true}).Apply(cmd)
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := child.Run(cmd); err != nil {
		return fmt.Errorf("%w %s", err, said.Bytes())
	}
	return os.WriteFile(filepath.Join(folder, readyFile), []byte(maker(c.Sandbox)), 0o600)
}

// sandboxLimits are for the process of a sandboxed program: what it needs
// itself. To the program they are a second wall.
func sandboxLimits(name string) *confine.Limits {
	return &confine.Limits{Read: []string{name, compiledFor(name)}, Stat: true, Listen: true, FileSize: 1, Files: 2048}
}
