package lan

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"math/big"
	"net/netip"
	"strings"
	"time"
)

// A code has six digits, so that it is quickly typed. Guessing is what has to be
// slow: a device may be wrong a few times a minute, and all of them together so
// often that a guess comes out right once in 50,000 times; then nobody comes in
// by this code any more, and the user has to ask for another one.
const (
	codeDigits = 6
	wrongOfOne = 5  // tries of a device, then it has to wait
	wrongOfAll = 20 // tries of all devices
	wrongWait  = time.Minute
	mostTriers = 1000 // whose tries are remembered
)

// verdict is what becomes of a try.
type verdict int

const (
	right verdict = iota
	wrong
	tooSoon // this device has to wait
	shut    // nobody comes in by this code any more
)

// lock is the code with the tries at it. It is not safe for concurrent use.
type lock struct {
	code  string
	wrong int
	tries map[netip.Addr]*triesOf
}

type triesOf struct {
	wrong int
	last  time.Time
}

func newLock() lock {
	n, err := rand.Int(rand.Reader, big.NewInt(1e6))
	if err != nil {
		panic("lan: no random numbers: " + err.Error()) // crypto/rand never fails
	}
	return lock{code: fmt.Sprintf("%0*d", codeDigits, n), tries: map[netip.Addr]*triesOf{}}
}

// isShut tells that there were too many wrong tries.
func (l *lock) isShut() bool { return l.wrong >= wrongOfAll }

// open tries a code, typed by the device at an address.
func (l *lock) open(typed string, from netip.Addr, now time.Time) verdict {
	if l.isShut() {
		return shut
	}
	from = deviceOf(from)
	t := l.tries[from]
	if t == nil {
		t = &triesOf{}
	}
	if t.wrong >= wrongOfOne {
		if now.Sub(t.last) < wrongWait {
			return tooSoon
		}
		t.wrong = 0
	}
	typed = strings.Join(strings.Fields(typed), "") // "123 456", as people read it to each other
	if subtle.ConstantTimeCompare([]byte(typed), []byte(l.code)) == 1 {
		delete(l.tries, from)
		return right
	}
	t.wrong++
	t.last = now
	if l.tries[from] == nil && len(l.tries) < mostTriers {
		l.tries[from] = t
	}
	l.wrong++
	if l.isShut() {
		return shut
	}
	return wrong
}

// deviceOf is by what a device is known: an IPv6 network gives one as many addresses as it likes.
func deviceOf(a netip.Addr) netip.Addr {
	if a = a.Unmap().WithZone(""); a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}
