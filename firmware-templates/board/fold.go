package board

import "studio/board/chars"

// Fold gives s with A to Z as a to z, so that "LEDon", "LEDOn" and "ledon" are
// all "ledon". Other letters stay as they are. The result is an ordinary
// string; a short one that was asked for not long ago takes no memory.
//
// Limits: letters of English only: Ä stays Ä. A text of up to 32 bytes takes no
// memory when it was asked for not long ago.
func Fold(s string) string {
	first := 0
	for first < len(s) && (s[first] < 'A' || s[first] > 'Z') {
		first++
	}
	switch {
	case first == len(s):
		return s
	case len(s) > recallLength:
		b := make([]byte, len(s))
		fold(b, s)
		return chars.String(b)
	}
	var short [recallLength]byte
	b := short[:len(s)]
	fold(b, s)
	std.Lock()
	folded := std.recall.string(b)
	std.Unlock()
	return folded
}

func fold(dst []byte, s string) {
	for i := range dst {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst[i] = c
	}
}
