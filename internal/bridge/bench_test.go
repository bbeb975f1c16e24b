package bridge

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
)

// bare is the simplest bridge that gorilla/websocket makes: it reads whole
// messages on one side and writes them on the other, and watches nothing.
func bare(t testing.TB, board Dialer) string {
	var up websocket.Upgrader
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d := websocket.Dialer{NetDial: func(_, _ string) (net.Conn, error) { return board(r.Context()) }}
		far, _, err := d.Dial("ws://board"+r.URL.Path, nil)
		if err != nil {
			return
		}
		defer far.Close()
		near, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer near.Close()
		pump := func(from, to *websocket.Conn) {
			for {
				kind, m, err := from.ReadMessage()
				if err != nil || to.WriteMessage(kind, m) != nil {
					to.Close()
					return
				}
			}
		}
		go pump(far, near)
		pump(near, far)
	}))
	t.Cleanup(server.Close)
	return "ws://" + server.Listener.Addr().String() + "/ws"
}

// roundTrips returns messages a second over n round trips.
func roundTrips(t testing.TB, c *websocket.Conn, n int, text []byte) float64 {
	begin := time.Now()
	for range n {
		if err := c.WriteMessage(websocket.TextMessage, text); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.ReadMessage(); err != nil {
			t.Fatal(err)
		}
	}
	return float64(n) / time.Since(begin).Seconds()
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// compareEcho measures echo round trips through the bridge, watched and logged
// as in Studio, and through the bare bridge, in turns.
func compareEcho(t testing.TB, rounds, n int, text []byte) (ours, theirs float64) {
	board := echo(t)
	log := NewLog(LogConfig{Emit: func([]api.Message) {}})
	t.Cleanup(log.Close)
	p, _ := start(t, board, func(c *Config) { c.Emit = log.Add })
	through, _, err := dialPage(t, p, "/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer through.Close()
	plain, _, err := websocket.DefaultDialer.Dial(bare(t, board), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	roundTrips(t, through, n/10+1, text)
	roundTrips(t, plain, n/10+1, text)
	var a, b []float64
	for range rounds {
		a = append(a, roundTrips(t, through, n, text))
		b = append(b, roundTrips(t, plain, n, text))
	}
	return median(a), median(b)
}

// BenchmarkEcho prints the line for `make bench`:
// go test ./internal/bridge -run '^$' -bench Echo -benchtime 1x
func BenchmarkEcho(b *testing.B) {
	for _, size := range []int{5, 200, 4000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			var ours, theirs float64
			for b.Loop() {
				ours, theirs = compareEcho(b, 7, 3000, []byte(strings.Repeat("x", size)))
			}
			b.ReportMetric(ours, "bridge-echo/s")
			b.ReportMetric(theirs, "bare-echo/s")
			b.ReportMetric(ours/theirs, "ratio")
		})
	}
}

// BenchmarkFlood is one-way throughput of 50-byte messages from the board, watched and logged.
func BenchmarkFlood(b *testing.B) {
	const n = 100_000
	f := frame(0x81, strings.Repeat("x", 50), "")
	for b.Loop() {
		log := NewLog(LogConfig{Emit: func([]api.Message) {}})
		t := &traffic{emit: log.Add, now: time.Now}
		w := frameWatcher{events: direction{t, false}, limit: maxData}
		begin := time.Now()
		for range n {
			w.write(f)
		}
		b.ReportMetric(n/time.Since(begin).Seconds(), "messages/s")
		log.Close()
	}
}

// A flood of messages is carried whole, and what is kept of it is bounded.
func TestFloodThroughBridge(t *testing.T) {
	const n = 60_000
	var up websocket.Upgrader
	board := serve(t, func(w http.ResponseWriter, r *http.Request) {
		up.CheckOrigin = func(*http.Request) bool { return true }
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		m, _ := websocket.NewPreparedMessage(websocket.TextMessage, []byte("pin 8 is high"))
		for range n {
			if c.WritePreparedMessage(m) != nil {
				return
			}
		}
		c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "done"), time.Now().Add(time.Second))
		c.ReadMessage()
	})
	var mu sync.Mutex
	shown := 0
	log := NewLog(LogConfig{Emit: func(m []api.Message) { mu.Lock(); shown += len(m); mu.Unlock() }})
	p, _ := start(t, board, func(c *Config) { c.Emit = log.Add })
	c, _, err := dialPage(t, p, "/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	begin := time.Now()
	got := 0
	for ; ; got++ {
		if _, _, err := c.ReadMessage(); err != nil {
			break
		}
	}
	took := time.Since(begin)
	c.Close()
	p.Close()
	log.Close()
	if got != n {
		t.Errorf("%d of %d arrived", got, n)
	}
	if kept := log.Last(-1); len(kept) != 5000 || kept[len(kept)-1].Kind != "close" || kept[len(kept)-1].Seq != n+2 {
		t.Errorf("%d kept, the last is %+v", len(kept), kept[len(kept)-1])
	}
	t.Logf("%d messages in %v (%.0f/s), %d shown", n, took, n/took.Seconds(), shown)
}
