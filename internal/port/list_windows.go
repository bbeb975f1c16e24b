package port

import (
	"sort"
	"strings"

	"go.bug.st/serial/enumerator"

	"studioide/internal/api"
)

// systems are the serial ports that the system knows, sorted.
func systems() ([]api.Port, error) {
	all, err := enumerator.GetDetailedPortsList()
	if err != nil {
		return nil, errList.Because(err)
	}
	var list []api.Port
	for _, d := range all {
		p := api.Port{Name: d.Name, Title: d.Product}
		if d.IsUSB {
			p.VID, p.PID, p.Serial = strings.ToLower(d.VID), strings.ToLower(d.PID), d.SerialNumber
		}
		p.Title = title(p)
		list = append(list, p)
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := list[i].Name, list[j].Name
		return len(a) < len(b) || len(a) == len(b) && a < b // COM5 before COM12
	})
	return list, nil
}

func names() ([]string, error) { return namesOf(systems()) }
