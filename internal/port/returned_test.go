package port

import (
	"testing"

	"studioide/internal/api"
)

func TestReturned(t *testing.T) {
	type P = api.Port
	c3 := P{Name: "/dev/ttyACM0", VID: "303a", PID: "1001", Serial: "60:55"}
	c3moved := P{Name: "/dev/ttyACM1", VID: "303a", PID: "1001", Serial: "60:55"}
	c3other := P{Name: "/dev/ttyACM0", VID: "303a", PID: "1001", Serial: "77:88"}
	pico := P{Name: "COM5", VID: "2e8a", PID: "0005", Serial: "E660"}
	picoBoot := P{Name: "COM9", VID: "2e8a", PID: "0003", Serial: "E660"}
	ch340 := P{Name: "/dev/ttyUSB0", VID: "1a86", PID: "7523"}
	ch340b := P{Name: "/dev/ttyUSB1", VID: "1a86", PID: "7523"}
	ch340c := P{Name: "/dev/ttyUSB2", VID: "1a86", PID: "7523"}
	plain := P{Name: "/dev/cu.usbmodem1"}
	plainNew := P{Name: "/dev/cu.usbmodem2"}
	nrf := P{Name: "/dev/ttyACM1", VID: "2341", PID: "0057"}
	nrfBoot := P{Name: "/dev/ttyACM2", VID: "2341", PID: "8057"}
	stranger := P{Name: "/dev/ttyACM7", VID: "9999", PID: "0001", Serial: "else"}
	cases := []struct {
		name          string
		was           P
		before, after []P
		want          string
	}{
		{"nothing moved", c3, []P{c3, ch340}, []P{c3, ch340}, "/dev/ttyACM0"},
		{"not there yet", c3, []P{c3, ch340}, []P{ch340}, ""},
		{"nothing left", c3, []P{c3}, nil, ""},
		{"another number, same serial", c3, []P{c3}, []P{c3moved}, "/dev/ttyACM1"},
		{"its old name is another board's now", c3, []P{c3, c3other}, []P{c3other, c3moved}, "/dev/ttyACM1"},
		{"its old name is another board's, it is away", c3, []P{c3}, []P{c3other}, ""},
		{"bootloader has another product number", pico, []P{pico, c3}, []P{picoBoot, c3}, "COM9"},
		{"no serial number, new name", ch340, []P{ch340}, []P{ch340b}, "/dev/ttyUSB1"},
		{"no serial number, the neighbour stays", ch340, []P{ch340, ch340b}, []P{ch340b}, ""},
		{"no serial number, the neighbour stays, it comes", ch340, []P{ch340, ch340b}, []P{ch340b, ch340c}, "/dev/ttyUSB2"},
		{"two came at once: no telling", ch340, []P{ch340}, []P{ch340b, ch340c}, ""},
		{"no serial number, other product", nrf, []P{nrf}, []P{nrfBoot}, "/dev/ttyACM2"},
		{"nothing known but the name", plain, []P{plain}, []P{plainNew}, "/dev/cu.usbmodem2"},
		{"nothing known, same name", plain, []P{plain}, []P{plain, plainNew}, "/dev/cu.usbmodem1"},
		{"somebody plugs in another board", c3, []P{c3}, []P{stranger}, ""},
	}
	for _, c := range cases {
		name, ok := Returned(c.was, c.before, c.after)
		if name != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, %v instead of %q", c.name, name, ok, c.want)
		}
	}
}
