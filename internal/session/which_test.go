package session

import (
	"testing"

	"studioide/internal/api"
	"studioide/internal/board"
)

// What is known of a board grows by what the port, its program and the user say; the user is believed most.
func TestWhichBoard(t *testing.T) {
	find := func(ids ...string) (list []board.Board) {
		for _, id := range ids {
			b, ok := board.Find(id)
			if !ok {
				t.Fatalf("no board %q", id)
			}
			list = append(list, b)
		}
		return list
	}
	port := func(ids ...string) func(*Session) { return func(s *Session) { s.Expect(find(ids...)) } }
	user := func(id string) func(*Session) { return func(s *Session) { s.Choose(find(id)[0]) } }
	program := func(id string) func(*Session) {
		return func(s *Session) { s.update(func(m *api.Board) { identifyByProgram(m, id) }) }
	}
	cases := []struct {
		name      string
		said      []func(*Session)
		id, kinds string
	}{
		{"nothing", []func(*Session){port()}, "", ""},
		{"one fits the port", []func(*Session){port("pico")}, "pico", ""},
		{"several fit", []func(*Session){port("picow", "pico")}, "", "picow pico"},
		{"the program says it", []func(*Session){port("picow", "pico"), program("pico")}, "pico", ""},
		{"the user says it", []func(*Session){port("picow", "pico"), user("pico")}, "pico", ""},
		{"the user against the program", []func(*Session){program("esp32c3"), user("xiaoesp32c3"), program("esp32c3")}, "xiaoesp32c3", ""},
		{"the port comes last", []func(*Session){user("pico"), port("picow", "pico2")}, "pico", ""},
		{"a program from a newer Studio", []func(*Session){program("future")}, "future", ""},
	}
	for _, c := range cases {
		s := &Session{emit: func(api.Event) {}, change: make(chan struct{})}
		for _, say := range c.said {
			say(s)
		}
		if b := s.State(); b.ID != c.id || b.Kinds != c.kinds {
			t.Errorf("%s: board %q of %q instead of %q of %q", c.name, b.ID, b.Kinds, c.id, c.kinds)
		} else if known, ok := board.Find(b.ID); ok && (b.Name != known.Name || b.Chip != known.Chip || b.LED != known.LED.Number || b.Button != known.Button.Number) {
			t.Errorf("%s: %+v is not what the catalogue has", c.name, b)
		}
	}
}
