// Package child starts programs that end with this one: compilers, and what
// runs on the virtual board. However this process ends, also when it is killed
// without a word, nothing that a child has started goes on.
//
//	cmd := exec.CommandContext(ctx, tinygo, "build", …)
//	out, err := child.Output(cmd) // the end of ctx ends all that cmd has started, too
//
// On Unix a child has a process group of its own, and a shell that does nothing
// but wait for the end of a pipe, of which this process has the other end, then
// kills the groups that are left. On Linux the kernel kills the child itself as
// well. On Windows a child is in a job object, which ends with its last handle.
// A program that leaves its group on purpose is not followed.
package child

import (
	"bytes"
	"os/exec"
)

// Group is a child and what it has started. Besides Kill and Release it has
//
//	Limit(memory, file int64) // bytes of memory, and of each file written; 0: no limit
//	Alone()                   // it starts no others
//
// as far as the system can do that to another process: both limits on Linux,
// memory on Windows; Alone on Windows (on Linux package confine does it).
type Group struct{ group }

// Start starts cmd as a group. If cmd was made with a context, its end ends the
// group. Release has to follow when cmd has been waited for.
func Start(cmd *exec.Cmd) (*Group, error) {
	g := &Group{}
	if cmd.Cancel != nil { // it was made with a context
		cmd.Cancel = func() error { g.Kill(); return nil }
	}
	if err := g.start(cmd); err != nil {
		return nil, err
	}
	return g, nil
}

// Run is cmd.Run for a group.
func Run(cmd *exec.Cmd) error {
	g, err := Start(cmd)
	if err != nil {
		return err
	}
	defer g.Release()
	return cmd.Wait()
}

// Output is cmd.Output for a group. What is complained about goes to cmd.Stderr, if there is one.
func Output(cmd *exec.Cmd) ([]byte, error) {
	var out bytes.Buffer
	cmd.Stdout = &out
	err := Run(cmd)
	return out.Bytes(), err
}
