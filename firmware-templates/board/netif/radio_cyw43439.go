//go:build tinygo && wifi && cyw43439

package netif

import (
	"unsafe"

	"studio/link"

	"github.com/soypat/cyw43439"
)

// driver is the CYW43439 of the Pico W and Pico 2 W. It is a station or an access
// point. Its driver cannot look for networks, and knows no signal strength.
type driver struct {
	dev   *cyw43439.Device
	ap    bool
	lit   bool
	frame []byte // where the driver's next frame goes
	got   int
}

// Pins makes the LED, which hangs on the radio, a pin like others.
const Pins = 65

// Reserved keeps the pins that the radio hangs on.
func Reserved(p uint8) bool { return p >= 23 && p <= 25 || p == 29 }

func (c *driver) Start() bool {
	c.dev = cyw43439.NewPicoWDevice()
	return c.reset()
}

// reset loads the chip's firmware: how an access point becomes a station.
func (c *driver) reset() bool {
	c.ap = false
	if c.dev.Init(cyw43439.DefaultWifiConfig()) != nil {
		return false
	}
	c.dev.RecvEthHandle(c.take)
	c.LED(c.lit)
	return true
}

func (c *driver) MAC() (mac [6]byte) {
	mac, _ = c.dev.HardwareAddr6()
	return mac
}

func (c *driver) Scan(func(string, int8, uint8, uint8)) uint8 { return uint8(link.StatusUnsupported) }

func (c *driver) Join(ssid, password string) uint8 {
	if c.ap && !c.reset() {
		return link.NetOther
	}
	err := c.dev.Join(ssid, cyw43439.JoinOptions{Passphrase: password})
	if err == nil {
		c.dev.SetMulticastList([][6]byte{{1, 0, 0x5E, 0, 0, 251}})
		return link.NetNoReason
	}
	switch err.Error() {
	case "join:SET_SSID failed":
		return link.NetNotFound
	case "join:failed": // found, and then nothing came of it
		if password != "" {
			return link.NetPassword
		}
	}
	return link.NetOther
}

func (c *driver) Joined() bool { return c.dev.IsLinkUp() }
func (c *driver) RSSI() int8   { return 0 }

func (c *driver) OpenAP(ssid string, channel uint8) bool {
	if !c.reset() || c.dev.StartAP(ssid, "", channel) != nil {
		return false
	}
	c.ap = true
	return c.linkUp()
}

// linkUp has the driver send frames. It does so only while its own note of the
// link says "up", which it makes for a station alone (v0.2.0: Device.StartAP
// leaves it at "down", and a station that leaves our access point sets it back).
// The note is one of the last bytes of Device; IsLinkUp tells which.
func (c *driver) linkUp() bool {
	const up = 2 // linkStateUp
	all := unsafe.Slice((*byte)(unsafe.Pointer(c.dev)), unsafe.Sizeof(*c.dev))
	for i := len(all) - 1; i >= len(all)-16 && !c.dev.IsLinkUp(); i-- {
		was := all[i]
		if all[i] = up; !c.dev.IsLinkUp() {
			all[i] = was
		}
	}
	return c.dev.IsLinkUp()
}

func (c *driver) Send(frame []byte) {
	if !c.ap || c.dev.IsLinkUp() || c.linkUp() {
		c.dev.SendEth(frame)
	}
}

func (c *driver) Receive(frame []byte) int {
	c.frame, c.got = frame, 0
	c.dev.PollOne()
	c.frame = nil
	return c.got
}

// take copies a frame out of the driver's buffer. One that comes while the
// driver does something else is lost.
func (c *driver) take(frame []byte) {
	if c.frame != nil && len(frame) <= len(c.frame) {
		c.got = copy(c.frame, frame)
	}
}

func (c *driver) LED(on bool) {
	c.lit = on
	c.dev.GPIOSet(0, on)
}
