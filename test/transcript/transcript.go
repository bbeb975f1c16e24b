// Package transcript plays what happens between a page, a user and a board, as a
// template's transcript.json has it.
package transcript

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studio"
)

// patience is for a busy computer; nothing waits that long when all is well.
const patience = time.Minute

// step is one line of a transcript. What it has happens in this order.
type step struct {
	Open       string   // open a WebSocket on this path
	Get        string   // ask for this path,
	Post       string   // or post what is sent to it:
	Body       string   // the answer matches this regular expression
	Send       *string  // send this text
	SendLength int      // or one of this length
	Drive      *int     // the user's hand gives this pin the level
	Reply      *string  // this text comes back,
	Matches    string   // or one that this regular expression matches
	Closed     int      // or the board closes with this code
	Close      int      // the page closes with this code
	Pin        *int     // this pin gets the level
	Level      bool     // the level
	Console    []string // and this is printed
}

// Board is a board whose program is played with. Its functions fail the test themselves.
type Board struct {
	Host    string                    // of its page
	Others  bool                      // are connected as well: what they are told comes in between
	Drive   func(pin int, level bool) // gives a pin a level, as a user does; nil: transcripts do without
	Pin     func(pin int, level bool) // waits until the program has given it one
	Console func(lines []string)      // waits until they are printed
}

// Play plays the transcript in a template's folder.
func Play(t *testing.T, template string, with Board) {
	t.Helper()
	text, err := fs.ReadFile(studio.Templates(), template+"/transcript.json")
	if err != nil {
		t.Fatal(err)
	}
	var steps []step
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&steps); err != nil {
		t.Fatal(err)
	}
	p := player{Board: with}
	defer p.hangUp()
	for i, s := range steps {
		if err := p.play(s); err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
	}
}

type player struct {
	Board
	ws *websocket.Conn
}

func (p *player) hangUp() {
	if p.ws != nil {
		p.ws.Close()
	}
}

func (p *player) play(s step) (err error) {
	if s.Open != "" {
		p.hangUp()
		if p.ws, _, err = websocket.DefaultDialer.Dial("ws://"+p.Host+s.Open, nil); err != nil {
			return err
		}
	}
	if p.ws != nil {
		p.ws.SetReadDeadline(time.Now().Add(patience))
	}
	switch {
	case s.Get != "" || s.Post != "":
		err = p.ask(s)
	case s.Send != nil || s.SendLength > 0:
		err = p.ws.WriteMessage(websocket.TextMessage, []byte(s.text()))
	}
	if err != nil {
		return err
	}
	if s.Drive != nil {
		p.Drive(*s.Drive, s.Level)
	}
	if s.Reply != nil || s.Matches != "" {
		err = p.hear(s)
	}
	if err == nil && (s.Close != 0 || s.Closed != 0) {
		err = p.end(s)
	}
	if err != nil {
		return err
	}
	if s.Pin != nil {
		p.Pin(*s.Pin, s.Level)
	}
	p.Console(s.Console)
	return nil
}

func (s step) text() string {
	if s.Send != nil {
		return *s.Send
	}
	return strings.Repeat("x", s.SendLength)
}

// ask asks the program for what is no WebSocket's.
func (p *player) ask(s step) error {
	client := http.Client{Timeout: patience}
	var answer *http.Response
	var err error
	if s.Get != "" {
		answer, err = client.Get("http://" + p.Host + s.Get)
	} else {
		answer, err = client.Post("http://"+p.Host+s.Post, "application/json", strings.NewReader(s.text()))
	}
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && (answer.StatusCode != http.StatusOK || !regexp.MustCompile(s.Body).Match(body)) {
		err = fmt.Errorf("%d %q", answer.StatusCode, body)
	}
	return err
}

// hear waits for the reply, which is the next message, unless there are others.
func (p *player) hear(s step) error {
	for before := []string{}; ; {
		kind, text, err := p.ws.ReadMessage()
		if err != nil {
			return fmt.Errorf("%w after %q", err, before)
		}
		if kind == websocket.TextMessage && (s.Reply != nil && string(text) == *s.Reply || s.Matches != "" && regexp.MustCompile(s.Matches).Match(text)) {
			return nil
		}
		if !p.Others {
			return fmt.Errorf("%q is no reply", text)
		}
		before = append(before, string(text))
	}
}

// end closes the WebSocket, or waits until the board has.
func (p *player) end(s step) error {
	if s.Close != 0 {
		p.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(s.Close, ""), time.Now().Add(patience))
	}
	for {
		_, text, err := p.ws.ReadMessage()
		switch {
		case err != nil && websocket.IsCloseError(err, s.Close, s.Closed):
			return nil
		case err != nil:
			return err
		case s.Close == 0: // otherwise the board has said it before it knew
			return fmt.Errorf("%q came before the end", text)
		}
	}
}
