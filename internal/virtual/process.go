package virtual

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"time"

	"studio/host"

	"studioide/internal/child"
	"studioide/internal/confine"
	"studioide/internal/tempdir"
	"studioide/ui/src/words/say"
)

const (
	inputBuffer = 64 << 10               // bytes that wait for the program; what comes on top is lost, as in a UART
	inputStall  = 100 * time.Millisecond // without real timing, how long a program may take to make room
	resetLoop   = 30 * time.Millisecond  // a program that resets the chip sooner after its start …
	resetPause  = 100 * time.Millisecond // … has to wait that long, about as long as a real chip takes to start
	drainTime   = 500 * time.Millisecond // for output of a program that has ended while a process of its own holds the pipe
)

// program runs the command as what the chip executes, until it ends, asks for a
// reset, or EN falls. It finds the chip's control channel by the environment
// variables address and key. It returns why the chip starts again. limits nil:
// it may do what its user may.
func (l *bootCycle) program(command []string, address, key string, limits *confine.Limits, why boot) boot {
	b := l.b
	c, err := newControl(l, why)
	if err != nil {
		return l.refuse(say.VirtualTheProgramCannotBeStarted2(err.Error()))
	}
	if limits != nil {
		limits.Connect = append(limits.Connect, c.port())
	}
	p, err := startProcess(command, c.environment(address, key), limits)
	if err != nil {
		c.close()
		return l.refuse(say.VirtualTheProgramCannotBeStarted2(err.Error()))
	}
	began := time.Now()
	l.set(StateRunning)
	if l.ctx.Err() == nil {
		b.events.add(Event{Kind: Started})
	}
	printed := make(chan struct{})
	var said lastWords
	go func() {
		defer close(printed)
		l.output(p.stdout, &said)
	}()
	heard := make(chan struct{})
	quit := make(chan struct{})
	go func() {
		defer close(heard)
		l.input(p.stdin, quit)
	}()

	var again *boot
	var ended error
	exited := make(chan error, 1)
	go func() { exited <- p.cmd.Wait() }()
	select {
	case <-l.ctx.Done(): // reset: nobody waits for last words
		p.group.Kill()
		<-exited
		p.stdout.Close()
	case w := <-c.again:
		again = &w
		p.group.Kill()
		<-exited
		l.drain(p, printed)
	case ended = <-exited:
		p.group.Kill() // what it has left behind
		l.drain(p, printed)
		c.drain()
	}
	select { // a program that asked and ended at once
	case w := <-c.again:
		again = &w
	default:
	}
	close(quit)
	p.stdin.Close()
	c.close()
	<-printed
	p.stdout.Close()
	p.group.Release()
	p.clean()
	if again == nil && said.why != "" && exitCode(ended) == panicCode && c.armed {
		w := bootPanic
		w.ended = said.why
		again = &w
	}
	if again != nil && again.reason != host.ResetSoftware && !c.healthy {
		*again = again.afterEarlyEnd(why)
	}
	b.mu.Lock()
	if l.currentLocked() {
		b.control = nil
		b.setAddressLocked("")
		if again != nil {
			b.resetPinsLocked()
		}
	}
	b.mu.Unlock()
	<-heard
	if again != nil {
		if time.Since(began) < resetLoop { // a program that does nothing but reset the chip
			b.pause(l.ctx, resetPause)
		}
		return *again
	}
	if l.ctx.Err() == nil {
		code, text := endText(ended)
		l.say("\r\n%s\r\n", text+" "+say.VirtualResetBoardToStartIt())
		l.stop(StateEnded, Event{Kind: Exited, Code: code, Text: text})
	}
	return boot{}
}

// endText says how a program has ended that nobody wanted to end.
func endText(ended error) (code int, text string) {
	code, text = exitCode(ended), say.VirtualTheProgramHasEnded()
	var exit *exec.ExitError
	switch {
	case ended == nil:
	case !errors.As(ended, &exit):
		text = say.VirtualTheProgramHasEnded2(ended.Error())
	case code == panicCode:
		text = say.VirtualTheProgramHasStoppedWith()
	case code >= 0:
		text = say.VirtualTheProgramHasEndedWith(code)
	default:
		text = say.VirtualTheProgramWasKilled(exit.String())
	}
	return code, text
}

// drain waits for the last output. A process that the program has started may hold the pipe: it gets a moment only.
func (l *bootCycle) drain(p *process, printed <-chan struct{}) {
	t := time.NewTimer(drainTime)
	defer t.Stop()
	select {
	case <-printed:
	case <-l.ctx.Done():
		p.stdout.Close()
	case <-t.C:
		p.stdout.Close()
	}
}

