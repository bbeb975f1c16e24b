package rp2040

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studioide/test/cable"
)

// keeper keeps what it is told in the ways of beginners, and watches what that
// costs: how long the longest allocation took, of which some collect garbage,
// and how much of the heap is in use right after a collection. "all …" goes to
// everybody, and the sender hears how long that took.
const keeper = `package main

import (
	"runtime"
	"strconv"
	"strings"
	"time"

	"studio/board"
)

var (
	last    string
	history [100]string
	count   = map[string]int{}
	n       int

	longest, collection time.Duration
	waited              time.Duration // in the longest Broadcast
	peak                uint64
)

func main() {
	board.OnText(func(from *board.Client, msg string) {
		if msg == "report" {
			from.SendText("longest " + strconv.Itoa(int(longest/time.Microsecond)) + " collection " + strconv.Itoa(int(collection/time.Microsecond)) +
				" peak " + strconv.Itoa(int(peak)) + " last " + last + " first " + history[n%len(history)])
			return
		}
		if strings.HasPrefix(msg, "all ") {
			began := time.Now()
			board.Broadcast(msg)
			took := time.Since(began)
			waited = max(waited, took)
			from.SendText("waited " + strconv.Itoa(int(took/time.Microsecond)) + " at most " + strconv.Itoa(int(waited/time.Microsecond)))
			return
		}
		began := time.Now()
		reply := "Reply for " + msg
		longest = max(longest, time.Since(began))
		last = msg
		history[n%len(history)] = msg
		name, _, _ := strings.Cut(msg, " ")
		count[board.Fold(name)]++
		n++
		if n%2000 == 0 {
			began = time.Now()
			runtime.GC()
			collection = max(collection, time.Since(began))
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
		}
		if n%500 == 0 {
			from.SendText(reply)
		}
	})
	board.Serve()
}
`

const (
	pauseLimit = 5 * time.Millisecond // in the board's time: nobody notices that
	inFlight   = 2000                 // messages that are on their way
)

// A program that keeps messages gets a great many of them: the heap does not
// run out, what is kept stays right, and collecting garbage is no pause.
func TestManyMessages(t *testing.T) {
	total := 8_000
	if os.Getenv("STUDIO_SOAK") != "" {
		total = 1_000_000
	}
	p := launch(t, "keeper", "")
	k := connect(t, p)
	dialer := websocket.Dialer{NetDialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return k.Conn.Dial(ctx) }}
	c, _, err := dialer.DialContext(t.Context(), "ws://board/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	message := func(i int) string { return fmt.Sprintf("Speed %07d", i) }
	told := make(chan struct{}, total/500+1)
	go func() {
		defer close(told)
		for i := 500; i <= total; i += 500 {
			c.SetReadDeadline(time.Now().Add(10 * patience))
			if _, text, err := c.ReadMessage(); err != nil || string(text) != "Reply for "+message(i-1) {
				t.Errorf("after %d: %q %v", i, text, err)
				return
			}
			told <- struct{}{}
		}
	}()
	began, at := time.Now(), p.emulated(t)
	var batch []byte
	for i := range total {
		text := message(i)
		batch = append(batch, 0x81, 0x80|byte(len(text)), 0, 0, 0, 0) // masked with nothing, which is quick to write
		batch = append(batch, text...)
		if i%50 == 49 {
			if _, err := c.NetConn().Write(batch); err != nil {
				t.Fatal(err)
			}
			batch = batch[:0]
		}
		if i%500 == 499 && i >= inFlight {
			if _, ok := <-told; !ok {
				t.FailNow()
			}
		}
		if i%100_000 == 99_999 {
			t.Logf("%d messages in %v here", i+1, time.Since(began).Round(time.Second))
		}
	}
	for range told {
	}
	if t.Failed() {
		return
	}
	if err := c.WriteMessage(websocket.TextMessage, []byte("report")); err != nil {
		t.Fatal(err)
	}
	_, report, err := c.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	emulated := p.emulated(t) - at
	t.Logf("%d messages in %v emulated, %v here: %s", total, emulated.Round(time.Millisecond), time.Since(began).Round(time.Millisecond), report)
	var longest, collection, peak int
	var last, first string
	if _, err := fmt.Sscanf(string(report), "longest %d collection %d peak %d last Speed %s first Speed %s", &longest, &collection, &peak, &last, &first); err != nil {
		t.Fatal(err)
	}
	if a, _ := strconv.Atoi(last); a != total-1 {
		t.Errorf("last is %q", last)
	}
	if a, _ := strconv.Atoi(first); a != total-100 {
		t.Errorf("of the last hundred the first is %q", first)
	}
	if worst := time.Duration(max(longest, collection)) * time.Microsecond; worst > pauseLimit {
		t.Errorf("a pause of %v", worst)
	}
}

// slowLimit is how much longer others may wait because of clients that do not
// read, in the board's time.
const slowLimit = 50 * time.Millisecond

// Clients that do not read keep nobody else waiting: neither a Broadcast, by the
// board's own clock, nor the answer to another client.
func TestSleepingClients(t *testing.T) {
	const rounds = 60
	p := launch(t, "keeper", "")
	k := connect(t, p)
	open := func() *websocket.Conn {
		dialer := websocket.Dialer{NetDialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return k.Conn.Dial(ctx) }}
		c, _, err := dialer.DialContext(t.Context(), "ws://board/ws", nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	awake := open()
	text := "all " + strings.Repeat("x", 230)
	var most time.Duration
	turns := func() (waits []time.Duration) {
		for range rounds {
			at := p.emulated(t)
			cable.Say(t, awake, text, text)
			report := cable.Next(t, awake)
			var took, worst int
			if _, err := fmt.Sscanf(report, "waited %d at most %d", &took, &worst); err != nil {
				t.Fatalf("%q: %v", report, err)
			}
			waits, most = append(waits, p.emulated(t)-at), time.Duration(worst)*time.Microsecond
		}
		slices.Sort(waits)
		return waits
	}
	quiet := turns()
	calm := most
	for range 3 {
		open() // and never read
	}
	disturbed := turns()
	t.Logf("an answer after %v, beside three clients that do not read %v (the slowest %v and %v); the longest Broadcast %v and %v",
		quiet[rounds/2], disturbed[rounds/2], quiet[rounds-1], disturbed[rounds-1], calm, most)
	if most > calm+slowLimit {
		t.Errorf("a Broadcast took %v beside clients that do not read, %v before", most, calm)
	}
	if disturbed[rounds/2] > quiet[rounds/2]+slowLimit {
		t.Errorf("answers took %v beside clients that do not read, %v before", disturbed[rounds/2], quiet[rounds/2])
	}
}

func TestReopen(t *testing.T) {
	cable.Reopens(t, connect(t, launch(t, "led", "")).Proxy(t), 80)
}
