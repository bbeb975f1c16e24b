package link

// crcNibble is CRC-32 (IEEE 802.3, reflected, polynomial EDB88320) of the
// sixteen values of four bits: 64 bytes of flash instead of 1 KB.
var crcNibble = [16]uint32{
	0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
	0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
}

// CRC32 continues the CRC-32 of zlib over b; the first call takes 0.
func CRC32(crc uint32, b []byte) uint32 {
	crc = ^crc
	for _, c := range b {
		crc = crcByte(crc, c)
	}
	return ^crc
}

// crcByte takes one byte into a CRC that is kept inverted.
func crcByte(crc uint32, c byte) uint32 {
	crc ^= uint32(c)
	crc = crc>>4 ^ crcNibble[crc&15]
	return crc>>4 ^ crcNibble[crc&15]
}

// Adler32 continues the Adler-32 of zlib over b; the first call takes 1.
func Adler32(sum uint32, b []byte) uint32 {
	const mod = 65521
	lo, hi := sum&0xffff, sum>>16
	for len(b) > 0 {
		part := b
		if len(part) > 5552 { // the most that cannot overflow 32 bits
			part = part[:5552]
		}
		b = b[len(part):]
		for _, c := range part {
			lo += uint32(c)
			hi += lo
		}
		lo %= mod
		hi %= mod
	}
	return hi<<16 | lo
}
