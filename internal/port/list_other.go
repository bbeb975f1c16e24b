//go:build !linux

package port

import (
	"studioide/internal/api"
	"studioide/internal/problem"
)

// FillHolders says in Problem which ports of a list other programs have open.
// This system does not tell without opening them.
func FillHolders([]api.Port) {}

// Missing explains a USB serial chip that is plugged in but has no port. This system does not tell.
func Missing() *problem.Problem { return nil }
