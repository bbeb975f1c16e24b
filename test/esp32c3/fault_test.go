package esp32c3

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"studio/link"
	"studioide/internal/devfs"
	"studioide/internal/problem"
	"studioide/internal/virtual"
	"studioide/test/cable"
	"studioide/test/esp32c3/emulator"
)

// Files stay, whatever happens to the program: it is restarted over the link
// and by the cable's lines, replaced by a bigger one, and the board has no power.
func TestFilesStay(t *testing.T) {
	p := launch(t, "led", emulator.Config{})
	k := p.connect(t)
	local := append(cable.Web(t, "led"), devfs.Local{Path: "/www/noise.bin", Content: cable.Noise(9000)})
	before := p.ask(t, "state", nil)
	k.Push(t, local)
	k.Has(t, local)
	if after := p.ask(t, "state", nil); after.Erases == before.Erases || after.Programs-before.Programs < 9000/256 {
		t.Errorf("flash was erased %d times, and %d pages were written", after.Erases-before.Erases, after.Programs-before.Programs)
	}

	again := func(what string, reset byte, do func()) {
		t.Helper()
		n := p.Boots()
		do()
		p.booted(t, n+1)
		k.Release()
		k = p.connect(t)
		if k.Hello.Reset != reset || k.Hello.Why != "" || k.Hello.Held {
			t.Fatalf("%s: %+v", what, k.Hello)
		}
		k.Has(t, local)
	}
	again("over the link", link.ResetSoftware, func() {
		if _, err := k.Conn.Call(t.Context(), link.OpReset, nil); err != nil {
			t.Fatal(err)
		}
	})
	if r := k.Push(t, local); len(r.Sent) != 0 || r.Same != len(local) {
		t.Fatalf("a second push sends %v", r.Sent)
	}
	again("by the lines", link.ResetSoftware, func() {
		k.Release()
		line := p.open(t)
		line.SetLines(false, true)
		line.SetLines(false, false)
		line.Close()
	})
	// After a flash nothing is told of a program that did nothing wrong.
	again("by a bigger program", link.ResetSoftware, func() { k.Release(); p.flash(t, "bad") })
	if k.Hello.Build != built(t, "bad").ID {
		t.Fatalf("the program is still %q", k.Hello.Build)
	}
	again("by power", link.ResetPower, func() { k.Release(); p.Power(false); p.Power(true) })
	again("by the program from before", link.ResetSoftware, func() { k.Release(); p.flash(t, "led") })
	if k.Hello.Build != built(t, "led").ID {
		t.Fatalf("the program is %q", k.Hello.Build)
	}
}

// A program that never comes back to the runtime is told, and ended by the watchdog.
func TestLoop(t *testing.T) {
	p := launch(t, "bad", emulator.Config{})
	k := p.connect(t)
	c := cable.Socket(t, k.Proxy(t))
	cable.Say(t, c, "there?", "Bad: there?")
	n := p.Boots()
	if err := c.WriteMessage(1, []byte("loop")); err != nil {
		t.Fatal(err)
	}
	k.Prints(t, "for ever\r\n")
	began := time.Now()
	_, err := k.Conn.Call(t.Context(), link.OpPing, nil)
	var told *problem.Problem
	if !errors.As(err, &told) || told.Code != "link.no-answer" {
		t.Fatalf("%v, want link.no-answer", err)
	}
	t.Logf("%v after %v", err, time.Since(began).Round(time.Millisecond))
	k.Release()
	at := p.ask(t, "leap", map[string]any{"ms": 4000}) // and it has looped for a while already
	if p.Boots() > n {
		t.Fatalf("the board has restarted too soon, %v after its start", time.Duration(at.Nanos))
	}
	p.ask(t, "leap", map[string]any{"ms": 5000})
	if boot := p.booted(t, n+1); boot.Cause != byWatchdog {
		t.Fatalf("restarted because of %#x", boot.Cause)
	}
	k = p.connect(t)
	if k.Hello.Reset != link.ResetWatchdog || k.Hello.Why != "the callback of OnText took longer than 8 s" || k.Hello.Held || k.Hello.Build != built(t, "bad").ID {
		t.Fatalf("%+v", k.Hello)
	}
}

