//go:build !tinygo

package chip

import (
	"os"
	"studio/board/loop"
	"sync"
)

// The virtual board's serial line is the process's standard input and output.
// One goroutine reads, one writes, so that nothing waits for a slow line.

var serial = struct {
	in    loop.Inbox
	mu    sync.Mutex
	ready *sync.Cond
	frame []byte // to be written; empty: none
}{}

// OpenSerial begins to read and write.
func OpenSerial() {
	serial.ready = sync.NewCond(&serial.mu)
	serial.in.Init(4096)
	go serial.in.Run(os.Stdin)
	go writeSerial()
}

// writeSerial writes frames, each with one call, so that what the program
// prints does not get into the middle of one.
func writeSerial() {
	buf := make([]byte, 4096)
	for {
		serial.mu.Lock()
		for len(serial.frame) == 0 {
			serial.ready.Wait()
		}
		n := copy(buf, serial.frame)
		serial.frame = serial.frame[:0]
		serial.mu.Unlock()
		loop.Wake()
		if _, err := os.Stdout.Write(buf[:n]); err != nil {
			return // nobody is there; frames pile up nowhere
		}
	}
}

// ReadSerial takes what has arrived.
func ReadSerial(p []byte) int {
	n, _ := serial.in.Read(p)
	return n
}

// SerialReady reports whether SendSerial can take a frame.
func SerialReady() bool {
	if serial.ready == nil {
		return false
	}
	serial.mu.Lock()
	defer serial.mu.Unlock()
	return len(serial.frame) == 0
}

// SendSerial takes a frame to be written.
func SendSerial(frame []byte) {
	serial.mu.Lock()
	serial.frame = append(serial.frame[:0], frame...)
	serial.mu.Unlock()
	serial.ready.Signal()
}

// TerminalOpen: the line does not tell whether somebody reads.
func TerminalOpen() bool { return true }
