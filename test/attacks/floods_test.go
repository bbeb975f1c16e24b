package attacks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// resident is the memory that Studio has now, in bytes; 0 where the system does not say.
func (s *studio) resident() int {
	b, _ := os.ReadFile("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/status")
	for line := range strings.Lines(string(b)) {
		if v, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.Atoi(strings.Fields(v)[0])
			return kb << 10
		}
	}
	return 0
}

// descriptors is how many files and connections Studio has open; 0 where the system does not say.
func (s *studio) descriptors() int {
	list, _ := os.ReadDir("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/fd")
	return len(list)
}

const mostMemory = 400 << 20 // with room: a Studio at rest has some 40 MB, a flood takes it to 150

// Who takes all that he can get leaves enough for the others, and nothing behind.
func TestFloods(t *testing.T) {
	s := shared
	auth := http.Header{"Authorization": {"Bearer " + s.token}}
	before := s.descriptors()
	var open []io.Closer
	shut := func() {
		for _, c := range open {
			c.Close()
		}
		open = nil
	}
	defer shut()
	for _, f := range []struct {
		name  string
		times int
		do    func(i int)
	}{
		{"event sockets of many tabs", 60, func(int) {
			c, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(s.base, "http")+"/api/events", auth)
			if err == nil {
				open = append(open, c)
			}
		}},
		{"connections that say nothing", 150, func(int) {
			if c, err := net.Dial("tcp", s.host); err == nil {
				open = append(open, c)
			}
		}},
		{"headers that do not end", 40, func(int) {
			if c, err := net.Dial("tcp", s.host); err == nil {
				io.WriteString(c, "GET / HTTP/1.1\r\nHost: "+s.host+"\r\nX: ")
				open = append(open, c)
			}
		}},
		{"bodies that do not come", 40, func(int) {
			if c, err := net.Dial("tcp", s.host); err == nil {
				io.WriteString(c, "PUT /api/files/www/x.html HTTP/1.1\r\nHost: "+s.host+"\r\nAuthorization: Bearer "+s.token+"\r\nIf-Match: *\r\nContent-Length: 1000000\r\n\r\nx")
				open = append(open, c)
			}
		}},
		{"event sockets that send", 4, func(int) {
			c, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(s.base, "http")+"/api/events", auth)
			if err != nil {
				return
			}
			open = append(open, c)
			c.SetWriteDeadline(time.Now().Add(10 * time.Second))
			c.WriteMessage(websocket.TextMessage, bytes.Repeat([]byte("x"), 1<<20))
		}},
	} {
		for i := range f.times {
			tried("floods")
			f.do(i)
		}
		s.alive(t)
		if r := s.resident(); r > mostMemory {
			t.Errorf("%s: Studio takes %d MB", f.name, r>>20)
		}
	}
	shut()
	refused := func(what string, a answer) {
		t.Helper()
		tried("floods")
		if a.Status < 400 && a.Status != 0 || a.Status == 500 {
			t.Errorf("%s = %d %.200s", what, a.Status, a.Body)
		}
	}
	bearer := []string{"Host: " + s.host, "Authorization: Bearer " + s.token}
	refused("2 MB of headers", s.raw(t, request("GET /api/state", "", append(bearer, "X: "+strings.Repeat("x", 2<<20))...)))
	refused("100,000 headers", s.raw(t, request("GET /api/state", "", append(bearer, strings.Repeat("X: y\r\n", 300_000)+"X: y")...)))
	refused("a path of 2 MB", s.raw(t, request("GET /"+strings.Repeat("x", 2<<20), "", bearer...)))
	refused("a body that is said to be huge", s.raw(t, "PUT /api/files/www/x.html HTTP/1.1\r\n"+strings.Join(bearer, "\r\n")+"\r\nIf-Match: *\r\nContent-Length: 99999999999\r\n\r\n"))
	refused("a body of 10 MB", s.raw(t, request("PUT /api/files/www/x.html", strings.Repeat("x", 10<<20), append(bearer, "If-Match: *")...)))
	refused("a body in pieces without end", s.raw(t, "PUT /api/files/www/x.html HTTP/1.1\r\n"+strings.Join(bearer, "\r\n")+"\r\nIf-Match: *\r\nTransfer-Encoding: chunked\r\n\r\n"+strings.Repeat("100000\r\n"+strings.Repeat("x", 1<<20)+"\r\n", 11)))
	refused("a negative length", s.raw(t, "PUT /api/files/www/x.html HTTP/1.1\r\n"+strings.Join(bearer, "\r\n")+"\r\nContent-Length: -1\r\n\r\n"))
	for _, deep := range []string{strings.Repeat("[", 1_000_000), strings.Repeat(`{"a":`, 500_000), `{"text":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + "}", strings.Repeat(" ", 8<<20), `{"text":"` + strings.Repeat(`\u0000`, 1_000_000) + `"`} {
		for _, path := range []string{"/api/report", "/api/check", "/api/console", "/api/messages/send"} {
			if a := s.raw(t, request("POST "+path, deep, bearer...)); strings.TrimSpace(deep) != "" || a.Status == 500 {
				refused(path+" with "+deep[:8]+"…", a)
			}
		}
	}
	for _, body := range []string{`{"text":"` + strings.Repeat("x", 8<<20) + `"}`, `{"text":"` + strings.Repeat("x", 5000) + `"}`} {
		refused("a console line", s.raw(t, request("POST /api/console", body, bearer...)))
	}
	logged := len(s.log.String())
	for range 50 {
		tried("floods")
		s.raw(t, request("POST /api/report", `{"text":"`+strings.Repeat("y", 1<<20)+`"}`, bearer...))
	}
	if grown := len(s.log.String()) - logged; grown > 50*5000 {
		t.Errorf("50 reports of 1 MB add %d bytes to the log", grown)
	}
	for _, image := range [][]byte{nil, bytes.Repeat([]byte{0xe9}, 8<<20), append([]byte("UF2\n\x57\x51\x5d\x9e"), make([]byte, 1<<20)...), append([]byte{0x1f, 0x8b, 8, 0}, make([]byte, 1<<20)...), append([]byte("PK\x03\x04"), make([]byte, 1<<20)...), append([]byte("\x7fELF\x02\x01\x01"), bytes.Repeat([]byte{0xff}, 1<<20)...)} {
		refused("an image of nobody", s.raw(t, request("POST /api/flash?name=x.bin", string(image)+" ", bearer...)))
	}
	s.alive(t)
	if r := s.resident(); r > mostMemory {
		t.Errorf("after the floods Studio takes %d MB", r>>20)
	}
	if runtime.GOOS == "linux" {
		for deadline := time.Now().Add(90 * time.Second); s.descriptors() > before+20; time.Sleep(100 * time.Millisecond) { // an idle connection or two may be kept
			if time.Now().After(deadline) {
				t.Fatalf("%d descriptors are open, %d were before", s.descriptors(), before)
			}
		}
	}
}

// A file that a page loads from the internet is not fetched from this computer or its network. Most of these addresses
// are refused before anybody dials; the dialer itself, and what names and redirects make of it, is tested in internal/library.
func TestLibraryAddresses(t *testing.T) {
	s := shared
	var hits atomic.Int64
	inner, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer inner.Close()
	go func() {
		for {
			c, err := inner.Accept() // to be connected to is enough
			if err != nil {
				return
			}
			hits.Add(1)
			c.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(inner.Addr().String())
	var addresses []string
	for _, host := range []string{"127.0.0.1", "localhost", "LOCALHOST", "[::1]", "127.1", "0", "0.0.0.0", "2130706433", "0x7f000001", "0177.0.0.1", "[::ffff:127.0.0.1]", "[::]", "user:pass@127.0.0.1", "127.0.0.2", "localhost."} {
		addresses = append(addresses, "http://"+host+":"+port+"/x.js", "https://"+host+":"+port+"/x.js")
	}
	for _, host := range []string{"169.254.169.254", "10.0.0.1", "192.168.4.1", "172.16.0.1", "100.64.0.1", "[fe80::1]", "[fd00::1]", "224.0.0.1", "255.255.255.255"} {
		addresses = append(addresses, "http://"+host+"/x.js")
	}
	addresses = append(addresses, "file:///etc/passwd", "ftp://127.0.0.1/x.js", "gopher://127.0.0.1:"+port+"/x.js", "http://127.0.0.1:"+port+"/x.js\r\nX: y", "jar:http://127.0.0.1:"+port+"/x.js", s.base+"/api/state", "http://127.0.0.1:"+port+"#.js", "//127.0.0.1:"+port+"/x.js")
	begun := 0
	for i, address := range addresses {
		tried("the board's and pages' addresses")
		page := fmt.Sprintf("www/library%d.html", i)
		if a := s.in(t, "PUT", "/api/files/"+page, `<!doctype html><script src="`+address+`"></script>`, "If-Match: *"); a.Status != 200 {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
		body := `{"path":"` + page + `","address":` + strconv.Quote(address) + `}`
		a := s.in(t, "POST", "/api/library", body)
		for deadline := time.Now().Add(time.Minute); a.code() == "action.busy" && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) { // the one before has not ended
			a = s.in(t, "POST", "/api/library", body)
		}
		if a.Status < 400 && a.Status != 202 {
			t.Errorf("%s = %d %s", address, a.Status, a.Body)
		}
		if a.Status == 202 {
			begun++
			for deadline := time.Now().Add(time.Minute); s.acting(t); time.Sleep(10 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("%s: the fetching does not end", address)
				}
			}
		}
		s.in(t, "DELETE", "/api/files/"+page, "")
	}
	if begun < 5 {
		t.Errorf("only %d of the addresses were tried to be fetched; the others never came so far", begun)
	}
	// As an address of the board's WebSocket: only its path is anybody's to say.
	for _, path := range []string{"http://127.0.0.1:" + port + "/", "ws://127.0.0.1:" + port + "/", "//127.0.0.1:" + port + "/", "@127.0.0.1:" + port + "/", "127.0.0.1:" + port, "/\r\nHost: 127.0.0.1:" + port, "/ws HTTP/1.1\r\nX: y\r\n\r\nGET /", "\\\\127.0.0.1\\x", ":" + port + "/", "/../../x", "#", "?x"} {
		tried("the board's and pages' addresses")
		s.in(t, "POST", "/api/messages/connect", `{"path":`+strconv.Quote(path)+`}`)
	}
	s.alive(t)
	if n := hits.Load(); n > 0 {
		t.Errorf("%d connections reached a server of this computer", n)
	}
}

// acting tells whether an action is under way.
func (s *studio) acting(t testing.TB) bool {
	t.Helper()
	var now struct{ Progress struct{ State string } }
	if a := s.in(t, "GET", "/api/state", ""); json.Unmarshal([]byte(a.Body), &now) != nil {
		t.Fatalf("/api/state = %d %.300s", a.Status, a.Body)
	}
	return now.Progress.State == "running"
}

const wifiPassword = "canary-7c2a-password"

// A Wi-Fi password is nowhere after it was typed, whatever became of it.
func TestWiFiPassword(t *testing.T) {
	s := shared
	said := ""
	for _, body := range []string{
		`{"ssid":"Home","password":"` + wifiPassword + `"}`, `{"ssid":"","password":"` + wifiPassword + `"}`, `{"ssid":"Home","password":"` + strings.Repeat(wifiPassword, 50) + `"}`, `{"ssid":"Home","password":"` + wifiPassword, `{"ssid":5,"password":"` + wifiPassword + `"}`,
		`{"ssid":"Home","password":["` + wifiPassword + `"]}`, `{"` + wifiPassword + `":1}`, `{"ssid":"Home","passwort":"` + wifiPassword + `"}`, wifiPassword, `{"ssid":"` + strings.Repeat("x", 100) + `","password":"` + wifiPassword + `"}`, `{"ssid":"a\u0000b","password":"` + wifiPassword + `\u0000"}`,
	} {
		tried("Wi-Fi password")
		a := s.in(t, "POST", "/api/board/wifi/join", body)
		said += a.Body
		if a.Status < 400 || a.Status == 500 {
			t.Errorf("joined without a radio: %d %s", a.Status, a.Body)
		}
	}
	for _, args := range [][]string{{"wifi", "join", "--port", "virtual:", "Home"}, {"wifi", "join", "--port", "virtual:", "--json", "Home"}, {"wifi", "join", "--port", "/dev/none", "Home"}} {
		tried("Wi-Fi password")
		cmd := exec.Command(s.binary, args...)
		cmd.Env = append(os.Environ(), "STUDIO_HOME="+s.home)
		cmd.Stdin = strings.NewReader(wifiPassword + "\n")
		out, _ := cmd.CombinedOutput()
		said += string(out)
	}
	for _, path := range []string{"/api/state", "/api/messages.jsonl", "/api/snapshots", "/api/doctor"} {
		said += s.in(t, "GET", path, "").Body
	}
	argv, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range argv {
		b, _ := os.ReadFile(path)
		said += string(b)
	}
	if strings.Contains(said+s.log.String(), wifiPassword) {
		t.Error("the password is in an answer, a state, arguments or the log")
	}
	err := filepath.WalkDir(s.home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // gone again
		}
		if b, err := os.ReadFile(path); err == nil && bytes.Contains(b, []byte(wifiPassword)) {
			t.Errorf("the password stands in %s", path)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
