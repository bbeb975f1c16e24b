package compile

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"studio"
)

// A program with Wi-Fi builds with the copies, and nothing in them logs.
func TestWiFiModules(t *testing.T) {
	compiles(t)
	dir := t.TempDir()
	if err := os.CopyFS(dir, studio.Runtime()); err != nil {
		t.Fatal(err)
	}
	tool, err := New(t.TempDir()).Tools.Go(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	goTool := tool.Path
	w := testWorkspace(t, dir)
	mod, _ := fs.ReadFile(studio.Runtime(), "wifi.mod")
	sum, _ := fs.ReadFile(studio.Runtime(), "wifi.sum")
	if err := w.libraries(t.Context(), tool, "the Wi-Fi library", mod, sum, func(string) {}); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(goTool, "list", "-mod=readonly", "-tags", "wifi", "-deps", "-f", "{{.ImportPath}} {{.Dir}}", "./board")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !bytes.Contains(out, []byte("\ngithub.com/soypat/lneto/tcp "+dir)) || bytes.Contains(out, []byte("\nlog/slog ")) {
		t.Fatalf("%s", out)
	}
	cmd = exec.Command(goTool, "build", "-mod=readonly", "-tags", "wifi", "./board")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"lneto", "cyw43439"} {
		err := filepath.WalkDir(filepath.Join(dir, name), func(path string, d fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".go") {
				b, _ := os.ReadFile(path)
				if bytes.Contains(b, []byte(`"log/slog"`)) {
					t.Errorf("%s logs", path)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}

	// A second time nothing is written.
	changed := func() map[string]int64 {
		times := map[string]int64{}
		filepath.WalkDir(dir, func(path string, d fs.DirEntry, _ error) error {
			if info, err := d.Info(); err == nil && !d.IsDir() {
				times[path] = info.ModTime().UnixNano()
			}
			return nil
		})
		return times
	}
	before := changed()
	if err := w.libraries(t.Context(), tool, "the Wi-Fi library", mod, sum, func(string) {}); err != nil {
		t.Fatal(err)
	}
	for path, at := range changed() {
		if before[path] != at {
			t.Errorf("%s was written again", path)
		}
	}
}

// testWorkspace is a workspace in a folder of its own.
func testWorkspace(t *testing.T, dir string) *workspace {
	w := &workspace{dir: dir}
	if err := os.MkdirAll(w.own(""), 0o700); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWiFiModulesWithoutInternet(t *testing.T) {
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GOPROXY", "off")
	mod, _ := fs.ReadFile(studio.Runtime(), "wifi.mod")
	sum, _ := fs.ReadFile(studio.Runtime(), "wifi.sum")
	tool, err := New(t.TempDir()).Tools.Go(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	err = testWorkspace(t, t.TempDir()).libraries(t.Context(), tool, "the Wi-Fi library", mod, sum, func(text string) { said += text })
	if err == nil || !strings.Contains(err.Error(), "could not be fetched") || !strings.HasPrefix(said, "Fetching the Wi-Fi library") {
		t.Fatalf("%v, told %q", err, said)
	}
}
