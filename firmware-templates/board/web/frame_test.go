package web

import (
	"fmt"
	"strings"
	"studio/board/sizes"
	"testing"
)

// FuzzFrames feeds anything in two pieces and expects what one by one gives.
func FuzzFrames(f *testing.F) {
	for i, seed := range []string{
		"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",                                                 // Hello
		"\x01\x83\x37\xfa\x21\x3d\x7f\x9f\x4d\x89\x80\x37\xfa\x21\x3d\x80\x82\x37\xfa\x21\x3d\x5b\x95", // in two, a ping between
		"\x82\xfe\x00\x7e\x00\x00\x00\x00" + strings.Repeat("\xff", 126),
		"\x81\x82\x00\x00\x00\x00\xc3\x28",         // no UTF-8
		"\x88\x82\x00\x00\x00\x00\x03\xe8",         // close
		"\x81\xff\x00\x00\x00\x01\x00\x00\x00\x00", // too long
		"\xc1\x80\x00\x00\x00\x00", "\x81\x00", "\x83\x80",
	} {
		f.Add([]byte(seed), i)
	}
	f.Fuzz(func(t *testing.T, in []byte, split int) {
		if split < 0 || split > len(in) {
			split = len(in) / 2
		}
		run := func(pieces ...[]byte) (events []string) {
			var fr frames
			msg := make([]byte, 300)
			for _, p := range pieces {
				for len(p) > 0 {
					n, what := fr.feed(p, msg)
					if n == 0 && what == eventNone {
						t.Fatal("no progress")
					}
					p = p[n:]
					if what != eventNone {
						events = append(events, fmt.Sprintf("%d %d %x %x", what, fr.code, msg[:fr.n], fr.control[:fr.nc]))
					}
					if what == eventFail || what == eventClose {
						return events
					}
				}
			}
			return events
		}
		var single [][]byte
		for i := range in {
			single = append(single, in[i:i+1])
		}
		a, b := run(single...), run(in[:split], in[split:])
		if len(a) != len(b) {
			t.Fatalf("%q\n%q", a, b)
		}
		for i := range a {
			// After a failure the payload so far may differ; the code may not.
			x, y := strings.Fields(a[i]), strings.Fields(b[i])
			if x[0] != y[0] || x[1] != y[1] || x[0] == fmt.Sprint(eventMessage) && a[i] != b[i] {
				t.Fatalf("%q\n%q", a, b)
			}
		}
	})
}

// The accept value of RFC 6455 section 1.3.
func TestAcceptKey(t *testing.T) {
	var dst [28]byte
	acceptKey(&dst, (*[24]byte)([]byte("dGhlIHNhbXBsZSBub25jZQ==")))
	if string(dst[:]) != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Fatal(string(dst[:]))
	}
}

// What is queued for a client that takes nothing is bounded by messages and by
// bytes; an empty queue takes a message of any length.
func TestQueueIsBounded(t *testing.T) {
	full := func(text string) *conn {
		k := &conn{queue: make([]outgoing, sizes.QueueMessages)}
		for m := (outgoing{text: text, opcode: opText}); k.takes(&m); {
			k.add(&m)
		}
		return k
	}
	if k := full("short"); k.queued != sizes.QueueMessages {
		t.Errorf("%d messages", k.queued)
	}
	each := 3 * sizes.QueueBytes / sizes.QueueMessages
	if k := full(strings.Repeat("x", each)); k.queuedBytes > sizes.QueueBytes || k.queuedBytes+each <= sizes.QueueBytes {
		t.Errorf("%d bytes", k.queuedBytes)
	}
	if k := full(strings.Repeat("x", 2*sizes.QueueBytes)); k.queued != 1 {
		t.Errorf("%d messages that are longer than all may be", k.queued)
	}
}
