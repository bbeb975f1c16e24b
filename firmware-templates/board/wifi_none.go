//go:build !wifi

package board

import "studio/link"

// network is none: this board has no Wi-Fi.
type network struct{}

func (*network) request(_ *server, _ byte, _ *link.Reader, w *answer) {
	w.status(link.StatusUnsupported)
}

func (*network) tell(*server) bool { return false }
func (*network) unwatched()        {}
func (*network) called() string    { return "" }
