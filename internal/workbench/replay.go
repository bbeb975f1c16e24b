package workbench

import (
	"context"
	"errors"
	"sync"
	"time"

	"studioide/internal/api"
	"studioide/internal/bridge"
	"studioide/internal/problem"
	"studioide/internal/recording"
	"studioide/internal/session"
)

// replaying is the replay under way, or the last one.
type replaying struct {
	mu     sync.Mutex
	now    api.Replay
	cancel context.CancelFunc
}

const (
	mostExchanges = 500 // that are answered
	mostAnswers   = 50  // of one exchange
)

// replayLine is a connection of its own for a replay.
type replayLine struct{ *bridge.Console }

func (l replayLine) Close(code int, reason string) error {
	err := l.Console.Close(code, reason)
	l.Stop()
	return err
}

// Replay begins to send a recording to the selected board once more. What comes back is a recording of its own.
func (w *Workbench) Replay(ctx context.Context, id string, speed float64) (api.Replay, error) {
	se, err := w.Session()
	if err != nil {
		return api.Replay{}, err
	}
	r := &w.replaying
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now.State == "running" {
		return r.now, recording.ErrReplaying
	}
	o, done, err := w.openRecording(ctx, id)
	if err != nil {
		return api.Replay{}, err
	}
	store, err := w.recordingStore(true)
	if err != nil {
		done()
		return api.Replay{}, err
	}
	about := o.About()
	to, err := store.StartReplay(id, recording.Config{Name: about.Name + " ↻", Board: w.boardName()})
	if err != nil {
		done()
		store.Close()
		return api.Replay{}, err
	}
	var background context.Context
	background, r.cancel = context.WithCancel(w.ctx)
	r.now = api.Replay{Of: id, State: "running", ID: to.ID()}
	w.hub.Publish(api.Event{Replay: &r.now})
	w.jobs.Go(func() {
		defer done()
		defer store.Close()
		defer r.cancel()
		w.replay(background, o, se, to, speed)
	})
	return r.now, nil
}

func (w *Workbench) replay(ctx context.Context, o *openedRecording, se *session.Session, to *recording.Writer, speed float64) {
	told := time.Now()
	conns := 0
	err := o.Replay(ctx, to, recording.ReplayConfig{
		Speed: min(max(speed, 0), 1000),
		Open: func(ctx context.Context, path string, emit func(api.Message)) (recording.Line, error) {
			conns++
			c := bridge.NewConsole(bridge.ConsoleConfig{Dial: se.Dial, Emit: emit, Number: conns})
			if path == "" { // its opening was not recorded
				path = "/ws"
			}
			if err := c.Connect(ctx, bridge.Target{Path: path}); err != nil {
				c.Stop()
				return nil, err
			}
			return replayLine{c}, nil
		},
		Progress: func(done, all int64) {
			if done == all || time.Since(told) > 200*time.Millisecond {
				told = time.Now()
				w.tellReplay(func(r *api.Replay) { r.Done, r.All = done, all })
			}
		},
	})
	to.Stop(recording.Replayed)
	w.tellReplay(func(r *api.Replay) {
		switch {
		case err == nil:
			r.State = "done"
		case ctx.Err() != nil || errors.Is(err, context.Canceled):
			r.State = "cancelled"
		default:
			r.State, r.Problem = "failed", problem.Of(err)
		}
	})
}

func (w *Workbench) tellReplay(change func(*api.Replay)) {
	r := &w.replaying
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.now)
	now := r.now
	w.hub.Publish(api.Event{Replay: &now})
}

// CancelReplay ends the replay under way; what has come back until then is kept.
func (w *Workbench) CancelReplay() {
	r := &w.replaying
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cancel != nil {
		r.cancel()
	}
}

// CompareRecordings says how two runs differ.
func (w *Workbench) CompareRecordings(ctx context.Context, in api.CompareRecordings) (out api.ComparedRecordings, err error) {
	err = w.withRecordings(func(s recording.Store) error {
		active := w.recordings.active.Load()
		a, err := s.Open(ctx, in.A, active)
		if err != nil {
			return err
		}
		defer a.Close()
		b, err := s.Open(ctx, in.B, active)
		if err != nil {
			return err
		}
		defer b.Close()
		list, cut, err := recording.Compare(ctx, a, b, recording.Tolerance{Order: in.Order, Numbers: in.Numbers, Times: in.Times})
		out.Total, out.Cut = len(list), cut
		for _, e := range list {
			if e.Differs {
				out.Differ++
			}
			if (e.Differs || in.All) && len(out.Exchanges) < mostExchanges {
				out.Exchanges = append(out.Exchanges, api.ComparedExchange{Conn: e.Conn, SentA: one(e.SentA), SentB: one(e.SentB), A: some(e.A), B: some(e.B), Differs: e.Differs})
			}
		}
		return err
	})
	return out, err
}

func one(m *api.Message) []api.Message {
	if m == nil {
		return nil
	}
	return []api.Message{bridge.Cut(*m)}
}

func some(list []api.Message) (out []api.Message) {
	for _, m := range list[:min(len(list), mostAnswers)] {
		out = append(out, bridge.Cut(m))
	}
	return out
}
