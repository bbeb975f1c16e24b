package wstest

import (
	"context"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
	"studioide/internal/problem"
)

// crowded is a board that takes a number of WebSockets at a time and answers each message after delay.
func crowded(t *testing.T, most int, delay time.Duration) *board {
	b := &board{conns: make(chan net.Conn), over: make(chan struct{})}
	var mu sync.Mutex
	open, peak := 0, 0
	var all sync.WaitGroup
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			w.Write([]byte("<p>page"))
			return
		}
		mu.Lock()
		full := open >= most
		if !full {
			open++
			peak = max(peak, open)
		}
		mu.Unlock()
		if full {
			http.Error(w, "no connection left", http.StatusServiceUnavailable)
			return
		}
		up := websocket.Upgrader{ReadBufferSize: 256, WriteBufferSize: 256, CheckOrigin: func(*http.Request) bool { return true }}
		c, err := up.Upgrade(w, r, nil)
		if err == nil {
			all.Add(1)
			defer all.Done()
			defer c.Close()
			for {
				_, text, err := c.ReadMessage()
				if err != nil {
					break
				}
				if string(text) == "silence" {
					continue
				}
				time.Sleep(delay)
				speak(c, "hello "+string(text))
			}
		}
		mu.Lock()
		open--
		mu.Unlock()
	})}
	done := make(chan struct{})
	go func() { server.Serve(b); close(done) }()
	t.Cleanup(func() { server.Close(); <-done; all.Wait() })
	return b
}

// What pretend pages find out about a board, in simulated time.
func TestLoad(t *testing.T) {
	for _, c := range []struct {
		name                                           string
		most                                           int
		in                                             api.StartLoad
		state, verdict                                 string
		connected, refused, first, answered, lost, max int
		reason                                         string
	}{
		{name: "all are answered", most: 7, in: api.StartLoad{Clients: 7, Rounds: 1}, state: "passed", verdict: "Yes: 7 of 7 were answered, the slowest after 12 ms.", connected: 7, answered: 7},
		{name: "the sixth is refused", most: 5, in: api.StartLoad{Clients: 7, Rounds: 1}, state: "failed", verdict: "No: page 6 was refused; 5 were connected.", connected: 5, refused: 2, first: 6, answered: 5, reason: "The board answered 503: no connection left"},
		{name: "in turns", most: 32, in: api.StartLoad{Clients: 1000, Rounds: 2, Turns: true}, state: "passed", verdict: "Yes, in turns: all of 1000 pages were answered, the slowest after 12 ms. The board takes 32 at a time.", connected: 1000, answered: 2000, max: 32},
		{name: "1,000 at once", most: 1000, in: api.StartLoad{Clients: 1000, Rounds: 1}, state: "passed", verdict: "Yes: 1000 of 1000", connected: 1000, answered: 1000},
		{name: "with the page", most: 3, in: api.StartLoad{Clients: 3, Rounds: 1, Page: "/"}, state: "passed", connected: 3, answered: 3},
		{name: "an answer that is expected", most: 3, in: api.StartLoad{Clients: 3, Rounds: 2, Think: 100, Text: "{{n}}", Expect: "hello {{n}}"}, state: "passed", connected: 3, answered: 6},
		{name: "another answer", most: 3, in: api.StartLoad{Clients: 3, Rounds: 1, Expect: "bye"}, state: "failed", verdict: "No: 0 of 3 were answered.", connected: 3, lost: 3, reason: "No answer came within 1 s."},
		{name: "no answer", most: 3, in: api.StartLoad{Clients: 3, Rounds: 2, Text: "silence"}, state: "failed", connected: 3, lost: 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := crowded(t, c.most, 12*time.Millisecond)
				c.in.Path, c.in.Within = "/ws", 1000
				got, err := RunLoad(t.Context(), c.in, LoadConfig{Dial: b.dial})
				if err != nil {
					t.Fatal(err)
				}
				if got.State != c.state || !strings.Contains(got.Verdict, c.verdict) || got.Connected != c.connected || got.Refused != c.refused ||
					got.FirstRefused != c.first || got.Answered != c.answered || got.Lost != c.lost || got.AtMost != c.max || got.Open != 0 {
					t.Errorf("%+v", got)
				}
				if c.reason != "" && (len(got.Reasons) != 1 || got.Reasons[0].Text != c.reason) {
					t.Errorf("%+v", got.Reasons)
				}
				if c.in.Page != "" && (got.Pages != 3 || got.PageBytes != 3*7) {
					t.Errorf("%d pages, %d bytes", got.Pages, got.PageBytes)
				}
				if got.Answered > 0 && (got.P50 != 12 || got.P99 != 12 || got.Worst != 12) {
					t.Errorf("%v %v %v ms", got.P50, got.P99, got.Worst)
				}
			})
		})
	}
}

