package session

import (
	"studioide/internal/board"
	"studioide/internal/flasher"
	"studioide/internal/flasher/esp"
	"studioide/internal/flasher/uf2"
	"studioide/internal/problem"
)

// MethodOf is how programs get onto a board at a port, or a problem that says
// that they do not, or how to do it without Studio.
func MethodOf(b board.Board, at string) (flasher.Method, error) {
	switch chip := uf2.ChipAt(at); {
	case b.Tool != "" && b.Unfit != "":
		return nil, problem.New("flash.by-hand", "Studio cannot write programs to the "+b.Name+" yet.",
			b.Unfit+" A program.bin that was made without Studio is written in a terminal: "+b.Tool)
	case b.Tool != "":
		return nil, problem.New("flash.by-hand", "Studio cannot write programs to the "+b.Name+" yet.",
			"Type in a terminal: studio build -o program.bin --board "+b.ID+" – then: "+b.Tool)
	case uf2.IsPlace(at) && b.Flash != "uf2":
		return nil, problem.New("flash.not-a-drive", "The "+b.Name+" never waits as a drive, so it is not at "+at+".",
			"Plug it in and choose its own port; studio ports lists them.")
	case chip != "" && chip != b.Chip:
		return nil, problem.New("flash.wrong-chip", "The board that waits at "+at+" has an "+chip+", the "+b.Name+" has an "+b.Chip+".",
			"Choose the right board at the top of the page, then press Run again.")
	case b.Flash == "uf2":
		return uf2.At(at, b.FlashSize), nil
	}
	return esp.New(), nil
}

// method is how programs get onto the board that is there. While it is not
// known which board that is, it is the way that all of them share which it may
// be, or all with the chip that a program is for; Espressif's when there is no
// hint at all, because that bootloader is asked which chip it is before anything
// is written.
func (s *Session) method(forChip string) (flasher.Method, error) {
	if s.target.Method != nil {
		return s.target.Method, nil
	}
	at := s.State().Port
	maybe := s.Maybe()
	if len(maybe) == 0 && forChip != "" {
		maybe = board.WithChip(forChip)
	}
	shared, ok := board.Smallest(maybe)
	switch {
	case ok:
		return MethodOf(shared, at)
	case len(maybe) > 0:
		return nil, problem.New("board.choose", "It is not known which board this is.", "Choose it in the board menu, or with --board; studio boards lists them.")
	case uf2.IsPlace(at):
		return uf2.At(at, 0), nil // enough to see it waiting
	}
	return esp.New(), nil
}
