package compile

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"studioide/internal/problem"
)

// What is wrong with the compiler or this computer is no mistake of the program.
func TestTrouble(t *testing.T) {
	for said, code := range map[string]string{
		"error: could not find compiler-rt builtins: open /x/lib/compiler-rt-builtins: no such file or directory": "toolchain.damaged",
		"open /root/.cache/go-build/00/x: permission denied":                                                      "build.cache",
		"go: writing go.mod cache: mkdir /cache: read-only file system":                                           "build.cache",
		"failed to initialize build cache at /x: mkdir /x: not a directory":                                       "build.cache",
		"go: cannot find GOROOT directory: /opt/go":                                                               "toolchain.damaged",
		"package fmt is not in std (/opt/go/src/fmt)":                                                             "toolchain.damaged",
		"go: no such tool \"compile\"":                                                                            "toolchain.damaged",
		"# runtime\n/opt/go/pkg/tool/compile: signal: killed":                                                     "build.killed",
		"LLVM ERROR: out of memory\nAllocation failed":                                                            "build.killed",
		"# studio/board\npanic: runtime error: invalid memory address":                                            "toolchain.failed",
		"could not import fmt (read /x/go-build/ab: input/output error)":                                          "build.cache",
		"# studio/app\napp/main.go:7:2: undefined: x":                                                             "",
		"app/main.go:4:2: package sensor is not in std (/opt/go/src/sensor)":                                      "",
		"./app/main.go:9:1: permission denied is what it says":                                                    "",
		"function main is undeclared in the main package":                                                         "",
	} {
		got := ""
		if p := toolchainFailure(said, nil); p != nil {
			got = p.Code
			if p.Text == "" || p.Help == "" {
				t.Errorf("%q: no words", said)
			}
		}
		if got != code {
			t.Errorf("%q is %q, want %q", said, got, code)
		}
	}
}

// A compiler that is killed, and one that complains about itself, through the workspace that runs it.
func TestCompilerInTrouble(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: the compiler of this test is a shell script")
	}
	for script, code := range map[string]string{
		"kill -9 $$": "build.killed",
		"echo 'error: failed to find compiler-rt' >&2; exit 1": "toolchain.damaged",
		"echo 'app/main.go:3:1: syntax error' >&2; exit 1":     "",
	} {
		dir := t.TempDir()
		tool := filepath.Join(dir, "compiler")
		if err := os.WriteFile(tool, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		w := &workspace{dir: dir}
		_, said, err := w.run(context.Background(), tool, nil, nil)
		got := ""
		if err != nil {
			got = problem.Of(err).Code
		}
		if got != code || code == "" && said == "" {
			t.Errorf("%q: %v, said %q; want %q", script, err, said, code)
		}
	}
}
