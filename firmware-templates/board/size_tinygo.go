//go:build tinygo && !atsamd21

package board

// What a microcontroller with 200 KB of RAM has room for.
const (
	defaultClients = 6
	defaultSockets = 8
	inSize         = 256  // of a connection's receive buffer
	outSize        = 1024 // of its send buffer
	queueMessages  = 16   // to one client, beyond its send buffer
	queueBytes     = 8192 // of them, unless it is a single one
	maxFiles       = 240  // 25 bytes of RAM each; the flash for files has 256 sectors
	linkWindow     = 8192 // bytes received over the link and not yet used
	linkBuffer     = 4096 // bytes sent and not yet acknowledged
	linkBody       = 480  // longest frame body
	linkWire       = 512  // an RP2040's USB receive ring; what comes on top is lost
	linkReply      = 1024 // longest result
	blockSize      = 4096
	streamCount    = 8
	streamBuffer   = 1024 // bytes that a stream may send ahead
)
