package flasher

import (
	"fmt"
	"slices"
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
			return nil, errBadPart.With(fmt.Sprintf("%#x", p.Offset))
		}
		if int64(p.Offset)+int64(len(p.Data)) > 1<<32 {
			return nil, errBadPartEnd.With(fmt.Sprintf("%#x", 0xffffffff))
		}
		list = append(list, p)
	}
	if len(list) == 0 {
		return nil, ErrEmpty
	}
	slices.SortFunc(list, func(a, b Part) int { return int(int64(a.Offset) - int64(b.Offset)) })
	for i := 1; i < len(list); i++ {
		before := list[i-1]
		if int64(before.Offset)+int64(before.Sectors())*SectorSize > int64(list[i].Offset) {
			return nil, errBadPartOverlap.With(fmt.Sprintf("%#x", list[i].Offset))
		}
	}
	return list, nil
}

// Sectors is how many the part touches.
func (p Part) Sectors() int { return (len(p.Data) + SectorSize - 1) / SectorSize }

// End is where the part ends in flash.
func (p Part) End() int64 { return int64(p.Offset) + int64(len(p.Data)) }

// Fits refuses a program, laid out, that was built for another chip ("": for
// any) or an older or newer one, or needs more flash than there is.
func Fits(list []Part, builtFor string, o Options, is Info) error {
	if builtFor != "" && builtFor != is.Chip {
		return ErrWrongChip.With(is.Chip, builtFor)
	}
	var major, minor int
	if n, _ := fmt.Sscanf(is.Revision, "v%d.%d", &major, &minor); n == 2 && major*100+minor < o.MinRevision {
		return errOldChip.With(is.Chip, o.MinRevision/100, o.MinRevision%100, is.Revision)
	}
	if end := max(list[len(list)-1].End(), o.MinFlash); is.FlashSize > 0 && end > is.FlashSize {
		return ErrTooLarge.With(SizeText(end), SizeText(is.FlashSize))
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
