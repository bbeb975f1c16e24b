package workbench

import (
	"context"
	"encoding/json"
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
	c := h.Join("tab")
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
	slow, quick := h.Join("slow"), h.Join("quick")
	next(t, slow, version("1"))
	next(t, quick, version("1"))
	begun := time.Now()
	for range 10 * queueEvents {
		h.Publish(said(strings.Repeat("x", 1000)))
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

func TestResyncReachesEveryPage(t *testing.T) {
	var h Hub
	a, b := h.Join("a"), h.Join("b")
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
	a := h.Join("a")
	select {
	case <-waits:
	default:
		t.Error("who waited is not told")
	}
	b := h.Join("b")
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
	h.Join("c")
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
