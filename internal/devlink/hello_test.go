package devlink

import (
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"
)

// The golden vectors are read as they are meant, those of older boards, too.
func TestGoldenHello(t *testing.T) {
	text, err := os.ReadFile("../../firmware-templates/link/testdata/hello.golden")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for line := range strings.Lines(string(text)) {
		words, record, ok := strings.Cut(strings.TrimSpace(line), " = ")
		if !ok || strings.HasPrefix(words, "#") {
			continue
		}
		b, err := hex.DecodeString(record)
		if err != nil {
			t.Fatal(err)
		}
		h, ok := decodeHello(b)
		held := 0
		if h.Held {
			held = 1
		}
		got := fmt.Sprintf("board %q, firmware %q, program %q, build %q, uptime %d, reset %d, maxRecord %d, streams %d, maxMessage %d, blockSize %d, maxFiles %d, filesCap %d, why %q, held %d",
			h.Board, h.Firmware, h.Program, h.Build, h.Uptime.Milliseconds(), h.Reset, h.MaxRecord, h.Streams, h.MaxMessage, h.BlockSize, h.MaxFiles, h.FilesCap, h.Why, held)
		if !ok || got != words {
			t.Errorf("%s\nwant %s", got, words)
		}
		if _, ok := decodeHello(b[:len(b)-1]); ok {
			t.Error("a short record is taken")
		}
		if longer, ok := decodeHello(append(b, 1, 2, 3)); h.Why != "" && (!ok || longer != h) {
			t.Errorf("with more at its end: %+v", longer)
		}
		read++
	}
	if read != 4 {
		t.Fatal(read)
	}
}
