package workbench

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"studioide/internal/api"
)

func next(t *testing.T, c *Client, snapshot func() api.Snapshot) []api.Event {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	lines, err := c.Next(ctx, snapshot)
	if err != nil {
		t.Fatal(err)
	}
	var events []api.Event
	for _, line := range lines {
		var e api.Event
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	return events
}

func said(text string) api.Event { return api.Event{Console: &api.Console{Text: text}} }

func version(v string) func() api.Snapshot {
	return func() api.Snapshot { return api.Snapshot{Version: v} }
}

func TestPageBeginsWithASnapshotAndMissesNothing(t *testing.T) {
	var h Hub
	c := h.Join("tab", false)
	first := next(t, c, func() api.Snapshot {
		h.Publish(said("while the snapshot was taken"))
		return api.Snapshot{Version: "1"}
	})
	if len(first) != 1 || first[0].Snapshot == nil || first[0].Snapshot.ClientID != "tab" {
		t.Fatalf("first events: %+v", first)
	}
	h.Publish(said("after it"))
	var texts []string
	for len(texts) < 2 {
		for _, e := range next(t, c, version("2")) {
			texts = append(texts, e.Console.Text)
		}
	}
	if got := strings.Join(texts, ", "); got != "while the snapshot was taken, after it" {
		t.Errorf("then: %s", got)
	}
}

// A page that reads nothing costs a bounded amount, never makes anybody wait, and starts again from a snapshot.
func TestSlowPageIsResynced(t *testing.T) {
	var h Hub
	slow, quick := h.Join("slow", false), h.Join("quick", false)
	next(t, slow, version("1"))
	next(t, quick, version("1"))
	begun := time.Now()
	for range 10 * queueEvents {
		h.Publish(api.Event{File: &api.FileChange{Path: strings.Repeat("x", 1000)}})
		if slow.bytes > queueBytes || len(slow.queue) > queueEvents {
			t.Fatalf("%d bytes in %d events wait for a slow page", slow.bytes, len(slow.queue))
		}
	}
	if took := time.Since(begun); took > time.Minute {
		t.Errorf("publishing to a page that does not read took %v", took)
	}
	if e := next(t, slow, version("2")); len(e) != 1 || e[0].Snapshot == nil || e[0].Snapshot.Version != "2" {
		t.Errorf("a page that fell behind gets %d events", len(e))
	}
	h.Publish(said("fresh"))
	if e := next(t, slow, version("3")); len(e) != 1 || e[0].Console == nil || e[0].Console.Text != "fresh" {
		t.Errorf("after the snapshot: %+v", e)
	}
	slow.Leave()
	h.Publish(said("gone"))
	if len(slow.queue) != 0 {
		t.Error("events wait for a page that has left")
	}
}

// What a board prints and says while a page is slow is left out, the oldest first, and counted; nothing else is, and it all
// stays in its order.
func TestOfAFloodThePageGetsTheNewest(t *testing.T) {
	var h Hub
	c := h.Join("slow", false)
	next(t, c, version("1"))
	line := strings.Repeat("x", 99) + "\n"
	const rounds = 1000 // of ten lines and ten messages
	for i := range rounds {
		h.Publish(api.Event{Console: &api.Console{Text: strings.Repeat(line, 10), At: int64(1000 * (i + 1))}})
		batch := make([]api.Message, 10)
		for k := range batch {
			batch[k] = api.Message{Seq: int64(10*i + k + 1), Data: line}
		}
		h.Publish(api.Event{Message: &batch})
		if i%100 == 0 {
			h.Publish(api.Event{File: &api.FileChange{Hash: fmt.Sprint(i)}})
		}
		if c.flood > floodBytes {
			t.Fatalf("%d bytes of a flood wait", c.flood)
		}
	}
	lines, at, seq, files, lost := 0, int64(0), int64(0), 0, int64(0)
	for _, e := range next(t, c, version("2")) {
		switch {
		case e.Snapshot != nil:
			t.Fatal("it begins anew")
		case e.Console != nil:
			if e.Console.Lost > 0 && lines > 0 {
				t.Errorf("%d lines are missing after some that are not", e.Console.Lost)
			}
			lines += strings.Count(e.Console.Text, "\n")
			lost += e.Console.Lost
			at = e.Console.At
		case e.Message != nil:
			for _, m := range *e.Message {
				if m.Seq <= seq {
					t.Fatalf("%d after %d", m.Seq, seq)
				}
				seq = m.Seq
			}
		case e.File != nil:
			if e.File.Hash != fmt.Sprint(100*files) {
				t.Errorf("%s after %d files", e.File.Hash, files)
			}
			files++
		}
	}
	if lost == 0 || int64(lines)+lost != 10*rounds || at != 1000*rounds || seq != 10*rounds || files != rounds/100 {
		t.Errorf("%d lines and %d lost, to %d; messages to %d; %d files", lines, lost, at, seq, files)
	}
	if c.bytes != 0 || c.flood != 0 || len(c.queue) != 0 {
		t.Errorf("%d bytes wait, %d of a flood", c.bytes, c.flood)
	}
}

// What is cleared is not missing.
func TestOfAFloodWhatIsClearedIsNotMissing(t *testing.T) {
	var h Hub
	c := h.Join("slow", false)
	next(t, c, version("1"))
	full := strings.Repeat("x\n", floodBytes/8) // three of them, encoded, are too much
	h.Publish(said(full))
	h.Publish(said(full))
	h.Publish(said(full))
	h.Publish(api.Event{Console: &api.Console{Clear: true}})
	h.Publish(said(full))
	h.Publish(said(full))
	var got []string
	for _, e := range next(t, c, version("2")) {
		got = append(got, fmt.Sprint(e.Console.Clear, e.Console.Lost, len(e.Console.Text)))
	}
	if want := []string{"true 0 0", fmt.Sprint("false 0 ", len(full)), fmt.Sprint("false 0 ", len(full))}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A page that says what it takes gets no more than that, snapshots included.
func TestAPacedPageSetsThePace(t *testing.T) {
	var h Hub
	c := h.Join("paced", true)
	next(t, c, version("1"))
	for i := range 10 {
		h.Publish(api.Event{File: &api.FileChange{Hash: fmt.Sprint(i), Path: strings.Repeat("x", ahead/2)}})
	}
	if e := next(t, c, version("2")); len(e) != 2 || e[1].File.Hash != "1" {
		t.Fatalf("%d events", len(e))
	}
	if lines, behind := c.take(); len(lines) > 0 || behind {
		t.Fatalf("%d more, or a snapshot: %v", len(lines), behind)
	}
	c.Took(2) // the snapshot and one event
	if e := next(t, c, version("2")); len(e) != 1 || e[0].File.Hash != "2" {
		t.Fatalf("%+v", e)
	}
	h.Resync()
	if _, behind := c.take(); behind {
		t.Error("a snapshot goes to a page that takes nothing")
	}
	c.Took(-5)
	c.Took(100)
	if e := next(t, c, version("3")); len(e) != 1 || e[0].Snapshot == nil {
		t.Errorf("%+v", e)
	}
	if len(c.sizes) != 1 {
		t.Errorf("%d events are on their way", len(c.sizes))
	}
}

func TestResyncReachesEveryPage(t *testing.T) {
	var h Hub
	a, b := h.Join("a", false), h.Join("b", false)
	next(t, a, version("1"))
	next(t, b, version("1"))
	h.Publish(said("of the old board"))
	h.Resync()
	for _, c := range []*Client{a, b} {
		if e := next(t, c, version("2")); len(e) != 1 || e[0].Snapshot == nil {
			t.Errorf("%s gets %+v, want one snapshot", c.ID, e)
		}
	}
}

// Who wants to know when somebody looks waits for it, and is not told of those who have gone.
func TestWatched(t *testing.T) {
	var h Hub
	isWatched := func() bool {
		select {
		case <-h.Watched():
			return true
		default:
			return false
		}
	}
	waits := h.Watched()
	if isWatched() {
		t.Error("watched by nobody")
	}
	a := h.Join("a", false)
	select {
	case <-waits:
	default:
		t.Error("who waited is not told")
	}
	b := h.Join("b", false)
	a.Leave()
	a.Leave()
	if !isWatched() {
		t.Error("one of two has left, and nobody looks")
	}
	b.Leave()
	if isWatched() {
		t.Error("all have left, and somebody looks")
	}
	waits = h.Watched()
	b.Leave() // of one that has left, nothing comes
	h.Join("c", false)
	select {
	case <-waits:
	default:
		t.Error("who waited is not told after another left twice")
	}
}

func decode(t *testing.T, line []byte) (e api.Event) {
	t.Helper()
	if err := json.Unmarshal(line, &e); err != nil {
		t.Error(err)
	}
	return e
}

// kindOf says what an event is about, for a test's message.
func kindOf(e api.Event) string {
	b, _ := json.Marshal(e)
	kind, _, _ := strings.Cut(strings.TrimPrefix(string(b), `{"`), `"`)
	return kind
}
