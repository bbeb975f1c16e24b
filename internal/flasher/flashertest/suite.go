// Package flashertest is the suite that every flash method has to pass, on a
// chip that can be looked into: its flash read, its cable pulled, its power cut.
package flashertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"

	"studioide/internal/flasher"
	"studioide/internal/port"
	"studioide/internal/problem"
)

// Rig is one board with a method for it. Faults that a rig cannot make are nil, and their checks are skipped.
type Rig struct {
	Method    flasher.Method
	Chip      string
	FlashSize int64
	Open      func() (port.Port, error)     // the board's port, nil while it waits as a drive; the board is plugged in and has power
	Flash     func(off int64, n int) []byte // what is in flash
	Waiting   func() bool                   // the chip is in its bootloader
	UnplugAt  func(block int64)             // pull the cable when data block number block (from 1) arrives; 0: never
	CutAt     func(write int64)             // cut the power at this flash write (from 1); 0: never
	Writes    func() int64                  // flash writes so far
	Mend      func()                        // no faults any more, plugged in, power on
	Noise     func(loss, flip float64)      // probabilities per byte, both directions
	Settle    func()                        // waits until what was written has reached the board; nil: writing does so itself
	Other     string                        // a chip that this is not
	Manual    bool                          // Open holds BOOT by hand: the port has no lines
	Quick     bool                          // nothing takes real time: try every place instead of some
}

// Run checks the method; each check gets a new rig with empty flash.
func Run(t *testing.T, rig func(t *testing.T) *Rig) {
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) { c.run(t, rig(t)) })
	}
}

// RunSimulated is Run with simulated time, for rigs that are made of goroutines only.
func RunSimulated(t *testing.T, rig func(t *testing.T) *Rig) {
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { c.run(t, rig(t)) })
		})
	}
}

var checks = []struct {
	name string
	run  func(*testing.T, *Rig)
}{
	{"identify", identify},
	{"flash, and flash the same again", flashTwice},
	{"only what differs is written", incremental},
	{"full writes everything", full},
	{"parts leave what is between them alone", parts},
	{"progress", progress},
	{"too large", tooLarge},
	{"wrong chip", wrongChip},
	{"bad parts", badParts},
	{"cancel anywhere", cancelAnywhere},
	{"unplug at any block", unplugAnywhere},
	{"power cut at any write", cutAnywhere},
	{"noise", noise},
	{"hold and reset", holdReset},
	{"read", read},
	{"erase", erase},
	{"port is gone", gone},
}

// Image is n bytes that look like a program and are different for every seed.
func Image(n int, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 7))
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	p[0] = 0x55 // not the start of any format that a method may look into
	return p
}

