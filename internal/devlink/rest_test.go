package devlink_test

import (
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"studioide/internal/devfs/devfstest"
	"studioide/internal/devlink"
	"studioide/internal/port"
	"studioide/internal/port/porttest"
)

// borrowed counts how often it is read. With stuck, a deadline that has passed
// stays in effect whatever anybody sets, until the port is closed.
type borrowed struct {
	port.Port
	reads atomic.Int64
	stuck bool
}

func (b *borrowed) Read(p []byte) (int, error) {
	switch n := b.reads.Add(1); {
	case n > 100_000:
		return 0, port.ErrGone // simulated time does not pass while somebody turns round
	case b.stuck:
		return 0, os.ErrDeadlineExceeded
	}
	return b.Port.Read(p)
}

// A deadline that a flasher or anybody else has left behind must not make the
// reader turn round: at rest nothing is read, also when it comes later, and a
// port that cannot be cured is asked a few times a second.
func TestReaderRests(t *testing.T) {
	for _, c := range []struct {
		name    string
		stuck   bool
		during  bool // somebody else's deadline passes while the link is up
		atMost  int64
		answers bool
	}{
		{name: "left behind", atMost: 200, answers: true},
		{name: "set meanwhile", during: true, atMost: 200, answers: true},
		{name: "always", stuck: true, atMost: 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				host, far := porttest.Pair(porttest.Options{})
				board := devfstest.StartBoard(far, devfstest.BoardConfig{})
				p := &borrowed{Port: host, stuck: c.stuck}
				past := func() { host.SetReadDeadline(time.Now().Add(-time.Second)) }
				past()
				conn := devlink.Start(p, nil)
				if c.during {
					time.Sleep(time.Second)
					past()
				}
				time.Sleep(time.Minute)
				if n := p.reads.Load(); n > c.atMost {
					t.Errorf("read %d times in a minute in which nothing came", n)
				}
				if c.answers {
					if _, err := conn.Hello(t.Context()); err != nil {
						t.Error(err)
					}
				}
				began := time.Now()
				if conn.Release() == nil {
					t.Error("the port was not given back")
				}
				if d := time.Since(began); d > time.Second {
					t.Errorf("Release took %v", d)
				}
				host.Unplug()
				board.Stop()
			})
		})
	}
}
