package board

import "unsafe"

// Fold gives s with A to Z as a to z, so that "LEDon", "LEDOn" and "ledon" are
// all "ledon". Other letters stay as they are. For a message inside its
// callback (or a part of one) it takes no memory, and the result is valid as
// long as the message is; for other strings it is an ordinary new string.
func Fold(s string) string {
	i := 0
	for i < len(s) && (s[i] < 'A' || s[i] > 'Z') {
		i++
	}
	if i == len(s) {
		return s
	}
	b := foldRoom(s)
	if b == nil {
		b = make([]byte, len(s))
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		b[i] = c
	}
	return unsafe.String(&b[0], len(b))
}

// foldRoom gives the bytes that mirror s when s is part of the message whose
// callback is running: the same part of a message always folds into the same
// place, so results never disturb each other.
func foldRoom(s string) []byte {
	msg := std.current
	if len(msg) == 0 {
		return nil
	}
	at := uintptr(unsafe.Pointer(unsafe.StringData(s))) - uintptr(unsafe.Pointer(&msg[0]))
	if at >= uintptr(len(msg)) || at+uintptr(len(s)) > uintptr(len(msg)) || int(at)+len(s) > len(std.folded) {
		return nil
	}
	return std.folded[at : int(at)+len(s)]
}
