package virtual

import (
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"studio/host"

	"studioide/internal/confine"
	"studioide/internal/sandbox"
	"studioide/ui/src/words/say"
)

// start is the ROM's way from flash to the running program. It returns why the
// chip starts again, or when EN has fallen.
func (l *bootCycle) start(why boot) boot {
	b := l.b
	l.banner(why, "0xc (SPI_FAST_FLASH_BOOT)")
	img, err := b.flash.readImage()
	var bad *imageError
	switch {
	case errors.As(err, &bad):
		// A real chip repeats this for ever, reset by its watchdog. One round shows what it does.
		for range 3 {
			l.say("%s\r\n", bad.text)
			b.busy(l.ctx, 100*time.Millisecond)
		}
		l.say("ets_main.c 333 \r\n")
		b.busy(l.ctx, 500*time.Millisecond)
		l.banner(bootTimer, "0xc (SPI_FAST_FLASH_BOOT)")
		l.say("%s\r\n", bad.text)
		l.stop(StateEmpty, Event{Kind: Empty, Text: bad.text})
		return boot{}
	case err != nil:
		return l.refuse(say.VirtualTheVirtualBoardsFlashCannot(err.Error()))
	}
	if !img.ours && !img.older && b.config.Emulator != nil {
		img = nil
		return l.program(b.config.Emulator, host.EnvAddress, host.EnvKey, nil, why)
	}
	if text := img.refusal(b.config.Key); text != "" {
		return l.refuse(text)
	}
	if img.label.sandboxed() {
		if b.config.Sandbox == nil {
			return l.refuse(say.VirtualTheProgramInFlashRuns())
		}
	} else if may := b.config.MayRunNative; may != nil {
		if p := may(img.label.project); p != nil {
			return l.refuse(strings.TrimSpace(p.Text + " " + p.Help))
		}
	}
	b.mu.Lock()
	held := b.guilty
	b.guilty = "" // whoever resets the board wants it started
	b.mu.Unlock()
	if held == hex.EncodeToString(img.label.sum[:]) {
		return l.refuse(say.VirtualStudioOrWhatRanThis())
	}
	name, err := programFile(b.config.RunDir, img.program, img.label.sum, img.label.sandboxed())
	if err != nil {
		return l.refuse(say.VirtualTheProgramCannotBeStarted(err.Error()))
	}
	l.say("SPIWP:0xee\r\nmode:DIO, clock div:1\r\nload:0x%08x,len:0x%x\r\nload:0x%08x,len:0x%x\r\nentry 0x%08x\r\n",
		labelAddress, appSize+labelSize, programAddress, len(img.program), programAddress)
	sandboxed, project := img.label.sandboxed(), img.label.project
	b.mu.Lock()
	if l.currentLocked() {
		b.native, b.project = !sandboxed, project
	}
	b.mu.Unlock()
	ended, livesOn := b.suspect(img.label.sum)
	defer ended()
	defer time.AfterFunc(livedOn, livesOn).Stop()
	img = nil // megabytes that nobody needs while the program runs
	if !sandboxed {
		var limits *confine.Limits
		if of := b.config.Limits; of != nil {
			these := of(project)
			limits = &these
		}
		return l.program([]string{name}, host.EnvAddress, host.EnvKey, limits, why)
	}
	if !b.config.prepared(name) { // it was not built here this moment
		l.say("%s\r\n", say.VirtualPreparingSandbox())
		// A failure is one of the program's start as well, which says so.
		b.config.prepare(l.ctx, name)
		if l.ctx.Err() != nil {
			return boot{}
		}
	}
	command := append(slices.Clone(b.config.Sandbox), name, compiledFor(name))
	return l.program(command, sandbox.EnvAddress, sandbox.EnvKey, sandboxLimits(name), why)
}

// refuse tells in plain words why nothing is started, and waits for EN to fall.
func (l *bootCycle) refuse(text string) boot {
	l.say("\r\n%s\r\n", text)
	l.stop(StateEmpty, Event{Kind: Empty, Text: text})
	return boot{}
}

// stop ends in a state that only a reset leaves.
func (l *bootCycle) stop(s State, e Event) {
	l.set(s)
	if l.ctx.Err() == nil {
		l.b.events.add(e)
	}
	l.idle()
}
