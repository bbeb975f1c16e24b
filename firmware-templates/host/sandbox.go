//go:build wasip1

package host

import (
	"encoding/binary"
	"io"
	"os"
	"syscall"
	"unsafe"
)

// In the sandbox a program has nothing but its descriptors (see channel.go) and
// the two functions below. What makes them is Studio's internal/sandbox.

const sandboxed = true

//go:wasmimport wasi_snapshot_preview1 random_get
func randomGet(p unsafe.Pointer, n uint32) uint32

//go:wasmimport studio calling
func calling(name unsafe.Pointer, n uint32)

//go:wasmimport studio dial
func dial() int32

// dialChip gets another connection to the chip from the sandbox.
func dialChip() (Connection, error) {
	fd := dial()
	if fd < 0 {
		return nil, syscall.ECONNREFUSED
	}
	return &connection{os.NewFile(uintptr(fd), "connection"), int(fd)}, nil
}

// dialAlone: without a chip there is nobody to ask.
func dialAlone(string) (Connection, byte) { return nil, StatusNoAnswer }

func openChannel() io.ReadWriter { return os.NewFile(FDChannel, "chip") }

func random(b []byte) { randomGet(unsafe.Pointer(unsafe.SliceData(b)), uint32(len(b))) }

// Calling tells the sandbox which of the program's callbacks runs from now on,
// "" for none: one that computes without end is ended from outside.
func Calling(name string) { calling(unsafe.Pointer(unsafe.StringData(name)), uint32(len(name))) }

// Listen opens the virtual board's network.
func Listen() (Listener, error) { return &listener{file: os.NewFile(FDNetwork, "network")}, nil }

type listener struct {
	file *os.File
	buf  [64]byte
	new  []byte // what has been read and not been given out
}

func (l *listener) Accept() (Connection, error) {
	for len(l.new) < 4 {
		n, err := l.file.Read(l.buf[:])
		if err != nil {
			return nil, err
		}
		l.new = l.buf[:n]
	}
	fd := binary.LittleEndian.Uint32(l.new)
	l.new = l.new[4:]
	return &connection{os.NewFile(uintptr(fd), "connection"), int(fd)}, nil
}

type connection struct {
	*os.File
	fd int
}

func (c *connection) CloseWrite() error { return syscall.Shutdown(c.fd, syscall.SHUT_WR) }
