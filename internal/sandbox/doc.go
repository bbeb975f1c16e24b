// Package sandbox runs a program of the virtual board that nobody vouches for:
// a WebAssembly module that Go made for GOOS=wasip1. It is the inside of a
// process of its own, which Studio starts from its own executable in place of
// the program (Command), so that what the program takes is that process's, and a
// program that does not end is ended by the end of the process.
//
//	func main() {
//		if status, ok := sandbox.Child(os.Args[1:]); ok {
//			os.Exit(status)
//		}
//		…
//	}
//
// # What a program has
//
// Memory of its own, at most 64 MB; the clock; random numbers; and descriptors:
//
//	0     the serial line's input
//	1, 2  its output; a write to 1 is all or nothing, one to 2 waits for room
//	3     the chip: flash, pins, voltages, resets (package studio/host, channel.go)
//	4     the board's network: every read tells new connections
//	5 …   connections to the program's server
//
// Everything else of WASI fails with "capabilities insufficient". There is no
// file, no folder, no environment, no way to connect to anything, no thread, no
// other process: it is not that these are forbidden, nothing here makes them.
// The address that the board's page is reached at is this process's to say; the
// program cannot name another one.
//
// # What bounds it
//
// A program that computes for 8 s without coming to rest is restarted, as by a
// real board's watchdog. One that rests now and then but takes more than half of
// a processor in the long run is made to wait. The process has a low priority,
// its output is bounded in rate, its connections in number.
//
// # Garbage collection
//
// While WebAssembly computes, its goroutine cannot be stopped, so that a garbage
// collection that begins then would stop every other goroutine, the watchdog
// among them, until it comes to rest. So Go's own pace is off, and the goroutine
// that runs the program collects when it is in one of the functions here
// (guest.collect). For the same reason GOMAXPROCS is set once and for all.
package sandbox
