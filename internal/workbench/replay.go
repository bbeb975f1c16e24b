package workbench

import (
	"context"

	"studioide/internal/api"
	"studioide/internal/bridge"
	"studioide/internal/problem"
	"studioide/internal/recording"
	"studioide/internal/session"
)

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

// Replay begins to send a recording to the selected board once more. What comes back is a recording of its own. It ends with
// the project or the board: what has come back until then is kept.
func (w *Workbench) Replay(ctx context.Context, id string, speed float64) (api.Replay, error) {
	if err := w.replaying.idle(); err != nil {
		return api.Replay{}, err
	}
	o, done, err := w.openRecording(ctx, id) // which may take long: Run does not wait for it
	if err != nil {
		return api.Replay{}, err
	}
	r, err := w.replayOpened(o, speed, done)
	if err != nil {
		done()
	}
	return r, err
}

// replayOpened is Replay of a recording that was opened; done lets go of it, at the end of what has begun.
func (w *Workbench) replayOpened(o *openedRecording, speed float64, done func()) (api.Replay, error) {
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	se, err := w.Session()
	if err != nil {
		return api.Replay{}, err
	}
	if err := w.replaying.idle(); err != nil {
		return api.Replay{}, err
	}
	if p, err := w.Project(); err != nil || p != o.of { // another one was opened meanwhile
		return api.Replay{}, recording.ErrMissing
	}
	store, err := w.recordingStore(true)
	if err != nil {
		return api.Replay{}, err
	}
	to, err := store.StartReplay(o.ID(), recording.Config{Name: o.About().Name + " ↻", Board: w.boardName()})
	if err != nil {
		store.Close()
		return api.Replay{}, err
	}
	return w.replaying.begin(func(int) api.Replay {
		return api.Replay{Of: o.ID(), State: "running", ID: to.ID()}
	}, func(ctx context.Context) func(*api.Replay) {
		defer done()
		defer store.Close()
		err := w.replay(ctx, o, se, to, speed)
		kept := to.Stop(recording.Replayed).Messages > 0
		if !kept {
			if err := store.Discard(to.ID()); err != nil {
				w.log.Warn("an empty recording was not removed", "err", err)
			}
		}
		return func(r *api.Replay) {
			if !kept {
				r.ID = ""
			}
			switch {
			case err == nil:
				r.State = "done"
			case ctx.Err() != nil:
				r.State = "cancelled"
			default:
				r.State, r.Problem = "failed", problem.Of(err)
			}
		}
	})
}

func (w *Workbench) replay(ctx context.Context, o *openedRecording, se *session.Session, to *recording.Writer, speed float64) error {
	conns := 0
	return o.Replay(ctx, to, recording.ReplayConfig{
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
			w.replaying.changeOften(func(r *api.Replay) { r.Done, r.All = done, all })
		},
	})
}

// CancelReplay ends the replay under way; what has come back until then is kept.
func (w *Workbench) CancelReplay() error { return w.replaying.stop() }

// CompareRecordings says how two runs differ.
func (w *Workbench) CompareRecordings(ctx context.Context, in api.CompareRecordings) (out api.ComparedRecordings, err error) {
	a, doneA, err := w.openRecording(ctx, in.A)
	if err != nil {
		return out, err
	}
	defer doneA()
	b, doneB, err := w.openRecording(ctx, in.B)
	if err != nil {
		return out, err
	}
	defer doneB()
	list, cut, err := recording.Compare(ctx, a.Reader, b.Reader, recording.Tolerance{Order: in.Order, Numbers: in.Numbers, Times: in.Times})
	out.Total, out.Cut = len(list), cut
	for _, e := range list {
		if e.Differs {
			out.Differ++
		}
		if (e.Differs || in.All) && len(out.Exchanges) < mostExchanges {
			out.Exchanges = append(out.Exchanges, api.ComparedExchange{Conn: e.Conn, SentA: one(e.SentA), SentB: one(e.SentB), A: some(e.A), B: some(e.B), Differs: e.Differs})
		}
	}
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
