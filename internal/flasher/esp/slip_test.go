package esp

import (
	"bytes"
	"testing"
)

func frames(p []byte) (all [][]byte) {
	var d deframer
	for len(p) > 0 {
		n, f := d.feed(p)
		if f != nil {
			all = append(all, bytes.Clone(f))
		}
		p = p[n:]
	}
	return all
}

func TestFramesInAStream(t *testing.T) {
	cases := []struct {
		name, in string
		want     []string
	}{
		{"one", "\xc0ab\xc0", []string{"ab"}},
		{"escapes", "\xc0\xdb\xdc\xdb\xdd\xc0", []string{"\xc0\xdb"}},
		{"text around", "rst:0x1\r\n\xc0a\xc0OHAI\xc0b\xc0", []string{"a", "b"}},
		{"empty ones", "\xc0\xc0\xc0a\xc0", []string{"a"}},
		{"wrong escape", "\xc0\xdbx\xc0\xc0b\xc0", []string{"b"}},
		{"cut in an escape", "\xc0a\xdb\xc0b\xc0", []string{"b"}},
		{"unfinished", "\xc0abc", nil},
		{"end lost", "\xc0a\xc0b\xc0\xc0c\xc0", []string{"a", "c"}},
	}
	for _, c := range cases {
		got := frames([]byte(c.in))
		ok := len(got) == len(c.want)
		for i := 0; ok && i < len(got); i++ {
			ok = string(got[i]) == c.want[i]
		}
		if !ok {
			t.Errorf("%s: %q instead of %q", c.name, got, c.want)
		}
	}
	if got := frames(appendFrame(nil, make([]byte, maxFrame+1))); got != nil {
		t.Error("a frame longer than any answer was taken")
	}
}

func FuzzSLIP(f *testing.F) {
	f.Add([]byte("\xc0\xdb\xdc\xdb\xdd"), []byte("\xc0\x01\x08"))
	f.Add([]byte{1}, []byte("\xdb"))
	f.Fuzz(func(t *testing.T, p, before []byte) {
		if len(p) == 0 || len(p) > maxFrame {
			return
		}
		wire := appendFrame(nil, p)
		if got := frames(wire); len(got) != 1 || !bytes.Equal(got[0], p) {
			t.Fatalf("%x came back as %x", p, got)
		}
		// Whatever came before, the second frame from here on is right, and frames are never too long.
		got := frames(append(append(bytes.Clone(before), wire...), appendFrame(nil, p)...))
		if len(got) == 0 || !bytes.Equal(got[len(got)-1], p) {
			t.Fatalf("after %x came %x instead of %x", before, got, p)
		}
		for _, f := range got {
			if len(f) > maxFrame || len(f) == 0 {
				t.Fatalf("a frame of %d bytes", len(f))
			}
		}
	})
}

// FuzzAnswer feeds whatever a line may carry to everything that reads answers.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("\x01\x13\x24\x00\x00\x00\x00\x00d41d8cd98f00b204e9800998ecf8427e\x00\x00\x00\x00"), false)
	f.Add([]byte("\x01\x08\x02\x00\x00\x00\x00\x00\x01\xff"), true)
	f.Fuzz(func(t *testing.T, p []byte, stub bool) {
		if len(p) < 8 {
			return
		}
		c := &conn{stub: stub}
		a, err := c.parse(p[1], p)
		if err == nil && len(a.data) > len(p)-10 {
			t.Errorf("%d bytes of data in an answer of %d", len(a.data), len(p))
		}
	})
}
