package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/devfs"
	"studioide/internal/devfs/devfstest"
	"studioide/internal/flasher"
	"studioide/internal/port"
	"studioide/internal/port/porttest"
	"studioide/internal/problem"
)

// life is what a program does each time that it is started.
type life struct {
	serve time.Duration // until it comes to board.Serve(); 0 and never: it never does
	never bool
	end   time.Duration // until it goes wrong after that, or at once if it never serves; 0: it does not
}

// plan is a program, and the computer and the user that it meets.
type plan struct {
	kind   string
	lives  []life // the last one goes on for ever
	prints bool
	held   bool          // the last life is one that the board holds back
	leaves bool          // a restart takes it off the bus, as USB of its own does
	delay  time.Duration // of every byte, each way
	flash  time.Duration // that writing a block takes
	cancel time.Duration // when the user no longer waits; 0: he does
}

// planned draws a program; slow says how much slower the computer is than usual.
func planned(r *rand.Rand) plan {
	within := func(from, to time.Duration) time.Duration {
		return from + time.Duration(r.Int64N(int64(to-from)))
	}
	p := plan{prints: r.IntN(2) == 0, leaves: r.IntN(3) == 0, flash: 45 * time.Millisecond, delay: time.Millisecond}
	slow := 1
	if r.IntN(2) == 0 {
		slow = 20
		p.delay = within(20*time.Millisecond, 300*time.Millisecond)
		p.flash *= time.Duration(slow)
	}
	start := func() time.Duration { return time.Duration(slow) * within(20*time.Millisecond, 2*time.Second) }
	switch p.kind = []string{"quick", "slow", "slow", "late", "silent", "restarting", "restarting", "crashing"}[r.IntN(8)]; p.kind {
	case "quick":
		p.lives = []life{{serve: start()}}
	case "slow":
		p.lives = []life{{serve: within(2*time.Second, startTimeout-time.Second)}}
	case "late":
		p.lives = []life{{serve: within(startTimeout-2*time.Second, 5*startTimeout)}}
	case "silent":
		p.lives = []life{{never: true}}
	case "restarting":
		for range 1 + r.IntN(2) {
			p.lives = append(p.lives, life{serve: start(), end: within(time.Millisecond, 6*time.Second)})
		}
		p.lives = append(p.lives, life{serve: start()})
	case "crashing":
		for range 3 {
			p.lives = append(p.lives, life{never: true, end: time.Duration(slow) * within(time.Millisecond, 500*time.Millisecond)})
		}
		p.lives = append(p.lives, life{serve: 10 * time.Millisecond})
		p.held = true
	}
	if r.IntN(8) == 0 {
		p.cancel = within(time.Second, 20*time.Second)
	}
	return p
}

// chip is a microcontroller with such a program: its board speaks the real link.
type chip struct {
	plan  plan
	ctx   context.Context
	stop  context.CancelFunc
	done  sync.WaitGroup
	first time.Time // of all lives
	born  time.Time // of the life that goes on now
	mu    sync.Mutex
	host  *porttest.End // nil while it is off the bus
	board *devfstest.Board
	files map[string][]byte // while it is off the bus
	end   context.CancelFunc
}

func (c *chip) plug() {
	host, far := porttest.Pair(porttest.Options{ToBoard: porttest.Direction{Delay: c.plan.delay}, ToHost: porttest.Direction{Delay: c.plan.delay}})
	b := devfstest.StartBoard(far, devfstest.BoardConfig{FlashTime: c.plan.flash})
	b.End("", false)
	for path, content := range c.files {
		b.Put(path, content)
	}
	c.mu.Lock()
	c.host, c.board = host, b
	c.mu.Unlock()
}

func (c *chip) unplug() {
	c.mu.Lock()
	host, b := c.host, c.board
	c.host, c.board = nil, nil
	c.mu.Unlock()
	if b != nil {
		c.files = b.Files()
		host.Unplug()
		b.Stop()
	}
}

func (c *chip) open(context.Context, string) (port.Port, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.host == nil {
		return nil, port.ErrNotFound
	}
	return again{c.host}, nil
}

// again is a port that can be opened once more after it was closed.
type again struct{ *porttest.End }

func (again) Close() error { return nil }

// run starts the program; what ran before ends.
func (c *chip) run() {
	if c.end != nil {
		c.end()
		c.done.Wait()
	}
	ctx, end := context.WithCancel(c.ctx)
	c.end, c.first = end, time.Now()
	c.done.Add(1)
	go func() {
		defer c.done.Done()
		for i, l := range c.plan.lives {
			why := ""
			if i > 0 {
				why = "panic: it went wrong"
			}
			if i > 0 && c.plan.leaves {
				c.unplug()
				if !sleep(ctx, 700*time.Millisecond) {
					c.plug()
					return
				}
				c.plug()
			}
			c.board.End(why, c.plan.held && i == len(c.plan.lives)-1)
			c.mu.Lock()
			c.born = time.Now()
			c.mu.Unlock()
			if c.plan.prints {
				c.board.Print("here I am\n")
			}
			if !l.never {
				if !sleep(ctx, l.serve) {
					return
				}
				c.board.Serve()
			}
			if l.end == 0 || !sleep(ctx, l.end) {
				return
			}
		}
	}()
}

func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// quickMethod is a flasher.Method for a chip: it takes its time, and starts the program.
type quickMethod struct{ c *chip }

