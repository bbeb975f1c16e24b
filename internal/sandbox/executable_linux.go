package sandbox

import (
	"debug/elf"
	"unsafe"

	"golang.org/x/sys/unix"
)

// forgetExecutable gives back the memory that this process has of its
// executable. Starting Studio and loading a program touch most of it, running
// one very little, which comes again from the file when it is needed. Where the
// segments lie is in the program headers, which are in memory; files are out of
// this process's reach.
func forgetExecutable() {
	auxiliary, err := unix.Auxv()
	if err != nil {
		return
	}
	const phdr, phnum = 3, 5 // of the auxiliary vector (elf.h)
	var at, n uintptr
	for _, a := range auxiliary {
		switch a[0] {
		case phdr:
			at = a[1]
		case phnum:
			n = a[1]
		}
	}
	if at == 0 || unsafe.Sizeof(at) != 8 {
		return
	}
	headers := unsafe.Slice((*elf.Prog64)(*(*unsafe.Pointer)(unsafe.Pointer(&at))), n)
	var base uintptr // where the file's address 0 is
	for _, h := range headers {
		if elf.ProgType(h.Type) == elf.PT_PHDR {
			base = at - uintptr(h.Vaddr)
		}
	}
	page := uintptr(unix.Getpagesize())
	for _, h := range headers {
		if elf.ProgType(h.Type) != elf.PT_LOAD || elf.ProgFlag(h.Flags)&elf.PF_W != 0 {
			continue // what has been written is in no file
		}
		begin := base + uintptr(h.Vaddr)
		end := (begin + uintptr(h.Filesz)) &^ (page - 1)
		begin = (begin + page - 1) &^ (page - 1)
		if begin < end {
			unix.Madvise(unsafe.Slice((*byte)(*(*unsafe.Pointer)(unsafe.Pointer(&begin))), end-begin), unix.MADV_DONTNEED)
		}
	}
}
