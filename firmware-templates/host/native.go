//go:build !wasip1

package host

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

const sandboxed = false

// openChannel connects to the chip whose address is in the environment; nil: there is none.
func openChannel() io.ReadWriter {
	address := os.Getenv(EnvAddress)
	if address == "" {
		return nil
	}
	key, err := hex.DecodeString(os.Getenv(EnvKey))
	if err != nil || len(key) != KeyLength {
		println("studio: " + EnvKey + " must be 64 hex digits")
		os.Exit(2)
	}
	way.address, way.key = address, key
	os.Unsetenv(EnvAddress) // not for programs that this one starts
	os.Unsetenv(EnvKey)
	conn, err := dialChip()
	if err != nil {
		os.Exit(2) // the chip is gone already: nobody reads what we would say
	}
	return conn
}

// way is how to get to the chip.
var way struct {
	address string
	key     []byte
}

func dialChip() (Connection, error) {
	conn, err := net.Dial("tcp", way.address)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Write(way.key); err != nil {
		conn.Close()
		return nil, err
	}
	return conn.(*net.TCPConn), nil
}

// dialAlone connects by itself, as there is no chip.
func dialAlone(address string) (Connection, byte) {
	conn, err := net.DialTimeout("tcp", address, 8*time.Second)
	var name *net.DNSError
	switch {
	case err == nil:
		return conn.(*net.TCPConn), StatusDone
	case errors.As(err, &name):
		return nil, StatusNoHost
	case errors.Is(err, syscall.ECONNREFUSED):
		return nil, StatusNobody
	}
	return nil, StatusNoAnswer
}

func random(b []byte) { rand.Read(b) }

// Listen opens the virtual board's network: a port of the computer's own
// loopback interface; the chip is told which. STUDIO_LISTEN asks for another
// address when there is no chip.
func Listen() (Listener, error) {
	address := "127.0.0.1:0"
	if a := os.Getenv("STUDIO_LISTEN"); a != "" && !Attached() {
		address = a
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	Listening(l.Addr().String())
	if !Attached() {
		println("Page: http://" + l.Addr().String() + "/")
	}
	return listener{l.(*net.TCPListener)}, nil
}

type listener struct{ *net.TCPListener }

func (l listener) Accept() (Connection, error) {
	c, err := l.AcceptTCP()
	if err != nil {
		return nil, err
	}
	return c, nil
}
