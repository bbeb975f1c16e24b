package virtual

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"studioide/internal/api"
	"studioide/internal/sandbox"
)

// outside is what a program could reach: files, servers, a word, this process.
type outside struct {
	dir, word string
	tcp       *net.TCPListener
	udp       *net.UDPConn
	unix      *net.UnixListener
}

func newOutside(t *testing.T) *outside {
	t.Helper()
	o := &outside{dir: t.TempDir(), word: "canary-in-the-coal-mine"}
	t.Setenv("STUDIO_CANARY", o.word)
	for _, name := range []string{"secret", "victim", "victim3"} {
		if err := os.WriteFile(filepath.Join(o.dir, name), []byte(o.word), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.tcp = tcp.(*net.TCPListener)
	if o.udp, err = net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: o.tcp.Addr().(*net.TCPAddr).Port}); err != nil {
		t.Skip("somebody has the port: ", err)
	}
	unix, err := net.Listen("unix", filepath.Join(o.dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	o.unix = unix.(*net.UnixListener)
	for _, l := range []net.Listener{tcp, unix} {
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				c.Write([]byte(o.word))
				c.Close()
			}
		}()
	}
	t.Cleanup(func() { o.udp.Close() })
	return o
}

// reached has the program of testdata/escapes try everything, and names what it has reached.
func (o *outside) reached(t *testing.T, b *Board, h *tool) (tried int, reached []string) {
	t.Helper()
	before := entries(t, o.dir)
	h.write(fmt.Appendf(nil, "outside %s %s %s %s %d\ntry\n", filepath.Join(o.dir, "secret"), o.tcp.Addr(), o.unix.Addr(), o.word, os.Getpid()))
	for line := range strings.Lines(h.expect("tried\n")) {
		rest, ok := strings.CutPrefix(line, "try ")
		if !ok {
			continue
		}
		tried++
		name, what, _ := strings.Cut(strings.TrimSpace(rest), " ")
		if address, ok := strings.CutPrefix(what, "at "); ok {
			what = ""
			if c, err := net.DialTimeout("tcp", address, time.Second); err == nil {
				c.Close()
				what = "listens"
			}
		}
		if what != "" {
			reached = append(reached, name+": "+what)
		}
	}
	o.udp.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if n, _, err := o.udp.ReadFrom(make([]byte, 64)); err == nil && n > 0 {
		reached = append(reached, "net.udp: sent")
	}
	if after := entries(t, o.dir); after != before {
		reached = append(reached, "the folder holds now "+after)
	}
	if a := b.Address(); a != "" {
		reached = append(reached, "the page would be at "+a)
	}
	return tried, reached
}

func entries(t *testing.T, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var text []string
	for _, e := range list {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, fmt.Sprint(e.Name(), " ", info.Size(), " ", info.Mode()))
	}
	return strings.Join(text, ", ")
}

// escapes starts a board with the program of testdata/escapes.
func escapes(t *testing.T, c Config) (*Board, *tool) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "escapes")
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", file, "./testdata/escapes")
	if c.Sandbox != nil {
		cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	code, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	image, err := Pack(Program{Code: code, Sandboxed: c.Sandbox != nil}, key)
	if err != nil {
		t.Fatal(err)
	}
	b := start(t, c)
	h := connect(t, b)
	h.bootloader()
	h.attach()
	h.flash(0, image)
	h.reset()
	h.within("hello\n", 3*time.Minute) // it has to be compiled
	return b, h
}

// A sandboxed program reaches nothing, whatever it tries, and whatever ends it
// ends it alone.
func TestSandboxedProgramReachesNothing(t *testing.T) {
	o := newOutside(t)
	notShort(t)
	b, h := escapes(t, Config{Sandbox: sandbox.Command()})
	tried, reached := o.reached(t, b, h)
	if len(reached) > 0 {
		t.Errorf("reached:\n%s", strings.Join(reached, "\n"))
	}
	for _, e := range []struct{ command, want string }{
		{"memory", "out of memory"},
		{"stack", "stack"},
		{"goroutines", "out of memory"},
		{"wild-read", "out of bounds memory access"},
		{"wild-write", "out of bounds memory access"},
		{"wild-assembly", "out of bounds memory access"},
		{"wild-call", "fatal error: "},
		{"exit", "exit code 77"},
		{"flood", strings.Repeat("x", 1000)},
		{"loop", "The board restarts: the program computed for 8 s without a pause."},
	} {
		tried++
		h.reset()
		h.expect("hello\n")
		h.write([]byte(e.command + "\n"))
		// Eight seconds of a busy computer's processor take longer than that.
		if text := h.within(e.want, 3*time.Minute); len(text) > 1<<20 {
			t.Errorf("%s printed %d bytes", e.command, len(text))
		}
		if e.command == "loop" {
			h.expect("hello\n") // by itself
		}
	}
	if tried < 40 {
		t.Errorf("only %d attempts", tried)
	}
	t.Logf("%d attempts, %d reached something", tried, len(reached))
	if !slices.ContainsFunc(b.Pins(), func(p api.Pin) bool { return p.Pin == 8 }) {
		t.Error("the board is not whole")
	}
}
