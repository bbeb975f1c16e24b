package virtual

import (
	"context"
	"fmt"
	"time"

	"studio/host"
)

// riseTime is how long EN takes to rise after both ends let go of it: tools
// that move DTR and RTS one after the other rely on it.
const riseTime = 2 * time.Millisecond

// boot says why the chip starts.
type boot struct {
	rst    int
	text   string
	reason uint8  // for the program, as in the device link
	ended  string // why the program before did not end well, as it has said itself
}

var (
	bootPower    = boot{rst: 0x1, text: "POWERON", reason: host.ResetPower}
	bootPin      = boot{rst: 0x1, text: "POWERON", reason: host.ResetPin} // the C3's ROM does not tell them apart
	bootSoftware = boot{rst: 0xc, text: "RTC_SW_CPU_RST", reason: host.ResetSoftware}
	bootSystem   = boot{rst: 0x3, text: "RTC_SW_SYS_RST", reason: host.ResetSoftware}
	bootWatchdog = boot{rst: 0x10, text: "RTCWDT_RTC_RST", reason: host.ResetWatchdog}
	bootTimer    = boot{rst: 0x7, text: "TG0WDT_SYS_RST", reason: host.ResetWatchdog}
)

// life is the chip between EN's rise and fall.
type life struct {
	b      *Board
	ctx    context.Context // ends with EN's fall
	cancel context.CancelFunc
	before *life
	done   chan struct{} // closed when everything of this life has ended

	rises  time.Time // when EN has risen and GPIO9 is looked at; guarded by Board.mu, as are the following
	looked bool
	strap  bool // GPIO9 was low then
}

// setLines moves DTR and RTS through the usual auto-reset circuit of two
// transistors: RTS alone pulls EN low, DTR alone pulls GPIO9 low, both
// together pull neither. b.mu is held.
func (b *Board) setLines(dtr, rts bool) {
	b.look()
	low := b.enLow()
	b.dtr, b.rts = dtr, rts
	switch {
	case !low && b.enLow(): // EN low: chip in reset
		if b.powered {
			b.halt(StateReset)
		}
	case low && !b.enLow(): // EN rises: chip out of reset
		b.begin(bootPin)
	}
}

func (b *Board) enLow() bool { return b.rts && !b.dtr }

// strapped tells whether GPIO9 is low, by DTR or by the BOOT button. b.mu is held.
func (b *Board) strapped() bool { return b.dtr && !b.rts || !b.pins[bootPin9].outside }

// look latches GPIO9 if EN has risen by now. It is called before whatever may
// change the pin, so that what counts is when the host did things and not when
// a goroutine came to it. b.mu is held.
func (b *Board) look() {
	if l := b.life; l != nil && !l.looked && !b.clock.Now().Before(l.rises) {
		l.looked, l.strap = true, b.strapped()
	}
}

// halt ends the present life; it does not wait for its end. b.mu is held.
func (b *Board) halt(s State) {
	b.state = s
	if b.life == nil {
		return
	}
	b.life.cancel()
	b.life = nil
	b.toChip.clear()
	b.forgetProgram()
}

// begin starts a life if there is power and EN is high. b.mu is held.
func (b *Board) begin(why boot) {
	if !b.powered || b.enLow() || b.life != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	l := &life{b: b, ctx: ctx, cancel: cancel, before: b.last, done: make(chan struct{})}
	b.life, b.last = l, l
	b.state = StateReset
	b.chipRate = defaultRate
	// Without real timing a flasher moves the lines faster than EN would rise; GPIO9 low at this moment is what it means.
	l.rises = b.clock.Now().Add(riseTime)
	if !b.config.Timing && b.strapped() {
		l.looked, l.strap = true, true
	}
	go l.run(why)
}

// current tells whether the life has not ended. b.mu is held.
func (l *life) current() bool { return l.b.life == l }

// set changes the state, unless the life has ended.
func (l *life) set(s State) {
	l.b.mu.Lock()
	defer l.b.mu.Unlock()
	if l.current() {
		l.b.state = s
	}
}

func (l *life) run(why boot) {
	b := l.b
	defer close(l.done)
	defer l.cancel()
	if l.before != nil {
		<-l.before.done
		l.before = nil
	}
	b.mu.Lock()
	wait := l.rises.Sub(b.clock.Now())
	if l.looked {
		wait = 0
	}
	b.mu.Unlock()
	b.pause(l.ctx, wait)
	b.mu.Lock()
	if l.current() && !l.looked {
		l.looked, l.strap = true, b.strapped()
	}
	strapped := l.strap
	b.mu.Unlock()
	for l.ctx.Err() == nil {
		b.mu.Lock()
		strapped = strapped || b.force
		b.force = false
		if l.current() {
			b.state = StateReset
			b.chipRate = defaultRate
		}
		b.mu.Unlock()
		if strapped {
			why = l.bootloader(why)
		} else {
			why = l.start(why)
		}
		strapped = false
	}
}

// say prints ROM text on the serial line.
func (l *life) say(format string, a ...any) {
	if l.ctx.Err() == nil {
		l.b.fromChip(fmt.Appendf(nil, format, a...))
	}
}

// banner is what the ROM prints first.
func (l *life) banner(why boot, mode string) {
	l.say("ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\nrst:0x%x (%s),boot:%s\r\n", why.rst, why.text, mode)
}

// idle drops what comes in until EN falls.
func (l *life) idle() {
	stopped, release := l.b.toChip.until(l.ctx)
	defer release()
	for {
		if _, err := l.b.toChip.receive(4096, stopped); err != nil {
			return
		}
	}
}
