package session

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"studioide/internal/api"
	"studioide/internal/devfs"
	"studioide/internal/flasher/esp"
	"studioide/internal/netfault"
	"studioide/internal/port"
	"studioide/internal/port/porttest"
	"studioide/internal/problem"
	"studioide/internal/virtual"
)

// slowEnd is a connection whose end takes a while.
type slowEnd struct {
	net.Conn
	closing chan struct{} // closed when its end has begun
	may     chan struct{} // closed when it may end
}

func (h slowEnd) Close() error {
	close(h.closing)
	<-h.may
	return h.Conn.Close()
}

// Of two faults that are ordered at the same time the one that is told is the one that is.
func TestFaultsTogether(t *testing.T) {
	host, _ := porttest.Pair(porttest.Options{})
	s, err := New(Config{Target: Target{Port: "line", Method: esp.New(), Close: func() error { return nil },
		Open: func(context.Context, string) (port.Port, error) { return host, nil }}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	near, far := net.Pipe()
	defer far.Close()
	h := slowEnd{near, make(chan struct{}), make(chan struct{})}
	if _, err := s.network.Dial(t.Context(), func(context.Context) (net.Conn, error) { return h, nil }); err != nil {
		t.Fatal(err)
	}
	var both sync.WaitGroup
	both.Go(func() { s.SetFault("cut") })
	<-h.closing
	both.Go(func() { s.SetFault("delay") })
	time.Sleep(50 * time.Millisecond) // the second would be through by now
	close(h.may)
	both.Wait()
	if is, told := string(s.network.Kind()), s.State().Fault; is != told || told != "delay" {
		t.Errorf("it is %q, told is %q", is, told)
	}
}

// A fault that was ordered is on the way to the board's server, is told, and ends
// when it is to and with Run.
func TestFaults(t *testing.T) {
	s, v, p := rig(t)
	flash(t, s, p[0])
	answers := func(limit time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		c := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return s.Dial(ctx) }, DisableKeepAlives: true}}
		r, err := http.NewRequestWithContext(ctx, "GET", "http://board/", nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := c.Do(r)
		if err == nil {
			res.Body.Close()
		}
		return err
	}
	const patience = 20 * time.Second
	if err := answers(patience); err != nil {
		t.Fatal(err)
	}
	set := func(kind string) {
		t.Helper()
		if err := s.SetFault(kind); err != nil || s.State().Fault != kind {
			t.Fatalf("%q: %v, told %q", kind, err, s.State().Fault)
		}
	}
	set("cut")
	if _, err := s.Dial(t.Context()); problem.Of(err).Code != "network.cut" {
		t.Errorf("while it is cut: %v", err)
	}
	set("half-open")
	if answers(50*time.Millisecond) == nil {
		t.Error("half-open, and it answers")
	}
	set("delay")
	began := time.Now()
	if err := answers(patience); err != nil || time.Since(began) < 3*netfault.DelayTime { // dialling, there and back
		t.Errorf("delayed: %v after %v", err, time.Since(began))
	}
	if err := s.SetFault("thunder"); problem.Of(err).Code != "network.no-such-fault" || s.State().Fault != "delay" {
		t.Errorf("%v, told %q", err, s.State().Fault)
	}

	s.restartEvery = 10 * time.Millisecond
	starts := make(chan struct{}, 100)
	stop := v.Watch(func(e virtual.Event) {
		if e.Kind == virtual.Started {
			starts <- struct{}{}
		}
	})
	set("restart")
	for range 2 {
		select {
		case <-starts:
		case <-time.After(patience):
			t.Fatal("it does not restart again and again")
		}
	}
	stop()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := s.Run(ctx, p[0], func() ([]devfs.Local, error) { return nil, nil }, quiet); err != nil {
		t.Fatal(err)
	}
	if b := s.State(); b.Fault != "" || b.State != api.BoardRunning {
		t.Errorf("after Run: %+v", b)
	}
	if err := answers(patience); err != nil {
		t.Errorf("after Run: %v", err)
	}
}
