package session

import (
	"testing"

	"studioide/internal/message"
)

// A board that waited as a drive is followed to the port that its program makes.
func TestElsewhere(t *testing.T) {
	line := message.Port{Name: "/dev/ttyS0"}
	pico := message.Port{Name: "/dev/ttyACM0", VID: "2e8a", PID: "000a", Serial: "E66"}
	other := message.Port{Name: "/dev/ttyACM1", VID: "2e8a", PID: "000a", Serial: "E77"}
	esp := message.Port{Name: "/dev/ttyACM2", VID: "303a", PID: "1001"}
	bare := message.Port{Name: "/dev/cu.usbmodem1"} // as macOS lists it
	drive := message.Port{Name: "uf2:RPI-RP2", VID: "2e8a", PID: "0003"}
	waited := place{known: true, was: message.Port{Name: drive.Name, VID: drive.VID}, around: []message.Port{line, drive}}
	ran := place{known: true, was: pico, around: []message.Port{line, pico}}
	besides := waited
	besides.around = []message.Port{line, other, drive}
	cases := []struct {
		name  string
		place place
		now   []message.Port
		want  string
	}{
		{"still a drive", waited, []message.Port{line, drive}, ""},
		{"nowhere", waited, []message.Port{line}, ""},
		{"its program runs", waited, []message.Port{line, pico}, "/dev/ttyACM0"},
		{"next to one that was there", besides, []message.Port{line, other, pico}, "/dev/ttyACM0"},
		{"two at once", waited, []message.Port{line, pico, other}, ""},
		{"another maker's came", waited, []message.Port{line, esp}, ""},
		{"the system does not tell makers", waited, []message.Port{line, bare}, "/dev/cu.usbmodem1"},
		{"a running one is a drive now", ran, []message.Port{line, drive}, ""},
		{"a running one, where makers are not told", ran, []message.Port{line, bare}, ""},
		{"never seen", place{}, []message.Port{line, pico}, ""},
	}
	for _, c := range cases {
		s := &Session{place: c.place}
		if got, ok := s.elsewhere(c.now); got != c.want && ok || ok != (c.want != "") {
			t.Errorf("%s: %q %v instead of %q", c.name, got, ok, c.want)
		}
	}
}
