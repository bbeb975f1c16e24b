package bridge

import (
	"fmt"
	"net"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
)

// talker is one client: say sends a message and waits for its answer.
type talker struct {
	say   func() error
	close func()
}

// talkers are n clients of each way to the board: through the bridge (watched
// and logged), by the console's connections (logged), through the bare bridge, and
// with nothing between.
func talkers(t testing.TB, n int, text string) map[string][]talker {
	t.Helper()
	board := echo(t)
	log := NewLog(LogConfig{Emit: func([]api.Message) {}})
	t.Cleanup(log.Close)
	p, _ := start(t, board, func(c *Config) { c.Emit = log.Add })
	plain := bare(t, board)
	out := map[string][]talker{}
	over := func(name string, c *websocket.Conn, err error) {
		if err != nil {
			t.Fatal(err)
		}
		out[name] = append(out[name], talker{func() error {
			if err := c.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
				return err
			}
			_, _, err := c.ReadMessage()
			return err
		}, func() { c.Close() }})
	}
	for range n {
		c, _, err := dialPage(t, p, "/ws", nil)
		over("bridge", c, err)
		c, _, err = websocket.DefaultDialer.Dial(plain, nil)
		over("bare", c, err)
		c, err = direct(t, board)
		over("direct", c, err)
		answers := make(chan struct{}, 1)
		console := NewConsole(ConsoleConfig{Dial: board, Emit: func(m api.Message) {
			log.Add(m)
			if m.Kind == "received" {
				answers <- struct{}{}
			}
		}})
		if err := console.Connect(t.Context(), Target{Path: "/ws"}); err != nil {
			t.Fatal(err)
		}
		out["console"] = append(out["console"], talker{func() error {
			if err := console.SendText(text); err != nil {
				return err
			}
			<-answers
			return nil
		}, console.Stop})
	}
	return out
}

// direct is a connection to the board with nothing between.
func direct(t testing.TB, board Dialer) (*websocket.Conn, error) {
	d := websocket.Dialer{NetDial: func(_, _ string) (net.Conn, error) { return board(t.Context()) }}
	c, _, err := d.Dial("ws://board/ws", nil)
	return c, err
}

// rounds lets all talkers say n messages each, and returns messages a second and the times of the round trips, sorted.
func rounds(t testing.TB, all []talker, n int) (perSecond float64, times []time.Duration) {
	var wg sync.WaitGroup
	taken := make([][]time.Duration, len(all))
	begin := time.Now()
	for i, c := range all {
		wg.Go(func() {
			for range n {
				at := time.Now()
				if err := c.say(); err != nil {
					t.Error(err)
					return
				}
				taken[i] = append(taken[i], time.Since(at))
			}
		})
	}
	wg.Wait()
	perSecond = float64(n*len(all)) / time.Since(begin).Seconds()
	times = slices.Concat(taken...)
	slices.Sort(times)
	return perSecond, times
}

// BenchmarkClients compares 1 and 8 clients at a time, for `make bench`.
func BenchmarkClients(b *testing.B) {
	for _, clients := range []int{1, 8} {
		b.Run(fmt.Sprint(clients), func(b *testing.B) {
			for b.Loop() {
				all := talkers(b, clients, "LED on, please")
				speed, p50, p99 := map[string][]float64{}, map[string][]float64{}, map[string][]float64{}
				for range 7 {
					for name, some := range all {
						s, times := rounds(b, some, 4000/clients)
						speed[name] = append(speed[name], s)
						p50[name] = append(p50[name], float64(times[len(times)/2])/1e3)
						p99[name] = append(p99[name], float64(times[len(times)*99/100])/1e3)
					}
				}
				for _, some := range all {
					for _, c := range some {
						c.close()
					}
				}
				for _, name := range []string{"bridge", "console", "bare", "direct"} {
					b.ReportMetric(median(speed[name]), name+"/s")
					b.ReportMetric(median(p50[name]), name+"-p50-us")
					b.ReportMetric(median(p99[name]), name+"-p99-us")
				}
				b.ReportMetric(median(speed["bridge"])/median(speed["bare"]), "speed-ratio")
				added := func(times map[string][]float64) float64 {
					nothing := median(times["direct"])
					return (median(times["bridge"]) - nothing) / (median(times["bare"]) - nothing)
				}
				b.ReportMetric(added(p50), "added-p50-ratio")
				b.ReportMetric(added(p99), "added-p99-ratio")
			}
		})
	}
}

// BenchmarkIdle is what a connection that says nothing costs in memory, both
// ends of it that are in this process taken off.
func BenchmarkIdle(b *testing.B) {
	const n = 200
	for b.Loop() {
		board := echo(b)
		p, _ := start(b, board, func(c *Config) { c.MaxSockets = n })
		plain := bare(b, board)
		var kept []*websocket.Conn
		cost := func(dial func() (*websocket.Conn, error)) float64 {
			before := inUse()
			for range n {
				c, err := dial()
				if err != nil {
					b.Fatal(err)
				}
				c.WriteMessage(websocket.TextMessage, []byte("x"))
				c.ReadMessage()
				kept = append(kept, c)
			}
			return float64(inUse()-before) / n / 1024
		}
		nothing := cost(func() (*websocket.Conn, error) { return direct(b, board) })
		ours := cost(func() (*websocket.Conn, error) { c, _, err := dialPage(b, p, "/ws", nil); return c, err }) - nothing
		theirs := cost(func() (*websocket.Conn, error) { c, _, err := websocket.DefaultDialer.Dial(plain, nil); return c, err }) - nothing
		for _, c := range kept {
			c.Close()
		}
		b.ReportMetric(ours, "bridge-KB")
		b.ReportMetric(theirs, "bare-KB")
		b.ReportMetric(ours/theirs, "memory-ratio")
	}
}

func inUse() int64 {
	var m runtime.MemStats
	for range 3 { // what pools hold is let go in the second one
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
