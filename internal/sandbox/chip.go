package sandbox

import (
	"encoding/binary"
	"net"

	"studio/host"
)

// chip is descriptor 3: the control channel of the chip (package studio/host),
// of which the program sees the frames. Only those that a program may send get
// through.
type chip struct {
	g    *guest
	conn net.Conn // nil: there is no chip
	in   *host.Inbox
	out  []byte // the beginning of a frame
}

// allowed are the frames of a program. OpListening is not among them: where the
// board's page is, others connect to on the program's word.
var allowed = map[byte]bool{host.OpRead: true, host.OpWrite: true, host.OpErase: true, host.OpPin: true, host.OpStrip: true,
	host.OpReset: true, host.OpBootloader: true, host.OpWatchdog: true, host.OpArm: true, host.OpHealthy: true}

const longestFrame = 1 << 20

func newChip(g *guest, conn net.Conn) *chip {
	c := &chip{g: g, conn: conn}
	if conn != nil {
		c.in = newInbox(chipBuffer)
		go func() {
			c.in.Run(conn, g.ring)
			g.exit(0) // the chip was switched off
		}()
	}
	return c
}

func (c *chip) read(p []byte) (int, errno) {
	if c.conn == nil {
		return 0, 0 // the end
	}
	n, open := c.in.Read(p)
	if n == 0 && open {
		return 0, errAgain
	}
	return n, 0
}

// write takes frames in pieces as they come. The chip never waits for a program,
// so that a program may wait for it.
func (c *chip) write(p []byte) (int, errno) {
	if c.conn == nil {
		return 0, errPipe
	}
	whole := len(p)
	for len(p) > 0 {
		want := 4
		if len(c.out) >= 4 {
			n := binary.LittleEndian.Uint32(c.out)
			if n < 1 || n > longestFrame {
				return 0, errPipe
			}
			want += int(n)
		}
		n := min(want-len(c.out), len(p))
		c.out = append(c.out, p[:n]...)
		p = p[n:]
		if len(c.out) < want || want == 4 {
			continue
		}
		op := c.out[4]
		if op == host.OpReset || op == host.OpBootloader || op == host.OpWatchdog {
			c.g.output.drained() // it ends this process
		}
		if allowed[op] {
			if _, err := c.conn.Write(c.out); err != nil {
				return 0, errPipe
			}
		}
		c.out = c.out[:0]
	}
	return whole, 0
}

// send sends a frame of this process's. It gets between two of the program's.
func (c *chip) send(op byte, body []byte) {
	if c.conn != nil {
		host.WriteFrame(c.conn, op, body)
	}
}

func (c *chip) readable() bool   { return c.conn == nil || c.in.Ready() }
func (c *chip) writable() bool   { return true }
func (c *chip) close(bool) errno { return 0 }
func (c *chip) kind() byte       { return socket }
