// Package confine narrows what a child can do on this computer, as far as the
// system allows that to a user without special rights.
//
//	func main() {
//		confine.Stage() // this process may be the stage before somebody's program
//		…
//	}
//
//	cmd := exec.Command(program)
//	confine.Limits{Write: []string{folder}, Connect: []int{port}, Listen: true, Memory: 512 << 20}.Apply(cmd)
//	group, err := child.Start(cmd)
//
// The program needs to know nothing of it: this executable is started first,
// under a verb of its own, gives up what the limits do not allow, and executes
// the program in its own place. Process number, pipes, environment and the end
// with the parent stay.
//
// On Linux the stage gives up new privileges and capabilities; Landlock keeps
// files, TCP ports and signals to the limits; a seccomp filter lets through the
// system calls that a Go program needs and no others: no other program can be
// executed, nor a process made. Where the kernel lacks one of them the others hold
// (see Look). On other Unix systems there are limits of files and their size, on
// Windows those of package child's job objects.
package confine

import (
	"encoding/json"
	"os"
	"os/exec"
)

// Limits are what a program may do; the zero value lets it compute and use its pipes.
type Limits struct {
	Read    []string `json:"read,omitempty"`    // files, and folders with what is below, that it may read
	Write   []string `json:"write,omitempty"`   // folders in which it may also write, make and remove; nothing there can be executed
	Stat    bool     `json:"stat,omitempty"`    // it may ask whether files are there, how large and of whom, everywhere: Landlock cannot limit that
	Listen  bool     `json:"listen,omitempty"`  // it may listen, at TCP ports that the system chooses
	Connect []int    `json:"connect,omitempty"` // TCP ports that it may connect to

	Memory   int64 `json:"memory,omitempty"`   // bytes of data; 0: no limit
	FileSize int64 `json:"fileSize,omitempty"` // bytes of a file that it writes; 0: no limit
	Files    int   `json:"files,omitempty"`    // open files, sockets included; 0: no limit

	// Open leaves files, network and processes as they are: for a program that the user lets use all of the computer.
	Open bool `json:"open,omitempty"`
}

// verb is this executable's first argument when it is the stage; the limits and the program's path and arguments follow.
const verb = "confined-program"

// order is what the stage is told.
type order struct {
	Limits
	Parent int    `json:"parent"` // the process that the program ends with
	loader string // of a program that is linked dynamically

	environment []string // of the program
}

// environment is the variable in which the stage finds the program's own environment, as a JSON list.
const environment = "STUDIO_CONFINED_ENVIRONMENT"

var ready bool // Stage was called: this executable can be the stage

// Stage has to be called before anything else by programs, and tests, that
// apply limits. In a process that Apply has made it does not return.
func Stage() {
	if len(os.Args) < 5 || os.Args[1] != verb {
		ready = true
		return
	}
	var o order
	err := json.Unmarshal([]byte(os.Args[2]), &o)
	if err == nil {
		err = json.Unmarshal([]byte(os.Getenv(environment)), &o.environment)
	}
	if err == nil {
		err = execute(o, os.Args[3], os.Args[4:])
	}
	os.Stderr.WriteString("The program cannot be started: " + err.Error() + ".\n")
	os.Exit(126)
}

// Apply changes cmd, which is not started yet, to run within the limits. It
// reports whether it did: an executable that does not call Stage cannot.
func (l Limits) Apply(cmd *exec.Cmd) bool {
	if !ready || !possible || cmd.Err != nil {
		return false
	}
	self, err := executable()
	if err != nil {
		return false
	}
	b, err := json.Marshal(order{Limits: l, Parent: os.Getpid()})
	if err != nil {
		return false
	}
	its, err := json.Marshal(cmd.Environ())
	if err != nil {
		return false
	}
	cmd.Args = append([]string{self, verb, string(b), cmd.Path}, cmd.Args...)
	cmd.Path = self
	cmd.Env = []string{environment + "=" + string(its)} // it is the program's: the stage must not obey it
	return true
}

// Support says which of the walls around a program this system has.
type Support struct {
	Files     bool // it opens nothing but what it may
	Network   bool // it connects to no TCP port but those that it may
	Signals   bool // it reaches no other process
	Processes bool // it executes nothing, makes no process, and makes no system call that it does not need
}

// All tells whether nothing is missing.
func (s Support) All() bool { return s.Files && s.Network && s.Signals && s.Processes }
