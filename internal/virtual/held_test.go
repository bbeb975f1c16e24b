package virtual

import (
	"strings"
	"testing"

	"studio/link"

	"studioide/test/cable"
)

// A program that goes wrong right after its start, again and again, is held, as
// on a real board; Reset tries it again as it is, and one that is mended runs.
func TestHeld(t *testing.T) { kinds(t, testHeld) }

func testHeld(t *testing.T, c Config) {
	b, k := broken(t, c)
	const why = "assignment to entry in nil map"
	for range 2 {
		k.Held(t, why)
		if n := strings.Count(k.Printed(), "broken begins"); n != 3 {
			t.Errorf("it was started %d times", n)
		}
		if b.State() != StateRunning {
			t.Errorf("the board is %s", b.State())
		}
		k.Release()
		k = connectTo(t, b, true) // Reset
	}
	k.Held(t, why)
	b.SetPin(2, true)
	if _, err := k.Conn.Call(t.Context(), link.OpReset, nil); err != nil { // asked for over the link
		t.Fatal(err)
	}
	k.Release()
	k = connectTo(t, b, false)
	if k.Hello.Held || k.Hello.Why != "" || k.Hello.Reset != link.ResetSoftware {
		t.Errorf("without its fault the program is %+v", k.Hello)
	}
	cable.Say(t, cable.Socket(t, k.Proxy(t)), "hello", "Broken: hello")
}

// A program that panics later is restarted and told why, and how it exits by itself is another end.
func TestPanicRestarts(t *testing.T) { kinds(t, testPanicRestarts) }

func testPanicRestarts(t *testing.T, c Config) {
	b, k := broken(t, c)
	b.SetPin(2, true)
	k.Release()
	k = connectTo(t, b, true)
	e := watch(t, b)
	if err := cable.Socket(t, k.Proxy(t)).WriteMessage(1, []byte("panic")); err != nil {
		t.Fatal(err)
	}
	e.wait(t, Started)
	k.Release()
	k = connectTo(t, b, false)
	if k.Hello.Held || k.Hello.Reset != link.ResetPanic || k.Hello.Why != "panic: assignment to entry in nil map" {
		t.Errorf("after a panic: %+v", k.Hello)
	}
	if err := cable.Socket(t, k.Proxy(t)).WriteMessage(1, []byte("exit")); err != nil {
		t.Fatal(err)
	}
	if v := e.wait(t, Exited); v.Code != panicCode || b.State() != StateEnded {
		t.Errorf("after os.Exit(%d): %+v, and the board is %s", panicCode, v, b.State())
	}
}

// broken has a board run testdata/broken with its fault.
func broken(t testing.TB, c Config) (*Board, *cable.Talk) {
	t.Helper()
	b := start(t, c)
	b.SetPin(2, false)
	h := connect(t, b)
	h.bootloader()
	h.attach()
	image, err := Pack(Program{Code: buildProgram(t, "broken", c.Sandbox != nil), Sandboxed: c.Sandbox != nil}, key)
	if err != nil {
		t.Fatal(err)
	}
	h.flash(0, image)
	h.p.Close()
	return b, connectTo(t, b, true)
}

// connectTo opens the link.
func connectTo(t testing.TB, b *Board, reset bool) *cable.Talk {
	t.Helper()
	line, err := b.Open()
	if err != nil {
		t.Fatal(err)
	}
	if reset {
		for _, low := range []bool{true, false} { // EN low, and up again
			if err := line.SetLines(false, low); err != nil {
				t.Fatal(err)
			}
		}
	}
	return cable.Connect(t, line)
}

// What a program says last is found in what it prints, however that comes.
func TestLastWords(t *testing.T) {
	long := "panic: " + strings.Repeat("so ", 100)
	for _, c := range []struct{ text, why string }{
		{"panic: out of tea\n\ngoroutine 1 [running]:\nmain.main()\n", "panic: out of tea"},
		{"hello\r\npanic: out of tea\r\n", "panic: out of tea"},
		{"\x00frame\x00panic: after a frame\n", "panic: after a frame"},
		{"panic: printed\nfatal error: all goroutines are asleep - deadlock!\n", "fatal error: all goroutines are asleep - deadlock!"},
		{"don't panic: it is fine\n", ""},
		{"panic: no end of the line", ""},
		{long + "\nmore\n", long[:longestWhy]},
		{"", ""},
	} {
		for _, size := range []int{1, 3, 1000} {
			var w lastWords
			for rest := []byte(c.text); len(rest) > 0; {
				n := min(size, len(rest))
				w.scan(rest[:n])
				rest = rest[n:]
			}
			if w.why != c.why {
				t.Errorf("%.30q in pieces of %d: %q", c.text, size, w.why)
			}
		}
	}
}

// Early ends are counted up to as many as a byte holds.
func TestEarlyEnds(t *testing.T) {
	w := bootPower
	for range 300 {
		w = bootPanic.afterEarlyEnd(w)
	}
	if w.early != 255 || bootPanic.early != 0 {
		t.Errorf("%d, %d", w.early, bootPanic.early)
	}
}
