package uf2

import (
	"strings"

	"studioide/internal/message"
	"studioide/internal/port"
	"studioide/internal/problem"
)

// place begins the names of the places where boards wait as drives: "uf2:RPI-RP2".
const place = "uf2:"

// IsPlace tells whether a name is that of a place where a board waits as a drive.
func IsPlace(name string) bool { return strings.HasPrefix(name, place) }

// Waiting lists the boards that wait in their bootloaders, by chip, as if each
// had a port: that is where a program can be put. One that the system has not
// mounted says so in Problem.
func Waiting() (list []message.Port) {
	here := drives()
	for _, c := range chips {
		for _, d := range here {
			if d.chip == c {
				list = append(list, message.Port{Name: place + c.board, Title: c.title + ", waiting for a program", VID: vid, PID: c.pid})
				break
			}
		}
	}
	if text := unmounted(); len(list) == 0 && text != "" {
		list = append(list, message.Port{Name: place, Title: "A board, waiting for a program", VID: vid, Problem: notMounted(text)})
	}
	return list
}

func notMounted(text string) *problem.Problem { return problem.New("flash.not-mounted", text, "") }

// Absent says that no board waits at a place. It is a port.ErrNotFound.
func Absent() error {
	if text := unmounted(); text != "" {
		return notMounted(text).Because(port.ErrNotFound)
	}
	return problem.New("flash.no-drive", "No board waits for a program.", holdBootSel).Because(port.ErrNotFound)
}
