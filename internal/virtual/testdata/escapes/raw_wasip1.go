package main

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"

	"studio/host"
)

//go:wasmimport wasi_snapshot_preview1 path_open
func pathOpen(fd, dirflags uint32, path unsafe.Pointer, n, oflags uint32, rights, inheriting uint64, flags uint32, out unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 fd_prestat_get
func prestat(fd uint32, out unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 fd_readdir
func readdir(fd uint32, p unsafe.Pointer, n uint32, cookie uint64, out unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 fd_renumber
func renumber(from, to uint32) uint32

//go:wasmimport wasi_snapshot_preview1 proc_raise
func raise(signal uint32) uint32

//go:wasmimport wasi_snapshot_preview1 sock_accept
func sockAccept(fd, flags uint32, out unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 sock_send
func sockSend(fd uint32, p unsafe.Pointer, n, flags uint32, out unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 path_unlink_file
func unlink(fd uint32, path unsafe.Pointer, n uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_write
func fdWrite(fd uint32, p unsafe.Pointer, n uint32, out unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 fd_read
func fdRead(fd uint32, p unsafe.Pointer, n uint32, out unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 random_get
func randomGet(p unsafe.Pointer, n uint32) uint32

//go:wasmimport wasi_snapshot_preview1 poll_oneoff
func pollOneoff(in, out unsafe.Pointer, n uint32, events unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 environ_sizes_get
func environSizes(a, b unsafe.Pointer) uint32

//go:wasmimport studio calling
func calling(p unsafe.Pointer, n uint32)

// peek reads memory, in assembly.
func peek(at uintptr) uint64

func text(s string) (unsafe.Pointer, uint32) {
	return unsafe.Pointer(unsafe.StringData(s)), uint32(len(s))
}

// far is an address outside of the program's memory.
func far() unsafe.Pointer { return unsafe.Pointer(uintptr(0xffff_fff0)) }

func none(what string, e uint32) string {
	if e != 0 {
		return ""
	}
	return what
}

func raw() []attempt {
	var out [64]byte
	at := unsafe.Pointer(&out)
	file, n := text(canary.file)
	iov := [2]uint32{uint32(uintptr(at)), 8}
	return []attempt{
		{"wasi.open", func() string {
			for fd := range uint32(64) {
				if pathOpen(fd, 1, file, n, 0, ^uint64(0), ^uint64(0), 0, at) == 0 {
					return "opened"
				}
			}
			return ""
		}},
		{"wasi.prestat", func() string {
			for fd := range uint32(4096) {
				if prestat(fd, at) == 0 {
					return fmt.Sprint("folder ", fd)
				}
			}
			return ""
		}},
		{"wasi.readdir", func() string { return none("listed", readdir(3, at, 64, 0, at)) }},
		{"wasi.renumber", func() string { return none("moved", renumber(3, 0)) }},
		{"wasi.raise", func() string { return none("raised", raise(9)) }},
		{"wasi.accept", func() string { return none("accepted", sockAccept(4, 0, at)) }},
		{"wasi.send", func() string { return none("sent", sockSend(3, unsafe.Pointer(&iov), 1, 0, at)) }},
		{"wasi.unlink", func() string { return none("removed", unlink(3, file, n)) }},
		{"wasi.descriptors", func() string {
			for fd := uint32(5); fd < 4096; fd++ {
				if fdWrite(fd, unsafe.Pointer(&iov), 1, at) == 0 || fdRead(fd, unsafe.Pointer(&iov), 1, at) == 0 {
					return fmt.Sprint("descriptor ", fd)
				}
			}
			return ""
		}},
		{"wasi.read-far", func() string { return none("read", fdRead(0, far(), 1, at)) }},
		{"wasi.write-far", func() string { return none("written", fdWrite(1, far(), 1, at)) }},
		{"wasi.write-far-bytes", func() string {
			v := [2]uint32{0xffff_0000, 0xffff_ffff}
			return none("written", fdWrite(1, unsafe.Pointer(&v), 1, at))
		}},
		{"wasi.random-far", func() string { return none("filled", randomGet(far(), 1<<30)) }},
		{"wasi.poll-far", func() string { return none("polled", pollOneoff(far(), far(), 1000, at)) }},
		{"wasi.poll-many", func() string { return none("polled", pollOneoff(at, at, 1<<31, at)) }},
		{"wasi.environ", func() string {
			environSizes(at, unsafe.Pointer(&out[8]))
			if out[0] != 0 {
				return "variables"
			}
			return ""
		}},
		{"studio.calling-far", func() string { calling(far(), 1<<31); return "" }},
		{"chip.listening", func() string { host.Listening(canary.address); return "" }}, // the test looks at the board
		{"chip.far-flash", func() string { return ok("read", host.ReadFlash(make([]byte, 16), host.FlashSize())) }},
		{"unsafe.scan", func() string { // its memory, for what only its process knows
			word := "STUDIO_SANDBOX_" + "CHIP_KEY="
			for a := uintptr(0); a < 2<<20; a += 8 {
				if peek(a) == *(*uint64)(unsafe.Pointer(unsafe.StringData(word))) && a%8 == 0 &&
					unsafe.String((*byte)(unsafe.Pointer(a)), len(word)) == word && a != uintptr(unsafe.Pointer(unsafe.StringData(word))) {
					return "found the key"
				}
			}
			return ""
		}},
		{"syscall.open", func() string { _, err := syscall.Open(canary.file, 0, 0); return ok("opened", err) }},
		{"syscall.kill", func() string { return ok("sent", syscall.Kill(canary.pid, 0)) }},
		{"os.parent", func() string { p, _ := os.FindProcess(canary.pid); return ok("sent", p.Signal(syscall.Signal(0))) }},
		{"os.chdir", func() string { return ok("moved", os.Chdir("/")) }},
		{"chip.frame", func() string { // of another length than it says, and huge
			n, err := syscall.Write(host.FDChannel, []byte{0xff, 0xff, 0xff, 0x7f, host.OpListening})
			if err == nil && n > 4 {
				return "taken"
			}
			return ""
		}},
	}
}

// wild are attempts with memory that ends the program.
func wild(what string) {
	switch what {
	case "wild-read":
		fmt.Println(*(*uint64)(far()))
	case "wild-write":
		*(*uint64)(far()) = 1
	case "wild-assembly":
		fmt.Println(peek(uintptr(far())))
	case "wild-call":
		code := uintptr(0x7fff_0000)
		p := &code
		f := *(*func())(unsafe.Pointer(&p))
		f()
	}
}
