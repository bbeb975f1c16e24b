package board

import (
	"strings"
	"testing"

	"studio/link"
)

// printing lets a program print text, and gives what a panic's line would leave.
func printing(text string) (n note, ends int) {
	n.magic = noteMagic
	e := ear{note: &n}
	for i := range len(text) {
		if e.hear(text[i]) {
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
		want := ending{reset: link.ResetPanic, why: c.why}
		if c.why == "" {
			want = ending{reset: link.ResetWatchdog, why: hung}
		}
		if e != want || ends != c.ends {
			t.Errorf("%.40q: %+v, %d lines like a panic's", c.text, e, ends)
		}
	}
}

// What memory has after power was off is no note, whatever it is.
func TestNoNote(t *testing.T) {
	for _, n := range []note{{}, {magic: ^uint64(0), early: 255, asked: true, n: 255}} {
		if e := n.read(link.ResetPower); e != (ending{reset: link.ResetPower}) {
			t.Errorf("%+v", e)
		}
		if n != (note{magic: noteMagic}) {
			t.Errorf("%+v", n)
		}
	}
	n := note{magic: noteMagic, n: 255} // nothing that a program has written
	copy(n.said[:], "panic: ")
	if e := n.read(link.ResetWatchdog); e.why != hung {
		t.Errorf("%+v", e)
	}
}

// Three programs that end soon after their start: the next is held, until
// somebody resets the board or it has lived.
func TestHolding(t *testing.T) {
	n := note{}
	ended := func(hardware byte) ending {
		e := n.read(hardware)
		copy(n.said[:], "panic: x")
		n.n = 8
		return e
	}
	if e := ended(link.ResetPower); e.held || e.why != "" {
		t.Fatalf("%+v", e)
	}
	for i := 1; i < tooOften; i++ {
		if e := ended(link.ResetWatchdog); e.held || e.reset != link.ResetPanic || e.why != "panic: x" {
			t.Fatalf("restart %d: %+v", i, e)
		}
	}
	if e := ended(link.ResetWatchdog); !e.held || e.why != "panic: x" {
		t.Fatalf("%+v", e)
	}
	before := n
	for name, change := range map[string]func() byte{
		"asked":     func() byte { n.asked = true; return link.ResetWatchdog },
		"reset pin": func() byte { return link.ResetPin },
		"has lived": func() byte { n.alive = true; return link.ResetWatchdog },
	} {
		n = before
		hardware := change()
		if e := ended(hardware); e.held {
			t.Errorf("%s: %+v", name, e)
		}
		if n.early != 0 {
			t.Errorf("%s: %d early ends are counted", name, n.early)
		}
	}
	n = before // a held board that hangs itself is held again
	if e := ended(link.ResetWatchdog); !e.held {
		t.Errorf("%+v", e)
	}
	n.early = 255 // the count does not come round
	if e := ended(link.ResetWatchdog); !e.held || n.early != 255 {
		t.Errorf("%+v, %d", e, n.early)
	}
}

// The next program tells which callback did not return.
func TestWhoHung(t *testing.T) {
	for c := range callbacks + 1 {
		n := note{magic: noteMagic, calling: c}
		want := hung
		if c > noCallback && c < callbacks {
			want = "the callback of " + callbackNames[c] + " took longer than 8 s"
		}
		if e := n.read(link.ResetWatchdog); e.why != want || callbackNames[min(c, callbacks-1)] == "" && c != noCallback {
			t.Errorf("%d: %q", c, e.why)
		}
		if n.calling != noCallback {
			t.Errorf("%d: the next program's note says that it runs as well", c)
		}
	}
}
