package crash

import (
	"strings"
	"testing"

	"studio/link"
)

// printing lets a program print text, and gives what a panic's line would leave.
func printing(text string) (n record, ends int) {
	n.magic = recordMagic
	e := panicScanner{record: &n}
	for i := range len(text) {
		if e.scan(text[i]) {
			ends++
		}
	}
	return n, ends
}

func TestEar(t *testing.T) {
	long := "panic: " + strings.Repeat("so ", 100)
	for _, c := range []struct {
		text, why string
		ends      int
	}{
		{"panic: out of tea\r\n", "panic: out of tea", 1},
		{"panic: runtime error at 0x10001234: index out of range\r\n", "panic: runtime error at 0x10001234: index out of range", 1},
		{"hello\nworld\r\n\npanic: here\n", "panic: here", 1},
		{"panic: one\nthen more\n", "", 1},
		{"panic: one\npanic: two\n", "panic: two", 2},
		{"panic: no end of the line", "panic: no end of the line", 0}, // the power of speech was lost
		{long + "\r\n", long[:120], 1},
		{"don't panic: it is fine\n", "", 0},
		{" panic: indented\n", "", 0},
		{"panic:\n", "", 0},
		{"panic: \n", "", 0},
		{"pan\n", "", 0},
		{"", "", 0},
	} {
		n, ends := printing(c.text)
		e := n.read(link.ResetWatchdog)
		want := End{Reset: link.ResetPanic, Why: c.why}
		if c.why == "" {
			want = End{Reset: link.ResetWatchdog, Why: hung}
		}
		if e != want || ends != c.ends {
			t.Errorf("%.40q: %+v, %d lines like a panic's", c.text, e, ends)
		}
	}
}

// What memory has after power was off is no note, whatever it is.
func TestNoNote(t *testing.T) {
	for _, n := range []record{{}, {magic: ^uint64(0), earlyEnds: 255, requested: true, length: 255}} {
		if e := n.read(link.ResetPower); e != (End{Reset: link.ResetPower}) {
			t.Errorf("%+v", e)
		}
		if n != (record{magic: recordMagic}) {
			t.Errorf("%+v", n)
		}
	}
	n := record{magic: recordMagic, length: 255} // nothing that a program has written
	copy(n.text[:], "panic: ")
	if e := n.read(link.ResetWatchdog); e.Why != hung {
		t.Errorf("%+v", e)
	}
}

// Three programs that end soon after their start: the next is held, until
// somebody resets the board or it has lived.
func TestHolding(t *testing.T) {
	n := record{}
	ended := func(hardware byte) End {
		e := n.read(hardware)
		copy(n.text[:], "panic: x")
		n.length = 8
		return e
	}
	if e := ended(link.ResetPower); e.Held || e.Why != "" {
		t.Fatalf("%+v", e)
	}
	for i := 1; i < crashLoopLimit; i++ {
		if e := ended(link.ResetWatchdog); e.Held || e.Reset != link.ResetPanic || e.Why != "panic: x" {
			t.Fatalf("restart %d: %+v", i, e)
		}
	}
	if e := ended(link.ResetWatchdog); !e.Held || e.Why != "panic: x" {
		t.Fatalf("%+v", e)
	}
	before := n
	for name, change := range map[string]func() byte{
		"asked":     func() byte { n.requested = true; return link.ResetWatchdog },
		"reset pin": func() byte { return link.ResetPin },
		"has lived": func() byte { n.healthy = true; return link.ResetWatchdog },
	} {
		n = before
		hardware := change()
		if e := ended(hardware); e.Held {
			t.Errorf("%s: %+v", name, e)
		}
		if n.earlyEnds != 0 {
			t.Errorf("%s: %d early ends are counted", name, n.earlyEnds)
		}
	}
	n = before // a held board that hangs itself is held again
	if e := ended(link.ResetWatchdog); !e.Held {
		t.Errorf("%+v", e)
	}
	n.earlyEnds = 255 // the count does not come round
	if e := ended(link.ResetWatchdog); !e.Held || n.earlyEnds != 255 {
		t.Errorf("%+v, %d", e, n.earlyEnds)
	}
}

// The next program tells which callback did not return.
func TestWhoHung(t *testing.T) {
	defer func(before []string) { callbacks = before }(callbacks)
	callbacks = []string{"", "OnText", "Every"}
	for c, want := range []string{hung, "the callback of OnText took longer than 8 s", "the callback of Every took longer than 8 s", hung, hung} {
		n := record{magic: recordMagic, calling: Callback(c)}
		if e := n.read(link.ResetWatchdog); e.Why != want {
			t.Errorf("%d: %q", c, e.Why)
		}
		if n.calling != 0 {
			t.Errorf("%d: the next program's record says that it runs as well", c)
		}
	}
}
