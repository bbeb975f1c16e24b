package session

import (
	"strings"

	"studioide/internal/api"
	"studioide/internal/outgoing"
)

// AllowDial lets the virtual board's program connect to an address that it has
// asked for, or says that it may not. It holds until another project is opened.
func (s *Session) AllowDial(address string, allow bool) error {
	if s.target.Dialer == nil {
		return outgoing.ErrNotAsked.With(address)
	}
	return s.target.Dialer.Allow(address, allow)
}

// dialsChanged tells pages what the user is to be asked.
func (s *Session) dialsChanged(asked []string) {
	s.update(func(b *api.Board) { b.Dials = strings.Join(asked, " ") })
}
