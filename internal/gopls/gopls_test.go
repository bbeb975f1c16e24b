package gopls

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/compile"
	"studioide/internal/toolchain"
	"studioide/test/goplstest"
)

const ledProgram = `package main

import "studio/board"

func main() {
	board.OnText(func(from *board.Client, msg string) {
		switch board.Fold(msg) {
		case "ledon":
			board.LED.High()
		case "ledoff":
			board.LED.Low()
		}
		from.SendText("Reply for " + msg)
	})
	board.Serve()
}
`

// wire is a page's connection.
type wire struct {
	in, out chan []byte
	gone    chan struct{}
	once    sync.Once
}

func (w *wire) Read() ([]byte, error) {
	select {
	case b := <-w.in:
		return b, nil
	case <-w.gone:
		return nil, errors.New("gone")
	}
}

func (w *wire) Write(b []byte) error {
	select {
	case w.out <- b:
		return nil
	case <-w.gone:
		return errors.New("gone")
	}
}

func (w *wire) close() { w.once.Do(func() { close(w.gone) }) }

// page is what speaks with gopls in tests.
type page struct {
	t        testing.TB
	w        *wire
	mu       sync.Mutex
	next     int
	answers  map[int]chan incoming
	problems chan problems
	ended    chan Reason
	raw      strings.Builder // all that has come
}

func connect(t testing.TB, s *Server) *page {
	p := &page{t: t, w: &wire{in: make(chan []byte, 100), out: make(chan []byte, 100), gone: make(chan struct{})},
		answers: map[int]chan incoming{}, problems: make(chan problems, 1000), ended: make(chan Reason, 1)}
	t.Cleanup(p.w.close)
	go func() {
		why := s.Serve(context.Background(), p.w)
		p.w.close()
		p.ended <- why
	}()
	go func() {
		for {
			select {
			case b := <-p.w.out:
				p.take(b)
			case <-p.w.gone:
				return
			}
		}
	}()
	return p
}

func (p *page) take(b []byte) {
	var m incoming
	if err := json.Unmarshal(b, &m); err != nil {
		p.t.Error(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.raw.Write(b)
	if m.Method == "studio/problems" {
		var in problems
		json.Unmarshal(m.Params, &in)
		p.problems <- in
		return
	}
	var id int
	json.Unmarshal(m.ID, &id)
	if c := p.answers[id]; c != nil {
		c <- m
	}
}

func (p *page) send(m any) {
	b, err := json.Marshal(m)
	if err != nil {
		p.t.Fatal(err)
	}
	select {
	case p.w.in <- b:
	case <-p.w.gone:
	}
}

func (p *page) notify(method string, params any) { p.send(notification{"2.0", method, params}) }

const patience = 2 * time.Minute // for what never comes

func (p *page) ask(method string, params any) incoming {
	p.t.Helper()
	p.mu.Lock()
	p.next++
	id, c := p.next, make(chan incoming, 1)
	p.answers[id] = c
	p.mu.Unlock()
	p.send(request{"2.0", int64(id), method, params})
	select {
	case m := <-c:
		return m
	case <-p.w.gone:
		p.t.Fatalf("%s: the connection has ended: %v", method, <-p.ended)
	case <-time.After(patience):
		p.t.Fatalf("%s: no answer", method)
	}
	return incoming{}
}

func (p *page) open(name, text string) {
	p.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": projectURI + name, "languageId": "go", "version": 1, "text": text}})
}

func (p *page) change(name string, version int, text string) {
	p.notify("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": projectURI + name, "version": version}, "contentChanges": []any{map[string]string{"text": text}}})
}

// at are the parameters for the place behind a piece of text.
func at(name, text, behind string) map[string]any {
	i := strings.Index(text, behind)
	if i < 0 {
		panic(behind + " is not in the text")
	}
	before := text[:i+len(behind)]
	line := strings.Count(before, "\n")
	return map[string]any{"textDocument": map[string]string{"uri": projectURI + name},
		"position": position{line, units(before[strings.LastIndexByte(before, '\n')+1:])}}
}

