package flasher

import (
	"fmt"
	"slices"

	"studioide/internal/problem"
)

// SectorSize is the unit of an erase, in bytes, on every chip that Studio flashes.
const SectorSize = 4096

// Layout checks parts before anything is written, and sorts them by place.
func Layout(parts []Part) ([]Part, error) {
	var list []Part
	for _, p := range parts {
		if len(p.Data) == 0 {
			continue
		}
		if p.Offset%SectorSize != 0 {
			return nil, badPart("A part of the program starts at %#x, which is not at the start of a flash sector of 4 KB.", p.Offset)
		}
		if int64(p.Offset)+int64(len(p.Data)) > 1<<32 {
			return nil, badPart("A part of the program ends beyond %#x, where no flash can be.", 0xffffffff)
		}
		list = append(list, p)
	}
	if len(list) == 0 {
		return nil, problem.New("flash.empty", "There is nothing to flash.", "Build the program first, or choose another file.")
	}
	slices.SortFunc(list, func(a, b Part) int { return int(int64(a.Offset) - int64(b.Offset)) })
	for i := 1; i < len(list); i++ {
		before := list[i-1]
		if int64(before.Offset)+int64(before.Sectors())*SectorSize > int64(list[i].Offset) {
			return nil, badPart("Two parts of the program overlap at %#x.", list[i].Offset)
		}
	}
	return list, nil
}

func badPart(format string, at uint32) error {
	return problem.New("flash.bad-part", fmt.Sprintf(format, at), "Build the program again. If you chose the file and its offset yourself, check the offset.")
}

// Sectors is how many the part touches.
func (p Part) Sectors() int { return (len(p.Data) + SectorSize - 1) / SectorSize }

// End is where the part ends in flash.
func (p Part) End() int64 { return int64(p.Offset) + int64(len(p.Data)) }

// Fits refuses a program, laid out, that was built for another chip ("": for
// any) or an older or newer one, or needs more flash than there is.
func Fits(list []Part, builtFor string, o Options, is Info) error {
	if builtFor != "" && builtFor != is.Chip {
		return problem.New("flash.wrong-chip", fmt.Sprintf("This is an %s, the program was built for %s.", is.Chip, builtFor),
			"Choose the right board at the top of the page, then press Run again.")
	}
	var major, minor int
	if n, _ := fmt.Sscanf(is.Revision, "v%d.%d", &major, &minor); n == 2 && major*100+minor < o.MinRevision {
		return problem.New("flash.old-chip", fmt.Sprintf("The program needs an %s of revision v%d.%d or newer, this one is %s.", is.Chip, o.MinRevision/100, o.MinRevision%100, is.Revision),
			"Choose a program that was made for this revision, or use a newer board.")
	}
	if end := max(list[len(list)-1].End(), o.MinFlash); is.FlashSize > 0 && end > is.FlashSize {
		return problem.New("flash.too-large", fmt.Sprintf("The program needs %s of flash, the board has %s.", SizeText(end), SizeText(is.FlashSize)),
			"Make the program smaller, or use a board with more flash.")
	}
	return nil
}

// SizeText is a number of bytes for people.
func SizeText(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", (n+1023)>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
