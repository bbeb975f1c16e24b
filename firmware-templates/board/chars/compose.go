package chars

// composed and accents are the letters from U+00C0 on that are one character
// each and can also be written as a letter and an accent (Unicode's forms NFC
// and NFD): the letter, and the accent as its distance from U+0300, counted
// from the blank.
const (
	composed = "AAAAAA-CEEEEIIII-NOOOOO--UUUUY--aaaaaa-ceeeeiiii-nooooo--uuuuy-yAaAaAaCcCcCcCcDd--EeEeEeEeEeGgGg" +
		"GgGgHh--IiIiIiIiI---JjKk-LlLlLl----NnNnNn---OoOoOo--RrRrRrSsSsSsSsTtTt--UuUuUuUuUuUuWwYyYZzZzZz-"
	accents = " !\"#(*-G !\"( !\"(-# !\"#(-- !\"(!-- !\"#(*-G !\"( !\"(-# !\"#(-- !\"(!-($$&&HH!!\"\"'',,,,--$$&&''HH,,\"\"&&" +
		"''GG\"\"--##$$&&HH'---\"\"GG-!!GG,,----!!GG,,---$$&&++--!!GG,,!!\"\"GG,,GG,,--##$$&&**++HH\"\"\"\"(!!'',,-"
)

// Compose copies src with each letter and accent as one character where there
// is such a one. Every such character is two bytes long, which is no longer
// than what it replaces.
func Compose(dst, src []byte) (n int) {
	for i := 0; i < len(src); i++ {
		if src[i] == 0xCC && i+1 < len(src) && n > 0 { // U+0300 to U+033F
			if c := composedOf(dst[n-1], src[i+1]-0x80+' '); c != 0 {
				dst[n-1] = 0xC0 | byte(c>>6)
				dst[n] = 0x80 | byte(c&0x3F)
				n++
				i++
				continue
			}
		}
		dst[n] = src[i]
		n++
	}
	return n
}

// composedOf is a letter with an accent, or 0.
func composedOf(letter, accent byte) int {
	for i := range len(composed) {
		if composed[i] == letter && accents[i] == accent && letter != '-' {
			return 0xC0 + i
		}
	}
	return 0
}

func IsASCII(p []byte) bool {
	for _, b := range p {
		if b >= 0x80 {
			return false
		}
	}
	return true
}
