package port

import (
	"os"
	"path/filepath"
	"sort"
	"strings"

	"studioide/internal/api"
	"studioide/internal/problem"
)

// systems are the serial ports that the system knows, sorted, without opening any of
// them. One that this user may not open says so in Problem.
func systems() ([]api.Port, error) {
	list, err := listIn("/sys/class/tty")
	if err != nil || len(list) == 0 {
		return list, err
	}
	for i, p := range list {
		if !writable(p.Name) {
			list[i].Problem = denied(p.Name, p.Name)
		}
	}
	return list, nil
}

// FillHolders says in Problem which ports of a list other programs have open. It
// looks through the open files of every process: that is for a moment when
// somebody wants to know, and not for every list.
func FillHolders(list []api.Port) {
	at := map[string]int{} // by the device behind the name, which may be a link
	for i, p := range list {
		if device, err := resolve(p.Name); err == nil {
			at[device] = i
		}
	}
	if len(at) == 0 {
		return
	}
	held := holdersIn("/proc", os.Getpid(), func(path string) bool { _, ok := at[path]; return ok })
	for device, h := range held {
		p := &list[at[device]]
		p.Problem = busy(p.Name, h, nil)
	}
}

func names() ([]string, error) { return namesOf(listIn("/sys/class/tty")) }

// listIn reads a /sys/class/tty: what has a device behind it is a port.
func listIn(class string) ([]api.Port, error) {
	entries, err := os.ReadDir(class)
	if err != nil {
		if os.IsNotExist(err) {
			return nil, nil
		}
		return nil, errList.Because(err)
	}
	var list []api.Port
	for _, e := range entries {
		dir := filepath.Join(class, e.Name())
		device, err := filepath.EvalSymlinks(filepath.Join(dir, "device"))
		if err != nil {
			continue // a console or a pty
		}
		// A PC announces four UARTs or more whether they are there or not; type 0 is "unknown": not there.
		if strings.HasPrefix(e.Name(), "ttyS") && attribute(dir, "type") == "0" {
			continue
		}
		p := api.Port{Name: "/dev/" + e.Name()}
		for up := device; len(up) > len("/sys"); up = filepath.Dir(up) {
			if vid := attribute(up, "idVendor"); vid != "" {
				p.VID, p.PID, p.Serial = vid, attribute(up, "idProduct"), attribute(up, "serial")
				p.Title = attribute(up, "product")
				break
			}
		}
		p.Title = title(p)
		list = append(list, p)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list, nil
}

func attribute(dir, name string) string {
	b, _ := os.ReadFile(filepath.Join(dir, name))
	return strings.TrimSpace(string(b))
}

// Missing explains a USB serial chip that is plugged in but has no port; nil when all is well.
func Missing() *problem.Problem { return missingIn("/sys/bus/usb/devices", "/proc") }

func missingIn(devices, proc string) *problem.Problem {
	entries, _ := os.ReadDir(devices)
	for _, e := range entries {
		dir := filepath.Join(devices, e.Name())
		chip := bridges[attribute(dir, "idVendor")+":"+attribute(dir, "idProduct")]
		if chip == "" {
			continue
		}
		for _, pattern := range []string{"*:*/ttyUSB*", "*:*/tty/tty*"} {
			if found, _ := filepath.Glob(filepath.Join(dir, pattern)); len(found) > 0 {
				chip = ""
			}
		}
		if chip == "" {
			continue
		}
		if isRunning(proc, "brltty") {
			return errTakenByBrltty.With(chip)
		}
		return errNoDriver.With(chip)
	}
	return nil
}

func isRunning(proc, program string) bool {
	dirs, _ := filepath.Glob(filepath.Join(proc, "[0-9]*"))
	for _, d := range dirs {
		if attribute(d, "comm") == program {
			return true
		}
	}
	return false
}
