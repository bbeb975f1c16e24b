//go:build unix && !linux

package port

import (
	"sort"
	"strings"

	"go.bug.st/serial"

	"studioide/internal/api"
)

// systems are the serial ports that the system knows, sorted. Who makes them is not
// known here: that takes cgo on macOS.
func systems() ([]api.Port, error) {
	all, err := serial.GetPortsList()
	if err != nil {
		return nil, errList.Because(err)
	}
	var list []api.Port
	for _, name := range all {
		// Every port has two names; tty.* waits for a carrier that boards do not give.
		if strings.HasPrefix(name, "/dev/tty.") || strings.HasSuffix(name, ".Bluetooth-Incoming-Port") || strings.HasSuffix(name, ".debug-console") {
			continue
		}
		p := api.Port{Name: name}
		p.Title = title(p)
		if !writable(name) {
			p.Problem = denied(name, name)
		}
		list = append(list, p)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list, nil
}

func names() ([]string, error) { return namesOf(systems()) }
