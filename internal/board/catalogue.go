package board

import "studio/host"

var catalogue = []Board{
	{
		ID: "virtual", Name: "Virtual ESP32-C3", Chip: "ESP32-C3", Virtual: true,
		LED: Pin{Number: 8}, Button: Pin{Number: 9, ActiveLow: true},
		Flash: "esp", FlashSize: 16 << 20, FilesAt: host.FilesOffset, FilesSize: host.FilesSize,
		Network: Loopback, Tried: Tested,
		Boot: "Hold BOOT in the picture of the board, press Reset, release BOOT.",
	},
}
