package port

import (
	"errors"
	"os"
	"strings"

	"go.bug.st/serial"
	"golang.org/x/sys/windows"

	"studioide/internal/problem"
)

// resolve makes one name of COM5, com5 and \\.\COM5. What has a path is a file or a folder.
func resolve(name string) (string, error) {
	device := strings.ToUpper(strings.TrimPrefix(name, `\\.\`))
	switch {
	case device == "" || strings.ContainsRune(device, 0):
		return "", os.ErrNotExist
	case strings.ContainsAny(device, `\/`):
		_, err := os.Stat(name)
		return name, err
	}
	return device, nil
}

// setLines sets DTR first: this order holds BOOT while the chip's reset ends.
func setLines(p serial.Port, dtr, rts bool) error {
	if err := p.SetDTR(dtr); err != nil {
		return err
	}
	return p.SetRTS(rts)
}

func isNoLines(err error) bool { return errors.Is(err, windows.ERROR_NOT_SUPPORTED) }

func isTemporary(err error) bool { return false }

func isGone(err error) bool {
	return errors.Is(err, windows.ERROR_BAD_COMMAND) || errors.Is(err, windows.ERROR_DEVICE_NOT_CONNECTED) ||
		errors.Is(err, windows.ERROR_OPERATION_ABORTED) || errors.Is(err, windows.ERROR_GEN_FAILURE) ||
		errors.Is(err, windows.ERROR_INVALID_HANDLE) || hasCode(err, serial.PortClosed)
}

func denied(name, _ string) *problem.Problem {
	return errDeniedWindows.With(name)
}
