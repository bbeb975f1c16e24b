package toolchain

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"studioide/internal/board"
)

// alone gives Tools on a computer that has Go, and TinyGo only where the test puts it.
func alone(t *testing.T) (tools *Tools, dir string) {
	t.Helper()
	tools, dir = New(t.TempDir()), t.TempDir()
	t.Setenv("PATH", filepath.Join(dir, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("TINYGOROOT", "")
	t.Setenv(setting, filepath.Join(dir, "bin", command()))
	return tools, dir
}

var pico = board.Board{Name: "Pico", Target: "pico"}

func TestTinyGo(t *testing.T) {
	for _, c := range []struct {
		name string
		fake fake
		code string
		says []string
	}{
		{"good", good("0.41.1"), "", nil},
		{"newer", good("0.52.0"), "", nil},
		{"development", good("0.42.0-dev-1a2b3c"), "", nil},
		{"the oldest that will do", good("0.41.0"), "", nil},
		{"too old", good("0.33.0"), "tinygo.too-old", []string{"0.33.0", "0.41 or newer"}},
		{"much too old", good("0.9.0"), "tinygo.too-old", []string{"0.9.0"}},
		{"prints something else", fake{Version: "hello"}, "tinygo.broken", []string{"does not run"}},
		{"prints nothing", fake{}, "tinygo.broken", nil},
		{"fails", fake{Version: good("0.41.1").Version, Exit: 3}, "tinygo.broken", nil},
		{"Go too new", fake{Version: good("0.41.1").Version, Refuses: "requires go version 1.19 through 1.26, got go1.31"}, "tinygo.go", []string{"0.41.1", "Go 1.19 to 1.26", "Install Go 1.26"}},
		{"Go newer than its maker's", fake{Version: good("0.41.1").Version, Refuses: "cannot compile with Go toolchain version go1.31 (TinyGo was built using toolchain version go1.25.3)"}, "tinygo.go", []string{"Go up to 1.25"}},
		{"refuses for another reason", fake{Version: good("0.41.1").Version, Refuses: "disk quota exceeded"}, "tinygo.broken", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			tools, dir := alone(t)
			path := c.fake.put(t, dir)
			tiny, err := tools.TinyGo(context.Background())
			if c.code != "" {
				wantProblem(t, err, c.code, c.says...)
				return
			}
			if err != nil || tiny.Path != path || tiny.Root != dir || tiny.Go.Version == "" {
				t.Errorf("%+v, %v", tiny, err)
			}
		})
	}
}

func TestTinyGoIsAskedOnce(t *testing.T) {
	tools, dir := alone(t)
	path := good("0.41.1").put(t, dir)
	for range 3 {
		if _, err := tools.TinyGo(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if n := asked(t, dir); n != 3 {
		t.Errorf("tinygo was started %d times for three looks, want 3 for the first", n)
	}
	good("0.33.0").set(t, dir)
	if err := os.Chtimes(path, time.Time{}, time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	_, err := tools.TinyGo(context.Background())
	wantProblem(t, err, "tinygo.too-old")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	_, err = tools.TinyGo(context.Background())
	wantProblem(t, err, "tinygo.missing", setting)
}

func TestTinyGoThatHangs(t *testing.T) {
	tools, dir := alone(t)
	fake{Hangs: true}.put(t, dir)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for asked(t, dir) == 0 && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	if _, err := tools.TinyGo(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled while tinygo hangs: %v", err)
	}
}

func TestNoGo(t *testing.T) {
	tools, dir := alone(t)
	good("0.41.1").put(t, dir)
	tools.GoPath = filepath.Join(dir, "no-go")
	_, err := tools.TinyGo(context.Background())
	wantProblem(t, err, "go.missing", "go.dev/dl")
}

// Go that is there and fails is not called missing; what it says is told.
func TestGoFails(t *testing.T) {
	tools, _ := alone(t)
	t.Setenv("GOPATH", "not/absolute")
	_, err := tools.Go(context.Background())
	wantProblem(t, err, "go.broken", "GOPATH", "not/absolute")
}

func TestNotExecutable(t *testing.T) {
	tools, dir := alone(t)
	path := good("0.41.1").put(t, dir)
	if err := os.WriteFile(path, []byte("no program at all"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := tools.TinyGo(context.Background())
	wantProblem(t, err, "tinygo.broken", path)
}

func TestForBoard(t *testing.T) {
	tools, dir := alone(t)
	good("0.41.1").put(t, dir)
	if tiny, err := tools.For(context.Background(), pico); err != nil || tiny.Version != "0.41.1" {
		t.Fatalf("%+v, %v", tiny, err)
	}
	_, err := tools.For(context.Background(), board.Board{Name: "ESP32 DevKit", Target: "pico", TinyGo: "0.42"})
	wantProblem(t, err, "tinygo.board", "0.41.1", "0.42 or newer")
	_, err = tools.For(context.Background(), board.Board{Name: "Newest board", Target: "newest"})
	wantProblem(t, err, "tinygo.board", "does not know this board (newest)")
	xtensa := board.Board{Name: "ESP32-S3", Target: "pico", Release: true}
	_, err = tools.For(context.Background(), xtensa)
	wantProblem(t, err, "tinygo.release", "official release")
	if err := os.MkdirAll(filepath.Join(dir, "lib", "clang", "include"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := tools.For(context.Background(), xtensa); err != nil {
		t.Error(err)
	}
}

// Studio's own TinyGo comes first, unless another one builds for the board and it does not.
func TestWhichTinyGo(t *testing.T) {
	tools, dir := alone(t)
	t.Setenv(setting, "")
	inPath := good("0.42.0").put(t, dir)
	own := good("0.41.1").put(t, filepath.Join(tools.dir, "tinygo-0.41.1"))
	good("0.9.0").put(t, filepath.Join(tools.dir, "tinygo-0.9.0"))
	t.Setenv("TINYGOROOT", dir) // meant for the one in PATH
	tiny, err := tools.For(context.Background(), pico)
	if err != nil || tiny.Path != own || tiny.Root != filepath.Join(tools.dir, "tinygo-0.41.1") {
		t.Errorf("%+v, %v; want Studio's own", tiny, err)
	}
	tiny, err = tools.For(context.Background(), board.Board{Name: "New", Target: "pico", TinyGo: "0.42"})
	if err != nil || tiny.Path != inPath {
		t.Errorf("%+v, %v; want the one in PATH", tiny, err)
	}
	fake{Version: "damaged"}.set(t, filepath.Join(tools.dir, "tinygo-0.41.1"))
	fresh := &Tools{dir: tools.dir, known: map[string]finding{}}
	if tiny, err = fresh.For(context.Background(), pico); err != nil || tiny.Path != inPath {
		t.Errorf("%+v, %v; want the one in PATH while Studio's own is damaged", tiny, err)
	}
}

func TestCompareVersions(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"0.41", "0.41.0", 0}, {"0.9", "0.41", -1}, {"0.41.1", "0.41", 1}, {"1.0", "0.99.9", 1}, {"0.42.0-dev", "0.42", 0}, {"", "0.41", -1}} {
		if got := compare(c.a, c.b); got != c.want {
			t.Errorf("compare(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// The real one, where there is one: what is read here is what TinyGo prints.
func TestRealTinyGo(t *testing.T) {
	tools := New(t.TempDir())
	t.Setenv(setting, "")
	tiny, err := tools.TinyGo(context.Background())
	if err != nil {
		t.Skip("no TinyGo here: ", err)
	}
	if _, err := os.Stat(filepath.Join(tiny.Root, "targets", "pico.json")); err != nil || older(tiny.Version, Oldest) {
		t.Errorf("%+v, %v", tiny, err)
	}
	for _, b := range board.All() {
		if _, err := tools.For(context.Background(), b); err != nil && !b.Virtual {
			t.Logf("%s: %v", b.ID, err)
		}
	}
}
