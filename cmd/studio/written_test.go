package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"studioide/internal/problem"
)

// What is written is there as a whole, or what was there before still is.
func TestWriteOutput(t *testing.T) {
	whole := func(to io.Writer) error { _, err := io.WriteString(to, "new"); return err }
	dir := t.TempDir()
	file, link := filepath.Join(dir, "led.bin"), filepath.Join(dir, "link.bin")
	os.WriteFile(file, []byte("old"), 0o600)
	cut := errors.New("the project cannot be read")
	if err := writeOutput(file, func(to io.Writer) error { io.WriteString(to, "ne"); return cut }); !errors.Is(err, cut) {
		t.Error("its own fault:", err)
	}
	if err := finishOutput(file, full(t), whole); problem.Of(err).Variant != "full" || !strings.Contains(err.Error(), "led.bin") {
		t.Error("full disk:", err)
	}
	if got, _ := os.ReadFile(file); string(got) != "old" {
		t.Errorf("it was replaced: %q", got)
	}
	if err := os.Symlink(file, link); err != nil {
		link = file // Windows may not allow links
	}
	if err := writeOutput(link, whole); err != nil {
		t.Fatal(err)
	}
	got, _ := os.ReadFile(file)
	info, _ := os.Stat(file)
	if string(got) != "new" || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("%q, %v", got, info.Mode())
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) != 0 {
		t.Error("left over:", left)
	}
	if err := writeOutput(filepath.Join(dir, "none", "led.bin"), whole); problem.Of(err).Code != "build.no-output" {
		t.Error("no folder:", err)
	}
}

// full is a file of a disk that has no room.
func full(t *testing.T) *os.File {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full")
	}
	return f
}

// A zip that is not the whole folder says what is missing.
func TestExportSaysWhatIsLeftOut(t *testing.T) {
	t.Setenv("STUDIO_HOME", t.TempDir())
	led := filepath.Join(t.TempDir(), "led")
	zip := led + ".zip"
	run(context.Background(), []string{"new", "led", led})
	if err := os.WriteFile(filepath.Join(led, "www", "nul.txt"), nil, 0o600); err != nil {
		t.Skip(err)
	}
	if code, said := runQuietly(t, "export", led, "-o", zip); code != 0 || !strings.Contains(said, "www/nul.txt") {
		t.Errorf("%d: %s", code, said)
	}
}

// What somebody typed stands in the sentence that says what is wrong with it.
func TestSentencesOfTheCommandLine(t *testing.T) {
	t.Setenv("STUDIO_HOME", t.TempDir())
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	os.WriteFile(file, nil, 0o600)
	t.Chdir(dir)
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"flsh"}, 2, "Did you mean studio flash?"},
		{[]string{"help", "frob"}, 2, "There is no studio frob."},
		{[]string{"help", "files", "frob"}, 2, "frob"},
		{[]string{"help", "files", "ls"}, 0, "List files"},
		{[]string{"help"}, 0, "Studio edits"},
		{[]string{"export"}, 1, "no Studio project in " + dir},
		{[]string{"build", "./"}, 1, "no Studio project in " + dir},
		{[]string{"serve", "--no-open", "--addr", "127.0.0.1:0", "--projects", filepath.Join(file, "projects")}, 1, "cannot be the folder of projects"},
	} {
		if code, said := runQuietly(t, c.args...); code != c.code || !strings.Contains(said, c.says) {
			t.Errorf("studio %s: %d, %s", strings.Join(c.args, " "), code, said)
		}
	}
}

// runQuietly runs a command and gives its exit code and all that it says.
func runQuietly(t *testing.T, args ...string) (int, string) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "said"))
	if err != nil {
		t.Fatal(err)
	}
	out, failures := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = f, f
	code := run(context.Background(), args)
	os.Stdout, os.Stderr = out, failures
	f.Close()
	said, _ := os.ReadFile(f.Name())
	return code, string(said)
}
