package compile

import (
	"context"
	"testing"
	"time"
)

// After a warm-up the first build finds its program; one that is under way is ended by its context and leaves the turn to the next.
func TestWarm(t *testing.T) {
	dir := testProject(t, map[string]string{"main.go": "package main\n\nimport \"studio/board\"\n\nfunc main() { board.Serve() }\n"})
	b := testBuilder(t)
	r := Request{Dir: dir, Program: "x", Board: virtualBoard, Pack: plain}
	b.Warm(context.Background(), r)
	got, err := b.Build(context.Background(), r)
	if err != nil || !got.Reused {
		t.Fatalf("after a warm-up: %v, %+v", err, got)
	}
	r.Program = "y"
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() { defer close(over); b.Warm(ctx, r) }()
	time.AfterFunc(20*time.Millisecond, cancel)
	<-over
	if got, err := b.Build(context.Background(), r); err != nil || len(got.File) == 0 {
		t.Errorf("after a warm-up that was ended: %v", err)
	}
}
