//go:build tinygo && atsamd21

package board

// What a microcontroller with 32 KB of RAM has room for.
const (
	defaultClients = 3
	defaultSockets = 4
	inSize         = 256  // of a connection's receive buffer
	outSize        = 512  // of its send buffer
	queueMessages  = 8    // to one client, beyond its send buffer
	queueBytes     = 2048 // of them, unless it is a single one
	maxFiles       = 100
	linkWindow     = 2048 // bytes received over the link and not yet used
	linkBuffer     = 2048 // bytes sent and not yet acknowledged
	linkBody       = 480  // longest frame body
	linkWire       = 512  // its USB receive ring; what comes on top is lost
	linkReply      = 1024 // longest result
	blockSize      = 1024
	streamCount    = 4
	streamBuffer   = 512 // bytes that a stream may send ahead
)
