package session

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"studio"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/compile"
	"studioide/internal/devfs"
	"studioide/internal/flasher/esp"
	"studioide/internal/port"
	"studioide/internal/problem"
	"studioide/internal/project"
	"studioide/internal/virtual"
)

var key = []byte("a key of this test's own, 32 byte")

// programs are built once: the LED template, and one that differs in a text.
var programs = sync.OnceValues(func() (p [2]Program, err error) {
	dir, err := os.MkdirTemp("", "studio-session-")
	if err != nil {
		return p, err
	}
	defer os.RemoveAll(dir)
	b, _ := board.Find("virtual")
	source := filepath.Join(dir, "led")
	if err := project.Create(studio.Templates(), "led", source); err != nil {
		return p, err
	}
	builder := compile.New(dir)
	for i := range p {
		r, err := builder.Build(context.Background(), compile.Request{Dir: source, Program: "LED", Board: b,
			Pack: func(exe []byte) ([]byte, error) { return virtual.Pack(virtual.Program{Code: exe}, key) }})
		if err != nil {
			return p, err
		}
		p[i] = Program{Parts: r.Parts, Build: r.BuildID, Chip: b.Chip}
		main := filepath.Join(source, "main.go")
		text, err := os.ReadFile(main)
		if err != nil {
			return p, err
		}
		if err := os.WriteFile(main, bytes.ReplaceAll(text, []byte("Reply for"), []byte("Answer to")), 0o644); err != nil {
			return p, err
		}
	}
	return p, nil
})

func quiet(string, string, int64, int64) {}

