// Package loop is what all parts of the runtime share: one lock, one clock, and
// the ways to wait.
//
// One goroutine serves: it holds the lock while it works, and lets go of it
// while it waits and while it calls the program, so that the program may send
// from where it likes. Without is the only place where the lock is let go of and
// taken again; after it, everything may have changed.
package loop

import (
	"sync"
	"time"
)

// Loop is the lock and the clock. The zero value is ready.
type Loop struct {
	sync.Mutex
	Ahead int64 // nanoseconds that tests have let go by
}

var start = time.Now()

func (l *Loop) sinceStart() time.Duration { return time.Since(start) + time.Duration(l.Ahead) }

// Now is the time in milliseconds since the start.
func (l *Loop) Now() int64 { return int64(l.sinceStart() / time.Millisecond) }

// Elapsed is the time in microseconds since the start.
func (l *Loop) Elapsed() int64 { return int64(l.sinceStart() / time.Microsecond) }

// Micros is the device link's clock.
func (l *Loop) Micros() uint32 { return uint32(l.Elapsed()) }

// Without calls f(of) without the lock, which the caller holds. What f needs
// comes with of, and nothing from around it: a function that takes something
// along would be allocated every time.
func Without[T any](l *Loop, f func(T), of T) {
	l.Unlock()
	f(of)
	l.Lock()
}

// PauseLocked waits without the lock until Wake, or for that many milliseconds
// at most. With 0 it only lets others run.
func (l *Loop) PauseLocked(milliseconds int64) { Without(l, pause, milliseconds) }

// YieldLocked lets other goroutines get on with what is waited for.
func (l *Loop) YieldLocked() { Without(l, yield, l) }
