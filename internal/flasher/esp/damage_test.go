package esp

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"

	"studioide/internal/flasher"
	"studioide/internal/flasher/flashertest"
	"studioide/internal/port"
	"studioide/internal/virtual"
)

// tampered is a line that changes one request in a way that the bootloader cannot notice.
type tampered struct {
	port.Port
	op     byte
	change func(p []byte) // p is a whole request, unescaped
	done   bool
}

func (l *tampered) Write(p []byte) (int, error) {
	if len(p) > 10 && p[2] == l.op && !l.done {
		l.done = true
		request := bytes.ReplaceAll(p[1:len(p)-1], []byte{slipEsc, slipEscEnd}, []byte{slipEnd})
		request = bytes.ReplaceAll(request, []byte{slipEsc, slipEscEsc}, []byte{slipEsc})
		l.change(request)
		_, err := l.Port.Write(appendFrame(nil, request))
		return len(p), err
	}
	return l.Port.Write(p)
}

func TestDamageThatNoChecksumSees(t *testing.T) {
	cases := []struct {
		name   string
		op     byte
		change func(p []byte)
	}{
		{"two flips in data cancel out", opFlashData, func(p []byte) { p[100] ^= 4; p[200] ^= 4 }},
		{"another place is erased and written", opFlashBegin, func(p []byte) { p[8+13] ^= 0x10 }}, // offset 0x5000 becomes 0x4000
		{"an MD5 of something else", opMD5, func(p []byte) { p[8+1] ^= 0x10 }},
		{"flash size", opSetParams, func(p []byte) { p[8+6] = 0 }},
		{"a register", opWriteReg, func(p []byte) { p[8+4] ^= 0xff }},
	}
	for _, c := range cases {
		synctest.Test(t, func(t *testing.T) {
			r, board := rig(t, virtual.Config{FlashSize: 4 << 20})
			p, err := board.Open()
			if err != nil {
				t.Fatal(err)
			}
			image := flashertest.Image(60_000, 1)
			flash := func(p port.Port) error {
				_, err := r.Method.Flash(context.Background(), p, []flasher.Part{{Data: image}}, flasher.Options{})
				return err
			}
			if err := flash(p); err != nil {
				t.Fatal(err)
			}
			image[0x5123] ^= 1
			line := &tampered{Port: p, op: c.op, change: c.change}
			if err := flash(line); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if !line.done {
				t.Fatalf("%s: there was no such request", c.name)
			}
			if !bytes.Equal(r.Flash(0, len(image)), image) {
				t.Errorf("%s: flash is wrong and nobody noticed", c.name)
			}
		})
	}
}
