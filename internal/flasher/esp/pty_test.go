//go:build linux || darwin

package esp

import (
	"bytes"
	"context"
	"testing"

	"studioide/internal/flasher"
	"studioide/internal/flasher/flashertest"
	"studioide/internal/port"
	"studioide/internal/virtual"
)

// TestThroughTheSystem flashes through a serial port of the operating system, as a board on USB is flashed, but without lines.
func TestThroughTheSystem(t *testing.T) {
	r, board := rig(t, virtual.Config{FlashSize: 4 << 20, Download: true})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	name, err := board.PTY(ctx)
	if err != nil {
		t.Skip("no pty here: ", err)
	}
	p, err := port.Open(name, port.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	image := flashertest.Image(300_000, 1)
	if _, err := r.Method.Flash(ctx, p, []flasher.Part{{Data: image}}, flasher.Options{Chip: "ESP32-C3"}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(r.Flash(0, len(image)), image) {
		t.Error("flash has other bytes than the image")
	}
}
