//go:build !linux && !darwin

package port

import (
	"time"

	"go.bug.st/serial"
)

// arrival would wait for bytes without a look now and then. There is none on this system.
type arrival struct{}

func newArrival(serial.Port) *arrival { return nil }

func (*arrival) wait(time.Duration) (bool, error) { return true, nil }
func (*arrival) interrupt()                       {}
func (*arrival) close()                           {}
