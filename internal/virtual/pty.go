package virtual

// A pty lets programs that know only serial ports reach the board. It has no
// DTR and no RTS, so their way into the bootloader is one of these:
//
//   - Do nothing: a program that speaks the bootloader's protocol begins with
//     SYNC. The first one that comes while the chip is not in its bootloader
//     resets the chip into it, as the tool's own DTR and RTS would have done.
//   - Set the line rate to 1200 (the touch that USB boards know): the chip
//     resets into its bootloader.
//   - Start the board with Config.Download: it waits for download.
//
// Back into the program: FLASH_END or FLASH_DEFL_END with flag 0 to the ROM
// (to the stub it leads to the ROM), the stub's RUN_USER_CODE, or the line rate 300.
//
// The line rate of the pty is that of the port: with Config.Timing a tool that
// forgets to follow CHANGE_BAUD reads garbage. Closing and opening the pty
// changes nothing, so tools that reopen the port in between work.

// syncStart is how a SYNC request looks on the wire: frame end, request, op, length 36, checksum (any), sync word.
// syncScanner finds it across reads.
type syncScanner struct{ at int }

var syncPattern = [...]int{slipEnd, 0x00, opSync, 0x24, 0x00, -1, -1, -1, -1, 0x07, 0x07, 0x12, 0x20}

// find returns the place right behind a SYNC's first bytes, or -1.
func (s *syncScanner) find(b []byte) int {
	for i, c := range b {
		switch want := syncPattern[s.at]; {
		case want == int(c) || want == -1 && c != slipEnd:
			s.at++
		case c == slipEnd:
			s.at = 1
		default:
			s.at = 0
		}
		if s.at == len(syncPattern) {
			s.at = 0
			return i + 1
		}
	}
	return -1
}

const (
	touchRate = 1200
	runRate   = 300
)
