package toolchain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// oldestGo can build the runtime.
const oldestGo = 24 // go1.24

// Go is a go command and what is known about it.
type Go struct {
	Path    string
	Version string // "go1.26.8"
	Root    string // GOROOT
	changed time.Time
}

// Go finds the go command and asks it for its version.
func (t *Tools) Go(ctx context.Context) (Go, error) {
	path := t.GoPath
	if path == "" {
		path = lookGo()
	}
	if path == "" {
		return Go{}, errMissing
	}
	info, err := os.Stat(path)
	if err != nil {
		return Go{}, errMissing.Because(err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.golang.Path == path && t.golang.changed.Equal(info.ModTime()) {
		return t.golang, nil
	}
	out, err := ask(ctx, path, Environment(path, ""), "env", "GOVERSION", "GOROOT")
	if err != nil {
		if ctx.Err() != nil {
			return Go{}, ctx.Err()
		}
		return Go{}, GoBroken(path, err)
	}
	version, root, _ := strings.Cut(out, "\n")
	version = strings.TrimSpace(version)
	if goTooOld(version) {
		return Go{}, errTooOld.With(strings.TrimPrefix(version, "go"), oldestGo)
	}
	t.golang = Go{Path: path, Version: version, Root: strings.TrimSpace(root), changed: info.ModTime()}
	return t.golang, nil
}

// GoBroken is the problem when the go command at path is there and fails, in its own words.
func GoBroken(path string, err error) error {
	said := err.Error()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && firstLine(string(exit.Stderr)) != "" {
		said = firstLine(string(exit.Stderr))
	}
	return errBroken.With(path, said).Because(err)
}

func goTooOld(version string) bool {
	minor, ok := goMinor(version)
	return ok && minor < oldestGo
}

func goTooNew(version string, newest int) bool {
	minor, ok := goMinor(version)
	return ok && minor > newest
}

// goMinor understands "go1.24.3" and "go1.25rc1"; development versions tell nothing.
func goMinor(version string) (minor int, ok bool) {
	n, _ := fmt.Sscanf(version, "go1.%d", &minor)
	return minor, n == 1
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

// Environment is what a go or tinygo command sees. tmp is where it may put temporary files, "": anywhere.
func Environment(goPath, tmp string) []string {
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

// fetched are the variables that say how modules are fetched here: proxies, mirrors, certificates.
var fetched = []string{"GOMODCACHE", "GOPROXY", "GONOPROXY", "GOPRIVATE", "GOSUMDB", "GONOSUMDB", "GONOSUMCHECK", "GOINSECURE", "GOAUTH", "NETRC",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"}

// Fetching is the environment for commands that use the internet. It also keeps
// what the user has set with go env -w.
func Fetching(goPath string) []string {
	var env []string
	for _, v := range Environment(goPath, "") {
		switch v {
		case "GOPROXY=off", "GOSUMDB=off", "GOENV=off":
		default:
			env = append(env, v)
		}
	}
	for _, name := range fetched {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}
