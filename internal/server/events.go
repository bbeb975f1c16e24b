package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/gorilla/websocket"
	"github.com/labstack/echo/v4"

	"studioide/internal/workbench"
)

const (
	writeWait = 10 * time.Second // a page that takes no byte for so long is gone
	pingEvery = 20 * time.Second
)

// events is the event socket: the server speaks, the page listens. A paced page says how many events it has taken since it
// last said so, and gets no more than it takes.
func events(w *workbench.Workbench) echo.HandlerFunc {
	// The guard has checked Host, Origin and cookie; the upgrader's own check would repeat it.
	up := websocket.Upgrader{ReadBufferSize: 1 << 10, WriteBufferSize: 16 << 10, EnableCompression: false}
	return func(c echo.Context) error {
		conn, err := up.Upgrade(c.Response(), c.Request(), nil)
		if err != nil {
			return nil // the upgrader has answered
		}
		defer conn.Close()
		ctx, cancel := context.WithCancel(c.Request().Context())
		defer cancel()
		client := w.Hub().Join(pageName(), c.QueryParam("paced") != "")
		defer client.Leave()
		go listen(conn, client.Took, cancel)
		w.Refresh()
		go ping(ctx, conn)
		w.WarmUp()
		for {
			lines, err := client.Next(ctx, w.Snapshot)
			if err != nil {
				return nil
			}
			for _, line := range lines {
				conn.SetWriteDeadline(time.Now().Add(writeWait))
				if err := conn.WriteMessage(websocket.TextMessage, line); err != nil {
					return nil
				}
			}
		}
	}
}

// pageName tells pages apart; it is no secret.
func pageName() string {
	var b [4]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// listen answers pings and closes, hears what the page has taken, and notices a page that is gone. Pages say nothing else.
func listen(conn *websocket.Conn, took func(int), gone func()) {
	defer gone()
	conn.SetReadLimit(4 << 10)
	conn.SetReadDeadline(time.Now().Add(3 * pingEvery))
	conn.SetPongHandler(func(string) error { return conn.SetReadDeadline(time.Now().Add(3 * pingEvery)) })
	for {
		_, said, err := conn.ReadMessage()
		if err != nil {
			return
		}
		n, err := strconv.Atoi(string(said))
		if err != nil {
			return
		}
		took(n)
	}
}

func ping(ctx context.Context, conn *websocket.Conn) {
	t := time.NewTicker(pingEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWait)) // listen notices
		}
	}
}
