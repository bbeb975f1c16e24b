package port

import (
	"io/fs"
	"os"
	"strings"

	"studioide/internal/problem"
)

// Check refuses a name that no board can be at: one that is no name of a virtual
// board, or that of a folder, a file, or a device of another kind. Nothing is
// opened for it: some devices act at that. What is not there may come.
func Check(name string) error {
	if _, virtual, err := Virtual(name); virtual {
		return err
	}
	path, err := resolve(name)
	if err != nil {
		return nil
	}
	if p := notSerial(name, path); p != nil {
		return p
	}
	return nil
}

// notSerial says what is at the path instead of a serial port.
func notSerial(name, path string) *problem.Problem {
	if !strings.ContainsAny(path, `/\`) {
		return nil // COM5: it would be opened to be looked at
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	switch kind := info.Mode(); {
	case kind.IsDir():
		return errFolder.With(name)
	case kind.IsRegular():
		return errFile.With(name)
	case kind&(fs.ModeNamedPipe|fs.ModeSocket) != 0:
		return errPipe.With(name)
	case kind&fs.ModeCharDevice == 0:
		return errDisk.With(name)
	}
	switch tty, screen := terminal(path, info); {
	case screen:
		return errTerminal.With(name)
	case !tty:
		return errOtherDevice.With(name)
	}
	return nil
}
