package board

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// step is one line of a template's transcript.json.
type step struct {
	Open       string   // open a WebSocket on this path
	Send       *string  // send this text
	SendLength int      // or one of this length
	Reply      *string  // this text comes back
	Matches    string   // or one that this regular expression matches
	Closed     int      // or the board closes with this code
	Close      int      // the page closes with this code
	Pin        *int     // this pin
	Level      bool     // gets this level
	Console    []string // and this is printed
}

func TestTranscripts(t *testing.T) {
	for _, name := range []string{"led", "echo", "blink", "sensor", "drive"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var steps []step
			d := json.NewDecoder(strings.NewReader(string(readFile(t, name+"/transcript.json"))))
			d.DisallowUnknownFields()
			if err := d.Decode(&steps); err != nil {
				t.Fatal(err)
			}
			p := start(t, name, false)
			var ws *websocket.Conn
			for i, s := range steps {
				p.step(t, i, s, &ws)
			}
		})
	}
}

func (p *program) step(t *testing.T, i int, s step, ws **websocket.Conn) {
	t.Helper()
	if s.Open != "" {
		c, _, err := websocket.DefaultDialer.Dial("ws://"+p.address+s.Open, nil)
		if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		*ws = c
		t.Cleanup(func() { c.Close() })
	}
	if s.Send != nil || s.SendLength > 0 {
		text := strings.Repeat("x", s.SendLength)
		if s.Send != nil {
			text = *s.Send
		}
		if err := (*ws).WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	if *ws != nil {
		(*ws).SetReadDeadline(time.Now().Add(time.Minute))
	}
	if s.Reply != nil {
		kind, text, err := (*ws).ReadMessage()
		if err != nil || kind != websocket.TextMessage || string(text) != *s.Reply {
			t.Fatalf("step %d: %q %v, want %q", i, text, err, *s.Reply)
		}
	}
	if s.Matches != "" {
		kind, text, err := (*ws).ReadMessage()
		if err != nil || kind != websocket.TextMessage || !regexp.MustCompile(s.Matches).Match(text) {
			t.Fatalf("step %d: %q %v does not match %s", i, text, err, s.Matches)
		}
	}
	if s.Close != 0 {
		(*ws).WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(s.Close, ""), time.Now().Add(time.Second))
	}
	if want := s.Closed + s.Close; want != 0 {
		_, _, err := (*ws).ReadMessage()
		for err == nil && s.Close != 0 {
			_, _, err = (*ws).ReadMessage() // what the board said before it knew
		}
		var closed *websocket.CloseError
		if !errors.As(err, &closed) || closed.Code != want {
			t.Fatalf("step %d: %v, want code %d", i, err, want)
		}
	}
	if s.Pin != nil {
		p.waitPin(t, *s.Pin, s.Level)
	}
	p.lines(t, s.Console)
}

// waitPin asks until the pin has that level.
func (p *program) waitPin(t *testing.T, pin int, level bool) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		pins, err := p.conn.Pins(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, is := range pins {
			if is.Pin == pin && is.Level == level {
				return
			}
		}
		if time.Since(began) > patience {
			t.Fatalf("pin %d never gets %v: %+v", pin, level, pins)
		}
	}
}
