package server

import (
	"context"
	"time"

	"github.com/gorilla/websocket"
	"github.com/labstack/echo/v4"

	"studioide/internal/api"
	"studioide/internal/gopls"
	"studioide/internal/workbench"
)

// maxLanguageMessage is how long one message of a page may be: a program's text, written as JSON.
const maxLanguageMessage = 8 << 20

// closeLanguage is the code with which the language socket ends; the reason says why (gopls.Reason).
const closeLanguage = 4000

// language is the socket on which a page speaks the Language Server Protocol with gopls, one message after the other.
func language(w *workbench.Workbench) echo.HandlerFunc {
	// The guard has checked Host, Origin and cookie; the upgrader's own check would repeat it.
	up := websocket.Upgrader{ReadBufferSize: 16 << 10, WriteBufferSize: 16 << 10, EnableCompression: false}
	return func(c echo.Context) error {
		conn, err := up.Upgrade(c.Response(), c.Request(), nil)
		if err != nil {
			return nil // the upgrader has answered
		}
		defer conn.Close()
		ctx, cancel := context.WithCancel(c.Request().Context())
		defer cancel()
		conn.SetReadLimit(maxLanguageMessage)
		conn.SetReadDeadline(time.Now().Add(3 * pingEvery))
		conn.SetPongHandler(func(string) error { return conn.SetReadDeadline(time.Now().Add(3 * pingEvery)) })
		go ping(ctx, conn)
		why := w.Language(ctx, socket{conn})
		conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(closeLanguage, string(why)), time.Now().Add(writeWait))
		return nil
	}
}

// socket is a gopls.Conn.
type socket struct{ conn *websocket.Conn }

var _ gopls.Conn = socket{}

func (s socket) Read() ([]byte, error) {
	_, b, err := s.conn.ReadMessage()
	return b, err
}

func (s socket) Write(b []byte) error {
	s.conn.SetWriteDeadline(time.Now().Add(writeWait))
	return s.conn.WriteMessage(websocket.TextMessage, b)
}

func (h handlers) librarySource(c echo.Context) error {
	in, err := decode[api.OneFile](c)
	if err != nil {
		return err
	}
	content, err := h.Workbench.LibrarySource(in.Path)
	if err != nil {
		return err
	}
	return blob(c, in.Path, content)
}
