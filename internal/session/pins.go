package session

import (
	"context"
	"slices"

	"studio/link"

	"studioide/internal/api"
	"studioide/internal/devlink"
)

// Pins returns the board's pins and what they do.
func (s *Session) Pins() []api.Pin {
	if s.target.Virtual != nil {
		return s.target.Virtual.Pins()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]api.Pin{}, s.pins...)
}

// SetPin presses (or lets go) what hangs on a pin of the virtual board.
func (s *Session) SetPin(pin int, level bool) error {
	if s.target.Virtual == nil {
		return errReal
	}
	return s.target.Virtual.SetPin(pin, level)
}

// SetVoltage puts a voltage onto a pin of the virtual board: api.Full is 3.3 V.
func (s *Session) SetVoltage(pin, value int) error {
	if s.target.Virtual == nil {
		return errRealVoltage
	}
	return s.target.Virtual.SetVoltage(pin, value)
}

// followPins shows what the program of a real board does with its pins, until the returned function is called.
// A virtual board's pins are seen from outside.
func (s *Session) followPins(ctx context.Context, conn *devlink.Conn) (end func()) {
	if s.target.Virtual != nil {
		return func() {}
	}
	ctx, cancel := context.WithTimeout(ctx, statusTimeout)
	defer cancel()
	s.setPins(func([]api.Pin) []api.Pin { return nil })
	stop, err := conn.WatchPins(ctx, func(p devlink.Pin) { s.setPins(func(list []api.Pin) []api.Pin { return withPin(list, p) }) })
	if err != nil {
		s.log.Info("the board's pins cannot be followed", "err", err)
		return func() {}
	}
	all, err := conn.Pins(ctx)
	if err != nil {
		s.log.Info("the board's pins are not known", "err", err)
	}
	s.setPins(func(list []api.Pin) []api.Pin {
		for _, p := range all {
			i := slices.IndexFunc(list, func(o api.Pin) bool { return o.Pin == p.Pin })
			if i < 0 {
				list = withPin(list, p)
			} else {
				list[i].Name = p.Name // an event about it has come already, and may be newer
			}
		}
		slices.SortFunc(list, func(a, b api.Pin) int { return a.Pin - b.Pin })
		return list
	})
	return func() {
		stop()
		s.setPins(func([]api.Pin) []api.Pin { return nil })
	}
}

// setPins changes the pins and tells about them in the order of the changes.
func (s *Session) setPins(change func([]api.Pin) []api.Pin) {
	s.emitMu.Lock()
	defer s.emitMu.Unlock()
	s.mu.Lock()
	before := s.pins
	s.pins = change(slices.Clone(before))
	now := append([]api.Pin{}, s.pins...)
	s.mu.Unlock()
	if !slices.Equal(before, now) {
		s.emit(api.Event{Pins: &now})
	}
}

// withPin puts what the board tells about one pin into list. Events tell no names; they stay as they were.
func withPin(list []api.Pin, p devlink.Pin) []api.Pin {
	m := api.Pin{Pin: p.Pin, Name: p.Name, Mode: "unused", Level: p.Level}
	switch p.Mode {
	case link.PinInput:
		m.Mode = "input"
	case link.PinOutput:
		m.Mode = "output"
	case link.PinDuty:
		m.Mode, m.Value = "analog", api.Duty(p.Duty)
	}
	i := slices.IndexFunc(list, func(o api.Pin) bool { return o.Pin == p.Pin })
	if i < 0 {
		return append(list, m)
	}
	if m.Name == "" {
		m.Name = list[i].Name
	}
	list[i] = m
	return list
}
