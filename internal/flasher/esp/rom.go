package esp

import (
	"context"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"time"

	"studioide/internal/flasher"
	"studioide/internal/port"
	"studioide/ui/src/words/say"
)

// Commands of the bootloader.
const (
	opFlashBegin   = 0x02
	opFlashData    = 0x03
	opFlashEnd     = 0x04
	opMemBegin     = 0x05
	opMemEnd       = 0x06
	opMemData      = 0x07
	opSync         = 0x08
	opWriteReg     = 0x09
	opReadReg      = 0x0a
	opSetParams    = 0x0b
	opAttach       = 0x0d
	opReadSlow     = 0x0e
	opChangeBaud   = 0x0f
	opDeflBegin    = 0x10
	opDeflData     = 0x11
	opMD5          = 0x13
	opSecurityInfo = 0x14
)

const (
	romBaud      = 115200
	sectorSize   = flasher.SectorSize
	blockSize    = 64 << 10 // the flash erases this much at once, in about the time of three sectors
	replyTimeout = 300 * time.Millisecond
	quietTime    = 30 * time.Millisecond // nothing more is coming
)

// conn is a conversation with a bootloader. It belongs to one goroutine.
type conn struct {
	p        port.Port
	baud     int
	lines    bool // the port can press RESET and BOOT
	stub     bool // somebody's stub answers instead of the ROM
	chip     *chip
	size     int64 // of the flash, as told to the ROM; 0: not yet
	deframer deframer
	in       []byte // received, not looked at
	buf      [4096]byte
	out      []byte
	received []byte // the last that came since the reset
	bootText []byte // and before it, for diagnose
	damaged  int    // requests that had to be repeated
	streams  bool   // the stub is ours, and the line has lost none of its blocks yet
}

var (
	errNoAnswer = errors.New("no answer")
	errDamaged  = errors.New("the answer is damaged")
	errLost     = errors.New("the bootloader does not answer any more")
)

// refusal is an answer that says no.
type refusal struct{ op, code byte }

func (r *refusal) Error() string {
	return say.FlashTheBootloaderRefusedCommandWith(fmt.Sprintf("%02x", r.op), fmt.Sprintf("%02x", r.code))
}

// answer is what came back, without its status; data is valid until the next request.
type answer struct {
	value uint32
	data  []byte
}

// request sends one command once and waits for its answer: errNoAnswer,
// errDamaged, a *refusal, ctx's error, or the port's.
func (c *conn) request(ctx context.Context, op byte, data, payload []byte, wait time.Duration) (answer, error) {
	if err := ctx.Err(); err != nil {
		return answer{}, err
	}
	var head [8]byte // 00 op length16 checksum32
	head[1] = op
	binary.LittleEndian.PutUint16(head[2:], uint16(len(data)+len(payload)))
	if payload != nil {
		binary.LittleEndian.PutUint32(head[4:], uint32(checksum(payload)))
	}
	c.out = appendFrame(c.out[:0], head[:], data, payload)
	if _, err := c.p.Write(c.out); err != nil {
		return answer{}, err
	}
	wait += time.Duration(len(c.out)+64) * 10 * time.Second / time.Duration(c.baud)
	deadline := time.Now().Add(wait)
	for {
		f, err := c.frame(ctx, deadline)
		if err != nil {
			return answer{}, err
		}
		if len(f) < 8 || f[0] != 1 || f[1] != op {
			continue // late, damaged, or what a program printed
		}
		return c.parse(op, f)
	}
}

// parse checks 01 op length16 value32 data status.
func (c *conn) parse(op byte, f []byte) (answer, error) {
	status := 4
	if c.stub {
		status = 2
	}
	body := f[8:]
	if int(binary.LittleEndian.Uint16(f[2:])) != len(body) || len(body) < status {
		return answer{}, errDamaged
	}
	data, s := body[:len(body)-status], body[len(body)-status:]
	switch s[0] {
	case 0:
		return answer{binary.LittleEndian.Uint32(f[4:]), data}, nil
	case 1:
		return answer{}, &refusal{op, s[1]}
	}
	return answer{}, errDamaged
}

