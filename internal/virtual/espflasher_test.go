//go:build linux || darwin

package virtual

import (
	"bytes"
	"context"
	"testing"
	"time"

	"tinygo.org/x/espflasher/pkg/espflasher"

	"studioide/test/foreign"
)

type testLog struct{ t *testing.T }

func (l testLog) Logf(format string, a ...any) { l.t.Logf(format, a...) }

// Unmodified espflasher flashes the board through a pty, with its stub and without, twice in a row.
func TestEspflasher(t *testing.T) {
	for _, c := range []struct {
		name string
		stub bool
		zip  bool
	}{{"stub, deflate", true, true}, {"stub", true, false}, {"ROM", false, false}} {
		if testing.Short() && !c.zip {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			b := start(t, Config{})
			b.Inject(Faults{NoStub: !c.stub})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			name, err := b.PTY(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for session := range 2 { // the second one finds the board as the first one left it
				espflasherSession(t, b, name, c.stub, c.zip, uint64(session))
			}
		})
	}
}

func espflasherSession(t *testing.T, b *Board, name string, stub, zip bool, session uint64) {
	o := espflasher.DefaultOptions()
	o.Logger = testLog{t}
	o.Compress = zip
	var f *espflasher.Flasher
	if err := foreign.Espflasher.Retry(t, func() (_ string, err error) {
		f, err = espflasher.New(name, o)
		return "", err
	}); err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.ChipName() != "ESP32-C3" {
		t.Errorf("it sees a %s", f.ChipName())
	}
	maker, device, err := f.FlashID()
	if err != nil || maker != 0xef || device != 0x4018 {
		t.Errorf("flash id %x %x %v", maker, device, err)
	}
	image := pack(t, false)
	data := content(200_000, 1+session)
	flash := func(p []byte, off uint32) {
		t.Helper()
		// A signal (of the Go runtime, of a child) can cut a blocking write to
		// a full pty short, and espflasher does not look at how much was
		// written. What the chip gets right, it gets right in three attempts.
		var err error
		for range 3 {
			if err = f.FlashImage(bytes.Clone(p), off, nil); err == nil {
				return
			}
			t.Logf("once more after: %v", err)
		}
		t.Fatal(err)
	}
	flash(data, 0x300000)
	flash(image, 0)
	got := make([]byte, len(data))
	b.ReadFlash(got, 0x300000)
	if !bytes.Equal(got, data) {
		t.Error("flash holds something else")
	}
	got = make([]byte, len(image))
	b.ReadFlash(got, 0)
	copy(got[2:4], image[2:4]) // it sets the flash size that it has found,
	copy(got[len(got)-32:], image[len(image)-32:])
	if !bytes.Equal(got, image) { // and corrects the hash
		t.Error("flash holds another image")
	}
	if stub {
		if sum, err := f.GetFlashMD5(0x300000, uint32(len(data))); err != nil || sum != md5hex(data) {
			t.Errorf("MD5 %s %v, want %s", sum, err, md5hex(data))
		}
		back, err := f.ReadFlash(0x300000, 100_000)
		if err != nil || !bytes.Equal(back, data[:100_000]) {
			t.Errorf("read back %d bytes, %v", len(back), err)
		}
		if err := f.EraseRegion(0x301000, 0x2000); err != nil {
			t.Error(err)
		}
		copy(data[0x1000:], bytes.Repeat([]byte{0xff}, 0x2000))
		got = make([]byte, len(data))
		b.ReadFlash(got, 0x300000)
		if !bytes.Equal(got, data) {
			t.Error("ERASE_REGION erased something else")
		}
	}
	e := watch(t, b)
	f.Reset()
	b.Power(false) // it pulls RTS, which a pty does not have
	b.Power(true)
	e.wait(t, Started)
	deadline := time.Now().Add(patience)
	for b.State() != StateRunning && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	if b.State() != StateRunning {
		t.Errorf("the board is %s", b.State())
	}
}
