package outgoing

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// listen is a server that says hello, and its port.
func listen(t *testing.T) (l net.Listener, port string, came *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	came = new(atomic.Int32)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			came.Add(1)
			io.WriteString(c, "hello")
			io.Copy(io.Discard, c)
			c.Close()
		}
	}()
	return l, strconv.Itoa(l.Addr().(*net.TCPAddr).Port), came
}

func TestNothingIsAllowedByItself(t *testing.T) {
	_, port, came := listen(t)
	changes := -1 // it is told once at the beginning
	d := &Dialer{}
	d.Listen(func([]string) { changes++ })
	at := "127.0.0.1:" + port
	for range 3 {
		if _, err := d.Dial(t.Context(), at); !errors.Is(err, ErrAsk) {
			t.Fatal(err)
		}
	}
	if !slices.Equal(d.Asked(), []string{at}) || changes != 1 {
		t.Fatal(d.Asked(), changes)
	}
	if err := d.Allow("127.0.0.1:1", true); !errors.Is(err, ErrNotAsked.With("")) && err == nil {
		t.Fatal("what nobody has asked for is allowed")
	}
	if err := d.Allow(at, true); err != nil || len(d.Asked()) != 0 {
		t.Fatal(err, d.Asked())
	}
	c, err := d.Dial(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	var b [5]byte
	if _, err := io.ReadFull(c, b[:]); err != nil || string(b[:]) != "hello" {
		t.Fatal(err)
	}
	if n := came.Load(); n != 1 { // they come in order: those before would have come
		t.Fatalf("%d connections", n)
	}
	// A name that leads there is another address.
	if _, err := d.Dial(t.Context(), "localhost:"+port); !errors.Is(err, ErrAsk) {
		t.Fatal(err)
	}
	d.Forget()
	c.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := c.Read(b[:]); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal("the connection outlives the permission")
	}
	if _, err := d.Dial(t.Context(), at); !errors.Is(err, ErrAsk) {
		t.Fatal(err)
	}
	if err := d.Allow(at, false); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Dial(t.Context(), at); !errors.Is(err, ErrAsk) || len(d.Asked()) != 0 {
		t.Fatal(err, d.Asked())
	}
}

// Studio's own ports are nobody's, whatever they are called.
func TestStudiosOwnPorts(t *testing.T) {
	l, port, _ := listen(t)
	Own(l)
	n, _ := strconv.Atoi(port)
	d := &Dialer{}
	hosts := []string{"127.0.0.1", "localhost", "0.0.0.0", "127.9.9.9", "[::ffff:127.0.0.1]", "[::1]", "[::]", "LOCALHOST"}
	if its, err := net.InterfaceAddrs(); err == nil {
		for _, a := range its {
			if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil {
				hosts = append(hosts, n.IP.String())
			}
		}
	}
	for _, host := range hosts {
		at := host + ":" + strconv.Itoa(n)
		d.Forget()
		d.Dial(t.Context(), at)
		if err := d.Allow(at, true); err != nil {
			t.Fatal(err)
		}
		if c, err := d.Dial(t.Context(), at); !errors.Is(err, ErrOwn) {
			t.Error(at, c, err)
		}
	}
}

func TestAddressesAreChecked(t *testing.T) {
	for in, want := range map[string]string{
		"Board.Local.:80": "board.local:80", "192.168.1.20:8080": "192.168.1.20:8080", "[::FFFF:10.0.0.1]:80": "10.0.0.1:80", "[FE80::1]:81": "[fe80::1]:81",
		"": "", "host": "", "host:0": "", "host:65536": "", "host:x": "", ":80": "", "<b>:80": "", "a b:80": "", "a\x00:80": "", "[fe80::1%eth0]:80": "", "ü:80": "",
		strings.Repeat("a", 300) + ":80": "",
	} {
		if got, err := Parse(in); got != want || (err != nil) != (want == "") {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	d := &Dialer{}
	for i := range 100 {
		d.Dial(context.Background(), "host"+strconv.Itoa(i)+":80")
	}
	if n := len(d.Asked()); n != mostAsked {
		t.Errorf("the user is asked %d questions", n)
	}
}

// Whatever in Studio listens says so to Own.
func TestListenersAreOwn(t *testing.T) {
	listens := regexp.MustCompile(`\b(net|config)\.Listen(TCP)?\(`)
	elsewhere := map[string]string{
		"internal/sandbox": "it is the program's own server that listens there",
		"cmd/studio":       "server.New says it of what serve opens",
	}
	found, says := map[string]bool{}, map[string]bool{}
	for _, top := range []string{"internal", "cmd"} {
		root := filepath.Join("..", "..", top)
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && d.Name() == "testdata" {
				return cmp.Or(err, fs.SkipDir)
			}
			if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			dir := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../../")
			found[dir] = found[dir] || listens.Match(text)
			says[dir] = says[dir] || bytes.Contains(text, []byte("outgoing.Own(")) || bytes.Contains(text, []byte("config.Own("))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for dir := range found {
		if found[dir] && elsewhere[dir] == "" {
			if n++; !says[dir] && dir != "internal/outgoing" {
				t.Errorf("%s listens, and programs could connect to it: outgoing.Own", dir)
			}
		}
	}
	if n < 3 || !says["internal/server"] {
		t.Errorf("%d packages listen", n)
	}
}
