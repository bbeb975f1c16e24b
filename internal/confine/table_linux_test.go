package confine

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// tries says of each probe what the program does.
var tries = map[string]string{
	"own file":      "makes, reads and removes a file in its own folder",
	"listen":        "listens at a port that the system chooses",
	"allowed port":  "connects to the virtual chip's port",
	"threads":       "has 20 threads wait at once",
	"signal itself": "sends a signal to its own process",

	"read a file":              "reads a file of its user's",
	"read /etc/passwd":         "reads the list of users",
	"list a folder":            "lists another folder",
	"write a file":             "makes a file in another folder",
	"change a file":            "changes the length of a file of its user's",
	"change rights":            "changes the rights on a file of its user's",
	"change times":             "changes the times of a file of its user's",
	"look at a file":           "asks whether there is a file, and of what size",
	"link out":                 "makes a link in its own folder that leads out, and reads through it",
	"the parent's environment": "reads Studio's environment in `/proc`",
	"the parent's memory":      "reads in `/proc` where Studio's memory is",
	"execute":                  "runs `/bin/true`",
	"execute its own file":     "writes a script into its folder and runs it",
	"execute itself":           "runs its own executable once more",
	"execute in place":         "replaces itself by `/bin/true` (`exec`)",
	"fork":                     "forks with a raw `clone`",
	"other port":               "connects to a server on this computer",
	"IPv6 port":                "connects to an IPv6 port of this computer",
	"UDP":                      "opens a UDP socket",
	"a name server":            "opens a UDP socket for IPv6, as a name's look-up does",
	"MPTCP":                    "opens a TCP socket of another kind, which Landlock does not look at",
	"Unix server":              "connects to a Unix socket with a path",
	"abstract":                 "connects to a Unix socket without one",
	"netlink":                  "opens a socket to the kernel",
	"raw packets":              "opens a socket for whole packets",
	"a chosen port":            "listens at a port that it chooses",
	"signal":                   "sends a signal to another process of its user",
	"signal a group":           "sends a signal to its group, in which Studio is",
	"a real signal":            "sends a signal by a descriptor of a process",
	"ptrace":                   "attaches as a debugger to another process",
	"another's memory":         "reads another process's memory",
	"another's limits":         "reads another process's limits",
	"priority":                 "changes another process's priority",
	"mount":                    "mounts a file system",
	"a name space":             "makes a user name space",
	"setns":                    "enters another name space",
	"keys":                     "uses the kernel's key ring",
	"bpf":                      "loads a program into the kernel",
	"perf":                     "opens the kernel's performance events",
	"io_uring":                 "makes a queue whose requests no filter sees",
	"memfd":                    "makes a file without a name, to be executed",
	"a kernel module":          "loads a kernel module",
	"kexec":                    "loads another kernel",
	"the clock":                "sets the clock",
	"another user":             "changes its user",
	"new privileges":           "keeps the way open to executables with more rights than its own",
	"userfaultfd":              "handles page faults itself, as attacks on kernels do",
	"a terminal":               "types into the terminal (TIOCSTI)",
	"many files":               "opens 400 files where 256 are allowed",
	"a long file":              "writes a file of 4 MB where 1 MB is allowed",
	"a core file":              "may leave its memory behind as a file",
	"memory":                   "takes 1.3 GB where 512 MB are allowed",
}

// because says why a way is left open.
var because = map[string]string{
	"own file":      "the folder is empty, is the program's alone and goes with it; a file in it has at most 16 MB",
	"listen":        "the board's page is a server; that the system chooses the port keeps it from taking one that others wait for",
	"allowed port":  "that is the chip: pins, flash and resets",
	"threads":       "Go needs them; memory bounds their number",
	"signal itself": "Go's scheduler interrupts goroutines so; no other process is reached",
}

// docs/walls.md is this table, so that what it says is what TestWalls has tried.
func TestWallsAreInTheDocs(t *testing.T) {
	all := slices.Sorted(maps.Keys(probes))
	all = slices.Concat(all, slices.Collect(maps.Keys(alone)))
	slices.Sort(all)
	var open, closed, root strings.Builder
	for _, name := range all {
		p := probes[name]
		if tries[name] == "" || p.open != (because[name] != "") {
			t.Errorf("nothing is said of %s", name)
		}
		switch {
		case p.open:
			fmt.Fprintf(&open, "| %s | %s | %s |\n", name, tries[name], because[name])
		case p.root:
			fmt.Fprintf(&root, "| %s | %s |\n", name, tries[name])
		default:
			fmt.Fprintf(&closed, "| %s | %s |\n", name, tries[name])
		}
	}
	if len(tries) != len(all) {
		t.Errorf("%d explanations of %d probes", len(tries), len(all))
	}
	b, err := os.ReadFile("../../docs/walls.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := strings.ReplaceAll(string(b), "\r\n", "\n")
	for what, rows := range map[string]string{"open": open.String(), "refused": closed.String(), "refused, and without the limits open to root alone": root.String()} {
		if !strings.Contains(doc, "|---|\n"+rows+"\n") && !strings.HasSuffix(doc, "|---|\n"+rows) {
			t.Errorf("docs/walls.md, %s, wants these rows alone:\n%s", what, rows)
		}
	}
}
