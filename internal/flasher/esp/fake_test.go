package esp

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"studioide/internal/flasher"
	"studioide/internal/port"
	"studioide/internal/port/porttest"
	"studioide/internal/problem"
)

// fake is a board that cannot be had as a virtual one. It runs until its line is unplugged.
type fake struct {
	boot  string                           // what it prints when it is reset
	says  string                           // what it prints all the time
	reply func(op byte, p []byte) [][]byte // answers to a request; nil: none
}

// run plays f behind a port and calls test with the port.
func (f fake) run(t *testing.T, o porttest.Options, test func(t *testing.T, p port.Port)) {
	synctest.Test(t, func(t *testing.T) {
		var board *porttest.End
		var inReset atomic.Bool
		o.OnLines = func(dtr, rts bool) {
			if inReset.Load() && !(rts && !dtr) {
				board.Write([]byte(f.boot))
			}
			inReset.Store(rts && !dtr)
		}
		host, b := porttest.Pair(o)
		board = b
		defer board.Unplug()
		go func() {
			var d deframer
			buf := make([]byte, 4096)
			for {
				board.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
				n, err := board.Read(buf)
				if errors.Is(err, port.ErrGone) {
					return
				}
				if f.says != "" && !inReset.Load() {
					board.Write([]byte(f.says))
				}
				for in := buf[:n]; len(in) > 0; {
					k, frame := d.feed(in)
					in = in[k:]
					if len(frame) >= 8 && f.reply != nil {
						for _, a := range f.reply(frame[1], frame[8:]) {
							board.Write(appendFrame(nil, a))
						}
					}
				}
			}
		}()
		test(t, host)
	})
}

// rom makes an answer of a ROM.
func rom(op byte, value uint32, data ...byte) []byte {
	a := []byte{1, op, 0, 0, 0, 0, 0, 0}
	binary.LittleEndian.PutUint16(a[2:], uint16(len(data)+4))
	binary.LittleEndian.PutUint32(a[4:], value)
	return append(append(a, data...), 0, 0, 0, 0)
}

func TestDiagnoses(t *testing.T) {
	garbage := strings.Repeat("\x9c\xe0\x00\xfe\x1c", 30)
	cases := []struct {
		name  string
		fake  fake
		lines bool
		code  string
		help  string
	}{
		{"nothing", fake{}, true, "flash.no-answer", "BOOT"},
		{"nothing, no lines", fake{}, false, "flash.no-answer", "BOOT"},
		{"starts its program", fake{boot: "ESP-ROM:esp32c3-api1-20210207\r\nrst:0x1 (POWERON),boot:0xd (SPI_FAST_FLASH_BOOT)\r\nhello\r\n"}, true, "flash.hold-boot", "Hold the BOOT button"},
		{"brownout", fake{boot: "rst:0xf (BROWNOUT_RST),boot:0xd (SPI_FAST_FLASH_BOOT)\r\n\r\nBrownout detector was triggered\r\n"}, true, "flash.brownout", "cable"},
		{"waits but is deaf", fake{boot: "rst:0x1 (POWERON),boot:0x4 (DOWNLOAD(USB/UART0/1))\r\nwaiting for download\r\n"}, true, "flash.one-way", "RX and TX"},
		{"garbage", fake{boot: garbage}, true, "flash.garbage", "cable"},
		{"program goes on", fake{says: "temperature 21\r\n"}, false, "flash.no-reset", "Hold the BOOT button"},
		{"program goes on, reset not wired", fake{says: "temperature 21\r\n"}, true, "flash.no-reset", "Hold the BOOT button"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.fake.run(t, porttest.Options{Timing: true, NoLines: !c.lines}, func(t *testing.T, p port.Port) {
				start := time.Now()
				_, err := New().Identify(context.Background(), p)
				got := problem.Of(err)
				if err == nil || got.Code != c.code || !strings.Contains(got.Help, c.help) {
					t.Errorf("%v (%s) instead of %s", err, got.Code, c.code)
				}
				if took := time.Since(start); took > 8*time.Second {
					t.Errorf("it took %v to say so", took)
				}
			})
		})
	}
}

