package virtual

import (
	"bytes"
	"context"
	"testing"
	"time"
)

// What slip makes, unslip takes apart, whatever stands around it and however it is cut.
func FuzzSLIP(f *testing.F) {
	f.Add([]byte("hello"), []byte{slipEnd, slipEsc, 1}, 3)
	f.Add([]byte{slipEnd, slipEsc, slipEscEnd, slipEscEsc}, []byte{slipEsc, slipEnd}, 1)
	f.Fuzz(func(t *testing.T, p, noise []byte, cut int) {
		var s unslip
		for rest := noise; len(rest) > 0; {
			var frame []byte
			if rest, frame = s.feed(rest); len(frame) > maxFrame {
				t.Fatalf("a frame of %d bytes", len(frame))
			}
		}
		if len(s.frame) > maxFrame {
			t.Fatalf("%d bytes are kept", len(s.frame))
		}
		if len(p) == 0 || len(p) > maxFrame || cut < 1 {
			return
		}
		s = unslip{}
		wire := slip(p)
		var got []byte
		for len(wire) > 0 {
			n := min(cut, len(wire))
			for piece := wire[:n]; len(piece) > 0; {
				var frame []byte
				if piece, frame = s.feed(piece); frame != nil {
					if got != nil {
						t.Fatal("two frames")
					}
					got = bytes.Clone(frame)
				}
			}
			wire = wire[n:]
		}
		if !bytes.Equal(got, p) {
			t.Fatalf("% x became % x", p, got)
		}
	})
}

// Any requests: the bootloader neither panics nor hangs, every answer is well
// formed, and a SYNC afterwards is answered.
func FuzzBootloader(f *testing.F) {
	frames := func(p ...[]byte) (all []byte) {
		for _, q := range p {
			all = append(all, byte(len(q)), byte(len(q)>>8))
			all = append(all, q...)
		}
		return all
	}
	f.Add(false, frames(request(opSync, 0, nil), request(opReadReg, 0, words(regMagic))))
	f.Add(false, frames(request(opAttach, 0, words(0)), request(opFlashBegin, 0, words(4, 1, 0x400, 0, 0)),
		request(opFlashData, uint32(xor(checksumStart, []byte{1, 2, 3, 4})), append(words(4, 0, 0, 0), 1, 2, 3, 4)), request(opFlashEnd, 0, words(1))))
	f.Add(true, frames(request(opDeflBegin, 0, words(4, 1, 0x400, 0, 0)), request(opDeflData, checksumStart, words(0, 0, 0, 0)), request(opDeflEnd, 0, words(1))))
	f.Add(true, frames(request(opReadFlash, 0, words(0, 0x100, 0x40, 1)), words(0x40), words(0x80), words(0x100)))
	f.Add(true, frames(request(opEraseRegion, 0, words(0, 0x1000)), request(opMD5, 0, words(0, 0x1000, 0, 0))))
	f.Add(false, frames(request(opWriteReg, 0, words(spiUSR2, 0x9f, ^uint32(0), 0, spiCommand, spiUser, ^uint32(0), 0))))
	f.Add(false, frames(request(opMemBegin, 0, words(16, 1, 16, 0x40380000)), request(opMemEnd, 0, words(0, 0x40380000))))
	f.Fuzz(func(t *testing.T, stub bool, script []byte) {
		b := &Board{config: Config{FlashSize: 4 << 20}, clock: systemClock{}, powered: true, plugged: true, hostRate: defaultRate, chipRate: defaultRate}
		b.flash, _ = openFlash("", 4<<20)
		b.toChip, b.toHost = newLine(b.clock), newLine(b.clock)
		b.events = newEvents()
		defer b.events.close()
		b.faults.set(Faults{})
		b.host = &serial{b: b}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		l := &bootCycle{b: b, ctx: ctx, cancel: func() {}, done: make(chan struct{})}
		b.cycle, b.lastCycle = l, l
		ld := &loader{l: l, b: b, params: romParams, stub: stub, attached: stub}
		ld.registers.values = map[uint32]uint32{}
		defer func() { ld.download.close() }()
		for len(script) >= 2 && ld.again == nil {
			n := min(len(script)-2, int(script[0])|int(script[1])<<8)
			p := script[2 : 2+n]
			script = script[2+n:]
			if len(p) > 1 && p[1] == opReadFlash { // it waits for acknowledgements: here is one that ends it
				b.fromHost(slip(request(opSync, 0, nil)))
			}
			if len(p) <= maxFrame {
				ld.handle(bytes.Clone(p))
			}
		}
		var s unslip
		for _, c := range b.toHost.chunks {
			_, frame := s.feed(c.b)
			if frame == nil {
				t.Fatalf("% x is no frame", c.b)
			}
		}
		if ctx.Err() != nil {
			t.Fatal("it hangs")
		}
		b.toHost.clear()
		if ld.again == nil {
			ld.late = 0
			ld.sync(append([]byte{7, 7, 0x12, 0x20}, bytes.Repeat([]byte{0x55}, 32)...))
			if len(b.toHost.chunks) != 8 {
				t.Fatalf("%d answers to SYNC", len(b.toHost.chunks))
			}
		}
	})
}

// Any flash content: the ROM neither panics nor takes a program that the key did not sign.
func FuzzImage(f *testing.F) {
	image, err := Pack(Program{Code: []byte("program")}, key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(image)
	f.Add(image[:headerSize])
	f.Add([]byte{imageMagic})
	f.Fuzz(func(t *testing.T, content []byte) {
		fl, _ := openFlash("", 4<<20)
		if _, err := fl.program(content, 0); err != nil {
			return
		}
		img, err := fl.readImage()
		if err == nil && img.refusal(key) == "" && string(img.program) != "program" {
			t.Fatalf("%q would be run", img.program)
		}
	})
}

// A SYNC is found in any stream, however it is cut.
func FuzzSyncScanner(f *testing.F) {
	f.Add([]byte("text"), 5)
	f.Add([]byte{slipEnd, 0, opSync, 0x24, slipEnd}, 1)
	f.Fuzz(func(t *testing.T, before []byte, cut int) {
		if cut < 1 {
			return
		}
		wire := append(bytes.Clone(before), slip(request(opSync, 0, append([]byte{7, 7, 0x12, 0x20}, bytes.Repeat([]byte{0x55}, 32)...)))...)
		var s syncScanner
		found := false
		for len(wire) > 0 {
			n := min(cut, len(wire))
			for p := wire[:n]; len(p) > 0; {
				at := s.find(p)
				if at < 0 {
					break
				}
				found = true
				p = p[at:]
			}
			wire = wire[n:]
		}
		if !found {
			t.Fatal("not found")
		}
	})
}
