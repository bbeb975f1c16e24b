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

func benchBridge() error {
	return goTest("-run", "^$", "-bench", "^Benchmark(Echo|Clients|Idle)$", "-benchtime", "1x", "./internal/bridge")
}

func benchRecording() error {
	return goTest("-run", "^$", "-bench", "^BenchmarkRecorded$", "-benchtime", "1x", "./internal/session")
}

// noise is what go test says besides the figures.
var noise = regexp.MustCompile(`^(=== |--- |PASS|ok |goos:|goarch:|pkg:|cpu:|\s*$)`)

func goTest(args ...string) error {
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
			fmt.Println("  " + strings.TrimSpace(line))
		}
	}
	return cmd.Wait()
}