func identify(t *testing.T, r *Rig) {
	p := open(t, r)
	defer closePort(p)
	info, err := r.Method.Identify(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	if info.Chip != r.Chip || info.FlashSize != r.FlashSize {
		t.Errorf("%+v", info)
	}
	if !r.Waiting() {
		t.Error("it has left its bootloader")
	}
}

func flashTwice(t *testing.T, r *Rig) {
	image := Image(150_001, 1)
	result := mustFlash(t, r, image, flasher.Options{Chip: r.Chip})
	if result.Total != 150_001 || result.Written != 150_001 || result.Sectors != 37 || result.SectorsWritten != 37 || result.Info.Chip != r.Chip {
		t.Errorf("first: %+v", result)
	}
	writes := r.Writes()
	if r.Method.Drive() {
		if result = mustFlash(t, r, image, flasher.Options{}); result.Written != 150_001 {
			t.Errorf("second: %+v", result)
		}
		return
	}
	result = mustFlash(t, r, image, flasher.Options{})
	if result.Total != 150_001 || result.Written != 0 || result.Sectors != 37 || result.SectorsWritten != 0 || r.Writes() != writes {
		t.Errorf("second: %+v, %d flash writes", result, r.Writes()-writes)
	}
}

func incremental(t *testing.T, r *Rig) {
	cannotRead(t, r)
	image := Image(200_000, 1)
	mustFlash(t, r, image, flasher.Options{})
	for _, c := range []struct {
		name    string
		change  []int // offsets
		sectors int
	}{
		{"first byte", []int{0}, 1},
		{"last byte", []int{199_999}, 1},
		{"both sides of a sector border", []int{8191, 8192}, 2},
		{"both sides of a block border", []int{65535, 65536}, 2},
		{"here and there", []int{5, 70_000, 140_000, 140_001}, 3},
	} {
		for _, at := range c.change {
			image[at] ^= 0x10
		}
		result := mustFlash(t, r, image, flasher.Options{})
		if result.SectorsWritten != c.sectors {
			t.Errorf("%s: %d sectors written instead of %d", c.name, result.SectorsWritten, c.sectors)
		}
	}
	shorter := image[:100_000]
	if result := mustFlash(t, r, shorter, flasher.Options{}); result.SectorsWritten != 0 {
		t.Errorf("a beginning of what is there: %+v", result)
	}
}

func full(t *testing.T, r *Rig) {
	image := Image(70_000, 1)
	mustFlash(t, r, image, flasher.Options{})
	if result := mustFlash(t, r, image, flasher.Options{Full: true}); result.Written != 70_000 || result.SectorsWritten != 18 {
		t.Errorf("%+v", result)
	}
}

func parts(t *testing.T, r *Rig) {
	mustFlash(t, r, Image(100_000, 1), flasher.Options{})
	before := r.Flash(0, 200_000)
	list := []flasher.Part{{Offset: 0x10000, Data: Image(5000, 3)}, {Offset: 0x1000, Data: Image(4096, 2)}}
	p := open(t, r)
	defer closePort(p)
	if _, err := r.Method.Flash(context.Background(), p, list, flasher.Options{}); err != nil {
		t.Fatal(err)
	}
	after := r.Flash(0, 200_000)
	for _, part := range list {
		end := int(part.Offset) + len(part.Data)
		if !bytes.Equal(after[part.Offset:end], part.Data) {
			t.Errorf("the part at %#x is not there", part.Offset)
		}
		whole := (end + 4095) / 4096 * 4096
		copy(after[part.Offset:whole], before[part.Offset:whole])
	}
	if !bytes.Equal(after, before) {
		t.Error("something else has changed")
	}
}

func progress(t *testing.T, r *Rig) {
	order := []string{flasher.PhaseConnect, flasher.PhaseCompare, flasher.PhaseErase, flasher.PhaseWrite, flasher.PhaseVerify, flasher.PhaseReset}
	ends := []string{flasher.PhaseCompare, flasher.PhaseWrite, flasher.PhaseVerify}
	if r.Method.Drive() {
		ends = []string{flasher.PhaseWrite}
	}
	at, last := 0, flasher.Progress{}
	ended := map[string]bool{}
	mustFlash(t, r, Image(100_000, 1), flasher.Options{Progress: func(p flasher.Progress) {
		if p.Text == "" || p.Done < 0 || p.Done > p.Total {
			t.Errorf("%+v", p)
		}
		if p.Phase != last.Phase {
			for at < len(order) && order[at] != p.Phase {
				at++
			}
			if at == len(order) {
				t.Fatalf("phase %s after %s", p.Phase, last.Phase)
			}
		} else if p.Done < last.Done || p.Total != last.Total {
			t.Errorf("%+v after %+v", p, last)
		}
		if p.Total == 100_000 && p.Done == p.Total {
			ended[p.Phase] = true
		}
		last = p
	}})
	for _, phase := range ends {
		if !ended[phase] {
			t.Errorf("%s did not reach its end", phase)
		}
	}
	if last.Phase != flasher.PhaseReset {
		t.Errorf("the last was %+v", last)
	}
}

func tooLarge(t *testing.T, r *Rig) {
	p := open(t, r)
	defer closePort(p)
	writes := r.Writes()
	_, err := r.Method.Flash(context.Background(), p, []flasher.Part{{Offset: 0, Data: Image(5000, 1)}, {Offset: uint32(r.FlashSize - 4096), Data: Image(4097, 1)}}, flasher.Options{})
	wantProblem(t, err, "flash.too-large")
	if text := problem.Of(err).Text; !strings.Contains(text, fmt.Sprintf("%d MB", r.FlashSize>>20)) {
		t.Errorf("%q does not say how much there is", text)
	}
	if r.Writes() != writes {
		t.Error("something was written")
	}
}

func wrongChip(t *testing.T, r *Rig) {
	p := open(t, r)
	defer closePort(p)
	writes := r.Writes()
	_, err := r.Method.Flash(context.Background(), p, []flasher.Part{{Offset: 0, Data: Image(5000, 1)}}, flasher.Options{Chip: r.Other})
	wantProblem(t, err, "flash.wrong-chip")
	if text := problem.Of(err).Text; !strings.Contains(text, r.Chip) || !strings.Contains(text, r.Other) {
		t.Errorf("%q does not name both chips", text)
	}
	if r.Writes() != writes {
		t.Error("something was written")
	}
}

func badParts(t *testing.T, r *Rig) {
	p := open(t, r)
	defer closePort(p)
	for name, list := range map[string][]flasher.Part{
		"none":      nil,
		"empty":     {{Offset: 0}},
		"unaligned": {{Offset: 100, Data: []byte{1}}},
		"overlap":   {{Offset: 0, Data: make([]byte, 4097)}, {Offset: 4096, Data: []byte{1}}},
		"beyond":    {{Offset: 0xfffff000, Data: make([]byte, 4097)}},
	} {
		_, err := r.Method.Flash(context.Background(), p, list, flasher.Options{})
		var bad *problem.Problem
		if !errors.As(err, &bad) || bad.Code == "internal" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// cancelAnywhere cancels at every progress report, and then flashes.
func cancelAnywhere(t *testing.T, r *Rig) {
	for n := 1; ; n++ {
		image := Image(20_000, uint64(n))
		ctx, cancel := context.WithCancel(context.Background())
		reports, late := 0, false
		p := open(t, r)
		_, err := r.Method.Flash(ctx, p, []flasher.Part{{Data: image}}, flasher.Options{Progress: func(now flasher.Progress) {
			if reports++; reports == n {
				if r.Settle != nil {
					r.Settle()
				}
				late = r.Method.Drive() && now.Phase == flasher.PhaseWrite && now.Done == now.Total // the last block starts the program
				cancel()
			}
		}})
		cancelled := ctx.Err() != nil
		cancel()
		if !cancelled {
			closePort(p)
			return // there are no more places
		}
		if err == nil && reports > n && !late {
			t.Fatalf("cancel at report %d was not noticed", n)
		}
		if err == nil || r.Method.Drive() { // all was done already, or the port is gone
			closePort(p)
			p = open(t, r)
		}
		if err != nil && !errors.Is(err, problem.Cancelled) {
			t.Fatalf("cancel at report %d: %v", n, err)
		}
		if err != nil && reports > 1 && !r.Waiting() {
			t.Errorf("after the cancel at report %d the chip is not in its bootloader", n)
		}
		image = Image(len(image), uint64(1000+n)) // another program of the same length
		if _, err := r.Method.Flash(context.Background(), p, []flasher.Part{{Data: image}}, flasher.Options{}); err != nil {
			t.Fatalf("flash after the cancel at report %d: %v", n, err)
		}
		if !bytes.Equal(r.Flash(0, len(image)), image) {
			t.Fatalf("after the cancel at report %d flash is wrong", n)
		}
		closePort(p)
		if !r.Quick {
			n += 4
		}
	}
}

func unplugAnywhere(t *testing.T, r *Rig) {
	if r.UnplugAt == nil {
		t.Skip("this rig's cable is fixed")
	}
	for n := int64(1); ; n++ {
		image := Image(20_000, uint64(n))
		p := open(t, r)
		r.UnplugAt(n)
		_, err := r.Method.Flash(context.Background(), p, []flasher.Part{{Data: image}}, flasher.Options{})
		closePort(p)
		r.Mend()
		if err == nil {
			return // it has no more blocks
		}
		wantProblem(t, err, "flash.unplugged")
		mustFlash(t, r, image, flasher.Options{})
		if !r.Quick {
			n += 4
		}
	}
}

func cutAnywhere(t *testing.T, r *Rig) {
	if r.CutAt == nil {
		t.Skip("this rig's power cannot be cut")
	}
	places := []int64{1, 2, 3, 6, 20, 60, 90}
	if !r.Quick {
		places = []int64{3}
	}
	for _, n := range places {
		image := Image(20_000, uint64(n))
		p := open(t, r)
		r.CutAt(n)
		_, err := r.Method.Flash(context.Background(), p, []flasher.Part{{Data: image}}, flasher.Options{})
		p.Close()
		r.Mend()
		if err == nil {
			if n < 80 {
				t.Errorf("flash did not notice the power cut at write %d", n)
			}
			continue
		}
		if code := problem.Of(err).Code; !strings.HasPrefix(code, "flash.") {
			t.Errorf("power cut at write %d: %v", n, err)
		}
		mustFlash(t, r, image, flasher.Options{})
	}
}

func noise(t *testing.T, r *Rig) {
	if r.Noise == nil {
		t.Skip("this rig's line is perfect")
	}
	image := Image(40_000, 1)
	r.Noise(0.0001, 0.0001)
	mustFlash(t, r, image, flasher.Options{})
	r.Noise(0.0003, 0)
	image[20_000] ^= 1
	mustFlash(t, r, image, flasher.Options{})
	if r.Quick {
		// One byte in a hundred: a piece of 1 KB never gets through, one of 64 bytes one time in four.
		r.Noise(0.005, 0.005)
		mustFlash(t, r, Image(10_000, 3), flasher.Options{})
	}
}

func holdReset(t *testing.T, r *Rig) {
	image := Image(10_000, 1)
	mustFlash(t, r, image, flasher.Options{})
	p := open(t, r)
	defer func() { closePort(p) }()
	if err := r.Method.Hold(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	if !r.Waiting() {
		t.Error("Hold: not in its bootloader")
	}
	again := func() {
		if r.Manual || r.Method.Drive() {
			closePort(p)
			p = open(t, r)
		}
	}
	if r.Method.Drive() {
		again()
		wantProblem(t, r.Method.Reset(context.Background(), p, nil), "flash.replug")
	}
	if err := r.Method.Reset(context.Background(), p, []flasher.Part{{Data: image}}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "Reset: still in its bootloader", func() bool { return !r.Waiting() })
	if !bytes.Equal(r.Flash(0, len(image)), image) {
		t.Error("Reset has changed the program")
	}
	again()
	if err := r.Method.Hold(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	if !r.Waiting() {
		t.Error("Hold after Reset: not in its bootloader")
	}
}

// cannotRead skips what takes a bootloader that can be asked what is in flash.
func cannotRead(t *testing.T, r *Rig) {
	if r.Method.Drive() {
		t.Skip("this bootloader does not tell what is in flash")
	}
}

func read(t *testing.T, r *Rig) {
	cannotRead(t, r)
	image := Image(10_000, 1)
	mustFlash(t, r, image, flasher.Options{})
	p := open(t, r)
	defer closePort(p)
	for _, c := range [][2]int64{{0, 20_000}, {4096, 100}, {9_990, 70_000}, {100, 0}, {r.FlashSize - 5000, 5000}} {
		var got bytes.Buffer
		var last flasher.Progress
		if err := r.Method.Read(context.Background(), p, c[0], c[1], &got, func(p flasher.Progress) { last = p }); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), r.Flash(c[0], int(c[1]))) {
			t.Errorf("%d bytes from %d are wrong", c[1], c[0])
		}
		if last.Done != c[1] {
			t.Errorf("progress ended with %+v", last)
		}
	}
	for _, c := range [][2]int64{{-1, 5}, {0, -1}, {r.FlashSize - 5, 6}} {
		if err := r.Method.Read(context.Background(), p, c[0], c[1], &bytes.Buffer{}, nil); problem.Of(err).Code != "flash.range" {
			t.Errorf("%d bytes from %d: %v", c[1], c[0], err)
		}
	}
}

func erase(t *testing.T, r *Rig) {
	cannotRead(t, r)
	image := Image(100_000, 1)
	mustFlash(t, r, image, flasher.Options{})
	p := open(t, r)
	defer closePort(p)
	if err := r.Method.Erase(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	if got := r.Flash(0, int(r.FlashSize)); len(bytes.TrimLeft(got, "\xff")) != 0 {
		t.Error("something is left")
	}
}

func gone(t *testing.T, r *Rig) {
	p := open(t, r)
	p.Close()
	ctx := context.Background()
	_, err := r.Method.Flash(ctx, p, []flasher.Part{{Data: Image(100, 1)}}, flasher.Options{})
	wantProblem(t, err, "flash.unplugged")
	_, err = r.Method.Identify(ctx, p)
	wantProblem(t, err, "flash.unplugged")
	wantProblem(t, r.Method.Hold(ctx, p), "flash.unplugged")
	wantProblem(t, r.Method.Reset(ctx, p, []flasher.Part{{Data: Image(100, 1)}}), "flash.unplugged")
	if r.Method.Drive() {
		return // it can neither erase nor read
	}
	wantProblem(t, r.Method.Erase(ctx, p), "flash.unplugged")
	wantProblem(t, r.Method.Read(ctx, p, 0, 1, &bytes.Buffer{}, nil), "flash.unplugged")
}

func open(t *testing.T, r *Rig) port.Port {
	t.Helper()
	p, err := r.Open()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func closePort(p port.Port) {
	if p != nil {
		p.Close()
	}
}

// mustFlash flashes image to the start of flash and looks whether it is there.
func mustFlash(t *testing.T, r *Rig, image []byte, o flasher.Options) flasher.Result {
	t.Helper()
	p := open(t, r)
	defer closePort(p)
	result, err := r.Method.Flash(context.Background(), p, []flasher.Part{{Data: image}}, o)
	if err != nil {
		t.Fatalf("flash: %v", err)
	}
	if !bytes.Equal(r.Flash(0, len(image)), image) {
		t.Fatal("flash has other bytes than the image")
	}
	eventually(t, "the chip is still in its bootloader", func() bool { return !r.Waiting() })
	return result
}
