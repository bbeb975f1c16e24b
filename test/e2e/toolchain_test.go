package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/problem"
	"studioide/internal/toolchain"
)

// onlyGo makes a PATH with Go and the folders in front of it.
func onlyGo(t *testing.T, dirs ...string) {
	t.Helper()
	path, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", strings.Join(append(dirs, filepath.Dir(real)), string(os.PathListSeparator)))
	t.Setenv("STUDIO_TINYGO", "")
	t.Setenv("TINYGOROOT", "")
}

// madeUp puts a TinyGo of that version into a folder and returns the folder of its command.
// "" makes one that does not run.
func madeUp(t *testing.T, version, complaint string) string {
	t.Helper()
	root := t.TempDir()
	bin := filepath.Join(root, "bin")
	path := filepath.Join(bin, "tinygo")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	build := exec.Command("go", "build", "-o", path, "./tinygo")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.MkdirAll(filepath.Join(root, "targets"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, b := range board.All() {
		if err := os.WriteFile(filepath.Join(root, "targets", b.Target+".json"), []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range map[string]string{"version": version, "complaint": complaint} {
		if content == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(bin, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return bin
}

// lines decodes what a subcommand printed with --json.
func lines(t *testing.T, out string) []map[string]json.RawMessage {
	t.Helper()
	var list []map[string]json.RawMessage
	for line := range strings.Lines(out) {
		var v map[string]json.RawMessage
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("%q is no JSON: %v", line, err)
		}
		list = append(list, v)
	}
	return list
}

// What doctor, boards, build and toolchain status say is what is the case.
func TestCommandLineTellsTheTruthAboutTinyGo(t *testing.T) {
	for _, c := range []struct {
		name, code string
		says       []string
		path       func(t *testing.T) []string
	}{
		{"missing", "tinygo.missing", []string{"not installed"}, func(*testing.T) []string { return nil }},
		{"too old", "tinygo.too-old", []string{"0.33.0", "0.41 or newer"}, func(t *testing.T) []string { return []string{madeUp(t, "0.33.0", "")} }},
		{"does not run", "tinygo.broken", []string{"does not run"}, func(t *testing.T) []string { return []string{madeUp(t, "", "")} }},
		{"refuses Go", "tinygo.go", []string{"1.19 to 1.26"}, func(t *testing.T) []string {
			return []string{madeUp(t, "0.41.1", "requires go version 1.19 through 1.26, got go1.31")}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			onlyGo(t, c.path(t)...)
			home := newHome(t)
			out, errs, code := cli(t, home, "toolchain", "status")
			if c.code == "tinygo.missing" && code == 0 {
				t.Skip("there is a TinyGo that cannot be hidden: ", out)
			}
			if code != 1 || out != "" {
				t.Errorf("status = %d %q", code, out)
			}
			for _, s := range c.says {
				if !strings.Contains(errs, s) {
					t.Errorf("status says %q, without %q", errs, s)
				}
			}
			out, errs, code = cli(t, home, "doctor")
			if code != 0 || !strings.Contains(out, "note    TinyGo: ") {
				t.Errorf("doctor = %d\n%s%s", code, out, errs)
			}
			for _, s := range c.says {
				if !strings.Contains(out, s) {
					t.Errorf("doctor says %q, without %q", out, s)
				}
			}
			out, _, code = cli(t, home, "boards", "--json")
			if code != 0 {
				t.Errorf("boards = %d", code)
			}
			unfit := 0 // boards that no TinyGo helps
			for _, v := range lines(t, out) {
				virtual, want := string(v["id"]) == `"virtual"`, c.code
				if b, _ := board.Find(strings.Trim(string(v["id"]), `"`)); b.Unfit != "" {
					unfit++
					want = "board.unfit"
				}
				if can := string(v["canBuild"]) == "true"; can != virtual {
					t.Errorf("boards says canBuild %s of %s", v["canBuild"], v["id"])
				}
				var p *problem.Problem
				if json.Unmarshal(v["problem"], &p); !virtual && (p == nil || p.Code != want || p.Help == "") {
					t.Errorf("boards says %s of %s, want %s", v["problem"], v["id"], want)
				}
			}
			out, _, _ = cli(t, home, "boards")
			if n := strings.Count(out, "(1)"); n != len(board.All())-unfit { // each board, and the note
				t.Errorf("boards names the reason %d times:\n%s", n, out)
			}
			dir := filepath.Join(t.TempDir(), "my led")
			if _, errs, code := cli(t, home, "new", "led", dir); code != 0 {
				t.Fatal(errs)
			}
			_, errs, code = cli(t, home, "build", dir, "--board", "pico")
			if code != 1 {
				t.Errorf("build = %d", code)
			}
			for _, s := range c.says {
				if !strings.Contains(errs, s) {
					t.Errorf("build says %q, without %q", errs, s)
				}
			}
			if _, errs, code := cli(t, home, "build", dir, "--board", "virtual"); code != 0 {
				t.Errorf("the virtual board's program = %d %s", code, errs)
			}
		})
	}
}

func TestGoodTinyGo(t *testing.T) {
	bin := madeUp(t, "0.41.1", "")
	onlyGo(t, bin)
	home := newHome(t)
	if out, errs, code := cli(t, home, "toolchain", "status"); code != 0 || !strings.Contains(out, "TinyGo 0.41.1 at "+bin) {
		t.Errorf("status = %d %q %q", code, out, errs)
	}
	if out, errs, code := cli(t, home, "doctor"); code != 0 || !strings.Contains(out, "ok      TinyGo: 0.41.1 at "+bin) {
		t.Errorf("doctor = %d\n%s%s", code, out, errs)
	}
	out, _, _ := cli(t, home, "boards", "--json")
	tried := map[string]string{}
	for _, v := range lines(t, out) {
		var id, how string
		json.Unmarshal(v["id"], &id)
		json.Unmarshal(v["tried"], &how)
		tried[id] = how
		if id == "esp8266" && !strings.Contains(string(v["problem"]), "32 KB of memory") {
			t.Errorf("boards says %s of a board that no program is for", v["problem"])
		}
		if id == "esp32" && !strings.Contains(string(v["problem"]), "0.42") {
			t.Errorf("boards says %s of a board that wants a newer TinyGo", v["problem"])
		}
	}
	for _, b := range board.All() {
		if tried[b.ID] != string(b.Tried) {
			t.Errorf("boards says that %s has been tried as %q; the catalogue says %q", b.ID, tried[b.ID], b.Tried)
		}
	}
}

// A page sees TinyGo come and go while Studio runs.
func TestPageSeesTinyGoComeAndGo(t *testing.T) {
	later := t.TempDir()
	onlyGo(t, later)
	s := start(t, newHome(t))
	n := s.until("the compilers to be known", func(n api.Snapshot) bool { return n.Toolchain.Version != "" || n.Toolchain.Problem != nil })
	if n.Toolchain.Version != "" {
		t.Skip("there is a TinyGo that cannot be hidden: ", n.Toolchain.Path)
	}
	if n.Toolchain.Problem.Code != "tinygo.missing" || n.Toolchain.Offer != toolchain.Offer() {
		t.Errorf("%+v", n.Toolchain)
	}
	for _, k := range s.until("the boards", func(n api.Snapshot) bool { return n.Kinds[1].Problem != nil }).Kinds {
		if virtual := k.ID == "virtual"; virtual != (k.Problem == nil) {
			t.Errorf("%s: %v", k.ID, k.Problem)
		}
	}
	bin := madeUp(t, "0.41.1", "")
	entries, err := os.ReadDir(bin)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := os.Rename(filepath.Join(bin, e.Name()), filepath.Join(later, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	s.ok(http.MethodGet, "/api/state", nil) // what a page asks for when it comes
	s.until("TinyGo to come", func(n api.Snapshot) bool { return n.Toolchain.Version == "0.41.1" && n.Toolchain.Problem == nil })
	if err := os.RemoveAll(later); err != nil {
		t.Fatal(err)
	}
	s.ok(http.MethodGet, "/api/state", nil)
	s.until("TinyGo to go", func(n api.Snapshot) bool {
		return n.Toolchain.Version == "" && n.Toolchain.Problem != nil && n.Kinds[1].Problem != nil && n.Kinds[1].Problem.Code == "tinygo.missing"
	})
}

// The button on the page: progress, refusal of what is no release, and Cancel.
func TestInstallOnThePage(t *testing.T) {
	if toolchain.Offer() == "" {
		t.Skip("there is no release for this system")
	}
	onlyGo(t)
	arrived, leave := make(chan string, 10), make(chan struct{})
	mirror := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived <- r.URL.Path
		if strings.HasPrefix(r.URL.Path, "/slow/") {
			w.Header().Set("Content-Length", "1000000")
			for { // a slow line; it takes longer than the test
				w.Write(make([]byte, 100))
				w.(http.Flusher).Flush()
				select {
				case <-leave:
					return
				case <-r.Context().Done():
					return
				case <-time.After(10 * time.Millisecond):
				}
			}
		}
		w.Write([]byte("not a release"))
	}))
	defer mirror.Close()
	defer close(leave)

	t.Setenv("STUDIO_TOOLCHAIN_MIRROR", mirror.URL+"/wrong")
	s := start(t, newHome(t))
	s.until("a board", func(n api.Snapshot) bool { return n.Board.State == api.BoardEmpty })
	p := s.act("/api/toolchain/install", nil)
	if p.Action != "toolchain" || p.State != "failed" || p.Problem == nil || p.Problem.Code != "toolchain.wrong-hash" {
		t.Errorf("a wrong archive: %+v %v", p, p.Problem)
	}
	if path := <-arrived; !strings.HasPrefix(path, "/wrong/tinygo"+toolchain.Offer()) {
		t.Errorf("asked for %s", path)
	}
	s.stop()

	t.Setenv("STUDIO_TOOLCHAIN_MIRROR", mirror.URL+"/slow")
	s = start(t, s.home)
	s.until("a board", func(n api.Snapshot) bool { return n.Board.State == api.BoardEmpty })
	s.ok(http.MethodPost, "/api/toolchain/install", nil)
	n := s.until("bytes", func(n api.Snapshot) bool {
		return n.Progress != nil && n.Progress.Action == "toolchain" && n.Progress.Done > 0 && n.Progress.Total == 1_000_000
	})
	s.ok(http.MethodPost, "/api/cancel", map[string]string{"id": n.Progress.ID})
	s.until("the end", func(n api.Snapshot) bool { return n.Progress.State == "cancelled" })
	left, err := filepath.Glob(filepath.Join(s.home, "cache", "toolchain", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range left {
		if name := filepath.Base(path); name != "lock" && name != "download" {
			t.Errorf("%s is left", name)
		}
	}
	s.run() // the virtual board goes on working
}

// A class without internet: the archive comes from a folder, and only the real one is taken.
func TestInstallFromFolder(t *testing.T) {
	if toolchain.Offer() == "" {
		t.Skip("there is no release for this system")
	}
	onlyGo(t)
	home, stick := newHome(t), filepath.Join(t.TempDir(), "my stick")
	if err := os.Mkdir(stick, 0o700); err != nil {
		t.Fatal(err)
	}
	_, errs, code := cli(t, home, "toolchain", "install", "--from", stick)
	if code != 2 || !strings.Contains(errs, "github.com/tinygo-org/tinygo/releases/tag/v"+toolchain.Offer()) {
		t.Errorf("an empty folder = %d %s", code, errs)
	}
	name := "tinygo" + toolchain.Offer() + "." + runtime.GOOS + "-" + runtime.GOARCH
	for _, ending := range []string{".tar.gz", ".zip"} {
		if err := os.WriteFile(filepath.Join(stick, name+ending), []byte("no release"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, _, code := cli(t, home, "toolchain", "install", "--from", stick, "--json")
	list := lines(t, out)
	var p problem.Problem
	json.Unmarshal(list[len(list)-1]["error"], &p)
	if code != 1 || p.Code != "toolchain.wrong-hash" || p.Help == "" {
		t.Errorf("a wrong archive = %d %s", code, out)
	}
	if _, errs, code := cli(t, home, "toolchain", "install", "--from", "http://127.0.0.1:1"); code != 1 || !strings.Contains(errs, "does not answer") {
		t.Errorf("nobody there = %d %s", code, errs)
	}
}
