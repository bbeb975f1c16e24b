package session

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/flasher"
	"studioide/internal/flasher/flashertest"
	"studioide/internal/flasher/uf2"
	"studioide/internal/port"
	"studioide/internal/port/porttest"
	"studioide/internal/problem"
)

// A board that waited as a drive is followed to the port that its program makes.
func TestElsewhere(t *testing.T) {
	line := api.Port{Name: "/dev/ttyS0"}
	pico := api.Port{Name: "/dev/ttyACM0", VID: "2e8a", PID: "000a", Serial: "E66"}
	other := api.Port{Name: "/dev/ttyACM1", VID: "2e8a", PID: "000a", Serial: "E77"}
	esp := api.Port{Name: "/dev/ttyACM2", VID: "303a", PID: "1001"}
	bare := api.Port{Name: "/dev/cu.usbmodem1"} // as macOS lists it
	drive := api.Port{Name: "uf2:RPI-RP2", VID: "2e8a", PID: "0003"}
	waited := lastSeen{known: true, was: api.Port{Name: drive.Name, VID: drive.VID}, around: []api.Port{line, drive}}
	ran := lastSeen{known: true, was: pico, around: []api.Port{line, pico}}
	besides := waited
	besides.around = []api.Port{line, other, drive}
	cases := []struct {
		name  string
		place lastSeen
		now   []api.Port
		want  string
	}{
		{"still a drive", waited, []api.Port{line, drive}, ""},
		{"nowhere", waited, []api.Port{line}, ""},
		{"its program runs", waited, []api.Port{line, pico}, "/dev/ttyACM0"},
		{"next to one that was there", besides, []api.Port{line, other, pico}, "/dev/ttyACM0"},
		{"two at once", waited, []api.Port{line, pico, other}, ""},
		{"another maker's came", waited, []api.Port{line, esp}, ""},
		{"the system does not tell makers", waited, []api.Port{line, bare}, "/dev/cu.usbmodem1"},
		{"a running one is a drive now", ran, []api.Port{line, drive}, ""},
		{"a running one, where makers are not told", ran, []api.Port{line, bare}, ""},
		{"never seen", lastSeen{}, []api.Port{line, pico}, ""},
	}
	for _, c := range cases {
		s := &Session{lastSeen: c.place}
		if got, ok := s.elsewhere(c.now); got != c.want && ok || ok != (c.want != "") {
			t.Errorf("%s: %q %v instead of %q", c.name, got, ok, c.want)
		}
	}
}

// A board that waits as a drive is written there and followed to its port,
// whichever name its place has and whether it waits already or comes late.
func TestFlashAtAPlace(t *testing.T) {
	if len(uf2.Waiting()) > 0 {
		t.Skip("SKIPPED: a board waits at this computer")
	}
	for _, c := range []struct {
		name, place string
		late        bool
		silent      bool // what its program does nobody knows: it is waited for a while
	}{
		{"by name", "uf2:RPI-RP2", false, false},
		{"whichever waits", "uf2:", false, false},
		{"by name, it comes late", "uf2:RPI-RP2", true, false},
		{"whichever comes, and is silent", "uf2:", true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			volumes, ports := t.TempDir(), t.TempDir()
			tty := filepath.Join(ports, "ttyACM7")
			t.Setenv("STUDIO_VOLUMES", volumes)
			t.Setenv("STUDIO_PORTS", filepath.Join(ports, "*"))
			drive := flashertest.Drive{Dir: filepath.Join(volumes, "RPI-RP2"), Board: "RPI-RP2", Family: 0xe48bff56,
				Erase: func(int64) {}, Program: func(int64, []byte) {}}
			appear := make(chan struct{})
			go func() {
				<-appear
				if got, err := drive.Wait(t.Context()); err == nil && got {
					os.WriteFile(tty, nil, 0o600)
				}
			}()
			if !c.late {
				close(appear)
				for deadline := time.Now().Add(time.Minute); len(uf2.Waiting()) == 0; time.Sleep(time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatal("no drive")
					}
				}
			}
			name, err := Resolve(c.place)
			if err != nil {
				t.Fatal(err)
			}
			pico, _ := board.Find("pico")
			s, err := New(Config{Wait: true, Target: Target{Port: name, Board: pico, Close: func() error { return nil },
				Open: func(_ context.Context, name string) (port.Port, error) {
					if name != tty {
						return nil, uf2.Absent()
					}
					host, program := porttest.Pair(porttest.Options{})
					if !c.silent {
						program.Write([]byte("somebody else's program\r\n"))
					}
					return host, nil
				}}})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			told := false
			_, err = s.Flash(t.Context(), Program{Parts: []flasher.Part{{Data: flashertest.Image(5000, 1)}}}, func(_, text string, _, _ int64) {
				if c.late && !told && text == "Looking for the board" {
					told = true
					close(appear)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if at := s.State().Port; at != tty {
				t.Errorf("the board is at %q instead of %q", at, tty)
			}
		})
	}
}

func TestMethodAtAPlace(t *testing.T) {
	for _, c := range []struct{ id, at, code string }{
		{"pico", "uf2:RPI-RP2", ""},
		{"pico", "uf2:", ""},
		{"pico2w", "/dev/ttyACM0", ""},
		{"pico", "uf2:RP2350", "flash.wrong-chip"},
		{"xiaoesp32c3", "uf2:RPI-RP2", "flash.not-a-drive"},
		{"esp32c3", "uf2:", "flash.not-a-drive"},
		{"esp32c3", "/dev/ttyACM0", ""},
		{"nano33iot", "/dev/ttyACM0", "flash.by-hand"},
	} {
		b, ok := board.Find(c.id)
		if !ok {
			t.Fatal(c.id)
		}
		_, err := MethodOf(b, c.at)
		if code := ""; err != nil {
			if code = problem.Of(err).Code; code != c.code {
				t.Errorf("%s at %s: %v", c.id, c.at, err)
			}
		} else if c.code != "" {
			t.Errorf("%s at %s is fine, instead of %s", c.id, c.at, c.code)
		}
	}
}

// A program's chip tells how to write it to a board that nobody knows; a known board knows better.
func TestMethodOfAProgram(t *testing.T) {
	esp, _ := board.Find("esp32c3")
	for _, c := range []struct {
		known *board.Board
		chip  string
		drive bool
	}{{nil, "RP2040", true}, {nil, "ESP32-C3", false}, {nil, "", false}, {nil, "Z80", false}, {&esp, "RP2040", false}} {
		s := &Session{emit: func(api.Event) {}, change: make(chan struct{})}
		if c.known != nil {
			s.Choose(*c.known)
		}
		if m, err := s.method(c.chip); err != nil || m.Drive() != c.drive {
			t.Errorf("a program for %q on %v: a drive %v, %v", c.chip, c.known, m != nil && m.Drive(), err)
		}
	}
}

func TestPortNames(t *testing.T) {
	for name, code := range map[string]string{"": "port.missing", "virtual:": "", "virtual:../x": "port.bad-name", "uf2:NOPE": "port.bad-name", "/dev/ttyACM0": ""} {
		got, err := Resolve(name)
		if err == nil && (got != name || code != "") || err != nil && problem.Of(err).Code != code {
			t.Errorf("%q: %q, %v instead of %q", name, got, err, code)
		}
	}
	if err := uf2.Absent(); !errors.Is(err, port.ErrNotFound) {
		t.Errorf("%v", err)
	}
}
