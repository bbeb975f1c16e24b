package main

import (
	"context"
	"slices"
	"time"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/client"
	"studioide/internal/flasher/uf2"
	"studioide/internal/home"
	"studioide/internal/port"
	"studioide/internal/session"
	"studioide/ui/src/words/say"
)

// Which board is it? --board says it, or the running Studio, the port, or the
// program that runs there; the project's own choice counts where it fits the port.

// portInfo is a port with what can be known without opening it.
type portInfo struct {
	home   home.Home
	name   string         // in full: not "uf2:" while a board waits
	listed api.Port       // as the system lists it; the zero Port: it does not
	heldBy *client.Client // the running Studio that holds the board; nil: none does
	maybe  []board.Board  // what may be there; one: that is it; none: nobody knows
}

// findPort finds a port by its name.
func findPort(ctx context.Context, name string) (portInfo, error) {
	name, err := session.Resolve(name)
	if err != nil {
		return portInfo{}, err
	}
	if err := port.Check(name); err != nil {
		return portInfo{}, err
	}
	h, err := home.Open()
	if err != nil {
		return portInfo{}, err
	}
	s := portInfo{home: h, name: name}
	if ports, err := session.Ports(); err == nil {
		if i := slices.IndexFunc(ports, func(p api.Port) bool { return p.Name == name }); i >= 0 {
			s.listed = ports[i]
		}
	}
	s.maybe = candidates(s.listed, name)
	if c, snapshot, ok := client.Find(ctx, h); ok && snapshot.Board.Port == name && snapshot.Board.State != api.BoardAbsent {
		s.heldBy = c
		if known := board.IdentityOf(snapshot.Board).Boards(); len(known) > 0 {
			s.maybe = known
		}
	}
	return s, nil
}

// candidates are the boards that a port may lead to.
func candidates(listed api.Port, name string) []board.Board {
	if _, virtual, _ := port.Virtual(name); virtual {
		return board.Named("virtual")
	}
	if found := board.Match(listed); len(found) > 0 || !uf2.IsPlace(name) {
		return found
	}
	return board.Drives(uf2.ChipAt(name)) // nothing waits there yet
}

// chosen is the board that --board names, if it can be at this port.
func (s portInfo) chosen(id string) (board.Board, error) {
	b, ok := board.Lookup(id)
	if !ok {
		return b, board.Unknown(id)
	}
	return b, s.fits(b)
}

// fits refuses a board that cannot be at this port, or cannot be written there.
func (s portInfo) fits(b board.Board) error {
	_, virtual, _ := port.Virtual(s.name)
	switch {
	case virtual && !b.Virtual:
		return errElsewhere.With(s.name, b.Name)
	case b.Virtual && (uf2.IsPlace(s.name) || s.listed.VID != ""):
		return errElsewhereReal.With(s.name)
	}
	_, err := session.MethodOf(b, s.name)
	return err
}

// identify is the board at this port. ask asks the program that runs there for its
// board, "": it does not say; fromFile is what the project was made for.
func (s portInfo) identify(ask func() (string, error), fromFile string) (board.Board, error) {
	answered := ""
	if len(s.maybe) != 1 {
		var err error
		if answered, err = ask(); err != nil {
			return board.Board{}, err
		}
	}
	b, ok := board.Decide(s.maybe, answered, fromFile)
	if !ok {
		return board.Board{}, s.ambiguous()
	}
	return b, s.fits(b)
}

func (s portInfo) ambiguous() error {
	if len(s.maybe) == 0 {
		return errChooseAt.With(s.name)
	}
	var flags []string
	for _, b := range s.maybe {
		flags = append(flags, "--board "+b.ID)
	}
	return errChooseOf.With(s.name, oneOf(flags))
}

// askProgram waits for the program that runs at this port, which knows its board.
func (s portInfo) askProgram(ctx context.Context, report session.Report) (id string, err error) {
	if s.heldBy != nil || uf2.IsPlace(s.name) {
		return "", nil // it would be known, or nothing runs
	}
	report("connect", say.CliAskingBoardWhoIt(), 0, 0)
	l, err := s.openLocal(s.maybe, false)
	if err != nil {
		return "", err
	}
	defer l.Close()
	wait, cancel := context.WithTimeout(ctx, 5*time.Second)
	l.s.WaitRunning(wait) // what the board is counts, not how its program is
	cancel()
	if err := ctx.Err(); err != nil {
		return "", err
	}
	b := l.s.State()
	if b.State == api.BoardAbsent && b.Problem != nil {
		return "", b.Problem
	}
	return b.ID, nil
}

// open gives the board: through the Studio that holds it, or by opening the
// port. With toFlash nothing is said to the board before it is flashed.
func (s portInfo) open(maybe []board.Board, toFlash bool) (boardAccess, error) {
	if s.heldBy != nil {
		return &remote{s.heldBy}, nil
	}
	return s.openLocal(maybe, toFlash)
}

func (s portInfo) openLocal(maybe []board.Board, toFlash bool) (*local, error) {
	target, err := session.Find(s.home, s.name, "", session.VirtualOptions{})
	if err != nil {
		return nil, err
	}
	l := newLocal()
	l.s, err = session.New(session.Config{Target: target, Emit: l.event, Wait: toFlash})
	if err != nil {
		target.Close()
		return nil, err
	}
	l.s.Expect(maybe)
	return l, nil
}

// openBoard gives the board at a port.
func openBoard(ctx context.Context, portName string) (boardAccess, error) {
	s, err := findPort(ctx, portName)
	if err != nil {
		return nil, err
	}
	return s.open(s.maybe, false)
}
