package esp

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"studioide/internal/flasher"
	"studioide/ui/src/words/say"
)

// chip is what differs between Espressif's chips. Sources: their technical
// reference manuals (registers) and the image header's chip id list
// (esp_app_format.h).
type chip struct {
	name    string
	id      int      // in SECURITY_INFO and in image headers
	magics  []uint32 // of the word at magicAddress
	spi     uint32   // base of the flash's SPI controller; 0: this package cannot flash the chip
	old     bool     // ESP32: SPI registers at other places, and FLASH_BEGIN has no word about encryption
	efuse   uint32   // BLOCK1 of the eFuses: MAC in its first two words; 0: elsewhere
	console []uint32 // where the ROM keeps which port it talks on; 3 is USB-JTAG
	watch   watchdog
	stub    []byte // for large writes; nil: the ROM does all
}

// watchdog are the registers that make a chip reset itself, sampling its boot pins anew.
type watchdog struct{ config, timeout, protect, key uint32 }

const magicAddress = 0x40001000

var chips = []chip{
	{name: "ESP32-C3", id: 5, magics: []uint32{0x6921506f, 0x1b31506f, 0x4881606f, 0x4361606f},
		spi: 0x60002000, efuse: 0x60008844, console: []uint32{0x3fcdf07c, 0x3fcdf078},
		watch: watchdog{0x60008090, 0x60008094, 0x600080a8, 0x50d83aa1}, stub: stubESP32C3},
	{name: "ESP32-S3", id: 9, magics: []uint32{0x9}, spi: 0x60002000, efuse: 0x60007044},
	{name: "ESP32-S2", id: 2, magics: []uint32{0x7c6}, spi: 0x3f402000},
	{name: "ESP32", id: 0, magics: []uint32{0x00f01d83}, spi: 0x3ff42000, old: true},
	{name: "ESP32-C2", id: 12, magics: []uint32{0x6f51306f, 0x7c41a06f}, spi: 0x60002000},
	{name: "ESP32-C6", id: 13, magics: []uint32{0x2ce0806f}, spi: 0x60003000, efuse: 0x600b0844},
	{name: "ESP32-H2", id: 16, magics: []uint32{0xd7b73e80}, spi: 0x60003000, efuse: 0x600b0844},
	{name: "ESP32-C5", id: 23},
	{name: "ESP32-C61", id: 20},
	{name: "ESP32-P4", id: 18},
	{name: "ESP8266", id: -1, magics: []uint32{0xfff0c101}},
}

func chipByID(id int) *chip {
	for i := range chips {
		if chips[i].id == id {
			return &chips[i]
		}
	}
	return nil
}

// detect finds out what chip it is. Newer chips say so; older ones are known by a word of their ROM.
func (c *conn) detect(ctx context.Context) error {
	a, err := c.request(ctx, opSecurityInfo, nil, nil, replyTimeout)
	if err == nil && len(a.data) == 20 { // flags u32, flash encryption u8, 7 key purposes, chip id u32, API u32
		if found := chipByID(int(binary.LittleEndian.Uint32(a.data[12:]))); found != nil {
			c.chip = found
			return nil
		}
	}
	if err != nil && !c.repeatable(err) {
		return err
	}
	if err != nil {
		if err := c.resync(ctx); err != nil {
			return err
		}
	}
	var magic uint32
	for range 3 { // a damaged answer looks like an unknown chip
		if magic, err = c.readRegister(ctx, magicAddress); err != nil {
			return err
		}
		for i := range chips {
			if slices.Contains(chips[i].magics, magic) {
				c.chip = &chips[i]
				return nil
			}
		}
	}
	return errUnknownChip.With(fmt.Sprintf("%08x", magic))
}

// info reads what people want to know about the chip.
func (c *conn) info(ctx context.Context) (flasher.Info, error) {
	info := flasher.Info{Chip: c.chip.name}
	if c.chip.efuse == 0 {
		return info, nil
	}
	var w [6]uint32
	for i := range w {
		if i == 2 {
			continue
		}
		v, err := c.readRegister(ctx, c.chip.efuse+4*uint32(i))
		var no *refusal
		if errors.As(err, &no) {
			return info, nil
		}
		if err != nil {
			return info, err
		}
		w[i] = v
	}
	info.MAC = fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", byte(w[1]>>8), byte(w[1]), byte(w[0]>>24), byte(w[0]>>16), byte(w[0]>>8), byte(w[0]))
	if c.chip.name == "ESP32-C3" {
		// EFUSE_RD_MAC_SPI_SYS_3 and _5: wafer version minor in bits 20:18 and 23, major in 25:24.
		minor := w[3]>>18&7 | w[5]>>23&1<<3
		info.Revision = fmt.Sprintf("v%d.%d", w[5]>>24&3, minor)
		info.Features = []string{"Wi-Fi", "Bluetooth LE"}
		if w[3]>>27&7 != 0 {
			info.Features = append(info.Features, say.FlashFlashInChipsPackage())
		}
	}
	return info, nil
}

// forImage finds the chip that an ESP image was made for; nil when it does not say.
func forImage(image []byte) *chip {
	// esp_image_header_t: magic E9, and the chip id at byte 12.
	if len(image) < 24 || image[0] != 0xe9 {
		return nil
	}
	return chipByID(int(binary.LittleEndian.Uint16(image[12:])))
}
