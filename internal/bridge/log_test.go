package bridge

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"studioide/internal/api"
)

func TestLogKeepsTheNewest(t *testing.T) {
	l := NewLog(LogConfig{MaxMessages: 100})
	defer l.Close()
	for i := range 250 {
		l.Add(api.Message{Data: fmt.Sprint(i)})
	}
	all := l.Last(-1)
	if len(all) != 100 || all[0].Data != "150" || all[0].Seq != 151 || all[99].Data != "249" || all[99].Time == 0 {
		t.Fatalf("%d kept: %+v … %+v", len(all), all[0], all[len(all)-1])
	}
	if last := l.Last(3); len(last) != 3 || last[0].Data != "247" {
		t.Errorf("%+v", last)
	}
	if n := l.Cleared(); n != 0 {
		t.Errorf("nothing was cleared, and %d is the last that was", n)
	}
	l.Clear()
	if len(l.Last(-1)) != 0 || l.Cleared() != 250 {
		t.Errorf("not clear: %d", l.Cleared())
	}
	l.Add(api.Message{Data: "next"})
	if m := l.Last(-1); len(m) != 1 || m[0].Seq != 251 {
		t.Errorf("%+v", m)
	}
}

func TestLogIsBoundedInBytes(t *testing.T) {
	l := NewLog(LogConfig{MaxBytes: 100_000})
	defer l.Close()
	for range 1000 {
		l.Add(api.Message{Data: strings.Repeat("x", 4000)})
	}
	if n := len(l.Last(-1)); n != 100_000/(4000+messageCost) {
		t.Errorf("%d kept", n)
	}
	for range 2000 {
		l.Add(api.Message{Data: "x"})
	}
	if n := len(l.Last(-1)); n != 100_000/(1+messageCost) {
		t.Errorf("%d kept", n)
	}
	if l.bytes != len(l.Last(-1))*(1+messageCost) {
		t.Errorf("counts %d bytes", l.bytes)
	}
}

func TestLogBatches(t *testing.T) {
	var mu sync.Mutex
	var got []api.Message
	var sizes []int
	release := make(chan struct{})
	l := NewLog(LogConfig{Flush: time.Millisecond, Batch: 10, Emit: func(m []api.Message) {
		<-release // a listener that is slow to begin with
		mu.Lock()
		defer mu.Unlock()
		got = append(got, m...)
		sizes = append(sizes, len(m))
	}})
	for i := range 35 {
		l.Add(api.Message{Data: fmt.Sprint(i)})
	}
	close(release)
	l.Close()
	for i, m := range got {
		if m.Data != fmt.Sprint(i) || m.Seq != int64(i+1) {
			t.Fatalf("%d: %+v", i, m)
		}
	}
	if len(got) != 35 {
		t.Errorf("%d handed on", len(got))
	}
	for _, n := range sizes {
		if n > 10 {
			t.Errorf("batches of %d", sizes)
		}
	}
	l.Add(api.Message{})
	l.Close()
	if len(l.Last(-1)) != 35 {
		t.Error("kept after Close")
	}
}

// What was cleared before anyone saw it is not shown any more.
func TestLogClearWhileListenersAreBusy(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	var got []api.Message
	l := NewLog(LogConfig{Flush: time.Millisecond, Emit: func(m []api.Message) {
		if got == nil {
			close(entered)
			<-release
		}
		got = append(got, m...)
	}})
	l.Add(api.Message{Data: "first"})
	<-entered
	l.Add(api.Message{Data: "cleared"})
	l.Clear()
	l.Add(api.Message{Data: "last"})
	close(release)
	l.Close()
	if len(got) != 2 || got[0].Data != "first" || got[1].Data != "last" || got[1].Seq != 3 {
		t.Errorf("%+v", got)
	}
}

// Adding never waits for listeners, which skip, and know it by the numbers.
func TestLogFlood(t *testing.T) {
	const flood = 200_000
	var got []api.Message
	batches := 0
	added := make(chan struct{}) // until then the listener takes nothing
	l := NewLog(LogConfig{MaxMessages: 3000, Flush: 5 * time.Millisecond, Batch: 100, Emit: func(m []api.Message) {
		<-added
		batches++
		got = append(got, m...)
	}})
	begin := time.Now()
	for i := range flood {
		l.Add(api.Message{Data: fmt.Sprint(i), From: "page"})
	}
	took := time.Since(begin)
	close(added)
	l.Close()
	if len(got) > flood/4 {
		t.Errorf("%d handed on", len(got))
	}
	var seq int64
	for _, m := range got {
		if m.Seq <= seq || m.Data != fmt.Sprint(m.Seq-1) {
			t.Fatalf("%+v after %d", m, seq)
		}
		seq = m.Seq
	}
	if seq != flood {
		t.Errorf("ends with %d of %d", seq, flood)
	}
	t.Logf("%.0f messages/s added, %d of %d handed on in %d batches", flood/took.Seconds(), len(got), flood, batches)
}

