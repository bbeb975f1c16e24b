package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"studioide/internal/api"
)

func startsAfter(seconds string) string {
	return `package main

import (
	"time"

	"studio/board"
)

func main() {
	println("starting a sensor")
	time.Sleep(` + seconds + ` * time.Second)
	board.OnText(func(c *board.Client, msg string) { c.SendText(msg) })
	board.Serve()
}
`
}

func (s *studio) onBoard(path string) func(api.Snapshot) bool {
	return func(n api.Snapshot) bool {
		for _, f := range n.BoardFiles {
			if f.Path == path {
				return f.State == api.SyncSame && n.Board.State == api.BoardRunning
			}
		}
		return false
	}
}

// A program that starts slowly is waited for, and has its pages when it answers: in its Run, or after it.
func TestSlowStart(t *testing.T) {
	s := shared(t)
	s.until("a project", func(n api.Snapshot) bool { return n.Project != nil })
	s.write("main.go", startsAfter("4"))
	n := s.run()
	if n.Progress.Problem != nil || !strings.HasPrefix(n.Progress.Text, "Running") {
		t.Errorf("the Run of a program that starts slowly ended with %+v", n.Progress)
	}
	s.until("the page on the board", s.onBoard("www/led.html"))

	s.write("main.go", startsAfter("16"))
	s.write("www/led.html", "<!DOCTYPE html><title>late</title>")
	p := s.act("/api/run", nil)
	if p.State != "done" || p.Problem == nil || p.Problem.Code != "link.no-answer" || !strings.Contains(p.Text, "written and verified") || !strings.Contains(p.Text, "has not come to board.Serve() yet") {
		t.Errorf("the Run of a program that has not answered ended with %+v", p)
	}
	s.until("the page on the board after all", s.onBoard("www/led.html"))
}

// A problem belongs to the files that it was found in: repaired, it is gone for every page, and back when they are.
func TestMendedMistakeIsGone(t *testing.T) {
	s := shared(t)
	s.until("a project", func(n api.Snapshot) bool { return n.Project != nil })
	good := string(s.ok(http.MethodGet, "/api/files/main.go", nil).Body)
	bad := strings.Replace(good, "board.Serve()", "board.Serv()", 1)
	s.write("main.go", bad)
	if p := s.act("/api/run", nil); p.State != "failed" || p.Problem.Code != "build.failed" {
		t.Fatalf("Run of a mistake: %+v", p)
	}
	has := func(n api.Snapshot) bool { return len(n.Problems) > 0 && n.Problems[0].Path == "main.go" }
	none := func(n api.Snapshot) bool { return len(n.Problems) == 0 }
	s.until("the problem", has)
	s.write("main.go", good)
	s.until("no problem", none)
	var fresh api.Snapshot
	if err := json.Unmarshal(s.ok(http.MethodGet, "/api/state", nil).Body, &fresh); err != nil {
		t.Fatal(err)
	}
	if len(fresh.Problems) > 0 {
		t.Errorf("a second page is told of %+v", fresh.Problems)
	}
	s.write("main.go", bad)
	s.until("the problem of that content again", has)

	// The same with a crash.
	s.write("main.go", panics)
	s.act("/api/run", nil)
	s.until("the crash", func(n api.Snapshot) bool { return has(n) && n.Problems[0].Line == 9 })
	s.write("main.go", good)
	s.until("no crash of this content", none)
}
