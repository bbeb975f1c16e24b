package board

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studioide/test/foreign"
)

// Servers that others wrote, and a program that connects to them: npm's ws …
func TestDialsNpmWS(t *testing.T) {
	talk(t, func() *program { return start(t, "routes", false) }, foreign.NpmWS, "wsserver.mjs", nil)
}

// … and gorilla's.
func TestDialsGorilla(t *testing.T) {
	p := start(t, "routes", false)
	arrived := make(chan *websocket.Conn, 8)
	upgrader := websocket.Upgrader{EnableCompression: true, Subprotocols: []string{"chat"}, WriteBufferSize: 64}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		c.SetReadDeadline(time.Now().Add(patience))
		arrived <- c
	}))
	defer server.Close()
	dial := func() {
		t.Helper()
		answer, err := http.Get("http://" + p.address + "/dial?url=" + url.QueryEscape("ws"+strings.TrimPrefix(server.URL, "http")+"/ws"))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
	}
	dial()
	next := func() *websocket.Conn {
		t.Helper()
		select {
		case c := <-arrived:
			t.Cleanup(func() { c.Close() })
			return c
		case <-time.After(patience):
			t.Fatal("the program does not connect")
			return nil
		}
	}
	c := next()
	if c.Subprotocol() != "" {
		t.Error(c.Subprotocol())
	}
	for _, n := range []int{0, 1, 125, 126, 127, 65535, 65536, 70_000} {
		for _, kind := range []int{websocket.TextMessage, websocket.BinaryMessage} {
			sent := bytes.Repeat([]byte("x"), n)
			w, err := c.NextWriter(kind) // with its buffer it sends long messages as fragments
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(w, io.LimitReader(bytes.NewReader(sent), 1<<20)); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			got, text, err := c.ReadMessage()
			if err != nil || got != kind || !bytes.Equal(text, sent) {
				t.Fatalf("%d bytes, kind %d: kind %d, %d bytes, %v", n, kind, got, len(text), err)
			}
		}
	}
	pongs := 0
	c.SetPongHandler(func(data string) error {
		if data != "how are you?" {
			t.Errorf("%q", data)
		}
		pongs++
		return nil
	})
	c.WriteControl(websocket.PingMessage, []byte("how are you?"), time.Now().Add(patience))
	c.WriteMessage(websocket.TextMessage, []byte("after"))
	if _, text, err := c.ReadMessage(); err != nil || string(text) != "after" || pongs != 1 {
		t.Fatalf("%q, %v, %d pongs", text, err, pongs)
	}
	for _, code := range []int{websocket.CloseGoingAway, 3000, 4999} {
		c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, "why"), time.Now().Add(patience))
		if _, _, err := c.ReadMessage(); !websocket.IsCloseError(err, code) {
			t.Errorf("%d: %v", code, err)
		}
		c.Close()
		if code != websocket.CloseGoingAway { // from that it comes back
			dial()
		}
		c = next()
	}
}
