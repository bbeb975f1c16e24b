package e2e

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"studioide/internal/api"
)

// --dial lets the program connect where it has asked to, through a running Studio and alone, and nowhere else.
func TestDialFlag(t *testing.T) {
	listen := func() (address string, arrived chan bool) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		arrived = make(chan bool, 1000)
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				conn.Close()
				arrived <- true
			}
		}()
		return l.Addr().String(), arrived
	}
	at, arrived := listen()
	forbidden, strayed := listen()
	home, dir := newHome(t), filepath.Join(t.TempDir(), "caller")
	studio := func(wanted int, args ...string) string {
		t.Helper()
		out, errs, code := cli(t, home, args...)
		if code != wanted {
			t.Fatalf("studio %v = %d\n%s%s", args, code, out, errs)
		}
		return out + errs
	}
	came := func(wanted bool, after string) {
		t.Helper()
		if got := len(arrived) > 0; got != wanted {
			t.Errorf("after %s the program has connected: %t", after, got)
		}
		for len(arrived) > 0 {
			<-arrived
		}
	}
	studio(0, "new", "blink", dir)
	program := "package main\n\nimport \"studio/board\"\n\nfunc main() {\n\tboard.Dial(\"ws://" + at + "/\", func(*board.Client, string) {})\n\tboard.Dial(\"ws://" + forbidden + "/\", func(*board.Client, string) {})\n\tboard.Serve()\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(program), 0o644); err != nil {
		t.Fatal(err)
	}
	s := start(t, home)
	s.until("a board", func(n api.Snapshot) bool { return n.Board.State == api.BoardEmpty })
	if out := studio(1, "flash", dir, "--port", "virtual:", "--dial", "nonsense"); !strings.Contains(out, "nonsense") {
		t.Error(out)
	}
	studio(0, "flash", dir, "--port", "virtual:")
	s.until("the questions", func(n api.Snapshot) bool {
		return n.Board.Dials == at+" "+forbidden || n.Board.Dials == forbidden+" "+at
	})
	came(false, "flash")
	studio(0, "ws", "/ws", "--for", "5s", "--dial", at) // of the board that Studio has selected
	s.until("the one question that is left", func(n api.Snapshot) bool { return n.Board.Dials == forbidden })
	// The program is on the board, whatever it asks for.
	if out := studio(0, "flash", dir, "--port", "virtual:", "--dial", at, "--dial", "127.0.0.1:1"); !strings.Contains(out, "has not asked for a connection to 127.0.0.1:1") {
		t.Error(out)
	}
	s.until("one question", func(n api.Snapshot) bool { return n.Board.Dials == forbidden })
	<-arrived
	s.stop()
	for len(arrived) > 0 {
		<-arrived
	}
	studio(0, "monitor", "--port", "virtual:", "--for", "3s")
	came(false, "monitor")
	studio(0, "monitor", "--port", "virtual:", "--for", "5s", "--dial", at, "--dial", "127.0.0.1:1")
	came(true, "monitor --dial")
	if len(strayed) > 0 {
		t.Error("the program has connected where it may not")
	}
}
