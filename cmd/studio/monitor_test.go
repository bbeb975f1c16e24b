package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"studioide/internal/api"
)

// What a monitor could not take is said where it is missing.
func TestMonitorSaysWhatIsMissing(t *testing.T) {
	l := newLocal()
	const events = 1000 // more than may wait
	for range events / 2 {
		l.event(api.Event{Console: &api.Console{Text: "a\nb\n"}})
	}
	waits := len(l.text)
	<-l.text
	l.event(api.Event{Console: &api.Console{Text: "last\n", Lost: 3}})
	var last api.Console
	for len(l.text) > 0 {
		if last = <-l.text; last.Text != "last\n" && last.Lost != 0 {
			t.Errorf("%d lines are missing where none is", last.Lost)
		}
	}
	missing := 2*(events/2-waits) + 3
	if last.Text != "last\n" || last.Lost != int64(missing) {
		t.Fatalf("%+v, want %d missing", last, missing)
	}
	var out bytes.Buffer
	if err := (&output{out: &out}).printed(last); err != nil || !strings.Contains(out.String(), fmt.Sprintf("\n… %d lines left out", missing)) || !strings.HasSuffix(out.String(), "…\nlast\n") {
		t.Errorf("%q, %v", out.String(), err)
	}
	out.Reset()
	(&output{out: &out, json: true}).printed(last)
	if want := fmt.Sprintf(`"lost":%d,"text":"last\n"`, missing); !strings.Contains(out.String(), want) {
		t.Errorf("%s, want %s", out.String(), want)
	}
}
