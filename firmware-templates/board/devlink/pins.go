package devlink

import (
	"studio/board/chars"
	"studio/board/chip"
	"studio/board/netif"
	"studio/board/sizes"
	"studio/link"
)

// Pins counts the chip's pins and, after them, those that hang on the radio.
const Pins = max(chip.Pins, netif.Pins)

// What a pin is, as the link tells it.
const (
	PinUnused = 0
	PinInput  = 1
	PinOutput = 2
	PinDuty   = 3
)

// Pin is how a pin is.
type Pin struct {
	Mode  uint8
	Level uint8  // at the pin, whatever it means to an LED; with PinDuty in percent
	Name  string // of one that boards have a name for
}

// toldPin is what the link was last told of a pin.
type toldPin struct {
	told        bool
	mode, level uint8
	at          uint32 // when, in milliseconds
}

// pinEventGap bounds events to 50 a second for each pin.
const pinEventGap = 20

// WatchingLocked reports whether the other end wants to hear of pins.
func (l *Service) WatchingLocked() bool { return l.watching }

// watch serves WATCH: all pins in use are told anew.
func (l *Service) watch(on bool) {
	l.watching = on
	for i := range l.pins {
		l.pins[i].told = false
	}
}

// putPinsLocked answers PINS.
func (l *Service) putPinsLocked(w *answer) {
	for i := range l.pins {
		n := uint8(i)
		p := l.board.PinLocked(n)
		if p.Mode == PinUnused && p.Name == "" {
			continue
		}
		w.U8(n)
		w.U8(p.Mode)
		w.U8(p.Level)
		name := [6]byte{'G', 'P', 'I', 'O', '0' + n/10, '0' + n%10}
		switch {
		case p.Name != "":
			w.Str(p.Name)
		case n < 10:
			name[4] = name[5]
			w.Str(chars.String(name[:5]))
		default:
			w.Str(chars.String(name[:]))
		}
	}
}

// newsLocked reports whether the link has not been told how a pin is.
func (l *Service) newsLocked(n uint8) (p Pin, is bool) {
	p = l.board.PinLocked(n)
	t := &l.pins[n]
	return p, p.Mode != PinUnused && !(t.told && t.mode == p.Mode && t.level == p.Level)
}

// tellPinsLocked sends PIN events; when there is no room it is tried again.
func (l *Service) tellPinsLocked() {
	if !l.watching {
		return
	}
	now := uint32(l.loop.Now())
	for i := range l.pins {
		t := &l.pins[i]
		if now-t.at < pinEventGap {
			continue
		}
		p, is := l.newsLocked(uint8(i))
		if !is {
			continue
		}
		event := [5]byte{0, link.EventPin, uint8(i), p.Mode, p.Level}
		if l.Pipe.Room() >= sizes.LinkReply+len(event) && l.Pipe.Send(link.ChannelCalls, event[:], nil) {
			*t = toldPin{true, p.Mode, p.Level, now}
		}
	}
}

// pinsIdleLocked is for how many milliseconds no pin needs anything.
func (l *Service) pinsIdleLocked() int64 {
	if l.watching {
		for i := range l.pins {
			if _, is := l.newsLocked(uint8(i)); is {
				return pinEventGap
			}
		}
	}
	return 60_000
}
