package e2e

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"studioide/internal/api"
)

const loops = `package main

import "studio/board"

func main() {
	println("around and around")
	for {
		board.LED.High()
	}
}
`

const panics = `package main

import "studio/board"

func main() {
	numbers := []int{1, 2, 3}
	println("about to fall")
	for i := 0; i < 5; i++ {
		println(numbers[i])
	}
	board.Serve()
}
`

// A program that never comes to board.Serve, or falls over at once, can be stopped, reset, explained and replaced.
func TestProgramThatLoopsOrPanics(t *testing.T) {
	s := start(t, newHome(t))
	s.until("a project", func(n api.Snapshot) bool { return n.Project != nil })
	good := string(s.ok(http.MethodGet, "/api/files/main.go", nil).Body)

	s.write("main.go", panics)
	p := s.act("/api/run", nil)
	if p.State != "failed" || p.Problem == nil || p.Problem.Code != "program.held" || !strings.Contains(p.Problem.Text, "index out of range") {
		t.Errorf("Run of a program that panics ended with %+v", p)
	}
	n := s.until("a crashed board that says why", func(n api.Snapshot) bool {
		return n.Board.State == api.BoardCrashed && len(n.Problems) > 0 &&
			strings.Contains(n.Console, "about to fall") && strings.Contains(n.Console, "index out of range")
	})
	if q := n.Problems[0]; q.Path != "main.go" || q.Line != 9 || q.Help == "" {
		t.Errorf("the problem is %+v, want main.go:9", q)
	}
	if p := s.act("/api/reset", nil); p.State == "done" {
		t.Errorf("Reset of a program that panics is reported as %+v", p)
	}
	s.until("a crashed board again", func(n api.Snapshot) bool { return n.Board.State == api.BoardCrashed && n.Board.Link })
	s.write("www/led.html", "<!DOCTYPE html><title>held</title>")
	s.until("the page on the board that is held", func(n api.Snapshot) bool {
		return n.Board.State == api.BoardCrashed && badge(n, "www/led.html") == api.SyncSame
	})
	s.write("main.go", good)
	s.run() // mended, it runs
	if p := s.act("/api/stop", nil); p.State != "done" {
		t.Errorf("Stop ended with %+v", p)
	}
	s.until("a stopped board", func(n api.Snapshot) bool { return n.Board.State == api.BoardStopped })

	s.write("main.go", loops)
	s.act("/api/run", nil) // whether a looping program answers the link is the runtime's affair
	s.until("its words", func(n api.Snapshot) bool { return strings.Contains(n.Console, "around and around") })
	if p := s.act("/api/reset", nil); p.State == "running" {
		t.Errorf("Reset of a looping program: %+v", p)
	}
	if p := s.act("/api/stop", nil); p.State != "done" {
		t.Errorf("Stop of a looping program: %+v", p)
	}
	s.write("main.go", good)
	s.run()
}

// Ten megabytes a second on the serial line: Studio stays responsive, and its memory bounded.
func TestFlood(t *testing.T) {
	s := start(t, newHome(t))
	s.until("a project", func(n api.Snapshot) bool { return n.Project != nil })
	s.write("main.go", `package main

import (
	"os"

	"studio/board"
)

func main() {
	go func() {
		junk := make([]byte, 1000)
		for i := range junk {
			junk[i] = byte(i*7 + 1)
			if junk[i] == 0 {
				junk[i] = 'x'
			}
		}
		for {
			os.Stdout.Write(junk)
		}
	}()
	board.Serve()
}
`)
	s.act("/api/run", nil) // pages may or may not get through the flood; Studio has to live
	s.until("the flood", func(n api.Snapshot) bool { return n.ConsoleAt > 4<<20 })
	worst := time.Duration(0)
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); {
		at := time.Now()
		s.ok(http.MethodGet, "/api/doctor", nil)
		s.write("www/led.html", "<p>"+at.String())
		worst = max(worst, time.Since(at))
	}
	if worst > 30*time.Second { // it hangs; how long it takes says more of the computer than of Studio
		t.Errorf("under the flood a save took %v", worst)
	}
	if runtime.GOOS == "linux" {
		if kb := rss(t, s.cmd.Process.Pid); kb > 300<<10 {
			t.Errorf("under the flood Studio takes %d MB", kb>>10)
		}
	}
	if p := s.act("/api/stop", nil); p.State != "done" {
		t.Errorf("Stop under the flood: %+v", p)
	}
}

func rss(t *testing.T, pid int) int {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if v, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.Atoi(strings.Fields(v)[0])
			if err != nil {
				t.Fatal(err)
			}
			return kb
		}
	}
	t.Fatal("no VmRSS")
	return 0
}

