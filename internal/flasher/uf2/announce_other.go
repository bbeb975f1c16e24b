//go:build !linux

package uf2

import "context"

// Announce gives a channel that gets something whenever a drive comes or goes,
// and whether the system tells. Here it does not: only asking helps.
func Announce(context.Context) (news <-chan struct{}, ok bool) { return nil, false }
