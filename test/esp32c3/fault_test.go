package esp32c3

import (
	"bytes"
	"testing"
	"time"

	"studio/link"
	"studioide/internal/devfs"
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
	n := p.Boots()
	k.Loop(t, "Bad")
	k.NoAnswer(t)
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
	k.Looped(t, built(t, "bad").ID)
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
	restart := func(t testing.TB, k *cable.Talk) *cable.Talk {
		t.Helper()
		n := p.Boots()
		p.Power(false)
		k.Release()
		p.Power(true)
		p.booted(t, n+1)
		k = p.connect(t)
		p.ask(t, "flashTime", map[string]any{"real": false})
		return k
	}
	off := make(chan struct{}, 100)
	defer p.Watch(func(e virtual.Event) {
		if e.Kind == virtual.Off {
			off <- struct{}{}
		}
	})()
	cable.PowerCuts(t, cable.Supply{
		Connect:    p.connect,
		Restart:    restart,
		Operations: func(testing.TB) int { return int(p.FlashWrites()) },
		Cut: func(_ testing.TB, after int) {
			for len(off) > 0 { // those of the restarts
				<-off
			}
			p.Inject(virtual.Faults{CutAtWrite: int64(after) + 1, Torn: true})
		},
		Back: func(t testing.TB, k *cable.Talk) *cable.Talk {
			t.Helper()
			select {
			case <-off:
			case <-time.After(patience):
				t.Fatal("the power has not failed")
			}
			p.Inject(virtual.Faults{})
			return restart(t, k)
		},
		// The last two operations are the commit and the end of the old version.
		Cuts: func(all int) []int { return []int{0, all / 2, all - 2, all - 1} },
	})
}
