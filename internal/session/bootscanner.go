package session

import (
	"bytes"
	"strings"

	"studioide/internal/lazyregexp"
)

// bootScanner listens to what comes over the line after a start, and tells a program's
// words from those of the boot ROM and of ESP-IDF's bootloader, which the board
// prints whatever is in its flash. The zero voice has heard nothing.
type bootScanner struct {
	line    []byte // begun
	program bool   // the program has printed something
	refusal string // why the ROM or the bootloader starts nothing, in its own words
}

const longestLine = 200

var (
	romPrefixes = []string{"ESP-ROM:", "Build:", "rst:0x", "Saved PC:", "SPIWP:", "mode:", "load:0x", "entry 0x", "ets ", "configsip:", "clk_drv:",
		"waiting for download", "boot:0x", "ho ", "tail ", "chksum "}
	bootLine    = lazyregexp.New(`^(\x1b\[[0-9;]*m)?[IWD] \(\d+\) (boot|esp_image|qio_mode|cpu_start|bootloader|secure_boot)`)
	refusalLine = lazyregexp.New(`^(invalid header|invalid chip id|invalid segment|Checksum failed|SHA-256 comparison failed|image is longer|Invalid image|csum err|flash read err|ets_main\.c|ets_loader\.c|(\x1b\[[0-9;]*m)?E \(\d+\) (boot|esp_image))`)
)

// scan takes text as it comes, and tells whether something is known now that was not before.
func (v *bootScanner) scan(b []byte) (news bool) {
	for len(b) > 0 && !v.program {
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			if v.line = append(v.line, b...); len(v.line) > longestLine {
				news = v.endLine() || news
			}
			break
		}
		v.line = append(v.line, b[:end]...)
		b = b[end+1:]
		news = v.endLine() || news
	}
	return news
}

// endLine looks at the line that has ended.
func (v *bootScanner) endLine() (news bool) {
	line := strings.TrimSpace(string(v.line))
	v.line = v.line[:0]
	switch {
	case line == "" || bootLine().MatchString(line):
	case refusalLine().MatchString(line):
		news = v.refusal == ""
		if news {
			v.refusal = line
		}
	default:
		for _, w := range romPrefixes {
			if strings.HasPrefix(line, w) {
				return false
			}
		}
		v.program, news = true, true
	}
	return news
}

// endPause looks at a line that was begun and does not go on.
func (v *bootScanner) endPause() { v.endLine() }
