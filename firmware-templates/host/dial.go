package host

import "io"

// Dial opens a TCP connection to an address such as "192.168.1.20:8080", and
// waits for it. On a chip Studio opens it, if the user lets it; otherwise the
// status says why there is none.
func Dial(address string) (c Connection, status byte) {
	if !chip.attached {
		return dialAlone(address)
	}
	c, err := dialChip()
	if err != nil {
		return nil, StatusNoAnswer
	}
	b := [1]byte{StatusNoAnswer}
	if WriteFrame(c, OpDial, []byte(address)) == nil {
		if _, err := io.ReadFull(c, b[:]); err == nil && b[0] == StatusDone {
			return c, StatusDone
		}
	}
	c.Close()
	return nil, b[0]
}

// Random is a number that nobody can foresee.
func Random() uint32 {
	var b [4]byte
	random(b[:])
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}
