//go:build !tinygo

package board

// What the virtual board has room for.
const (
	defaultClients = 32
	defaultSockets = 64
	inSize         = 2048    // of a connection's receive buffer
	outSize        = 8192    // of its send buffer
	queueMessages  = 256     // to one client, beyond its send buffer
	queueBytes     = 1 << 20 // of them, unless it is a single one
	maxFiles       = 240
	linkWindow     = 8192  // bytes received over the link and not yet used
	linkBuffer     = 16384 // bytes sent and not yet acknowledged
	linkBody       = 2048  // longest frame body; one frame is one write, at most 4096 bytes
	linkWire       = 0     // no bound: pipes lose nothing
	linkReply      = 4096  // longest result
	blockSize      = 4096
	streamCount    = 16
	streamBuffer   = 4096 // bytes that a stream may send ahead
)
