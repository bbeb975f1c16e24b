package session

import (
	"strings"

	"studioide/internal/api"
	"studioide/internal/board"
)

// Which board is it? The user says it, or the port does, or the program that
// runs there; until then the page asks.

// Choose takes the user's word for it.
func (s *Session) Choose(b board.Board) {
	s.update(func(m *api.Board) { identify(m, b) })
}

// Expect takes what the port tells: the boards that it may lead to. Who has said more before is believed.
func (s *Session) Expect(maybe []board.Board) {
	s.update(func(m *api.Board) {
		switch {
		case m.ID != "":
		case len(maybe) == 1:
			identify(m, maybe[0])
		default:
			ids := make([]string, len(maybe))
			for i, b := range maybe {
				ids[i] = b.ID
			}
			m.Kinds = strings.Join(ids, " ")
		}
	})
}

// identifyByProgram takes the word of the program that runs there.
func identifyByProgram(m *api.Board, id string) {
	if m.ID != "" {
		return
	}
	if b, ok := board.Find(id); ok {
		identify(m, b)
	} else {
		m.ID = id
	}
}

func identify(m *api.Board, b board.Board) {
	m.ID, m.Name, m.Chip, m.LED, m.Button, m.Kinds = b.ID, b.Name, b.Chip, b.LED.Number, b.Button.Number, ""
}

// Maybe are the boards that it may be: one, when it is known; none, when there is no hint.
func (s *Session) Maybe() (found []board.Board) {
	state := s.State()
	ids := strings.Fields(state.Kinds)
	if state.ID != "" {
		ids = []string{state.ID}
	}
	for _, id := range ids {
		if b, ok := board.Find(id); ok {
			found = append(found, b)
		}
	}
	return found
}
