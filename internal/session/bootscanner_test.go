package session

import (
	"strings"
	"testing"

	"studioide/internal/api"
)

func TestVoice(t *testing.T) {
	rom := "ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\nrst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)\r\nSPIWP:0xee\r\nmode:DIO, clock div:1\r\nload:0x3c000020,len:0x80\r\nentry 0x403810ec\r\n"
	idf := "\x1b[0;32mI (24) boot: ESP-IDF v5.1 2nd stage bootloader\x1b[0m\r\nI (55) esp_image: segment 0: paddr=00010020\r\n"
	for _, c := range []struct {
		name, text string
		program    bool
		refusal    string
	}{
		{"nothing", "", false, ""},
		{"the ROM", rom, false, ""},
		{"the ROM and a bootloader", rom + idf, false, ""},
		{"a program", rom + "hello\n", true, ""},
		{"a program without a line's end", rom + "....", true, ""},
		{"a program behind a bootloader", rom + idf + "I (300) main: hello\r\n", true, ""},
		{"an empty flash", "ESP-ROM:esp32c3-api1-20210207\r\ninvalid header: 0xffffffff\r\ninvalid header: 0xffffffff\r\nets_main.c 333 \r\n", false, "invalid header: 0xffffffff"},
		{"no app", rom + "E (90) boot: No bootable app partitions in the partition table\r\n", false, "E (90) boot: No bootable app partitions in the partition table"},
		{"a long line", strings.Repeat("x", 300), true, ""},
	} {
		for _, piece := range []int{1, 7, 1000} {
			var v bootScanner
			for text := c.text; text != ""; {
				n := min(piece, len(text))
				v.scan([]byte(text[:n]))
				text = text[n:]
			}
			v.endPause()
			if v.program != c.program || v.refusal != c.refusal {
				t.Errorf("%s in pieces of %d: program %v, refusal %q", c.name, piece, v.program, v.refusal)
			}
		}
	}
}

// Whoever waits for a verdict looks again when there is one, also where the page is told nothing new.
func TestVerdictWakes(t *testing.T) {
	for _, text := range []string{"hello\n", "invalid header: 0xffffffff\n"} {
		s := &Session{known: firstKnown(Target{}), state: firstProgramState(), change: make(chan struct{}),
			console: &console{emit: func(api.Console) {}}, emit: func(api.Event) { t.Errorf("%q is news for the page", text) }}
		change := s.change
		s.printed([]byte(text))
		select {
		case <-change:
		default:
			t.Errorf("%q wakes nobody", text)
		}
	}
}
