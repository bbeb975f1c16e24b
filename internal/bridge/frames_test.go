package bridge

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
)

// recorded writes down what a frameWatcher tells.
type recorded struct{ lines []string }

func (r *recorded) message(binary bool, data []byte, size int64, _ []byte, _ int) {
	kind := "text"
	if binary {
		kind = "binary"
	}
	r.lines = append(r.lines, fmt.Sprintf("%s %q %d", kind, data, size))
}
func (r *recorded) control(byte, []byte, []byte) {}
func (r *recorded) closing(code int, reason string) {
	r.lines = append(r.lines, fmt.Sprintf("close %d %q", code, reason))
}
func (r *recorded) notText(b byte, at int64) {
	r.lines = append(r.lines, fmt.Sprintf("not text: %02x at %d", b, at))
}
func (r *recorded) fault(text string) { r.lines = append(r.lines, "fault: "+text) }

// frame builds one; mask "" leaves it unmasked.
func frame(first byte, payload string, mask string) []byte {
	b := []byte{first, 0}
	switch n := len(payload); {
	case n < 126:
		b[1] = byte(n)
	case n < 1<<16:
		b[1] = 126
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	default:
		b[1] = 127
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	if mask == "" {
		return append(b, payload...)
	}
	b[1] |= 0x80
	b = append(b, mask...)
	for i := range len(payload) {
		b = append(b, payload[i]^mask[i&3])
	}
	return b
}

func join2(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestFrameWatcher(t *testing.T) {
	long := strings.Repeat("0123456789", 50)
	huge := strings.Repeat("x", 70000)
	const m = "\x11\x22\x33\x44"
	for _, test := range []struct {
		name   string
		masked bool
		in     []byte
		want   []string
	}{
		{"text", true, frame(0x81, "LEDon", m), []string{`text "LEDon" 5`}},
		{"binary", true, frame(0x82, "\x00\xff", m), []string{`binary "\x00\xff" 2`}},
		{"empty", false, frame(0x81, "", ""), []string{`text "" 0`}},
		{"from the board", false, frame(0x81, "Reply for LEDon", ""), []string{`text "Reply for LEDon" 15`}},
		{"two-byte length", true, frame(0x81, long, m), []string{fmt.Sprintf("text %q 500", long[:64])}},
		{"eight-byte length", false, frame(0x81, huge, ""), []string{fmt.Sprintf("text %q 70000", huge[:64])}},
		{"in pieces, ping between", true,
			join2(frame(0x01, "Hel", m), frame(0x89, "ping", "abcd"), frame(0x00, "lo ", "wxyz"), frame(0x80, "World", m)),
			[]string{`text "Hello World" 11`}},
		{"cut in pieces", true, join2(frame(0x01, long[:63], m), frame(0x00, long, "wxyz"), frame(0x80, "end", m)),
			[]string{fmt.Sprintf("text %q 566", (long[:63] + long)[:64])}},
		{"close", true, frame(0x88, "\x03\xe8bye", m), []string{`close 1000 "bye"`}},
		{"close without code", false, frame(0x88, "", ""), []string{`close 1005 ""`}},
		{"close with half a code", false, frame(0x88, "\x03", ""), []string{"fault: a close frame carries half a code", `close 1005 ""`}},
		{"close with a bad code", false, frame(0x88, "\x03\xed", ""), []string{"fault: a close frame carries the code 1005, which is not a valid one", `close 1005 ""`}},
		{"nothing after close", false, join2(frame(0x88, "\x03\xe8", ""), frame(0x81, "x", "")), []string{`close 1000 ""`}},
		{"unmasked", true, frame(0x81, "x", ""), []string{"fault: a frame is not masked", `text "x" 1`}},
		{"masked", false, frame(0x81, "x", m), []string{"fault: a frame is masked, which only a client's may be", `text "x" 1`}},
		{"reserved bits", true, frame(0xC1, "x", m), []string{"fault: a frame uses reserved bits (an extension that was not agreed on)", `text "x" 1`}},
		{"unknown kind", true, join2(frame(0x83, "x", m), frame(0x81, "y", m)), []string{"fault: a frame has the unknown kind 3", `text "y" 1`}},
		{"continuation of nothing", true, join2(frame(0x80, "x", m), frame(0x81, "y", m)), []string{"fault: a message goes on that never began", `text "y" 1`}},
		{"message in a message", true, join2(frame(0x01, "x", m), frame(0x81, "y", m)), []string{"fault: a new message begins before the last one ended", `text "y" 1`}},
		{"long ping", true, join2(frame(0x89, long, m), frame(0x81, "y", m)), []string{"fault: a control frame is longer than 125 bytes", `text "y" 1`}},
		{"ping in pieces", true, frame(0x09, "x", m), []string{"fault: a control frame comes in pieces"}},
		{"impossible length", true, append([]byte{0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}, frame(0x81, "y", m)...),
			[]string{"fault: a frame says it is longer than any can be"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, chunk := range []int{1, 2, 5, 1 << 20} {
				var got recorded
				w := frameWatcher{events: &got, masked: test.masked, limit: 64}
				for in := test.in; len(in) > 0; in = in[min(chunk, len(in)):] {
					w.write(in[:min(chunk, len(in))])
				}
				if a, b := strings.Join(got.lines, "\n"), strings.Join(test.want, "\n"); a != b {
					t.Errorf("chunks of %d: got\n%s\nwant\n%s", chunk, a, b)
				}
			}
		})
	}
}

// FuzzFrameWatcher: no crash, bounded memory, the same in every chunking.
func FuzzFrameWatcher(f *testing.F) {
	f.Add(frame(0x81, "LEDon", "abcd"), uint8(3), true)
	f.Add(join2(frame(0x01, "a", ""), frame(0x89, "p", ""), frame(0x80, "b", ""), frame(0x88, "\x03\xe8", "")), uint8(1), false)
	f.Add([]byte{0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5}, uint8(2), true)
	f.Fuzz(func(t *testing.T, in []byte, chunk uint8, masked bool) {
		const limit = 32
		var whole, parts recorded
		a := frameWatcher{events: &whole, masked: masked, limit: limit}
		a.write(in)
		b := frameWatcher{events: &parts, masked: masked, limit: limit}
		for rest, n := in, int(chunk)+1; len(rest) > 0; rest = rest[min(n, len(rest)):] {
			b.write(rest[:min(n, len(rest))])
		}
		if x, y := strings.Join(whole.lines, "\n"), strings.Join(parts.lines, "\n"); x != y {
			t.Fatalf("at once\n%s\nin chunks of %d\n%s", x, int(chunk)+1, y)
		}
		if cap(a.data) > 4*limit || len(a.data) > limit {
			t.Fatalf("keeps %d of %d bytes", len(a.data), cap(a.data))
		}
		faults := 0
		for _, l := range whole.lines {
			if strings.HasPrefix(l, "fault") {
				faults++
			}
		}
		if faults > maxFaults {
			t.Fatalf("%d faults told", faults)
		}
	})
}
