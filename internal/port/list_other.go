//go:build !linux

package port

import "studioide/internal/problem"

// Missing explains a USB serial chip that is plugged in but has no port. This system does not tell.
func Missing() *problem.Problem { return nil }
