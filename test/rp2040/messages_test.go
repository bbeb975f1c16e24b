package rp2040

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// keeper keeps what it is told in the ways of beginners, and watches what that
// costs: how long the longest allocation took, of which some collect garbage,
// and how much of the heap is in use right after a collection.
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
	peak                uint64
)

func main() {
	board.OnText(func(from *board.Client, msg string) {
		if msg == "report" {
			from.SendText("longest " + strconv.Itoa(int(longest/time.Microsecond)) + " collection " + strconv.Itoa(int(collection/time.Microsecond)) +
				" peak " + strconv.Itoa(int(peak)) + " last " + last + " first " + history[n%len(history)])
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
	pauseLimit = 5500 * time.Microsecond // in the board's time: 4.9 to 5.0 ms were measured, of which nobody notices anything
	inFlight   = 2000                    // messages that are on their way
)

// A program that keeps messages gets a great many of them: the heap does not
// run out, what is kept stays right, and collecting garbage is no pause.
func TestManyMessages(t *testing.T) {
	total := 20_000
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
