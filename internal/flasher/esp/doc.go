// Package esp flashes Espressif chips through the bootloader in their ROM.
//
//	result, err := esp.New().Flash(ctx, p, []flasher.Part{{Offset: 0, Data: image}}, flasher.Options{})
//
// Small changes are written by the ROM: sending a stub takes longer than sending
// the few sectors that they move. Large ones, as a first flash, go compressed
// through Espressif's stub, which takes data while it erases and writes. When the
// line loses anything of that, the rest is compared and written in small pieces,
// and the second attempt does without the stub. The protocol is Espressif's
// "Serial Protocol" (docs.espressif.com, esptool, advanced topics) and was
// written from its description.
//
// The rule that prevents deadlock and disorder: one request at a time, and
// none is sent before the one before it was answered or given up. What comes
// late is dropped by resync, which asks for a SYNC and reads until silence.
package esp
