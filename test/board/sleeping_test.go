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

// Pages that sleep, sent more than they take, keep nobody else waiting. Quiet
// and disturbed turns are of one run, so that a busy computer disturbs both.
func TestSleepingPages(t *testing.T) {
	for _, what := range []string{"broadcast", "each", "bytes"} {
		t.Run(what, func(t *testing.T) {
			p := start(t, "blast", false)
			blaster, pinger := dial(t, p, "/ws"), dial(t, p, "/ws")
			blaster.SetReadDeadline(time.Time{})
			go func() {
				for {
					if _, _, err := blaster.ReadMessage(); err != nil {
						return
					}
				}
			}()
			stop := make(chan struct{})
			defer close(stop)
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
			quiet := pings(t, pinger)
			for range 3 {
				sleeper(t, p)
			}
			disturbed := pings(t, pinger)
			t.Logf("the answer to a ping: %v, beside three that sleep %v; the slowest %v and %v",
				quiet[len(quiet)/2], disturbed[len(disturbed)/2], quiet[len(quiet)-1], disturbed[len(disturbed)-1])
			most := func(all []time.Duration) time.Duration { return all[len(all)*9/10] }
			if most(disturbed) > 2*most(quiet)+slowLimit {
				t.Errorf("nine of ten answers came within %v, beside three that sleep within %v", most(quiet), most(disturbed))
			}
			worst := func(all []time.Duration) time.Duration { return all[len(all)-1] }
			if worst(disturbed) > 4*worst(quiet)+time.Second { // it was 5 s for each that sleeps
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

// pings is how long answers take for four seconds, sorted.
func pings(t *testing.T, c *websocket.Conn) (took []time.Duration) {
	t.Helper()
	for end := time.Now().Add(4 * time.Second); time.Now().Before(end) || len(took) < 20; {
		began := time.Now()
		say(t, c, "ping")
		c.SetReadDeadline(time.Now().Add(time.Minute))
		for {
			_, text, err := c.ReadMessage()
			if err != nil {
				t.Fatal(err)
			}
			if string(text) == "pong" {
				break
			}
		}
		took = append(took, time.Since(began))
		time.Sleep(10 * time.Millisecond)
	}
	slices.Sort(took)
	return took
}