func TestLogJSONLines(t *testing.T) {
	l := NewLog(LogConfig{})
	defer l.Close()
	l.Add(api.Message{Kind: "sent", From: "console", Data: "<LEDon>\n", Size: 8, Millis: -1})
	l.Add(api.Message{Kind: "received", From: "console", Data: "AA==", Binary: true, Size: 1, Millis: 3})
	var b strings.Builder
	if err := l.WriteJSONL(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], `"data":"<LEDon>\n"`) {
		t.Fatalf("%q", lines)
	}
	var m api.Message
	if err := json.Unmarshal([]byte(lines[1]), &m); err != nil || m.Seq != 2 || m.Data != "AA==" || m.Millis != 3 {
		t.Errorf("%+v %v", m, err)
	}
}

func TestLogIsSafeForConcurrentUse(t *testing.T) {
	l := NewLog(LogConfig{MaxMessages: 50, Flush: time.Microsecond, Emit: func([]api.Message) {}})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 500 {
				l.Add(api.Message{Data: "x"})
			}
		})
	}
	wg.Go(func() {
		for range 100 {
			l.Last(10)
			l.Clear()
		}
	})
	wg.Wait()
	l.Close()
}

// Listeners get the beginning of a long message, and all of it on demand.
func TestLogLongMessages(t *testing.T) {
	var got []api.Message
	l := NewLog(LogConfig{Emit: func(m []api.Message) { got = append(got, m...) }})
	text, bytes := strings.Repeat("ä1", 5000), strings.Repeat("AAECAwQF", 2000)
	l.Add(api.Message{Kind: "received", Data: text, Size: len(text)})
	l.Add(api.Message{Kind: "received", Binary: true, Data: bytes, Size: 12000})
	if m, ok := l.Message(1); !ok || m.Data != text {
		t.Error("the text is not whole")
	}
	if m, ok := l.Message(2); !ok || m.Data != bytes {
		t.Error("the bytes are not whole")
	}
	for _, seq := range []int64{-1, 0, 3} {
		if _, ok := l.Message(seq); ok {
			t.Error("there is no", seq)
		}
	}
	if last := l.Last(-1); len(last) != 2 || len(last[0].Data) > shownData || len(last[1].Data) != shownData {
		t.Error("they are not cut for listeners")
	}
	var out strings.Builder
	l.WriteJSONL(&out)
	if !strings.Contains(out.String(), text) {
		t.Error("what is saved is cut")
	}
	l.Close()
	if len(got) != 2 || !strings.HasPrefix(text, got[0].Data) || got[0].Size != len(text) || !utf8.ValidString(got[0].Data) {
		t.Errorf("%d, %d of %d", len(got), len(got[0].Data), got[0].Size)
	}
}

// What says the same again and again is one message with a number; what sockets carry is never one.
func TestLogRepeats(t *testing.T) {
	var mu sync.Mutex
	got := map[int64]api.Message{}
	l := NewLog(LogConfig{Flush: time.Millisecond, Emit: func(m []api.Message) {
		mu.Lock()
		defer mu.Unlock()
		for _, m := range m {
			if old, ok := got[m.Seq]; ok && (old.Data != m.Data || m.Count <= old.Count) {
				t.Errorf("%+v came again as %+v", old, m)
			}
			got[m.Seq] = m
		}
	}})
	at := int64(1_000_000)
	for i := range 30 {
		at += 1000
		l.Add(api.Message{From: "page", Kind: "error", Code: 404, Data: "WebSocket /wrong: refused", Conn: i, Time: at})
		l.Add(api.Message{From: "page", Kind: "log", Level: "error", Data: "no WebSocket at /wrong", Path: "www/a.html", Line: 3, Count: 2, Time: at})
	}
	for range 3 {
		l.Add(api.Message{From: "page", Kind: "sent", Data: "x", Time: at})
		l.Add(api.Message{From: "page", Kind: "log", Data: "tick", Time: at})
	}
	for range 4 {
		l.Add(api.Message{From: "page", Kind: "open", Data: "/ws", Time: at})
		l.Add(api.Message{From: "page", Kind: "close", Code: 1000, Data: "closed", Time: at})
	}
	for range 2 { // something in between: it is not the same socket story again
		l.Add(api.Message{From: "page", Kind: "open", Data: "/b", Time: at})
		l.Add(api.Message{From: "page", Kind: "sent", Data: "x", Time: at})
	}
	at += 60_000
	l.Add(api.Message{From: "page", Kind: "error", Code: 404, Data: "WebSocket /wrong: refused", Time: at})
	l.Close()
	mu.Lock()
	defer mu.Unlock()
	var lines []string
	for i := int64(1); i <= int64(len(got)); i++ {
		lines = append(lines, fmt.Sprint(got[i].Kind, " ", got[i].Count))
	}
	want := "error 30|log 60|sent 0|log 0|sent 0|log 0|sent 0|log 0|open 4|close 4|open 0|sent 0|open 0|sent 0|error 0"
	if have := strings.Join(lines, "|"); have != want {
		t.Errorf("got  %s\nwant %s", have, want)
	}
}
