package workbench

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/devfs"
	"studioide/internal/devfs/devfstest"
	"studioide/internal/flasher"
	"studioide/internal/home"
	"studioide/internal/port"
	"studioide/internal/port/porttest"
	"studioide/internal/problem"
	"studioide/internal/project"
	"studioide/internal/session"
)

// table is a workbench with a page that hears everything.
type table struct {
	*Workbench
	t      *testing.T
	heard  chan api.Event
	device *devfstest.Board // the far end of the cable, after plugIn
	close  func() error     // ends the workbench; again does nothing
}

func open(t *testing.T) *table {
	t.Helper()
	t.Setenv("STUDIO_HOME", t.TempDir())
	h, err := home.Open()
	if err != nil {
		t.Fatal(err)
	}
	w, err := Open(Config{Home: h, Version: "7"})
	if err != nil {
		t.Fatal(err)
	}
	b := &table{Workbench: w, t: t, heard: make(chan api.Event, 10_000), close: sync.OnceValue(w.Close)}
	page := w.Hub().Join("page", false)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			lines, err := page.Next(ctx, w.Snapshot)
			if err != nil {
				return
			}
			for _, line := range lines {
				b.heard <- decode(t, line)
			}
		}
	}()
	t.Cleanup(func() {
		if err := b.close(); err != nil {
			t.Error(err)
		}
		cancel()
		<-ended
		page.Leave()
	})
	b.hear("the first snapshot", func(e api.Event) bool { return e.Snapshot != nil })
	return b
}

// hear waits for what a page would be told.
func (b *table) hear(what string, ok func(api.Event) bool) api.Event {
	b.t.Helper()
	var told []string
	for late := time.After(time.Minute); ; {
		select {
		case e := <-b.heard:
			if ok(e) {
				return e
			}
			told = append(told, kindOf(e))
		case <-late:
			b.t.Fatalf("never told: %s; told were %q", what, told)
		}
	}
}

// ends waits for an action's last Progress.
func (b *table) ends(p api.Progress, err error) api.Progress {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	if p.State != "running" || p.ID == "" || p.Text == "" {
		b.t.Fatalf("an action starts as %+v", p)
	}
	return *b.hear("the end of "+p.Action, func(e api.Event) bool {
		return e.Progress != nil && e.Progress.ID == p.ID && e.Progress.State != "running"
	}).Progress
}

func (b *table) start(action string, do func(context.Context, session.Report) (string, error)) (api.Progress, error) {
	b.runner.turn.Lock()
	defer b.runner.turn.Unlock()
	return b.startLocked(action, "Doing "+action+".", do)
}

// hang is an action that ends only when it has to.
func hang(ctx context.Context, _ session.Report) (string, error) {
	<-ctx.Done()
	return "", context.Cause(ctx)
}

func wantProblem(t *testing.T, what string, err error, code string) {
	t.Helper()
	if p := problem.Of(err); code == "" && err != nil || code != "" && (p == nil || p.Code != code) {
		t.Errorf("%s: %v, want %q", what, err, code)
	}
}

// method is a flasher for boards that keep the program they have.
type method struct{ holds, resets int }

func (m *method) Identify(context.Context, port.Port) (flasher.Info, error) {
	return flasher.Info{}, nil
}
func (m *method) Flash(context.Context, port.Port, []flasher.Part, flasher.Options) (flasher.Result, error) {
	return flasher.Result{}, nil
}
func (m *method) Read(context.Context, port.Port, int64, int64, io.Writer, func(flasher.Progress)) error {
	return nil
}
func (m *method) Erase(context.Context, port.Port) error                 { return nil }
func (m *method) Hold(context.Context, port.Port) error                  { m.holds++; return nil }
func (m *method) Reset(context.Context, port.Port, []flasher.Part) error { m.resets++; return nil }
func (m *method) Drive() bool                                            { return false }

