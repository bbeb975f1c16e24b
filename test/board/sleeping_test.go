package board

import (
	"context"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// slowLimit is how much later an answer may come because somebody else sleeps.
const slowLimit = 50 * time.Millisecond

// Pages that sleep, sent more than they take, keep nobody else waiting: as long
// as on a board without them, at the same time, so that a busy computer makes both
// late.
func TestSleepingPages(t *testing.T) {
	for _, what := range []string{"broadcast", "each", "bytes"} {
		t.Run(what, func(t *testing.T) {
			stop := make(chan struct{})
			defer close(stop)
			var pingers [2]*websocket.Conn
			for i := range pingers {
				p := start(t, "blast", false)
				blaster := dial(t, p, "/ws")
				pingers[i] = dial(t, p, "/ws")
				blaster.SetReadDeadline(time.Time{})
				go func() {
					for {
						if _, _, err := blaster.ReadMessage(); err != nil {
							return
						}
					}
				}()
				go func() { // 50 a second
					for {
						select {
						case <-stop:
							return
						case <-time.After(20 * time.Millisecond):
							blaster.WriteMessage(websocket.TextMessage, []byte(what))
						}
					}
				}()
				for range 3 * i {
					sleeper(t, p)
				}
			}
			var took [2][]time.Duration
			for end := time.Now().Add(6 * time.Second); time.Now().Before(end) || len(took[0]) < 20; time.Sleep(10 * time.Millisecond) {
				for i, c := range pingers {
					took[i] = append(took[i], ping(t, c))
				}
			}
			for _, all := range took {
				slices.Sort(all)
			}
			quiet, disturbed := took[0], took[1]
			t.Logf("the answer to a ping: %v, beside three that sleep %v; the slowest %v and %v",
				quiet[len(quiet)/2], disturbed[len(disturbed)/2], quiet[len(quiet)-1], disturbed[len(disturbed)-1])
			most := func(all []time.Duration) time.Duration { return all[len(all)*9/10] }
			if most(disturbed) > 2*most(quiet)+slowLimit {
				t.Errorf("nine of ten answers came within %v, beside three that sleep within %v", most(quiet), most(disturbed))
			}
			worst := func(all []time.Duration) time.Duration { return all[len(all)-1] }
			if worst(disturbed) > 4*worst(quiet)+2*time.Second { // it was 5 s for each that sleeps
				t.Errorf("the slowest answer took %v, beside three that sleep %v", worst(quiet), worst(disturbed))
			}
		})
	}
}

// sleeper opens a WebSocket and never reads.
func sleeper(t *testing.T, p *program) {
	t.Helper()
	dialer := websocket.Dialer{NetDialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err == nil {
			c.(*net.TCPConn).SetReadBuffer(4096)
		}
		return c, err
	}}
	c, _, err := dialer.Dial("ws://"+p.address+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
}

// ping is how long an answer takes.
func ping(t *testing.T, c *websocket.Conn) time.Duration {
	t.Helper()
	began := time.Now()
	say(t, c, "ping")
	for {
		c.SetReadDeadline(time.Now().Add(patience))
		_, text, err := c.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		if string(text) == "pong" {
			return time.Since(began)
		}
	}
}
