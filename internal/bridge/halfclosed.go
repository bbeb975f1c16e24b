package bridge

import (
	"context"
	"net/http"
	"time"
)

// halfClosedIdle is how long a client that sends no more is given without a
// byte of its answer going out.
const halfClosedIdle = 5 * time.Second

// serveHalfClosed serves a client that may close its sending half after its
// request, as nc -N does, and still waits for the answer. To net/http that looks
// as if it had gone: the request's context ends. So the answer goes on here as
// long as it is moving and can be written. Browsers, which say where a request
// comes from (Sec-Fetch-Mode), close both halves when they do not want it any
// more, and their requests end at once.
func (p *Proxy) serveHalfClosed(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Sec-Fetch-Mode") != "" {
		p.reverse.ServeHTTP(w, r)
		return
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	defer cancel()
	idle := time.AfterFunc(time.Hour, cancel)
	idle.Stop()
	defer idle.Stop()
	stop := context.AfterFunc(r.Context(), func() { idle.Reset(halfClosedIdle) })
	defer stop()
	p.reverse.ServeHTTP(&movingWriter{ResponseWriter: w, moved: func() {
		if r.Context().Err() != nil {
			idle.Reset(halfClosedIdle)
		}
	}, failed: cancel}, r.WithContext(ctx))
}

// movingWriter tells of what goes out.
type movingWriter struct {
	http.ResponseWriter
	moved, failed func()
}

// Unwrap gives http.ResponseController what it needs for flushing.
func (m *movingWriter) Unwrap() http.ResponseWriter { return m.ResponseWriter }

func (m *movingWriter) Write(b []byte) (int, error) {
	n, err := m.ResponseWriter.Write(b)
	if err != nil {
		m.failed()
	} else {
		m.moved()
	}
	return n, err
}
