package server

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"studioide/internal/problem"
	"studioide/internal/workbench"
)

// A body that does not come ends the request, in words, and the connection.
func TestSlowBodies(t *testing.T) {
	defer func(old time.Duration) { bodyStall = old }(bodyStall)
	bodyStall = 200 * time.Millisecond
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New(ln, Config{Workbench: &workbench.Workbench{}, Guard: NewGuard(ln.Addr(), programToken, &memory{}), Page: http.NotFoundHandler()})
	go s.Serve()
	defer s.Shutdown(t.Context())
	for path, sent := range map[string]string{"/api/files/www/a.txt": "", "/api/console": `{"text":"x`, "/api/settings": "{"} {
		method := http.MethodPut
		if path == "/api/console" {
			method = http.MethodPost
		}
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: 100\r\nIf-Match: *\r\n\r\n%s", method, path, ln.Addr(), programToken, sent)
		c.SetDeadline(time.Now().Add(60 * time.Second))
		in := bufio.NewReader(c)
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		var e struct{ Error *problem.Problem }
		if err := json.NewDecoder(r.Body).Decode(&e); err != nil || r.StatusCode != http.StatusRequestTimeout || e.Error == nil || e.Error.Code != "http.slow" {
			t.Errorf("%s = %d %+v, %v", path, r.StatusCode, e.Error, err)
		}
		if _, err := io.Copy(io.Discard, in); err != nil {
			t.Errorf("%s: the connection goes on: %v", path, err)
		}
	}
}
