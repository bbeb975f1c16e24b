package board

// composed are the letters of Latin alphabets that are one character each and
// can also be written as a letter and an accent (Unicode's forms NFC and NFD):
// after each combining mark, which letters it goes with and what that makes.
var composed = [...]struct {
	mark          uint16
	letters, made string
}{
	{0x300, "AEIOUaeiouNn", "ÀÈÌÒÙàèìòùǸǹ"},
	{0x301, "AEIOUYaeiouyCcLlNnRrSsZz", "ÁÉÍÓÚÝáéíóúýĆćĹĺŃńŔŕŚśŹź"},
	{0x302, "AEIOUaeiouCcGgHhJjSsWwYy", "ÂÊÎÔÛâêîôûĈĉĜĝĤĥĴĵŜŝŴŵŶŷ"},
	{0x303, "ANOanoIiUu", "ÃÑÕãñõĨĩŨũ"},
	{0x304, "AaEeIiOoUu", "ĀāĒēĪīŌōŪū"},
	{0x306, "AaEeGgIiOoUu", "ĂăĔĕĞğĬĭŎŏŬŭ"},
	{0x307, "CcEeGgIZz", "ĊċĖėĠġİŻż"},
	{0x308, "AEIOUaeiouyY", "ÄËÏÖÜäëïöüÿŸ"},
	{0x30A, "AaUu", "ÅåŮů"},
	{0x30B, "OoUu", "ŐőŰű"},
	{0x30C, "CcDdEeLlNnRrSsTtZz", "ČčĎďĚěĽľŇňŘřŠšŤťŽž"},
	{0x327, "CcGgKkLlNnRrSsTt", "ÇçĢģĶķĻļŅņŖŗŞşŢţ"},
	{0x328, "AaEeIiUu", "ĄąĘęĮįŲų"},
}

// compose copies src with each letter and accent as one character where there
// is such a one. Every such character is two bytes long, which is no longer
// than what it replaces.
func compose(dst, src []byte) (n int) {
	for i := 0; i < len(src); i++ {
		if src[i]&0xFE == 0xCC && i+1 < len(src) && n > 0 {
			mark := uint16(src[i]&0x1F)<<6 | uint16(src[i+1]&0x3F)
			if p := composedOf(dst[n-1], mark); p != "" {
				n += copy(dst[n-1:], p) - 1
				i++
				continue
			}
		}
		dst[n] = src[i]
		n++
	}
	return n
}

func composedOf(letter byte, mark uint16) string {
	for i := range composed {
		c := &composed[i]
		if c.mark != mark {
			continue
		}
		for j := 0; j < len(c.letters); j++ {
			if c.letters[j] == letter {
				return c.made[2*j : 2*j+2]
			}
		}
	}
	return ""
}

func isASCII(p []byte) bool {
	for _, b := range p {
		if b >= 0x80 {
			return false
		}
	}
	return true
}
