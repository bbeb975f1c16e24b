package link

// Reader takes the fields of a message apart. After the first field that is
// not there, Short is set and everything reads as zero.
type Reader struct {
	B     []byte // what is left
	Short bool
}

// Bytes takes n bytes; they alias the message.
func (r *Reader) Bytes(n int) []byte {
	if r.Short || n < 0 || n > len(r.B) {
		r.Short, r.B = true, nil
		return nil
	}
	b := r.B[:n]
	r.B = r.B[n:]
	return b
}

// U8 takes one byte.
func (r *Reader) U8() byte {
	if b := r.Bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// U16 takes a little-endian 16-bit number.
func (r *Reader) U16() uint16 {
	if b := r.Bytes(2); b != nil {
		return GetU16(b)
	}
	return 0
}

// U32 takes a little-endian 32-bit number.
func (r *Reader) U32() uint32 {
	if b := r.Bytes(4); b != nil {
		return GetU32(b)
	}
	return 0
}

// Str takes a length byte and that many bytes; they alias the message.
func (r *Reader) Str() []byte { return r.Bytes(int(r.U8())) }

// Writer puts a message together in B without ever growing it beyond its
// capacity. A field that does not fit is left out and sets Full.
type Writer struct {
	B    []byte
	Full bool
}

// Room is how many more bytes fit.
func (w *Writer) Room() int { return cap(w.B) - len(w.B) }

func (w *Writer) fits(n int) bool {
	if w.Full || w.Room() < n {
		w.Full = true
		return false
	}
	return true
}

// U8 appends one byte.
func (w *Writer) U8(v byte) {
	if w.fits(1) {
		w.B = append(w.B, v)
	}
}

// U16 appends a little-endian 16-bit number.
func (w *Writer) U16(v uint16) {
	if w.fits(2) {
		w.B = append(w.B, byte(v), byte(v>>8))
	}
}

// U32 appends a little-endian 32-bit number.
func (w *Writer) U32(v uint32) {
	if w.fits(4) {
		w.B = append(w.B, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
	}
}

// Bytes appends b.
func (w *Writer) Bytes(b []byte) {
	if w.fits(len(b)) {
		w.B = append(w.B, b...)
	}
}

// Str appends a length byte and s, of which at most 255 bytes are taken.
func (w *Writer) Str(s string) {
	if len(s) > 255 {
		s = s[:255]
	}
	if w.fits(1 + len(s)) {
		w.B = append(w.B, byte(len(s)))
		w.B = append(w.B, s...)
	}
}

// GetU16 reads a little-endian number from the first two bytes.
func GetU16(b []byte) uint16 { return uint16(b[0]) | uint16(b[1])<<8 }

// GetU32 reads a little-endian number from the first four bytes.
func GetU32(b []byte) uint32 {
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}

// PutU16 writes a little-endian number into the first two bytes.
func PutU16(b []byte, v uint16) { b[0], b[1] = byte(v), byte(v>>8) }

// PutU32 writes a little-endian number into the first four bytes.
func PutU32(b []byte, v uint32) {
	b[0], b[1], b[2], b[3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
}