// The link's request leads into the bootloader, where the board waits.
func TestBootloader(t *testing.T) {
	p := launch(t, "led", emulator.Config{})
	k := p.connect(t)
	waits := make(chan struct{}, 10)
	defer p.Watch(func(e virtual.Event) {
		if e.Kind == virtual.Bootloader {
			waits <- struct{}{}
		}
	})()
	if _, err := k.Conn.Call(t.Context(), link.OpBootloader, nil); err != nil {
		t.Fatal(err)
	}
	select {
	case <-waits:
	case <-time.After(patience):
		t.Fatalf("the board is %v", p.State())
	}
	k.Release()
	p.flash(t, "led")
	if k = p.connect(t); k.Hello.Why != "" || k.Hello.Held {
		t.Fatalf("%+v", k.Hello)
	}
}

// What the computer says while the program starts does not make it deaf, and
// what comes faster than it reads waits in the cable.
func TestSpokenToEarly(t *testing.T) {
	p := launch(t, "led", emulator.Config{})
	for i := range 3 {
		line := p.open(t)
		n := p.Boots()
		line.SetLines(false, true)
		line.SetLines(false, false)
		p.booted(t, n+1)
		if _, err := line.Write(bytes.Repeat([]byte("hello? "), 100*i+1)); err != nil {
			t.Fatal(err)
		}
		k := cable.Connect(t, line)
		content := cable.Noise(20_000)
		content[0] = byte(i)
		began := p.ask(t, "state", nil)
		k.Push(t, []devfs.Local{{Path: "/www/noise.bin", Content: content}})
		took := time.Duration(p.ask(t, "state", nil).Nanos - began.Nanos)
		t.Logf("20,000 bytes in %v emulated", took)
		k.Release()
	}
}

// Power that fails in the middle of erasing or programming leaves the old file
// or the new one, and a store that goes on working.
func TestPowerCut(t *testing.T) {
	p := launch(t, "led", emulator.Config{})
	const path = "/www/page.bin"
	version := func(n int) devfs.Local {
		b := cable.Noise(20_000)
		copy(b, fmt.Sprintf("version %d", n))
		for i := range b {
			b[i] ^= byte(n)
		}
		return devfs.Local{Path: path, Content: b}
	}
	k := p.connect(t)
	// restart makes the board forget what it has erased, so that every push takes as many operations.
	restart := func() {
		t.Helper()
		n := p.Boots()
		p.Power(false)
		k.Release()
		p.Power(true)
		p.booted(t, n+1)
		k = p.connect(t)
		p.ask(t, "flashTime", map[string]any{"real": false})
	}
	k.Push(t, []devfs.Local{version(0)})
	restart()
	before := p.FlashWrites()
	k.Push(t, []devfs.Local{version(1)})
	operations := int(p.FlashWrites() - before)
	if operations < 10 {
		t.Fatalf("%d flash operations for a push", operations)
	}
	old, kept, replaced := version(1), 0, 0
	// The last two operations are the commit and the end of the old version.
	for n, cut := range []int{0, operations / 2, operations - 2, operations - 1} {
		next := version(n + 2)
		restart()
		off := make(chan struct{}, 10)
		stop := p.Watch(func(e virtual.Event) {
			if e.Kind == virtual.Off {
				off <- struct{}{}
			}
		})
		p.Inject(virtual.Faults{CutAtWrite: int64(cut) + 1, Torn: true})
		_, err := devfs.Push(t.Context(), k.Files, []devfs.Local{next}, devfs.Options{})
		select {
		case <-off:
		case <-time.After(patience):
			t.Fatalf("cut %d of %d: the power has not failed", cut, operations)
		}
		stop()
		p.Inject(virtual.Faults{})
		restart()
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
		var b bytes.Buffer
		if err := k.Files.Read(t.Context(), path, &b); err != nil || devfs.Hash(b.Bytes()) != list[0].Hash {
			t.Fatalf("cut %d of %d: its bytes are not what its hash says; %v", cut, operations, err)
		}
		k.Push(t, []devfs.Local{next})
		k.Has(t, []devfs.Local{next})
		old = next
	}
	t.Logf("%d flash operations for a push; of 4 cuts, %d kept the old file and %d brought the new one", operations, kept, replaced)
	if kept != 3 || replaced != 1 {
		t.Error("want 3 and 1")
	}
}
