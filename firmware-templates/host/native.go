//go:build !wasip1

package host

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	"net"
	"os"
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
	os.Unsetenv(EnvAddress) // not for programs that this one starts
	os.Unsetenv(EnvKey)
	conn, err := net.Dial("tcp", address)
	if err == nil {
		_, err = conn.Write(key)
	}
	if err != nil {
		os.Exit(2) // the chip is gone already: nobody reads what we would say
	}
	return conn
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
