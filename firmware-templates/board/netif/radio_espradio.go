//go:build tinygo && wifi && (esp32c3 || esp32s3 || esp32)

package netif

import (
	"time"

	"studio/link"

	"tinygo.org/x/espradio"
)

// driver is the radio of Espressif's chips. It is a station or an access point,
// not both; at most four stations may be in its access point.
type driver struct{ dev *espradio.NetDev }

// Pins: no LED hangs on it.
const Pins = 0

func Reserved(uint8) bool { return false }

func (c *driver) Start() bool {
	return espradio.Enable(espradio.Config{Logging: espradio.LogLevelNone}) == nil && c.station()
}

// station makes the radio a station; that it is one already does not matter.
func (c *driver) station() bool {
	if espradio.Start() != nil {
		return false
	}
	dev, err := espradio.StartNetDev()
	c.dev = dev
	return err == nil
}

func (c *driver) MAC() (mac [6]byte) {
	mac, _ = c.dev.HardwareAddr6()
	return mac
}

// Scan does not learn which networks want a password, nor their channels.
func (c *driver) Scan(found func(ssid string, rssi int8, secure, channel uint8)) uint8 {
	if !c.station() {
		return uint8(link.StatusRefused)
	}
	list, err := espradio.Scan()
	if err != nil {
		return uint8(link.StatusRefused)
	}
	for _, a := range list {
		found(a.SSID, int8(a.RSSI), link.NetUnknown, 0)
	}
	return uint8(link.StatusDone)
}

func (c *driver) Join(ssid, password string) uint8 {
	if !c.station() {
		return link.NetOther
	}
	if c.Joined() {
		// Its event must not be taken for the next attempt's end.
		wifiDisconnect()
		time.Sleep(200 * time.Millisecond)
	}
	err := espradio.Connect(espradio.STAConfig{SSID: ssid, Password: password})
	if err == nil {
		return link.NetNoReason
	}
	reason, _ := err.(espradio.Error)
	switch reason { // wifi_err_reason_t in esp_wifi_types_generic.h
	case 14, 15, 202, 204: // MIC failure, four-way handshake timeout, authentication failed, handshake timeout
		return link.NetPassword
	case 201, 212: // no access point found; none that is near enough
		return link.NetNotFound
	}
	return link.NetOther
}

func (c *driver) Joined() bool {
	var rssi int32
	return wifiRSSI(&rssi) == 0
}

func (c *driver) RSSI() int8 {
	var rssi int32
	if wifiRSSI(&rssi) != 0 {
		return 0
	}
	return int8(rssi)
}

func (c *driver) OpenAP(ssid string, channel uint8) bool {
	if espradio.StartAP(espradio.APConfig{SSID: ssid, Channel: channel, AuthOpen: true}) != nil {
		return false
	}
	dev, err := espradio.StartNetDevAP()
	c.dev = dev
	return err == nil
}

func (c *driver) Send(frame []byte) { c.dev.SendEthFrame(frame) }

func (c *driver) Receive(frame []byte) int {
	n, _ := c.dev.EthPoll(frame)
	return n
}

func (c *driver) LED(bool) {}

// wifiRSSI gives an error when the station is in no network.
//
//export esp_wifi_sta_get_rssi
func wifiRSSI(rssi *int32) int32

//export esp_wifi_disconnect_internal
func wifiDisconnect() int32
