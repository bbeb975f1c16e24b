//go:build linux && (amd64 || arm64)

package confine

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// A seccomp filter is a program for the kernel's packet filter that sees each
// system call's number and arguments (struct seccomp_data of linux/seccomp.h:
// nr u32, arch u32, instruction pointer u64, six arguments u64).

// ticket is what lets the stage execute the program, once: three words at random
// in argument registers that execve does not use. The program does not know
// them, so it cannot execute anything.
type ticket [3]uint64

// always are the system calls that every Go program may make: memory, threads,
// time, pipes and files that are open. Files are opened as far as Landlock allows.
var always = []uint32{
	unix.SYS_READ, unix.SYS_WRITE, unix.SYS_READV, unix.SYS_WRITEV, unix.SYS_PREAD64, unix.SYS_PWRITE64, unix.SYS_CLOSE, unix.SYS_FSTAT, unix.SYS_LSEEK,
	unix.SYS_DUP, unix.SYS_DUP3, unix.SYS_FCNTL, unix.SYS_FSYNC, unix.SYS_FTRUNCATE, unix.SYS_GETDENTS64, unix.SYS_PIPE2, unix.SYS_EVENTFD2, unix.SYS_GETCWD,
	unix.SYS_EPOLL_CREATE1, unix.SYS_EPOLL_CTL, unix.SYS_EPOLL_PWAIT, unix.SYS_PPOLL,
	unix.SYS_MMAP, unix.SYS_MUNMAP, unix.SYS_MPROTECT, unix.SYS_MREMAP, unix.SYS_MADVISE, unix.SYS_MINCORE, unix.SYS_BRK,
	unix.SYS_RT_SIGACTION, unix.SYS_RT_SIGPROCMASK, unix.SYS_RT_SIGRETURN, unix.SYS_SIGALTSTACK, unix.SYS_SETITIMER,
	unix.SYS_TIMER_CREATE, unix.SYS_TIMER_SETTIME, unix.SYS_TIMER_DELETE,
	unix.SYS_FUTEX, unix.SYS_SET_ROBUST_LIST, unix.SYS_RSEQ, unix.SYS_SET_TID_ADDRESS, unix.SYS_RESTART_SYSCALL,
	unix.SYS_EXIT, unix.SYS_EXIT_GROUP, unix.SYS_SCHED_YIELD, unix.SYS_SCHED_GETAFFINITY, unix.SYS_GETCPU, unix.SYS_NANOSLEEP, unix.SYS_CLOCK_NANOSLEEP,
	unix.SYS_CLOCK_GETTIME, unix.SYS_CLOCK_GETRES, unix.SYS_GETTIMEOFDAY, unix.SYS_GETRANDOM, unix.SYS_UNAME, unix.SYS_GETRUSAGE,
	unix.SYS_GETPID, unix.SYS_GETPPID, unix.SYS_GETTID, unix.SYS_GETUID, unix.SYS_GETEUID, unix.SYS_GETGID, unix.SYS_GETEGID,
}

// files are those that name files: useless where Landlock does not say which.
var files = []uint32{unix.SYS_OPENAT, unix.SYS_MKDIRAT, unix.SYS_UNLINKAT, unix.SYS_RENAMEAT2}

// sockets work on those that there are.
var sockets = []uint32{unix.SYS_GETSOCKNAME, unix.SYS_GETPEERNAME, unix.SYS_SETSOCKOPT, unix.SYS_GETSOCKOPT, unix.SYS_RECVFROM, unix.SYS_RECVMSG,
	unix.SYS_SHUTDOWN, unix.SYS_SENDFILE, unix.SYS_SPLICE}

const prSetVMA = 0x53564d41 // names a piece of memory: PR_SET_VMA of linux/prctl.h

func seccompThere() bool {
	action := uint32(unix.SECCOMP_RET_ERRNO)
	_, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_GET_ACTION_AVAIL, 0, uintptr(unsafe.Pointer(&action)))
	return e == 0
}

// filter limits this thread's system calls, and those of what it executes.
// Where the kernel has no seccomp it does nothing.
func filter(l order, limited bool, once ticket) error {
	if !seccompThere() {
		return nil
	}
	p := program(l, limited, once)
	prog := unix.SockFprog{Len: uint16(len(p)), Filter: &p[0]}
	if _, _, e := unix.RawSyscall(unix.SYS_SECCOMP, seccompSetModeFilter, 0, uintptr(unsafe.Pointer(&prog))); e != 0 {
		return e
	}
	return nil
}

const seccompSetModeFilter = 1 // SECCOMP_SET_MODE_FILTER of linux/seccomp.h

// assembly is a filter being written.
type assembly []unix.SockFilter

func (a *assembly) add(code uint16, k uint32, yes, no uint8) {
	*a = append(*a, unix.SockFilter{Code: code, Jt: yes, Jf: no, K: k})
}

const (
	loadWord = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	equal    = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	anyBit   = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K
	atLeast  = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
	and      = unix.BPF_ALU | unix.BPF_AND | unix.BPF_K
	answer   = unix.BPF_RET | unix.BPF_K
	allow    = uint32(unix.SECCOMP_RET_ALLOW)
)

func refuse(e unix.Errno) uint32 { return unix.SECCOMP_RET_ERRNO | uint32(e) }

