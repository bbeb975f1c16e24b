//go:build tinygo && !wifi

package board

// No network of its own: pages and WebSockets go over the cable, as streams of
// the device link.
func openNetwork(*server) {}

const radioPins = 0

func driveRadioPin(bool)         {}
func isRadioReserved(uint8) bool { return false }
