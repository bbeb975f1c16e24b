package board

import (
	"context"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studio/link"
	"studioide/internal/devlink"
)

func TestHelloStatusPinsReset(t *testing.T) {
	p := start(t, "led", false)
	ctx := context.Background()
	h, err := p.conn.Hello(ctx)
	if err != nil || h.Board != "virtual" || h.Program != "Test" || h.Build != "b1" || h.MaxMessage != 256 || h.Streams == 0 {
		t.Fatalf("%+v %v", h, err)
	}
	changed := make(chan devlink.Pin, 100)
	stop, err := p.conn.WatchPins(ctx, func(pin devlink.Pin) { changed <- pin })
	if err != nil {
		t.Fatal(err)
	}
	c := dial(t, p, "/")
	for _, on := range []bool{true, false, true} {
		text := "LEDoff"
		if on {
			text = "LEDon"
		}
		roundTrip(t, c, text)
		for late := time.After(time.Minute); ; {
			select {
			case pin := <-changed:
				if pin.Pin != 8 || pin.Level != on {
					continue
				}
			case <-late:
				t.Fatal("no event")
			}
			break
		}
	}
	stop()
	if s, err := p.conn.Status(ctx); err != nil || s.Clients != 1 || s.HeapUsed == 0 || s.FilesFree == 0 {
		t.Fatalf("%+v %v", s, err)
	}
	// Without a chip a reset ends the program; the page sees that.
	if _, err := p.conn.Call(ctx, link.OpReset, nil); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.ReadMessage(); err == nil || websocket.IsCloseError(err, 1000) {
		t.Fatal(err)
	}
	p.cmd.Wait()
	if !p.cmd.ProcessState.Success() {
		t.Fatal(p.cmd.ProcessState)
	}
}
