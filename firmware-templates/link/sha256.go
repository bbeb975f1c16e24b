package link

// SHA256 hashes a stream (FIPS 180-4) without allocating. Reset it before use.
type SHA256 struct {
	h     [8]uint32
	block [64]byte
	n     uint64 // bytes so far
	w     [16]uint32
}

// shaRound holds the first 32 bits of the fractional parts of the cube roots
// of the first 64 primes (FIPS 180-4, 4.2.2).
var shaRound = [64]uint32{
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
}

// Reset starts a new hash.
func (s *SHA256) Reset() {
	s.h = [8]uint32{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}
	s.n = 0
}

// Add takes b into the hash.
func (s *SHA256) Add(b []byte) {
	used := int(s.n & 63)
	s.n += uint64(len(b))
	if used > 0 {
		n := copy(s.block[used:], b)
		b = b[n:]
		if used+n < 64 {
			return
		}
		s.mix(s.block[:])
	}
	for len(b) >= 64 {
		s.mix(b[:64])
		b = b[64:]
	}
	copy(s.block[:], b)
}

// Sum writes the hash into out, whose length says how many bytes are wanted
// (at most 32). The stream can go on afterwards.
func (s *SHA256) Sum(out []byte) {
	h, n, used := s.h, s.n, int(s.n&63)
	var kept [64]byte
	copy(kept[:], s.block[:used])

	s.block[used] = 0x80
	clear(s.block[used+1:])
	if used >= 56 {
		s.mix(s.block[:])
		clear(s.block[:])
	}
	bits := n << 3
	for i := 0; i < 8; i++ {
		s.block[63-i] = byte(bits >> (8 * i))
	}
	s.mix(s.block[:])
	for i := range out {
		out[i] = byte(s.h[i>>2] >> (24 - 8*(i&3)))
	}
	s.h, s.block = h, kept
}

func (s *SHA256) mix(b []byte) {
	w := &s.w
	for i := range w {
		w[i] = uint32(b[4*i])<<24 | uint32(b[4*i+1])<<16 | uint32(b[4*i+2])<<8 | uint32(b[4*i+3])
	}
	a, bb, c, d, e, f, g, h := s.h[0], s.h[1], s.h[2], s.h[3], s.h[4], s.h[5], s.h[6], s.h[7]
	for i := 0; i < 64; i++ {
		if i >= 16 { // the schedule needs only its last sixteen words
			x, y := w[(i+1)&15], w[(i+14)&15]
			w[i&15] += (turn(x, 7) ^ turn(x, 18) ^ x>>3) + w[(i+9)&15] + (turn(y, 17) ^ turn(y, 19) ^ y>>10)
		}
		t1 := h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (e&f ^ ^e&g) + shaRound[i] + w[i&15]
		t2 := (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + (a&bb ^ a&c ^ bb&c)
		h, g, f, e, d, c, bb, a = g, f, e, d+t1, c, bb, a, t1+t2
	}
	s.h[0] += a
	s.h[1] += bb
	s.h[2] += c
	s.h[3] += d
	s.h[4] += e
	s.h[5] += f
	s.h[6] += g
	s.h[7] += h
}

// turn rotates right.
func turn(x uint32, n uint) uint32 { return x>>n | x<<(32-n) }
