//go:build unix

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"studioide/test/built"
)

// A computer that several people use: what they can read, and where they can listen.

// recorder listens where a Studio was, and keeps what it is sent.
type recorder struct {
	ln net.Listener

	mu    sync.Mutex
	calls int
	bytes bytes.Buffer
}

func record(t *testing.T, addr, answer string) *recorder {
	t.Helper()
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	r := &recorder{ln: ln}
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			r.mu.Lock()
			r.calls++
			r.mu.Unlock()
			go func() {
				defer c.Close()
				b := make([]byte, 64<<10)
				for {
					n, err := c.Read(b)
					r.mu.Lock()
					r.bytes.Write(b[:n])
					r.mu.Unlock()
					if err != nil {
						return
					}
					fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(answer), answer)
				}
			}()
		}
	}()
	return r
}

func (r *recorder) heard() (calls int, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls, r.bytes.String()
}

// Nothing goes to whoever listens where a killed Studio was; and while another
// one runs, whoever listens at the noted address is asked for a proof first.
func TestCommandLineTrustsNoListener(t *testing.T) {
	home := newHome(t)
	s := start(t, home)
	verbs := [][]string{{"ports"}, {"open", "--no-open"}, {"files", "ls", "--port", "virtual:"}, {"wifi", "status", "--port", "virtual:"}}
	old := note(t, home)
	s.kill()
	r := record(t, strings.TrimPrefix(s.base, "http://"), `{"proof":"00"}`)
	for _, v := range verbs {
		cli(t, home, v...)
		if calls, text := r.heard(); calls > 0 {
			t.Fatalf("studio %v has called whoever listens where a killed Studio was: %q", v, text)
		}
	}
	s = start(t, home)
	fresh := note(t, home)
	if fresh.Token == old.Token {
		t.Error("the token outlives its Studio")
	}
	liar, err := json.Marshal(map[string]any{"url": "http://" + r.ln.Addr().String(), "token": fresh.Token, "pid": s.cmd.Process.Pid})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(home, "config", "running.json")
	if err := os.WriteFile(path, liar, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, v := range verbs[:2] {
		cli(t, home, v...)
	}
	calls, text := r.heard()
	if calls == 0 || !strings.Contains(text, "/api/door/proof?nonce=") {
		t.Errorf("%d calls: %q; want one that asks for a proof", calls, text)
	}
	if strings.Contains(text, fresh.Token) || strings.Contains(text, "Authorization") || strings.Contains(text, "/api/state") {
		t.Errorf("a listener without a proof was sent %q", text)
	}
}

// starting is a studio command whose events are read.
type starting struct {
	cmd    *exec.Cmd
	events chan map[string]any
}

func begin(t *testing.T, home string, env []string, args ...string) *starting {
	t.Helper()
	b := &starting{cmd: exec.Command(args[0], args[1:]...), events: make(chan map[string]any, 100)}
	b.cmd.Env = append(append(os.Environ(), "STUDIO_HOME="+home), env...)
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.cmd.Process.Kill(); b.cmd.Wait() })
	go func() {
		defer close(b.events)
		for sc := bufio.NewScanner(out); sc.Scan(); {
			var e map[string]any
			if json.Unmarshal(sc.Bytes(), &e) == nil {
				b.events <- e
			}
		}
	}()
	return b
}

// event waits for one of that name; nil: the output has ended.
func (b *starting) event(t *testing.T, name string) map[string]any {
	t.Helper()
	late := time.After(60 * time.Second)
	for {
		select {
		case e, ok := <-b.events:
			if !ok {
				return nil
			}
			if e["event"] == name {
				return e
			}
		case <-late:
			t.Fatalf("no event %q", name)
		}
	}
}

// Of five Studios that are started at once exactly one runs; the others say
// where, with an address that lets a browser in, and are done.
func TestFiveStudiosAtOnce(t *testing.T) {
	home := newHome(t)
	var all []*starting
	for range 5 {
		all = append(all, begin(t, home, []string{"DISPLAY=", "WAYLAND_DISPLAY="}, binary, "--no-open", "--json"))
	}
	served, handed := "", map[string]bool{}
	var wait sync.WaitGroup
	var mu sync.Mutex
	for _, b := range all {
		wait.Go(func() {
			first, ok := <-b.events
			mu.Lock()
			defer mu.Unlock()
			switch {
			case ok && first["event"] == "serving" && served == "":
				served = first["url"].(string)
			case ok && first["event"] == "running":
				handed[first["url"].(string)] = true
				b.cmd.Wait()
				if code := b.cmd.ProcessState.ExitCode(); code != 0 {
					t.Errorf("one that handed over ended with %d", code)
				}
			default:
				t.Errorf("a second Studio serves, or one says %v", first)
			}
		})
	}
	wait.Wait()
	if served == "" || len(handed) != 4 {
		t.Fatalf("served at %q, handed over %v", served, handed)
	}
	handed[served] = true
	for address := range handed {
		res, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if u, err := url.Parse(served); err != nil || len(res.Request.Response.Cookies()) != 1 || res.Request.URL.Host != u.Host {
			t.Errorf("%s lets nobody in", address)
		}
	}
}

