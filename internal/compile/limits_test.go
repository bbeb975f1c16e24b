package compile

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"studioide/internal/board"
	"studioide/internal/problem"
)

// Programs that are made to take all of a computer's memory are ended, in plain words.
func TestBuildWithinItsMemory(t *testing.T) {
	if runtime.GOOS != "linux" && runtime.GOOS != "windows" {
		t.Skip("SKIPPED: this system limits nobody's memory")
	}
	if testing.Short() {
		t.Skip("fills the memory that a build may have")
	}
	b := testBuilder(t)
	kind, _ := board.Find("virtual")
	request := Request{Board: kind, Program: "Large", Pack: plain, Dir: testProject(t, map[string]string{"main.go": `package main

import "studio/board"

var large = [1 << 26]int{1<<26 - 1: 5} // half a gigabyte in the executable

func main() {
	println(large[3])
	board.Serve()
}
`})}
	b.Limits = Limits{Memory: 256 << 20, Time: 10 * time.Minute}
	// build tries again what Go's own compiler made of it: its memory management crashes, rarely, where it gets no more memory.
	build := func() error {
		_, err := b.Build(t.Context(), request)
		if err != nil && problem.Of(err).Code == "toolchain.failed" {
			t.Logf("tried again: %v", err)
			_, err = b.Build(t.Context(), request)
		}
		return err
	}
	if err := build(); problem.Of(err).Code != "build.too-much-memory" || !strings.Contains(problem.Of(err).Text, "256.0 MB") {
		t.Errorf("%v", err)
	}
	// An ordinary program needs less than that.
	request.Dir = testProject(t, map[string]string{"main.go": "package main\n\nimport \"studio/board\"\n\nfunc main() { board.Serve() }\n"})
	if err := build(); err != nil {
		t.Errorf("an ordinary program: %v", err)
	}
}

func TestCompilersLimits(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: the compiler of this test is a shell script, and its files have a limit on Linux alone")
	}
	for _, c := range []struct {
		script, code string
		limits       Limits
	}{
		{"sleep 1000 & wait", "build.too-long", Limits{Time: 50 * time.Millisecond}},
		{"sleep 0.2; head -c 3000000 /dev/zero > out || exit 1; exit 1", "build.too-large", Limits{FileSize: 1 << 20}},
		{"sleep 0.2; head -c 3000000 /dev/zero > out", "", Limits{FileSize: 4 << 20, Time: time.Minute}},
		{"echo 'fatal error: runtime: out of memory' >&2; exit 2", "build.too-much-memory", Limits{Memory: 1 << 30}},
		{"echo 'fatal error: runtime: out of memory' >&2; exit 2", "build.killed", Limits{}},
	} {
		dir := t.TempDir()
		tool := filepath.Join(dir, "compiler")
		if err := os.WriteFile(tool, []byte("#!/bin/sh\n"+c.script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		w := &workspace{dir: dir, limits: c.limits}
		_, said, err := w.run(t.Context(), tool, nil, nil)
		got := ""
		if err != nil {
			got = problem.Of(err).Code
		}
		if got != c.code {
			t.Errorf("%s with %+v: %v, said %q; want %q", c.script, c.limits, err, said, c.code)
		}
	}
}
