//go:build !tinygo

package board

import (
	"os"
	"sync"
)

// The virtual board's serial line is the process's standard input and output.
// One goroutine reads, one writes, so that nothing waits for a slow line.

var serial = struct {
	in    inbox
	mu    sync.Mutex
	ready *sync.Cond
	frame []byte // to be written; empty: none
}{}

func openSerial() {
	serial.ready = sync.NewCond(&serial.mu)
	serial.in.init(4096)
	go serial.in.run(os.Stdin)
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
		wake()
		if _, err := os.Stdout.Write(buf[:n]); err != nil {
			return // nobody is there; frames pile up nowhere
		}
	}
}

// readSerial takes what has arrived.
func readSerial(p []byte) int {
	n, _ := serial.in.Read(p)
	return n
}

// serialReady reports whether sendSerial can take a frame.
func serialReady() bool {
	if serial.ready == nil {
		return false
	}
	serial.mu.Lock()
	defer serial.mu.Unlock()
	return len(serial.frame) == 0
}

func sendSerial(frame []byte) {
	serial.mu.Lock()
	serial.frame = append(serial.frame[:0], frame...)
	serial.mu.Unlock()
	serial.ready.Signal()
}
