package web

import "math/bits"

// The answer to a WebSocket key (RFC 6455 section 4.2.2) needs SHA-1 and
// base64. crypto/sha1 would add 76 KB to a Pico's program.

const wsGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// acceptKey writes base64(SHA-1(key + GUID)) to dst. Key and GUID together are
// 60 bytes: one block of SHA-1 holds at most 55, so there are always two.
func acceptKey(dst *[28]byte, key *[24]byte) {
	var m [128]byte
	copy(m[:], key[:])
	copy(m[24:], wsGUID)
	m[60] = 0x80
	const bitLength = 60 * 8
	m[126], m[127] = byte(bitLength>>8), byte(bitLength&0xFF)
	h := [5]uint32{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0}
	sha1Block(&h, m[:64])
	sha1Block(&h, m[64:])
	var sum [20]byte
	for i, v := range h {
		sum[4*i], sum[4*i+1], sum[4*i+2], sum[4*i+3] = byte(v>>24), byte(v>>16), byte(v>>8), byte(v)
	}
	encodeBase64(dst[:], sum[:])
}

// sha1Block is the compression function of FIPS 180-4 section 6.1.2, with the
// schedule kept in 16 words (section 6.1.3).
func sha1Block(h *[5]uint32, p []byte) {
	var w [16]uint32
	for i := range w {
		w[i] = uint32(p[4*i])<<24 | uint32(p[4*i+1])<<16 | uint32(p[4*i+2])<<8 | uint32(p[4*i+3])
	}
	a, b, c, d, e := h[0], h[1], h[2], h[3], h[4]
	for i := 0; i < 80; i++ {
		if i >= 16 {
			w[i&15] = bits.RotateLeft32(w[(i+13)&15]^w[(i+8)&15]^w[(i+2)&15]^w[i&15], 1)
		}
		var f, k uint32
		switch {
		case i < 20:
			f, k = b&c|^b&d, 0x5A827999
		case i < 40:
			f, k = b^c^d, 0x6ED9EBA1
		case i < 60:
			f, k = b&c|b&d|c&d, 0x8F1BBCDC
		default:
			f, k = b^c^d, 0xCA62C1D6
		}
		a, b, c, d, e = bits.RotateLeft32(a, 5)+f+e+k+w[i&15], a, bits.RotateLeft32(b, 30), c, d
	}
	h[0] += a
	h[1] += b
	h[2] += c
	h[3] += d
	h[4] += e
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// encodeBase64 writes src to dst, with padding; dst is 4*ceil(len(src)/3) long.
func encodeBase64(dst, src []byte) {
	for j := 0; len(src) > 0; j += 4 {
		var t [3]byte
		n := copy(t[:], src)
		src = src[n:]
		v := uint32(t[0])<<16 | uint32(t[1])<<8 | uint32(t[2])
		for k := 0; k < 4; k++ {
			dst[j+k] = '='
			if k <= n {
				dst[j+k] = base64Digits[v>>(18-6*k)&63]
			}
		}
	}
}

// validKey reports whether key is base64 of 16 bytes (RFC 6455 section 4.2.1,
// point 5). The two bits that the last digit has too many are not looked at.
func validKey(key []byte) bool {
	if len(key) != 24 || key[22] != '=' || key[23] != '=' {
		return false
	}
	for _, c := range key[:22] {
		if !(c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/') {
			return false
		}
	}
	return true
}
