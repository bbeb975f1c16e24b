package board

import "studio/host"

// Where files lie on boards with 4 MB of flash and more, and on the Picos.
// These never change: people's files lie there.
const (
	espFilesAt  = 2 << 20
	picoFilesAt = 1 << 20
	filesSize   = 1 << 20
	espRAM      = 0x4E710 // DRAM of TinyGo's esp32c3.ld
	picoRAM     = 256 << 10
	pico2RAM    = 512 << 10
)

// The USB ids of chips that connect a board's serial line.
var (
	espUSB    = USB{"303a", "1001"} // the USB of Espressif's chips themselves
	cp2102    = USB{"10c4", "ea60"}
	ch340     = USB{"1a86", "7523"}
	ch343     = USB{"1a86", "55d3"}
	ch9102    = USB{"1a86", "55d4"}
	ft232     = USB{"0403", "6001"}
	picoTiny  = USB{"2e8a", "000a"} // TinyGo's program
	picoMicro = USB{"2e8a", "0005"} // MicroPython
	rp2040ROM = USB{"2e8a", "0003"}
	rp2350ROM = USB{"2e8a", "000f"}
)

const (
	holdBoot    = "Hold BOOT, tap RESET, release BOOT."
	holdBoot32  = "Hold BOOT, tap EN, release BOOT."
	holdBootSel = "Hold BOOTSEL while you plug the cable in."
)

var noPin = Pin{Number: -1}

// precise has garbage collected by what a type says about its pointers, so that
// buffers without any are not looked through. What remains of a collection's pause
// is nearly all the walk over the heap's blocks, in use or not (4.3 of 4.8 ms on a
// Pico); -opt=s in place of TinyGo's -opt=z makes it a little shorter, for a tenth
// more flash (-opt=2 would halve it, and make programs almost twice as large). Not
// where a radio's code, which is not Go's, keeps pointers.
var precise = []string{"-gc=precise", "-opt=s"}

