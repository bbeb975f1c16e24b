package bridge

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A client that closes its sending half after its request gets its whole answer,
// also a slow one; one that has gone altogether frees the board's connection.
func TestHalfClosedClient(t *testing.T) {
	const piece, pieces = "0123456789abcdef", 8
	asked, freed := make(chan struct{}, 10), make(chan struct{}, 10)
	p, _ := start(t, raw(t, func(c net.Conn, r *bufio.Reader) {
		head := readHeadOf(r)
		if head == "" {
			return
		}
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", len(piece)*pieces)
		if strings.HasPrefix(head, "GET /never ") {
			asked <- struct{}{}
			io.Copy(io.Discard, r) // until the other side gives up
			freed <- struct{}{}
			return
		}
		for range pieces {
			time.Sleep(30 * time.Millisecond)
			io.WriteString(c, piece)
		}
	}), nil)
	address := strings.TrimSuffix(strings.TrimPrefix(p.URL(), "http://"), "/")
	ask := func(path, header string) net.Conn {
		t.Helper()
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", path, address, header)
		if path == "/never" {
			<-asked
		}
		c.(*net.TCPConn).CloseWrite()
		return c
	}
	answer, err := http.ReadResponse(bufio.NewReader(ask("/x", "")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(answer.Body); err != nil || string(b) != strings.Repeat(piece, pieces) {
		t.Errorf("%q %v", b, err)
	}
	for _, header := range []string{"", "Sec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-origin\r\n"} {
		ask("/never", header).Close()
		select {
		case <-freed:
		case <-time.After(time.Minute):
			t.Fatalf("%q: the board's connection is never given up", header)
		}
	}
}

func TestLongListOfTags(t *testing.T) {
	heads := make(chan string, 1)
	p, _ := start(t, raw(t, func(c net.Conn, r *bufio.Reader) {
		if head := readHeadOf(r); head != "" {
			heads <- head
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx")
		}
	}), nil)
	for n, sent := range map[int]bool{1: true, 500: false} {
		r, _ := http.NewRequest("GET", p.URL()+"a.css", nil)
		r.Header.Set("If-None-Match", strings.Repeat(`"0123456789abcdef", `, n)+`"x"`)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if head := <-heads; strings.Contains(head, "If-None-Match") != sent || answer.StatusCode != 200 {
			t.Errorf("%d tags: %d, %s", n, answer.StatusCode, head)
		}
	}
}