// output carries what the program prints to the line. A host that does not
// read lets the pipe fill up and the program wait; without a host it is lost.
func (l *bootCycle) output(r io.Reader, said *lastWords) {
	b := l.b
	stopped, release := b.toHost.until(l.ctx)
	defer release()
	limit := hostBuffer
	if b.config.Timing {
		limit = systemTX
	}
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			said.scan(buf[:n])
			p := append([]byte(nil), buf[:n]...)
			if b.listened() {
				b.toHost.room(limit, func() error {
					if err := stopped(); err != nil {
						return err
					}
					if b.outputUnread.Load() {
						return io.EOF // the port was closed
					}
					return nil
				})
			}
			if l.ctx.Err() == nil {
				b.fromChip(p)
			}
		}
		if err != nil {
			return
		}
	}
}

func (b *Board) listened() bool { return !b.outputUnread.Load() }

// input carries what the host sends to the program's standard input. The
// program need not read: then its buffer fills up and the rest is lost.
func (l *bootCycle) input(w *os.File, quit <-chan struct{}) {
	b := l.b
	pieces := make(chan []byte, 1024)
	written := make(chan int, 1024)
	go func() {
		defer close(written)
		for p := range pieces {
			if _, err := w.Write(p); err != nil {
				for range pieces { // the program has closed its input
				}
				return
			}
			select {
			case written <- len(p):
			case <-quit:
			}
		}
	}()
	defer close(pieces)
	waiting := 0 // bytes not yet in the pipe
	stuck := false
	done := func(n int) { waiting, stuck = waiting-n, false }
	over := make(chan struct{})
	stop := make(chan struct{})
	defer close(stop)
	go func() { // quit wakes the line
		select {
		case <-quit:
			close(over)
			b.toChip.wake()
		case <-stop:
		}
	}()
	ctxStopped, release := b.toChip.until(l.ctx)
	defer release()
	stopped := func() error {
		select {
		case <-over:
			return io.EOF
		default:
			return ctxStopped()
		}
	}
	for {
		p, err := b.toChip.receive(4096, stopped)
		if err != nil {
			return
		}
		for more := true; more; {
			select {
			case n := <-written:
				done(n)
			default:
				more = false
			}
		}
		if waiting > 0 && waiting+len(p) > inputBuffer && !stuck && !b.config.Timing {
			t := time.NewTimer(inputStall)
			for waiting > 0 && waiting+len(p) > inputBuffer && !stuck {
				select {
				case n := <-written:
					done(n)
				case <-t.C:
					stuck = true
				case <-quit:
					t.Stop()
					return
				case <-l.ctx.Done():
					t.Stop()
					return
				}
			}
			t.Stop()
		}
		if waiting > 0 && waiting+len(p) > inputBuffer {
			continue // overflow
		}
		select {
		case pieces <- p:
			waiting += len(p)
		default:
		}
	}
}

// process is a running program.
type process struct {
	cmd    *exec.Cmd
	stdin  *os.File // our ends
	stdout *os.File
	dir    string
	group  *child.Group
}

// startProcess starts a program with its own empty folder and nothing of our
// environment; chip says where its chip is.
func startProcess(command []string, chip []string, limits *confine.Limits) (p *process, err error) {
	dir, err := tempdir.Make("board-")
	if err != nil {
		return nil, err
	}
	p = &process{dir: dir}
	var in, out *os.File
	defer func() {
		for _, f := range []*os.File{in, out} { // the program's ends
			if f != nil {
				f.Close()
			}
		}
		if err != nil {
			for _, f := range []*os.File{p.stdin, p.stdout} {
				if f != nil {
					f.Close()
				}
			}
			p.clean()
		}
	}()
	if in, p.stdin, err = os.Pipe(); err != nil {
		return nil, err
	}
	if p.stdout, out, err = os.Pipe(); err != nil {
		return nil, err
	}
	for try := 0; ; try++ {
		p.cmd = exec.Command(command[0], command[1:]...)
		p.cmd.Dir = dir
		p.cmd.Env = append(environment(), chip...)
		p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = in, out, out
		if limits != nil {
			its := *limits
			its.Write = append(slices.Clone(its.Write), dir)
			its.Apply(p.cmd)
		}
		p.group, err = child.Start(p.cmd)
		if err == nil && limits != nil && runtime.GOOS == "windows" { // elsewhere the stage has done it
			p.group.Limit(limits.Memory, 0)
			if !limits.Open {
				p.group.Alone()
			}
		}
		// A program started elsewhere in Studio at the wrong moment holds our new file open for writing until it executes.
		if err == nil || try == 20 || !fileBusy(err) {
			return p, err
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// environment is what every program gets.
func environment() []string {
	list := []string{"GOTRACEBACK=single"}
	if runtime.GOOS == "windows" { // without it there is no network
		list = append(list, "SystemRoot="+os.Getenv("SystemRoot"))
	}
	return list
}

func (p *process) clean() { os.RemoveAll(p.dir) }
