package board

import (
	"slices"
	"strings"

	"studioide/internal/api"
	"studioide/internal/problem"
)

// Which board is it? The user says it, or the port does, or the program that
// runs there; until then the page asks. The rules are here, without anybody to
// ask: sessions and the command line bring the answers.

// Identity is what is known of which board it is. Each method adds one answer.
type Identity struct {
	ID    string   // "": not known
	Maybe []string // until it is known: the ids of those that it may be, most likely first
}

// IdentityOf reads it from what pages see.
func IdentityOf(m api.Board) Identity { return Identity{ID: m.ID, Maybe: strings.Fields(m.Kinds)} }

// Chosen takes the user's word, who is believed most.
func (i Identity) Chosen(b Board) Identity { return Identity{ID: b.ID} }

// AtPort takes what the port tells: the boards that it may lead to. Who has said more before is believed.
func (i Identity) AtPort(maybe []Board) Identity {
	switch {
	case i.ID != "":
		return i
	case len(maybe) == 1:
		return Identity{ID: maybe[0].ID}
	}
	return Identity{Maybe: ids(maybe)}
}

// Answered takes the word of the program that runs there, which may name a board that this Studio does not know.
func (i Identity) Answered(id string) Identity {
	if _, known := Find(id); i.ID != "" || id == "" {
		return i
	} else if known {
		return Identity{ID: id}
	}
	return Identity{ID: id, Maybe: i.Maybe}
}

// Boards are those of the catalogue that it may be: one, when it is known; none, when there is no hint.
func (i Identity) Boards() []Board {
	if i.ID != "" {
		return Named(i.ID)
	}
	return Named(i.Maybe...)
}

// Wire puts it into the board that pages see, with what the catalogue has about it.
func (i Identity) Wire(m *api.Board) {
	m.ID, m.Kinds = i.ID, strings.Join(i.Maybe, " ")
	if b, ok := Find(i.ID); ok {
		m.Name, m.Chip, m.LED, m.Button = b.Name, b.Chip, b.LED.Number, b.Button.Number
	}
}

// Named are the boards of the catalogue that have one of the ids, in the order of the ids.
func Named(ids ...string) (found []Board) {
	for _, id := range ids {
		if b, ok := Find(id); ok {
			found = append(found, b)
		}
	}
	return found
}

func ids(boards []Board) []string {
	list := make([]string, len(boards))
	for i, b := range boards {
		list[i] = b.ID
	}
	return list
}

// Drives are the boards whose bootloader is a drive; chip "" means any.
func Drives(chip string) []Board {
	return slices.DeleteFunc(All(), func(b Board) bool { return b.Flash != "uf2" || chip != "" && b.Chip != chip })
}

// WithChip are the real boards that have the chip.
func WithChip(chip string) []Board {
	return slices.DeleteFunc(All(), func(b Board) bool { return b.Chip != chip || b.Virtual })
}

// Decide is the board to build for, of those that may be there; answered is what the program there says ("": nothing),
// wanted what the project was made for. ok is false when there is no telling: never one by chance.
func Decide(maybe []Board, answered, wanted string) (Board, bool) {
	if len(maybe) == 1 {
		return maybe[0], true
	}
	if b, ok := Find(answered); ok {
		return b, true
	}
	b, ok := Lookup(wanted)
	possible := len(maybe) == 0 || slices.ContainsFunc(maybe, func(m Board) bool { return m.ID == b.ID })
	return b, ok && !b.Virtual && possible
}

// Smallest is the board with the least flash of several that programs get onto in the same way: what is written as for
// that one fits the others. ok is false when their ways differ, or there is none.
func Smallest(of []Board) (smallest Board, ok bool) {
	for i, b := range of {
		if i > 0 && b.Flash != smallest.Flash {
			return Board{}, false
		}
		if i == 0 || b.FlashSize < smallest.FlashSize {
			smallest = b
		}
	}
	return smallest, len(of) > 0
}

// Unknown says that the catalogue has no such id.
func Unknown(id string) *problem.Problem {
	return errUnknown.With(id)
}
