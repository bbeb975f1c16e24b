// Package e2e drives the built studio binary as people and programs do: over
// HTTP, the event socket and the command line, with the virtual board behind it.
package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
	"studioide/internal/problem"
	"studioide/test/built"
)

var binary string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "studio-e2e-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		if binary, err = built.Studio(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		status := m.Run()
		if err := stopShared(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return status
	}())
}

// newHome is a STUDIO_HOME that nobody else uses. Go's own cache stays the user's, so builds are warm.
func newHome(t *testing.T) string {
	t.Helper()
	return t.TempDir()
}

// studio is a running server that a test has.
type studio struct {
	t *testing.T
	*server
}

type server struct {
	home  string
	cmd   *exec.Cmd
	base  string // http://127.0.0.1:PORT
	token string // of programs
	code  string // the address that lets the first browser in
	http  *http.Client
	log   *built.Log
	done  chan struct{}

	mu     sync.Mutex
	events []api.Event
	news   chan struct{}
	state  api.Snapshot
	conn   *websocket.Conn
}

func start(t *testing.T, home string, flags ...string) *studio {
	t.Helper()
	s := launch(t, home, flags...)
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// shared is the Studio of all tests that leave it as they like to find it: with a
// project of template led, of its own for each of them, that has not been run.
func shared(t *testing.T) *studio {
	t.Helper()
	if sharedServer == nil {
		home, err := os.MkdirTemp("", "studio-e2e-home-")
		if err != nil {
			t.Fatal(err)
		}
		sharedServer = launch(t, home).server
	}
	s := &studio{t, sharedServer}
	s.ok(http.MethodPost, "/api/projects", map[string]string{"template": "led", "title": t.Name()})
	s.until("its project", func(n api.Snapshot) bool { return n.Project != nil && n.Project.Title == t.Name() })
	return s
}

var sharedServer *server // since the first test that wants it

func stopShared() error {
	if sharedServer == nil {
		return nil
	}
	return errors.Join(sharedServer.stop(), os.RemoveAll(sharedServer.home))
}

// launch starts a server, which the caller stops.
func launch(t *testing.T, home string, flags ...string) *studio {
	t.Helper()
	s := &studio{t, &server{home: home, log: &built.Log{}, done: make(chan struct{}), news: make(chan struct{})}}
	s.cmd = exec.Command(binary, append([]string{"serve", "--addr", "127.0.0.1:0", "--no-open", "--json", "-v"}, flags...)...)
	s.cmd.Env = append(os.Environ(), "STUDIO_HOME="+home)
	s.cmd.Stderr = s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	serves := false
	go func() { defer close(s.done); defer io.Copy(io.Discard, out); s.readURL(out) }()
	defer func() {
		if !serves { // the caller gets none that he could stop
			s.stop()
		}
	}()
	deadline := time.After(time.Minute)
	for s.address() == "" {
		select {
		case <-deadline:
			t.Fatalf("studio did not start:\n%s", s.log)
		case <-s.wait():
		}
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.http = &http.Client{Jar: jar, Timeout: 3 * time.Minute}
	r, err := s.http.Get(s.code)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	s.token = note(t, home).Token
	s.listen()
	serves = true
	return s
}

func (s *studio) readURL(out io.Reader) {
	sc := bufio.NewScanner(out)
	for sc.Scan() {
		var e struct{ Event, URL string }
		if json.Unmarshal(sc.Bytes(), &e) != nil || e.Event != "serving" {
			continue
		}
		u, err := url.Parse(e.URL)
		if err != nil {
			continue
		}
		s.mu.Lock()
		s.code = e.URL
		s.base = "http://" + u.Host
		s.tell()
		s.mu.Unlock()
	}
}

// note is what a running Studio leaves for the command line of the same user.
func note(t *testing.T, home string) (n struct{ URL, Token string }) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(home, "config", "running.json"))
	if err == nil {
		err = json.Unmarshal(b, &n)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (s *studio) address() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.base
}

// tell wakes whoever waits; called with mu held.
func (s *studio) tell() { close(s.news); s.news = make(chan struct{}) }

func (s *studio) wait() chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.news
}

func (s *studio) listen() {
	s.t.Helper()
	c, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(s.base, "http")+"/api/events", http.Header{"Authorization": {"Bearer " + s.token}})
	if err != nil {
		s.t.Fatal(err)
	}
	s.conn = c
	go func() {
		for {
			var e api.Event
			if c.ReadJSON(&e) != nil {
				return
			}
			s.mu.Lock()
			s.events = append(s.events, e)
			apply(&s.state, e)
			s.tell()
			s.mu.Unlock()
		}
	}()
	s.until("a snapshot", func(n api.Snapshot) bool { return n.ClientID != "" })
}

// apply does what a page does with an event.
func apply(s *api.Snapshot, e api.Event) {
	switch {
	case e.Snapshot != nil:
		*s = *e.Snapshot
	case e.Board != nil:
		s.Board = *e.Board
	case e.Pins != nil:
		s.Pins = *e.Pins
	case e.Progress != nil:
		s.Progress = e.Progress
	case e.Problems != nil:
		s.Problems = *e.Problems
	case e.BoardFiles != nil:
		s.BoardFiles = *e.BoardFiles
	case e.Socket != nil:
		s.Socket = *e.Socket
	case e.Kinds != nil:
		s.Kinds = *e.Kinds
	case e.Toolchain != nil:
		s.Toolchain = *e.Toolchain
	case e.Project != nil:
		s.Project = e.Project
	case e.Projects != nil:
		s.Projects = *e.Projects
	case e.Settings != nil:
		s.Settings = *e.Settings
	case e.Console != nil && e.Console.At > s.ConsoleAt:
		s.Console, s.ConsoleAt = s.Console+e.Console.Text, e.Console.At
	case e.Message != nil:
		s.Messages = append(s.Messages, *e.Message...)
	}
}