// untilProblems waits for what is found in a text of that version, until ok is content.
func (p *page) untilProblems(name string, version int, ok func([]api.Diagnostic) bool) []api.Diagnostic {
	p.t.Helper()
	var last problems
	for deadline := time.After(patience); ; {
		select {
		case last = <-p.problems:
			if last.Versions[name] == version && ok(last.Problems) {
				return last.Problems
			}
		case <-deadline:
			p.t.Fatalf("not found; last: %+v", last)
		case <-p.w.gone:
			p.t.Fatalf("the connection has ended: %v", <-p.ended)
		}
	}
}

// folder is a project on disk as a Tree.
type folder string

func (f folder) ReadDir(name string) ([]fs.DirEntry, error) {
	return os.ReadDir(filepath.Join(string(f), name))
}
func (f folder) ReadFile(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(f), name))
}

var cache struct {
	sync.Mutex
	dir string
}

func TestMain(m *testing.M) {
	code := m.Run()
	if cache.dir != "" {
		os.RemoveAll(cache.dir)
	}
	os.Exit(code)
}

// serve makes a server for a project with these files; its caches are those of all tests here.
func serve(t testing.TB, b board.Board, files map[string]string) (*Server, string) {
	path := goplstest.Path(t)
	cache.Lock()
	if cache.dir == "" {
		cache.dir, _ = os.MkdirTemp("", "gopls-test-")
	}
	kept := cache.dir
	cache.Unlock()
	dir := filepath.Join(t.TempDir(), "lamp")
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		os.MkdirAll(filepath.Dir(file), 0o755)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	builder := compile.New(kept)
	return &Server{
		Path: func(context.Context) (string, error) { return path, nil },
		View: func(ctx context.Context) (*compile.View, error) {
			return builder.View(ctx, compile.Request{Dir: dir, Sources: folder(dir), Program: "Lamp", Board: b, Sandbox: true})
		},
		Tree:  func() compile.Tree { return folder(dir) },
		Cache: filepath.Join(kept, "gopls"),
	}, dir
}

func virtual(t testing.TB) board.Board {
	b, ok := board.Find("virtual")
	if !ok {
		t.Fatal("no virtual board")
	}
	return b
}

func texts(list []api.Diagnostic) string {
	var all []string
	for _, p := range list {
		all = append(all, fmt.Sprintf("%s:%d:%d %s %s", p.Path, p.Line, p.Column, p.Code, p.Text))
	}
	return strings.Join(all, "\n")
}

// begin connects a page that has main.go open.
func begin(t testing.TB, s *Server, text string) *page {
	t.Helper()
	p := connect(t, s)
	p.ask("initialize", map[string]any{"capabilities": map[string]any{}})
	p.notify("initialized", map[string]any{})
	p.open("main.go", text)
	return p
}

func none(l []api.Diagnostic) bool { return len(l) == 0 }

func some(l []api.Diagnostic) bool { return len(l) > 0 }

// wants fails unless the answer has all of these texts.
func (p *page) wants(m incoming, texts ...string) {
	p.t.Helper()
	for _, want := range texts {
		if !strings.Contains(string(m.Result), want) {
			p.t.Errorf("no %s in %.2000s", want, m.Result)
		}
	}
}

func withContext(params map[string]any) map[string]any {
	params["context"] = map[string]bool{"includeDeclaration": true}
	return params
}

func newName(params map[string]any, name string) map[string]any {
	params["newName"] = name
	return params
}

