//go:build !wifi

package netif

import "studio/link"

// Network is none: this board has no Wi-Fi.
type Network struct{}

// RequestLocked: nothing of the link's section Network is there.
func (*Network) RequestLocked(byte, *link.Reader, *link.Writer) (link.Status, error) {
	return link.StatusUnsupported, nil
}

// EventLocked: there is never one.
func (*Network) EventLocked([]byte) []byte { return nil }

// ToldLocked has nothing to note.
func (*Network) ToldLocked(byte) {}

// UnwatchedLocked has nothing to forget.
func (*Network) UnwatchedLocked() {}

// NameLocked is "": the board has no name in a network.
func (*Network) NameLocked() string { return "" }

// SetLEDLocked: no LED hangs on a radio.
func (*Network) SetLEDLocked(bool) {}