func (m quickMethod) Identify(context.Context, port.Port) (flasher.Info, error) {
	return flasher.Info{}, nil
}
func (m quickMethod) Flash(ctx context.Context, p port.Port, parts []flasher.Part, o flasher.Options) (flasher.Result, error) {
	if !sleep(ctx, time.Second) {
		return flasher.Result{}, problem.Cancelled
	}
	m.c.run()
	return flasher.Result{Verified: true, Duration: time.Second}, nil
}
func (m quickMethod) Read(context.Context, port.Port, int64, int64, io.Writer, func(flasher.Progress)) error {
	return nil
}
func (m quickMethod) Erase(context.Context, port.Port) error { return nil }
func (m quickMethod) Hold(context.Context, port.Port) error  { return nil }
func (m quickMethod) Reset(context.Context, port.Port, []flasher.Part) error {
	m.c.run()
	return nil
}
func (m quickMethod) Drive() bool { return false }

// Whatever the program does and however slow the computer is: no Run ends with a
// verdict that is not so, what the board is said to be is right in the end, and a
// board that answers has the project's files.
func TestRunsEndRight(t *testing.T) {
	runs := 500
	if testing.Short() {
		runs = 60
	}
	kinds := map[string]int{}
	wrong := 0
	for seed := range runs {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(seed), 8))
			p := planned(r)
			kinds[p.kind]++
			if err := oneRun(p, r); err != nil {
				wrong++
				t.Errorf("seed %d, %+v: %v", seed, p, err)
			}
		})
	}
	t.Logf("%d runs, %v, %d wrong", runs, kinds, wrong)
}

func oneRun(p plan, r *rand.Rand) (err error) {
	c := &chip{plan: p}
	c.ctx, c.stop = context.WithCancel(context.Background())
	c.plug()
	c.board.Put("/www/index.html", []byte("an old version"))
	b, _ := board.Find("pico")
	var late sync.WaitGroup
	var s *Session
	ctx := context.Background()
	s, err = New(Config{Target: Target{Port: "test", Board: b, Method: quickMethod{c}, Open: c.open, Close: func() error { return nil }},
		Answers: func() {
			late.Add(1)
			go func() { defer late.Done(); s.PushOwed(ctx, quiet) }()
		}})
	if err != nil {
		return err
	}
	defer func() {
		late.Wait()
		s.Close()
		c.stop()
		c.done.Wait()
		c.unplug()
	}()
	var local []devfs.Local
	for i := range 1 + r.IntN(4) {
		content := bytes.Repeat([]byte(fmt.Sprintf("page %d ", i)), 1+r.IntN(2000))
		local = append(local, devfs.Local{Path: "/www/" + []string{"index.html", "a.css", "b.js", "c.txt"}[i], Content: content})
	}
	rctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if p.cancel > 0 {
		time.AfterFunc(p.cancel, cancel)
	}
	time.Sleep(time.Duration(r.IntN(3000)) * time.Millisecond)
	o, runErr := s.Run(rctx, Program{Parts: []flasher.Part{{Data: []byte{1}}}, Build: "b1"}, func() ([]devfs.Local, error) { return local, nil }, quiet)
	served := false
	for _, l := range p.lives[:max(0, len(p.lives)-1)] {
		served = served || !l.never
	}
	last := p.lives[len(p.lives)-1]
	c.mu.Lock()
	born := c.born
	c.mu.Unlock()
	answered := served || !last.never && time.Since(born) >= last.serve
	switch {
	case errors.Is(runErr, problem.Cancelled) && p.cancel > 0:
	case runErr != nil && p.held && problem.Of(runErr).Code == "program.held":
	case runErr != nil:
		return fmt.Errorf("the Run ended with %w", runErr)
	case o.Answers && !answered:
		return errors.New("it is said to run, and has never answered")
	case o.Answers && !o.Pushed:
		return errors.New("it runs and has no files")
	case o.lost && !answered:
		return errors.New("it is said to have answered")
	case !o.Answers && time.Since(c.first) < runTimeout:
		return fmt.Errorf("given up after %v", time.Since(c.first))
	case o.Prints && !p.prints:
		return errors.New("it is said to print")
	case strings.Contains(o.Text(), "it runs") && !o.Answers, strings.Contains(o.Text(), "runs: it prints") && !p.prints:
		return fmt.Errorf("the words are %q", o.Text())
	}
	time.Sleep(5 * startTimeout) // all that was to happen has happened
	late.Wait()
	now := s.State()
	want := api.BoardRunning
	switch {
	case errors.Is(runErr, problem.Cancelled) && !o.Waiting() && !o.Answers && c.born.IsZero():
		return nil // before all was written
	case p.held:
		want = api.BoardCrashed
	case last.never:
		want = api.BoardSilent
	}
	if now.State != want {
		return fmt.Errorf("in the end it is said to be %s (%s), and is %s", now.State, now.Text, want)
	}
	if want == api.BoardRunning && (!errors.Is(runErr, problem.Cancelled) || o.Waiting()) {
		files := c.board.Files()
		for _, f := range local {
			if !bytes.Equal(files[f.Path], f.Content) {
				return fmt.Errorf("%s on the board has %d bytes, want %d", f.Path, len(files[f.Path]), len(f.Content))
			}
		}
		if s.Owes() {
			return errors.New("files are owed, and are there")
		}
	}
	return nil
}