func TestLED(t *testing.T) {
	s, _ := serve(t, virtual(t), map[string]string{
		"main.go":          ledProgram,
		"sensor/sensor.go": "package sensor\n\n// Read measures.\nfunc Read() int { return 1 }\n",
	})
	p := begin(t, s, ledProgram)
	p.untilProblems("main.go", 1, none)

	typed := strings.Replace(ledProgram, "\tboard.Serve()", "\tboard.\n\tboard.Serve()", 1)
	p.change("main.go", 2, typed)
	p.wants(p.ask("textDocument/completion", at("main.go", typed, "\n\tboard.")), `"label":"OnText"`, `"label":"Pin"`, "OnText sets what", `"detail":"func(`)
	typed = strings.Replace(ledProgram, "\tboard.Serve()", "\thttp.\n\tboard.Serve()", 1)
	p.change("main.go", 3, typed)
	if m := p.ask("textDocument/completion", at("main.go", typed, "\n\thttp.")); strings.Contains(string(m.Result), "net/http") {
		t.Errorf("a package that no board has is proposed: %.500s", m.Result)
	}
	typed = strings.Replace(ledProgram, "\tboard.Serve()", "\tstrconv.It\n\tboard.Serve()", 1)
	p.change("main.go", 4, typed)
	p.wants(p.ask("textDocument/completion", at("main.go", typed, "strconv.It")), `"label":"Itoa"`, `\"strconv\"`)

	p.change("main.go", 5, ledProgram)
	p.wants(p.ask("textDocument/hover", at("main.go", ledProgram, "board.Fo")), "func board.Fold(s string) string", "Other letters stay as they are")
	p.wants(p.ask("textDocument/definition", at("main.go", ledProgram, "board.Fo")), libraryURI+"studio/board/fold.go")
	p.wants(p.ask("textDocument/signatureHelp", at("main.go", ledProgram, "board.Fold(")), "Fold(s string) string", `"activeParameter":0`)
	p.wants(p.ask("textDocument/references", withContext(at("main.go", ledProgram, "OnText(func(from"))), `"line":5`, `"line":12`, projectURI+"main.go")
	p.wants(p.ask("textDocument/rename", newName(at("main.go", ledProgram, "OnText(func(from"), "client")), `"changes":{"`+projectURI+`main.go":[`, `"newText":"client"`)
	if m := p.ask("textDocument/rename", newName(at("main.go", ledProgram, "board.Fo"), "Other")); m.Error == nil {
		t.Errorf("a part of the library was renamed: %s", m.Result)
	}
	p.wants(p.ask("textDocument/documentSymbol", at("main.go", ledProgram, "main")), `"name":"main"`)
	p.wants(p.ask("textDocument/foldingRange", at("main.go", ledProgram, "main")), `"startLine":5`)

	wrong := strings.Replace(ledProgram, "\tboard.Serve()", "\tx := 1\n\tboard.Sevre()\n\tvar s string = sensor.Read()\n\tboard.Fold(1, 2)", 1)
	wrong = strings.Replace(wrong, `import "studio/board"`, "import (\n\t\"fmt\"\n\t\"lamp/sensor\"\n\t\"net/http\"\n\t\"studio/board\"\n)", 1)
	p.change("main.go", 6, wrong)
	got := texts(p.untilProblems("main.go", 6, func(l []api.Diagnostic) bool { return len(l) > 2 }))
	want := `main.go:6:2 build.import Boards have no net/http: Studio's board package brings the web server and the WebSocket.
main.go:21:8 go.undefined Package board has no Sevre.
main.go:22:17 go.type sensor.Read() is a whole number; here text is needed (string).
main.go:23:16 go.arguments board.Fold takes fewer values between its parentheses.
main.go:4:2 go.unused-import Package "fmt" is imported but never used.
main.go:20:2 go.unused-variable The variable x is never used.`
	if got != want {
		t.Errorf("problems:\n%s\nwanted:\n%s", got, want)
	}
	home, _ := os.UserHomeDir()
	for _, secret := range []string{home, os.TempDir(), "file:"} {
		if i := strings.Index(p.raw.String(), secret); i >= 0 {
			t.Errorf("a page was told %q", p.raw.String()[max(0, i-200):i+100])
		}
	}
}

