package confine

import (
	"crypto/rand"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const possible = true

// executable is this program even if its file was replaced meanwhile: the child
// opens the name after the fork, while it is still this program.
func executable() (string, error) { return "/proc/self/exe", nil }

// Look says what this kernel has.
func Look() Support {
	abi := landlockABI()
	s := Support{Files: abi >= 1, Network: abi >= 4, Processes: seccompThere()}
	s.Signals = abi >= 6 || s.Processes // the filter lets signals through to the program itself only
	if !s.Files && s.Processes {
		s.Files = true // then the filter lets nothing be opened at all
	}
	return s
}

// execute limits this thread and executes the program from it: a program has
// what the thread had that executed it, and all other threads end.
func execute(l order, path string, args []string) error {
	runtime.LockOSThread()
	argv0, err := syscall.BytePtrFromString(path)
	if err != nil {
		return err
	}
	argv, err := syscall.SlicePtrFromStrings(args)
	if err != nil {
		return err
	}
	envv, err := syscall.SlicePtrFromStrings(l.environment)
	if err != nil {
		return err
	}
	// The parent's death is told to the thread that asked for it, and this may be another one than the first.
	unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0)
	if os.Getppid() != l.Parent { // it was too late
		os.Exit(126)
	}
	// Of all programs of this computer the first to end when memory runs out.
	os.WriteFile("/proc/self/oom_score_adj", []byte("500"), 0)
	if err := resources(l.Limits); err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("the kernel does not let it give up privileges (%w)", err)
	}
	var once ticket
	if !l.Open {
		dropCapabilities()
		var b [24]byte
		rand.Read(b[:])
		for i := range once {
			once[i] = binary.LittleEndian.Uint64(b[8*i:])
		}
		if err := l.shared(path); err != nil {
			return err
		}
		files, err := landlock(l, path)
		if err != nil {
			return fmt.Errorf("the kernel's Landlock does not take its limits (%w)", err)
		}
		if err := filter(l, files, once); err != nil {
			return fmt.Errorf("seccomp does not take its filter (%w)", err)
		}
	}
	for try := 0; ; try++ {
		_, _, e := unix.RawSyscall6(unix.SYS_EXECVE, uintptr(unsafe.Pointer(argv0)), uintptr(unsafe.Pointer(&argv[0])), uintptr(unsafe.Pointer(&envv[0])),
			uintptr(once[0]), uintptr(once[1]), uintptr(once[2]))
		// A program started elsewhere in Studio at the wrong moment holds our new file open for writing until it executes.
		if e != unix.ETXTBSY || try == 50 {
			return e
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// shared lets a program that is linked dynamically have its loader and the
// system's libraries. Programs for the virtual board are not, unless they use C.
func (l *order) shared(program string) error {
	f, err := elf.Open(program)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type != elf.PT_INTERP {
			continue
		}
		name, err := io.ReadAll(io.LimitReader(p.Open(), 4096))
		if err != nil {
			return err
		}
		l.loader = strings.TrimRight(string(name), "\x00")
		l.Read = append(l.Read, "/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
	}
	return nil
}

// resources sets the limits that every Unix has. They hold for what the program starts, too.
func resources(l Limits) error {
	set := func(what int, n int64) error {
		if n <= 0 {
			return nil
		}
		r := unix.Rlimit{Cur: uint64(n), Max: uint64(n)}
		var old unix.Rlimit
		if unix.Getrlimit(what, &old) == nil && old.Max < r.Max {
			r = unix.Rlimit{Cur: old.Max, Max: old.Max}
		}
		return unix.Setrlimit(what, &r)
	}
	unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) // nobody wants a file of hundreds of megabytes
	return errors.Join(set(unix.RLIMIT_DATA, l.Memory), set(unix.RLIMIT_FSIZE, l.FileSize), set(unix.RLIMIT_NOFILE, int64(l.Files)))
}

// dropCapabilities is for root, whose programs would have them all again.
func dropCapabilities() {
	if os.Geteuid() != 0 {
		return
	}
	for c := uintptr(0); c < 64; c++ {
		unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0)
	}
	unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
	h := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	unix.Capset(&h, &none[0])
}
