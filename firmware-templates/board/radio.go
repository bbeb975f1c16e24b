//go:build wifi

package board

// radio is a Wi-Fi chip: what differs from board to board. One goroutine calls
// it, without the server's lock; start, scan, join and openAP may take seconds.
// A radio that is an access point need not be in a network at the same time.
type radio interface {
	// start switches the radio on. It is called once, before anything else.
	start() bool
	// mac is the hardware address that frames carry now. Right after start it
	// is the board's own, which names it.
	mac() [6]byte
	// scan looks for networks and calls found for each. The link's status:
	// StatusUnsupported when the radio cannot. Afterwards it has to be told
	// again what to be.
	scan(found func(ssid string, rssi int8, secure, channel uint8)) uint8
	// join enters a network; an empty password means an open one. The answer
	// is one of link's reasons, NetNoReason when it is in.
	join(ssid, password string) uint8
	// joined reports whether it still is.
	joined() bool
	// rssi is the strength of the network's signal in dBm; 0: not known.
	rssi() int8
	// openAP makes the radio an access point without a password.
	openAP(ssid string, channel uint8) bool
	// send gives an Ethernet frame away; one that cannot be sent is lost.
	send(frame []byte)
	// receive takes the next frame that has come in; 0: there is none.
	receive(frame []byte) int
	// led switches the LED that hangs on the radio, where there is one.
	led(on bool)
}

// frameSize is the longest Ethernet frame.
const frameSize = 1518
