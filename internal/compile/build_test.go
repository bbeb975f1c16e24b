package compile

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"studioide/internal/board"
	"studioide/internal/problem"
	"studioide/internal/toolchain"
)

// A runtime small enough to compile at once.
var smallRuntime = fstest.MapFS{
	"board/board.go": {Data: []byte(`package board

import "studio/host"

var program, build string

type Pin uint8

const LED Pin = 8

func (p Pin) High() { host.Say("high") }

func Serve() { println(program, build) }
`)},
	"host/host.go":        {Data: []byte("package host\n\nfunc Say(s string) { println(s) }\n")},
	"machine/machine.go":  {Data: []byte("package machine\n\nimport \"studio/host\"\n\nfunc Reset() { host.Say(\"reset\") }\n")},
	"board/board_test.go": {Data: []byte("package board\n\nimport \"testing\"\n")},
}

var virtualBoard = board.Board{ID: "virtual", Name: "Virtual ESP32-C3", Virtual: true}

func plain(program []byte) ([]byte, error) { return program, nil }

func testBuilder(t testing.TB) *Builder {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("Go is not installed")
	}
	b := New(t.TempDir())
	b.Runtime = smallRuntime
	return b
}

// compiles is for tests that take compilers for long: make quick goes without them.
func compiles(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("short: it builds many programs")
	}
}

func testProject(t testing.TB, files map[string]string) string {
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var p *problem.Problem
	if !errors.As(err, &p) || p.Code != code || p.Text == "" || p.Help == "" {
		t.Fatalf("got %v, want problem %s with text and help", err, code)
	}
}

// run starts the built program and returns what it printed.
func run(t *testing.T, r *Result) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program.exe")
	if err := os.WriteFile(path, r.Parts[0].Data, 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path).CombinedOutput()
	if err != nil {
		t.Fatalf("the program failed: %v\n%s", err, out)
	}
	return string(out)
}

const good = "package main\n\nimport (\n\t\"machine\"\n\n\t\"studio/board\"\n)\n\nfunc main() {\n\tboard.LED.High()\n\tmachine.Reset()\n\tboard.Serve()\n}\n"

