package rp2040

import (
	"path/filepath"
	"testing"

	"studio/link"
	"studioide/internal/devfs"
	"studioide/test/cable"
)

// Files stay, whatever happens to the program: it is restarted over the link,
// replaced by a bigger one, and the board is unplugged.
func TestFilesStay(t *testing.T) {
	keep := filepath.Join(t.TempDir(), "flash")
	p := launch(t, "led", keep)
	k := connect(t, p)
	local := append(cable.Web(t, "led"), devfs.Local{Path: "/www/noise.bin", Content: cable.Noise(9000)})
	k.Push(t, local)
	k.Has(t, local)

	if _, err := k.Conn.Call(t.Context(), link.OpReset, nil); err != nil {
		t.Fatal(err)
	}
	if why := p.left(t, 1); why != "reset" {
		t.Fatalf("the board has left because of %q", why)
	}
	k.Release()
	k = connect(t, p)
	k.Has(t, local)
	if r := k.Push(t, local); len(r.Sent) != 0 || r.Same != len(local) {
		t.Fatalf("a second push sends %v", r.Sent)
	}

	k.Release()
	p.do(t, "flash", map[string]any{"uf2": built(t, "big").File})
	p.left(t, 2)
	k = connect(t, p)
	if k.Hello.Build != built(t, "big").ID {
		t.Fatalf("the program is still %q", k.Hello.Build)
	}
	k.Has(t, local)
	k.Release()

	p.stop(t)
	k = connect(t, launch(t, "led", keep))
	if k.Hello.Build != built(t, "led").ID {
		t.Fatalf("the program is %q", k.Hello.Build)
	}
	k.Has(t, local)
}

// A program that never comes back to the runtime is told, left when somebody
// asks for the bootloader, and ended by the watchdog.
func TestLoop(t *testing.T) {
	p := launch(t, "big", "")
	k := connect(t, p)
	k.Loop(t, "Big")
	k.NoAnswer(t)
	k.Release()
	p.do(t, "leap", map[string]any{"ms": 4000}) // and it has looped for a while already
	if p.await(0, func() bool { return p.Gone > 0 }) {
		t.Fatalf("the board has left too soon, because of %q", p.Why)
	}
	p.do(t, "leap", map[string]any{"ms": 4000})
	if why := p.left(t, 1); why != "watchdog" {
		t.Fatalf("the board has left because of %q", why)
	}

	k = connect(t, p)
	k.Looped(t, built(t, "big").ID)
	k.Loop(t, "Big")
	k.Release()
	// 1200 baud without DTR asks for the bootloader. USB is served by interrupts,
	// so that a loop does not matter.
	line := p.open(t)
	if err := line.SetBaud(1200); err != nil {
		t.Fatal(err)
	}
	line.SetLines(false, false) // the board leaves instead of an answer
	if why := p.left(t, 2); why != "bootloader" {
		t.Fatalf("the board has left because of %q", why)
	}
	if err := line.SetLines(true, true); err == nil {
		t.Fatal("the port is still there")
	}
	line.Close()

	p.do(t, "on", nil)
	k = connect(t, p)
	if k.Hello.Build != built(t, "big").ID || k.Hello.Why != "" {
		t.Fatalf("%+v", k.Hello)
	}
}

// The bootloader's touch is 1200 baud and no DTR, not one of them alone; and the
// link's request works as well.
func TestBootloader(t *testing.T) {
	p := launch(t, "led", "")
	line := p.open(t)
	for _, step := range []func() error{
		func() error { return line.SetLines(false, false) },
		func() error { return line.SetLines(true, true) },
		func() error { return line.SetBaud(1200) },
		func() error { return line.SetBaud(115200) },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	line.Close()
	k := connect(t, p)
	if _, err := k.Conn.Call(t.Context(), link.OpBootloader, nil); err != nil {
		t.Fatal(err)
	}
	if why := p.left(t, 1); why != "bootloader" {
		t.Fatalf("the board has left because of %q", why)
	}
}

// Power that fails in the middle of erasing or programming leaves the old file
// or the new one, and a store that goes on working.
func TestPowerCut(t *testing.T) {
	p := launch(t, "led", "")
	p.do(t, "flashTime", map[string]any{"real": false})
	gone := 0
	again := func(t testing.TB, k *cable.Talk, why string, do func()) *cable.Talk {
		t.Helper()
		gone++
		if got := p.left(t, gone); got != why {
			t.Fatalf("the board has left because of %q, not of %q", got, why)
		}
		k.Release()
		do()
		return connect(t, p)
	}
	cable.PowerCuts(t, cable.Supply{
		Connect: func(t testing.TB) *cable.Talk { return connect(t, p) },
		Restart: func(t testing.TB, k *cable.Talk) *cable.Talk {
			p.do(t, "reset", nil)
			return again(t, k, "reset", func() {})
		},
		Operations: func(t testing.TB) int { a := p.do(t, "state", nil); return a.Erases + a.Programs },
		Cut:        func(t testing.TB, after int) { p.do(t, "cut", map[string]any{"after": after}) },
		Back: func(t testing.TB, k *cable.Talk) *cable.Talk {
			return again(t, k, "power cut", func() { p.do(t, "on", nil) })
		},
		// The last two operations are the commit and the end of the old version.
		Cuts: func(all int) []int { return []int{0, 1, all / 2, all - 3, all - 2, all - 1} },
	})
}
