//go:build unix

package toolchain

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"studioide/internal/problem"
)

// goThatSays is a go command of that version, which does what script says when it is to build.
func goThatSays(t *testing.T, version, script string) *Tools {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "go")
	text := "#!/bin/sh\nif [ \"$1\" = env ]; then echo " + version + "; echo /root; exit 0; fi\n" + script + "\n"
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv(goplsSetting, "")
	tools := New(t.TempDir())
	tools.GoPath = path
	return tools
}

const buildsGopls = `cat go.mod | grep -q 'golang.org/x/tools/gopls v` + GoplsVersion + `' || exit 7
echo "go: downloading golang.org/x/tools/gopls v0.23.0" >&2
echo "internal/cpu" >&2
printf '#!/bin/sh\necho gopls\n' > gopls && chmod +x gopls`

// A computer with too little memory neither starts nor builds gopls, and says so; who names one gets it all the same.
func TestGoplsNeedsMemory(t *testing.T) {
	tools := goThatSays(t, "go1.26.8", buildsGopls)
	path, err := tools.InstallGopls(t.Context(), func(string, string, int64, int64) {})
	if err != nil {
		t.Fatal(err)
	}
	for memory, fits := range map[int64]bool{-1: true, 1 << 30: false, 1<<31 - 160<<20: true, 16 << 30: true} {
		tools.memory = func() int64 { return memory }
		_, err := tools.Gopls(t.Context())
		_, install := tools.InstallGopls(t.Context(), func(string, string, int64, int64) {})
		state := tools.GoplsState(t.Context())
		if (err == nil) != fits || (install == nil) != fits || (state.Version != "") != fits {
			t.Errorf("with %d MB: %v, %v, %+v", memory>>20, err, install, state)
		}
		if !fits && (state.Problem.Code != "gopls.memory" || !strings.Contains(state.Problem.Text, "1024 MB")) {
			t.Errorf("it says %+v", state.Problem)
		}
	}
	tools.memory = func() int64 { return 1 << 30 }
	t.Setenv(goplsSetting, path)
	if found, err := tools.Gopls(t.Context()); err != nil || found != path {
		t.Errorf("the one that is named: %s, %v", found, err)
	}
	if n := totalMemory(); n != -1 && n < 64<<20 {
		t.Errorf("this computer has %d bytes of memory", n)
	}
}

func TestInstallGopls(t *testing.T) {
	tools := goThatSays(t, "go1.26.8", buildsGopls)
	if _, err := tools.Gopls(t.Context()); problem.Of(err).Code != "gopls.missing" {
		t.Errorf("before: %v", err)
	}
	var said []string
	path, err := tools.InstallGopls(t.Context(), func(_, text string, _, _ int64) { said = append(said, text) })
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(said, "\n"), "Fetching gopls 0.23.0.\nFetching gopls 0.23.0: golang.org/x/tools/gopls v0.23.0.\nBuilding gopls 0.23.0: part 1 of about 480."; got != want {
		t.Errorf("it said:\n%s", got)
	}
	if found, err := tools.Gopls(t.Context()); err != nil || found != path {
		t.Errorf("afterwards: %s, %v", found, err)
	}
	left, _ := os.ReadDir(filepath.Dir(path))
	if len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	tools.GoPath = "/nowhere" // it is not built again
	if state := tools.GoplsState(t.Context()); state.Version != GoplsVersion || state.Problem != nil {
		t.Errorf("%+v", state)
	}
}

func TestInstallGoplsFails(t *testing.T) {
	for _, c := range []struct{ version, script, code string }{
		{"go1.25.1", buildsGopls, "gopls.go"},
		{"go1.26.8", "echo 'go: golang.org/x/tools/gopls@v0.23.0: Get \"https://proxy\": dial tcp: lookup proxy: no such host' >&2; exit 1", "gopls.offline"},
		{"go1.26.8", "echo 'verifying module: checksum mismatch' >&2; echo 'SECURITY ERROR' >&2; exit 1", "gopls.hash"},
		{"go1.26.8", "echo '# golang.org/x/tools/gopls' >&2; echo 'x.go:1:1: wrong' >&2; exit 1", "gopls.build"},
		{"go1.26.8", "printf '#!/bin/sh\\nexit 3\\n' > gopls && chmod +x gopls", "gopls.build"}, // what was built does not run
	} {
		tools := goThatSays(t, c.version, c.script)
		_, err := tools.InstallGopls(t.Context(), func(string, string, int64, int64) {})
		if problem.Of(err).Code != c.code {
			t.Errorf("%s, %s: %v", c.version, c.script, err)
		}
		if _, err := tools.Gopls(t.Context()); err == nil {
			t.Errorf("%s is installed", c.script)
		}
		if left, _ := filepath.Glob(filepath.Join(tools.dir, ".gopls-*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

func TestInstallGoplsCancelled(t *testing.T) {
	tools := goThatSays(t, "go1.26.8", "echo internal/cpu >&2; sleep 1000")
	ctx, cancel := context.WithCancel(t.Context())
	_, err := tools.InstallGopls(ctx, func(phase, _ string, _, _ int64) {
		if phase == "build" {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(tools.dir, ".gopls-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestGoplsNamed(t *testing.T) {
	tools := New(t.TempDir())
	t.Setenv(goplsSetting, "/nowhere/gopls")
	if _, err := tools.Gopls(t.Context()); problem.Of(err).Code != "gopls.missing" || !strings.Contains(err.Error(), "/nowhere/gopls") {
		t.Errorf("%v", err)
	}
	self, _ := os.Executable()
	t.Setenv(goplsSetting, self)
	if path, err := tools.Gopls(t.Context()); err != nil || path != self {
		t.Errorf("%s, %v", path, err)
	}
}
