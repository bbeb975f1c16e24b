package tempdir

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain is also another process: it makes a folder, says its name, and waits to be killed.
func TestMain(m *testing.M) {
	if os.Getenv("TEMPDIR_TEST_OTHER") == "" {
		os.Exit(m.Run())
	}
	dir, err := Make("board-")
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	os.WriteFile(filepath.Join(dir, "file"), []byte("x"), 0o600)
	fmt.Println(dir)
	bufio.NewReader(os.Stdin).ReadString('\n')
}

func other(t *testing.T) (dir string, kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TEMPDIR_TEST_OTHER=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() { cmd.Process.Kill(); cmd.Wait(); in.Close() }
	t.Cleanup(kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || strings.HasPrefix(line, "error") {
		t.Fatal(line, err)
	}
	return strings.TrimSpace(line), kill
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// What a killed process has left goes with the next start; what lives, and what is not ours, stays.
func TestLeftoversGo(t *testing.T) {
	temp := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, temp)
	}
	alive, _ := other(t)
	dead, kill := other(t)
	foreign := filepath.Join(temp, "studio-board-123") // of who knows whom
	if err := os.Mkdir(foreign, 0o700); err != nil {
		t.Fatal(err)
	}
	Sweep()
	if !isThere(filepath.Join(alive, "file")) || !isThere(filepath.Join(dead, "file")) {
		t.Fatal("a folder in use was removed")
	}
	kill()
	dir, err := Make("board-")
	if err != nil {
		t.Fatal(err)
	}
	if isThere(dead) || isThere(filepath.Dir(dead)) || isThere(filepath.Dir(dead)+suffix) {
		t.Error("what a killed process had is still there")
	}
	if !isThere(filepath.Join(alive, "file")) || !isThere(foreign) {
		t.Error("what is not left over was removed")
	}
	again, err := Make("board-")
	if err != nil || again == dir || filepath.Dir(again) != filepath.Dir(dir) {
		t.Errorf("%s, %s: %v", dir, again, err)
	}
	os.RemoveAll(filepath.Dir(dir)) // as a system does that cleans its temporary folder
	if dir, err = Make("board-"); err != nil {
		t.Error("after the temporary folder was cleaned:", err)
	}
	Clean()
	if isThere(filepath.Dir(dir)) {
		t.Error("a folder outlives its process's end")
	}
	left, _ := filepath.Glob(filepath.Join(temp, "studio*", prefix+"*"))
	if len(left) != 2 { // of the one that lives: its folder and its lock
		t.Errorf("left: %v", left)
	}
}

// A folder of the right name that is somebody else's, or open to others, is not used.
func TestForeignFolderIsNotUsed(t *testing.T) {
	if os.PathSeparator == '\\' {
		t.Skip("the temporary folder is each user's own there")
	}
	for name, put := range map[string]func(path string) error{
		"a link":         func(path string) error { return os.Symlink(t.TempDir(), path) },
		"open to others": func(path string) error { os.Mkdir(path, 0o700); return os.Chmod(path, 0o777) },
		"a file":         func(path string) error { return os.WriteFile(path, nil, 0o600) },
	} {
		temp := t.TempDir()
		t.Setenv("TMPDIR", temp)
		if err := put(filepath.Join(temp, fmt.Sprintf("studio-%d", os.Getuid()))); err != nil {
			t.Fatal(err)
		}
		if dir, err := Make("x"); err == nil {
			t.Errorf("%s is used: %s", name, dir)
			Clean()
		}
	}
}
