package confine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"studioide/internal/child"
)

// TestMain is also the stage, and the program behind it that tries its walls.
func TestMain(m *testing.M) {
	Stage()
	if s := os.Getenv("CONFINE_TEST"); s != "" {
		var w world
		if err := json.Unmarshal([]byte(s), &w); err != nil {
			panic(err)
		}
		if w.Alone != "" {
			fmt.Println(verdict(alone[w.Alone](w)))
			return
		}
		out := map[string]string{}
		for name, p := range probes {
			out[name] = verdict(p.try(w))
		}
		json.NewEncoder(os.Stdout).Encode(out)
		return
	}
	os.Exit(m.Run())
}

// world is what a program finds around it.
type world struct {
	Own, Outside    string // folders; Outside holds a file "canary"
	Allowed, Others int    // TCP ports that somebody listens at
	Socket          string // of a Unix server; also an abstract one of that name
	Victim          int    // a process of the same user
	Alone           string
}

const reached = "reached"

func verdict(err error) string {
	if err == nil {
		return reached
	}
	return err.Error()
}

func raw(number uintptr, a ...uintptr) error {
	a = append(a, 0, 0, 0, 0, 0, 0)
	_, _, e := unix.Syscall6(number, a[0], a[1], a[2], a[3], a[4], a[5])
	switch e {
	case 0, unix.EFAULT, unix.EINVAL, unix.EBADF, unix.ESRCH, unix.ENOENT: // it came to the call
		return nil
	}
	return e
}

func dial(network, address string) error {
	c, err := net.DialTimeout(network, address, 5*time.Second)
	if err == nil {
		c.Close()
	}
	return err
}

func socket(family, kind, protocol int) error {
	fd, err := unix.Socket(family, kind, protocol)
	if err == nil {
		unix.Close(fd)
	}
	return err
}

func local(port int) string { return "127.0.0.1:" + strconv.Itoa(port) }