// A new name goes into all files of the project, the ones that no page has open included, as they are on the disk.
func TestRenameInFilesThatAreNotOpen(t *testing.T) {
	main := "package main\n\nimport \"lamp/sensor\"\n\nfunc main() {\n\tblinkTwice()\n\tprintln(sensor.Read())\n}\n"
	s, _ := serve(t, virtual(t), map[string]string{
		"main.go":          main,
		"blink.go":         "package main\n\n// blinkTwice blinks.\nfunc blinkTwice() {}\n\nfunc both() { blinkTwice(); blinkTwice() }\n",
		"sensor/sensor.go": "package sensor\n\n// Read measures.\nfunc Read() int { return 1 }\n\nfunc twice() int { return 2 * Read() }\n",
	})
	p := begin(t, s, main)
	p.untilProblems("main.go", 1, none)
	count := func(behind, name string) map[string]int {
		var edit struct {
			Changes map[string][]textEdit `json:"changes"`
		}
		m := p.ask("textDocument/rename", newName(at("main.go", main, behind), name))
		if err := json.Unmarshal(m.Result, &edit); err != nil {
			t.Fatalf("%v: %s %v", err, m.Result, m.Error)
		}
		n := map[string]int{}
		for uri, edits := range edit.Changes {
			n[strings.TrimPrefix(uri, projectURI)] = len(edits)
		}
		return n
	}
	if got, want := fmt.Sprint(count("\tblinkTw", "flash")), "map[blink.go:4 main.go:1]"; got != want {
		t.Errorf("blinkTwice: %s, not %s", got, want)
	}
	if got, want := fmt.Sprint(count("sensor.Re", "Measure")), "map[main.go:1 sensor/sensor.go:3]"; got != want {
		t.Errorf("Read: %s, not %s", got, want)
	}
}

// What is saved gets the imports that it needs, loses those that it does not, and gofmt's form: in edits as small as they can be.
func TestTidy(t *testing.T) {
	text := "package main\n\nimport (\n\t\"fmt\"\n\t\"studio/board\"\n)\n\nfunc main() {\n    board.LED.High()\n\tprintln( strconv.Itoa(3))\n}\n"
	want := "package main\n\nimport (\n\t\"strconv\"\n\t\"studio/board\"\n)\n\nfunc main() {\n\tboard.LED.High()\n\tprintln(strconv.Itoa(3))\n}\n"
	s, _ := serve(t, virtual(t), map[string]string{"main.go": text})
	p := begin(t, s, text)
	p.untilProblems("main.go", 1, some)
	m := p.ask("studio/tidy", at("main.go", text, "main"))
	var edits []textEdit
	if err := json.Unmarshal(m.Result, &edits); err != nil {
		t.Fatal(err)
	}
	if got := string(applied([]byte(text), edits)); got != want {
		t.Errorf("%s\nedits: %s", got, m.Result)
	}
	broken := "package main\n\nfunc main( {\n"
	p.change("main.go", 2, broken)
	if m := p.ask("studio/tidy", at("main.go", broken, "main")); string(m.Result) != "[]" {
		t.Errorf("what is no Go was changed: %s", m.Result)
	}
}

func TestDifference(t *testing.T) {
	texts := []string{"", "\n", "a\n", "a", "a\nb\n", "a\n\tb\n", "b\na\n", "a\n\nb\nc", "ä😀\n\tb\nc\n", "ä😀x\nb\nc\n", "x\ny\nz\na\n\nb\n c\n", "a\r\nb\r\n"}
	for _, a := range texts {
		for _, b := range texts {
			if got := string(applied([]byte(a), difference(a, b))); got != b {
				t.Errorf("%q to %q gave %q by %+v", a, b, got, difference(a, b))
			}
		}
	}
	if got := difference("package main\nfunc f() {\n    x\n}\n", "package main\n\nfunc f() {\n\tx\n}\n"); len(got) != 2 {
		t.Errorf("not the smallest edits: %+v", got)
	}
}

