//go:build tinygo && wifi

package board

// The network of a board with Wi-Fi. When its radio does not start, the cable
// still carries pages and WebSockets.
func openNetwork(s *server) { s.openRadio(&driver{}) }

// driveRadioPin lights the LED that hangs on the radio, as soon as the network's
// goroutine gets to it: a call to the radio may take long.
func driveRadioPin(level bool) { std.net.led = level }
