package uf2

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"studioide/internal/flasher"
	"studioide/internal/flasher/flashertest"
	"studioide/internal/port"
	"studioide/internal/port/porttest"
	"studioide/internal/problem"
)

// pico is a board whose program knows the touch, and whose bootloader is flashertest.Drive.
type pico struct {
	t       *testing.T
	drive   flashertest.Drive
	ctx     context.Context
	boards  sync.WaitGroup
	mu      sync.Mutex
	flash   []byte
	writes  int64
	waiting bool
	fault   int64 // the block that pulls the cable; 0: none
	deaf    bool  // its program does not know the touch
	line    *porttest.End
}

func newPico(t *testing.T, c chip) *pico {
	volumes := t.TempDir()
	t.Setenv("STUDIO_VOLUMES", volumes)
	b := &pico{t: t, flash: make([]byte, 2<<20)}
	for i := range b.flash {
		b.flash[i] = 0xff
	}
	b.drive = flashertest.Drive{Dir: filepath.Join(volumes, c.board), Board: c.board, Family: c.family,
		Erase: func(off int64) {
			b.mu.Lock()
			defer b.mu.Unlock()
			for i := range b.flash[off : off+flasher.SectorSize] {
				b.flash[off+int64(i)] = 0xff
			}
		},
		Program: func(off int64, page []byte) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.writes++
			for i, v := range page {
				b.flash[off+int64(i)] &= v
			}
		},
		Fault: func(block int64) bool {
			b.mu.Lock()
			defer b.mu.Unlock()
			return block == b.fault
		},
	}
	ctx, cancel := context.WithCancel(t.Context())
	b.ctx = ctx
	t.Cleanup(func() { cancel(); b.boards.Wait() })
	return b
}