// until waits for a state that every page would see.
func (s *studio) until(what string, ok func(api.Snapshot) bool) api.Snapshot {
	s.t.Helper()
	deadline := time.After(time.Minute)
	for {
		s.mu.Lock()
		now, news := s.state, s.news
		s.mu.Unlock()
		if ok(now) {
			return now
		}
		select {
		case <-news:
		case <-deadline:
			now.Templates, now.Ports, now.Kinds = nil, nil, nil
			b, _ := json.MarshalIndent(now, "", " ")
			s.t.Fatalf("waited for %s; the state is\n%.6000s\nlog:\n%s", what, b, s.log)
		}
	}
}

// stop ends a server that is still there, and says what was wrong with it.
func (s *server) stop() error {
	if s.conn != nil {
		s.conn.Close()
	}
	if s.cmd.ProcessState != nil {
		return nil
	}
	s.cmd.Process.Signal(os.Interrupt)
	timer := time.AfterFunc(time.Minute, func() { s.cmd.Process.Kill() })
	<-s.done
	s.cmd.Wait()
	if !timer.Stop() {
		return fmt.Errorf("studio did not end within a minute:\n%s", s.log)
	}
	if strings.Contains(s.log.String(), "goroutine ") {
		return fmt.Errorf("the log holds a stack trace:\n%s", s.log)
	}
	return nil
}

// kill ends the server without any warning.
func (s *studio) kill() {
	s.conn.Close()
	s.cmd.Process.Kill()
	<-s.done
	s.cmd.Wait()
}

type answer struct {
	Status int
	Body   []byte
	Header http.Header
	Error  *problem.Problem
}

// do sends a request as the page does.
func (s *studio) do(method, path string, body any, header ...string) answer {
	s.t.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	case []byte:
		r = bytes.NewReader(b)
	default:
		j, err := json.Marshal(b)
		if err != nil {
			s.t.Fatal(err)
		}
		r = bytes.NewReader(j)
	}
	req, err := http.NewRequest(method, s.base+path, r)
	if err != nil {
		s.t.Fatal(err)
	}
	if method != http.MethodGet {
		req.Header.Set("Origin", s.base)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		} else if header[i+1] == "" {
			req.Header.Del(header[i])
		} else {
			req.Header.Set(header[i], header[i+1])
		}
	}
	res, err := s.http.Do(req)
	if err != nil {
		s.t.Fatalf("%s %s: %v\n%s", method, path, err, s.log)
	}
	defer res.Body.Close()
	a := answer{Status: res.StatusCode, Header: res.Header}
	a.Body, err = io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	var e struct{ Error *problem.Problem }
	if json.Unmarshal(a.Body, &e) == nil {
		a.Error = e.Error
	}
	return a
}

// ok is do for what must succeed.
func (s *studio) ok(method, path string, body any, header ...string) answer {
	s.t.Helper()
	a := s.do(method, path, body, header...)
	if a.Status >= 300 {
		s.t.Fatalf("%s %s = %d %s", method, path, a.Status, a.Body)
	}
	return a
}

// act runs an action to its end.
func (s *studio) act(path string, body any) api.Progress {
	s.t.Helper()
	a := s.ok(http.MethodPost, path, body)
	var p api.Progress
	if err := json.Unmarshal(a.Body, &p); err != nil {
		s.t.Fatal(err)
	}
	n := s.until(path+" to end", func(n api.Snapshot) bool {
		return n.Progress != nil && n.Progress.ID == p.ID && n.Progress.State != "running"
	})
	return *n.Progress
}

// run presses Run and wants it to work.
func (s *studio) run() api.Snapshot {
	s.t.Helper()
	if p := s.act("/api/run", nil); p.State != "done" {
		b, _ := json.Marshal(p)
		s.t.Fatalf("Run ended with %s\nproblems: %+v\nconsole: %s\nlog: %s", b, s.state.Problems, s.state.Console, s.log)
	}
	return s.until("a running board with a page", func(n api.Snapshot) bool { return n.Board.State == api.BoardRunning })
}

// writeAndPush saves a web file and waits until it has been sent to the board.
func (s *studio) writeAndPush(path, content string) {
	s.t.Helper()
	s.mu.Lock()
	before := len(s.events)
	s.mu.Unlock()
	s.write(path, content)
	s.until(path+" to be sent", func(api.Snapshot) bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, e := range s.events[before:] {
			if e.Pushed != nil && slices.Contains(e.Pushed.Paths, path) {
				return true
			}
		}
		return false
	})
}

// write saves a file over whatever is there.
func (s *studio) write(path, content string) {
	s.t.Helper()
	s.ok(http.MethodPut, "/api/files/"+path, content, "If-Match", "*")
}

// get fetches from the board's page origin.
func get(t *testing.T, u string) (int, string, http.Header) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b), res.Header
}

// cli runs a subcommand and returns what it printed.
func cli(t *testing.T, home string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append(os.Environ(), "STUDIO_HOME="+home)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if ctx.Err() != nil {
		t.Fatalf("studio %v hangs:\n%s%s", args, &out, &errs)
	}
	if err != nil && cmd.ProcessState.ExitCode() < 0 {
		t.Fatalf("studio %v: %v", args, err)
	}
	if strings.Contains(errs.String(), "goroutine ") {
		t.Errorf("studio %v printed a stack trace:\n%s", args, &errs)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}
