package httpbody

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// serve runs a handler that reads the body as it was told and says how that went.
func serve(t *testing.T, stall, total time.Duration, read func(*http.Request) error) (addr string, ended chan error) {
	t.Helper()
	ended = make(chan error, 10)
	s := httptest.NewServer(Limit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := read(r)
		ended <- err
		if err != nil {
			w.WriteHeader(http.StatusRequestTimeout)
		}
	}), stall, total))
	t.Cleanup(s.Close)
	return s.Listener.Addr().String(), ended
}

func all(r *http.Request) error {
	_, err := io.ReadAll(r.Body)
	return err
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

const head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"

func wantSlow(t *testing.T, ended chan error) {
	t.Helper()
	select {
	case err := <-ended:
		if !errors.Is(err, ErrSlow) {
			t.Errorf("reading ends with %v, want ErrSlow", err)
		}
	case <-time.After(60 * time.Second):
		t.Fatal("a body that does not come is waited for")
	}
}

func TestBodyThatStops(t *testing.T) {
	for _, sent := range []string{"", "some"} {
		addr, ended := serve(t, 100*time.Millisecond, time.Hour, all)
		c := dial(t, addr)
		io.WriteString(c, head+sent)
		wantSlow(t, ended)
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || answer.StatusCode != http.StatusRequestTimeout {
			t.Errorf("the answer is %v, %v", answer, err)
		}
	}
}

// One byte now and then is never a stall, and yet not for ever.
func TestBodyThatTrickles(t *testing.T) {
	addr, ended := serve(t, time.Hour, 300*time.Millisecond, all)
	c := dial(t, addr)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
	go func() {
		for {
			if _, err := io.WriteString(c, "x"); err != nil {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	wantSlow(t, ended)
}

// What nobody reads ends as well: the server would read it after the answer.
func TestBodyThatNobodyReads(t *testing.T) {
	addr, _ := serve(t, 100*time.Millisecond, time.Hour, func(*http.Request) error { return nil })
	c := dial(t, addr)
	io.WriteString(c, head)
	c.SetReadDeadline(time.Now().Add(60 * time.Second))
	if _, err := io.Copy(io.Discard, c); err != nil { // to the connection's end
		t.Errorf("the connection goes on: %v", err)
	}
}

// A handler that takes longer than any limit, after the body has come, is left alone, and so is the next request.
func TestHandlerMayTakeLong(t *testing.T) {
	const limit = 100 * time.Millisecond
	addr, ended := serve(t, limit, limit, func(r *http.Request) error {
		if _, err := io.ReadAll(r.Body); err != nil {
			return err
		}
		select {
		case <-r.Context().Done():
			return r.Context().Err()
		case <-time.After(5 * limit):
			return nil
		}
	})
	c := dial(t, addr)
	in := bufio.NewReader(c)
	for range 2 {
		fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
		if err := <-ended; err != nil {
			t.Fatalf("the handler was disturbed: %v", err)
		}
		if answer, err := http.ReadResponse(in, nil); err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("the answer is %v, %v", answer, err)
		}
		time.Sleep(2 * limit)
	}
}

// What has no body has no limit: a WebSocket goes on.
func TestNoBody(t *testing.T) {
	const limit = 50 * time.Millisecond
	s := httptest.NewServer(Limit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		line, _ := rw.ReadString('\n')
		rw.WriteString(strings.ToUpper(line))
		rw.Flush()
	}), limit, limit))
	defer s.Close()
	c := dial(t, s.Listener.Addr().String())
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
	time.Sleep(4 * limit)
	io.WriteString(c, "still here\n")
	if line, err := bufio.NewReader(c).ReadString('\n'); line != "STILL HERE\n" {
		t.Errorf("%q, %v", line, err)
	}
}
