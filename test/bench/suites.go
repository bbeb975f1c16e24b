package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// Some measurements live beside what they measure, as tests with simulated time
// or as benchmarks; here they are run and their figures shown.

func benchFlash() error {
	return goTest("-run", "^(TestReflashIsMuchFaster|TestFirstFlashIsFasterThanOtherTools)$", "-v", "./internal/flasher/esp")
}

func benchPush() error { return goTest("-v", "./test/bench/push") }

// benchBridge: what is added is what a message takes longer than with nothing between.
func benchBridge() error {
	return goBench("./internal/bridge", "^Benchmark(Echo|Clients|Idle)$", map[string]string{
		"speed-ratio": "goal ≥ 0.8", "added-p50-ratio": "goal ≤ 1.5", "added-p99-ratio": "goal ≤ 2", "memory-ratio": "goal ≤ 2"})
}

func benchRecording() error {
	return goBench("./internal/session", "^BenchmarkRecorded$", map[string]string{"ratio": "goal ≥ 0.95"})
}

// goBench runs benchmarks once each, and shows what they report, some of it with its goal.
func goBench(pkg, which string, goals map[string]string) error {
	return goTestLines(func(line string) {
		words := strings.Fields(line)
		if len(words) < 2 || !strings.HasPrefix(words[0], "Benchmark") {
			fmt.Println("  " + strings.TrimSpace(line))
			return
		}
		name := strings.TrimPrefix(words[0], "Benchmark")
		if i := strings.LastIndexByte(name, '-'); i > 0 { // how many processors
			name = name[:i]
		}
		for i := 2; i+1 < len(words); i += 2 { // behind the number of runs
			if words[i+1] != "ns/op" {
				row(name+": "+words[i+1], words[i], goals[words[i+1]])
			}
		}
	}, "-run", "^$", "-bench", which, "-benchtime", "1x", pkg)
}

// noise is what go test says besides the figures.
var noise = regexp.MustCompile(`^(=== |--- |PASS|ok |goos:|goarch:|pkg:|cpu:|\s*$)`)

func goTest(args ...string) error {
	return goTestLines(func(line string) { fmt.Println("  " + strings.TrimSpace(line)) }, args...)
}

func goTestLines(say func(line string), args ...string) error {
	cmd := exec.Command("go", append([]string{"test", "-count=1"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if line := lines.Text(); !noise.MatchString(line) {
			say(line)
		}
	}
	return cmd.Wait()
}
