package board

import "studio/board/chars"

// Strings that the program gets are its own: they stay what they are, wherever
// it keeps them. Making one takes memory, and that is a microcontroller's
// scarcest good, so the last short ones are remembered: pages say the same few
// things again and again, and "LEDon" a second time is the same string.

const (
	recallSize   = 16 // strings that are remembered; a power of 2
	recallLength = 32 // bytes of the longest of them
)

// recall is what is remembered, by hash. The server's lock guards it.
type recall [recallSize]string

// string gives p as a string that stays as it is.
func (r *recall) string(p []byte) string {
	if len(p) == 0 || len(p) > recallLength {
		return string(p)
	}
	hash := uint32(2166136261) // FNV-1a
	for _, c := range p {
		hash = (hash ^ uint32(c)) * 16777619
	}
	known := &r[(hash^hash>>16)%recallSize]
	if *known != chars.String(p) {
		*known = string(p)
	}
	return *known
}
