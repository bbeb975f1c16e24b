package link

// Kinds of frames: the first byte of a body. 06 is kept free; a body never
// starts with anything above, so that text is told from a frame by its second
// byte.
const (
	kindSyn     = 1
	kindWelcome = 2
	kindData    = 3
	kindAck     = 4
	kindBye     = 5
	kindLast    = 6
)

// Flags of an ACK.
const (
	ackDamaged = 1 // a damaged chunk was seen since the last ACK
	ackKept    = 2 // the frame with the ACK's serial was kept
)

const crcSize = 4

// chunkSize is the longest chunk between two delimiters for a body of n bytes.
func chunkSize(n int) int { return n + crcSize + (n+crcSize)/254 + 1 }

// FrameSize is the longest frame, delimiters included, for a body of n bytes:
// what Output needs room for when Config.MaxBody is n.
func FrameSize(n int) int { return chunkSize(n) + 2 }

// framer writes one frame into dst as its body comes in: delimiter, COBS
// (Cheshire and Baker, 1999) and CRC in one pass, without a second buffer. dst
// must have room for FrameSize of the body.
type framer struct {
	dst  []byte
	n    int    // written so far
	code int    // where the code byte of the present group is
	crc  uint32 // inverted
}

func (f *framer) open(dst []byte) {
	f.dst, f.n, f.code, f.crc = dst, 2, 1, ^uint32(0)
	dst[0], dst[1] = 0, 1
}

// group starts a new group of up to 254 bytes that are not 00.
func (f *framer) group() {
	f.code = f.n
	f.dst[f.n] = 1
	f.n++
}

func (f *framer) stuff(c byte) {
	if f.dst[f.code] == 255 {
		f.group() // after a full group no zero is implied
	}
	if c == 0 {
		f.group()
		return
	}
	f.dst[f.n] = c
	f.n++
	f.dst[f.code]++
}

func (f *framer) u8(c byte) {
	f.crc = crcByte(f.crc, c)
	f.stuff(c)
}

func (f *framer) u16(v uint16) {
	f.u8(byte(v))
	f.u8(byte(v >> 8))
}

func (f *framer) u32(v uint32) {
	f.u16(uint16(v))
	f.u16(uint16(v >> 16))
}

func (f *framer) bytes(b []byte) {
	for _, c := range b {
		f.u8(c)
	}
}

// close ends the frame and returns its length on the line.
func (f *framer) close() int {
	crc := ^f.crc
	for i := 0; i < crcSize; i++ {
		f.stuff(byte(crc >> (8 * i)))
	}
	f.dst[f.n] = 0
	return f.n + 1
}

// unframe undoes COBS within chunk and checks the CRC. The body aliases the
// chunk, whose content is lost either way.
func unframe(chunk []byte) (body []byte, ok bool) {
	n := 0
	for i := 0; i < len(chunk); {
		code := int(chunk[i])
		end := i + code
		if code == 0 || end > len(chunk) {
			return nil, false
		}
		n += copy(chunk[n:], chunk[i+1:end])
		i = end
		if code < 255 && i < len(chunk) {
			chunk[n] = 0
			n++
		}
	}
	if n < crcSize+1 {
		return nil, false
	}
	body = chunk[:n-crcSize]
	return body, CRC32(0, body) == GetU32(chunk[n-crcSize:])
}