// probes are what a program may try. Those that are open stay so; the others
// must be closed by the limits, and all that need no special rights must be open without.
var probes = map[string]struct {
	open, root bool
	try        func(w world) error
}{
	"own file": {open: true, try: func(w world) error {
		name := filepath.Join(w.Own, "mine")
		return errors.Join(os.WriteFile(name, []byte("x"), 0o600), readable(name), os.Remove(name))
	}},
	"listen":        {open: true, try: func(world) error { l, err := net.Listen("tcp", "127.0.0.1:0"); closeIf(l); return err }},
	"allowed port":  {open: true, try: func(w world) error { return dial("tcp", local(w.Allowed)) }},
	"threads":       {open: true, try: func(world) error { return threads(20) }},
	"signal itself": {open: true, try: func(world) error { return unix.Kill(os.Getpid(), 0) }},

	"read a file":      {try: func(w world) error { return readable(filepath.Join(w.Outside, "canary")) }},
	"read /etc/passwd": {try: func(world) error { return readable("/etc/passwd") }},
	"list a folder":    {try: func(w world) error { _, err := os.ReadDir(w.Outside); return err }},
	"write a file":     {try: func(w world) error { return os.WriteFile(filepath.Join(w.Outside, "new"), nil, 0o600) }},
	"change a file":    {try: func(w world) error { return os.Truncate(filepath.Join(w.Outside, "canary"), 6) }},
	"change rights":    {try: func(w world) error { return os.Chmod(filepath.Join(w.Outside, "canary"), 0o600) }},
	"change times": {try: func(w world) error {
		return os.Chtimes(filepath.Join(w.Outside, "canary"), time.Now(), time.Now())
	}},
	"look at a file": {try: func(w world) error { _, err := os.Stat(filepath.Join(w.Outside, "canary")); return err }},
	"link out": {try: func(w world) error {
		name := filepath.Join(w.Own, "link")
		defer os.Remove(name)
		return errors.Join(os.Symlink(w.Outside, name), readable(filepath.Join(name, "canary")))
	}},
	"the parent's environment": {try: func(world) error { return readable(fmt.Sprintf("/proc/%d/environ", os.Getppid())) }},
	"the parent's memory":      {try: func(world) error { return readable(fmt.Sprintf("/proc/%d/maps", os.Getppid())) }},
	"execute":                  {try: func(world) error { return exec.Command("/bin/true").Run() }},
	"execute its own file": {try: func(w world) error {
		name := filepath.Join(w.Own, "program")
		defer os.Remove(name)
		return errors.Join(os.WriteFile(name, []byte("#!/bin/sh\n"), 0o700), exec.Command(name).Run())
	}},
	"execute itself": {try: func(world) error {
		cmd := exec.Command("/proc/self/exe", "-test.run=^$")
		cmd.Env = []string{"NOTHING=1"}
		return cmd.Run()
	}},
	"fork":           {try: func(world) error { return fork() }},
	"other port":     {try: func(w world) error { return dial("tcp", local(w.Others)) }},
	"IPv6 port":      {try: func(w world) error { return dialOrRefused("tcp", "[::1]:9") }},
	"UDP":            {try: func(world) error { return socket(unix.AF_INET, unix.SOCK_DGRAM, 0) }},
	"a name server":  {try: func(world) error { return socket(unix.AF_INET6, unix.SOCK_DGRAM, 0) }},
	"MPTCP":          {root: true, try: func(world) error { return socket(unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_MPTCP) }},
	"Unix server":    {try: func(w world) error { return dial("unix", w.Socket) }},
	"abstract":       {try: func(w world) error { return dial("unix", "@"+w.Socket) }},
	"netlink":        {try: func(world) error { return socket(unix.AF_NETLINK, unix.SOCK_RAW, 0) }},
	"raw packets":    {root: true, try: func(world) error { return socket(unix.AF_PACKET, unix.SOCK_RAW, 0) }},
	"a chosen port":  {try: func(world) error { l, err := net.Listen("tcp", "127.0.0.1:"+unused()); closeIf(l); return err }},
	"signal":         {try: func(w world) error { return unix.Kill(w.Victim, 0) }},
	"signal a group": {try: func(world) error { return unix.Kill(0, 0) }},
	"a real signal": {try: func(w world) error {
		fd, err := unix.PidfdOpen(w.Victim, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		return unix.PidfdSendSignal(fd, 0, nil, 0)
	}},
	"ptrace": {root: true, try: func(w world) error { return raw(unix.SYS_PTRACE, unix.PTRACE_SEIZE, uintptr(w.Victim), 0, 0x7fffffff) }},
	"another's memory": {root: true, try: func(w world) error {
		var b [8]byte
		v := unix.Iovec{Base: &b[0], Len: 8}
		_, err := unix.ProcessVMReadv(w.Victim, []unix.Iovec{v}, []unix.RemoteIovec{{Base: 0x400000, Len: 8}}, 0)
		if errors.Is(err, unix.EFAULT) {
			return nil
		}
		return err
	}},
	"another's limits": {try: func(w world) error { return unix.Prlimit(w.Victim, unix.RLIMIT_CORE, nil, &unix.Rlimit{}) }},
	"priority":         {try: func(w world) error { return unix.Setpriority(unix.PRIO_PROCESS, w.Victim, 5) }},
	"mount":            {root: true, try: func(world) error { return raw(unix.SYS_MOUNT) }},
	"a name space":     {try: func(world) error { return raw(unix.SYS_UNSHARE, unix.CLONE_NEWUSER|unix.CLONE_THREAD) }},
	"setns":            {try: func(world) error { return raw(unix.SYS_SETNS, 0, 0) }},
	"keys":             {root: true, try: func(world) error { return raw(unix.SYS_KEYCTL, 99999) }},
	"bpf":              {root: true, try: func(world) error { return raw(unix.SYS_BPF, 99999) }},
	"perf":             {root: true, try: func(world) error { return raw(unix.SYS_PERF_EVENT_OPEN) }},
	"io_uring":         {root: true, try: func(world) error { return raw(unix.SYS_IO_URING_SETUP, 1, 0) }},
	"memfd":            {try: func(world) error { fd, err := unix.MemfdCreate("x", 0); unix.Close(fd); return err }},
	"a kernel module":  {root: true, try: func(world) error { return raw(unix.SYS_INIT_MODULE) }},
	"kexec":            {root: true, try: func(world) error { return raw(unix.SYS_KEXEC_LOAD, 0, 99) }},
	"the clock":        {root: true, try: func(world) error { return raw(unix.SYS_CLOCK_SETTIME, 9999) }},
	"another user":     {root: true, try: func(world) error { return raw(unix.SYS_SETUID, uintptr(os.Getuid())) }},
	"new privileges":   {try: func(world) error { return noNewPrivileges() }},
	"userfaultfd":      {root: true, try: func(world) error { return raw(unix.SYS_USERFAULTFD, 0xffff) }},
	"a terminal":       {try: func(world) error { return raw(unix.SYS_IOCTL, 999, unix.TIOCSTI) }},
	"many files":       {try: func(w world) error { return manyFiles(w, 400) }},
	"a long file": {try: func(w world) error {
		name := filepath.Join(w.Own, "long")
		defer os.Remove(name)
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = f.WriteAt([]byte("x"), 4<<20)
		return err
	}},
	"a core file": {try: func(world) error {
		var r unix.Rlimit
		if err := unix.Getrlimit(unix.RLIMIT_CORE, &r); err != nil || r.Max > 0 {
			return err
		}
		return errors.New("limited to 0")
	}},
}

// alone are probes that end the program.
var alone = map[string]func(w world) error{
	"execute in place": func(world) error { return syscall.Exec("/bin/true", []string{"true"}, nil) },
	"memory": func(world) error {
		var all [][]byte
		for range 40 {
			b := make([]byte, 32<<20)
			all = append(all, b)
		}
		if len(all) != 40 {
			return errors.New("less")
		}
		return nil
	},
}

func readable(name string) error { _, err := os.ReadFile(name); return err }

func closeIf(l net.Listener) {
	if l != nil {
		l.Close()
	}
}

// unused is a port that nobody had a moment ago.
func unused() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "0"
	}
	defer l.Close()
	_, p, _ := net.SplitHostPort(l.Addr().String())
	return p
}

