package virtual

import (
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"studio/host"

	"studioide/internal/outgoing"
)

// A program connects to what the user has allowed and to nothing else, with all of its limits in place.
func TestProgramDials(t *testing.T) { kinds(t, testProgramDials) }

func testProgramDials(t *testing.T, c Config) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	arrived := make(chan net.Conn, 8)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			arrived <- conn
		}
	}()
	at := l.Addr().String()
	d := &outgoing.Dialer{}
	c.Dial, c.Own = d.Dial, outgoing.Own
	b, h := running(t, c)

	want := func(command string, status byte) {
		t.Helper()
		if got := h.line(command, "dialled"); got != fmt.Sprint(status) {
			t.Errorf("%s: %s, want %d", command, got, status)
		}
	}
	want("dial "+at, host.StatusRefused)
	want("dial nonsense", host.StatusNoHost)
	if len(arrived) > 0 {
		t.Fatal("connected before it was allowed")
	}
	d.Allow(at, true)
	want("dial "+at, host.StatusDone)
	conn := <-arrived
	if heard, err := io.ReadAll(conn); err != nil || string(heard) != "ping" {
		t.Errorf("%q, %v", heard, err)
	}
	io.WriteString(conn, "pong")
	conn.Close()
	if got := h.line("echo x", "answer"); got != "pong <nil>" {
		t.Error(got)
	}

	// The chip's own port is Studio's.
	b.mu.Lock()
	own := fmt.Sprint("127.0.0.1:", b.control.port())
	b.mu.Unlock()
	want("dial "+own, host.StatusRefused)
	d.Allow(own, true)
	want("dial "+own, host.StatusOwn)

	closed := func(conn net.Conn, why string) {
		t.Helper()
		conn.SetReadDeadline(time.Now().Add(patience))
		if n, err := conn.Read(make([]byte, 1)); err == nil || n > 0 {
			t.Error("bytes", why)
		} else if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
			t.Error("open", why)
		}
	}
	want("hold "+at, host.StatusDone)
	conn = <-arrived
	d.Forget()
	h.expect("cut")
	closed(conn, "after it was taken back")
	want("dial "+at, host.StatusRefused)
	d.Allow(at, true)
	want("hold "+at, host.StatusDone)
	conn = <-arrived
	h.reset()
	h.expect("attached")
	closed(conn, "after the program's end")
}

func TestNobodyDialsWithoutStudio(t *testing.T) {
	_, h := running(t, Config{})
	if got := h.line("dial 127.0.0.1:80", "dialled"); got != fmt.Sprint(host.StatusRefused) {
		t.Error(got)
	}
}
