//go:build tinygo && !atsamd21

package sizes

// What a microcontroller with 200 KB of RAM has room for.
const (
	Clients       = 6    // WebSockets at a time, unless the program says otherwise
	Sockets       = 8    // connections at a time, likewise
	Receive       = 256  // of a connection's receive buffer
	Send          = 1024 // of its send buffer
	QueueMessages = 16   // to one client, beyond its send buffer
	QueueBytes    = 8192 // of them, unless it is a single one
	Files         = 240  // 25 bytes of RAM each; the flash for files has 256 sectors
	LinkWindow    = 8192 // bytes received over the link and not yet used
	LinkBuffer    = 4096 // bytes sent and not yet acknowledged
	LinkBody      = 480  // longest frame body
	LinkWire      = 512  // an RP2040's USB receive ring; what comes on top is lost
	LinkReply     = 1024 // longest result
	Block         = 4096 // of a file, as the link compares it
	Streams       = 8
	StreamBuffer  = 1024 // bytes that a stream may send ahead
)
