package port

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"go.bug.st/serial"

	"studioide/internal/problem"
)

// Problems of Open; errors.Is matches them by code.
var (
	ErrBusy     = problem.New("port.busy", "Another program is using the port.", "Close that program, then try again.")
	ErrNotFound = problem.New("port.not-found", "There is no such port.", "Plug the board in with a data cable.")
	ErrDenied   = problem.New("port.denied", "You are not allowed to use the port.", "Ask for the right to use serial ports.")
	ErrUnusable = problem.New("port.unusable", "The port cannot be used.", "Unplug the board, plug it in again, then try again.")
)

// ours are the ports that this process holds, by the name that the system knows them under.
var ours struct {
	sync.Mutex
	open map[string]bool
}

// Open opens a serial port of the operating system for this process alone, with
// DTR and RTS asserted: a board whose USB is its own says nothing before DTR, and
// both together neither reset a board nor hold its BOOT. The error is a *problem.Problem: ErrBusy names the
// program and its process number where the system tells, ErrNotFound,
// ErrDenied, or ErrUnusable.
func Open(name string, o Options) (Port, error) {
	if o.Baud == 0 {
		o.Baud = DefaultBaud
	}
	device, err := resolve(name)
	if err != nil {
		return nil, notFound(name, err)
	}
	ours.Lock()
	defer ours.Unlock()
	if ours.open[device] {
		return nil, busy(name, holder{program: "Studio", pid: 0}, nil)
	}
	// Not every program locks the port that it uses, and a lock does not stop
	// root: two readers would each get half of the bytes.
	if h, ok := holderOf(device); ok {
		return nil, busy(name, h, nil)
	}
	mode := &serial.Mode{BaudRate: o.Baud, DataBits: 8, InitialStatusBits: &serial.ModemOutputBits{DTR: true, RTS: true}}
	p, err := serial.Open(device, mode)
	if hasCode(err, serial.InvalidSerialPort) { // a pty has no modem lines to set
		mode.InitialStatusBits = nil
		p, err = serial.Open(device, mode)
	}
	if err != nil {
		return nil, explain(name, device, err)
	}
	if ours.open == nil {
		ours.open = map[string]bool{}
	}
	ours.open[device] = true
	return newWired(p, func() {
		ours.Lock()
		defer ours.Unlock()
		delete(ours.open, device)
	}), nil
}

// holder is a program that has a port open.
type holder struct {
	program string
	pid     int
}

func (h holder) String() string {
	switch {
	case h.program == "":
		return "Another program"
	case h.pid == 0:
		return h.program
	}
	return fmt.Sprintf("%s (process %d)", h.program, h.pid)
}

func busy(name string, h holder, cause error) *problem.Problem {
	help := "Close that program or its connection to the board, then try again."
	if h.program == "Studio" {
		help = "Disconnect the board in the other window of Studio, then try again."
	}
	return problem.New(ErrBusy.Code, fmt.Sprintf("%s is using %s.", h, name), help).Because(cause)
}

func notFound(name string, cause error) *problem.Problem {
	help := "No board is seen on USB. Plug it in; if it is plugged in, try another cable: many only charge and carry no data."
	if list, err := names(); err == nil && len(list) > 0 {
		help = "Ports that are here: " + strings.Join(list, ", ") + ". If your board is not among them, try another cable: many only charge and carry no data."
	}
	if p := Missing(); p != nil {
		help = p.Text + " " + p.Help
	}
	return problem.New(ErrNotFound.Code, fmt.Sprintf("There is no port %s.", name), help).Because(cause)
}

// explain turns what the system says into what the user can do.
func explain(name, device string, err error) *problem.Problem {
	switch {
	case hasCode(err, serial.PortBusy):
		h, _ := holderOf(device)
		return busy(name, h, err)
	case hasCode(err, serial.PermissionDenied), errors.Is(err, fs.ErrPermission):
		return denied(name, device).Because(err)
	case hasCode(err, serial.PortNotFound), errors.Is(err, fs.ErrNotExist), isGone(err):
		return notFound(name, err)
	}
	return problem.New(ErrUnusable.Code, fmt.Sprintf("%s is there, but cannot be used as a serial port.", name),
		"Unplug the board, plug it in again, then try again. If that does not help, choose another port.").Because(err)
}

func hasCode(err error, code serial.PortErrorCode) bool {
	var v *serial.PortError
	if errors.As(err, &v) {
		return v.Code() == code
	}
	var w serial.PortError
	return errors.As(err, &w) && w.Code() == code
}
