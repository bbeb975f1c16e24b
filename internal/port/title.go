package port

import "studioide/ui/src/words/say"

import "studioide/internal/api"

// bridges are USB serial chips on boards, by vendor and product number.
var bridges = map[string]string{
	"10c4:ea60": "CP210x",
	"10c4:ea70": "CP2105",
	"1a86:7523": "CH340",
	"1a86:7522": "CH340",
	"1a86:5523": "CH341",
	"1a86:55d3": "CH343",
	"1a86:55d4": "CH9102",
	"0403:6001": "FT232",
	"0403:6010": "FT2232",
	"0403:6015": "FT231X",
	"067b:2303": "PL2303",
}

// title is what a port is called before anybody knows the board on it.
func title(p api.Port) string {
	switch {
	case p.VID == "303a" && p.PID == "1001":
		return say.PortEspressifChipOnUsb(p.Name)
	case bridges[p.VID+":"+p.PID] != "":
		return say.PortUsbSerial(bridges[p.VID+":"+p.PID], p.Name)
	case p.Title != "":
		return p.Title + " (" + p.Name + ")"
	case p.VID != "":
		return say.PortUsbSerialPort(p.Name)
	}
	return say.PortSerialPort(p.Name)
}

func namesOf(list []api.Port, err error) ([]string, error) {
	var names []string
	for _, p := range list {
		names = append(names, p.Name)
	}
	return names, err
}
