package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// TestPure runs src/pure.test.ts, the tests of what the page computes without a browser.
func TestPure(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("NOT TESTED: there is no node to run the page's own tests with")
	}
	script := filepath.Join(t.TempDir(), "pure.mjs")
	r := api.Build(api.BuildOptions{EntryPoints: []string{"../src/pure.test.ts"}, Bundle: true, Format: api.FormatESModule, Platform: api.PlatformNode,
		Outfile: script, Write: true, LogLevel: api.LogLevelError})
	if len(r.Errors) > 0 {
		t.Fatal("the tests do not compile")
	}
	if _, err := os.Stat(script); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(node, script).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestTypes checks the page's types with the compiler that package-lock.json names.
func TestTypes(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("NOT TESTED: there is no node to check the page's types with")
	}
	compiler := filepath.Join("..", "node_modules", "typescript", "bin", "tsc")
	if _, err := os.Stat(compiler); err != nil {
		t.Skip("NOT TESTED: the page's libraries are missing; run `npm ci` in ui/ first")
	}
	cmd := exec.Command(node, compiler, "--noEmit", "-p", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