// rig is a session on a virtual board in memory.
func rig(t *testing.T) (*Session, *virtual.Board, [2]Program) {
	t.Helper()
	p, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	v, err := virtual.Start(virtual.Config{Key: key, RunDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	b, _ := board.Find("virtual")
	s, err := New(Config{Target: Target{Port: "virtual:", Board: b, Virtual: v, Method: esp.New(), Close: v.Close,
		Open: func(context.Context, string) (port.Port, error) { return v.Open() }}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, v, p
}

func flash(t *testing.T, s *Session, p Program) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if _, err := s.Flash(ctx, p, quiet); err != nil {
		t.Fatalf("Flash: %v (board: %+v)\nconsole: %s", err, s.State(), s.console.tail(2000))
	}
	if b := s.State(); b.State != api.BoardRunning || b.BuildID != p.Build {
		t.Fatalf("after Flash the board is %s with build %s, want %s", b.State, b.BuildID, p.Build)
	}
}

// The cable comes off at any block: the next Flash, after it is in again, works.
func TestUnpluggedWhileFlashing(t *testing.T) {
	s, v, p := rig(t)
	flash(t, s, p[0])
	blocks := []int64{1, 9, 40, 2, 3, 5, 17, 25}
	if testing.Short() {
		blocks = blocks[:3]
	}
	for _, block := range blocks {
		v.Inject(virtual.Faults{UnplugAtBlock: block})
		program := p[1]
		program.Full = true
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		_, err := s.Flash(ctx, program, quiet)
		cancel()
		if err == nil {
			t.Fatalf("unplugged at block %d, Flash reports success", block)
		}
		if b := s.State(); b.State == api.BoardRunning || b.State == api.BoardBusy {
			t.Fatalf("unplugged at block %d, the board is said to be %s", block, b.State)
		}
		v.Inject(virtual.Faults{})
		v.Plug()
		s.Retry()
		flash(t, s, p[0])
	}
}

// The power is cut at flash write N of a push: every file is the old one or the new one, and a second push completes.
func TestPowerCutWhilePushing(t *testing.T) {
	s, v, p := rig(t)
	flash(t, s, p[0])
	version := func(n int) []devfs.Local {
		var files []devfs.Local
		for i := range 4 {
			files = append(files, devfs.Local{Path: fmt.Sprintf("/www/page%d.html", i),
				Content: []byte(strings.Repeat(fmt.Sprintf("version %d of page %d\n", n, i), 300*(i+1)))})
		}
		return files
	}
	push := func(n int) error {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		stop := v.Watch(func(e virtual.Event) {
			if v.State() == virtual.StateOff {
				cancel() // no need to wait until the link gives up
			}
		})
		defer stop()
		_, err := s.Push(ctx, version(n), nil, quiet)
		return err
	}
	if err := push(0); err != nil {
		t.Fatal(err)
	}
	before := v.FlashWrites()
	if err := push(1); err != nil {
		t.Fatal(err)
	}
	writes := v.FlashWrites() - before
	if writes < 20 {
		t.Fatalf("a push takes %d flash writes; too few to cut into", writes)
	}
	n := 1
	cuts := 0
	for at := int64(1); at <= writes; at += max(1, writes/9) {
		n++
		v.Inject(virtual.Faults{CutAtWrite: at, Torn: at%2 == 0})
		if err := push(n); err == nil {
			v.Inject(virtual.Faults{})
			continue // wear and free sectors differ between pushes: this one took fewer writes
		}
		cuts++
		v.Inject(virtual.Faults{})
		v.Power(true)
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		back := func() {
			t.Helper()
			if err := s.wait(ctx, func(b api.Board) bool { return b.State == api.BoardRunning && b.Link }); err != nil {
				t.Fatalf("power cut at write %d: the board does not come back: %v, %+v", at, err, s.State())
			}
		}
		back()
		old, now := version(n-1), version(n)
		for i := range now {
			var got bytes.Buffer
			err := s.ReadFile(ctx, now[i].Path, &got)
			if problem.Of(err) != nil && problem.Of(err).Code == "link.restarted" { // the link has found out only now, on a busy computer
				back()
				got.Reset()
				err = s.ReadFile(ctx, now[i].Path, &got)
			}
			if err != nil {
				t.Fatalf("power cut at write %d: %s: %v", at, now[i].Path, err)
			}
			if !bytes.Equal(got.Bytes(), old[i].Content) && !bytes.Equal(got.Bytes(), now[i].Content) {
				t.Fatalf("power cut at write %d: %s is neither the old nor the new version (%d bytes)", at, now[i].Path, got.Len())
			}
		}
		cancel()
		if err := push(n); err != nil {
			t.Fatalf("after a power cut at write %d: %v", at, err)
		}
	}
	if cuts < 5 {
		t.Errorf("the power was cut %d times only", cuts)
	}
}

// What is removed makes room for what comes: on a full board "remove these, and
// send mine" works.
func TestRemovingMakesRoom(t *testing.T) {
	s, _, p := rig(t)
	flash(t, s, p[0])
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	room := s.State().FilesCap - s.State().FilesLen
	old := devfs.Local{Path: "/www/old.bin", Content: bytes.Repeat([]byte("old "), int(room)/8+10_000)}
	mine := devfs.Local{Path: "/www/mine.bin", Content: bytes.Repeat([]byte("mine"), int(room)/8+10_000)}
	if _, err := s.Push(ctx, []devfs.Local{old}, nil, quiet); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Push(ctx, []devfs.Local{mine}, nil, quiet); err == nil {
		t.Fatal("there is room for both: this shows nothing")
	}
	if r, err := s.Push(ctx, []devfs.Local{mine}, []string{old.Path}, quiet); err != nil || len(r.Sent) != 1 {
		t.Fatalf("%+v %v", r, err)
	}
	files, err := s.ListFiles(ctx)
	if err != nil || slices.ContainsFunc(files, func(f devfs.File) bool { return f.Path == old.Path }) {
		t.Errorf("%+v %v", files, err)
	}
}

func TestUnpluggedBoardComesBack(t *testing.T) {
	s, v, p := rig(t)
	flash(t, s, p[0])
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	v.Unplug()
	if err := s.wait(ctx, func(b api.Board) bool { return b.State == api.BoardAbsent }); err != nil {
		t.Fatalf("unplugged: %+v", s.State())
	}
	if b := s.State(); b.Problem == nil || b.Problem.Help == "" {
		t.Errorf("an unplugged board is shown as %+v", b)
	}
	if _, err := s.Push(ctx, nil, nil, quiet); err == nil {
		t.Error("a push to an unplugged board reports success")
	}
	v.Plug()
	s.Retry()
	if err := s.wait(ctx, func(b api.Board) bool { return b.State == api.BoardRunning }); err != nil {
		t.Fatalf("plugged in again: %+v", s.State())
	}
}

// Cancelled at any moment, Flash leaves a board that the next Flash brings back.
func TestCancelWhileFlashing(t *testing.T) {
	s, _, p := rig(t)
	flash(t, s, p[0])
	for _, after := range []int{1, 2, 4, 8, 30} {
		ctx, cancel := context.WithCancel(context.Background())
		seen := 0
		program := p[1]
		program.Full = true
		_, err := s.Flash(ctx, program, func(string, string, int64, int64) {
			if seen++; seen == after {
				cancel()
			}
		})
		cancel()
		if err == nil {
			continue // it was over before
		}
		if b := s.State(); b.State == api.BoardBusy {
			t.Fatalf("after a cancel the board is still %s", b.State)
		}
		flash(t, s, p[0])
	}
}

func TestConsoleIsBoundedAndCountsWhatItDrops(t *testing.T) {
	var got []api.Console
	c := &console{emit: func(m api.Console) { got = append(got, m) }}
	c.timer = time.NewTimer(time.Hour) // flushed by hand
	piece := bytes.Repeat([]byte("0123456789abcde\n"), 1000)
	for range 100 {
		c.write(piece)
	}
	c.flush()
	text, at := c.text()
	if len(text) != consoleKept || at != int64(100*len(piece)) {
		t.Errorf("kept %d bytes ending at %d, want %d ending at %d", len(text), at, consoleKept, 100*len(piece))
	}
	if len(got) != 1 || int64(strings.Count(got[0].Text, "\n"))+got[0].Lost != 100*1000 || got[0].At != at || got[0].Text[0] != '0' {
		t.Errorf("the event has %d lines, the first with %q, and tells of %d", strings.Count(got[0].Text, "\n"), got[0].Text[:20], got[0].Lost)
	}
	c.write(bytes.Repeat([]byte("x"), 2*consolePending)) // one line, of which some goes
	c.flush()
	if last := got[len(got)-1]; last.Lost != 1 || len(last.Text) > consolePending {
		t.Errorf("of a line %d bytes are there and %d lines missing", len(last.Text), last.Lost)
	}
	c.write([]byte("ä")[:1])
	c.flush()
	c.write([]byte("ä")[1:])
	c.flush()
	if last := got[len(got)-1]; last.Text != "ä" {
		t.Errorf("a letter in two pieces arrives as %q", last.Text)
	}
}
