//go:build !tinygo

package sizes

// What the virtual board has room for.
const (
	Clients       = 32      // WebSockets at a time, unless the program says otherwise
	Sockets       = 64      // connections at a time, likewise
	Receive       = 2048    // of a connection's receive buffer
	Send          = 8192    // of its send buffer
	QueueMessages = 256     // to one client, beyond its send buffer
	QueueBytes    = 1 << 20 // of them, unless it is a single one
	Files         = 240     // in the file store
	LinkWindow    = 8192    // bytes received over the link and not yet used
	LinkBuffer    = 16384   // bytes sent and not yet acknowledged
	LinkBody      = 2048    // longest frame body; one frame is one write, at most 4096 bytes
	LinkWire      = 0       // no bound: pipes lose nothing
	LinkReply     = 4096    // longest result
	Block         = 4096    // of a file, as the link compares it
	Streams       = 16
	StreamBuffer  = 4096 // bytes that a stream may send ahead
)
