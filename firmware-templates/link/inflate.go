package link

// Inflater undoes deflate (RFC 1951) from one buffer into another of fixed
// size. It is about 0.7 KB of tables and is meant to be kept; it allocates
// nothing. It reads Huffman codes bit by bit: slow for a PC, fast for a line.
type Inflater struct {
	src []byte
	at  int
	acc uint32 // bits read and not used, the next one lowest
	n   uint   // how many
	bad bool

	dst  []byte
	have int
	dict string

	literal  code288
	distance code30
}

// A canonical Huffman code: how many codes there are of each length, and the
// symbols in the order of their codes.
type (
	code288 struct {
		count  [16]uint16
		symbol [288]uint16
	}
	code30 struct {
		count  [16]uint16
		symbol [32]uint16
	}
)

var (
	lengthBase  = [29]uint16{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258}
	lengthExtra = [29]uint8{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}
	lengthOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
)

// Inflate decodes src into dst. dict counts as having come before. ok is false
// when src is no whole deflate stream or is longer than dst; n is then
// meaningless, and nothing beyond dst was touched.
func (z *Inflater) Inflate(dst, src []byte, dict string) (n int, ok bool) {
	z.src, z.at, z.acc, z.n, z.bad = src, 0, 0, 0, false
	z.dst, z.have, z.dict = dst, 0, dict
	for last := false; !last && !z.bad; {
		last = z.bits(1) == 1
		switch z.bits(2) {
		case 0:
			z.stored()
		case 1:
			z.fixed()
		case 2:
			z.dynamic()
		default:
			z.bad = true
		}
	}
	z.src, z.dst = nil, nil
	return z.have, !z.bad
}

// bits reads an n-bit number, at most 16 bits.
func (z *Inflater) bits(n uint) uint {
	for z.n < n {
		if z.at == len(z.src) {
			z.bad = true
			return 0
		}
		z.acc |= uint32(z.src[z.at]) << z.n
		z.at++
		z.n += 8
	}
	v := z.acc & (1<<n - 1)
	z.acc >>= n
	z.n -= n
	return uint(v)
}

func (z *Inflater) put(c byte) {
	if z.have == len(z.dst) {
		z.bad = true
		return
	}
	z.dst[z.have] = c
	z.have++
}

// stored copies a block that is not compressed.
func (z *Inflater) stored() {
	z.acc, z.n = 0, 0 // up to the next byte; never more than 7 bits are held here
	size, check := z.bits(16), z.bits(16)
	if z.bad || size != ^check&0xffff || int(size) > len(z.src)-z.at || int(size) > len(z.dst)-z.have {
		z.bad = true
		return
	}
	copy(z.dst[z.have:], z.src[z.at:z.at+int(size)])
	z.at += int(size)
	z.have += int(size)
}

func (z *Inflater) fixed() {
	var lengths [288 + 32]uint8
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		case i < 288:
			lengths[i] = 8
		default:
			lengths[i] = 5
		}
	}
	z.codes(lengths[:288], lengths[288:])
	z.block()
}

func (z *Inflater) dynamic() {
	literals, distances, order := int(z.bits(5))+257, int(z.bits(5))+1, int(z.bits(4))+4
	if z.bad || literals > 286 || distances > 30 {
		z.bad = true
		return
	}
	var lengths [288 + 32]uint8
	for i := 0; i < order; i++ {
		lengths[lengthOrder[i]] = uint8(z.bits(3))
	}
	if !z.literal.build(lengths[:19]) {
		z.bad = true
	}
	clear(lengths[:19])
	for i := 0; i < literals+distances && !z.bad; {
		symbol := z.symbol(z.literal.count[:], z.literal.symbol[:])
		if symbol < 16 {
			lengths[i] = uint8(symbol)
			i++
			continue
		}
		var value uint8
		var times int
		switch {
		case symbol == 16 && i > 0:
			value, times = lengths[i-1], 3+int(z.bits(2))
		case symbol == 17:
			times = 3 + int(z.bits(3))
		case symbol == 18:
			times = 11 + int(z.bits(7))
		default:
			z.bad = true
			return
		}
		if i+times > literals+distances {
			z.bad = true
			return
		}
		for ; times > 0; times-- {
			lengths[i] = value
			i++
		}
	}
	if z.bad || lengths[256] == 0 {
		z.bad = true
		return
	}
	z.codes(lengths[:literals], lengths[literals:literals+distances])
	z.block()
}

func (z *Inflater) codes(literal, distance []uint8) {
	if !z.literal.build(literal) || !z.distance.build(distance) {
		z.bad = true
	}
}

func (c *code288) build(lengths []uint8) bool { return canonical(c.count[:], c.symbol[:], lengths) }
func (c *code30) build(lengths []uint8) bool  { return canonical(c.count[:], c.symbol[:], lengths) }

// canonical turns code lengths into a code (RFC 1951, 3.2.2). It refuses one
// with too many codes, or with too few unless it has only one or none.
func canonical(count, symbol []uint16, lengths []uint8) bool {
	clear(count)
	for _, n := range lengths {
		count[n]++
	}
	free, used := 1, len(lengths)-int(count[0])
	for _, n := range count[1:] {
		if free = 2*free - int(n); free < 0 {
			return false
		}
	}
	if free > 0 && used > 0 && (used > 1 || count[1] != 1) {
		return false
	}
	var next [16]uint16
	for n := 1; n < 15; n++ {
		next[n+1] = next[n] + count[n]
	}
	for i, n := range lengths {
		if n != 0 {
			symbol[next[n]] = uint16(i)
			next[n]++
		}
	}
	return true
}

// symbol reads one code.
func (z *Inflater) symbol(count, symbol []uint16) int {
	code, first, index := 0, 0, 0
	for n := 1; n <= 15; n++ {
		code |= int(z.bits(1))
		if z.bad {
			return 0
		}
		here := int(count[n])
		if code-first < here {
			if code < first {
				break
			}
			return int(symbol[index+code-first])
		}
		index += here
		first = (first + here) << 1
		code <<= 1
	}
	z.bad = true
	return 0
}

// block decodes literals and copies up to the end of the block.
func (z *Inflater) block() {
	for !z.bad {
		symbol := z.symbol(z.literal.count[:], z.literal.symbol[:])
		if symbol < 256 {
			if !z.bad {
				z.put(byte(symbol))
			}
			continue
		}
		if symbol == 256 {
			return
		}
		symbol -= 257
		if symbol >= len(lengthBase) {
			break
		}
		length := int(lengthBase[symbol]) + int(z.bits(uint(lengthExtra[symbol])))
		d := z.symbol(z.distance.count[:], z.distance.symbol[:])
		if z.bad || d > 29 {
			break
		}
		back := d + 1
		if d >= 4 {
			extra := uint(d/2 - 1)
			back = (2+d&1)<<extra + 1 + int(z.bits(extra))
		}
		if back > z.have+len(z.dict) {
			break
		}
		for ; length > 0 && !z.bad; length-- {
			if from := z.have - back; from >= 0 {
				z.put(z.dst[from])
			} else {
				z.put(z.dict[len(z.dict)+from])
			}
		}
	}
	z.bad = true
}
