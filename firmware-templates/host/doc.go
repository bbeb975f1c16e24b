// Package host is what a program sees of the virtual board's chip when it runs
// as a native program on a computer: flash, pins, reset.
//
// Studio's virtual chip starts the program as a child process and gives it the
// address of a control channel (see channel.go). Without that channel the
// package works alone: flash lies in memory (or in the file that STUDIO_FLASH
// names), pins are local, so tests and a plain "go run" need no Studio.
//
//	host.SetPin(8, host.Output, true)          // LED on
//	err := host.ReadFlash(buf, host.FilesOffset)
//
// All functions may be called from any goroutine.
package host

// The flash map of the virtual ESP32-C3: the program's image starts at 0, the
// file store takes the last 4 MB of 16.
const (
	FilesOffset = 12 << 20 // bytes from the start of flash
	FilesSize   = 4 << 20  // bytes

	// PageSize is the unit of a page program (and of power cuts), SectorSize that of an erase.
	PageSize   = 256
	SectorSize = 4096

	// Pins is the number of pins, GPIO0 to GPIO21.
	Pins = 22
)

// Pin modes, as in the device link's op PINS.
const (
	Unused uint8 = 0
	Input  uint8 = 1
	Output uint8 = 2
	Duty   uint8 = 3 // its level is the part of the time that it is on, in percent
	Analog uint8 = 4 // an input whose voltage is measured (virtual board only)
)

// Reset reasons, as in the device link's HELLO.
const (
	ResetPower    uint8 = 0
	ResetPin      uint8 = 1
	ResetSoftware uint8 = 2
	ResetWatchdog uint8 = 3
	ResetPanic    uint8 = 4
	ResetUnknown  uint8 = 255
)
