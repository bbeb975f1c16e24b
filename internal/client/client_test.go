package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
	"studioide/internal/home"
	"studioide/internal/problem"
)

const token = "the token of this run"

// fake is a running Studio as far as a client sees it.
type fake struct {
	*httptest.Server
	home   home.Home
	proves string            // the token that it proves to have
	events chan any          // what goes over the event socket; closed: the socket ends
	posted chan string       // method, path and body of what was sent
	answer map[string]answer // by path
	delay  time.Duration     // before the proof
	ended  chan struct{}     // ends what is under way
}

type answer struct {
	status int
	body   string
}

func start(t *testing.T) *fake {
	t.Helper()
	t.Setenv("STUDIO_HOME", t.TempDir())
	h, err := home.Open()
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{home: h, proves: token, events: make(chan any, 20), posted: make(chan string, 20), answer: map[string]answer{"/api/state": {200, `{"version":"7"}`}}}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	f.ended = make(chan struct{})
	t.Cleanup(f.stop)
	release, ok, err := h.Claim()
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	t.Cleanup(release)
	if _, err := h.LeaveNote(home.Running{URL: f.URL, Token: token, PID: 1}); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fake) stop() {
	select {
	case <-f.ended:
	default:
		close(f.ended)
		f.Close()
	}
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/api/door/proof" {
		if r.Header.Get("Authorization") != "" {
			f.posted <- "the token, before the proof"
		}
		time.Sleep(f.delay)
		json.NewEncoder(w).Encode(map[string]string{"proof": home.Proof(f.proves, r.Host, r.URL.Query().Get("nonce"))})
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+token {
		http.Error(w, "no", http.StatusUnauthorized)
		return
	}
	if r.URL.Path == "/api/events" {
		up := websocket.Upgrader{}
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		for {
			select {
			case e, ok := <-f.events:
				if text, plain := e.(string); plain {
					c.WriteMessage(websocket.TextMessage, []byte(text))
				} else if !ok || c.WriteJSON(e) != nil {
					return
				}
			case <-f.ended:
				return
			}
		}
	}
	body, _ := io.ReadAll(r.Body)
	if r.Method != http.MethodGet {
		f.posted <- r.Method + " " + r.URL.EscapedPath() + " " + string(body)
	}
	a, ok := f.answer[r.URL.Path]
	if !ok {
		a = answer{200, `{}`}
	}
	if a.status == 0 { // the connection breaks
		c, _, _ := w.(http.Hijacker).Hijack()
		c.Close()
		return
	}
	if a.status == 302 {
		w.Header().Set("Location", "/api/state")
	}
	w.WriteHeader(a.status)
	io.WriteString(w, a.body)
}

func find(t *testing.T, f *fake) *Client {
	t.Helper()
	// A busy computer may need more than the second that Find gives: once more then.
	for late := time.Now().Add(time.Minute); time.Now().Before(late); {
		if c, s, ok := Find(t.Context(), f.home); ok {
			if s.Version != "7" || c.URL() != f.URL {
				t.Fatalf("%+v at %s", s, c.URL())
			}
			return c
		}
	}
	t.Fatal("the running Studio is not found")
	return nil
}

func code(err error) string {
	var p *problem.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

// Only a Studio that proves itself is sent the token.
func TestFind(t *testing.T) {
	f := start(t)
	find(t, f)
	for name, change := range map[string]func(f *fake){
		"an impostor":          func(f *fake) { f.proves = "a guess" },
		"state is no JSON":     func(f *fake) { f.answer["/api/state"] = answer{200, "<html>"} },
		"state is refused":     func(f *fake) { f.answer["/api/state"] = answer{403, `{"error":{"code":"x","text":"y"}}`} },
		"state leads away":     func(f *fake) { f.answer["/api/state"] = answer{302, ""} },
		"nobody listens":       func(f *fake) { f.stop() },
		"no note":              func(f *fake) { f.home.LeaveNote(home.Running{}) },
		"a note for elsewhere": func(f *fake) { f.home.LeaveNote(home.Running{URL: "http://[::1", Token: token}) },
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t)
			change(f)
			if _, _, ok := Find(t.Context(), f.home); ok {
				t.Error("found")
			}
			select {
			case what := <-f.posted:
				t.Errorf("it was sent %s", what)
			default:
			}
		})
	}
}