// Files whose names or first lines are conditions, packages that nothing imports yet, and files that come while all runs.
func TestFiles(t *testing.T) {
	main := "package main\n\nimport \"lamp/sensor\"\n\nfunc main() {\n\tprintln(sensor.Read(), arm(), chip)\n}\n"
	s, dir := serve(t, virtual(t), map[string]string{
		"main.go":          main,
		"robot_arm.go":     "package main\n\nfunc arm() int { return wrist }\n",
		"virtual.go":       "//go:build virtual\n\npackage main\n\nconst chip = 1\n",
		"pico.go":          "//go:build rp2040\n\npackage main\n\nconst chip = 2\n",
		"sensor/sensor.go": "package sensor\n\nfunc Read() int { return 1 }\n",
		"motor/motor.go":   "package motor\n\nfunc Turn() { nothing() }\n",
		"größe/größe.go":   "package größe\n\nfunc Of() int { return 1 }\n",
	})
	p := begin(t, s, main)
	if got, want := texts(p.untilProblems("main.go", 1, func(l []api.Diagnostic) bool { return len(l) == 2 })),
		"motor/motor.go:3:15 go.undefined There is no function nothing.\nrobot_arm.go:3:25 go.undefined Go does not know the name wrist."; got != want {
		t.Errorf("%s\nwanted:\n%s", got, want)
	}
	p.wants(p.ask("textDocument/definition", at("main.go", main, "println(sensor.Re")), projectURI+"sensor/sensor.go")
	p.wants(p.ask("textDocument/definition", at("main.go", main, "(), ar")), projectURI+"robot_arm.go")
	p.wants(p.ask("textDocument/definition", at("main.go", main, "(), chi")), projectURI+"virtual.go")
	os.WriteFile(filepath.Join(dir, "wrist.go"), []byte("package main\n\nvar wrist = 3\n"), 0o644)
	os.WriteFile(filepath.Join(dir, "motor", "motor.go"), []byte("package motor\n\nfunc Turn() {}\n"), 0o644)
	s.Changed()
	p.untilProblems("main.go", 1, none)
	os.Remove(filepath.Join(dir, "wrist.go"))
	s.Changed()
	p.untilProblems("main.go", 1, some)
	p.open("pico.go", "//go:build rp2040\n\npackage main\n\nconst chip = 2\n") // is no part of it, and does no harm
	p.open("new.go", "package main\n\nvar wrist = 3\n")                        // is not on the disk yet
	own := strings.Replace(main, "chip", "größe.Of()", 1)
	own = strings.Replace(own, `import "lamp/sensor"`, "import (\n\t\"lamp/größe\"\n\t\"lamp/sensor\"\n)", 1)
	p.change("main.go", 2, own)
	if l := p.untilProblems("main.go", 2, some); strings.Contains(texts(l), "main.go") {
		t.Errorf("a package that a build has is said to be missing:\n%s", texts(l))
	}
}

// A page cannot name files of this computer, have the server do something, or ask for what is not for it.
func TestRefused(t *testing.T) {
	s, _ := serve(t, virtual(t), map[string]string{"main.go": ledProgram})
	p := begin(t, s, ledProgram)
	p.untilProblems("main.go", 1, none)
	for _, method := range []string{"workspace/executeCommand", "textDocument/codeAction", "workspace/symbol", "workspace/applyEdit", "completionItem/resolve", "gopls/x", "textDocument/implementation"} {
		if m := p.ask(method, map[string]any{"command": "gopls.run_go_work_command", "arguments": []any{}}); m.Error == nil || m.Error.Code != codeNoMethod {
			t.Errorf("%s was answered: %s", method, m.Result)
		}
	}
	for _, uri := range []string{"file:///etc/passwd", fileURI(os.Args[0]), projectURI + "../main.go", projectURI + "..%2f..%2fx.go", libraryURI + "go/../../x.go", libraryURI + "go//etc/x.go", libraryURI + "studio/%2e%2e/x.go", ""} {
		m := p.ask("textDocument/hover", map[string]any{"textDocument": map[string]string{"uri": uri}, "position": position{}})
		if string(m.Result) != "null" {
			t.Errorf("%s: %s", uri, m.Result)
		}
		p.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": uri, "version": 1, "text": "package x"}})
	}
	p.notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"buildFlags": []string{"-toolexec=/bin/false"}}})
	p.wants(p.ask("textDocument/hover", at("main.go", ledProgram, "board.Fo")), "Fold") // all is well
	p.w.in <- []byte("{}")
	if why := <-p.ended; why != Spoilt {
		t.Errorf("a message that is none: %s", why)
	}
}