// plugIn puts a board with Studio's firmware, as far as the link shows it, on the table.
func (b *table) plugIn() *method {
	b.t.Helper()
	near, far := porttest.Pair(porttest.Options{})
	b.device = devfstest.StartBoard(far, devfstest.BoardConfig{})
	kind, _ := board.Find("virtual")
	m := &method{}
	s, err := session.New(session.Config{Emit: b.boardEvent, Answers: func() { go b.deliver() },
		Target: session.Target{Port: "cable", Board: kind, Method: m, Close: func() error { return nil },
			Open: func(context.Context, string) (port.Port, error) { return near, nil }}})
	if err != nil {
		b.t.Fatal(err)
	}
	b.mu.Lock()
	old := b.session
	b.session = s
	b.badges.setOnBoard(nil)
	b.mu.Unlock()
	if old != nil {
		old.Close()
	}
	device := b.device
	b.t.Cleanup(func() {
		near.Unplug() // who has selected another board reads no more
		device.Stop()
	})
	b.hear("a running board", func(e api.Event) bool { return e.Board != nil && e.Board.State == api.BoardRunning })
	b.hear("its files", func(e api.Event) bool { return e.BoardFiles != nil })
	return m
}

// An action is told from its start to its one end, whichever that is.
func TestActionEnds(t *testing.T) {
	b := open(t)
	busy := &problem.Problem{Code: "port.busy", Text: "Busy.", Help: "Wait."}
	for name, c := range map[string]struct {
		text  string
		err   error
		state string
		says  string
		code  string
	}{
		"well":                   {"It is done.", nil, "done", "It is done.", ""},
		"with something to tell": {"It is done.", doneWithProblem{busy}, "done", "It is done.", "port.busy"},
		"badly":                  {"ignored", busy, "failed", "Busy.", "port.busy"},
		"unexpectedly":           {"", io.ErrUnexpectedEOF, "failed", "Something unexpected went wrong: unexpected EOF.", "internal"},
		"cancelled":              {"", problem.Cancelled, "cancelled", "Cancelled.", "cancelled"},
		"cancelled, with words":  {"It was written.", context.Canceled, "cancelled", "It was written.", "cancelled"},
	} {
		end := b.ends(b.start(name, func(context.Context, session.Report) (string, error) { return c.text, c.err }))
		code := ""
		if end.Problem != nil {
			code = end.Problem.Code
		}
		if end.State != c.state || end.Text != c.says || code != c.code || end.Action != name {
			t.Errorf("%s: %+v", name, end)
		}
		if s := b.Snapshot(); s.Progress == nil || s.Progress.ID != end.ID || s.Progress.State != c.state {
			t.Errorf("%s: a page that comes later sees %+v", name, s.Progress)
		}
	}
}

// One action at a time; who is worth more goes first.
func TestPreempt(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		running, phase, next string
		gives                bool
	}{
		{"run", "build", "stop", true}, {"flash", "write", "stop", true}, {"push", "push", "stop", true}, {"stop", "", "stop", true},
		{"push", "push", "run", true}, {"push", "push", "reset", true}, {"push", "push", "open", true}, {"push", "push", "port", true},
		{"run", "wait", "run", true}, {"run", "wait", "open", true}, {"reset", "wait", "reset", true},
		{"push", "push", "push", false}, {"run", "wait", "push", false}, {"run", "build", "push", false},
		{"run", "build", "run", false}, {"run", "write", "reset", false}, {"flash", "write", "open", false}, {"toolchain", "fetch", "port", false},
	} {
		name := c.next + " during " + c.running + " " + c.phase
		begun := make(chan struct{})
		first, err := b.start(c.running, func(ctx context.Context, report session.Report) (string, error) {
			report(c.phase, "Under way.", 0, 0)
			close(begun)
			return hang(ctx, report)
		})
		if err != nil {
			t.Fatal(err)
		}
		<-begun
		second, err := b.start(c.next, func(context.Context, session.Report) (string, error) { return "", nil })
		if c.gives {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			} else if end := b.ends(second, nil); end.State != "done" {
				t.Errorf("%s: %+v", name, end)
			}
			if b.Cancel(first.ID) == nil {
				t.Errorf("%s: the first one goes on", name)
			}
			continue
		}
		wantProblem(t, name, err, "action.busy")
		if p := problem.Of(err); p != nil && !strings.Contains(p.Text, "Under way.") {
			t.Errorf("%s: %q does not say what is under way", name, p.Text)
		}
		if err := b.Cancel(first.ID); err != nil {
			t.Fatal(err)
		}
		if end := b.ends(first, nil); end.State != "cancelled" {
			t.Errorf("%s: %+v", name, end)
		}
	}
}

