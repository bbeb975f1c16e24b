package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// A conversation that nobody sits at ends by itself, after the answers; others do not.
func TestConversationEnds(t *testing.T) {
	const never = time.Hour // longer than the test lasts
	for _, c := range []struct {
		name            string
		chatter         bool // the board never stops talking
		send, lines     []string
		open            bool // there may be more lines
		pause, patience time.Duration
		ends            bool
		says            string
	}{
		{name: "after the answer", send: []string{"a", "b"}, pause: 300 * time.Millisecond, patience: never, ends: true, says: "echo b"},
		{name: "after the answers to lines", lines: []string{"a", "b"}, pause: 300 * time.Millisecond, patience: never, ends: true, says: "echo b"},
		{name: "no answer", send: []string{"silence"}, pause: never, patience: time.Millisecond, ends: true},
		{name: "a board that never stops", chatter: true, send: []string{"a"}, pause: never, patience: 500 * time.Millisecond, ends: true, says: "echo a"},
		{name: "an input that nobody closes", send: []string{"a"}, open: true, pause: time.Millisecond, patience: 500 * time.Millisecond, ends: true, says: "echo a"},
		{name: "more lines may come", lines: []string{"a"}, open: true, pause: time.Millisecond, patience: time.Millisecond},
		{name: "nothing to say", chatter: true, pause: time.Millisecond, patience: time.Millisecond},
		{name: "somebody sits there", send: []string{"a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var up websocket.Upgrader
				conn, err := up.Upgrade(w, r, nil)
				if err != nil {
					return
				}
				defer conn.Close()
				for {
					if c.chatter {
						conn.WriteMessage(websocket.TextMessage, []byte("tick"))
					}
					_, text, err := conn.ReadMessage()
					if err != nil {
						return
					}
					if string(text) != "silence" {
						conn.WriteMessage(websocket.TextMessage, []byte("echo "+string(text)))
					}
				}
			}))
			defer s.Close()
			lines := make(chan string, len(c.lines))
			for _, l := range c.lines {
				lines <- l
			}
			if !c.open {
				close(lines)
			}
			var said strings.Builder
			talk := conversation{out: &output{out: &said, err: io.Discard}, send: c.send, lines: lines, pause: c.pause, timeout: c.patience}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			if !c.ends {
				ctx, cancel = context.WithTimeout(t.Context(), 300*time.Millisecond)
			}
			defer cancel()
			err := talk.talk(ctx, websocket.Dialer{}, "ws"+strings.TrimPrefix(s.URL, "http"))
			talk.out.mu.Lock() // what still comes is not printed now
			defer talk.out.mu.Unlock()
			if err != nil || (ctx.Err() == nil) != c.ends || !strings.Contains(said.String(), c.says) {
				t.Errorf("it ends by itself: %v, %v\n%s", ctx.Err() == nil, err, said.String())
			}
		})
	}
}
