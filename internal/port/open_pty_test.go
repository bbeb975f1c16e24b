//go:build linux || darwin

package port_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"studioide/internal/api"
	"studioide/internal/port"
	"studioide/internal/port/porttest"
	"studioide/internal/problem"
)

// openPty makes a pty and returns its far end and its name.
func openPty(t *testing.T) (*os.File, string) {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Skip("no pty here: ", err)
	}
	name := slave.Name()
	t.Cleanup(func() { master.Close() })
	slave.Close()
	return master, name
}

func TestSerialPortIsAPort(t *testing.T) {
	porttest.Run(t, func(t *testing.T) porttest.Link {
		master, name := openPty(t)
		p, err := port.Open(name, port.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.Close() })
		return porttest.Link{Port: p, Board: master, Unplug: func() { master.Close() }}
	})
}

// TestMain is also the program that takes a port away from Studio.
func TestMain(m *testing.M) {
	if name := os.Getenv("HOLD_PORT"); name != "" {
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("ready")
		bufio.NewReader(os.Stdin).ReadString('\n')
		f.Close()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// hold opens a port in another process until the returned function is called.
func hold(t *testing.T, name string) (other *exec.Cmd, release func()) {
	t.Helper()
	other = exec.Command(os.Args[0])
	other.Env = append(os.Environ(), "HOLD_PORT="+name)
	in, _ := other.StdinPipe()
	out, _ := other.StdoutPipe()
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	release = sync.OnceFunc(func() { in.Close(); other.Wait() })
	t.Cleanup(release)
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the other program said %q", line)
	}
	return other, release
}

func TestBusyNamesTheProgram(t *testing.T) {
	_, name := openPty(t)
	other, release := hold(t, name)
	_, err := port.Open(name, port.Options{})
	if !errors.Is(err, port.ErrBusy) {
		t.Fatalf("Open: %v", err)
	}
	text := problem.Of(err).Text
	if want := fmt.Sprintf("%s (process %d) is using %s.", filepath.Base(os.Args[0]), other.Process.Pid, name); text != want {
		t.Errorf("%q instead of %q", text, want)
	}
	release()
	p, err := port.Open(name, port.Options{})
	if err != nil {
		t.Fatalf("Open when the other program has ended: %v", err)
	}
	p.Close()
}

// A list of ports asks nobody's open files; who holds one is told when that is
// asked, also of a port that is named by a link.
func TestHoldersOnlyWhenAsked(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("this system does not tell who holds a port without opening it")
	}
	_, name := openPty(t)
	_, release := hold(t, name)
	link := filepath.Join(t.TempDir(), "board")
	if err := os.Symlink(name, link); err != nil {
		t.Fatal(err)
	}
	t.Setenv("STUDIO_PORTS", link)
	listed := func() []api.Port {
		all, err := port.List()
		if err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(all, func(p api.Port) bool { return p.Name != link })
	}
	list := listed()
	if len(list) != 1 || list[0].Problem != nil {
		t.Fatalf("listed: %+v", list)
	}
	port.FillHolders(list)
	if p := list[0].Problem; p == nil || p.Code != "port.busy" || !strings.Contains(p.Text, link) || !strings.Contains(p.Text, "process") {
		t.Errorf("asked: %+v", p)
	}
	release()
	list = listed()
	port.FillHolders(list)
	if len(list) != 1 || list[0].Problem != nil {
		t.Errorf("when it is free again: %+v", list)
	}
}

func TestSecondOpenHere(t *testing.T) {
	_, name := openPty(t)
	p, err := port.Open(name, port.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := port.Open(name, port.Options{}); !errors.Is(err, port.ErrBusy) || !strings.HasPrefix(problem.Of(err).Text, "Studio is using ") {
		t.Errorf("second Open: %v", err)
	}
	p.Close()
	if p, err = port.Open(name, port.Options{}); err != nil {
		t.Fatalf("Open after Close: %v", err)
	}
	p.Close()
}

func TestOpenWhatIsNotThere(t *testing.T) {
	for _, name := range []string{"", "/dev/ttyUSB999", "ttyUSB999", "a\x00b", "../../etc/passwd"} {
		if err := port.Check(name); err != nil {
			t.Errorf("Check(%q): %v, though it may come", name, err)
		}
		_, err := port.Open(name, port.Options{})
		if !errors.Is(err, port.ErrNotFound) {
			t.Errorf("Open(%q): %v", name, err)
			continue
		}
		if p := problem.Of(err); p.Help == "" || !strings.Contains(p.Text, name) {
			t.Errorf("Open(%q): %+v", name, p)
		}
	}
}

// What is there and no serial port is called what it is, whoever has it open, and nothing opens it.
func TestOpenWhatIsNoPort(t *testing.T) {
	dir := t.TempDir()
	file, fifo, link := filepath.Join(dir, "notes.txt"), filepath.Join(dir, "fifo"), filepath.Join(dir, "link")
	os.WriteFile(file, []byte("precious"), 0o600)
	if err := errors.Join(unix.Mkfifo(fifo, 0o600), os.Symlink(dir, link)); err != nil {
		t.Fatal(err)
	}
	hold(t, "/dev/null")
	cases := map[string]string{dir: "folder", link: "folder", file: "file", fifo: "connects programs",
		"/dev/null": "device", "null": "device", "/dev/zero": "device", "/dev/tty": "terminal"}
	for name, word := range cases {
		_, opened := port.Open(name, port.Options{})
		for act, err := range map[string]error{"Open": opened, "Check": port.Check(name)} {
			if !errors.Is(err, port.ErrNotSerial) {
				t.Errorf("%s(%q): %v", act, name, err)
				continue
			}
			if p := problem.Of(err); !strings.HasPrefix(p.Text, name+" ") || !strings.Contains(p.Text, word) || p.Help == "" {
				t.Errorf("%s(%q): %+v", act, name, p)
			}
		}
	}
	_, name := openPty(t)
	for _, name := range []string{name, "virtual:", "virtual:second"} {
		if err := port.Check(name); err != nil {
			t.Errorf("Check(%q): %v", name, err)
		}
	}
	if err := port.Check("virtual:NO GOOD"); !errors.Is(err, port.ErrBadName) {
		t.Errorf("Check of a bad name: %v", err)
	}
	if b, _ := os.ReadFile(file); string(b) != "precious" {
		t.Errorf("the file is now %q", b)
	}
}

func TestNewDeadlineReachesAWaitingRead(t *testing.T) {
	_, name := openPty(t)
	p, err := port.Open(name, port.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	done := make(chan error, 1)
	go func() {
		_, err := p.Read(make([]byte, 1))
		done <- err
	}()
	p.SetReadDeadline(time.Now())
	select {
	case err := <-done:
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("still reading")
	}
}
