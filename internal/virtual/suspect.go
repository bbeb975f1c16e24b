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
// finds it at power-on leaves that program alone until it is reset.

// livedOn is how long a program is under suspicion.
const livedOn = 3 * time.Second

const suspectFile = "starting"

// suspect notes that the program is about to run; the function that it returns takes the note away.
func (b *Board) suspect(program [32]byte) (lives func()) {
	if b.config.Dir == "" {
		return func() {}
	}
	name := filepath.Join(b.config.Dir, suspectFile)
	if os.WriteFile(name, []byte(hex.EncodeToString(program[:])+"\n"), 0o600) != nil {
		return func() {}
	}
	return func() { os.Remove(name) }
}

// suspected is the program that was being started when the process ended that had the board before; "": none was.
func (b *Board) suspected() string {
	name := filepath.Join(b.config.Dir, suspectFile)
	info, err := os.Lstat(name)
	if b.config.Dir == "" || err != nil {
		return ""
	}
	content := ""
	if info.Mode().IsRegular() && info.Size() < 100 {
		text, _ := os.ReadFile(name)
		content = strings.TrimSpace(string(text))
	}
	os.RemoveAll(name)
	return content
}

const suspectText = "Studio, or what ran this board, came to a sudden end when this program had just been started, so it was not started again by itself. " +
	"Press Run to start it; if Studio ends again, change the program first."
