package rp2040

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"studio/link"
	"studioide/internal/devfs"
	"studioide/internal/problem"
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
	loop := func(k *cable.Talk) {
		t.Helper()
		c := cable.Socket(t, k.Proxy(t))
		cable.Say(t, c, "there?", "Big: there?")
		if err := c.WriteMessage(1, []byte("loop")); err != nil {
			t.Fatal(err)
		}
		k.Prints(t, "for ever\r\n")
	}
	k := connect(t, p)
	loop(k)
	began := time.Now()
	_, err := k.Conn.Call(t.Context(), link.OpPing, nil)
	wantNoAnswer(t, err)
	t.Logf("%v after %v", err, time.Since(began).Round(time.Millisecond))
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
	if k.Hello.Reset != link.ResetWatchdog || k.Hello.Why != "the callback of OnText took longer than 8 s" || k.Hello.Held || k.Hello.Build != built(t, "big").ID {
		t.Fatalf("%+v", k.Hello)
	}
	loop(k)
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
	const path = "/www/page.bin"
	version := func(n int) devfs.Local {
		b := cable.Noise(20_000) // so long that a block is erased, once
		copy(b, fmt.Sprintf("version %d", n))
		for i := range b {
			b[i] ^= byte(n)
		}
		return devfs.Local{Path: path, Content: b}
	}
	k := connect(t, p)
	gone := 0
	left := func(why string) {
		t.Helper()
		gone++
		if got := p.left(t, gone); got != why {
			t.Fatalf("the board has left because of %q, not of %q", got, why)
		}
		k.Release()
	}
	// restart makes the board forget what it has erased, so that every push takes as many operations.
	restart := func() {
		t.Helper()
		p.do(t, "reset", nil)
		left("reset")
		k = connect(t, p)
	}
	k.Push(t, []devfs.Local{version(0)})
	restart()
	before := p.do(t, "state", nil)
	k.Push(t, []devfs.Local{version(1)})
	after := p.do(t, "state", nil)
	operations := after.Erases + after.Programs - before.Erases - before.Programs
	if operations < 10 {
		t.Fatalf("%d flash operations for a push", operations)
	}
	old, kept, replaced := version(1), 0, 0
	// The last two operations are the commit and the end of the old version.
	for n, cut := range []int{0, 1, operations / 2, operations - 3, operations - 2, operations - 1} {
		next := version(n + 2)
		restart()
		p.do(t, "cut", map[string]any{"after": cut})
		_, err := devfs.Push(t.Context(), k.Files, []devfs.Local{next}, devfs.Options{})
		left("power cut")
		p.do(t, "on", nil)
		k = connect(t, p)
		list, listErr := k.Files.List(t.Context())
		if listErr != nil || len(list) != 1 {
			t.Fatalf("cut %d of %d: %v %v", cut, operations, list, listErr)
		}
		switch list[0].Hash {
		case devfs.Hash(old.Content):
			kept++
			if err == nil {
				t.Fatalf("cut %d: the push has succeeded, the file is the old one", cut)
			}
		case devfs.Hash(next.Content):
			replaced++
		default:
			t.Fatalf("cut %d of %d: neither the old file nor the new one", cut, operations)
		}
		k.Has(t, []devfs.Local{{Path: path, Content: content(t, k, path)}}) // its bytes are what the hash says
		k.Push(t, []devfs.Local{next})
		k.Has(t, []devfs.Local{next})
		old = next
	}
	t.Logf("%d flash operations for a push; of 6 cuts, %d kept the old file and %d brought the new one", operations, kept, replaced)
	if kept != 5 || replaced != 1 {
		t.Error("want 5 and 1")
	}
}

func wantNoAnswer(t testing.TB, err error) {
	t.Helper()
	var p *problem.Problem
	if !errors.As(err, &p) || p.Code != "link.no-answer" {
		t.Fatalf("%v, want link.no-answer", err)
	}
}

// content reads path from the board.
func content(t testing.TB, k *cable.Talk, path string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := k.Files.Read(t.Context(), path, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
