package workbench

import (
	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/flasher/uf2"
	"studioide/internal/session"
)

// ChooseKind says which board hangs on the selected port. It is remembered for that very board, where USB tells it apart.
func (w *Workbench) ChooseKind(id string) error {
	b, ok := board.Find(id)
	if !ok {
		return board.Unknown(id)
	}
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	s, err := w.Session()
	if err != nil {
		return err
	}
	if s.State().Virtual {
		return errVirtual
	}
	if err := w.runner.preemptLocked("port"); err != nil {
		return err
	}
	s.Choose(b)
	if key := identity(w.ports.named(s.State().Port)); key != "" {
		w.SetSettings(func(s *api.Settings) { s.Boards[key] = b.ID })
	}
	return nil
}

// identity is what stays the same when a board is plugged in elsewhere, as far as there is such a thing.
func identity(p api.Port) string {
	if uf2.IsPlace(p.Name) {
		return "" // all such boards look the same there
	}
	if p.VID == "" {
		return p.Name
	}
	return p.VID + ":" + p.PID + ":" + p.Serial
}

// expect tells the session what is known about its port.
func (w *Workbench) expect(s *session.Session) {
	state := s.State()
	if state.ID != "" {
		return
	}
	p := w.ports.named(state.Port)
	if b, ok := board.Find(w.settings.get().Boards[identity(p)]); ok {
		s.Choose(b)
		return
	}
	s.Expect(board.Match(p))
}

// followPort remembers where the board on the table is now: its port may have another name after a reset.
func (w *Workbench) followPort(name string) {
	if s := w.board(); s != nil && w.settings.get().Port != name && s.State().Port == name {
		w.SetSettings(func(s *api.Settings) { s.Port = name })
	}
}

// selectedBoard is the board that a Run builds for.
func selectedBoard(m api.Board) (board.Board, error) {
	if m.ID == "" {
		return board.Board{}, errChoosePage
	}
	b, ok := board.Find(m.ID)
	if !ok {
		return b, board.Unknown(m.ID)
	}
	return b, nil
}
