//go:build !tinygo && !wasip1

package crash

// Calling does nothing: Watch sees for itself which callback runs.
func Calling(Callback) {}
