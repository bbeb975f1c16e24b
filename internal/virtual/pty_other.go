//go:build !linux && !darwin

package virtual

import (
	"context"

	"studioide/internal/problem"
)

// PTY is not possible here: the system has no pseudo terminals that look like serial ports.
func (b *Board) PTY(context.Context) (string, error) {
	return "", problem.New("virtual.no-pty", "This system has no pseudo terminals, so other programs cannot reach the virtual board.",
		"Use the virtual board from Studio itself.")
}
