package compile

import (
	"bytes"
	"context"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"studioide/internal/board"
	"studioide/internal/toolchain"
	"studioide/ui/src/words/say"
)

// libraries says which modules a program is built with, besides the runtime:
// those of wifi.mod and of drivers.mod, whose sums are in wifi.sum and drivers.sum.
type libraries struct{ wifi, drivers bool }

const driversModule = "tinygo.org/x/drivers"

// driverModules are what projects may import of drivers.mod.
var driverModules = []string{driversModule, "tinygo.org/x/tinydraw", "tinygo.org/x/tinyfont"}

// inDriverModules tells whether an import path belongs to one of them.
func inDriverModules(imported string) bool {
	return path.Clean(imported) == imported && slices.ContainsFunc(driverModules, func(m string) bool { return imported == m || strings.HasPrefix(imported, m+"/") })
}

// librariesFor are what the sources need on a board.
func librariesFor(to board.Board, s selection) (l libraries) {
	l.wifi = slices.Contains(to.Tags, "wifi")
	for _, folder := range s.folders {
		l.drivers = l.drivers || slices.ContainsFunc(s.importsOf(folder), inDriverModules)
	}
	return l
}

// words names them for people.
func (l libraries) words() string {
	switch {
	case l.wifi && l.drivers:
		return say.BuildTheLibrariesForWiFi()
	case l.drivers:
		return say.BuildTheDriversLibrary()
	}
	return say.BuildTheWiFiLibrary()
}

// modules are go.mod and go.sum for them. Where both need a module, it is of one version.
func (t runtimeTree) modules(l libraries) (mod, sum []byte) {
	switch {
	case l.wifi && l.drivers:
		return joinMods(t.files["wifi.mod"], t.files["drivers.mod"]), joinLines(t.files["wifi.sum"], t.files["drivers.sum"])
	case l.wifi:
		return t.files["wifi.mod"], t.files["wifi.sum"]
	case l.drivers:
		return t.files["drivers.mod"], t.files["drivers.sum"]
	}
	return t.files["go.mod"], nil
}

// joinMods adds to a go.mod what another one requires besides.
func joinMods(mod, more []byte) []byte {
	have := map[string]bool{}
	for line := range strings.Lines(string(mod)) {
		have[requirement(line)] = true
	}
	out := bytes.NewBuffer(bytes.TrimRight(slices.Clone(mod), "\n"))
	out.WriteString("\n\nrequire (\n")
	for line := range strings.Lines(string(more)) {
		if strings.HasPrefix(line, "\t") && !have[requirement(line)] {
			out.WriteString(line)
		}
	}
	out.WriteString(")\n")
	return out.Bytes()
}

// requirement is a line's module and version.
func requirement(line string) string {
	line, _, _ = strings.Cut(line, "//")
	return strings.TrimSpace(line)
}

func joinLines(a, b []byte) []byte {
	lines := slices.Collect(strings.Lines(string(a) + string(b)))
	slices.Sort(lines)
	return []byte(strings.Join(slices.Compact(lines), ""))
}

// hostLibraries makes the workspace one that Go builds for this computer:
// host.mod and host.sum, and for drivers a copy of their module that the virtual
// board can run.
func (w *workspace) hostLibraries(ctx context.Context, tool toolchain.Go, t runtimeTree, l libraries, progress func(string)) error {
	l.wifi = false // the computer has the network
	mod := []byte(hostMod)
	if !l.drivers {
		os.Remove(filepath.Join(w.dir, "host.sum"))
		return cacheFailedIf(w.dir, writeChanged(filepath.Join(w.dir, "host.mod"), mod))
	}
	drivers, sum := t.modules(l)
	found, err := w.modules(ctx, tool, l.words(), drivers, sum, progress)
	if err != nil {
		return err
	}
	for _, m := range found {
		if m.Path == driversModule {
			if err := w.copyLibrary(m, copyForHost); err != nil {
				return err
			}
		}
	}
	mod = append(joinMods(mod, drivers), "replace "+driversModule+" => ./"+path.Base(driversModule)+"\n"...)
	if err := writeChanged(filepath.Join(w.dir, "host.sum"), sum); err != nil {
		return cacheFailed(w.dir, err)
	}
	return cacheFailedIf(w.dir, writeChanged(filepath.Join(w.dir, "host.mod"), mod))
}

func cacheFailedIf(dir string, err error) error {
	if err != nil {
		return cacheFailed(dir, err)
	}
	return nil
}

// strip replaces a function of the drivers for strips of coloured LEDs that has
// no body: real boards time each bit, the virtual one shows the colours.
const strip = `package ws2812

import (
	"machine"

	"studio/host"
)

// WriteByte sends a byte to the strip, which Studio shows.
func (d Device) WriteByte(c byte) error {
	host.WriteStrip(uint8(d.Pin), c)
	return nil
}

var _ machine.Pin
`

// copyForHost is a driver's file as the virtual board can run it; nil: it is for other boards.
func copyForHost(name string, content []byte) []byte {
	switch name {
	case "ws2812/ws2812_esp32c3.go":
		return []byte(strip)
	case "ws2812/ws2812-asm_esp32c3.go":
		return nil
	}
	if condition, _, lines := constraintOf(content); path.Ext(name) == ".go" && condition != nil {
		if !condition.Eval(virtualTags) {
			return nil
		}
		content = slices.Clone(content)
		for _, l := range lines {
			copy(content[l[0]:l[1]], unsaid(content[l[0]:l[1]]))
		}
	}
	if path.Ext(name) == ".go" {
		content = bytes.ReplaceAll(content, []byte(`"runtime/interrupt"`), []byte(`"studio/interrupt"`))
		content = bytes.ReplaceAll(content, []byte(`"runtime/volatile"`), []byte(`"studio/volatile"`))
	}
	return content
}
