package explain

import (
	"strconv"
	"strings"

	"studioide/internal/lazyregexp"
)

// Over says that a program does not fit into its board.
type Over struct {
	Flash bool  // into the flash; else into the memory
	Bytes int64 // by how much; 0: not known
}

var (
	overTinyGo = lazyregexp.New(`\((flash|RAM) overflowed by (\d+) bytes\)`)
	overLinker = lazyregexp.New(`will not fit in region '(\w+)': overflowed by (\d+) bytes`)
)

// Overflow finds a linker's complaint about room in what tinygo build printed.
func Overflow(output string) (Over, bool) {
	var o Over
	found := false
	take := func(flash bool, bytes string) {
		n, _ := strconv.ParseInt(bytes, 10, 64)
		switch {
		case !found, flash == o.Flash && n > o.Bytes, flash && !o.Flash:
			o = Over{flash, n}
		}
		found = true
	}
	for _, m := range overTinyGo().FindAllStringSubmatch(output, -1) {
		take(m[1] == "flash", m[2])
	}
	for _, m := range overLinker().FindAllStringSubmatch(output, -1) { // TinyGo knows the regions of some chips only
		region := strings.ToUpper(m[1])
		take(strings.Contains(region, "FLASH") || strings.HasPrefix(region, "IROM") || strings.HasPrefix(region, "DROM"), m[2])
	}
	if !found && strings.Contains(output, "overlaps with the stack used by the boot ROM") { // ESP32-C3: static data and code in RAM
		return Over{}, true
	}
	return o, found
}
