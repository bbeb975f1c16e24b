// Package httpbody ends requests whose bodies come too slowly: a client that
// sends a byte now and then would hold a connection, and what a handler has
// taken for it, for ever. Time limits of http.Server know no difference between
// a body and what follows it, such as a WebSocket or a handler that takes long.
//
//	server.Handler = httpbody.Limit(handler, 20*time.Second, 2*time.Minute)
package httpbody

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// ErrSlow is what reading a body gives that took too long.
var ErrSlow = errors.New("the body of the request comes too slowly")

// Limit gives the body of each request to next a time limit: something has to
// come within stall, and all of it within total. After that, reading it gives
// ErrSlow, and the connection ends with the answer.
// Requests without a body, WebSockets among them, have no limit.
func Limit(next http.Handler, stall, total time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody && r.ContentLength != 0 {
			b := &body{ReadCloser: r.Body, connection: http.NewResponseController(w), stall: stall, end: time.Now().Add(total)}
			b.wait() // also for a handler that reads nothing: the server reads what is left, then
			r.Body = b
		}
		next.ServeHTTP(w, r)
	})
}

// body is read by one goroutine at a time.
type body struct {
	io.ReadCloser
	connection *http.ResponseController
	stall      time.Duration
	end        time.Time
}

// wait sets the limit for what is to come next. A connection that knows no limits, as in a test, has none.
func (b *body) wait() {
	until := time.Now().Add(b.stall)
	if b.end.Before(until) {
		until = b.end
	}
	b.connection.SetReadDeadline(until)
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	switch {
	case err == nil && n > 0:
		b.wait()
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = ErrSlow
	case errors.Is(err, io.EOF): // from now on the server only looks whether the client is still there
		b.connection.SetReadDeadline(time.Time{})
	}
	return n, err
}
