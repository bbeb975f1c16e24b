// Package uf2 is the flash method of boards whose bootloader is a drive: a file
// in the UF2 format that is copied there becomes the program, and the board
// starts it. That is how the boot ROMs of the RP2040 and the RP2350 work.
//
//	m := uf2.New(2 << 20)
//	result, err := m.Flash(ctx, p, parts, flasher.Options{Chip: "RP2040"})
//
// Sources: the UF2 specification (github.com/microsoft/uf2), sections 2.8 of
// the RP2040's and 5.5 of the RP2350's data sheet.
package uf2