// The end of the terminal ends Studio in order; where it was told to outlive it, by nohup, it does.
func TestHangup(t *testing.T) {
	home := newHome(t)
	path := filepath.Join(home, "config", "running.json")
	// What these tests were told to ignore (by nohup, or a shell that runs them in the background), Studio would as well.
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT)
	defer signal.Stop(heard)
	for _, end := range []syscall.Signal{syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT} {
		b := begin(t, home, nil, binary, "serve", "--addr", "127.0.0.1:0", "--no-open", "--json")
		b.event(t, "serving")
		b.cmd.Process.Signal(end)
		if err := b.cmd.Wait(); err != nil {
			t.Errorf("%s: %v", end, err)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s leaves running.json", end)
		}
	}
	b := begin(t, home, nil, "/bin/sh", "-c", `trap "" HUP; exec "$0" serve --addr 127.0.0.1:0 --no-open --json`, binary)
	b.event(t, "serving")
	b.cmd.Process.Signal(syscall.SIGHUP)
	if _, errs, code := cli(t, home, "open", "--no-open"); code != 0 {
		t.Errorf("under nohup, the end of the terminal ends Studio: %s", errs)
	}
	b.cmd.Process.Signal(os.Interrupt)
	b.cmd.Wait()
}

// The program that opens the browser is given a file that only this user can
// read, and which goes when the browser was there. Nothing that opens the door
// stands in a command's arguments, in the log, or in a file that stays.
func TestSecretsAreNotLeftAround(t *testing.T) {
	home, bin := newHome(t), t.TempDir()
	opened := filepath.Join(bin, "opened")
	script := "#!/bin/sh\nstat -c %a \"$1\" >'" + opened + ".tmp'\nfor a; do echo \"$a\"; done >>'" + opened + ".tmp'\nmv '" + opened + ".tmp' '" + opened + "'\n"
	if err := os.WriteFile(filepath.Join(bin, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	var log built.Log
	b := &exec.Cmd{Path: binary, Args: []string{binary, "serve", "--addr", "127.0.0.1:0", "--json", "-v"},
		Env: append(os.Environ(), "STUDIO_HOME="+home, "DISPLAY=:0", "PATH="+bin+":"+os.Getenv("PATH")), Stderr: &log}
	out, err := b.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Process.Kill(); b.Wait() })
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, out)
	var serving struct{ URL string }
	if err := json.Unmarshal(line, &serving); err != nil {
		t.Fatal(err)
	}

	var said []string // mode, then arguments
	for deadline := time.Now().Add(30 * time.Second); said == nil; time.Sleep(20 * time.Millisecond) {
		if content, err := os.ReadFile(opened); err == nil {
			said = strings.Fields(string(content))
		} else if time.Now().After(deadline) {
			t.Fatalf("no browser is opened\n%s", &log)
		}
	}
	if len(said) != 2 || said[0] != "600" {
		t.Fatalf("the browser's file has mode and name %q; want 600 and one name", said)
	}
	content, err := os.ReadFile(said[1])
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`url=(http://127\.0\.0\.1:\d+/\?code=([\w-]{20,}))"`).FindSubmatch(content)
	if found == nil {
		t.Fatalf("the file leads nowhere: %s", content)
	}
	address, code := string(found[1]), string(found[2])
	printed := strings.SplitN(serving.URL, "code=", 2)[1]
	if code == printed {
		t.Error("the browser's code is the printed one: who comes first takes it from the other")
	}

	visit := func(address string) (cookie string) {
		t.Helper()
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res, err := client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		for _, c := range res.Cookies() {
			cookie = c.Value
		}
		return cookie
	}
	cookie := visit(address)
	if cookie == "" {
		t.Fatal("the file's address lets nobody in")
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(said[1]); err != nil {
			break
		} else if time.Now().After(deadline) {
			t.Fatal("the file is still there after the browser has come in")
		}
	}
	if visit(address) != "" {
		t.Error("the file's address lets a second browser in")
	}
	if visit(serving.URL) == "" {
		t.Error("the printed address lets nobody in")
	}

	token := note(t, home).Token
	secrets := map[string]string{"the file's code": code, "the printed code": printed, "a session": cookie, "the token": token}
	look := func(where, text string) {
		for name, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%s stands in %s", name, where)
			}
		}
	}
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range lines {
		if b, err := os.ReadFile(path); err == nil {
			look(path, string(b))
		}
	}
	look("the browser's arguments", strings.Join(said, " "))
	look("the log", log.String())
	everyFile := func(but string) {
		filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && d.Name() != but {
				if b, err := os.ReadFile(path); err == nil {
					look(path, string(b))
				}
			}
			return nil
		})
	}
	everyFile("running.json") // that of a Studio that runs is for programs of this user
	if info, err := os.Stat(filepath.Join(home, "config", "running.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("running.json: %v %v", info, err)
	}
	b.Process.Kill()
	b.Wait()
	s := start(t, home)
	everyFile("") // of the one that was killed nothing is left
	for name, header := range map[string][]string{"the token": {"Authorization", "Bearer " + token}, "the session": {"Cookie", "studio-" + s.base[strings.LastIndexByte(s.base, ':')+1:] + "=" + cookie}} {
		r, err := http.NewRequest(http.MethodGet, s.base+"/api/state", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(header[0], header[1])
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s of a Studio that ended = %d at the next one", name, res.StatusCode)
		}
	}
	if r := s.do(http.MethodGet, "/", nil); r.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("the page's Referrer-Policy is %q", r.Header.Get("Referrer-Policy"))
	}
}

