// Package built makes programs for tests that start them as users do.
package built

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/gofrs/flock"

	"studioide/test/tree"
)

// Studio builds the program into a folder, as it is released, and gives its file.
func Studio(dir string) (binary string, err error) { return Command(dir, "studioide/cmd/studio") }

// Command builds a command of this module into a folder. The tests of one
// computer share what is linked: when nothing has changed since, it is copied.
func Command(dir, command string) (binary string, err error) {
	name := path.Base(command)
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	all := tree.Path("bin", ".tests")
	if err := os.MkdirAll(all, 0o777); err != nil {
		return "", err
	}
	lock := flock.New(filepath.Join(all, name+".lock"))
	if err := lock.Lock(); err != nil {
		return "", err
	}
	defer lock.Close()
	linked := filepath.Join(all, name)
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", linked, command)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building %s: %w\n%s", command, err, out)
	}
	content, err := os.ReadFile(linked)
	if err != nil {
		return "", err
	}
	binary = filepath.Join(dir, name)
	return binary, os.WriteFile(binary, content, 0o777)
}

// Log keeps what a process writes, for whoever asks meanwhile. The zero value is empty.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
