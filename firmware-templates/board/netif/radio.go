//go:build wifi

package netif

// Radio is a Wi-Fi chip: what differs from board to board. One goroutine calls
// it, without the server's lock; start, scan, join and openAP may take seconds.
// A radio that is an access point need not be in a network at the same time.
type Radio interface {
	// Start switches the radio on. It is called once, before anything else.
	Start() bool
	// MAC is the hardware address that frames carry now. Right after start it
	// is the board's own, which names it.
	MAC() [6]byte
	// Scan looks for networks and calls found for each. The link's status:
	// StatusUnsupported when the radio cannot. Afterwards it has to be told
	// again what to be.
	Scan(found func(ssid string, rssi int8, secure, channel uint8)) uint8
	// Join enters a network; an empty password means an open one. The answer
	// is one of link's reasons, NetNoReason when it is in.
	Join(ssid, password string) uint8
	// Joined reports whether it still is.
	Joined() bool
	// RSSI is the strength of the network's signal in dBm; 0: not known.
	RSSI() int8
	// OpenAP makes the radio an access point without a password.
	OpenAP(ssid string, channel uint8) bool
	// Send gives an Ethernet frame away; one that cannot be sent is lost.
	Send(frame []byte)
	// Receive takes the next frame that has come in; 0: there is none.
	Receive(frame []byte) int
	// LED switches the LED that hangs on the radio, where there is one.
	LED(on bool)
}

// FrameSize is the longest Ethernet frame.
const FrameSize = 1518
