package host

import (
	"sync"
	"time"
)

// A strip of coloured LEDs (WS2812) takes 24 bits for each, green first, and
// shows them when the line has been quiet for a moment. On a real board each bit
// is a pulse of a certain length; here the bytes go to Studio, which draws them.

// StripLEDs is how many LEDs of a strip are shown.
const StripLEDs = 256

const (
	stripPause = 300 * time.Microsecond // ends the colours of a strip
	stripQuiet = 2 * time.Millisecond   // when they are shown if no more come
)

var strips = struct {
	sync.Mutex
	pin [Pins]struct {
		colours []byte
		last    time.Time
		timer   *time.Timer
	}
}{}

// WriteStrip sends a byte to the strip that hangs on a pin.
func WriteStrip(pin uint8, c byte) {
	if int(pin) >= Pins {
		return
	}
	strips.Lock()
	defer strips.Unlock()
	s := &strips.pin[pin]
	now := time.Now()
	if len(s.colours) > 0 && now.Sub(s.last) > stripPause {
		showStrip(pin)
	}
	if len(s.colours) < 3*StripLEDs {
		s.colours = append(s.colours, c)
	}
	s.last = now
	if s.timer == nil {
		s.timer = time.AfterFunc(stripQuiet, func() {
			strips.Lock()
			defer strips.Unlock()
			showStrip(pin)
		})
		return
	}
	s.timer.Reset(stripQuiet)
}

// showStrip tells the chip. strips is locked.
func showStrip(pin uint8) {
	s := &strips.pin[pin]
	if len(s.colours) >= 3 && chip.attached {
		send(OpStrip, []byte{pin}, s.colours[:len(s.colours)/3*3])
	}
	s.colours = s.colours[:0]
}
