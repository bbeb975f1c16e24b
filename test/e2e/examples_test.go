package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	firmware "studio"

	"studioide/internal/api"
)

// act is one line of an example's transcript.json.
type act struct {
	Open    string   // open a WebSocket on this path
	Send    *string  // send this text, or post it
	Reply   *string  // this text comes back,
	Matches string   // or one that this regular expression matches
	Close   int      // the page closes with this code
	Get     string   // ask for this path,
	Post    string   // or post to it:
	Body    string   // the answer matches this regular expression
	Drive   *int     // the user's hand gives this pin a level
	Pin     *int     // this pin gets a level
	Level   bool     // the level
	Console []string // and this is printed
}

// Every example becomes a project, runs on the virtual board, and does what its transcript says.
func TestExamples(t *testing.T) {
	server := shared(t).server
	names, err := fs.Glob(firmware.Templates(), "_examples/*/transcript.json")
	if err != nil || len(names) < 12 {
		t.Fatalf("%d examples, %v", len(names), err)
	}
	for _, name := range names {
		id := path.Base(path.Dir(name))
		t.Run(id, func(t *testing.T) {
			text, err := fs.ReadFile(firmware.Templates(), name)
			if err != nil {
				t.Fatal(err)
			}
			var acts []act
			d := json.NewDecoder(bytes.NewReader(text))
			d.DisallowUnknownFields()
			if err := d.Decode(&acts); err != nil {
				t.Fatal(err)
			}
			s := &studio{t, server}
			s.ok(http.MethodPost, "/api/projects", map[string]string{"template": id, "title": "Example " + id})
			n := s.run()
			u, err := url.Parse(n.Board.PageURL)
			if err != nil {
				t.Fatal(err)
			}
			if code, page, _ := get(t, u.String()); code != http.StatusOK || !strings.Contains(page, "<main>") {
				t.Fatalf("its page is %d %.200s", code, page)
			}
			e := example{t: t, s: s, board: u}
			defer e.done()
			for i, a := range acts {
				if err := e.do(a); err != nil {
					t.Fatalf("line %d: %v", i+1, err)
				}
			}
		})
	}
}

type example struct {
	t     *testing.T
	s     *studio
	board *url.URL
	ws    *websocket.Conn
}

func (e *example) done() {
	if e.ws != nil {
		e.ws.Close()
	}
}

func (e *example) do(a act) error {
	if a.Open != "" {
		e.done()
		c, _, err := websocket.DefaultDialer.Dial("ws://"+e.board.Host+a.Open, nil)
		if err != nil {
			return err
		}
		e.ws = c
		c.SetReadDeadline(time.Now().Add(time.Minute))
	}
	if a.Get != "" || a.Post != "" {
		if err := e.ask(a); err != nil {
			return err
		}
	} else if a.Send != nil {
		if err := e.ws.WriteMessage(websocket.TextMessage, []byte(*a.Send)); err != nil {
			return err
		}
	}
	if a.Drive != nil {
		e.s.ok(http.MethodPost, "/api/board/pins", map[string]any{"pin": *a.Drive, "level": a.Level})
	}
	for came := []string{}; a.Reply != nil || a.Matches != ""; { // others are told as well: Studio's own console is a client, too
		_, text, err := e.ws.ReadMessage()
		if err != nil {
			return fmt.Errorf("%w after %q", err, came)
		}
		if a.Reply != nil && string(text) == *a.Reply || a.Matches != "" && regexp.MustCompile(a.Matches).Match(text) {
			break
		}
		came = append(came, string(text))
	}
	if a.Pin != nil {
		e.s.until("the pin's level", func(n api.Snapshot) bool { return level(n, *a.Pin) == a.Level })
	}
	for _, line := range a.Console {
		e.s.until("the console", func(n api.Snapshot) bool { return strings.Contains(n.Console, line) })
	}
	if a.Close != 0 {
		e.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(a.Close, ""), time.Now().Add(time.Minute))
		for {
			if _, _, err := e.ws.ReadMessage(); err != nil {
				if !websocket.IsCloseError(err, a.Close) {
					return err
				}
				break
			}
		}
	}
	return nil
}

// ask asks the program for what is no WebSocket's.
func (e *example) ask(a act) error {
	answer, err := (*http.Response)(nil), error(nil)
	if a.Get != "" {
		answer, err = http.Get(e.board.JoinPath(a.Get).String())
	} else {
		answer, err = http.Post(e.board.JoinPath(a.Post).String(), "application/json", strings.NewReader(*a.Send))
	}
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && (answer.StatusCode != http.StatusOK || !regexp.MustCompile(a.Body).Match(body)) {
		err = fmt.Errorf("%d %q", answer.StatusCode, body)
	}
	return err
}
