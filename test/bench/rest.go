package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"studioide/internal/api"
)

const (
	restFor     = 20 * time.Second
	restFlashes = 50
)

// benchRest measures what Studio and its virtual board's program cost while
// nothing happens: without a page, with one, and both again after many flashes,
// because what a flash leaves behind costs for ever.
func benchRest() error {
	s, err := startStudio()
	if err != nil {
		return err
	}
	defer s.stop()
	if _, err := s.run(); err != nil {
		return err
	}
	measure := func(name, cpuGoal, wakeGoal string) error {
		time.Sleep(5 * time.Second) // collectors and late timers of what was before
		u, err := atRest(s.cmd.Process.Pid, restFor)
		if err != nil {
			return err
		}
		row(name+": CPU", fmt.Sprintf("%.2f %% of a core", u.cpu), cpuGoal)
		row(name+": wake-ups", fmt.Sprintf("%.1f /s", u.wakes), wakeGoal)
		return nil
	}
	both := func(when string) error {
		if err := measure(when+", no page", "goal ≤ 0.5 %", "goal ≤ 20 /s"); err != nil {
			return err
		}
		address, err := s.address()
		if err != nil {
			return err
		}
		leave, err := openPage(address)
		if err != nil {
			return err
		}
		defer leave()
		return measure(when+", page open", "goal ≤ 1.5 %", "")
	}
	if err := both("before the flashes"); err != nil {
		return err
	}
	for i := range restFlashes {
		if err := s.flashAgain(); err != nil {
			return fmt.Errorf("flash %d: %w", i+1, err)
		}
	}
	return both(fmt.Sprintf("after %d flashes", restFlashes))
}

// flashAgain runs the program once more, as a click on Run does.
func (s *studio) flashAgain() error {
	var p api.Progress
	if err := s.do(http.MethodPost, "/api/run", nil, &p); err != nil {
		return err
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		n, err := s.state()
		if err != nil {
			return err
		}
		if n.Progress != nil && n.Progress.ID == p.ID && n.Progress.State != "running" {
			if n.Progress.State != "done" {
				return errors.New(n.Progress.Text)
			}
			return nil
		}
	}
	return errors.New("it took more than a minute")
}

// openPage shows the address in a headless browser until leave is called.
func openPage(url string) (leave func(), err error) {
	dir, err := browserFolder()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("node", "open-page.mjs", url)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	leave = func() { in.Close(); cmd.Wait() }
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		leave()
		return nil, fmt.Errorf("open-page.mjs said %q: %w", line, err)
	}
	go io.Copy(io.Discard, out)
	return leave, nil
}

// use is what processes have used of the computer.
type use struct {
	cpu   float64 // percent of a core
	wakes float64 // how often one of their threads went to sleep and was woken again, per second
}

// atRest looks at a process and all that it has started for some time.
func atRest(pid int, d time.Duration) (use, error) {
	before, err := spent(pid)
	if err != nil {
		return use{}, err
	}
	began := time.Now()
	time.Sleep(d)
	after, err := spent(pid)
	if err != nil {
		return use{}, err
	}
	seconds := time.Since(began).Seconds()
	return use{cpu: (after.cpu - before.cpu) / seconds, wakes: (after.wakes - before.wakes) / seconds}, nil
}

// spent adds up what Linux has counted: ticks of a hundredth of a second, and voluntary context switches.
func spent(pid int) (sum use, err error) {
	dir := fmt.Sprintf("/proc/%d", pid)
	stat, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return sum, errors.New("this system has no /proc")
	}
	f := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:])) // from the third field on
	for _, v := range f[11:13] {
		ticks, _ := strconv.ParseFloat(v, 64)
		sum.cpu += ticks
	}
	tasks, _ := filepath.Glob(filepath.Join(dir, "task", "*"))
	for _, task := range tasks {
		status, _ := os.ReadFile(filepath.Join(task, "status"))
		for line := range strings.Lines(string(status)) {
			if v, ok := strings.CutPrefix(line, "voluntary_ctxt_switches:"); ok {
				n, _ := strconv.ParseFloat(strings.TrimSpace(v), 64)
				sum.wakes += n
			}
		}
		children, _ := os.ReadFile(filepath.Join(task, "children"))
		for _, child := range strings.Fields(string(children)) {
			n, _ := strconv.Atoi(child)
			if more, err := spent(n); err == nil {
				sum.cpu += more.cpu
				sum.wakes += more.wakes
			}
		}
	}
	return sum, nil
}
