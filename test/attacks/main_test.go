// Package attacks tries to get in where docs/security.md says that nobody does: each
// case is an attack, and the test wants it to fail. The doors are those of the
// built program; bridge and builds are driven as the program drives them.
package attacks

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"studioide/internal/confine"
	"studioide/test/built"
)

// fewest is how many attacks there are at least, so that none gets lost: a table that is not walked fails.
const fewest = 500

var (
	top    string // of everything that this run makes
	tries  sync.Map
	shared *studio
)

// secret stands in a file outside of all that Studio may give away.
const secret = "canary-4e1f-outside"

// tried counts an attack.
func tried(kind string) {
	n, _ := tries.LoadOrStore(kind, new(atomic.Int64))
	n.(*atomic.Int64).Add(1)
}

func TestMain(m *testing.M) {
	confine.Stage()
	os.Exit(func() int {
		var err error
		if top, err = os.MkdirTemp("", "studio-attacks-"); err != nil {
			panic(err)
		}
		defer os.RemoveAll(top)
		binary, err := built.Studio(top)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		if shared, err = launch(binary, filepath.Join(top, "home")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		code := m.Run()
		if err := shared.stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
		all := int64(0)
		tries.Range(func(kind, n any) bool {
			fmt.Printf("%6d %s\n", n.(*atomic.Int64).Load(), kind)
			all += n.(*atomic.Int64).Load()
			return true
		})
		fmt.Printf("%6d attacks\n", all)
		if wanted := !slices.ContainsFunc(os.Args, func(a string) bool { return strings.HasPrefix(a, "-test.run") }); wanted && code == 0 && all < fewest {
			fmt.Fprintf(os.Stderr, "%d attacks were tried, want at least %d\n", all, fewest)
			code = 1
		}
		return code
	}())
}

// studio is the built program, serving.
type studio struct {
	binary, home string
	cmd          *exec.Cmd
	base, host   string // http://127.0.0.1:PORT, 127.0.0.1:PORT
	token        string // of programs
	cookie       string // "studio-PORT=…" of a browser that is in
	log          built.Log
	kept         chan *kept // connections that wait for the next request of the page
}

func launch(binary, home string) (*studio, error) {
	s := &studio{binary: binary, home: home, kept: make(chan *kept, 20)}
	s.cmd = exec.Command(binary, "serve", "--addr", "127.0.0.1:0", "--no-open", "--json", "-v")
	s.cmd.Env = append(os.Environ(), "STUDIO_HOME="+home)
	s.cmd.Stderr = &s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	in := bufio.NewReader(out)
	line, err := in.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("studio did not start: %w\n%s", err, &s.log)
	}
	go io.Copy(io.Discard, in)
	var serving struct{ URL string }
	if err := json.Unmarshal(line, &serving); err != nil {
		return nil, fmt.Errorf("studio says %s: %w", line, err)
	}
	u, err := url.Parse(serving.URL)
	if err != nil {
		return nil, err
	}
	s.host, s.base = u.Host, "http://"+u.Host
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := client.Get(serving.URL)
	if err != nil {
		return nil, err
	}
	r.Body.Close()
	for _, c := range r.Cookies() {
		s.cookie = c.Name + "=" + c.Value
	}
	var note struct{ Token string }
	b, err := os.ReadFile(filepath.Join(home, "config", "running.json"))
	if err == nil {
		err = json.Unmarshal(b, &note)
	}
	if err != nil {
		return nil, err
	}
	if s.token = note.Token; s.cookie == "" || s.token == "" {
		return nil, fmt.Errorf("no way in: cookie %q, a token of %d characters", s.cookie, len(s.token))
	}
	return s, nil
}

func (s *studio) stop() error {
	s.cmd.Process.Signal(os.Interrupt)
	timer := time.AfterFunc(time.Minute, func() { s.cmd.Process.Kill() })
	s.cmd.Wait()
	if !timer.Stop() {
		return fmt.Errorf("studio did not end within a minute: %s\n%s", s.cmd.ProcessState, &s.log)
	}
	if strings.Contains(s.log.String(), "goroutine ") {
		return fmt.Errorf("the log holds a stack trace:\n%s", &s.log)
	}
	return nil
}

