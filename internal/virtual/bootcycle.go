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
	early  uint8  // programs in a row that the watchdog or a panic ended before they were healthy
}

// afterEarlyEnd has this start come after one more such end.
func (w boot) afterEarlyEnd(before boot) boot {
	w.early = max(before.early, before.early+1)
	return w
}

var (
	bootPower    = boot{rst: 0x1, text: "POWERON", reason: host.ResetPower}
	bootPin      = boot{rst: 0x1, text: "POWERON", reason: host.ResetPin} // the C3's ROM does not tell them apart
	bootSoftware = boot{rst: 0xc, text: "RTC_SW_CPU_RST", reason: host.ResetSoftware}
	bootSystem   = boot{rst: 0x3, text: "RTC_SW_SYS_RST", reason: host.ResetSoftware}
	bootWatchdog = boot{rst: 0x10, text: "RTCWDT_RTC_RST", reason: host.ResetWatchdog}
	bootPanic    = boot{rst: 0x10, text: "RTCWDT_RTC_RST", reason: host.ResetPanic}
	bootTimer    = boot{rst: 0x7, text: "TG0WDT_SYS_RST", reason: host.ResetWatchdog}
)

// bootCycle is the chip between EN's rise and fall.
type bootCycle struct {
	b        *Board
	ctx      context.Context // ends with EN's fall
	cancel   context.CancelFunc
	previous *bootCycle
	done     chan struct{} // closed when everything of this cycle has ended

	enHighAt     time.Time // when EN has risen and GPIO9 is looked at; guarded by Board.mu, as are the following
	strapLatched bool
	strapLow     bool // GPIO9 was low then
}

// setLinesLocked moves DTR and RTS through the usual auto-reset circuit of two
// transistors: RTS alone pulls EN low, DTR alone pulls GPIO9 low, both
// together pull neither. b.mu is held.
func (b *Board) setLinesLocked(dtr, rts bool) {
	b.latchStrapLocked()
	low := b.enLow()
	b.dtr, b.rts = dtr, rts
	switch {
	case !low && b.enLow(): // EN low: chip in reset
		if b.powered {
			b.haltLocked(StateReset)
		}
	case low && !b.enLow(): // EN rises: chip out of reset
		b.bootLocked(bootPin)
	}
}

func (b *Board) enLow() bool { return b.rts && !b.dtr }

// strappedLocked tells whether GPIO9 is low, by DTR or by the BOOT button. b.mu is held.
func (b *Board) strappedLocked() bool { return b.dtr && !b.rts || !b.pins[bootPin9].outside }

// latchStrapLocked latches GPIO9 if EN has risen by now. It is called before whatever may
// change the pin, so that what counts is when the host did things and not when
// a goroutine came to it. b.mu is held.
func (b *Board) latchStrapLocked() {
	if l := b.cycle; l != nil && !l.strapLatched && !b.clock.Now().Before(l.enHighAt) {
		l.strapLatched, l.strapLow = true, b.strappedLocked()
	}
}

// haltLocked ends the present boot cycle; it does not wait for its end. b.mu is held.
func (b *Board) haltLocked(s State) {
	b.state = s
	if b.cycle == nil {
		return
	}
	b.cycle.cancel()
	b.cycle = nil
	b.toChip.clear()
	b.resetPinsLocked()
}

// bootLocked starts a boot cycle if there is power and EN is high. b.mu is held.
func (b *Board) bootLocked(why boot) {
	if !b.powered || b.enLow() || b.cycle != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	l := &bootCycle{b: b, ctx: ctx, cancel: cancel, previous: b.lastCycle, done: make(chan struct{})}
	b.cycle, b.lastCycle = l, l
	b.state = StateReset
	b.chipRate = defaultRate
	// Without real timing a flasher moves the lines faster than EN would rise; GPIO9 low at this moment is what it means.
	l.enHighAt = b.clock.Now().Add(riseTime)
	if !b.config.Timing && b.strappedLocked() {
		l.strapLatched, l.strapLow = true, true
	}
	go l.run(why)
}

// currentLocked tells whether the cycle has not ended. b.mu is held.
func (l *bootCycle) currentLocked() bool { return l.b.cycle == l }

// set changes the state, unless the cycle has ended.
func (l *bootCycle) set(s State) {
	l.b.mu.Lock()
	defer l.b.mu.Unlock()
	if l.currentLocked() {
		l.b.state = s
	}
}

func (l *bootCycle) run(why boot) {
	b := l.b
	defer close(l.done)
	defer l.cancel()
	if l.previous != nil {
		<-l.previous.done
		l.previous = nil
	}
	b.mu.Lock()
	wait := l.enHighAt.Sub(b.clock.Now())
	if l.strapLatched {
		wait = 0
	}
	b.mu.Unlock()
	b.pause(l.ctx, wait)
	b.mu.Lock()
	if l.currentLocked() && !l.strapLatched {
		l.strapLatched, l.strapLow = true, b.strappedLocked()
	}
	strapped := l.strapLow
	b.mu.Unlock()
	for l.ctx.Err() == nil {
		b.mu.Lock()
		strapped = strapped || b.forceBootloader
		b.forceBootloader = false
		if l.currentLocked() {
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
func (l *bootCycle) say(format string, a ...any) {
	if l.ctx.Err() == nil {
		l.b.fromChip(fmt.Appendf(nil, format, a...))
	}
}

// banner is what the ROM prints first.
func (l *bootCycle) banner(why boot, mode string) {
	l.say("ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\nrst:0x%x (%s),boot:%s\r\n", why.rst, why.text, mode)
}

// idle drops what comes in until EN falls.
func (l *bootCycle) idle() {
	stopped, release := l.b.toChip.until(l.ctx)
	defer release()
	for {
		if _, err := l.b.toChip.receive(4096, stopped); err != nil {
			return
		}
	}
}