// Only the action of that id is cancelled, and only while it runs.
func TestCancel(t *testing.T) {
	b := open(t)
	wantProblem(t, "nothing runs", b.Cancel(""), "action.over")
	p, err := b.start("run", hang)
	wantProblem(t, "another one", b.Cancel("x"+p.ID), "action.over")
	wantProblem(t, "this one", b.Cancel(p.ID), "")
	if end := b.ends(p, err); end.State != "cancelled" || end.Problem == nil || end.Problem.Code != "cancelled" {
		t.Errorf("%+v", end)
	}
	wantProblem(t, "once more", b.Cancel(p.ID), "action.over")
}

// Pages are told each phase and the last byte, and not every one between.
func TestProgress(t *testing.T) {
	b := open(t)
	const total = 100_000
	p, err := b.start("run", func(_ context.Context, report session.Report) (string, error) {
		report("build", "Building.", 0, 0)
		for n := int64(1); n <= total; n++ {
			report("write", "Writing.", n, total)
		}
		report("write", "Checking.", 0, 0)
		return "", nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var seen []api.Progress
	b.hear("the end", func(e api.Event) bool {
		if e.Progress != nil && e.Progress.ID == p.ID {
			seen = append(seen, *e.Progress)
		}
		return e.Progress != nil && e.Progress.State == "done"
	})
	if len(seen) > 1000 {
		t.Errorf("told %d times", len(seen))
	}
	at := int64(0)
	var phases []string
	for _, s := range seen {
		if s.Phase == "write" && s.Text == "Writing." {
			if s.Done <= at {
				t.Errorf("%d after %d", s.Done, at)
			}
			at = s.Done
		}
		if what := s.Phase + " " + s.Text; len(phases) == 0 || phases[len(phases)-1] != what {
			phases = append(phases, what)
		}
	}
	if want := []string{" Doing run.", "build Building.", "write Writing.", "write Checking.", "done "}; at != total || !slices.Equal(phases, want) {
		t.Errorf("%q up to %d", phases, at)
	}
}

// A Studio that ends cancels what is under way, and waits for it.
func TestCloseEndsActions(t *testing.T) {
	b := open(t)
	ended := false
	if _, err := b.start("run", func(ctx context.Context, report session.Report) (string, error) {
		text, err := hang(ctx, report)
		ended = true
		return text, err
	}); err != nil {
		t.Fatal(err)
	}
	if err := b.close(); err != nil || !ended {
		t.Errorf("%v, ended %v", err, ended)
	}
}

// Whoever closes it again, also meanwhile, waits for the same end, and never for ever.
func TestCloseAgain(t *testing.T) {
	b := open(t)
	s := must(b.Session())
	errs := make(chan error, 4)
	for range 3 {
		go func() { errs <- b.Close() }()
	}
	go func() { errs <- s.Close() }()
	for range cap(errs) {
		select {
		case err := <-errs:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(time.Minute):
			t.Fatal("still closing")
		}
	}
}

func (b *table) badge(path string) string {
	for _, f := range b.fileStates() {
		if f.Path == path {
			return string(f.State)
		}
	}
	return ""
}

// What is saved is sent, what the board has is shown, and what is only there can be removed.
func TestBadgesFollowTheBoard(t *testing.T) {
	b := open(t)
	if got := b.badge("www/led.html"); got != string(api.SyncUnknown) {
		t.Errorf("before anybody knows: %s", got)
	}
	b.plugIn()
	b.device.Put("/www/old.html", []byte("old"))
	same := func(path string) {
		t.Helper()
		b.hear(path+" on the board", func(e api.Event) bool {
			return e.BoardFiles != nil && slices.ContainsFunc(*e.BoardFiles, func(f api.FileState) bool { return f.Path == path && f.State == api.SyncSame })
		})
	}
	if end := b.ends(b.Push(nil)); end.State != "done" || end.Text != "1 file sent." {
		t.Fatalf("%+v", end)
	}
	if b.badge("www/led.html") != string(api.SyncSame) || b.badge("www/old.html") != string(api.SyncBoardOnly) {
		t.Errorf("%+v", b.fileStates())
	}
	if end := b.ends(b.Push([]string{"www/old.html"})); end.Text != "All files were on the board already." || b.badge("www/old.html") != "" {
		t.Errorf("%+v %+v", end, b.fileStates())
	}

	b.SetSettings(func(s *api.Settings) { s.AutoPush = true })
	if _, err := b.WriteFile("page", "", "www/new.html", []byte("<p>new"), ""); err != nil {
		t.Fatal(err)
	}
	same("www/new.html")
	if got := b.device.Files()["/www/new.html"]; string(got) != "<p>new" {
		t.Errorf("the board has %q", got)
	}
	if end := b.ends(b.PushContent([]devfs.Local{{Path: "/www/cli.txt", Content: []byte("x")}}, nil)); end.State != "done" {
		t.Errorf("%+v", end)
	}
	if err := b.RemoveBoardFile(t.Context(), "www/cli.txt"); err != nil {
		t.Error(err)
	}
	if _, there := b.device.Files()["/www/cli.txt"]; there {
		t.Error("a removed file is on the board")
	}
	_, err := b.PushContent([]devfs.Local{{Path: "/../x"}}, nil)
	wantProblem(t, "a path that leads out", err, problem.Of(err).Code)
	if err == nil {
		t.Error("a path that leads out is sent")
	}
	if end := b.ends(b.Format()); end.State != "done" || len(b.device.Files()) != 0 || b.badge("www/led.html") != string(api.SyncMissing) {
		t.Errorf("%+v %+v", end, b.fileStates())
	}
}

func TestStopAndReset(t *testing.T) {
	b := open(t)
	m := b.plugIn()
	if end := b.ends(b.Stop()); end.State != "done" || m.holds == 0 {
		t.Errorf("%+v", end)
	}
	if end := b.ends(b.Reset()); end.State != "done" || end.Text != "Restarted." {
		t.Errorf("%+v", end)
	}
}

// A program with a mistake is not written anywhere; its problems stay with its text.
func TestRunWithAMistake(t *testing.T) {
	b := open(t)
	b.plugIn()
	good, _, err := must(b.Project()).Read("main.go")
	if err != nil {
		t.Fatal(err)
	}
	bad := strings.Replace(string(good), "import (", "import (\n\t\"net/http\"\n", 1)
	bad = strings.Replace(bad, "import \"studio/board\"", "import (\n\t\"net/http\"\n\t\"studio/board\"\n)", 1)
	if _, err := b.WriteFile("page", "", "main.go", []byte(bad), "*"); err != nil {
		t.Fatal(err)
	}
	end := b.ends(b.Run())
	if end.State != "failed" || end.Problem == nil || end.Problem.Code != "build.failed" {
		t.Fatalf("%+v", end)
	}
	if list := b.Snapshot().Problems; len(list) == 0 || list[0].Path != "main.go" || !strings.Contains(list[0].Text, "net/http") {
		t.Errorf("%+v", list)
	}
	if _, err := b.WriteFile("page", "", "main.go", good, "*"); err != nil {
		t.Fatal(err)
	}
	if list := b.Snapshot().Problems; len(list) != 0 {
		t.Errorf("a mended program has %+v", list)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// The board on the table is exchanged by its port; what cannot be opened says why.
func TestPorts(t *testing.T) {
	b := open(t)
	if s := b.Snapshot(); s.Board.Port != "virtual:" || !s.Board.Virtual || s.Version != "7" || len(s.Kinds) == 0 || len(s.Templates) == 0 {
		t.Errorf("%+v", s.Board)
	}
	list, err := b.PortsInUse()
	if err != nil || len(list) == 0 || list[0].Name != "virtual:" {
		t.Errorf("%+v %v", list, err)
	}
	if err := b.SelectPort("virtual:two"); err != nil {
		t.Fatal(err)
	}
	b.hear("the other board", func(e api.Event) bool { return e.Snapshot != nil && e.Snapshot.Board.Port == "virtual:two" })
	if got := b.SetSettings(func(*api.Settings) {}).Port; got != "virtual:two" {
		t.Errorf("the port is remembered as %q", got)
	}
	if err := b.SelectPort("virtual:NO GOOD"); err == nil {
		t.Error("a bad name is taken")
	}
	wantProblem(t, "a folder", b.SelectPort(t.TempDir()), "port.not-serial")
	if b.Snapshot().Board.Port != "virtual:two" {
		t.Error("a bad name has taken the board away")
	}
	if _, err := b.start("flash", hang); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, "while a board is written", b.SelectPort("virtual:"), "action.busy")
	if end := b.ends(b.start("stop", func(context.Context, session.Report) (string, error) { return "", nil })); end.State != "done" {
		t.Errorf("%+v", end)
	}
	wantProblem(t, "a virtual board is what it is", b.ChooseKind("pico"), "board.virtual")
	if err := b.ChooseKind("toaster"); err == nil {
		t.Error("a toaster is no board")
	}
	if err := b.SelectPort("/dev/studio-test-none"); err != nil {
		wantProblem(t, "a port that is not there", err, problem.Of(err).Code)
	}
	wantProblem(t, "which board it is", b.ChooseKind("pico"), "")
	if kept := b.SetSettings(func(*api.Settings) {}).Boards["/dev/studio-test-none"]; kept != "pico" {
		t.Errorf("remembered as %q", kept)
	}
	if s := b.Snapshot(); s.Board.ID != "pico" || s.Board.Port != "/dev/studio-test-none" {
		t.Errorf("%+v", s.Board)
	}
}

func TestIdentity(t *testing.T) {
	for _, c := range []struct {
		port api.Port
		want string
	}{
		{api.Port{Name: "/dev/ttyS0"}, "/dev/ttyS0"},
		{api.Port{Name: "/dev/ttyACM0", VID: "2e8a", PID: "000a", Serial: "E66"}, "2e8a:000a:E66"},
		{api.Port{Name: "uf2:RPI-RP2", VID: "2e8a"}, ""},
	} {
		if got := identity(c.port); got != c.want {
			t.Errorf("%+v: %q", c.port, got)
		}
	}
}

// Projects come and go, and what every page shows goes with them.
func TestProjects(t *testing.T) {
	b := open(t)
	first := must(b.Project()).Name
	made, err := b.CreateProject("echo", "Mine", "")
	if err != nil || made.Title != "Mine" {
		t.Fatalf("%+v %v", made, err)
	}
	if s := b.Snapshot(); s.Project == nil || s.Project.Title != "Mine" || s.Settings.Project != made.Name || !slices.Contains(s.Settings.Tabs, "main.go") || len(s.Projects) != 2 {
		t.Errorf("%+v", s.Project)
	}
	if _, err := b.CreateProject("nothing", "x", ""); err == nil {
		t.Error("a template that is not there")
	}
	_, err = b.WriteFile("page", first, "www/a.html", nil, "")
	wantProblem(t, "for the other project", err, "project.other")
	if _, err := b.WriteFile("page", made.Name, "www/a.html", []byte("a"), ""); err != nil {
		t.Fatal(err)
	}
	b.SetSettings(func(s *api.Settings) { s.Tabs, s.ActiveTab = []string{"main.go", "www/a.html"}, "www/a.html" })
	if err := b.RenameFile("page", made.Name, "www/a.html", "www/b.html"); err != nil {
		t.Fatal(err)
	}
	if s := b.Snapshot().Settings; s.ActiveTab != "www/b.html" || !slices.Contains(s.Tabs, "www/b.html") || slices.Contains(s.Tabs, "www/a.html") {
		t.Errorf("the tab of a renamed file: %+v", s)
	}
	snapshot, err := must(b.Project()).Snapshot(project.Reason{Why: project.WhyRun})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.RemoveFile("page", made.Name, "www/b.html"); err != nil {
		t.Fatal(err)
	}
	if err := b.RestoreSnapshot("", snapshot.ID, ""); err != nil {
		t.Fatal(err)
	}
	if content, _, err := must(b.Project()).Read("www/b.html"); err != nil || string(content) != "a" {
		t.Errorf("%q %v", content, err)
	}
	if err := b.RenameProject(made.Name, "Yours"); err != nil {
		t.Fatal(err)
	}
	p := must(b.Project())
	if p.Meta().Title != "Yours" {
		t.Errorf("%+v", p.Meta())
	}
	if err := b.OpenProject(first); err != nil {
		t.Fatal(err)
	}
	if err := b.OpenProject("nowhere"); err == nil || must(b.Project()).Name != first {
		t.Errorf("%v", err)
	}
	if err := b.RemoveProject(p.Name); err != nil {
		t.Error(err)
	}
	if err := b.RemoveProject(first); err != nil {
		t.Error(err)
	}
	_, err = b.Project()
	wantProblem(t, "nothing is open", err, "project.none")
	for what, err := range map[string]error{
		"run": second(b.Run()), "push": second(b.Push(nil)), "restore": b.RestoreSnapshot("", "x", ""), "remove": b.RemoveFile("", "", "x"), "rename": b.RenameFile("", "", "x", "y"),
	} {
		wantProblem(t, what, err, "project.none")
	}
	if s := b.Snapshot(); s.Project != nil || len(s.BoardFiles) != 0 || s.Settings.Project != "" {
		t.Errorf("%+v", s.Project)
	}
}

// Trust that was taken back by another program is known to pages with the next save.
func TestTrustChangedElsewhere(t *testing.T) {
	b := open(t)
	p := must(b.Project())
	if s := b.Snapshot(); !s.Project.Trust.Trusted || s.Project.Trust.How != string(home.Made) {
		t.Fatalf("a new project: %+v", s.Project.Trust)
	}
	if _, err := b.home.Trust().Remove(p.Dir); err != nil {
		t.Fatal(err)
	}
	if _, err := b.WriteFile("page", "", "www/a.html", []byte("a"), ""); err != nil {
		t.Fatal(err)
	}
	b.hear("a project that is not trusted", func(e api.Event) bool { return e.Project != nil && !e.Project.Trust.Trusted })
	if err := b.TrustProject(p.Name, true); err != nil {
		t.Fatal(err)
	}
	b.hear("a project that is trusted", func(e api.Event) bool { return e.Project != nil && e.Project.Trust.Trusted })
}

// A folder that is copied among the projects is in every page's menu.
func TestCopiedProjectIsInTheMenu(t *testing.T) {
	b := open(t)
	dir := filepath.Join(b.store.Dir, "copied")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte("package main\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	b.hear("the copied project", func(e api.Event) bool {
		return e.Projects != nil && slices.ContainsFunc(*e.Projects, func(p api.Project) bool { return p.Name == "copied" })
	})
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	b.hear("that it is gone", func(e api.Event) bool {
		return e.Projects != nil && !slices.ContainsFunc(*e.Projects, func(p api.Project) bool { return p.Name == "copied" })
	})
}

func second[T any](_ T, err error) error { return err }

// Settings are on the disk when Studio is started again.
func TestSettingsStay(t *testing.T) {
	b := open(t)
	b.SetSettings(func(s *api.Settings) { s.Theme = "dark" })
	h := b.home
	go b.KeepSettings() // as its timer does, just when Studio ends
	if err := b.close(); err != nil {
		t.Fatal(err)
	}
	again, err := h.LoadSettings()
	if err != nil || again.Theme != "dark" {
		t.Errorf("%+v %v", again, err)
	}
	b.WarmUp() // comes late, and finds nothing to warm
}
