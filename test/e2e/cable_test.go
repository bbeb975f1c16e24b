package e2e

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
)

// ptyBoard is a virtual board in another process, on a serial port of the system.
func ptyBoard(t *testing.T, home, name string) string {
	t.Helper()
	port, _ := pluggedBoard(t, home, name)
	return port
}

// pluggedBoard is a ptyBoard that can be unplugged: its port is gone then.
func pluggedBoard(t *testing.T, home, name string) (port string, unplug func()) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no pseudo-terminals for serial programs")
	}
	cmd := exec.Command(binary, "virtual", name, "--pty", "--download", "--json")
	cmd.Env = append(os.Environ(), "STUDIO_HOME="+home)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var e struct{ Event, Port string }
	if err := json.Unmarshal(line, &e); err != nil || e.Event != "ready" {
		t.Fatalf("studio virtual --pty says %s, %v", line, err)
	}
	return e.Port, func() { cmd.Process.Kill() }
}

// A board behind a serial port, without any network: flashed, filled, its page and WebSocket over the cable alone.
func TestCableAlone(t *testing.T) {
	home := newHome(t)
	port := ptyBoard(t, home, "cable")
	s := start(t, home)
	s.until("a project", func(n api.Snapshot) bool { return n.Project != nil })
	s.ok(http.MethodPost, "/api/board/port", map[string]string{"port": port})
	s.until("the other board", func(n api.Snapshot) bool { return n.Board.Port == port && n.Board.State != api.BoardAbsent })
	if p := s.act("/api/run", nil); p.Problem == nil || p.Problem.Code != "board.choose" {
		t.Fatalf("a Run on a board that nobody knows ends with %+v", p)
	}
	if a := s.do(http.MethodPost, "/api/board/kind", map[string]string{"id": "nothing"}); a.Error == nil || a.Error.Code != "board.unknown" {
		t.Errorf("a board that does not exist is chosen with %d %s", a.Status, a.Body)
	}
	s.ok(http.MethodPost, "/api/board/kind", map[string]string{"id": "virtual"})
	s.run()
	n := s.until("a page over the cable", func(n api.Snapshot) bool {
		return n.Board.PageURL != "" && badge(n, "www/led.html") == api.SyncSame
	})
	if n.Board.Via != "cable" || n.Board.Address != "" || n.Board.Virtual {
		t.Errorf("the board is reached by %q, address %q", n.Board.Via, n.Board.Address)
	}
	code, page, _ := get(t, n.Board.PageURL+"led.html")
	if code != http.StatusOK || !strings.Contains(page, "WebSocket") {
		t.Errorf("the page over the cable: %d %.200s", code, page)
	}
	u, err := url.Parse(n.Board.PageURL)
	if err != nil {
		t.Fatal(err)
	}
	ws, _, err := websocket.DefaultDialer.Dial("ws://"+u.Host+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	for range 20 {
		if err := ws.WriteMessage(websocket.TextMessage, []byte("LEDon")); err != nil {
			t.Fatal(err)
		}
		if _, reply, err := ws.ReadMessage(); err != nil || string(reply) != "Reply for LEDon" {
			t.Fatalf("over the cable: %q, %v", reply, err)
		}
	}
	s.until("the LED's pin, told over the cable", func(n api.Snapshot) bool {
		return slices.ContainsFunc(n.Pins, func(p api.Pin) bool {
			return p.Pin == n.Board.LED && p.Name == "LED" && p.Mode == "output" && p.Level
		})
	})
	s.writeAndPush("www/led.html", "<p>over the cable")
	if _, page, _ := get(t, n.Board.PageURL+"led.html"); !strings.Contains(page, "over the cable") {
		t.Errorf("a stale page over the cable: %.200s", page)
	}
	ws.Close()
	s.stop()
	s = start(t, home)
	s.until("the same board, chosen before", func(n api.Snapshot) bool {
		return n.Board.Port == port && n.Board.ID == "virtual" && n.Board.Kinds == ""
	})
}

// The command line alone on such a port; and a port that another program has is named.
func TestCommandLineOnSerialPort(t *testing.T) {
	home := newHome(t)
	port := ptyBoard(t, home, "serial")
	dir := t.TempDir() + "/p"
	for _, args := range [][]string{{"new", "led", dir}, {"flash", dir, "--port", port, "--board", "virtual"}, {"push", dir, "--port", port}, {"files", "ls", "--port", port}} {
		if out, errs, code := cli(t, home, args...); code != 0 {
			t.Fatalf("studio %v = %d\n%s%s", args, code, out, errs)
		}
	}
	f, err := os.OpenFile(port, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if runtime.GOOS == "linux" {
		out, errs, code := cli(t, home, "files", "ls", "--port", port)
		if code != 1 || !strings.Contains(errs, "e2e.test") || !strings.Contains(errs, port) {
			t.Errorf("a port that this test holds: %d\n%s%s", code, out, errs)
		}
	}
}
