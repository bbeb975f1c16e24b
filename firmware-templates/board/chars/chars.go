// Package chars reads and writes text that lies in bytes, without taking memory
// for it: UTF-8 as it arrives, letters with accents, numbers, and names in which
// the case of letters does not matter.
package chars

import "unsafe"

// String gives the bytes as a string without copying them: it changes when they do.
func String(p []byte) string { return unsafe.String(unsafe.SliceData(p), len(p)) }

// Decimal writes a number to d.
func Decimal(d *[10]byte, n uint32) string {
	i := len(d)
	for {
		i--
		d[i] = byte('0' + n%10)
		if n /= 10; n == 0 {
			break
		}
	}
	return String(d[i:])
}

// HexDigits are those of 0 to 15.
const HexDigits = "0123456789abcdef"

// HexValue is 0 to 15, or 255 for what is no digit.
func HexValue(b byte) byte {
	switch {
	case b >= '0' && b <= '9':
		return b - '0'
	case b >= 'a' && b <= 'f':
		return b - 'a' + 10
	case b >= 'A' && b <= 'F':
		return b - 'A' + 10
	}
	return 255
}

// SameFolded reports whether p is word but for the case of ASCII letters; word
// is lower case.
func SameFolded[T string | []byte](p T, word string) bool {
	if len(p) != len(word) {
		return false
	}
	for i := range len(word) {
		c := p[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != word[i] {
			return false
		}
	}
	return true
}