var catalogue = []Board{
	{
		ID: "virtual", Name: "Virtual ESP32-C3", Chip: "ESP32-C3", Picture: "devkit", Virtual: true,
		LED: Pin{Number: 8}, Button: Pin{Number: 9, ActiveLow: true},
		Flash: "esp", FlashSize: 16 << 20, FilesAt: host.FilesOffset, FilesSize: host.FilesSize,
		Network: Loopback, Tried: Tested,
		Boot: "Hold BOOT in the picture of the board, press Reset, release BOOT.",
	},
	{
		ID: "esp32c3", Name: "ESP32-C3 board", Chip: "ESP32-C3", Picture: "devkit",
		Target: "esp32c3-supermini", Tags: []string{"wifi"}, TinyGo: "0.41", // the generic target's machine has no LED
		LED: Pin{Number: 8, ActiveLow: true}, Button: Pin{Number: 9, ActiveLow: true},
		Flash: "esp", FlashSize: 4 << 20, RAM: espRAM, FilesAt: espFilesAt, FilesSize: filesSize,
		Network: WiFi, Tried: Built, USB: []USB{espUSB}, Boot: holdBoot,
		Notes: []string{"The LED is taken to be at GPIO8, where most such boards have one; some have a coloured LED there that needs more than a level."},
	},
	{
		ID: "esp32c3uart", Name: "ESP32-C3 board with a serial chip", Chip: "ESP32-C3", Picture: "devkit",
		Target: "esp32c3-generic", Tags: []string{"wifi"}, Flags: []string{"-serial=uart"}, TinyGo: "0.41",
		LED: Pin{Number: 10}, Button: Pin{Number: 9, ActiveLow: true},
		Flash: "esp", FlashSize: 4 << 20, RAM: espRAM, FilesAt: espFilesAt, FilesSize: filesSize,
		Network: WiFi, Tried: Emulated, USB: []USB{cp2102, ch343, ch9102, ch340}, Boot: holdBoot,
		Notes: []string{
			"For boards whose USB leads to a CP2102, CH340 or CH343, such as ESP32-C3-DevKitM-1 and DevKitC-02.",
			"Most of them have a coloured LED that needs more than a level: connect a plain one, with a resistor of about 330 Ω, between GPIO10 and GND.",
		},
	},
	{
		ID: "esp32c3supermini", Name: "ESP32-C3 SuperMini", Chip: "ESP32-C3", Picture: "stick",
		Target: "esp32c3-supermini", Tags: []string{"wifi"}, TinyGo: "0.41",
		LED: Pin{Number: 8, ActiveLow: true}, Button: Pin{Number: 9, ActiveLow: true},
		Flash: "esp", FlashSize: 4 << 20, RAM: espRAM, FilesAt: espFilesAt, FilesSize: filesSize,
		Network: WiFi, Tried: Built, USB: []USB{espUSB}, Boot: holdBoot,
	},
	{
		ID: "xiaoesp32c3", Name: "Seeed XIAO ESP32C3", Chip: "ESP32-C3", Picture: "stick",
		Target: "xiao-esp32c3", Tags: []string{"wifi"}, TinyGo: "0.41",
		LED: Pin{Number: 10}, Button: Pin{Number: 9, ActiveLow: true},
		Flash: "esp", FlashSize: 4 << 20, RAM: espRAM, FilesAt: espFilesAt, FilesSize: filesSize,
		Network: WiFi, Tried: Emulated, USB: []USB{espUSB}, Boot: holdBoot,
		Notes: []string{"It has no LED of its own: connect one, with a resistor of about 330 Ω, between D10 and GND."},
	},
	{
		ID: "picow", Name: "Raspberry Pi Pico W", Chip: "RP2040", Picture: "pico",
		Target: "pico-w", Tags: []string{"wifi"}, Flags: []string{"-scheduler=tasks"},
		LED: Pin{Number: 64}, Button: noPin, // the LED hangs on the radio: a number that no pin has
		Flash: "uf2", FlashSize: 2 << 20, RAM: picoRAM, FilesAt: picoFilesAt, FilesSize: filesSize,
		Network: WiFi, Tried: Built, USB: []USB{picoTiny, picoMicro, rp2040ROM}, Boot: holdBootSel,
	},
	{
		ID: "pico2w", Name: "Raspberry Pi Pico 2 W", Chip: "RP2350", Picture: "pico",
		Target: "pico2-w", Tags: []string{"wifi"}, Flags: []string{"-scheduler=tasks"},
		LED: Pin{Number: 64}, Button: noPin,
		Flash: "uf2", FlashSize: 4 << 20, RAM: pico2RAM, FilesAt: picoFilesAt, FilesSize: filesSize,
		Network: WiFi, Tried: Built, USB: []USB{picoTiny, picoMicro, rp2350ROM}, Boot: holdBootSel,
	},
	{
		ID: "pico", Name: "Raspberry Pi Pico", Chip: "RP2040", Picture: "pico",
		Target: "pico", Flags: precise,
		LED: Pin{Number: 25}, Button: noPin,
		Flash: "uf2", FlashSize: 2 << 20, RAM: picoRAM, FilesAt: picoFilesAt, FilesSize: filesSize,
		Network: Cable, Tried: Emulated, USB: []USB{picoTiny, picoMicro, rp2040ROM}, Boot: holdBootSel,
	},
	{
		ID: "pico2", Name: "Raspberry Pi Pico 2", Chip: "RP2350", Picture: "pico",
		Target: "pico2", Flags: precise,
		LED: Pin{Number: 25}, Button: noPin,
		Flash: "uf2", FlashSize: 4 << 20, RAM: pico2RAM, FilesAt: picoFilesAt, FilesSize: filesSize,
		Network: Cable, Tried: Built, USB: []USB{picoTiny, picoMicro, rp2350ROM}, Boot: holdBootSel,
	},
	{
		ID: "esp32", Name: "ESP32 DevKit", Chip: "ESP32", Picture: "devkit",
		Target: "esp32-generic", Tags: []string{"wifi"}, TinyGo: "0.42", Release: true,
		LED: Pin{Number: 2}, Button: Pin{Number: 0, ActiveLow: true},
		Flash: "esp", FlashSize: 4 << 20, ProgramAt: 0x1000, RAM: 192 << 10,
		Network: WiFi, Tried: Untried, USB: []USB{cp2102, ch340, ch9102, ft232}, Boot: holdBoot32,
	},
	{
		ID: "esp32mini32", Name: "MH-ET LIVE MiniKit ESP32", Chip: "ESP32", Picture: "devkit",
		Target: "esp32-mini32", Tags: []string{"wifi"}, TinyGo: "0.42", Release: true,
		LED: Pin{Number: 2}, Button: Pin{Number: 0, ActiveLow: true},
		Flash: "esp", FlashSize: 4 << 20, ProgramAt: 0x1000, RAM: 192 << 10,
		Network: WiFi, Tried: Untried, USB: []USB{cp2102, ch9102, ch340}, Boot: holdBoot32,
	},
	{
		ID: "esp32s3", Name: "ESP32-S3 board", Chip: "ESP32-S3", Picture: "devkit",
		Target: "esp32s3-generic", Tags: []string{"wifi"}, TinyGo: "0.41", Release: true,
		LED: Pin{Number: 2}, Button: Pin{Number: 0, ActiveLow: true},
		Flash: "esp", FlashSize: 4 << 20, RAM: 416 << 10,
		Network: WiFi, Tried: Untried, USB: []USB{espUSB}, Boot: holdBoot,
		Notes: []string{"If it has two USB connectors, use the one marked USB: the one marked UART leads past TinyGo.", "Most such boards have a coloured LED that needs more than a level: connect a plain one, with a resistor of about 330 Ω, between GPIO2 and GND."},
	},
	{
		ID: "xiaoesp32s3", Name: "Seeed XIAO ESP32S3", Chip: "ESP32-S3", Picture: "stick",
		Target: "xiao-esp32s3", Tags: []string{"wifi"}, TinyGo: "0.41", Release: true,
		LED: Pin{Number: 21, ActiveLow: true}, Button: Pin{Number: 0, ActiveLow: true},
		Flash: "esp", FlashSize: 8 << 20, RAM: 416 << 10,
		Network: WiFi, Tried: Untried, USB: []USB{espUSB}, Boot: holdBoot,
	},
	{
		ID: "esp8266", Name: "NodeMCU ESP8266", Chip: "ESP8266", Picture: "devkit",
		Target: "nodemcu", Release: true,
		Unfit: "TinyGo runs an ESP8266's program from 32 KB of memory, and Studio's runtime alone is longer than that.",
		LED:   Pin{Number: 2, ActiveLow: true}, Button: Pin{Number: 0, ActiveLow: true},
		Flash: "esp", Tool: "esptool.py --port PORT write_flash 0 program.bin", FlashSize: 4 << 20, RAM: 80 << 10,
		Network: Cable, Tried: Untried, USB: []USB{ch340, cp2102}, Boot: "Hold FLASH, tap RST, release FLASH.",
		Notes: []string{"TinyGo has no Wi-Fi for this chip."},
	},
	{
		ID: "nano33iot", Name: "Arduino Nano 33 IoT", Chip: "SAMD21", Picture: "stick",
		Target: "arduino-nano33", Release: true,
		LED: Pin{Number: 17}, Button: noPin, // PA17
		Flash: "samba", Tool: "bossac -i -e -w -v -R -U --port=PORT --offset=0x2000 program.bin", FlashSize: 256 << 10, ProgramAt: 0x2000, RAM: 32 << 10,
		Network: Cable, Tried: Untried, USB: []USB{{"2341", "8057"}, {"2341", "0057"}}, Boot: "Tap RESET twice, quickly.",
		Notes: []string{"Its Wi-Fi is not used yet: page and messages go over the cable."},
	},
	{
		ID: "nucleol476rg", Name: "Nucleo-L476RG", Chip: "STM32L476", Picture: "nucleo",
		Target: "nucleo-l476rg", Release: true,
		LED: Pin{Number: 5}, Button: Pin{Number: 45, ActiveLow: true}, // PA5, PC13
		Flash: "stm32", Tool: "st-flash --reset write program.bin 0x8000000", FlashSize: 1 << 20, RAM: 96 << 10,
		Network: Cable, Tried: Untried, USB: []USB{{"0483", "374b"}}, Boot: "Connect BOOT0 to 3V3, tap RESET.",
	},
}
