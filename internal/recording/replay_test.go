package recording

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"studioide/internal/api"
)

// board answers every message; what says how.
type board struct {
	answer func(text string) []string
	mu     sync.Mutex
	log    []string
	open   int
}

type boardLine struct {
	*board
	emit func(api.Message)
}

func (b *board) connect(_ context.Context, path string, emit func(api.Message)) (Line, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if path == "/gone" {
		return nil, errors.New("no")
	}
	b.open++
	b.log = append(b.log, "open "+path)
	emit(api.Message{Time: 1, Kind: "open", Data: path})
	return boardLine{b, emit}, nil
}

func (l boardLine) SendText(text string) error {
	l.mu.Lock()
	l.log = append(l.log, text)
	l.mu.Unlock()
	l.emit(api.Message{Time: 1, Kind: "sent", Data: text})
	go func() {
		for _, a := range l.answer(text) {
			l.emit(api.Message{Time: 1, Kind: "received", Data: a})
		}
	}()
	return nil
}

func (l boardLine) SendBinary(b []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.log = append(l.log, fmt.Sprintf("% x", b))
	l.emit(api.Message{Time: 1, Kind: "sent", Binary: true, Data: base64.StdEncoding.EncodeToString(b)})
	return nil
}

func (l boardLine) Close(int, string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.board.open--
	return nil
}

// A replay sends what was sent, on the same connections, waits for what came, and the comparison says which answers differ.
func TestReplayAndCompare(t *testing.T) {
	s := testStore(t, t.TempDir())
	list := []api.Message{{Time: 1000, From: "console", Conn: 1, Kind: "open", Data: "/ws"}, {Time: 1001, From: "page", Conn: 7, Kind: "open", Data: "/other"},
		{Time: 1001, From: "page", Conn: 8, Kind: "open", Data: "ws://elsewhere/"}, {Time: 1001, From: "page", Conn: 8, Kind: "sent", Data: "secret"}}
	for n := range 12 {
		list = append(list, api.Message{Time: int64(1002 + n), From: "console", Conn: 1, Kind: "sent", Data: fmt.Sprint("ask ", n)},
			api.Message{Time: int64(1002 + n), From: "console", Conn: 1, Kind: "received", Data: fmt.Sprint("t=", n)},
			api.Message{Time: int64(1002 + n), From: "console", Conn: 1, Kind: "received", Data: "done at 10:02:14"})
	}
	list = append(list, api.Message{Time: 1100, From: "page", Conn: 7, Kind: "sent", Binary: true, Data: "AAE="}, api.Message{Time: 1101, From: "page", Conn: 7, Kind: "close"})
	r := recorded(t, s, list)
	b := &board{answer: func(text string) []string {
		var n int
		if k, _ := fmt.Sscanf(text, "ask %d", &n); k == 0 {
			return nil
		}
		switch n {
		case 3:
			return []string{"t=33", "done at 10:02:14"} // another number
		case 5:
			return []string{"done at 10:02:14", "t=5"} // another order
		case 7:
			return []string{"t=7", "done at 23:59:59.5"} // another time
		}
		return []string{fmt.Sprint("t=", n), "done at 10:02:14"}
	}}
	for _, speed := range []float64{0, 10} {
		b.log = nil
		to, err := s.StartReplay(r.ID(), Config{Name: "again"})
		if err != nil {
			t.Fatal(err)
		}
		var done, all int64
		err = r.Replay(t.Context(), to, ReplayConfig{Open: b.connect, Speed: speed, Progress: func(d, a int64) { done, all = d, a }})
		a := to.Stop(Replayed)
		if err != nil || done != 13 && done != 14 || all < done || b.open != 0 || a.Of != r.ID() {
			t.Errorf("%v: %d of %d, %d open, %+v", err, done, all, b.open, a)
		}
		if sent := strings.Join(b.log, "|"); strings.Contains(sent, "secret") || !strings.HasPrefix(sent, "open /ws|open /other|ask 0|") || !strings.HasSuffix(sent, "|00 01") {
			t.Errorf("%s", sent)
		}
		if speed != 0 {
			continue // answers may come after the next message was sent
		}
		again := open(t, s, a.ID, nil)
		for tolerance, want := range map[Tolerance]string{
			{}:            "ask 3 ask 5 ask 7",
			{Order: true}: "ask 3 ask 7",
			{Times: true}: "ask 3 ask 5",
			{Order: true, Numbers: true, Times: true}: "",
			{Numbers: true}: "ask 5",
		} {
			found, cut, err := Compare(t.Context(), r, again, tolerance)
			var differ []string
			for _, e := range found {
				if e.Differs && e.SentA != nil && e.SentA.Data != "secret" {
					differ = append(differ, e.SentA.Data)
				}
			}
			if got := strings.Join(differ, " "); err != nil || cut || got != want {
				t.Errorf("%+v: %s; want %s (%v)", tolerance, got, want, err)
			}
		}
	}
}

// A replay that is cancelled, or whose board does not answer, ends.
func TestReplayEnds(t *testing.T) {
	s := testStore(t, t.TempDir())
	r := recorded(t, s, []api.Message{{Time: 1000, Kind: "open", Data: "/ws"}, {Time: 1001, Kind: "sent", Data: "a"}, {Time: 1002, Kind: "received", Data: "b"}, {Time: 9_000_000, Kind: "sent", Data: "c"}})
	b := &board{answer: func(string) []string { return nil }}
	to := start(t, s, Config{})
	if err := r.Replay(t.Context(), to, ReplayConfig{Open: b.connect, Patience: time.Millisecond}); err != nil || len(b.log) != 3 {
		t.Errorf("%v %q", err, b.log)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := r.Replay(ctx, to, ReplayConfig{Open: b.connect, Speed: 1, Progress: func(done, _ int64) {
		if done > 0 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || b.open != 0 {
		t.Errorf("%v, %d open", err, b.open)
	}
	silent := recorded(t, s, []api.Message{{Time: 1000, Kind: "open", Data: "/ws"}})
	wantCode(t, silent.Replay(t.Context(), to, ReplayConfig{Open: b.connect}), "recording.nothing-sent", "")
	gone := recorded(t, s, []api.Message{{Time: 1000, Kind: "open", Data: "/gone"}, {Time: 1001, Kind: "sent", Data: "a"}})
	if err := gone.Replay(t.Context(), to, ReplayConfig{Open: b.connect}); err == nil || err.Error() != "no" {
		t.Error(err)
	}
}
