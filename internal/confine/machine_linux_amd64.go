package confine

import "golang.org/x/sys/unix"

const auditArch = unix.AUDIT_ARCH_X86_64

// machineCalls and machineFiles are those that not every machine has.
var machineCalls = []uint32{unix.SYS_ARCH_PRCTL, unix.SYS_EPOLL_WAIT, unix.SYS_POLL, unix.SYS_TIME, unix.SYS_GETRLIMIT}

var machineFiles = []uint32{unix.SYS_RENAMEAT}

const machineStat = unix.SYS_NEWFSTATAT
