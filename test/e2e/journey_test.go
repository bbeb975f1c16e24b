package e2e

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
)

func badge(n api.Snapshot, path string) api.SyncState {
	for _, f := range n.BoardFiles {
		if f.Path == path {
			return f.State
		}
	}
	return ""
}

func level(n api.Snapshot, pin int) bool {
	for _, p := range n.Pins {
		if p.Pin == pin {
			return p.Level
		}
	}
	return false
}

// From nothing to a lit LED, then a change of the page, a mistake in the program, and a restart of everything.
func TestJourney(t *testing.T) {
	home := newHome(t)
	s := start(t, home)
	first := s.until("an open project and a board", func(n api.Snapshot) bool {
		return n.Project != nil && n.Board.State == api.BoardEmpty
	})
	if first.Project.Title != "LED over WebSocket" || first.Settings.Port != "virtual:" {
		t.Fatalf("a newcomer sees %q on %q", first.Project.Title, first.Settings.Port)
	}
	n := s.run()
	if n.Board.PageURL == "" || badge(n, "main.go") != api.SyncSame {
		n = s.until("main.go on board", func(n api.Snapshot) bool { return badge(n, "main.go") == api.SyncSame && n.Board.PageURL != "" })
	}
	s.until("web files on board", func(n api.Snapshot) bool { return badge(n, "www/led.html") == api.SyncSame })
	code, page, header := get(t, n.Board.PageURL+"led.html")
	if code != http.StatusOK || !strings.Contains(page, "LED") || !strings.Contains(header.Get("Cache-Control"), "no-cache") || header.Get("ETag") == "" {
		t.Fatalf("GET led.html = %d, %q, %.200s", code, header, page)
	}

	u, err := url.Parse(n.Board.PageURL)
	if err != nil {
		t.Fatal(err)
	}
	ws, _, err := websocket.DefaultDialer.Dial("ws://"+u.Host+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	led := n.Board.LED
	for _, c := range []struct {
		say string
		on  bool
	}{{"LEDon", true}, {"LEDOff", false}, {"ledon", true}, {"LEDOFF", false}, {"LEDOn", true}} {
		if err := ws.WriteMessage(websocket.TextMessage, []byte(c.say)); err != nil {
			t.Fatal(err)
		}
		_, reply, err := ws.ReadMessage()
		if err != nil || string(reply) != "Reply for "+c.say {
			t.Fatalf("%s was answered with %q, %v", c.say, reply, err)
		}
		s.until("the LED after "+c.say, func(n api.Snapshot) bool { return level(n, led) == c.on })
	}
	s.until("the page's messages in the console", func(n api.Snapshot) bool {
		sent, received := false, false
		for _, m := range n.Messages {
			sent = sent || m.Kind == "sent" && m.Data == "LEDon" && m.From == "page"
			received = received || m.Kind == "received" && m.Data == "Reply for LEDon" && m.From == "page"
		}
		return sent && received
	})

	// A saved page is on the board a moment later, and never stale.
	s.writeAndPush("www/led.html", "<!doctype html><title>New</title><p>changed")
	s.until("the changed page on board", func(n api.Snapshot) bool { return badge(n, "www/led.html") == api.SyncSame })
	if _, page, _ := get(t, n.Board.PageURL+"led.html"); !strings.Contains(page, "changed") {
		t.Fatalf("the board serves a stale page: %.200s", page)
	}

	// A mistake is marked, and the board goes on.
	good := string(s.ok(http.MethodGet, "/api/files/main.go", nil).Body)
	s.write("main.go", strings.Replace(good, "board.Serve()", "bord.Serve()", 1))
	if p := s.act("/api/run", nil); p.State != "failed" || p.Problem == nil || p.Problem.Code != "build.failed" {
		t.Fatalf("Run with a mistake ended with %+v", p)
	}
	bad := s.until("a problem in main.go", func(n api.Snapshot) bool { return len(n.Problems) > 0 })
	if p := bad.Problems[0]; p.Path != "main.go" || p.Line == 0 || p.Column == 0 || !strings.Contains(p.Raw, "bord") || p.Text == p.Raw {
		t.Errorf("the problem is %+v", p)
	}
	if bad.Board.State != api.BoardRunning {
		t.Errorf("after a mistake the board is %s", bad.Board.State)
	}
	s.until("main.go marked as changed", func(n api.Snapshot) bool { return badge(n, "main.go") == api.SyncChanged })
	s.write("main.go", good)

	// Everything is as it was after kill -9.
	s.ok(http.MethodPut, "/api/settings", map[string]any{"tabs": []string{"main.go", "www/led.html"}, "activeTab": "main.go", "theme": "dark"})
	time.Sleep(500 * time.Millisecond) // settings reach the disk 300 ms after the last change
	for tries := 0; ; tries++ {        // a program that has only just been started when Studio is killed is held, see internal/virtual/suspect.go
		noted, _ := filepath.Glob(filepath.Join(home, "config", "virtual", "*", "starting"))
		if len(noted) == 0 {
			break
		}
		if tries == 1200 {
			t.Fatal("the program is suspected for ever")
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.kill()
	s = start(t, home)
	again := s.until("the board's program again", func(n api.Snapshot) bool {
		return n.Board.State == api.BoardRunning && badge(n, "www/led.html") == api.SyncSame && badge(n, "main.go") == api.SyncSame
	})
	if again.Settings.Theme != "dark" || strings.Join(again.Settings.Tabs, " ") != "main.go www/led.html" || again.Project.Title != "LED over WebSocket" {
		t.Errorf("after the restart: %+v, %s", again.Settings, again.Project.Title)
	}
	if _, page, _ := get(t, again.Board.PageURL+"led.html"); !strings.Contains(page, "changed") {
		t.Errorf("after the restart the board serves %.200s", page)
	}
}

// The tutorial's programs speak to the echo firmware as they do on their own board.
func TestEchoTemplate(t *testing.T) {
	s := shared(t)
	s.ok(http.MethodPost, "/api/projects", map[string]string{"template": "echo", "title": "Echo"})
	n := s.run()
	u, err := url.Parse(n.Board.PageURL)
	if err != nil {
		t.Fatal(err)
	}
	ws, _, err := websocket.DefaultDialer.Dial("ws://"+u.Host+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, say := range []string{"Hello world :)", "HELLO from button", "ä 😀"} {
		ws.WriteMessage(websocket.TextMessage, []byte(say))
		if _, reply, err := ws.ReadMessage(); err != nil || string(reply) != "Reply for "+say {
			t.Fatalf("%q was answered with %q, %v", say, reply, err)
		}
	}
	ws.WriteMessage(websocket.TextMessage, []byte(strings.Repeat("x", 257)))
	if _, _, err := ws.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseMessageTooBig) {
		t.Errorf("257 bytes were answered with %v, want close 1009", err)
	}
	ws.Close()
	s.until("the program's words on the console", func(n api.Snapshot) bool {
		return strings.Contains(n.Console, "WS ACCEPT") && strings.Contains(n.Console, "WS RECV TEXT : Hello world :)") && strings.Contains(n.Console, "WS CLOSED")
	})
}

func TestTutorialPages(t *testing.T) {
	s := shared(t)
	for _, name := range []string{"led.html", "wstest.html"} {
		page, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "tutorial", name))
		if os.IsNotExist(err) {
			t.Skip("the tutorial's pages are not at hand")
		}
		if err != nil {
			t.Fatal(err)
		}
		s.write("www/"+name, string(page))
	}
	n := s.run()
	for _, name := range []string{"led.html", "wstest.html"} {
		want, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "tutorial", name))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.ok(http.MethodGet, "/api/board/files/www/"+name, nil).Body; string(got) != string(want) {
			t.Errorf("%s on the board differs from what was pasted", name)
		}
		if code, _, _ := get(t, n.Board.PageURL+name); code != http.StatusOK {
			t.Errorf("GET %s = %d", name, code)
		}
	}
}
