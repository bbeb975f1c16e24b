//go:build tinygo && atsamd21

package sizes

// What a microcontroller with 32 KB of RAM has room for.
const (
	Clients       = 3    // WebSockets at a time, unless the program says otherwise
	Sockets       = 4    // connections at a time, likewise
	Receive       = 256  // of a connection's receive buffer
	Send          = 512  // of its send buffer
	QueueMessages = 8    // to one client, beyond its send buffer
	QueueBytes    = 2048 // of them, unless it is a single one
	Files         = 100  // in the file store
	LinkWindow    = 2048 // bytes received over the link and not yet used
	LinkBuffer    = 2048 // bytes sent and not yet acknowledged
	LinkBody      = 480  // longest frame body
	LinkWire      = 512  // its USB receive ring; what comes on top is lost
	LinkReply     = 1024 // longest result
	Block         = 1024 // of a file, as the link compares it
	Streams       = 4
	StreamBuffer  = 512 // bytes that a stream may send ahead
)
