package host

import "time"

// Listener is where connections to the program's server come in.
type Listener interface {
	Accept() (Connection, error)
}

// Connection is a TCP connection to the program's server.
type Connection interface {
	Read(p []byte) (int, error)
	Write(p []byte) (int, error)
	SetDeadline(t time.Time) error
	CloseWrite() error // nothing will be written any more
	Close() error
}
