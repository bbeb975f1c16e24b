//go:build !linux

package port

import "context"

// Announce gives a channel that gets something whenever a device may have come
// or gone, and whether the system tells. Here it does not: only asking helps.
func Announce(context.Context) (news <-chan struct{}, ok bool) { return nil, false }
