package sandbox

import (
	"time"

	"studio/host"

	"studioide/ui/src/words/say"
)

const (
	watchStep = 500 * time.Millisecond
	patience  = 8 * time.Second // of computing, without rest; as in the board's runtime

	share  = 0.5              // of one processor, in the long run
	saving = 10 * time.Second // of computing that may be done at once
)

// watch is the watchdog for a program that computes without rest, when nothing
// else in it gets a turn; the board's runtime has one for the other cases. It
// also sees to it that the program does not take more than its share. While the
// program rests, so does it.
func (g *guest) watch() {
	last, used, rests := time.Now(), host.ProcessTime(), g.rests.Load()
	hung, saved := time.Duration(0), saving
	for {
		time.Sleep(watchStep)
		if g.resting.CompareAndSwap(true, false) {
			<-g.awake
		}
		now, cpu := time.Now(), host.ProcessTime()
		took := cpu - used
		saved = min(saved+time.Duration(share*float64(now.Sub(last))), saving) - took
		if saved < 0 {
			g.debt.Store(int64(float64(-saved) / share))
			saved = 0
		}
		if n := g.rests.Load(); n != rests {
			rests, hung = n, 0
		} else if hung += took; hung >= patience {
			g.bark()
			return
		}
		last, used = now, cpu
	}
}

// bark restarts the board, as its own watchdog would.
func (g *guest) bark() {
	why := say.SandboxTheProgramComputedFor8()
	advice := say.SandboxLetItPauseNowAnd()
	if name := g.called(); name != "" {
		why = say.SandboxTheCallbackTookLongerThan(name)
		advice = say.SandboxWhileCallbackRunsNothingElse()
	}
	g.say(say.SandboxTheBoardRestarts(why, advice) + "\n")
	if g.chip.conn == nil {
		g.exit(3)
	}
	g.output.drained()
	g.chip.send(host.OpWatchdog, []byte(why)) // and Studio ends this process
}

// calling notes the callback that runs.
func (g *guest) calling(name []byte) {
	g.callMu.Lock()
	g.call[len(g.call)-1] = byte(copy(g.call[:len(g.call)-1], name))
	g.callMu.Unlock()
}

func (g *guest) called() string {
	g.callMu.Lock()
	defer g.callMu.Unlock()
	return string(g.call[:g.call[len(g.call)-1]])
}

// pay waits for what the program has taken too much.
func (g *guest) pay() {
	if d := g.debt.Swap(0); d > 0 {
		time.Sleep(time.Duration(d))
	}
}
