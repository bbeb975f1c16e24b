// Package virtual is a board that needs no hardware: an ESP32-C3 with its ROM
// bootloader, flash, pins and reset circuit, as seen from its serial port.
//
// What is flashed into it is a native program of this computer in an ESP image
// (see Pack). On reset the chip checks the image and starts the program as a
// child process: the program's standard streams are the serial line, flash and
// pins reach it over a control channel (package studio/host).
//
//	b, err := virtual.Start(virtual.Config{Dir: dir, Key: key})
//	if err != nil { return err } // problem virtual.in-use when another Studio runs this board
//	defer b.Close()
//	p, err := b.Open() // a port.Port: flash through it, talk through it
//
// The board can also be reached by other programs, see Board.PTY.
//
// # Life of the chip
//
// A boot cycle begins when EN rises (power, the RTS line released, a plug put in) and
// ends when EN falls. Each cycle is one goroutine that runs the ROM's boot, the
// bootloader or the program, in sequence; a new cycle waits for the end of the
// one before it. A program's exit does not end the cycle: the chip stays halted.
//
// # Sources
//
// Espressif's documentation "Serial Protocol" and "Firmware Image Format" (esptool
// docs), the ESP32-C3 technical reference manual for registers, and the
// observed behaviour of espflasher and esptool-js.
package virtual
