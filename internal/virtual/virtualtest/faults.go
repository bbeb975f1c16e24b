// Package virtualtest repeats a piece of work on virtual boards that lose
// their power or their cable at every possible moment.
//
//	virtualtest.PowerCuts(t, virtualtest.Options{Every: 7, Torn: true}, newBoard,
//		func(ctx context.Context, b *virtual.Board) error { return push(ctx, b, files) },
//		func(t testing.TB, b *virtual.Board, n int64) { checkOldOrNew(t, b) })
package virtualtest

import (
	"context"
	"testing"

	"studioide/internal/virtual"
)

// Options say how often and how. The zero value: at every moment, nothing half written.
type Options struct {
	First int64 // the first moment, counted from 1; 0: 1
	Every int64 // distance of the moments; 0: 1
	Most  int   // how many moments at most; 0: until the work goes through
	Torn  bool  // the flash write in question is left half done
}

// Work is done on a board that may fail under it: its error counts only when
// the board has not failed. ctx ends when the board loses its power.
type Work func(ctx context.Context, b *virtual.Board) error

// Check looks at a board after failure n, powered and plugged in again, without faults.
type Check func(t testing.TB, b *virtual.Board, n int64)

// PowerCuts does work on a board from prepare with the power cut during its
// nth flash write (see virtual.Faults.CutAtWrite), then gives the power back
// and calls check; for n = First, First+Every, … until work goes through
// without a cut. Check is called for that last time too. It closes the boards,
// and returns how many cuts there were.
func PowerCuts(t testing.TB, o Options, prepare func(t testing.TB) *virtual.Board, work Work, check Check) int {
	t.Helper()
	return repeat(t, o, prepare, work, check, func(n int64) virtual.Faults {
		return virtual.Faults{CutAtWrite: n, Torn: o.Torn}
	})
}

// Unplugs is PowerCuts with the cable taken off at the nth data block that the
// bootloader receives (see virtual.Faults.UnplugAtBlock) and put in again before check.
func Unplugs(t testing.TB, o Options, prepare func(t testing.TB) *virtual.Board, work Work, check Check) int {
	t.Helper()
	return repeat(t, o, prepare, work, check, func(n int64) virtual.Faults {
		return virtual.Faults{UnplugAtBlock: n}
	})
}

func repeat(t testing.TB, o Options, prepare func(t testing.TB) *virtual.Board, work Work, check Check, fault func(n int64) virtual.Faults) int {
	t.Helper()
	n, failures := max(1, o.First), 0
	for ; o.Most == 0 || failures < o.Most; n += max(1, o.Every) {
		failed := once(t, prepare(t), work, check, n, fault(n))
		if !failed {
			return failures
		}
		failures++
	}
	return failures
}

func once(t testing.TB, b *virtual.Board, work Work, check Check, n int64, f virtual.Faults) (failed bool) {
	t.Helper()
	defer b.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	defer b.Watch(func(e virtual.Event) {
		if e.Kind == virtual.Off {
			cancel()
		}
	})()
	b.Inject(f)
	err := work(ctx, b)
	failed = b.State() == virtual.StateOff
	if err != nil && !failed {
		t.Fatalf("fault %d did not happen, and still: %v", n, err)
	}
	b.Inject(virtual.Faults{})
	b.Plug()
	b.Power(true)
	check(t, b, n)
	return failed
}
