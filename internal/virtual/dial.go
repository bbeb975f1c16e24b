package virtual

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"studio/host"

	"studioide/internal/outgoing"
)

// dial opens the connection that a program asks for, and carries its bytes.
func (c *control) dial(program net.Conn) {
	var buf []byte
	program.SetReadDeadline(time.Now().Add(2 * time.Second))
	op, body, err := host.ReadFrame(program, &buf)
	if err != nil || op != host.OpDial {
		return
	}
	program.SetReadDeadline(time.Time{})
	status := host.StatusRefused
	var conn net.Conn
	if dial := c.l.b.config.Dial; dial != nil {
		if conn, err = dial(c.l.ctx, string(body)); err == nil {
			status = host.StatusDone
			if !c.opened(conn) {
				return
			}
			defer c.ended(conn)
		} else {
			status = dialStatus(err)
		}
	}
	if _, err := program.Write([]byte{status}); err != nil || conn == nil {
		return
	}
	stop := context.AfterFunc(c.l.ctx, func() {
		program.Close()
		conn.Close()
	})
	defer stop()
	back := make(chan struct{})
	go func() {
		defer close(back)
		carry(program, conn)
	}()
	carry(conn, program)
	<-back
}

// carry carries bytes until they end, and says so; when they cannot be carried, both ways end.
func carry(to, from net.Conn) {
	if _, err := io.Copy(to, from); err != nil {
		to.Close()
		from.Close()
		return
	}
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
}

func dialStatus(err error) byte {
	for _, s := range []struct {
		err    error
		status byte
	}{
		{outgoing.ErrAsk, host.StatusRefused}, {outgoing.ErrOwn, host.StatusOwn}, {outgoing.ErrNoHost, host.StatusNoHost}, {outgoing.ErrNobody, host.StatusNobody},
	} {
		if errors.Is(err, s.err) {
			return s.status
		}
	}
	return host.StatusNoAnswer
}
