// Package store keeps files in a window of NOR flash: a file is old or new
// after a power cut at any moment, never half.
//
// # Layout
//
// The window is a row of sectors of 4096 bytes (the unit of an erase), each of
// 16 pages of 256 bytes (the unit of a program, which only turns ones into
// zeros). A version of a file is one head sector and as many data sectors as
// its content needs, in any order and place:
//
//	head sector                           data sector
//	  0 magic u16 "H1", path length u16     0 magic u16 "D1", index u16 (1, 2, …)
//	  4 serial u32                          4 serial u32
//	  8 size u32                            8 FF × 4
//	 12 hash, 16 bytes                     12 CRC-32 of bytes 0 to 11
//	 28 path, 96 bytes, rest 00            16 content, 4080 bytes
//	124 CRC-32 of bytes 0 to 123
//	192 commit mark, 16 bytes
//	256 content, 3840 bytes
//
// All numbers are little-endian. The serial is another one for every version
// and ties its sectors together. There is no table of contents to keep: Mount
// reads the first bytes of every sector.
//
// # Why a power cut harms nothing
//
// A sector is erased before it is written, and only when it belongs to no
// version that counts. That it is blank is believed only if this Store has
// erased it: after a cut in the middle of an erase it may only look so. A version counts when its head's CRC is right and so is
// its commit mark, which contains the serial. Writing the commit mark is the
// one program that makes a new version count; only then the beginning of the
// old one's head is overwritten with zeros. A cut in between leaves two that
// count: Mount keeps the one with the higher serial and finishes the job. A
// commit mark that is torn is wrong, and the old version stays; a head counts
// no more from the first bit that is overwritten.
//
// Unknown content is free space. Nothing is erased before it is needed, so
// there is no format that could destroy anything by mistake.
//
// # Limits
//
// RAM: 2 bytes and 2 bits for each sector, about 24 for each file, about 600 for the
// rest, and 8 bytes for each sector while mounting. The search for a free
// sector goes round the window, so that changing one small file wears all free
// sectors alike. Where flash erases a block of sectors faster than some of them
// one by one, a file that needs so many goes to the next block that is free;
// what it leaves there is blank for the files after it. A Store is for one
// goroutine at a time.
package store
