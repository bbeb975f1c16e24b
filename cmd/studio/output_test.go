package main

import (
	"strings"
	"testing"

	"studioide/internal/problem"
)

// What boards and projects call things never steers the terminal.
func TestOutputShowsAndDoesNotObey(t *testing.T) {
	var b strings.Builder
	o := &output{out: &b, err: &b}
	o.event("file", nil, "www/\x1b]0;title\a\u009b31m.html\t1 B\nline two\r\u202exe")
	o.problem(problem.New("x", "no \x1b[2J", "help \x1b[H"))
	o.report("push", "Sending \x1bc.", 1, 2)
	if got := b.String(); strings.ContainsAny(got, "\x1b\a\r\u009b\u202e") || !strings.Contains(got, "\t1 B\nline two") {
		t.Errorf("%q", got)
	}
}
