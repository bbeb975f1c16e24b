package port

import (
	"errors"
	"io/fs"
	"strings"
	"sync"

	"go.bug.st/serial"

	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

// Problems of Open; errors.Is matches them by code.

// ours are the ports that this process holds, by the name that the system knows them under.
var ours struct {
	sync.Mutex
	open map[string]bool
}

// Open opens a serial port of the operating system for this process alone, with
// DTR and RTS asserted: a board whose USB is its own says nothing before DTR, and
// both together neither reset a board nor hold its BOOT. The error is a *problem.Problem: ErrBusy names the
// program and its process number where the system tells, ErrNotFound,
// ErrNotSerial, ErrDenied, or ErrUnusable.
func Open(name string, o Options) (Port, error) {
	if o.Baud == 0 {
		o.Baud = DefaultBaud
	}
	device, err := resolve(name)
	if err != nil {
		return nil, notFound(name, err)
	}
	if p := notSerial(name, device); p != nil {
		return nil, p
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
	case h.pid == 0:
		return h.program
	}
	return say.PortProcess(h.program, h.pid)
}

func busy(name string, h holder, cause error) *problem.Problem {
	switch h.program {
	case "":
		return errBusyUnknown.With(name).Because(cause)
	case "Studio":
		return errBusyByStudio.With(h.String(), name).Because(cause)
	}
	return errBusyBy.With(h.String(), name).Because(cause)
}

func notFound(name string, cause error) *problem.Problem {
	if p := Missing(); p != nil {
		return errNotFoundReason.With(name, p.Text+" "+p.Help).Because(cause)
	}
	if list, err := names(); err == nil && len(list) > 0 {
		return errNotFoundOthers.With(name, strings.Join(list, ", ")).Because(cause)
	}
	return errNotFoundNone.With(name).Because(cause)
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
	return errUnusablePort.With(name).Because(err)
}

func hasCode(err error, code serial.PortErrorCode) bool {
	var v *serial.PortError
	if errors.As(err, &v) {
		return v.Code() == code
	}
	var w serial.PortError
	return errors.As(err, &w) && w.Code() == code
}