func (s *studio) port() string { return s.host[strings.LastIndexByte(s.host, ':')+1:] }

// answer is what came back. Status 0: the connection was closed without one.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

func (a answer) code() string {
	var e struct{ Error struct{ Code string } }
	json.Unmarshal([]byte(a.Body), &e)
	return e.Error.Code
}

// raw sends bytes over a connection of their own, and reads the first answer.
func (s *studio) raw(t testing.TB, request string) answer {
	t.Helper()
	return rawAt(t, s.host, request)
}

func rawAt(t testing.TB, address, request string) answer {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Minute))
	io.WriteString(c, request) // it may be refused half-way
	method, _, _ := strings.Cut(request, " ")
	res, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		return answer{}
	}
	a := answer{Status: res.StatusCode, Header: res.Header}
	if res.StatusCode != http.StatusSwitchingProtocols {
		b, _ := io.ReadAll(res.Body)
		a.Body = string(b)
	}
	return a
}

// request makes the bytes of a request; header are lines. It is the last of its connection.
func request(line, body string, header ...string) string {
	var b strings.Builder
	b.WriteString(line + " HTTP/1.1\r\n")
	for _, h := range header {
		b.WriteString(h + "\r\n")
	}
	closing := !slices.ContainsFunc(header, func(h string) bool { return strings.HasPrefix(h, "Connection:") })
	if closing {
		b.WriteString("Connection: close\r\n")
	}
	if body != "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	return b.String() + "\r\n" + body
}

// in is a request of the page itself, over a connection that is kept for the next one, as a browser keeps it.
func (s *studio) in(t testing.TB, method, path, body string, header ...string) answer {
	t.Helper()
	r := request(method+" "+path, body, append([]string{"Host: " + s.host, "Cookie: " + s.cookie, "Origin: " + s.base, "Connection: keep-alive"}, header...)...)
	for {
		var c *kept
		select {
		case c = <-s.kept:
		default:
			conn, err := net.Dial("tcp", s.host)
			if err != nil {
				t.Fatal(err)
			}
			c = &kept{Conn: conn, in: bufio.NewReader(conn)}
		}
		c.SetDeadline(time.Now().Add(time.Minute))
		io.WriteString(c, r) // it may be refused half-way
		res, err := http.ReadResponse(c.in, &http.Request{Method: method})
		if err != nil && c.served { // Studio may have closed it meanwhile
			c.Close()
			continue
		}
		if err != nil {
			c.Close()
			return answer{}
		}
		b, err := io.ReadAll(res.Body)
		c.served = true
		if err != nil || res.Close {
			c.Close()
			return answer{res.StatusCode, res.Header, string(b)}
		}
		select {
		case s.kept <- c:
		default:
			c.Close()
		}
		return answer{res.StatusCode, res.Header, string(b)}
	}
}

// kept is a connection on which answers came already, or none yet.
type kept struct {
	net.Conn
	in     *bufio.Reader
	served bool
}

// alive is the invariant after each kind of attack: Studio answers who is in.
func (s *studio) alive(t testing.TB) {
	t.Helper()
	if a := s.in(t, "GET", "/api/state", ""); a.Status != 200 {
		t.Fatalf("after all that, /api/state = %d %.300s\n%s", a.Status, a.Body, &s.log)
	}
}

// files is everything below dir: path → content, links with what they lead to.
func files(t testing.TB, dir string, but ...string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if slices.Contains(but, name) {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		switch {
		case d.IsDir():
			all[name] = "folder"
		case d.Type().IsRegular():
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			all[name] = string(b)
		default:
			to, _ := os.Readlink(path)
			all[name] = d.Type().String() + to
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// same wants two listings to be one.
func same(t testing.TB, what string, before, after map[string]string) {
	t.Helper()
	for name, content := range before {
		if now, there := after[name]; !there {
			t.Errorf("%s: %s is gone", what, name)
		} else if now != content {
			t.Errorf("%s: %s has %.100q, had %.100q", what, name, now, content)
		}
	}
	for name := range after {
		if _, there := before[name]; !there {
			t.Errorf("%s: %q is new", what, name)
		}
	}
}
