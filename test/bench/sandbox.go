package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/sandbox"
)

const (
	sandboxRounds = 5
	roundTrips    = 3000
	sandboxRest   = 10 * time.Second
)

// ran is what one way to run a program has cost, a figure per round.
type ran struct {
	first, again    []time.Duration // from the click on Run to the page's answer: a changed program, and the same one
	echo            []float64       // round trips a second
	anonymous, file []float64       // resident memory of the program's process, MB
	rest            use
}

// benchSandbox runs a program of a project that is trusted, and of the same one
// when it is not, in turns, with the same client.
func benchSandbox() error {
	s, err := startStudio()
	if err != nil {
		return err
	}
	defer s.stop()
	now, err := s.state()
	if err != nil {
		return err
	}
	trust := "/api/projects/" + url.PathEscape(now.Project.Name) + "/trust"
	var source []byte
	if err := s.do(http.MethodGet, "/api/files/main.go", nil, &source); err != nil {
		return err
	}
	var native, sandboxed ran
	for round := -1; round < sandboxRounds; round++ { // the first one fills every cache
		text := strings.Replace(string(source), "Reply for ", fmt.Sprintf("Reply %d for ", round), 1)
		if err := s.do(http.MethodPut, "/api/files/main.go", []byte(text), nil); err != nil {
			return err
		}
		for _, r := range []*ran{&native, &sandboxed} {
			if err := s.do(http.MethodPost, trust, fmt.Appendf(nil, `{"trusted":%t}`, r == &native), nil); err != nil {
				return err
			}
			this, err := s.measure(round == sandboxRounds-1)
			if err != nil {
				return err
			}
			if round >= 0 {
				r.add(this)
			}
		}
	}
	both := func(name string, of func(r *ran) string) string {
		return name + ", sandboxed (native " + of(&native) + ")"
	}
	took := func(of func(r *ran) []time.Duration) func(r *ran) string {
		return func(r *ran) string { return ms(median(of(r))) }
	}
	number := func(format string, of func(r *ran) float64) func(r *ran) string {
		return func(r *ran) string { return fmt.Sprintf(format, of(r)) }
	}
	show := func(name string, of func(r *ran) string, goal string) { row(both(name, of), of(&sandboxed), goal) }
	show("Run click → page, changed", took(func(r *ran) []time.Duration { return r.first }), "goal ≤ 4000 ms")
	show("Run click → page, the same", took(func(r *ran) []time.Duration { return r.again }), "goal ≤ 500 ms")
	show("echo round trips", number("%.0f /s", func(r *ran) float64 { return median(r.echo) }), "goal ≥ 2000 /s")
	row("echo, sandboxed / native", fmt.Sprintf("%.2f", median(sandboxed.echo)/median(native.echo)), "")
	show("resident", number("%.1f MB", func(r *ran) float64 { return median(r.anonymous) + median(r.file) }), "goal ≤ 45 MB")
	show("  its own", number("%.1f MB", func(r *ran) float64 { return median(r.anonymous) }), "")
	show("  of the executable", number("%.1f MB", func(r *ran) float64 { return median(r.file) }), "")
	show("at rest: CPU", number("%.2f %%", func(r *ran) float64 { return r.rest.cpu }), "")
	show("at rest: wake-ups", number("%.1f /s", func(r *ran) float64 { return r.rest.wakes }), "")
	return nil
}

func (r *ran) add(this ran) {
	r.first, r.again, r.echo = append(r.first, this.first...), append(r.again, this.again...), append(r.echo, this.echo...)
	r.anonymous, r.file, r.rest = append(r.anonymous, this.anonymous...), append(r.file, this.file...), this.rest
}

// measure runs the open project, which was changed, and looks at its program.
func (s *studio) measure(rest bool) (r ran, err error) {
	first, err := s.run()
	if err != nil {
		return r, err
	}
	again, err := s.run()
	if err != nil {
		return r, err
	}
	r.first, r.again = []time.Duration{first}, []time.Duration{again}
	now, err := s.state()
	if err != nil {
		return r, err
	}
	pid, err := program(s.cmd.Process.Pid)
	if err != nil {
		return r, err
	}
	echo, err := echoesAt(now.Board.Address)
	if err != nil {
		return r, err
	}
	r.echo = []float64{echo}
	anonymous, file, err := resident(pid)
	if err != nil {
		return r, err
	}
	r.anonymous, r.file = []float64{anonymous}, []float64{file}
	if rest {
		time.Sleep(5 * time.Second) // late timers of what was before
		r.rest, err = atRest(pid, sandboxRest)
	}
	return r, err
}

// echoesAt has short texts answered by the program itself, with nothing of Studio between.
func echoesAt(address string) (perSecond float64, err error) {
	c, _, err := websocket.DefaultDialer.Dial("ws://"+address+"/ws", nil)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	for _, n := range []int{roundTrips / 10, roundTrips} { // the first ones warm up
		if perSecond, _, err = echoes([]*websocket.Conn{c}, n); err != nil {
			return 0, err
		}
	}
	return perSecond, nil
}

// program is the process of the board's program: of Studio's children the one
// that was started with a program's file, and makes no machine code of it.
func program(studio int) (pid int, err error) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", studio))
	for _, list := range lists {
		children, _ := os.ReadFile(list)
		for _, child := range strings.Fields(string(children)) {
			command, _ := os.ReadFile("/proc/" + child + "/cmdline")
			if strings.Contains(string(command), "program-") && !strings.Contains(string(command), sandbox.Compile) {
				return strconv.Atoi(child)
			}
		}
	}
	return 0, errors.New("the process of the board's program was not found")
}

// resident is the memory that a process has of its own and of files, in MB.
func resident(pid int) (anonymous, file float64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, 0, errors.New("this system has no /proc/…/smaps_rollup")
	}
	var all float64
	for line := range strings.Lines(string(text)) {
		if v, ok := strings.CutPrefix(line, "Rss:"); ok {
			fmt.Sscan(v, &all)
		}
		if v, ok := strings.CutPrefix(line, "Anonymous:"); ok {
			fmt.Sscan(v, &anonymous)
		}
	}
	return anonymous / 1024, (all - anonymous) / 1024, nil
}
