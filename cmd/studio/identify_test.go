package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/flasher"
	"studioide/internal/flasher/flashertest"
	"studioide/internal/flasher/image"
	"studioide/internal/flasher/uf2"
	"studioide/internal/problem"
	"studioide/internal/session"
)

// Which board a program is built for: never one that cannot be at the port, and none by chance.
func TestWhichBoard(t *testing.T) {
	tiny := api.Port{Name: "/dev/ttyACM0", VID: "2e8a", PID: "000a"}
	xiao := api.Port{Name: "/dev/ttyACM1", VID: "303a", PID: "1001"}
	nano := api.Port{Name: "/dev/ttyACM2", VID: "2341", PID: "8057"}
	line := api.Port{Name: "/dev/ttyS0"}
	waits := api.Port{Name: "uf2:RPI-RP2", VID: "2e8a", PID: "0003"}
	broken := errors.New("the port is busy")
	for _, c := range []struct {
		name string
		port api.Port
		kind string // what a running Studio says
		says string // the program there
		err  error  // of asking it
		file string // the project's
		want string // the board, or the problem's code
		help string
	}{
		{name: "virtual", port: api.Port{Name: "virtual:"}, file: "pico", want: "virtual"},
		{name: "another virtual one", port: api.Port{Name: "virtual:second"}, file: "virtual", want: "virtual"},
		{name: "several fit", port: waits, file: "virtual", want: "board.choose", help: "Add --board picow or --board pico; studio boards lists all."},
		{name: "the project's is one of several", port: waits, file: "pico", want: "pico"},
		{name: "the project's is none of several", port: waits, file: "esp32c3", want: "board.choose"},
		{name: "the program says it", port: tiny, says: "pico2", file: "pico", want: "pico2"},
		{name: "four fit", port: tiny, file: "virtual", want: "board.choose", help: "--board pico2w, --board pico or --board pico2;"},
		{name: "a running Studio knows", port: tiny, kind: "picow", file: "pico", want: "picow"},
		{name: "nobody knows", port: line, file: "virtual", want: "board.choose", help: "Add --board with its name"},
		{name: "nobody but the project", port: line, file: "esp32c3uart", want: "esp32c3uart"},
		{name: "the program alone", port: line, says: "virtual", file: "pico", want: "virtual"}, // studio virtual --pty
		{name: "a real board's program says nonsense", port: tiny, says: "virtual", want: "board.elsewhere"},
		{name: "a program from a newer Studio", port: line, says: "future", file: "pico", want: "pico"},
		{name: "the port cannot be asked", port: line, err: broken, file: "pico", want: "internal"},
		{name: "nothing waits", port: api.Port{Name: "uf2:"}, file: "virtual", want: "board.choose", help: "--board pico2w"},
		{name: "nothing waits, the project knows", port: api.Port{Name: "uf2:RP2350"}, file: "pico2", want: "pico2"},
		{name: "nothing waits where the project's cannot", port: api.Port{Name: "uf2:RP2350"}, file: "pico", want: "board.choose"},
		{name: "one that Studio cannot write", port: nano, file: "virtual", want: "flash.by-hand"},
		{name: "several of another maker", port: xiao, file: "xiaoesp32c3", want: "xiaoesp32c3"},
	} {
		s := portInfo{name: c.port.Name, listed: c.port, maybe: candidates(c.port, c.port.Name)}
		if c.kind != "" {
			s.maybe = board.Named(c.kind)
		}
		b, err := s.identify(func() (string, error) { return c.says, c.err }, c.file)
		got := b.ID
		if err != nil {
			got = problem.Of(err).Code
		}
		if got != c.want {
			t.Errorf("%s: %s (%v) instead of %s", c.name, got, err, c.want)
		}
		if c.help != "" && !strings.Contains(problem.Of(err).Help, c.help) {
			t.Errorf("%s: the help is %q", c.name, problem.Of(err).Help)
		}
		if c.want == "board.choose" && exitCode(err) != 2 {
			t.Errorf("%s: exit code %d", c.name, exitCode(err))
		}
	}
}

