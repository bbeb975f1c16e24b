//go:build !tinygo

package loop

import (
	"io"

	"studio/host"
)

// Inbox reads from something that waits and keeps what came for the server,
// which does not, and is woken.
type Inbox struct{ host.Inbox }

// Run reads until the end or an error, or until Stop.
func (b *Inbox) Run(r io.Reader) { b.Inbox.Run(r, Wake) }