// A board that is full because of others is asked less and less often, and given up in the end, in simulated time.
func TestLoadFull(t *testing.T) {
	for _, c := range []struct {
		name           string
		free           time.Duration // when the others go
		cancel         time.Duration
		state, verdict string
		least, most    time.Duration // that it takes
		dials          int           // at most
	}{
		{"for ever", time.Hour, time.Hour, "failed", "No: the board was full. 0 of 100 pages had their turn; then none could connect for 30 s. Close other pages of the board and try again.", 30 * time.Second, 34 * time.Second, 32 + 60},
		{"for a while", 10 * time.Second, time.Hour, "passed", "Yes, in turns: all of 100 pages were answered, the slowest after 12 ms. The board takes 5 at a time.", 10 * time.Second, 20 * time.Second, 32 + 30 + 2*100},
		{"until it is cancelled", time.Hour, 20 * time.Second, "cancelled", "Cancelled while the board was full: 0 of 100 pages had their turn until then.", 20 * time.Second, 21 * time.Second, 32 + 40},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := crowded(t, 5, 12*time.Millisecond)
				for range 5 { // others
					conn, _, err := (&websocket.Dialer{NetDialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return b.dial(ctx) }}).DialContext(t.Context(), "ws://board/ws", nil)
					if err != nil {
						t.Fatal(err)
					}
					defer conn.Close()
					defer time.AfterFunc(c.free, func() { conn.Close() }).Stop()
				}
				var dials atomic.Int32
				ctx, cancel := context.WithCancel(t.Context())
				defer time.AfterFunc(c.cancel, cancel).Stop()
				begun := time.Now()
				got, err := RunLoad(ctx, api.StartLoad{Clients: 100, Rounds: 1, Within: 1000, Path: "/ws", Turns: true}, LoadConfig{Dial: func(ctx context.Context) (net.Conn, error) {
					dials.Add(1)
					return b.dial(ctx)
				}})
				took := time.Since(begun)
				if err != nil || got.State != c.state || got.Verdict != c.verdict || got.Open != 0 || c.state == "failed" && got.Refused != 100 {
					t.Errorf("%v %+v", err, got)
				}
				if took < c.least || took > c.most {
					t.Errorf("it took %v", took)
				}
				if n := int(dials.Load()); n > c.dials {
					t.Errorf("it connected %d times", n)
				}
			})
		})
	}
}

// Cancelling ends all clients, whatever they are doing.
func TestLoadCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := crowded(t, 100, time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3500*time.Millisecond, cancel)
		begun := time.Now()
		reports := 0
		got, err := RunLoad(ctx, api.StartLoad{Clients: 100, Rounds: 100, Within: 5000, Path: "/ws"}, LoadConfig{Dial: b.dial, Report: func(api.Load) { reports++ }})
		if err != nil || got.State != api.TestCancelled || got.Answered != 300 || time.Since(begun) > 4*time.Second || reports < 5 {
			t.Errorf("%v after %v with %d reports: %+v", err, time.Since(begun), reports, got)
		}
	})
}

func TestLoadRefusesNonsense(t *testing.T) {
	for _, in := range []api.StartLoad{
		{Clients: 0, Rounds: 1, Within: 1, Path: "/"}, {Clients: 1001, Rounds: 1, Within: 1, Path: "/"}, {Clients: 1, Rounds: 0, Within: 1, Path: "/"},
		{Clients: 1, Rounds: 1, Within: 0, Path: "/"}, {Clients: 1, Rounds: 1, Within: 1, Think: -1, Path: "/"}, {Clients: 1, Rounds: 1, Within: 1, Path: "ws"},
		{Clients: 1, Rounds: 1, Within: 1, Path: "/", Expect: "/(/"}, {Clients: 1, Rounds: 1, Within: 1, Path: "/", Text: "{{who}}"},
	} {
		if err := CheckLoad(in); err == nil || !strings.HasPrefix(problem.Of(err).Code, "load.") {
			t.Errorf("%+v: %v", in, err)
		}
	}
}

// 1,000 clients at the same time take little memory, the board's ends of their connections included.
func TestLoadMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("a thousand connections")
	}
	synctest.Test(t, func(t *testing.T) {
		b := crowded(t, 1000, time.Second)
		most := uint64(0)
		var before, now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		got, err := RunLoad(t.Context(), api.StartLoad{Clients: 1000, Rounds: 1, Within: 60_000, Path: "/ws"}, LoadConfig{Dial: b.dial, Report: func(l api.Load) {
			if l.Open == 1000 {
				runtime.GC()
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapInuse+now.StackInuse-before.HeapInuse-before.StackInuse)
			}
		}})
		if err != nil || got.State != api.TestPassed {
			t.Fatalf("%v %+v", err, got)
		}
		t.Logf("1,000 clients and the board's ends of them take %.1f MB", float64(most)/(1<<20))
		if most > 45<<20 { // both ends
			t.Errorf("%d bytes", most)
		}
	})
}
