package virtual

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A program that ends this process with it, however it does so, would do it
// again at every power-on, and nobody could get at the board any more. So a file
// in the board's folder names the program that is being started. It is removed
// when the program has lived on for a while, or has ended in order. A board that
// finds it at power-on leaves that program alone until it is reset: at once, if
// the program has never lived on; one that has may have been there by chance
// when somebody killed Studio, and is left alone at the third time in a row.

// livedOn is how long a program is under suspicion.
const livedOn = 3 * time.Second

const (
	suspectFile = "starting"
	goodFile    = "lived" // names the last program that has lived on
	chances     = 3       // sudden ends in a row of such a program
)

// suspect notes that the program is about to run. ended takes the note away; livesOn also says that the program is a good one.
func (b *Board) suspect(program [32]byte) (ended, livesOn func()) {
	if b.config.Dir == "" {
		return func() {}, func() {}
	}
	sum := hex.EncodeToString(program[:])
	b.mu.Lock()
	note := sum
	if strings.HasPrefix(b.forgiven, sum) {
		note = b.forgiven + " again"
	}
	b.mu.Unlock()
	name := filepath.Join(b.config.Dir, suspectFile)
	if os.WriteFile(name, []byte(note+"\n"), 0o600) != nil {
		return func() {}, func() {}
	}
	ended = func() { os.Remove(name) }
	return ended, func() {
		ended()
		b.mu.Lock()
		b.forgiven = ""
		b.mu.Unlock()
		if good := filepath.Join(b.config.Dir, goodFile); noted(good) != sum {
			os.WriteFile(good, []byte(sum+"\n"), 0o600)
		}
	}
}

// suspected is the program that is not to be started at power-on, because it was being started when the process
// ended that had the board before; "": there is none.
func (b *Board) suspected() string {
	if b.config.Dir == "" {
		return ""
	}
	name := filepath.Join(b.config.Dir, suspectFile)
	note := noted(name)
	os.RemoveAll(name)
	sum, again, _ := strings.Cut(note, " ")
	if sum != "" && len(strings.Fields(again))+1 < chances && noted(filepath.Join(b.config.Dir, goodFile)) == sum {
		b.forgiven = note
		return ""
	}
	return sum
}

// noted is what a file of a line says; "" when it is none.
func noted(name string) string {
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > 200 {
		return ""
	}
	text, _ := os.ReadFile(name)
	return strings.TrimSpace(string(text))
}
