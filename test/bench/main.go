// Command bench measures Studio: every figure is a median and, where it can be,
// a ratio to the physical limit or to a bare program that does the same in the
// same run. Machines differ; the ratios hold. make bench runs it.
//
//	go run ./test/bench            everything
//	go run ./test/bench run push   only these
package main

import (
	"fmt"
	"os"
	"sort"
	"time"
)

type measurement struct {
	name string
	what string
	do   func() error
}

func main() {
	if asBareEcho() {
		return
	}
	all := []measurement{
		{"run", "Run click → page answered, next to a bare go build", benchRun},
		{"firmware", "a program for a board built again after a change, next to tinygo build alone", benchFirmware},
		{"flash", "re-flash next to a full flash, first flash next to other tools' exchanges (virtual chip, real timing)", benchFlash},
		{"push", "push over the link at 115200 baud, real timing", benchPush},
		{"recording", "messages through the bridge while they are recorded, next to the same without", benchRecording},
		{"messages", "a list of three million messages: the tab's memory, frames while it scrolls", benchMessages},
		{"live", "three million lines that come while the page looks on, in the list of messages (recorded) and in the console", benchLive},
		{"plot", "a chart of 10 series with 1,000 values a second each", benchPlot},
		{"bridge", "echo round trips through the bridge and the console, 1 and 8 clients, and memory of idle ones, next to a bare bridge", benchBridge},
		{"echo", "what a program on the virtual board answers, 1 and 8 clients, next to a bare echo", benchEcho},
		{"pretend", "1,000 pretend pages on the virtual board at once, next to the same at a bare echo", benchPretend},
		{"calls", "a page's calls with the script that Studio adds, next to the same without", benchCalls},
		{"sandbox", "a program in the sandbox, next to the same natively", benchSandbox},
		{"rest", "what Studio and a running virtual board cost while nothing happens", benchRest},
		{"memory", "Studio at rest with one board", benchMemory},
		{"typing", "help with Go while it is typed, by gopls", benchTyping},
		{"keys", "from a key to its paint in a long program, next to a bare editor", benchKeys},
		{"page", "weight of the page, and time to an editor next to a bare CodeMirror page", benchPage},
	}
	failed := false
	for _, m := range all {
		if len(os.Args) > 1 && !wanted(m.name) {
			continue
		}
		fmt.Printf("\n%s: %s\n", m.name, m.what)
		if err := m.do(); err != nil {
			fmt.Printf("  could not be measured: %v\n", err)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}

func wanted(name string) bool {
	for _, a := range os.Args[1:] {
		if a == name {
			return true
		}
	}
	return false
}

func median[T float64 | time.Duration](v []T) T {
	s := append([]T(nil), v...)
	sort.Slice(s, func(i, j int) bool { return s[i] < s[j] })
	return s[len(s)/2]
}

// row prints one figure with its goal.
func row(name, value, goal string) { fmt.Printf("  %-58s %-22s %s\n", name, value, goal) }

func ms(d time.Duration) string { return fmt.Sprintf("%.0f ms", float64(d)/1e6) }
