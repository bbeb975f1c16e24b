//go:build tinygo && wifi && esp32

package netif

import (
	"runtime/volatile"
	"unsafe"
)

// random reads the chip's generator, RNG_DATA_REG (ESP32 Technical Reference
// Manual, chapter Random Number Generator), for which TinyGo has no function.
// With the radio switched on its numbers are true ones.
func random() uint32 {
	return (*volatile.Register32)(unsafe.Pointer(uintptr(0x3FF75144))).Get()
}