// The temporary folders of a Studio that was killed go when the next one starts.
func TestKilledStudioLeavesNoFolders(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	boards := func() []string {
		list, _ := filepath.Glob(filepath.Join(temp, "studio-*", "*", "board-*"))
		return list
	}
	home := newHome(t)
	s := start(t, home)
	s.run()
	old := boards()
	if len(old) == 0 {
		t.Fatal("the program has no folder that could be left over")
	}
	s.kill()
	s = start(t, home)
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(old[0]); err != nil {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("%s is still there", old[0])
		}
	}
	s.stop()
	if left := boards(); len(left) > 0 {
		t.Errorf("left after an end in order: %v", left)
	}
}

// Settings that do not reach the disk are not called saved; what lies in their
// place is told, not waited for.
func TestSettingsThatCannotBeSaved(t *testing.T) {
	home := newHome(t)
	path := filepath.Join(home, "config", "settings.json")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, home)
	if !strings.Contains(s.log.String(), "settings could not be read") {
		t.Errorf("a pipe in place of the settings is not told:\n%s", s.log)
	}
	s.ok(http.MethodPut, "/api/settings", `{"theme":"dark"}`)
	if b, err := os.ReadFile(path); err != nil || !strings.Contains(string(b), `"dark"`) {
		t.Errorf("settings that were answered with 200 are not on the disk: %s %v", b, err)
	}
	os.Remove(path)
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	a := s.do(http.MethodPut, "/api/settings", `{"theme":"light"}`)
	if a.Status != http.StatusInsufficientStorage || a.Error == nil || a.Error.Code != "disk.settings" {
		t.Errorf("settings that cannot be saved = %d %s", a.Status, a.Body)
	}
	os.Remove(path)
	s.ok(http.MethodPut, "/api/settings", `{"theme":"light"}`)
	if b, err := os.ReadFile(path); err != nil || !strings.Contains(string(b), `"light"`) {
		t.Errorf("the settings are not on the disk: %s %v", b, err)
	}
}

// Two Studios with different homes and the same folder of projects notice each
// other, also after one was killed.
func TestTwoHomesOneProjectsFolder(t *testing.T) {
	projects := t.TempDir()
	s := start(t, newHome(t), "--projects", projects)
	other := newHome(t)
	_, errs, code := cli(t, other, "serve", "--no-open", "--addr", "127.0.0.1:0", "--projects", projects)
	if code != 1 || !strings.Contains(errs, "works on the projects in") || !strings.Contains(errs, fmt.Sprint("process ", s.cmd.Process.Pid)) || !strings.Contains(errs, "--projects") {
		t.Errorf("the second = %d\n%s", code, errs)
	}
	s.kill()
	start(t, other, "--projects", projects)
}
