package compile

import (
	"debug/elf"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// maxLargest is how many parts of a program are told.
const maxLargest = 12

// sizeRow is a line of what tinygo build -size=full prints:
//
//	code  rodata    data     bss |   flash     ram | package
//	2282     205       0     587 |    2487     587 | machine
var sizeRow = lazyregexp.New(`(?m)^ *\d+ +\d+ +\d+ +\d+ \| +(\d+) +(\d+) \| (.+)$`)

// measure says how much of the board a program takes. printed is TinyGo's
// table, tmp the folder with the ELF file.
func measure(b board.Board, image []byte, printed, tmp string) (*api.Sizes, error) {
	list, err := parts(b, image)
	if err != nil {
		return nil, err
	}
	s := &api.Sizes{Board: b.ID, FlashMax: b.ProgramMax(), RAMMax: b.RAM}
	for _, p := range list {
		s.Flash += int64(len(p.Data))
	}
	nameless := say.BuildTinygosRuntime()
	if b.Flash == "esp" && b.Network == board.WiFi {
		nameless = partWiFi // the radio's code comes from its maker
	}
	byName := map[string]api.SizePart{}
	for _, m := range sizeRow().FindAllStringSubmatch(printed, -1) {
		flash, _ := strconv.ParseInt(m[1], 10, 64)
		ram, _ := strconv.ParseInt(m[2], 10, 64)
		if m[3] == "total" {
			s.RAM = ram
			continue
		}
		name := partName(m[3])
		if m[3] == "(unknown)" {
			name = nameless
		}
		p := byName[name]
		byName[name] = api.SizePart{Flash: p.Flash + flash, RAM: p.RAM + ram}
	}
	name, err := elfIn(tmp)
	if err != nil {
		return nil, err
	}
	heap, err := heapIn(name)
	if err != nil {
		return nil, err
	}
	switch {
	case heap > 0 && s.RAMMax > heap:
		// What the board's memory map says is more exact than the table, which
		// counts gaps on some chips and leaves out code in RAM: the nameless part evens it out.
		p := byName[nameless]
		s.RAM, s.Heap, p.RAM = s.RAMMax-heap, heap, max(0, p.RAM+s.RAMMax-heap-s.RAM)
		byName[nameless] = p
	case s.RAMMax > s.RAM:
		s.Heap = s.RAMMax - s.RAM
	}
	s.Largest = largest(byName)
	return s, nil
}

// largest turns parts by name into the list that people see.
func largest(byName map[string]api.SizePart) []api.SizePart {
	list := []api.SizePart{}
	for name, p := range byName {
		if p.Name = name; p.Flash+p.RAM > 0 {
			list = append(list, p)
		}
	}
	sort.Slice(list, func(i, j int) bool {
		if a, b := list[i].Flash+list[i].RAM, list[j].Flash+list[j].RAM; a != b {
			return a > b
		}
		return list[i].Name < list[j].Name
	})
	if len(list) > maxLargest {
		rest := api.SizePart{Name: say.BuildEverythingElse()}
		for _, p := range list[maxLargest-1:] {
			rest.Flash += p.Flash
			rest.RAM += p.RAM
		}
		list = append(list[:maxLargest-1], rest)
	}
	return list
}

// Parts in words.
const (
	partBoard   = "studio/board"
	partWiFi    = "Wi-Fi"
	partDrivers = "drivers"
)

// wifiPaths are parts of the names of what only programs with Wi-Fi have.
var wifiPaths = []string{"github.com/soypat/", "/cyw43439", "/lneto", "tinygo.org/x/", "tinygo-org/pio", "golang.org/x/exp", "COMPONENT_"}

// ownPaths are the first parts of the names of what every program has.
var ownPaths = []string{"runtime", "internal", "machine", "device", "sync", "time", "errors", "unicode", "math", "reflect", "os", "syscall"}

// partName says in words what a package belongs to.
func partName(pkg string) string {
	if pkg == "main" || strings.HasPrefix(pkg, appPath+"/") {
		return say.BuildYourProgram()
	}
	if name, _ := strings.CutPrefix(pkg, driversModule+"/"); inDriverModules(pkg) && !slices.Contains(networkDrivers, name) {
		return partDrivers
	}
	if pkg == "C stack" {
		return "stacks"
	}
	if strings.HasPrefix(pkg, "studio/") {
		return partBoard
	}
	for _, w := range wifiPaths {
		if strings.Contains(pkg, w) {
			return partWiFi
		}
	}
	first, _, _ := strings.Cut(pkg, "/")
	if slices.Contains(ownPaths, first) || strings.Trim(first, ".") == "" || strings.ContainsAny(pkg, ` \:()`) { // folders; "Go types", "(padding)"
		return say.BuildTinygosRuntime()
	}
	return pkg
}

// heapIn is the room between the end of static data and the end of RAM; 0: the program does not say.
func heapIn(name string) (int64, error) {
	f, err := elf.Open(name)
	if err != nil {
		return 0, fmt.Errorf("TinyGo's ELF file cannot be read: %w", err)
	}
	defer f.Close()
	symbols, err := f.Symbols()
	if err != nil {
		return 0, fmt.Errorf("TinyGo's ELF file has no symbols: %w", err)
	}
	var start, end uint64
	for _, s := range symbols {
		switch s.Name {
		case "_heap_start":
			start = s.Value
		case "_heap_end":
			end = s.Value
		}
	}
	if start == 0 || end < start {
		return 0, nil
	}
	return int64(end - start), nil
}
