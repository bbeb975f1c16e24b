package compile

import (
	"testing"

	"studioide/internal/api"
)

// The parts that are named are the largest, each once.
func TestLargestParts(t *testing.T) {
	list := []api.SizePart{{Name: "Wi-Fi", Flash: 9}, {Name: "your program", Flash: 3 << 20}, {Name: "fmt", Flash: 1 << 10}, {Name: "studio/board", Flash: 60_000}, {Name: "stacks", RAM: 4096}}
	if got, want := largestParts(list, flashOf), " The largest parts are your program (3.0 MB), studio/board (59 KB), fmt (1 KB)."; got != want {
		t.Errorf("%q instead of %q", got, want)
	}
	if got := largestParts(nil, flashOf); got != "" {
		t.Errorf("%q of nothing", got)
	}
}

func TestPackageOf(t *testing.T) {
	for symbol, want := range map[string]string{
		"main.main": "main", "main$string.3": "main", "(*studio/board.server).step": "studio/board", "studio/board.std": "studio/board",
		"(time.Duration).String": "time", "github.com/soypat/lneto/tcp.x": "github.com/soypat/lneto/tcp", "memcpy": "runtime",
	} {
		if got := packageOf(symbol); got != want {
			t.Errorf("%s: %q instead of %q", symbol, got, want)
		}
	}
}
