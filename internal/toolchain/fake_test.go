package toolchain

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"studioide/internal/problem"
)

// The test's own executable is the fake tinygo, too: a copy of it that is called
// tinygo answers what tinygo.json in its folder says.
func TestMain(m *testing.M) {
	if strings.HasPrefix(filepath.Base(os.Args[0]), "tinygo") {
		os.Exit(answer())
	}
	if at := os.Getenv("TOOLCHAIN_TEST_AT"); at != "" {
		installForEver(at)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// fake is a made-up TinyGo.
type fake struct {
	Version string // what "tinygo version" prints
	Refuses string // what "tinygo info" complains of
	Hangs   bool   // never answers
	Exit    int
}

func good(version string) fake {
	return fake{Version: "tinygo version " + version + " linux/amd64 (using go version go1.26.8 and LLVM version 20.1.1)"}
}

func answer() int {
	self, err := os.Executable()
	if err != nil {
		return 90
	}
	b, err := os.ReadFile(filepath.Join(filepath.Dir(self), "tinygo.json"))
	if err != nil {
		return 91
	}
	var f fake
	if json.Unmarshal(b, &f) != nil {
		return 92
	}
	log, err := os.OpenFile(filepath.Join(filepath.Dir(self), "asked"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return 93
	}
	fmt.Fprintln(log, strings.Join(os.Args[1:], " "))
	log.Close()
	if f.Hangs {
		time.Sleep(time.Hour) // the test kills it
	}
	switch strings.Join(os.Args[1:], " ") {
	case "version":
		fmt.Println(f.Version)
	case "env TINYGOROOT":
		root := os.Getenv("TINYGOROOT")
		if root == "" {
			root = filepath.Dir(filepath.Dir(self))
		}
		fmt.Println(root)
	case "info -target=pico":
		if f.Refuses != "" {
			fmt.Fprintln(os.Stderr, f.Refuses+"\nTinyGo is a Go compiler for small places.")
			return 1
		}
	default:
		return 94
	}
	return f.Exit
}

// put makes a TinyGo in dir/bin and returns its path.
func (f fake) put(t *testing.T, dir string) string {
	t.Helper()
	for _, d := range []string{"bin", "targets"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "bin", command())
	if err := copyFile(path, self(t)); err != nil {
		t.Fatal(err)
	}
	f.set(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "targets", "pico.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// set changes how the TinyGo in dir behaves, without changing its executable.
func (f fake) set(t *testing.T, dir string) {
	t.Helper()
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "bin", "tinygo.json"), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// asked counts how often the TinyGo in dir was started.
func asked(t *testing.T, dir string) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "bin", "asked"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.Count(string(b), "\n")
}

// wantProblem checks a problem's code and that its words hold all of says.
func wantProblem(t *testing.T, err error, code string, says ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no problem, want %s", code)
	}
	p := problem.Of(err)
	if p.Code != code || p.Help == "" {
		t.Fatalf("problem %s: %s %s (%v); want %s", p.Code, p.Text, p.Help, p.Cause, code)
	}
	for _, s := range says {
		if !strings.Contains(p.Text+" "+p.Help, s) {
			t.Errorf("%s says %q %q, without %q", code, p.Text, p.Help, s)
		}
	}
}
