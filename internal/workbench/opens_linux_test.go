package workbench

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"studioide/internal/api"
	"studioide/test/opens"
)

// What a board says, however much, is passed on to the pages without a look at the disk.
func TestOpensOfABoardsEvents(t *testing.T) {
	b := open(t)
	p := must(b.Project())
	if err := b.KeepSettings(); err != nil { // not meanwhile
		t.Fatal(err)
	}
	count := opens.Count(t, b.home.Config, p.Dir)
	board := must(b.Session()).State()
	board.State, board.Link, board.BuildID = api.BoardRunning, true, "0123456789abcdef"
	b.boardEvent(api.Event{Board: &board})
	b.reckon() // once, for what is new
	count.Take()
	for n := range 1000 {
		board.HeapUsed, board.Started = int64(n), int64(n)
		board.State = []api.BoardState{api.BoardRunning, api.BoardStopped, api.BoardCrashed, api.BoardStarting}[n%4]
		b.boardEvent(api.Event{Board: &board})
		b.boardEvent(api.Event{Problems: &[]api.Diagnostic{{Path: "main.go", Line: n, Text: "panic"}}})
		b.boardEvent(api.Event{Console: &api.Console{Text: fmt.Sprintln(n)}})
		b.boardEvent(api.Event{Pins: &[]api.Pin{{}}})
		b.hear("the last of them", func(e api.Event) bool { return e.Pins != nil }) // a page that falls behind gets a snapshot, which looks at all projects
	}
	got := count.Take()
	maps.DeleteFunc(got, func(path string, _ int) bool { return strings.HasPrefix(path, "config/virtual/") }) // the virtual board's own flash
	if len(got) > 0 {
		t.Errorf("4000 events have opened\n%s", opens.Text(got))
	}
	if _, _, err := p.Read("main.go"); err != nil {
		t.Fatal(err)
	}
	if got := count.Take(); got["LED-over-WebSocket/main.go"] != 1 {
		t.Errorf("opens are not counted: %v", got)
	}
}
