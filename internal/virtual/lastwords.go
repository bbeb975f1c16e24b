package virtual

import (
	"bytes"
	"errors"
	"os/exec"
	"strings"
)

// panicCode is how Go's programs exit after a panic, and the sandbox's process when it ends one.
const panicCode = 2

// exitCode is the one that a process has ended with; -1: with none.
func exitCode(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}

// longestWhy is how much the next program is told of why the one before did not
// end well: as much as a microcontroller has room for.
const longestWhy = 120

// lastWords reads what a program prints, for what it says when it panics: the
// last line that begins as such a line does. A program may print one, too; it is
// why the program has ended only if its exit code says so.
type lastWords struct {
	why  string
	line []byte // the beginning of the line under way
}

// scan takes what is printed, in pieces as it comes. The link's frames are between zeros.
func (w *lastWords) scan(p []byte) {
	for len(p) > 0 {
		end := bytes.IndexAny(p, "\n\x00")
		piece := p
		if end >= 0 {
			piece = p[:end]
		}
		w.line = append(w.line, piece[:min(len(piece), longestWhy-len(w.line))]...)
		if end < 0 {
			return
		}
		p = p[end+1:]
		if bytes.HasPrefix(w.line, []byte("panic: ")) || bytes.HasPrefix(w.line, []byte("fatal error: ")) {
			w.why = strings.TrimSuffix(string(w.line), "\r")
		}
		w.line = w.line[:0]
	}
}