// Killed at any moment of Run and save, Studio finds everything whole when it starts again.
func TestKilledAtAnyTime(t *testing.T) {
	home := newHome(t)
	s := start(t, home)
	n := s.until("a project", func(n api.Snapshot) bool { return n.Project != nil })
	dir := n.Project.Dir
	s.run()
	for i, wait := range []int{0, 3, 10, 30, 60, 100, 150, 250, 400, 600} {
		mark := "<!doctype html><p>version " + strconv.Itoa(i) + strings.Repeat(" .", 20000)
		s.write("www/led.html", mark)
		source, err := os.ReadFile(filepath.Join(dir, "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		s.write("main.go", string(source)+"\n// "+strconv.Itoa(i)+"\n")
		s.ok(http.MethodPost, "/api/run", nil)
		time.Sleep(time.Duration(wait) * time.Millisecond)
		s.kill()
		got, err := os.ReadFile(filepath.Join(dir, "www", "led.html"))
		if err != nil || string(got) != mark {
			t.Fatalf("killed %v ms into Run: led.html has %d bytes, %v", wait, len(got), err)
		}
		s = start(t, home)
		s.until("an answer", func(n api.Snapshot) bool { return n.Project != nil })
		s.run()
		s.until("the page on board", func(n api.Snapshot) bool { return badge(n, "www/led.html") == api.SyncSame })
	}
	temps, err := filepath.Glob(filepath.Join(dir, ".studio", "tmp", "*"))
	if err != nil || len(temps) > 0 {
		t.Errorf("left over: %v, %v", temps, err)
	}
}

// A folder that cannot be written: told, and nothing lost.
func TestReadOnlyFolder(t *testing.T) {
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		t.Skip("root and Windows write into read-only folders; internal/project tests this with a read-only mount")
	}
	s := start(t, newHome(t))
	n := s.until("a project", func(n api.Snapshot) bool { return n.Project != nil })
	www := filepath.Join(n.Project.Dir, "www")
	if err := os.Chmod(www, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(www, 0o700) })
	a := s.do(http.MethodPut, "/api/files/www/led.html", "new", "If-Match", "*")
	if a.Error == nil || a.Error.Code != "folder.read-only" {
		t.Errorf("saving into a read-only folder: %d %s", a.Status, a.Body)
	}
}

// A second Studio must not fight for settings and boards: it needs a home of its own.
func TestSecondStudio(t *testing.T) {
	home := newHome(t)
	s := start(t, home)
	for _, addr := range []string{"127.0.0.1:0", strings.TrimPrefix(s.base, "http://")} {
		_, errs, code := cli(t, home, "serve", "--no-open", "--addr", addr)
		if code != 1 || !strings.Contains(errs, "runs already at "+s.base) || !strings.Contains(errs, "STUDIO_HOME") {
			t.Errorf("a second Studio at %s = %d\n%s", addr, code, errs)
		}
	}
	start(t, newHome(t))
	s.stop()
	start(t, home)
}

// A second Studio with a home of its own that asks for a taken port is told one
// that it can have, with room for its board's page.
func TestSecondStudioIsToldAFreePort(t *testing.T) {
	s := start(t, newHome(t))
	s.until("its board's page", func(n api.Snapshot) bool { return n.Board.Port != "" })
	taken := strings.TrimPrefix(s.base, "http://")
	other := newHome(t)
	_, errs, code := cli(t, other, "serve", "--no-open", "--addr", taken)
	told := regexp.MustCompile(`--addr (\S+)\.`).FindStringSubmatch(errs)
	if code != 1 || told == nil || told[1] == taken {
		t.Fatalf("at %s: %d\n%s", taken, code, errs)
	}
	host, port, err := net.SplitHostPort(told[1])
	if err != nil {
		t.Fatal(err)
	}
	n, _ := strconv.Atoi(port)
	for _, p := range []int{n, n + 1} {
		ln, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(p)))
		if err != nil {
			t.Errorf("told %s, but: %v", told[1], err)
			continue
		}
		ln.Close()
	}
}

// A virtual board that another program has is not fought for.
func TestVirtualBoardInUse(t *testing.T) {
	home := newHome(t)
	ptyBoard(t, home, "taken")
	s := start(t, home)
	s.do(http.MethodPost, "/api/board/port", `{"port":"virtual:taken"}`)
	n := s.until("a board that is taken", func(n api.Snapshot) bool { return n.Board.Problem != nil })
	if n.Board.Problem.Code != "virtual.in-use" || n.Board.State != api.BoardAbsent {
		t.Errorf("the board in use: %+v", n.Board)
	}
}

// While Run reads a project, nothing takes it away: Run ends well, and other projects open before and after.
func TestOpenAnotherProjectDuringRun(t *testing.T) {
	s := shared(t)
	first := s.until("a project", func(n api.Snapshot) bool { return n.Project != nil }).Project.Name
	s.ok(http.MethodPost, "/api/projects", `{"template":"echo","title":"Second"}`)
	var run api.Progress
	if err := json.Unmarshal(s.ok(http.MethodPost, "/api/run", nil).Body, &run); err != nil {
		t.Fatal(err)
	}
	for _, request := range [][]string{
		{http.MethodPost, "/api/projects/" + first + "/open", "{}"},
		{http.MethodPost, "/api/projects", `{"template":"led","title":"Third"}`},
		{http.MethodDelete, "/api/projects/Second", ""},
		{http.MethodPost, "/api/board/port", `{"port":"virtual:other"}`},
	} {
		if a := s.do(request[0], request[1], request[2]); a.Error == nil || a.Error.Code != "action.busy" {
			t.Errorf("%s %s during Run = %d %s", request[0], request[1], a.Status, a.Body)
		}
	}
	n := s.until("the end of Run", func(n api.Snapshot) bool {
		return n.Progress != nil && n.Progress.ID == run.ID && n.Progress.State != "running"
	})
	if n.Progress.State != "done" {
		t.Errorf("Run ended with %+v %+v", n.Progress, n.Progress.Problem)
	}
	s.ok(http.MethodPost, "/api/projects/"+first+"/open", "{}")
}
