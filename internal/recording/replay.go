package recording

import (
	"context"
	"encoding/base64"
	"strings"
	"sync"
	"time"

	"studioide/internal/api"
	"studioide/internal/pause"
)

// Line is a connection that a replay sends by.
type Line interface {
	SendText(string) error
	SendBinary([]byte) error
	Close(code int, reason string) error
}

// ReplayConfig says how a recording is sent again. Open is needed.
type ReplayConfig struct {
	// Open connects to a path of the board; what comes over that connection is given to emit, in order, until it is closed.
	Open     func(ctx context.Context, path string, emit func(api.Message)) (Line, error)
	Speed    float64               // 1: the original timing, 2: twice as fast; 0: as fast as answers come
	Progress func(done, all int64) // messages sent, and to be sent; nil: nobody asks
	Patience time.Duration         // for an answer that came last time; 0: 2 s
}

// replay is a Replay under way.
type replay struct {
	ReplayConfig
	to    *Writer
	lines map[socketKey]*replayed

	mu   sync.Mutex
	news chan struct{} // closed and made anew when a message comes
}

type replayed struct {
	Line
	got  int // messages that came; guarded by replay.mu
	want int // that had come by now when it was recorded
}

// Replay sends what was sent in a recording once more, and records into to what was sent and what comes back, under the
// connections' numbers of the recording. Connections to other servers than the board are left out. It returns when the
// answers have come that came when it was recorded, or when nothing has come for a while; ctx ends it earlier.
func (r *Reader) Replay(ctx context.Context, to *Writer, c ReplayConfig) error {
	if c.Patience <= 0 {
		c.Patience = 2 * time.Second
	}
	all, elsewhere := int64(0), map[socketKey]bool{}
	first, end := r.Range()
	if err := r.Each(ctx, first, end, func(m *api.Message) error {
		if m.Kind == "sent" {
			all++
		}
		return nil
	}); err != nil {
		return err
	}
	if all == 0 {
		return errNothingSent
	}
	if c.Progress == nil {
		c.Progress = func(int64, int64) {}
	}
	c.Progress(0, all)
	p := &replay{ReplayConfig: c, to: to, lines: map[socketKey]*replayed{}, news: make(chan struct{})}
	defer p.closeAll()
	began, start, done := time.Now(), int64(0), int64(0)
	err := r.Each(ctx, first, end, func(m *api.Message) (err error) {
		key := socketKey{m.From, m.Conn}
		switch m.Kind {
		case "open":
			if elsewhere[key] = strings.Contains(pathOf(m), "://"); elsewhere[key] {
				return nil
			}
		case "sent", "received", "close":
			if elsewhere[key] {
				return nil
			}
		default:
			return nil
		}
		if start == 0 {
			start = m.Time
		}
		if m.Kind != "received" && c.Speed > 0 {
			err = pause.For(ctx, time.Until(began.Add(time.Duration(float64(m.Time-start)/c.Speed*float64(time.Millisecond)))))
		} else if m.Kind != "received" {
			err = p.answered(ctx, key)
		}
		if err == nil {
			err = p.do(ctx, key, m)
		}
		if m.Kind == "sent" {
			done++
			c.Progress(done, all)
		}
		return err
	})
	for key := range p.lines {
		if err == nil {
			err = p.answered(ctx, key)
		}
	}
	return err
}

// do does what one message of the recording says.
func (p *replay) do(ctx context.Context, key socketKey, m *api.Message) error {
	l := p.lines[key]
	if m.Kind == "close" || m.Kind == "open" {
		if l != nil {
			if err := p.answered(ctx, key); err != nil {
				return err
			}
			l.Close(0, "")
			delete(p.lines, key)
		}
		if m.Kind == "close" {
			return nil
		}
		l = nil
	}
	if l == nil {
		l = &replayed{}
		line, err := p.Open(ctx, pathOf(m), func(in api.Message) { p.take(key, l, in) })
		if err != nil {
			return err
		}
		l.Line = line
		p.lines[key] = l
	}
	switch {
	case m.Kind == "received":
		l.want++
	case m.Kind == "sent" && m.Binary:
		b, err := base64.StdEncoding.DecodeString(m.Data)
		if err != nil {
			return nil // a line that somebody has changed
		}
		return l.SendBinary(b)
	case m.Kind == "sent":
		return l.SendText(m.Data)
	}
	return nil
}

// take records what comes over a connection.
func (p *replay) take(key socketKey, l *replayed, m api.Message) {
	m.From, m.Conn = key.from, key.conn
	p.to.Add(m)
	if m.Kind != "received" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	l.got++
	close(p.news)
	p.news = make(chan struct{})
}

// answered waits until as much has come over a connection as had come at this place of the recording, or nothing comes any more.
func (p *replay) answered(ctx context.Context, key socketKey) error {
	l := p.lines[key]
	if l == nil {
		return ctx.Err()
	}
	for {
		p.mu.Lock()
		enough, news := l.got >= l.want, p.news
		p.mu.Unlock()
		if enough {
			return ctx.Err()
		}
		timer := time.NewTimer(p.Patience)
		select {
		case <-news:
			timer.Stop()
		case <-timer.C:
			p.mu.Lock()
			l.want = l.got // what is missing is not waited for again
			p.mu.Unlock()
			return nil
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

func (p *replay) closeAll() {
	for _, l := range p.lines {
		l.Close(0, "")
	}
}

// StartReplay begins the recording of what comes back at a replay of another one.
func (s Store) StartReplay(of string, c Config) (*Writer, error) { return s.start(c, of) }