// other answers as another chip would, and refuses to be written to.
func other(t *testing.T, magic uint32, securityID int) fake {
	return fake{reply: func(op byte, p []byte) [][]byte {
		switch op {
		case opSync:
			return [][]byte{rom(op, 0x20120707), rom(op, 0x20120707), rom(op, 0x20120707), rom(op, 0x20120707),
				rom(op, 0x20120707), rom(op, 0x20120707), rom(op, 0x20120707), rom(op, 0x20120707)}
		case opSecurityInfo:
			if securityID < 0 { // an old ROM
				return [][]byte{{1, op, 4, 0, 0, 0, 0, 0, 1, 5, 0, 0}}
			}
			info := make([]byte, 20)
			info[12] = byte(securityID)
			return [][]byte{rom(op, 0, info...)}
		case opReadReg:
			switch binary.LittleEndian.Uint32(p) {
			case magicAddress:
				return [][]byte{rom(op, magic)}
			case 0x60002058, 0x3ff42080, 0x60003058, 0x3f402058: // W0: a flash of 4 MB
				return [][]byte{rom(op, 0x1640ef)}
			}
			return [][]byte{rom(op, 0)}
		case opFlashBegin, opFlashData:
			t.Error("something was written to the wrong chip")
		}
		return [][]byte{rom(op, 0)}
	}}
}

func TestChipsAreNamed(t *testing.T) {
	cases := []struct {
		name     string
		magic    uint32
		security int
	}{
		{"ESP32-C3", 0, 5}, {"ESP32-C3", 0x6921506f, -1}, {"ESP32-S3", 0x9, 9}, {"ESP32-S2", 0x7c6, -1},
		{"ESP32", 0x00f01d83, -1}, {"ESP8266", 0xfff0c101, -1}, {"ESP32-C6", 0x2ce0806f, 13},
		{"ESP32-P4", 0, 18}, {"ESP32-C5", 0, 23}, {"ESP32-C61", 0, 20}, {"ESP32-H2", 0, 16}, {"ESP32-C2", 0x6f51306f, 12},
	}
	image := make([]byte, 64) // of an ESP32-C3
	image[0], image[12] = 0xe9, 5
	for _, c := range cases {
		other(t, c.magic, c.security).run(t, porttest.Options{Timing: true, AnyBaud: true}, func(t *testing.T, p port.Port) {
			info, err := New().Identify(context.Background(), p)
			if err != nil || info.Chip != c.name {
				t.Errorf("%s: %+v, %v", c.name, info, err)
			}
			if c.name == "ESP32-C3" {
				return
			}
			for _, o := range []flasher.Options{{Chip: "ESP32-C3"}, {}} {
				if c.name == "ESP8266" && o.Chip == "" {
					continue
				}
				_, err = New().Flash(context.Background(), p, []flasher.Part{{Data: image}}, o)
				if got := problem.Of(err); got.Code != "flash.wrong-chip" || got.Text != "This is an "+c.name+", the program was built for ESP32-C3." {
					t.Errorf("%s: %v", c.name, err)
				}
			}
		})
	}
	other(t, 0x12345678, -1).run(t, porttest.Options{Timing: true, AnyBaud: true}, func(t *testing.T, p port.Port) {
		_, err := New().Identify(context.Background(), p)
		if got := problem.Of(err); got.Code != "flash.unknown-chip" || !strings.Contains(got.Text, "12345678") {
			t.Errorf("unknown chip: %v", err)
		}
	})
}

func TestNoFlashChip(t *testing.T) {
	f := other(t, 0, 5)
	reply := f.reply
	f.reply = func(op byte, p []byte) [][]byte {
		if op == opReadReg {
			return [][]byte{rom(op, 0)}
		}
		return reply(op, p)
	}
	f.run(t, porttest.Options{AnyBaud: true}, func(t *testing.T, p port.Port) {
		_, err := New().Identify(context.Background(), p)
		if problem.Of(err).Code != "flash.no-memory" {
			t.Error(err)
		}
	})
}

// slow is a port that goes up to 230400 baud only.
type slow struct{ port.Port }

func (s slow) SetBaud(rate int) error {
	if rate > 230400 {
		return context.DeadlineExceeded // any error
	}
	return s.Port.SetBaud(rate)
}
