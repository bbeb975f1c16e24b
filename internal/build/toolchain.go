package build

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"studioide/internal/problem"
)

// oldest Go that can build the runtime.
const oldestGo = 24 // go1.24

// toolchain is a go command and what is known about it.
type toolchain struct {
	path    string
	version string // "go1.26.8"
	root    string // GOROOT
	changed time.Time
}

// findGo finds the go command, asks it for its version, and remembers the answer while the file stays the same.
func (b *Builder) findGo(ctx context.Context) (toolchain, error) {
	path := b.Go
	if path == "" {
		path = lookGo()
	}
	if path == "" {
		return toolchain{}, goMissing(nil)
	}
	info, err := os.Stat(path)
	if err != nil {
		return toolchain{}, goMissing(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tool.path == path && b.tool.changed.Equal(info.ModTime()) {
		return b.tool, nil
	}
	cmd := exec.CommandContext(ctx, path, "env", "GOVERSION", "GOROOT")
	cmd.Env = environment(path, "")
	cmd.Dir = os.TempDir()
	out, err := cmd.Output()
	if err != nil {
		if ctx.Err() != nil {
			return toolchain{}, ctx.Err()
		}
		return toolchain{}, goMissing(err)
	}
	version, root, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	version = strings.TrimSpace(version)
	if tooOld(version) {
		return toolchain{}, problem.New("go.too-old", fmt.Sprintf("The Go on this computer is %s; programs for the virtual board need Go 1.%d or newer.", strings.TrimPrefix(version, "go"), oldestGo),
			"Install a newer Go from https://go.dev/dl/, then restart Studio.")
	}
	b.tool = toolchain{path: path, version: version, root: strings.TrimSpace(root), changed: info.ModTime()}
	return b.tool, nil
}

// GoVersion says which Go builds for the virtual board, for "studio doctor".
func (b *Builder) GoVersion(ctx context.Context) (version, path string, err error) {
	tool, err := b.findGo(ctx)
	return tool.version, tool.path, err
}

func goMissing(err error) error {
	return problem.New("go.missing", "Go is not installed on this computer; programs for the virtual board are built with it.",
		"Install Go from https://go.dev/dl/, then restart Studio.").Because(err)
}

// tooOld understands "go1.24.3", "go1.25rc1" and takes development versions for new.
func tooOld(version string) bool {
	var minor int
	if n, _ := fmt.Sscanf(version, "go1.%d", &minor); n != 1 {
		return false
	}
	return minor < oldestGo
}

// lookGo looks in PATH, then where installers put Go: programs started by a desktop often have a short PATH.
func lookGo() string {
	if path, err := exec.LookPath("go"); err == nil {
		if abs, err := filepath.Abs(path); err == nil {
			return abs
		}
	}
	name := "go"
	places := []string{"/usr/local/go/bin", "/opt/homebrew/bin", "/usr/local/bin", "/usr/lib/go/bin", "/snap/bin"}
	if runtime.GOOS == "windows" {
		name = "go.exe"
		places = []string{filepath.Join(os.Getenv("ProgramFiles"), "Go", "bin"), `C:\Go\bin`}
	}
	for _, dir := range places {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
	}
	return ""
}

// kept are the variables of the user's environment that a build sees. All that
// steer Go itself are left out, so that a build is the same everywhere.
var kept = []string{"HOME", "USER", "LOGNAME", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "SystemRoot", "SYSTEMROOT", "SystemDrive", "ComSpec", "PATHEXT",
	"ProgramFiles", "ProgramData", "NUMBER_OF_PROCESSORS", "XDG_CACHE_HOME", "GOCACHE", "GOPATH", "TMPDIR", "TEMP", "TMP", "LANG"}

// environment for a go command. tmp is where it may put temporary files, "": anywhere.
func environment(goPath, tmp string) []string {
	env := []string{"CGO_ENABLED=0", "GOFLAGS=", "GOENV=off", "GOTOOLCHAIN=local", "GOPROXY=off", "GOSUMDB=off", "GOWORK=off", "GO111MODULE=on",
		"GOTELEMETRY=off", "GOEXPERIMENT=", "PATH=" + filepath.Dir(goPath) + string(os.PathListSeparator) + os.Getenv("PATH")}
	for _, name := range kept {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	if os.Getenv("GOCACHE") == "off" {
		env = append(env, "GOCACHE=")
	}
	if tmp != "" {
		env = append(env, "GOTMPDIR="+tmp)
	}
	return env
}
