package port

import "studioide/internal/api"

// Returned finds a board again after a reset, when its USB port may have
// another name or number: was is its port, before and after are the lists
// around the reset. ok is false when the board is not there (yet), or when
// there is no telling which of several it is.
func Returned(was api.Port, before, after []api.Port) (name string, ok bool) {
	known := map[string]bool{}
	for _, p := range before {
		known[p.Name] = true
	}
	same := func(p api.Port) bool { return p.VID == was.VID && p.PID == was.PID && p.Serial == was.Serial }
	vendor := func(p api.Port) bool { return was.VID != "" && p.VID == was.VID }
	serial := func(p api.Port) bool { return was.Serial != "" && p.Serial == was.Serial }
	fresh := func(p api.Port) bool { return p.Name == was.Name || !known[p.Name] }
	rules := []func(api.Port) bool{
		func(p api.Port) bool { return p.Name == was.Name && same(p) },
		// A number of its own proves it, wherever it is now; a bootloader often has another product number.
		func(p api.Port) bool { return serial(p) && vendor(p) },
		func(p api.Port) bool { return fresh(p) && same(p) },
		func(p api.Port) bool { return fresh(p) && vendor(p) && (p.Serial == "" || was.Serial == "") },
		func(p api.Port) bool { return !known[p.Name] && (p.Serial == "" || was.Serial == "") },
	}
	for _, fits := range rules {
		var found []string
		for _, p := range after {
			if fits(p) {
				found = append(found, p.Name)
			}
		}
		if len(found) == 1 {
			return found[0], true
		}
		if len(found) > 1 {
			return "", false
		}
	}
	return "", false
}