// A Studio on a busy computer is one that runs.
func TestFindSlow(t *testing.T) {
	f := start(t)
	f.delay = 2 * time.Second
	find(t, f)
}

// A bad answer is the problem that the Studio told, or that it is lost.
func TestDo(t *testing.T) {
	f := start(t)
	c := find(t, f)
	for path, want := range map[string]struct {
		answer answer
		code   string
		body   string
	}{
		"/good":    {answer{200, "yes"}, "", "yes"},
		"/made":    {answer{201, ""}, "", ""},
		"/problem": {answer{409, `{"error":{"code":"port.busy","text":"Busy.","help":"Wait."}}`}, "port.busy", ""},
		"/empty":   {answer{500, ""}, "studio.lost", ""},
		"/other":   {answer{404, "<h1>Not Found"}, "studio.lost", ""},
		"/null":    {answer{400, `{"error":null}`}, "studio.lost", ""},
		"/away":    {answer{302, ""}, "studio.lost", ""},
		"/broken":  {answer{}, "studio.lost", ""},
	} {
		f.answer[path] = want.answer
		b, err := c.Do(t.Context(), http.MethodGet, path, nil)
		if code(err) != want.code || string(b) != want.body {
			t.Errorf("%s: %q %v", path, b, err)
		}
	}
	if err := c.Post(t.Context(), "/set", map[string]int{"a": 1}); err != nil {
		t.Error(err)
	}
	if got := <-f.posted; got != `POST /set {"a":1}` {
		t.Error(got)
	}
	if err := c.Post(t.Context(), "/set", func() {}); err == nil {
		t.Error("a function was sent")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Do(ctx, http.MethodGet, "/good", nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := c.Do(t.Context(), "BAD METHOD", "/good", nil); err == nil {
		t.Error("no method at all")
	}
}

func TestDoor(t *testing.T) {
	f := start(t)
	c := find(t, f)
	f.answer["/api/door/code"] = answer{200, `{"url":"http://127.0.0.1:1/?code=x"}`}
	if got, err := c.NewAddress(t.Context()); err != nil || got != "http://127.0.0.1:1/?code=x" {
		t.Errorf("%q %v", got, err)
	}
	f.answer["/api/door/code"] = answer{200, `nonsense`}
	if _, err := c.NewAddress(t.Context()); code(err) != "studio.lost" {
		t.Error(err)
	}
	f.answer["/api/door/code"] = answer{403, `{"error":{"code":"no","text":"x","help":"y"}}`}
	if _, err := c.NewAddress(t.Context()); code(err) != "no" {
		t.Error(err)
	}
	if err := c.ShowPage(t.Context()); err != nil {
		t.Error(err)
	}
}

func progress(id, state string, p *problem.Problem) api.Event {
	return api.Event{Progress: &api.Progress{ID: id, State: state, Problem: p}}
}

var snapshot = api.Event{Snapshot: &api.Snapshot{ClientID: "c"}}

// An action is followed to its own end, past what else happens.
func TestAct(t *testing.T) {
	busy := &problem.Problem{Code: "port.busy", Text: "Busy.", Help: "Wait."}
	for name, test := range map[string]struct {
		answer answer
		events []any
		state  string
		code   string
		seen   int // events that the caller is told
	}{
		"done":           {answer{200, `{"id":"5","state":"running"}`}, []any{progress("4", "done", nil), progress("5", "running", nil), progress("5", "done", nil)}, "done", "", 3},
		"with a problem": {answer{200, `{"id":"5"}`}, []any{progress("5", "done", busy)}, "done", "", 1},
		"failed":         {answer{200, `{"id":"5"}`}, []any{progress("5", "failed", busy)}, "failed", "port.busy", 1},
		"cancelled":      {answer{200, `{"id":"5"}`}, []any{progress("5", "cancelled", nil)}, "cancelled", "cancelled", 1},
		// Who falls behind gets a snapshot instead of what was missed.
		"in a snapshot":   {answer{200, `{"id":"5"}`}, []any{api.Event{Snapshot: &api.Snapshot{Progress: &api.Progress{ID: "5", State: "done"}}}}, "done", "", 1},
		"refused":         {answer{409, `{"error":{"code":"action.busy","text":"x","help":"y"}}`}, nil, "", "action.busy", 0},
		"no answer":       {answer{200, `no`}, nil, "", "studio.lost", 0},
		"the socket ends": {answer{200, `{"id":"5","state":"running"}`}, []any{nil}, "running", "studio.lost", 0},
		"nonsense comes":  {answer{200, `{"id":"5","state":"running"}`}, []any{"nonsense"}, "running", "studio.lost", 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t)
			c := find(t, f)
			f.answer["/api/run"] = test.answer
			f.events <- snapshot
			go func() {
				if <-f.posted; test.events == nil { // nothing happens before the action has been asked for
					return
				}
				for _, e := range test.events {
					if e == nil {
						close(f.events)
						return
					}
					f.events <- e
				}
			}()
			seen := 0
			p, err := c.Act(t.Context(), http.MethodPost, "/api/run", strings.NewReader("{}"), func(api.Event) { seen++ })
			if p.State != test.state || code(err) != test.code || seen != test.seen {
				t.Errorf("%+v %v, %d events", p, err, seen)
			}
		})
	}
}

