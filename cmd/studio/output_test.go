package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"studioide/internal/problem"
)

// What boards and projects call things never steers the terminal.
func TestOutputShowsAndDoesNotObey(t *testing.T) {
	var b strings.Builder
	o := &output{out: &b, err: &b}
	o.event("file", nil, "www/\x1b]0;title\a\u009b31m.html\t1 B\nline two\r\u202exe")
	o.problem(&problem.Problem{Code: "x", Text: "no \x1b[2J", Help: "help \x1b[H"})
	o.report("push", "Sending \x1bc.", 1, 2)
	if got := b.String(); strings.ContainsAny(got, "\x1b\a\r\u009b\u202e") || !strings.Contains(got, "\t1 B\nline two") {
		t.Errorf("%q", got)
	}
}

func TestColumnsStayApart(t *testing.T) {
	var c column
	long := "/dev/serial/by-id/usb-Raspberry_Pi_Pico_E66118604B-if00"
	for _, s := range []string{"virtual:", long, "größer"} {
		c.fit(s)
	}
	if got := c.pad(long) + "|"; got != long+"  |" {
		t.Errorf("%q", got)
	}
	for _, s := range []string{"virtual:", "größer", ""} {
		if got := utf8.RuneCountInString(c.pad(s)); got != len(long)+2 {
			t.Errorf("%q takes %d of %d", s, got, len(long)+2)
		}
	}
}
