package main

import (
	"bufio"
	"os"

	"golang.org/x/term"
)

// onEnter calls do each time that somebody presses Enter in the terminal. false: there is none.
func onEnter(do func()) bool {
	if !term.IsTerminal(int(os.Stdin.Fd())) || !term.IsTerminal(int(os.Stdout.Fd())) {
		return false
	}
	go func() {
		for in := bufio.NewScanner(os.Stdin); in.Scan(); { // in the background, and when the terminal is gone, it ends
			do()
		}
	}()
	return true
}
