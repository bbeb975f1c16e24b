//go:build !linux && !darwin

package virtual

import (
	"context"
)

// PTY is not possible here: the system has no pseudo terminals that look like serial ports.
func (b *Board) PTY(context.Context) (string, error) {
	return "", errNoTerminals
}
