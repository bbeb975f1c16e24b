// Package flasher puts programs into boards' flash.
//
// A Method speaks one kind of bootloader over a port that somebody else owns
// and lends for the length of one call. Package esp is the method of
// Espressif chips; flashertest is the suite that every method has to pass.
//
//	result, err := esp.New().Flash(ctx, p, parts, flasher.Options{Chip: "ESP32-C3"})
//	if err != nil { return err } // a *problem.Problem that says what to do next
//	fmt.Println(result.SectorsWritten, "of", result.Sectors, "sectors were new")
package flasher