// frame returns the next frame, valid until the next call.
func (c *conn) frame(ctx context.Context, deadline time.Time) ([]byte, error) {
	for {
		for len(c.in) > 0 {
			n, f := c.deframer.feed(c.in)
			c.in = c.in[n:]
			if f != nil {
				return f, nil
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := c.receive(deadline); err != nil {
			return nil, err
		}
	}
}

// receive waits for bytes, but never so long that a cancel goes unnoticed. No bytes before the deadline: errNoAnswer.
func (c *conn) receive(deadline time.Time) error {
	now := time.Now()
	until := now.Add(100 * time.Millisecond)
	last := !deadline.After(until)
	if last {
		until = deadline
	}
	if err := c.p.SetReadDeadline(until); err != nil {
		return err
	}
	n, err := c.p.Read(c.buf[:])
	if errors.Is(err, os.ErrDeadlineExceeded) {
		if last {
			return errNoAnswer
		}
		return nil
	}
	c.in = c.buf[:n]
	c.received = append(c.received, c.in...)
	if len(c.received) > 8<<10 {
		c.received = append(c.received[:0], c.received[len(c.received)-4<<10:]...)
	}
	return err
}

// ask is request for commands that may be repeated: it does so when an answer gets lost or damaged.
func (c *conn) ask(ctx context.Context, op byte, data []byte, wait time.Duration) (answer, error) {
	refused := 0 // in a row
	for try := 0; ; try++ {
		a, err := c.request(ctx, op, data, nil, replyTimeout+wait)
		if err == nil || !c.repeatable(err) {
			return a, err
		}
		// A refusal is repeated too: the request may have been damaged on its way.
		var no *refusal
		if refused++; !errors.As(err, &no) {
			refused = 0
		}
		if try == 30 || refused == 5 {
			return a, err
		}
		c.damaged++
		if err := c.resync(ctx); err != nil {
			return a, err
		}
		if refused > 0 && c.size > 0 && op != opSetParams && op != opAttach {
			// It may have understood an earlier SPI_SET_PARAMS wrongly.
			c.request(ctx, opSetParams, sizeParams(c.size), nil, replyTimeout)
		}
	}
}

// repeatable tells errors of the line from those of the port and of ctx.
func (c *conn) repeatable(err error) bool {
	var no *refusal
	return errors.Is(err, errNoAnswer) || errors.Is(err, errDamaged) || errors.As(err, &no)
}

// resync makes sure that the bootloader listens, that it has a clean start of
// a frame before it, and that no late answer is still on its way.
func (c *conn) resync(ctx context.Context) error {
	heard := len(c.bootText) + len(c.received)
	for try := range 20 {
		if try == 8 && heard == len(c.bootText)+len(c.received) {
			return errLost // not a byte in a second: this is not damage
		}
		if try%2 == 1 {
			// Our last C0 may have got lost: this one ends the broken frame, so that the next one starts one.
			if _, err := c.p.Write([]byte{slipEnd}); err != nil {
				return err
			}
		}
		err := c.sync(ctx, 100*time.Millisecond)
		if err == nil || !c.repeatable(err) {
			return err
		}
	}
	return errLost
}

// sync sends SYNC and reads its eight answers; fewer when some get lost.
func (c *conn) sync(ctx context.Context, wait time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	data := make([]byte, 36)
	copy(data, "\x07\x07\x12\x20")
	for i := range data[4:] {
		data[4+i] = 0x55
	}
	c.out = appendFrame(c.out[:0], []byte{0, opSync, 36, 0, 0, 0, 0, 0}, data)
	if _, err := c.p.Write(c.out); err != nil {
		return err
	}
	wait += time.Duration(len(c.out)+16) * 10 * time.Second / time.Duration(c.baud)
	rom, stub := 0, 0
	for rom+stub < 8 {
		f, err := c.frame(ctx, time.Now().Add(wait))
		if errors.Is(err, errNoAnswer) && rom+stub > 0 {
			break
		}
		if err != nil {
			return err
		}
		switch {
		case len(f) == 12 && f[0] == 1 && f[1] == opSync && f[8] == 0:
			rom++
		case len(f) == 10 && f[0] == 1 && f[1] == opSync && f[8] == 0:
			stub++
		default:
			continue // something else was still coming
		}
		wait = quietTime + 16*10*time.Second/time.Duration(c.baud)
	}
	c.stub = stub > rom
	return nil
}

// readRegister reads one word. Answers have no checksum: what matters has to be read twice.
func (c *conn) readRegister(ctx context.Context, address uint32) (uint32, error) {
	a, err := c.ask(ctx, opReadReg, words(address), 0)
	return a.value, err
}

func (c *conn) writeRegister(ctx context.Context, address, value uint32) error {
	_, err := c.ask(ctx, opWriteReg, words(address, value, 0xffffffff, 0), 0)
	return err
}

// md5 is the sum of n bytes of flash at off.
func (c *conn) md5(ctx context.Context, off uint32, n int) (sum [md5.Size]byte, err error) {
	for range 4 {
		// The ROM does 2 MB/s; a slow flash chip is allowed a quarter of that.
		a, err := c.ask(ctx, opMD5, words(off, uint32(n), 0, 0), time.Duration(n)*2*time.Microsecond)
		if err != nil {
			return sum, err
		}
		switch len(a.data) {
		case 32: // the ROM's hex
			if _, err := hex.Decode(sum[:], a.data); err == nil {
				return sum, nil
			}
		case 16: // a stub's bytes
			copy(sum[:], a.data)
			return sum, nil
		}
		c.damaged++
	}
	return sum, errDamaged
}

// words are numbers as the protocol wants them.
func words(w ...uint32) []byte {
	b := make([]byte, 0, 4*len(w))
	for _, v := range w {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

// checksum is the XOR of all bytes, starting from EF.
func checksum(p []byte) byte {
	sum := byte(0xef)
	for _, b := range p {
		sum ^= b
	}
	return sum
}