// What --board names is believed where it can be.
func TestChosenBoard(t *testing.T) {
	for _, c := range []struct{ port, vid, id, code string }{
		{"virtual:", "", "pico", "board.elsewhere"},
		{"virtual:", "", "virtual", ""},
		{"/dev/ttyACM0", "2e8a", "virtual", "board.elsewhere"},
		{"/dev/pts/3", "", "virtual", ""}, // studio virtual --pty
		{"/dev/ttyACM0", "2e8a", "esp32c3", ""},
		{"uf2:", "", "virtual", "board.elsewhere"},
		{"uf2:RPI-RP2", "2e8a", "xiaoesp32c3", "flash.not-a-drive"},
		{"uf2:RPI-RP2", "2e8a", "pico2", "flash.wrong-chip"},
		{"uf2:RPI-RP2", "2e8a", "picow", ""},
		{"/dev/ttyACM0", "", "zx81", "board.unknown"},
	} {
		_, err := portInfo{name: c.port, listed: api.Port{VID: c.vid}}.chosen(c.id)
		code := ""
		if err != nil {
			code = problem.Of(err).Code
		}
		if code != c.code {
			t.Errorf("%s at %s: %v instead of %q", c.id, c.port, err, c.code)
		}
	}
}

// An image file says how it is written: a UF2 file as onto a drive, and for its chip only.
func TestImageFileKnowsItsWay(t *testing.T) {
	parts := []flasher.Part{{Offset: 0x1000, Data: flashertest.Image(1000, 1)}} // beside a program
	pico, _ := board.Find("pico")
	pico2, _ := board.Find("pico2")
	for _, c := range []struct {
		name  string
		file  []byte
		known []board.Board
		chip  string // afterwards
		first string // board that it may be
		code  string
	}{
		{"for a chip", uf2.Pack("RP2350", parts), nil, "RP2350", "pico2w", ""},
		{"for any chip", uf2.Pack("", parts), nil, "", "picow", ""},
		{"known board", uf2.Pack("RP2040", parts), []board.Board{pico}, "RP2040", "pico", ""},
		{"another board", uf2.Pack("RP2040", parts), []board.Board{pico2}, "", "", "flash.wrong-chip"},
		{"damaged", uf2.Pack("RP2040", parts)[:700], nil, "", "", "flash.bad-file"},
		{"no UF2", flashertest.Image(1000, 1), nil, "", "", "flash.not-a-program"},
	} {
		at, program := portInfo{maybe: c.known}, session.Program{}
		if len(c.known) > 0 {
			program.Chip = c.known[0].Chip
		}
		err := unpack(image.File{Name: "led.uf2", Content: c.file}, &at, &program)
		if err != nil {
			if problem.Of(err).Code != c.code {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		first := ""
		if len(at.maybe) > 0 {
			first = at.maybe[0].ID
		}
		if c.code != "" || program.Chip != c.chip || first != c.first || len(program.Parts) != 1 {
			t.Errorf("%s: chip %q, board %q, %d parts", c.name, program.Chip, first, len(program.Parts))
		}
	}
}

// uf2: is written out once, and a name that is none is refused.
func TestLook(t *testing.T) {
	if len(uf2.Waiting()) > 0 {
		t.Skip("SKIPPED: a board waits at this computer")
	}
	t.Setenv("STUDIO_HOME", t.TempDir())
	volumes := t.TempDir()
	t.Setenv("STUDIO_VOLUMES", volumes)
	dir := filepath.Join(volumes, "x")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "INFO_UF2.TXT"), []byte("Board-ID: RPI-RP2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := findPort(context.Background(), "uf2:")
	if err != nil || s.name != "uf2:RPI-RP2" || s.listed.VID != "2e8a" || len(s.maybe) != 2 {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := findPort(context.Background(), "uf2:NOPE"); exitCode(err) != 2 {
		t.Errorf("uf2:NOPE: %v", err)
	}
}

// What no board can be at is told before anything is built for it.
func TestPortsThatAreNone(t *testing.T) {
	if _, err := findPort(t.Context(), t.TempDir()); problem.Of(err).Code != "port.not-serial" || exitCode(err) != 1 {
		t.Errorf("a folder: %v", err)
	}
}
