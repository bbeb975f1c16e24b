package session

import (
	"studioide/internal/board"
	"studioide/internal/flasher"
	"studioide/internal/flasher/esp"
	"studioide/internal/flasher/uf2"
)

// MethodOf is how programs get onto a board at a port, or a problem that says
// that they do not, or how to do it without Studio.
func MethodOf(b board.Board, at string) (flasher.Method, error) {
	switch chip := uf2.ChipAt(at); {
	case b.Tool != "" && b.Unfit != "":
		return nil, errByHandUnfit.With(b.Name, b.Unfit, b.Tool)
	case b.Tool != "":
		return nil, errByHand.With(b.Name, b.ID, b.Tool)
	case uf2.IsPlace(at) && b.Flash != "uf2":
		return nil, errNotADrive.With(b.Name, at)
	case chip != "" && chip != b.Chip:
		return nil, errWrongChipDrive.With(at, chip, b.Name, b.Chip)
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
		return nil, board.ErrChoose
	case uf2.IsPlace(at):
		return uf2.At(at, 0), nil // enough to see it waiting
	}
	return esp.New(), nil
}