// low and high are where the halves of an argument are: all that we have is little-endian.
func low(argument int) uint32  { return uint32(16 + 8*argument) }
func high(argument int) uint32 { return low(argument) + 4 }

// call answers a system call: rest runs when it is that one, and has to end with an answer.
func (a *assembly) call(number uint32, rest func(*assembly)) {
	at := len(*a)
	a.add(equal, number, 0, 0)
	rest(a)
	(*a)[at].Jf = uint8(len(*a) - at - 1) // past it
}

func (a *assembly) allow(numbers ...uint32) {
	for _, n := range numbers {
		a.call(n, func(a *assembly) { a.add(answer, allow, 0, 0) })
	}
}

// only goes on if the word loaded is one of the values, and else refuses.
func (a *assembly) only(offset uint32, with uint32, values ...uint32) {
	a.add(loadWord, offset, 0, 0)
	for i, v := range values {
		a.add(equal, v, uint8(len(values)-i), 0)
	}
	a.add(answer, with, 0, 0)
}

// program is the filter.
func program(l order, limited bool, once ticket) []unix.SockFilter {
	var a assembly
	a.add(loadWord, 4, 0, 0)
	a.add(equal, auditArch, 1, 0)
	a.add(answer, unix.SECCOMP_RET_KILL_PROCESS, 0, 0) // the numbers mean something else
	a.add(loadWord, 0, 0, 0)
	a.add(atLeast, 0x40000000, 0, 1) // the x32 numbers of an amd64 kernel
	a.add(answer, refuse(unix.ENOSYS), 0, 0)
	a.allow(always...)
	a.allow(machineCalls...)
	if limited {
		a.allow(files...)
		a.allow(machineFiles...)
		if l.Stat {
			a.allow(machineStat)
		} else if l.loader != "" {
			a.call(machineStat, func(a *assembly) { // loaders look so at libraries that they have opened
				a.only(low(3), refuse(unix.EACCES), unix.AT_EMPTY_PATH)
				a.add(answer, allow, 0, 0)
			})
		}
	}
	denied, self := refuse(unix.EPERM), uint32(unix.Getpid())
	a.call(unix.SYS_EXECVE, func(a *assembly) {
		for i, word := range once {
			a.only(low(3+i), denied, uint32(word))
			a.only(high(3+i), denied, uint32(word>>32))
		}
		a.add(answer, allow, 0, 0)
	})
	a.call(unix.SYS_CLONE, func(a *assembly) { // threads, no processes
		a.add(loadWord, low(0), 0, 0)
		a.add(anyBit, unix.CLONE_NEWNS|unix.CLONE_NEWCGROUP|unix.CLONE_NEWUTS|unix.CLONE_NEWIPC|unix.CLONE_NEWUSER|unix.CLONE_NEWPID|unix.CLONE_NEWNET, 0, 1)
		a.add(answer, denied, 0, 0)
		a.add(anyBit, unix.CLONE_THREAD, 1, 0)
		a.add(answer, denied, 0, 0)
		a.add(answer, allow, 0, 0)
	})
	a.call(unix.SYS_CLONE3, func(a *assembly) { a.add(answer, refuse(unix.ENOSYS), 0, 0) }) // its flags lie in memory: clone will be tried
	for _, n := range []uint32{unix.SYS_TGKILL, unix.SYS_KILL} {
		a.call(n, func(a *assembly) {
			a.only(low(0), denied, self)
			a.add(answer, allow, 0, 0)
		})
	}
	a.call(unix.SYS_PRLIMIT64, func(a *assembly) { // its own limits, which only become narrower
		a.only(low(0), denied, 0, self)
		a.add(answer, allow, 0, 0)
	})
	a.call(unix.SYS_PRCTL, func(a *assembly) {
		a.only(low(0), denied, prSetVMA)
		a.add(answer, allow, 0, 0)
	})
	if l.Listen || len(l.Connect) > 0 {
		a.allow(sockets...)
		a.call(unix.SYS_SOCKET, func(a *assembly) {
			a.only(low(0), refuse(unix.EAFNOSUPPORT), unix.AF_INET, unix.AF_INET6)
			a.add(loadWord, low(1), 0, 0)
			a.add(and, 0xf, 0, 0)
			a.add(equal, unix.SOCK_STREAM, 1, 0)
			a.add(answer, refuse(unix.EPROTONOSUPPORT), 0, 0)
			a.only(low(2), refuse(unix.EPROTONOSUPPORT), 0, unix.IPPROTO_TCP) // Landlock does not see MPTCP
			a.add(answer, allow, 0, 0)
		})
		for n, flags := range map[uint32]int{unix.SYS_SENDTO: 3, unix.SYS_SENDMSG: 2} { // a fast open is a connect that Landlock may not see
			a.call(n, func(a *assembly) {
				a.add(loadWord, low(flags), 0, 0)
				a.add(anyBit, unix.MSG_FASTOPEN, 0, 1)
				a.add(answer, denied, 0, 0)
				a.add(answer, allow, 0, 0)
			})
		}
	}
	if len(l.Connect) > 0 {
		a.allow(unix.SYS_CONNECT)
	}
	if l.Listen {
		a.allow(unix.SYS_BIND, unix.SYS_LISTEN, unix.SYS_ACCEPT4)
	}
	a.add(answer, denied, 0, 0)
	return a
}
