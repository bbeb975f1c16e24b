package session

import (
	"strings"

	"studioide/internal/board"
	"studioide/internal/flasher"
	"studioide/internal/flasher/esp"
	"studioide/internal/flasher/uf2"
	"studioide/internal/problem"
)

// MethodOf is how programs get onto a board, or a problem that says how to do it without Studio.
func MethodOf(b board.Board) (flasher.Method, error) {
	switch {
	case b.Tool != "" && b.Unfit != "":
		return nil, problem.New("flash.by-hand", "Studio cannot write programs to the "+b.Name+" yet.",
			b.Unfit+" A program.bin that was made without Studio is written in a terminal: "+b.Tool)
	case b.Tool != "":
		return nil, problem.New("flash.by-hand", "Studio cannot write programs to the "+b.Name+" yet.",
			"Type in a terminal: studio build -o program.bin --board "+b.ID+" – then: "+b.Tool)
	case b.Flash == "uf2":
		return uf2.New(b.FlashSize), nil
	}
	return esp.New(), nil
}

// method is how programs get onto the board that is there. While it is not
// known which board that is, it is the way that all of them share which it may
// be; Espressif's when there is no hint at all, because that bootloader is asked
// which chip it is before anything is written.
func (s *Session) method() (flasher.Method, error) {
	if s.target.Method != nil {
		return s.target.Method, nil
	}
	state := s.State()
	ids := strings.Fields(state.Kinds)
	if state.ID != "" {
		ids = []string{state.ID}
	}
	var shared *board.Board
	for _, id := range ids {
		b, ok := board.Find(id)
		if !ok {
			continue
		}
		if shared != nil && shared.Flash != b.Flash {
			return nil, problem.New("board.choose", "It is not known which board this is.", "Choose it in the board menu, or with --board; studio boards lists them.")
		}
		if shared == nil || b.FlashSize < shared.FlashSize {
			shared = &b
		}
	}
	if shared == nil && uf2.IsPlace(state.Port) {
		return uf2.New(0), nil // enough to see it waiting
	}
	if shared == nil {
		return esp.New(), nil
	}
	return MethodOf(*shared)
}
