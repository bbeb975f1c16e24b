//go:build unix

package virtual

import (
	"errors"
	"syscall"
)

func fileBusy(err error) bool { return errors.Is(err, syscall.ETXTBSY) }