// open gives the port that the program shows, or nil while the board waits as a drive.
func (b *pico) open() (port.Port, error) {
	for b.isWaiting() { // it may be coming or going
		if _, ok := identify(b.drive.Dir); ok {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if b.isWaiting() {
		b.drive.Settle() // what the call before wrote last is on the board, as after a real drive's sync
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waiting {
		return nil, nil
	}
	host, _ := porttest.Pair(porttest.Options{OnLines: func(dtr, _ bool) {
		b.mu.Lock()
		touched := !dtr && b.line.Baud() == 1200 && !b.deaf
		b.mu.Unlock()
		if touched {
			b.line.Unplug()
			b.boot()
		}
	}})
	b.line = host
	return host, nil
}

// boot is what the ROM does when it has been asked for.
func (b *pico) boot() {
	b.mu.Lock()
	b.waiting = true
	b.mu.Unlock()
	b.boards.Go(func() {
		if _, err := b.drive.Wait(b.ctx); err != nil {
			b.t.Error(err)
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.waiting = false
	})
}

func (b *pico) isWaiting() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.waiting
}

func rig(t *testing.T) *flashertest.Rig {
	b := newPico(t, chips[0])
	return &flashertest.Rig{Method: New(2 << 20), Chip: "RP2040", Other: "RP2350", FlashSize: 2 << 20, Quick: true,
		Open: b.open, Waiting: b.isWaiting, Settle: b.drive.Settle,
		Flash: func(off int64, n int) []byte {
			b.mu.Lock()
			defer b.mu.Unlock()
			return append([]byte(nil), b.flash[off:off+int64(n)]...)
		},
		Writes: func() int64 {
			b.mu.Lock()
			defer b.mu.Unlock()
			return b.writes
		},
		UnplugAt: func(block int64) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.fault = block
		},
		Mend: func() {
			b.mu.Lock()
			b.fault = 0
			b.mu.Unlock()
		},
	}
}

func TestMethod(t *testing.T) { flashertest.RunSimulated(t, rig) }

// A board that does not leave its program is waited for, with words that say
// what to do, and the flash goes on when its drive is there.
func TestBootselByHand(t *testing.T) { synctest.Test(t, bootselByHand) }

func bootselByHand(t *testing.T) {
	b := newPico(t, chips[0])
	b.deaf = true
	p, _ := b.open()
	asked := make(chan struct{})
	var once sync.Once
	go func() {
		<-asked
		b.boot()
	}()
	image := flashertest.Image(5000, 1)
	_, err := New(2<<20).Flash(t.Context(), p, []flasher.Part{{Data: image}}, flasher.Options{Progress: func(p flasher.Progress) {
		if strings.Contains(p.Text, "BOOTSEL") {
			once.Do(func() { close(asked) })
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// Nobody presses anything: a cancel ends the waiting.
func TestWaitingCanBeCancelled(t *testing.T) {
	newPico(t, chips[0])
	ctx, cancel := context.WithCancel(t.Context())
	_, err := New(2<<20).Flash(ctx, nil, []flasher.Part{{Data: flashertest.Image(100, 1)}}, flasher.Options{Progress: func(p flasher.Progress) {
		if strings.Contains(p.Text, "BOOTSEL") {
			cancel()
		}
	}})
	if !errors.Is(err, problem.Cancelled) {
		t.Fatal(err)
	}
}

// Of two boards that wait, none is taken by chance; one that waits already is not the one that was touched.
func TestTwoBoards(t *testing.T) {
	b := newPico(t, chips[0])
	other := flashertest.Drive{Dir: filepath.Join(filepath.Dir(b.drive.Dir), "RPI-RP2 1"), Board: "RPI-RP2", Family: chips[0].family,
		Erase: func(int64) { t.Error("the other board was written") }, Program: func(int64, []byte) {}}
	b.boards.Go(func() { other.Wait(b.ctx) })
	for len(drives()) == 0 {
		time.Sleep(time.Millisecond)
	}
	p, _ := b.open()
	if err := New(0).Hold(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"hold":     New(0).Hold(t.Context(), nil),
		"identify": func() error { _, err := New(0).Identify(t.Context(), nil); return err }(),
	} {
		if problem.Of(err).Code != "flash.two-boards" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhichDrive(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct{ info, chip string }{
		"pico":     {"UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n", "RP2040"},
		"pico2":    {"UF2 Bootloader v1.0\nModel: Raspberry Pi RP2350\nBoard-ID: RP2350\n", "RP2350"},
		"feather":  {"UF2 Bootloader v1.23\r\nModel: Feather M0\r\nBoard-ID: SAMD21G18A-Feather-v0\r\n", ""},
		"garbage":  {strings.Repeat("\x00\xff", 50_000), ""},
		"no board": {"Model: Raspberry Pi RP2\r\n", ""},
	} {
		at := filepath.Join(dir, name)
		os.Mkdir(at, 0o755)
		os.WriteFile(filepath.Join(at, infoFile), []byte(c.info), 0o644)
		if got, _ := identify(at); got.name != c.chip {
			t.Errorf("%s: %q instead of %q", name, got.name, c.chip)
		}
	}
	os.Mkdir(filepath.Join(dir, "stick"), 0o755)
	t.Setenv("STUDIO_VOLUMES", dir+string(filepath.ListSeparator)+filepath.Join(dir, "nowhere"))
	found := 0
	for _, d := range drives() {
		if strings.HasPrefix(d.dir, dir) {
			found++
		}
	}
	if found != 2 {
		t.Errorf("%d drives instead of 2", found)
	}
}

func TestWaiting(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("STUDIO_VOLUMES", dir)
	names := func() (list []string) {
		for _, p := range Waiting() {
			list = append(list, p.Name+" "+p.VID+":"+p.PID)
			if p.Title == "" || !IsPlace(p.Name) {
				t.Errorf("%+v", p)
			}
		}
		return list
	}
	before := names() // of the computer itself
	for _, c := range []struct{ folder, board string }{{"b", "RPI-RP2"}, {"a", "RP2350"}, {"c", "RPI-RP2"}, {"d", "SAMD21G18A"}} {
		os.Mkdir(filepath.Join(dir, c.folder), 0o700)
		os.WriteFile(filepath.Join(dir, c.folder, infoFile), []byte("UF2 Bootloader\r\nBoard-ID: "+c.board+"\r\n"), 0o600)
	}
	want := []string{"uf2:RPI-RP2 2e8a:0003", "uf2:RP2350 2e8a:000f"}
	if got := names(); len(before) == 0 && !slices.Equal(got, want) {
		t.Errorf("%v instead of %v", got, want)
	}
	if err := Absent(); !errors.Is(err, port.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

// waits makes a drive that nobody has to write to.
func waits(t *testing.T, volumes string, c chip, folder string) {
	t.Helper()
	dir := filepath.Join(volumes, folder)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, infoFile), []byte("UF2 Bootloader\r\nBoard-ID: "+c.board+"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestPlaceNames(t *testing.T) {
	if len(Waiting()) > 0 {
		t.Skip("SKIPPED: a board waits at this computer")
	}
	one, two := t.TempDir(), t.TempDir()
	waits(t, one, chips[1], "a")
	waits(t, two, chips[0], "a")
	waits(t, two, chips[1], "b")
	for _, c := range []struct{ volumes, name, want string }{
		{one, "uf2:", "uf2:RP2350"},
		{one, "uf2:RP2350", "uf2:RP2350"},
		{one, "uf2:rpi-rp2", "uf2:RPI-RP2"}, // may wait soon
		{one, "uf2:NOPE", ""},
		{one, "uf2: ", ""},
		{two, "uf2:", "uf2:"},
		{t.TempDir(), "uf2:", "uf2:"},
	} {
		t.Setenv("STUDIO_VOLUMES", c.volumes)
		got, err := Resolve(c.name)
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s: %q, %v instead of %q", c.name, got, err, c.want)
		}
		if p := problem.Of(err); p != nil && (p.Code != "port.bad-name" || !strings.Contains(p.Help, "uf2:RPI-RP2 or uf2:RP2350")) {
			t.Errorf("%s: %+v", c.name, p)
		}
	}
}

// At a place only its own chip is taken, whatever else waits.
func TestOnlyTheNamedDrive(t *testing.T) {
	if len(Waiting()) > 0 {
		t.Skip("SKIPPED: a board waits at this computer")
	}
	volumes := t.TempDir()
	t.Setenv("STUDIO_VOLUMES", volumes)
	waits(t, volumes, chips[0], "a")
	ctx, cancel := context.WithCancel(t.Context())
	_, err := At("uf2:RP2350", 4<<20).Flash(ctx, nil, []flasher.Part{{Data: flashertest.Image(100, 1)}}, flasher.Options{Progress: func(p flasher.Progress) {
		if strings.Contains(p.Text, "BOOTSEL") {
			cancel()
		}
	}})
	if !errors.Is(err, problem.Cancelled) {
		t.Errorf("a flash for the other chip ends with %v", err)
	}
	if files, _ := os.ReadDir(filepath.Join(volumes, "a")); len(files) != 1 {
		t.Errorf("the RP2040's drive was written: %v", files)
	}
	waits(t, volumes, chips[1], "b")
	for place, want := range map[string]string{"uf2:RPI-RP2": "RP2040", "uf2:RP2350": "RP2350"} {
		if info, err := At(place, 0).Identify(t.Context(), nil); err != nil || info.Chip != want {
			t.Errorf("%s: %+v, %v", place, info, err)
		}
	}
	if _, err := At(Anywhere, 0).Identify(t.Context(), nil); problem.Of(err).Code != "flash.two-boards" {
		t.Errorf("anywhere: %v", err)
	}
}
