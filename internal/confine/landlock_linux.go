package confine

import (
	"errors"
	"io/fs"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Landlock (Linux 5.13): a process names what it will need of files, ports (since
// interface version 4) and other processes (since 6), and gives up the rest of it.
// https://docs.kernel.org/userspace-api/landlock.html

const (
	readFile   = unix.LANDLOCK_ACCESS_FS_READ_FILE
	readFolder = readFile | unix.LANDLOCK_ACCESS_FS_READ_DIR
	writeFiles = readFolder | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_REMOVE_DIR | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE |
		unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_REFER | unix.LANDLOCK_ACCESS_FS_TRUNCATE
)

// landlockABI is the interface's version; 0: the kernel has no Landlock, or somebody keeps it from us.
func landlockABI() int {
	v, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if e != 0 {
		return 0
	}
	return int(v)
}

// handledFiles are the rights on files that an interface version knows.
func handledFiles(abi int) uint64 {
	all := uint64(unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1) // version 1: from EXECUTE up to here
	if abi >= 2 {
		all |= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if abi >= 3 {
		all |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	if abi >= 5 {
		all |= unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	}
	return all
}

// landlock limits this thread and what it will execute: the program alone.
// files says that files are limited now.
func landlock(l order, program string) (files bool, err error) {
	abi := landlockABI()
	if abi == 0 {
		return false, nil
	}
	handled := unix.LandlockRulesetAttr{Handled_access_fs: handledFiles(abi)}
	if abi >= 4 {
		handled.Handled_access_net = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	}
	if abi >= 6 {
		handled.Scoped = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
	}
	n, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&handled)), unsafe.Sizeof(handled), 0)
	if e != 0 {
		return false, e
	}
	rules := int(n)
	defer unix.Close(rules)

	below := func(name string, rights uint64) error {
		fd, err := unix.Open(name, unix.O_PATH|unix.O_CLOEXEC, 0)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		} else if err != nil {
			return err
		}
		defer unix.Close(fd)
		var st unix.Stat_t
		if err := unix.Fstat(fd, &st); err != nil {
			return err
		}
		if st.Mode&unix.S_IFMT != unix.S_IFDIR {
			rights &= unix.LANDLOCK_ACCESS_FS_EXECUTE | readFile | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE
		}
		rule := unix.LandlockPathBeneathAttr{Allowed_access: rights & handled.Handled_access_fs, Parent_fd: int32(fd)}
		_, _, e := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(rules), unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&rule)), 0, 0, 0)
		if e != 0 {
			return e
		}
		return nil
	}
	for _, name := range []string{program, l.loader} {
		if name == "" {
			continue
		}
		if err := below(name, unix.LANDLOCK_ACCESS_FS_EXECUTE|readFile); err != nil {
			return false, err
		}
	}
	for _, name := range l.Read {
		if err := below(name, readFolder); err != nil {
			return false, err
		}
	}
	for _, name := range l.Write {
		if err := below(name, writeFiles); err != nil {
			return false, err
		}
	}
	port := func(n int, rights uint64) error {
		if rights &= handled.Handled_access_net; rights == 0 {
			return nil
		}
		rule := struct{ rights, port uint64 }{rights, uint64(n)} // struct landlock_net_port_attr
		_, _, e := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(rules), ruleNetPort, uintptr(unsafe.Pointer(&rule)), 0, 0, 0)
		if e != 0 {
			return e
		}
		return nil
	}
	if l.Listen {
		if err := port(0, unix.LANDLOCK_ACCESS_NET_BIND_TCP); err != nil { // 0: one that the system chooses
			return false, err
		}
	}
	for _, n := range l.Connect {
		if err := port(n, unix.LANDLOCK_ACCESS_NET_CONNECT_TCP); err != nil {
			return false, err
		}
	}
	if _, _, e := unix.RawSyscall(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(rules), 0, 0); e != 0 {
		return false, e
	}
	return true, nil
}

const ruleNetPort = 2 // LANDLOCK_RULE_NET_PORT of linux/landlock.h
