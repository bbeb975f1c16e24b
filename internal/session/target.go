package session

import (
	"context"

	"studioide/internal/board"
	"studioide/internal/flasher"
	"studioide/internal/flasher/esp"
	"studioide/internal/flasher/uf2"
	"studioide/internal/home"
	"studioide/internal/outgoing"
	"studioide/internal/port"
	"studioide/internal/sandbox"
	"studioide/internal/virtual"
)

// Target is a place where a board is, and how to speak to it.
type Target struct {
	Port    string
	Board   board.Board // what is expected there; the zero Board when nobody knows
	Virtual *virtual.Board
	Dialer  *outgoing.Dialer // of a virtual board: what its program may connect to
	Method  flasher.Method   // nil: that of the board which turns out to be there
	Open    func(ctx context.Context, name string) (port.Port, error)
	Close   func() error // ends a virtual board; nothing for a real one
}

// VirtualOptions change how a virtual board behaves.
type VirtualOptions struct {
	Timing   bool   // real line rate and flash times
	State    string // folder of its own instead of the one in Studio's home
	Download bool   // start in the bootloader
}

// Resolve gives the full name of a port: uf2: is short for the place where a board waits as a drive.
func Resolve(name string) (string, error) {
	if name == "" {
		return "", errMissing
	}
	if uf2.IsPlace(name) {
		return uf2.Resolve(name)
	}
	_, _, err := port.Virtual(name)
	return name, err
}

// Find finds a port by its name (see Resolve). Opening a virtual board powers it on; Target.Close powers it off.
func Find(h home.Home, name string, id string, o VirtualOptions) (Target, error) {
	name, err := Resolve(name)
	if err != nil {
		return Target{}, err
	}
	if vname, isVirtual, _ := port.Virtual(name); isVirtual {
		return findVirtual(h, name, vname, o)
	}
	t := Target{Port: name, Close: func() error { return nil }}
	if id != "" {
		b, ok := board.Lookup(id)
		if !ok {
			return Target{}, board.Unknown(id)
		}
		t.Board = b
	}
	t.Open = func(_ context.Context, name string) (port.Port, error) {
		if uf2.IsPlace(name) {
			return nil, uf2.Absent()
		}
		return port.Open(name, port.Options{})
	}
	return t, nil
}

func findVirtual(h home.Home, name, vname string, o VirtualOptions) (Target, error) {
	key, err := h.Key()
	if err != nil {
		return Target{}, err
	}
	dir := o.State
	if dir == "" {
		dir = h.VirtualDir(vname)
	}
	dialer := &outgoing.Dialer{}
	v, err := virtual.Start(virtual.Config{Dir: dir, Key: key, RunDir: h.RunDir(), Timing: o.Timing, Download: o.Download,
		MayRunNative: mayStart(h.Trust()), Limits: nativeLimits, Sandbox: sandbox.Command(),
		Dial: dialer.Dial, Own: outgoing.Own})
	if err != nil {
		return Target{}, err
	}
	b, _ := board.Find("virtual")
	return Target{Port: name, Board: b, Virtual: v, Dialer: dialer, Method: esp.New(), Close: v.Close,
		Open: func(context.Context, string) (port.Port, error) { return v.Open() }}, nil
}
