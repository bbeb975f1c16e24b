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
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	arrived := make(chan bool, 100)
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
	at := l.Addr().String()
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
	program := "package main\n\nimport \"studio/board\"\n\nfunc main() {\n\tboard.Dial(\"ws://" + at + "/\", func(*board.Client, string) {})\n\tboard.Serve()\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(program), 0o644); err != nil {
		t.Fatal(err)
	}
	s := start(t, home)
	s.until("a board", func(n api.Snapshot) bool { return n.Board.State == api.BoardEmpty })
	if out := studio(1, "flash", dir, "--port", "virtual:", "--dial", "nonsense"); !strings.Contains(out, "nonsense") {
		t.Error(out)
	}
	studio(0, "flash", dir, "--port", "virtual:")
	s.until("the question", func(n api.Snapshot) bool { return n.Board.Dials == at })
	came(false, "flash")
	studio(0, "flash", dir, "--port", "virtual:", "--dial", at)
	s.until("no question", func(n api.Snapshot) bool { return n.Board.Dials == "" })
	<-arrived
	s.stop()
	for len(arrived) > 0 {
		<-arrived
	}
	studio(0, "monitor", "--port", "virtual:", "--for", "3s")
	came(false, "monitor")
	studio(0, "monitor", "--port", "virtual:", "--for", "5s", "--dial", at, "--dial", "127.0.0.1:1")
	came(true, "monitor --dial")
}
