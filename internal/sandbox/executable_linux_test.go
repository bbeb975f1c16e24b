package sandbox

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode"
)

func TestExecutableIsForgotten(t *testing.T) {
	before := ofFiles(t)
	for range 3 { // what runs afterwards, here and in other threads, comes again
		forgetExecutable()
		if after := ofFiles(t); after < before*3/4 && after > 0 {
			if strings.ToUpper("still runs") != strings.Map(unicode.ToUpper, "still runs") {
				t.Error("what was forgotten has not come again as it was")
			}
			return
		}
	}
	t.Errorf("%d kB of the executable are resident, of %d before", ofFiles(t), before)
}

// ofFiles is how much of files this process has in memory, in kB.
func ofFiles(t *testing.T) (kB int) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("there is no /proc here: ", err)
	}
	for line := range strings.Lines(string(text)) {
		if v, ok := strings.CutPrefix(line, "RssFile:"); ok {
			fmt.Sscan(v, &kB)
		}
	}
	return kB
}
