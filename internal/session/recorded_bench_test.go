package session

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
	"studioide/internal/bridge"
	"studioide/internal/recording"
)

// BenchmarkRecorded sends texts through a console to a server that gives them back, in turns with and without a recording
// of them: go test ./internal/session -run '^$' -bench Recorded -benchtime 1x
func BenchmarkRecorded(b *testing.B) {
	const messages, rounds = 20_000, 25
	up := websocket.Upgrader{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		for {
			kind, m, err := c.ReadMessage()
			if err != nil || c.WriteMessage(kind, m) != nil {
				return
			}
		}
	}))
	defer server.Close()
	root, err := os.OpenRoot(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer root.Close()
	dial := func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", server.Listener.Addr().String())
	}
	text := strings.Repeat("x", 50)
	// once sends all, at most 100 ahead of the answers, and returns messages per second.
	once := func(record bool) float64 {
		c := bridge.LogConfig{Emit: func([]api.Message) {}}
		if record {
			w, err := recording.Store{Dir: root}.Start(recording.Config{})
			if err != nil {
				b.Fatal(err)
			}
			defer func() {
				if a := w.Stop(recording.Stopped); a.Messages < 2*messages {
					b.Errorf("%d messages were recorded of %d", a.Messages, 2*messages)
				}
			}()
			c.Record = w.Add
		}
		log := bridge.NewLog(c)
		defer log.Close()
		ahead, done := make(chan struct{}, 100), make(chan struct{})
		got := 0
		console := bridge.NewConsole(bridge.ConsoleConfig{Dial: dial, Emit: func(m api.Message) {
			log.Add(m)
			if m.Kind == "received" {
				<-ahead
				if got++; got == messages {
					close(done)
				}
			}
		}})
		defer console.Stop()
		if err := console.Connect(b.Context(), bridge.Target{Path: "/"}); err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		for range messages {
			ahead <- struct{}{}
			if err := console.SendText(text); err != nil {
				b.Fatal(err)
			}
		}
		<-done
		return messages / time.Since(began).Seconds()
	}
	for b.Loop() {
		var with, without, ratios []float64
		once(true)
		for i := range rounds {
			var a, c float64
			if i%2 == 0 { // in turns: who comes second finds the computer as the first has left it
				a, c = once(false), once(true)
			} else {
				c, a = once(true), once(false)
			}
			without, with, ratios = append(without, a), append(with, c), append(ratios, c/a)
		}
		slices.Sort(with)
		slices.Sort(without)
		slices.Sort(ratios)
		b.ReportMetric(without[rounds/2], "unrecorded/s")
		b.ReportMetric(with[rounds/2], "recorded/s")
		b.ReportMetric(ratios[rounds/2], "ratio")
	}
}
