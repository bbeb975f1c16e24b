package esp

import (
	"testing"

	"studioide/internal/flasher/flashertest"
	"studioide/internal/port"
	"studioide/internal/virtual"
)

// rig is a virtual ESP32-C3.
func rig(t testing.TB, c virtual.Config) (*flashertest.Rig, *virtual.Board) {
	t.Helper()
	b, err := virtual.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	r := &flashertest.Rig{
		Method: New(), Chip: "ESP32-C3", Other: "ESP32-S3", FlashSize: 4 << 20, Quick: !c.Timing,
		Open: b.Open,
		Flash: func(off int64, n int) []byte {
			p := make([]byte, n)
			if err := b.ReadFlash(p, off); err != nil {
				t.Fatal(err)
			}
			return p
		},
		Waiting:  func() bool { return b.State() == virtual.StateBootloader },
		UnplugAt: func(block int64) { b.Inject(virtual.Faults{UnplugAtBlock: block}) },
		CutAt:    func(write int64) { b.Inject(virtual.Faults{CutAtWrite: write, Torn: write%2 == 0}) },
		Writes:   b.FlashWrites,
		Mend: func() {
			b.Inject(virtual.Faults{})
			b.Plug()
			b.Power(true)
		},
		Noise: func(loss, flip float64) {
			l := virtual.Line{Loss: loss, Flip: flip}
			b.Inject(virtual.Faults{Seed: 1, ToChip: l, ToHost: l})
		},
	}
	return r, b
}

func TestMethod(t *testing.T) {
	flashertest.RunSimulated(t, func(t *testing.T) *flashertest.Rig {
		r, _ := rig(t, virtual.Config{FlashSize: 4 << 20})
		return r
	})
}

// noLines is a port that cannot press buttons, as a pty.
type noLines struct{ port.Port }

func (noLines) SetLines(bool, bool) error { return port.ErrNoLines }

func TestMethodWithoutLines(t *testing.T) {
	flashertest.RunSimulated(t, func(t *testing.T) *flashertest.Rig {
		r, b := rig(t, virtual.Config{FlashSize: 4 << 20, Download: true})
		r.Manual = true
		open := r.Open
		r.Open = func() (port.Port, error) {
			hold(b)
			p, err := open()
			if err != nil {
				return nil, err
			}
			return noLines{p}, nil
		}
		return r
	})
}

// hold does what a person does: power on with BOOT held.
func hold(b *virtual.Board) {
	b.SetPin(9, false)
	b.Power(false)
	b.Power(true)
	for b.State() != virtual.StateBootloader {
	}
	b.SetPin(9, true)
}