// When gopls is killed while somebody types, the page connects again, and what it shows is right.
func TestKilled(t *testing.T) {
	kills := 4
	if os.Getenv("STUDIO_SOAK") != "" {
		kills = 100
	}
	s, _ := serve(t, virtual(t), map[string]string{"main.go": ledProgram})
	s.after = func(d time.Duration, f func()) func() bool { // no pause, however often it dies
		if d < startsIn {
			d = 0
		}
		return time.AfterFunc(d, f).Stop
	}
	text, version := ledProgram, 1
	for n := range kills {
		p := begin(t, s, text)
		for range 3 {
			text = strings.Replace(text, "\tboard.Serve()", fmt.Sprintf("\tprintln(%d)\n\tboard.Serve()", n), 1)
			version++
			p.change("main.go", version, text)
		}
		wrong := strings.Replace(text, "board.Serve", "board.Sevre", 1)
		p.change("main.go", version+1, wrong)
		l := p.untilProblems("main.go", version+1, some)
		if got := texts(l); !strings.HasSuffix(got, "Package board has no Sevre.") || len(l) != 1 {
			t.Fatalf("after %d kills: %s", n, got)
		}
		proc, err := os.FindProcess(s.PID())
		if err != nil {
			t.Fatal(err)
		}
		proc.Kill()
		if why := <-p.ended; why != Died {
			t.Fatalf("after the kill: %s", why)
		}
	}
}

// clock is a time that tests let pass.
type clock struct {
	mu     sync.Mutex
	now    time.Duration
	timers map[*timer]bool
}

type timer struct {
	at time.Duration
	f  func()
}

func (c *clock) after(d time.Duration, f func()) func() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &timer{c.now + d, f}
	if c.timers == nil {
		c.timers = map[*timer]bool{}
	}
	c.timers[t] = true
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.timers, t)
		return true
	}
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	c.now += d
	var due []func()
	for t := range c.timers {
		if t.at <= c.now {
			due = append(due, t.f)
			delete(c.timers, t)
		}
	}
	c.mu.Unlock()
	for _, f := range due {
		f()
	}
}

func TestEnds(t *testing.T) {
	s, _ := serve(t, virtual(t), map[string]string{"main.go": ledProgram})
	var c clock
	s.after = c.after
	p := begin(t, s, ledProgram)
	p.untilProblems("main.go", 1, none)
	c.pass(9 * time.Minute)
	p.wants(p.ask("textDocument/hover", at("main.go", ledProgram, "board.Fo")), "Fold")
	c.pass(9 * time.Minute) // since then
	p.wants(p.ask("textDocument/hover", at("main.go", ledProgram, "board.Fo")), "Fold")
	proc, err := os.FindProcess(s.PID())
	if err != nil {
		t.Fatal(err)
	}
	defer proc.Release()
	c.pass(8 * time.Minute)
	s.Changed() // a file was saved, or came from elsewhere: that is no key
	c.pass(2 * time.Minute)
	if why := <-p.ended; why != Idle {
		t.Errorf("after ten minutes: %s", why)
	}
	if s.PID() != 0 {
		t.Error("it still runs")
	}
	if proc.Signal(syscall.Signal(0)) == nil {
		t.Error("its memory is not given back")
	}
	first := begin(t, s, ledProgram)
	first.untilProblems("main.go", 1, none)
	second := begin(t, s, ledProgram)
	if why := <-first.ended; why != Taken {
		t.Errorf("when another page comes: %s", why)
	}
	second.untilProblems("main.go", 1, none)
	s.End(Moved)
	if why := <-second.ended; why != Moved {
		t.Errorf("when another project is opened: %s", why)
	}
	s.Path = func(context.Context) (string, error) { return "", errors.New("none") }
	if why := <-connect(t, s).ended; why != Cannot {
		t.Errorf("without gopls: %s", why)
	}
}

