package compile

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"studioide/internal/child"
	"studioide/internal/lazyregexp"
	"studioide/internal/problem"
)

// Limits are what a compiler may take for one program, which may be made to
// take all of a computer. The zero value sets none.
type Limits struct {
	Time     time.Duration // until it is done; waiting for others and fetching libraries do not count
	Memory   int64         // bytes of data of each of its processes (on Windows: of all together); macOS has no such limit
	FileSize int64         // bytes of each file that it writes (Linux)
}

// DefaultLimits are several times what the largest template takes on a slow
// computer with empty caches. A Wi-Fi board's program was seen to take more than
// 5 minutes where ten other things ran at higher priority; whoever waits sees
// how long it has been, and can stop it.
var DefaultLimits = Limits{Time: 20 * time.Minute, Memory: 1536 << 20, FileSize: 1 << 30}

// run is child.Run within the limits; gently: at the lowest priority.
func (l Limits) run(cmd *exec.Cmd, gently bool) error {
	g, err := child.Start(cmd)
	if err != nil {
		return err
	}
	defer g.Release()
	g.Limit(l.Memory, l.FileSize)
	if gently {
		lowerPriority(cmd.Process.Pid)
	}
	return cmd.Wait()
}

func (l Limits) tooLong() *problem.Problem {
	return errTooLong.With(inTime(l.Time))
}

var (
	goCrashed = lazyregexp.New(`(?m)^(SIGSEGV|SIGBUS|fatal error|runtime: )`) // Go's own runtime, which takes some refusals of memory badly
	// A fault in the runtime itself, not in the compiler's code or in LLVM, comes from memory that it was refused.
	runtimeFault = lazyregexp.New(`(?m)^SIGSEGV: segmentation violation\s+PC=`)
	noMemoryLeft = lazyregexp.New(`(?i)out of memory|cannot allocate memory|std::bad_alloc|bad allocation`)
	fileTooLong  = lazyregexp.New(`(?i)file size limit exceeded|file too large`)
)

// tooMuch is the limit that a compiler has run into, from what it said; nil: none.
func (l Limits) tooMuch(said string, state *os.ProcessState) *problem.Problem {
	switch {
	case l.Memory > 0 && (noMemoryLeft().MatchString(said) || goCrashed().MatchString(said) && peakMemory(state) > l.Memory/2 ||
		runtimeFault().MatchString(said) && !strings.Contains(said, "during cgo execution")):
		return errTooMuchMemory.With(inWords(l.Memory))
	case l.FileSize > 0 && fileTooLong().MatchString(said+" "+state.String()):
		return errTooLarge.With(inWords(l.FileSize))
	}
	return nil
}

func inTime(d time.Duration) string {
	if d >= 2*time.Minute {
		return fmt.Sprintf("%.0f minutes", d.Minutes())
	}
	return fmt.Sprintf("%.0f seconds", d.Seconds())
}