// Who gives up cancels the action in the Studio, and waits for its end.
func TestActIsCancelled(t *testing.T) {
	f := start(t)
	c := find(t, f)
	f.answer["/api/run"] = answer{200, `{"id":"5","state":"running"}`}
	f.events <- snapshot
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-f.posted
		f.events <- progress("5", "running", nil)
	}()
	p, err := c.Act(ctx, http.MethodPost, "/api/run", nil, func(e api.Event) {
		if e.Progress != nil && e.Progress.State == "running" {
			cancel()
			go func() {
				if got := <-f.posted; got != `POST /api/cancel {"id":"5"}` {
					t.Error(got)
				}
				f.events <- progress("5", "cancelled", nil)
			}()
		}
	})
	if !errors.Is(err, problem.Cancelled) || p.State != "cancelled" {
		t.Errorf("%+v %v", p, err)
	}
}

func TestListen(t *testing.T) {
	f := start(t)
	c := find(t, f)
	f.events <- snapshot
	f.events <- progress("1", "done", nil)
	var seen []api.Event
	if err := c.Listen(t.Context(), func(e api.Event) bool { seen = append(seen, e); return len(seen) == 2 }); err != nil || seen[0].Snapshot == nil || seen[1].Progress == nil {
		t.Errorf("%v %+v", err, seen)
	}
	f.stop() // the socket from before would take what comes
	f = start(t)
	c = find(t, f)
	ctx, cancel := context.WithCancel(t.Context())
	f.events <- snapshot
	if err := c.Listen(ctx, func(api.Event) bool { cancel(); return false }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	f.stop()
	if err := c.Listen(t.Context(), nil); code(err) != "studio.lost" {
		t.Error(err)
	}
	if _, err := c.Act(t.Context(), http.MethodPost, "/api/run", nil, nil); code(err) != "studio.lost" {
		t.Error(err)
	}
}

// A file's name comes back as it was, whatever is in it.
func TestFilePath(t *testing.T) {
	for name, want := range map[string]string{
		"/www/led.html": "/api/board/files/www/led.html",
		"www/a b.html":  "/api/board/files/www/a%20b.html",
		"/größe/100%":   "/api/board/files/gr%C3%B6%C3%9Fe/100%25",
		"/a?b#c":        "/api/board/files/a%3Fb%23c",
		"/":             "/api/board/files/",
	} {
		got := FilePath(name)
		if got != want {
			t.Errorf("%q: %s", name, got)
		}
		u, err := url.Parse(got)
		if err != nil || u.Path != "/api/board/files/"+strings.TrimPrefix(name, "/") || u.RawQuery != "" || u.Fragment != "" {
			t.Errorf("%q comes back as %q, %v", name, u.Path, err)
		}
	}
}
