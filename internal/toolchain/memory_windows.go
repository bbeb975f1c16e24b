package toolchain

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// memoryStatus is MEMORYSTATUSEX of the Windows API (sysinfoapi.h).
type memoryStatus struct {
	length, load                                                                     uint32
	total, free, totalPage, freePage, totalVirtual, freeVirtual, freeExtendedVirtual uint64
}

var globalMemoryStatus = windows.NewLazySystemDLL("kernel32.dll").NewProc("GlobalMemoryStatusEx")

// totalMemory is how many bytes this computer has; -1: not known.
func totalMemory() int64 {
	s := memoryStatus{}
	s.length = uint32(unsafe.Sizeof(s))
	if ok, _, _ := globalMemoryStatus.Call(uintptr(unsafe.Pointer(&s))); ok == 0 {
		return -1
	}
	return int64(s.total)
}
