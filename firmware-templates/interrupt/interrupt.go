// Package interrupt stands in for TinyGo's runtime/interrupt in drivers that are
// built for the virtual board (see internal/compile). Its program runs beside
// others on a computer: there is nothing to be interrupted by.
package interrupt

// State is what Disable returns for Restore.
type State uintptr

// Disable does nothing.
func Disable() State { return 0 }

// Restore does nothing.
func Restore(State) {}

// In is false: callbacks of pins come from goroutines.
func In() bool { return false }
