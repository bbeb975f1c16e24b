//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// outliveTerminal keeps a Studio whose terminal is gone, or that was sent to
// the background, from being ended or stopped by what it writes or reads there.
func outliveTerminal() {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // a write fails instead
	signal.Ignore(syscall.SIGTTIN, syscall.SIGTTOU)
}