// A page that goes while gopls is still on its way is noticed at once, whatever it has said before.
func TestGoneWhileStarting(t *testing.T) {
	s := &Server{Path: func(ctx context.Context) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	}}
	p := connect(t, s)
	p.open("main.go", ledProgram)
	for _, name := range []string{projectURI + "main.go", libraryURI + "go/fmt/print.go"} {
		p.send(request{"2.0", 1, "textDocument/hover", map[string]any{"textDocument": map[string]string{"uri": name}}})
	}
	p.change("main.go", 2, "package main\n")
	p.notify("$/cancelRequest", map[string]int{"id": 1})
	p.notify("textDocument/didClose", map[string]any{"textDocument": map[string]string{"uri": projectURI + "main.go"}})
	for len(p.w.in) > 0 {
		time.Sleep(time.Millisecond)
	}
	p.w.close()
	if why := <-p.ended; why != Gone {
		t.Errorf("the connection has ended: %s", why)
	}
}

// Where all has ended before a page is served, as when Studio ends at that moment, nothing is started.
func TestEndedBeforeItBegins(t *testing.T) {
	s := &Server{Path: func(context.Context) (string, error) {
		return "", errors.New("there is no gopls")
	}}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := &wire{gone: make(chan struct{})}
	defer w.close()
	if why := s.Serve(ctx, w); why != Gone {
		t.Errorf("the connection has ended: %s", why)
	}
}

// A gopls that does not work is not started for ever, and one that dies again and again not at once.
func TestDies(t *testing.T) {
	s, _ := serve(t, virtual(t), map[string]string{"main.go": ledProgram})
	var c clock
	s.after = c.after
	s.Path = func(context.Context) (string, error) { return "/bin/false", nil }
	if _, err := os.Stat("/bin/false"); err != nil {
		t.Skip("there is no /bin/false")
	}
	for n := 1; ; n++ {
		p := connect(t, s)
		stop := make(chan struct{})
		go func() { // time passes
			for {
				select {
				case <-stop:
					return
				case <-time.After(time.Millisecond):
					c.pass(100 * time.Millisecond)
				}
			}
		}()
		why := <-p.ended
		close(stop)
		if n < mostDeaths && why != Died || n == mostDeaths && why != Cannot {
			t.Fatalf("end %d: %s", n, why)
		}
		if n == mostDeaths {
			if s.pause() < time.Second {
				t.Errorf("the next one would begin after %v", s.pause())
			}
			return
		}
	}
}

// For a real board, names are those of its chip, with TinyGo's library.
func TestPico(t *testing.T) {
	b, ok := board.Find("pico")
	if !ok {
		t.Fatal("no pico")
	}
	text := "package main\n\nimport (\n\t\"machine\"\n\t\"studio/board\"\n)\n\nfunc main() {\n\tmachine.GP2.High()\n\tmachine.GPIO49.High()\n\tmachine.I2C0.Configure(machine.I2CConfig{})\n\tboard.Serve()\n}\n"
	s, _ := serve(t, b, map[string]string{"main.go": text})
	if _, err := toolchain.New(t.TempDir()).TinyGo(t.Context()); err != nil {
		t.Skip("TinyGo is not installed")
	}
	p := begin(t, s, text)
	got := texts(p.untilProblems("main.go", 1, some))
	if want := "main.go:10:10 go.not-on-board The Raspberry Pi Pico has no machine.GPIO49."; got != want {
		t.Errorf("%s\nwanted:\n%s", got, want)
	}
	p.wants(p.ask("textDocument/definition", at("main.go", text, "machine.I2C")), libraryURI+"tinygo/machine/")
	p.wants(p.ask("textDocument/hover", at("main.go", text, "machine.GP2")), "GP2")
}
