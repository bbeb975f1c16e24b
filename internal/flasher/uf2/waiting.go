package uf2

import (
	"strings"

	"studioide/internal/api"
	"studioide/internal/port"
	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

// Anywhere begins the names of the places where boards wait as drives, such as
// "uf2:RPI-RP2", and is by itself the place of whichever board waits.
const Anywhere = "uf2:"

// VID is Raspberry Pi's on USB, whose boot ROMs show the drives.
const VID = "2e8a"

// IsPlace tells whether a name is that of a place where a board waits as a drive.
func IsPlace(name string) bool { return strings.HasPrefix(name, Anywhere) }

// Resolve gives the full name of a place. Anywhere stays what it is while no
// board waits, or boards with several chips do.
func Resolve(name string) (string, error) {
	id := strings.TrimPrefix(name, Anywhere)
	if id == "" {
		if list := Waiting(); len(list) == 1 {
			return list[0].Name, nil
		}
		return name, nil
	}
	if c, ok := chipAt(name); ok {
		return Anywhere + c.board, nil
	}
	var known []string
	for _, c := range chips {
		known = append(known, Anywhere+c.board)
	}
	return "", errBadNameDrive.With(name, strings.Join(known, " or "))
}

// ChipAt is the chip of the boards that wait at a place; "": any.
func ChipAt(name string) string {
	c, _ := chipAt(name)
	return c.name
}

func chipAt(name string) (chip, bool) {
	for _, c := range chips {
		if strings.EqualFold(name, Anywhere+c.board) {
			return c, true
		}
	}
	return chip{}, false
}

// Waiting lists the boards that wait in their bootloaders, by chip, as if each
// had a port: that is where a program can be put. One that the system has not
// mounted says so in Problem.
func Waiting() (list []api.Port) {
	here := drives()
	for _, c := range chips {
		for _, d := range here {
			if d.chip == c {
				list = append(list, api.Port{Name: Anywhere + c.board, Title: say.FlashWaitingForProgram(c.title), VID: VID, PID: c.pid})
				break
			}
		}
	}
	if p := notMounted(); len(list) == 0 && p != nil {
		list = append(list, api.Port{Name: Anywhere, Title: say.FlashABoardWaitingForProgram(), VID: VID, Problem: p})
	}
	return list
}

// notMounted is about a board that waits as a drive which the system has not mounted; nil: there is none.
func notMounted() *problem.Problem {
	device, drive := unmounted()
	if device == "" {
		return nil
	}
	return errNotMounted.With(device, drive)
}

// Absent says that no board waits at a place. It is a port.ErrNotFound.
func Absent() error {
	if p := notMounted(); p != nil {
		return p.Because(port.ErrNotFound)
	}
	return errNoDriveProgram.Because(port.ErrNotFound)
}