func TestBuild(t *testing.T) {
	b := testBuilder(t)
	dir := testProject(t, map[string]string{"main.go": good, "main_test.go": "package nonsense", "notes.txt": "x"})
	request := Request{Dir: dir, Program: `-Töpfe\ "&" 'Pfannen' $x %s 🍳 \`, Board: virtualBoard, Pack: plain}
	ctx := context.Background()
	first, err := b.Build(ctx, request)
	if err != nil {
		t.Fatalf("%v %+v", err, first)
	}
	if got, want := run(t, first), "high\nreset\n-Töpfe\\ '&' 'Pfannen' $x %s 🍳 \\ "+first.BuildID+"\n"; got != want {
		t.Errorf("program printed %q, want %q", got, want)
	}
	again, err := b.Build(ctx, request)
	if err != nil || !again.Reused || again.BuildID != first.BuildID || !bytes.Equal(again.Parts[0].Data, first.Parts[0].Data) {
		t.Errorf("unchanged: reused %v, id %s after %s, %v", again.Reused, again.BuildID, first.BuildID, err)
	}
	if again.Duration > first.Duration { // which has compiled
		t.Errorf("an unchanged build took %v, the first one %v", again.Duration, first.Duration)
	}

	// Changed, then changed back: another id, then the first id and the very same image.
	os.WriteFile(filepath.Join(dir, "main.go"), []byte(good+"// more\n"), 0o644)
	os.WriteFile(filepath.Join(dir, "more.go"), []byte("package main\n\nfunc init() { println(\"more\") }\n"), 0o644)
	changed, err := b.Build(ctx, request)
	if err != nil || changed.Reused || changed.BuildID == first.BuildID || !strings.HasPrefix(run(t, changed), "more\n") {
		t.Errorf("changed: %+v, %v", changed, err)
	}
	os.Remove(filepath.Join(dir, "more.go"))
	os.WriteFile(filepath.Join(dir, "main.go"), []byte(good), 0o644)
	back, err := b.Build(ctx, request)
	if err != nil || back.Reused || back.BuildID != first.BuildID || !bytes.Equal(back.Parts[0].Data, first.Parts[0].Data) {
		t.Errorf("changed back: id %s, want %s, same image %v, %v", back.BuildID, first.BuildID, bytes.Equal(back.Parts[0].Data, first.Parts[0].Data), err)
	}
	// The same sources elsewhere, in another cache: the same image.
	other := New(t.TempDir())
	other.Runtime = smallRuntime
	elsewhere := request
	elsewhere.Dir = testProject(t, map[string]string{"main.go": good})
	twin, err := other.Build(ctx, elsewhere)
	if err != nil || twin.BuildID != first.BuildID || !bytes.Equal(twin.Parts[0].Data, first.Parts[0].Data) {
		t.Errorf("elsewhere: id %s, want %s (%v)", twin.BuildID, first.BuildID, err)
	}
	// A damaged cache is noticed.
	programs, _ := filepath.Glob(filepath.Join(b.dir, "*", ".studio", "program"))
	if len(programs) != 1 {
		t.Fatal(programs)
	}
	os.WriteFile(programs[0], []byte("damaged"), 0o644)
	mended, err := b.Build(ctx, request)
	if err != nil || mended.Reused || !bytes.Equal(mended.Parts[0].Data, first.Parts[0].Data) {
		t.Errorf("damaged cache: reused %v, %v", mended.Reused, err)
	}
}

func TestMistake(t *testing.T) {
	b := testBuilder(t)
	dir := testProject(t, map[string]string{"main.go": strings.Replace(good, "LED.High", "led.High", 1)})
	r, err := b.Build(context.Background(), Request{Dir: dir, Program: "x", Board: virtualBoard, Pack: plain})
	wantCode(t, err, "build.failed")
	if !errors.Is(err, ErrFailed) || len(r.Problems) != 1 || len(r.Parts) != 0 {
		t.Fatalf("%+v", r)
	}
	p := r.Problems[0]
	if p.Path != "main.go" || p.Line != 10 || p.Column != 8 || p.EndColumn != 11 || p.Fix == nil || p.Fix.Text != "LED" || p.Raw == "" {
		t.Errorf("%+v", p)
	}
	os.WriteFile(filepath.Join(dir, "main.go"), []byte("package main\n\nimport (\n\t\"fmt\"\n\t\"studio/board\"\n)\n\nfunc main() {\n\tfmt.Prinln()\n\tboard.Srve()\n}\n"), 0o644)
	r, err = b.Build(context.Background(), Request{Dir: dir, Program: "x", Board: virtualBoard, Pack: plain})
	wantCode(t, err, "build.failed")
	if len(r.Problems) != 2 || r.Problems[0].Help != "Did you mean fmt.Println?" || r.Problems[1].Help != "Did you mean board.Serve?" {
		t.Errorf("%+v", r.Problems)
	}
}

// What no board has is refused before anything is compiled, unless the user allows it.
func TestEscapes(t *testing.T) {
	b := testBuilder(t)
	b.Tools.GoPath = "/nowhere/go" // proves that nothing is compiled
	for source, says := range map[string]string{
		"import \"C\"":              "C code",
		"import \"os/exec\"":        "Boards have no os/exec",
		"import \"net/http\"":       "Boards have no net/http",
		"import x \"net\"":          "Boards have no net",
		"import \"unsafe\"":         "Boards have no unsafe",
		"import \"syscall\"":        "Boards have no syscall",
		"import \"plugin\"":         "Boards have no plugin",
		"import \"path/filepath\"":  "Boards have no path/filepath",
		"import \"text/template\"":  "Boards have no text/template",
		"import _ \"embed\"":        "Boards have no embed",
		"import \"studio/host\"":    "inner part",
		"import \"github.com/a/b\"": "internet",
		"import \"studio/bord\"":    "no package",
		"import \"board\"":          "no package",
		"import `os/exec`":          "Boards have no os/exec",
		"import . \"os\"":           "Boards have no os",
		"import (\n\ta \"os\"\n\tb \"os\"\n)\nvar _, _ = a.Args, b.Args\nfunc f() { a.Remove(\"\") }": "os.Remove",
		"import o \"os\"\nvar _ = o.Remove":             "os.Remove",
		"import \"os\"\nfunc f() { os.ReadFile(\"\") }": "os.ReadFile",
		"//go:linkname f runtime.f\nfunc f()":           "//go:linkname",
		"//go:embed main.go\nvar s string":              "//go:embed",
		"func f() {\n//go:linkname g runtime.g\n}":      "//go:linkname",
		"//go:cgo_import_dynamic x y \"z\"":             "//go:cgo_",
	} {
		dir := testProject(t, map[string]string{"main.go": "package main\n\n" + source + "\n\nfunc main() {}\n"})
		r, err := b.Build(context.Background(), Request{Dir: dir, Program: "x", Board: virtualBoard, Pack: plain})
		if !errors.Is(err, ErrFailed) || len(r.Problems) == 0 || !strings.Contains(r.Problems[0].Text, says) || r.Problems[0].Help == "" || r.Problems[0].Line == 0 {
			t.Errorf("%q: %v %+v", source, err, r)
		}
	}
	dir := testProject(t, map[string]string{"main.go": "package main\n\nimport \"os\"\n\nfunc main() { os.Exit(0) }\n", "x.s": "TEXT"})
	r, err := b.Build(context.Background(), Request{Dir: dir, Program: "x", Board: virtualBoard, Pack: plain})
	if !errors.Is(err, ErrFailed) || len(r.Problems) != 1 || r.Problems[0].Path != "x.s" {
		t.Errorf("assembler: %v %+v", err, r)
	}
	if os.Symlink("/etc/hostname", filepath.Join(dir, "link.go")) == nil {
		_, err = b.Build(context.Background(), Request{Dir: dir, Program: "x", Board: virtualBoard, Pack: plain})
		wantCode(t, err, "build.link")
	}
	os.Remove(filepath.Join(dir, "link.go"))
	// What is allowed outside of the sandbox is not there inside.
	native := testProject(t, map[string]string{"main.go": "package main\n\nimport \"C\"\n\nfunc main() {}\n", "x.s": "TEXT", "x.c": "int x;", "x.h": ""})
	r, err = b.Build(context.Background(), Request{Dir: native, Program: "x", Board: virtualBoard, Pack: plain, AllowNative: true, Sandbox: true})
	if !errors.Is(err, ErrFailed) || len(r.Problems) != 3 || r.Problems[0].Path != "main.go" || r.Problems[0].Line != 3 || r.Problems[1].Path != "x.c" || r.Problems[2].Path != "x.s" {
		t.Errorf("in the sandbox: %v %+v", err, r)
	}
	for _, p := range r.Problems {
		if !strings.Contains(p.Text, "in the sandbox") && !strings.Contains(p.Text, "for the sandbox") || !strings.Contains(p.Help, "studio trust") {
			t.Errorf("in the sandbox: %+v", p)
		}
	}
	os.Remove(filepath.Join(dir, "x.s"))
	_, err = b.Build(context.Background(), Request{Dir: dir, Program: "x", Board: virtualBoard, Pack: plain})
	wantCode(t, err, "go.missing")

	b.Tools.GoPath = ""
	allowed := testProject(t, map[string]string{"main.go": "package main\n\nimport (\n\t\"os\"\n\t\"unsafe\"\n)\n\nfunc main() {\n\t_, err := os.ReadFile(\"/none\")\n\tprintln(err != nil, unsafe.Sizeof(int8(0)))\n}\n"})
	r, err = b.Build(context.Background(), Request{Dir: allowed, Program: "x", Board: virtualBoard, Pack: plain, AllowNative: true})
	if err != nil || run(t, r) != "true 1\n" {
		t.Errorf("allowed: %v %+v", err, r)
	}
}

func TestProjectsThatCannotBeBuilt(t *testing.T) {
	b := testBuilder(t)
	ctx := context.Background()
	_, err := b.Build(ctx, Request{Dir: filepath.Join(t.TempDir(), "none"), Program: "x", Board: virtualBoard, Pack: plain})
	wantCode(t, err, "project.missing")
	_, err = b.Build(ctx, Request{Dir: t.TempDir(), Program: "x", Board: virtualBoard, Pack: plain})
	wantCode(t, err, "build.no-main")
	dir := testProject(t, map[string]string{"main.go": good})
	t.Setenv("STUDIO_TINYGO", "/nowhere/tinygo")
	_, err = b.Build(ctx, Request{Dir: dir, Program: "x", Board: board.Board{ID: "pico", Name: "Pico", Target: "pico"}, Pack: plain})
	wantCode(t, err, "tinygo.missing")
	os.WriteFile(filepath.Join(dir, "main.go"), make([]byte, maxSource+1), 0o644)
	_, err = b.Build(ctx, Request{Dir: dir, Program: "x", Board: virtualBoard, Pack: plain})
	wantCode(t, err, "build.too-large")
	os.WriteFile(filepath.Join(dir, "main.go"), []byte("package led\n\nfunc main() {}\n"), 0o644)
	r, err := b.Build(ctx, Request{Dir: dir, Program: "x", Board: virtualBoard, Pack: plain})
	wantCode(t, err, "build.failed")
	if r.Problems[0].Code != "go.package-name" {
		t.Errorf("%+v", r.Problems)
	}
	if runtime.GOOS != "windows" {
		old := filepath.Join(t.TempDir(), "go")
		os.WriteFile(old, []byte("#!/bin/sh\necho go1.19.3\necho /none\n"), 0o755)
		b.Tools.GoPath = old
		os.WriteFile(filepath.Join(dir, "main.go"), []byte(good), 0o644)
		_, err = b.Build(ctx, Request{Dir: dir, Program: "x", Board: virtualBoard, Pack: plain})
		wantCode(t, err, "go.too-old")
	}
}

// The user's own Go settings, and a repository around the cache, change nothing.
func TestSurroundings(t *testing.T) {
	for name, value := range map[string]string{"GOFLAGS": "-tags=x -mod=vendor", "GOWORK": "/none/go.work", "GOOS": "plan9", "GOARCH": "386", "CGO_ENABLED": "1", "GOTOOLCHAIN": "go1.99", "GO111MODULE": "off"} {
		t.Setenv(name, value)
	}
	cache := t.TempDir()
	os.Mkdir(filepath.Join(cache, ".git"), 0o755)
	os.WriteFile(filepath.Join(cache, "go.mod"), []byte("module outer\n"), 0o644)
	testBuilder(t)
	b := New(cache)
	b.Runtime = smallRuntime
	r, err := b.Build(context.Background(), Request{Dir: testProject(t, map[string]string{"main.go": good}), Program: "x", Board: virtualBoard, Pack: plain})
	if err != nil {
		t.Fatalf("%v %+v", err, r)
	}
	run(t, r)
}

// Cancelling ends go and its compilers, and the next build works.
func TestCancel(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	b := testBuilder(t)
	pids := filepath.Join(t.TempDir(), "pids")
	slow := filepath.Join(t.TempDir(), "go")
	os.WriteFile(slow, []byte("#!/bin/sh\nif [ \"$1\" = env ]; then echo go1.26; echo /none; exit; fi\nsleep 600 &\necho $! > "+pids+".new; mv "+pids+".new "+pids+"\nwait\n"), 0o755)
	b.Tools.GoPath = slow
	dir := testProject(t, map[string]string{"main.go": good})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := b.Build(ctx, Request{Dir: dir, Program: "x", Board: virtualBoard, Pack: plain})
		ended <- err
	}()
	var pid string
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if p, err := os.ReadFile(pids); err == nil {
			pid = strings.TrimSpace(string(p))
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the build did not start")
		}
	}
	// Another one waits for its turn, and can be cancelled there.
	waiting, stop := context.WithCancel(context.Background())
	var once sync.Once
	_, err := b.Build(waiting, Request{Dir: dir, Program: "y", Board: virtualBoard, Pack: plain, Progress: func(string) { once.Do(stop) }})
	wantCode(t, err, "cancelled")
	cancel()
	select {
	case err := <-ended:
		wantCode(t, err, "cancelled")
	case <-time.After(time.Minute):
		t.Fatal("cancelling did not end the build")
	}
	if runtime.GOOS == "linux" {
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
			stat, err := os.ReadFile("/proc/" + pid + "/stat")
			if err != nil || strings.Contains(string(stat), ") Z ") {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("a process of the cancelled build goes on")
			}
		}
	}
	b.Tools.GoPath = ""
	if r, err := b.Build(context.Background(), Request{Dir: dir, Program: "x", Board: virtualBoard, Pack: plain}); err != nil {
		t.Errorf("after cancelling: %v %+v", err, r)
	}
}

func TestEnvironmentIsClean(t *testing.T) {
	t.Setenv("SECRET_TOKEN", "x")
	t.Setenv("GOFLAGS", "-x")
	for _, v := range toolchain.Environment("/usr/bin/go", "") {
		if strings.HasPrefix(v, "SECRET") || v == "GOFLAGS=-x" {
			t.Errorf("a build sees %s", v)
		}
	}
}

// runAnyway starts the built program, which fails, and returns what it printed.
func runAnyway(t *testing.T, r *Result) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program.exe")
	if err := os.WriteFile(path, r.Parts[0].Data, 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path).CombinedOutput()
	if err == nil {
		t.Fatalf("the program went well\n%s", out)
	}
	return string(out)
}
