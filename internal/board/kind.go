package board

import "studioide/internal/api"

// Kinds is the catalogue as the page shows it.
func Kinds() []api.BoardKind {
	list := []api.BoardKind{}
	for _, b := range catalogue {
		notes := append([]string{}, b.Notes...)
		if b.Tool != "" && b.Unfit == "" {
			notes = append(notes, "Studio cannot write programs to it yet. In a terminal, studio build -o program.bin --board "+b.ID+" makes the program, and this writes it: "+b.Tool)
		}
		files := "store"
		if b.FilesSize == 0 {
			files = "program"
			if b.Network == WiFi {
				notes = append(notes, "It forgets the Wi-Fi network when it restarts, since TinyGo cannot write its flash; it is an access point then.")
			}
		}
		list = append(list, api.BoardKind{ID: b.ID, Name: b.Name, Chip: b.Chip, Picture: b.Picture, Network: string(b.Network), Files: files,
			LED: b.LED.Number, LEDLow: b.LED.ActiveLow, Boot: b.Boot, Tried: string(b.Tried), Notes: notes})
	}
	return list
}