func dialOrRefused(network, address string) error {
	err := dial(network, address)
	if errors.Is(err, unix.ECONNREFUSED) || errors.Is(err, unix.EADDRNOTAVAIL) || errors.Is(err, unix.ENETUNREACH) {
		return nil // it may try
	}
	return err
}

func fork() error {
	pid, _, e := unix.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if e != 0 {
		return e
	}
	if pid == 0 {
		unix.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
	unix.Wait4(int(pid), nil, 0, nil)
	return nil
}

func threads(n int) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	done := make(chan error, n)
	for range n {
		go func() {
			var b [1]byte
			_, err := unix.Read(int(r.Fd()), b[:]) // Fd makes it block: a thread each
			done <- err
		}()
	}
	for range n {
		w.Write([]byte("x"))
	}
	for range n {
		err = errors.Join(err, <-done)
	}
	return err
}

func manyFiles(w world, n int) error {
	var list []*os.File
	defer func() {
		for _, f := range list {
			f.Close()
		}
	}()
	for range n {
		f, err := os.Open(w.Own)
		if err != nil {
			return err
		}
		list = append(list, f)
	}
	return nil
}

func noNewPrivileges() error {
	n, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)
	if err != nil {
		return err
	}
	if n == 1 {
		return errors.New("there are none")
	}
	return nil
}

// newWorld makes one around a program; its victim sleeps.
func newWorld(t *testing.T) world {
	t.Helper()
	w := world{Own: t.TempDir(), Outside: t.TempDir()}
	if err := os.WriteFile(filepath.Join(w.Outside, "canary"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	port := func(l net.Listener, err error) net.Listener {
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		return l
	}
	w.Allowed = port(net.Listen("tcp", "127.0.0.1:0")).Addr().(*net.TCPAddr).Port
	w.Others = port(net.Listen("tcp", "127.0.0.1:0")).Addr().(*net.TCPAddr).Port
	short, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(short) })
	w.Socket = filepath.Join(short, "s")
	port(net.Listen("unix", w.Socket))
	port(net.Listen("unix", "@"+w.Socket))
	victim := exec.Command("/bin/sleep", "1000")
	g, err := child.Start(victim)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Kill(); victim.Wait(); g.Release() })
	w.Victim = victim.Process.Pid
	return w
}

