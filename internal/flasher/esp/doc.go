// Package esp flashes Espressif chips through the bootloader in their ROM.
//
//	result, err := esp.New().Flash(ctx, p, []flasher.Part{{Offset: 0, Data: image}}, flasher.Options{})
//
// It uploads no stub: for the few sectors that a small change moves, sending
// the stub takes longer than sending the sectors, and the ROM can do all that
// is needed (MD5 of any range, plain writes). The protocol is Espressif's
// "Serial Protocol" (docs.espressif.com, esptool, advanced topics) and was
// written from its description.
//
// The rule that prevents deadlock and disorder: one request at a time, and
// none is sent before the one before it was answered or given up. What comes
// late is dropped by resync, which asks for a SYNC and reads until silence.
package esp
