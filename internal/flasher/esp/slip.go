package esp

// SLIP (RFC 1055): a frame lies between two C0; inside, C0 is DB DC and DB is DB DD.
const (
	slipEnd    = 0xc0
	slipEsc    = 0xdb
	slipEscEnd = 0xdc
	slipEscEsc = 0xdd
)

// maxFrame is the longest answer taken for one; the ROM's longest has 110 bytes.
const maxFrame = 1024

// appendFrame appends the parts to dst as one frame.
func appendFrame(dst []byte, parts ...[]byte) []byte {
	dst = append(dst, slipEnd)
	for _, p := range parts {
		for _, b := range p {
			switch b {
			case slipEnd:
				dst = append(dst, slipEsc, slipEscEnd)
			case slipEsc:
				dst = append(dst, slipEsc, slipEscEsc)
			default:
				dst = append(dst, b)
			}
		}
	}
	return append(dst, slipEnd)
}

// deframer finds frames in a stream of bytes. After damage it is right again
// from the second following C0 at the latest. Empty frames are none: two C0 in
// a row are an end and a start.
type deframer struct {
	frame   []byte
	open    bool // between two C0
	escaped bool
	bad     bool // wrong escape, or too long
}

// feed reads from p up to the end of one frame. It returns how many bytes it
// has read, and the frame if there is one; frame is valid until the next feed.
func (d *deframer) feed(p []byte) (n int, frame []byte) {
	for i, b := range p {
		switch {
		case b == slipEnd:
			whole := d.open && !d.bad && !d.escaped && len(d.frame) > 0
			frame = d.frame
			d.frame = d.frame[:0]
			d.escaped, d.bad = false, false
			if whole {
				d.open = false
				return i + 1, frame
			}
			// Damaged or empty: this C0 may as well be the start of the next frame.
			d.open = true
		case !d.open || d.bad:
		case d.escaped:
			d.escaped = false
			switch b {
			case slipEscEnd:
				d.add(slipEnd)
			case slipEscEsc:
				d.add(slipEsc)
			default:
				d.bad = true
			}
		case b == slipEsc:
			d.escaped = true
		default:
			d.add(b)
		}
	}
	return len(p), nil
}

func (d *deframer) add(b byte) {
	if len(d.frame) == maxFrame {
		d.bad = true
		return
	}
	d.frame = append(d.frame, b)
}