func (w world) limits() Limits {
	return Limits{Write: []string{w.Own}, Listen: true, Connect: []int{w.Allowed}, Memory: 512 << 20, FileSize: 1 << 20, Files: 256}
}

// run runs this test as a program in the world; nil limits: without any.
func (w world) run(t *testing.T, l *Limits) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	b, _ := json.Marshal(w)
	cmd.Env = []string{"CONFINE_TEST=" + string(b), "GOTRACEBACK=single"}
	cmd.Dir = w.Own
	var said strings.Builder
	cmd.Stderr = &said
	if l != nil && !l.Apply(cmd) {
		t.Fatal("no limits were applied")
	}
	out, err := child.Output(cmd)
	return string(out) + said.String(), err
}

func TestWalls(t *testing.T) {
	if s := Look(); !s.All() {
		t.Skipf("this kernel lacks walls: %+v", s)
	}
	w := newWorld(t)
	l := w.limits()
	verdicts := func(l *Limits) map[string]string {
		out, err := w.run(t, l)
		var v map[string]string
		if err != nil || json.Unmarshal([]byte(out), &v) != nil || len(v) != len(probes) {
			t.Fatalf("%v: %s", err, out)
		}
		return v
	}
	inside, without := verdicts(&l), verdicts(nil)
	closed := 0
	for name, p := range probes {
		switch {
		case p.open && inside[name] != reached:
			t.Errorf("%s: closed within the limits: %s", name, inside[name])
		case !p.open && inside[name] == reached:
			t.Errorf("%s: open within the limits", name)
		case without[name] != reached && !p.root:
			t.Errorf("%s: closed without limits, so the probe shows nothing: %s", name, without[name])
		}
		if !p.open {
			closed++
		}
	}
	t.Logf("%d of %d ways closed", closed, len(probes))
}

func TestNothingElseIsExecuted(t *testing.T) {
	if !Look().Processes {
		t.Skip("this kernel has no seccomp")
	}
	w := newWorld(t)
	w.Alone = "execute in place"
	l := w.limits()
	if out, err := w.run(t, &l); err != nil || !strings.Contains(out, "not permitted") {
		t.Errorf("within: %q, %v", out, err)
	}
	if out, err := w.run(t, nil); err != nil || out != "" {
		t.Errorf("without: %q, %v", out, err)
	}
}

func TestMemory(t *testing.T) {
	w := newWorld(t)
	w.Alone = "memory"
	l := w.limits()
	if out, err := w.run(t, &l); err == nil || !strings.Contains(out, "out of memory") && !strings.Contains(out, "cannot allocate memory") {
		t.Errorf("within: %q, %v", out, err)
	}
	l.Memory = 0
	if out, err := w.run(t, &l); err != nil || !strings.Contains(out, reached) {
		t.Errorf("without a limit of memory: %q, %v", out, err)
	}
}

// A kernel without Landlock: the filter lets nothing be opened at all.
func TestFilterAlone(t *testing.T) {
	plain := program(order{Limits: Limits{Listen: true}}, true, ticket{1, 2, 3})
	strict := program(order{Limits: Limits{Listen: true}}, false, ticket{1, 2, 3})
	if got, want := len(plain)-len(strict), 2*(len(files)+len(machineFiles)); got != want {
		t.Errorf("%d instructions fewer, want %d", got, want)
	}
}

// Whoever does not call Stage gets no limits, rather than itself once more.
func TestNotReady(t *testing.T) {
	defer func() { ready = true }()
	ready = false
	cmd := exec.Command("/bin/true")
	if (Limits{}).Apply(cmd) || cmd.Path != "/bin/true" {
		t.Error("limits were applied")
	}
}
