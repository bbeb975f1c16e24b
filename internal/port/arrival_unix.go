//go:build linux || darwin

package port

import (
	"errors"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"go.bug.st/serial"
	"go.bug.st/serial/unixutils"
	"golang.org/x/sys/unix"
)

// arrival waits for a port's bytes, without a look now and then, until it is
// interrupted. One goroutine waits at a time.
type arrival struct {
	port, pipe int // what is waited for
	wake       *unixutils.Pipe
	woken      atomic.Bool // something lies in the pipe, or is about to

	waiting sync.RWMutex // held for reading by who waits: close frees the numbers only afterwards
	closed  bool
}

// newArrival is nil where the library does not show the port's number, or there is no pipe.
func newArrival(p serial.Port) *arrival {
	handle := reflect.Indirect(reflect.ValueOf(p)).FieldByName("handle")
	if !handle.IsValid() || !handle.CanInt() {
		return nil
	}
	wake, err := unixutils.NewPipe()
	if err != nil {
		return nil
	}
	unix.CloseOnExec(wake.ReadFD())
	unix.CloseOnExec(wake.WriteFD())
	return &arrival{port: int(handle.Int()), pipe: wake.ReadFD(), wake: wake}
}

// wait returns whether there is something to be read, an end included. False:
// the time is over (less than 0: there is no end to it) or it was interrupted.
func (a *arrival) wait(limit time.Duration) (bool, error) {
	a.waiting.RLock()
	defer a.waiting.RUnlock()
	if a.closed {
		return false, ErrGone
	}
	if limit < 0 {
		limit = -1
	}
	set := unixutils.NewFDSet(a.port, a.pipe)
	got, err := unixutils.Select(set, nil, set, limit)
	if err != nil {
		if errors.Is(err, unix.EINTR) {
			err = nil
		}
		return false, err
	}
	if got.IsReadable(a.pipe) {
		var b [1]byte
		a.wake.Read(b[:])
		a.woken.Store(false)
	}
	return got.IsReadable(a.port) || got.IsError(a.port), nil
}

// interrupt ends the wait that is under way, or else the next one.
func (a *arrival) interrupt() {
	a.waiting.RLock() // close does not take the pipe away
	defer a.waiting.RUnlock()
	if !a.closed && a.woken.CompareAndSwap(false, true) {
		a.wake.Write([]byte{0})
	}
}

// close ends what waits and keeps all else from waiting; the port's number may be used for another file afterwards.
func (a *arrival) close() {
	a.interrupt()
	a.waiting.Lock()
	defer a.waiting.Unlock()
	if !a.closed {
		a.closed = true
		a.wake.Close()
	}
}
