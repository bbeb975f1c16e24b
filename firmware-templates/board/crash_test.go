package board

import (
	"strings"
	"testing"

	"studio/link"
)

// printing lets a program print text, and gives what a panic's line would leave.
func printing(text string) (n crashRecord, ends int) {
	n.magic = crashMagic
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
		want := lastEnd{reset: link.ResetPanic, why: c.why}
		if c.why == "" {
			want = lastEnd{reset: link.ResetWatchdog, why: hung}
		}
		if e != want || ends != c.ends {
			t.Errorf("%.40q: %+v, %d lines like a panic's", c.text, e, ends)
		}
	}
}

// What memory has after power was off is no note, whatever it is.
func TestNoNote(t *testing.T) {
	for _, n := range []crashRecord{{}, {magic: ^uint64(0), earlyEnds: 255, requested: true, length: 255}} {
		if e := n.read(link.ResetPower); e != (lastEnd{reset: link.ResetPower}) {
			t.Errorf("%+v", e)
		}
		if n != (crashRecord{magic: crashMagic}) {
			t.Errorf("%+v", n)
		}
	}
	n := crashRecord{magic: crashMagic, length: 255} // nothing that a program has written
	copy(n.text[:], "panic: ")
	if e := n.read(link.ResetWatchdog); e.why != hung {
		t.Errorf("%+v", e)
	}
}

// Three programs that end soon after their start: the next is held, until
// somebody resets the board or it has lived.
func TestHolding(t *testing.T) {
	n := crashRecord{}
	ended := func(hardware byte) lastEnd {
		e := n.read(hardware)
		copy(n.text[:], "panic: x")
		n.length = 8
		return e
	}
	if e := ended(link.ResetPower); e.held || e.why != "" {
		t.Fatalf("%+v", e)
	}
	for i := 1; i < crashLoopLimit; i++ {
		if e := ended(link.ResetWatchdog); e.held || e.reset != link.ResetPanic || e.why != "panic: x" {
			t.Fatalf("restart %d: %+v", i, e)
		}
	}
	if e := ended(link.ResetWatchdog); !e.held || e.why != "panic: x" {
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
		if e := ended(hardware); e.held {
			t.Errorf("%s: %+v", name, e)
		}
		if n.earlyEnds != 0 {
			t.Errorf("%s: %d early ends are counted", name, n.earlyEnds)
		}
	}
	n = before // a held board that hangs itself is held again
	if e := ended(link.ResetWatchdog); !e.held {
		t.Errorf("%+v", e)
	}
	n.earlyEnds = 255 // the count does not come round
	if e := ended(link.ResetWatchdog); !e.held || n.earlyEnds != 255 {
		t.Errorf("%+v, %d", e, n.earlyEnds)
	}
}

// The next program tells which callback did not return.
func TestWhoHung(t *testing.T) {
	for c := range callbacks + 1 {
		n := crashRecord{magic: crashMagic, calling: c}
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
