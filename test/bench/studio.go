package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"studioide/internal/api"
)

// studio is a built and running Studio with a home of its own.
type studio struct {
	cmd   *exec.Cmd
	home  string
	base  string
	token string
}

func startStudio() (*studio, error) {
	binary, err := filepath.Abs("bin/studio")
	if err != nil {
		return nil, err
	}
	home, err := os.MkdirTemp("", "studio-bench-")
	if err != nil {
		return nil, err
	}
	s := &studio{home: home}
	s.cmd = exec.Command(binary, "serve", "--addr", "127.0.0.1:0", "--no-open", "--json")
	s.cmd.Env = append(os.Environ(), "STUDIO_HOME="+home)
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start bin/studio (make build makes it): %w", err)
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		s.stop()
		return nil, err
	}
	var e struct{ URL string }
	if err := json.Unmarshal(line, &e); err != nil {
		s.stop()
		return nil, err
	}
	u, err := url.Parse(e.URL)
	if err != nil {
		s.stop()
		return nil, err
	}
	s.base = "http://" + u.Host
	note, err := os.ReadFile(filepath.Join(home, "config", "running.json"))
	var n struct{ Token string }
	if err == nil {
		err = json.Unmarshal(note, &n)
	}
	if err != nil {
		s.stop()
		return nil, err
	}
	s.token = n.Token
	return s, nil
}

// address lets one browser in.
func (s *studio) address() (string, error) {
	var v struct{ URL string }
	err := s.do(http.MethodPost, "/api/door/code", []byte("{}"), &v)
	return v.URL, err
}

func (s *studio) stop() {
	s.cmd.Process.Signal(os.Interrupt)
	s.cmd.Wait()
	os.RemoveAll(s.home)
}

// do asks Studio for something, and puts the answer into v: of JSON, or as it is if v is a *[]byte.
func (s *studio) do(method, path string, body []byte, v any) error {
	return s.send(method, path, bytes.NewReader(body), v)
}

// send is do with a body that is made while it is sent.
func (s *studio) send(method, path string, body io.Reader, v any) error {
	r, err := http.NewRequest(method, s.base+path, body)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("If-Match", "*")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s %s", method, path, res.Status, b)
	}
	switch v := v.(type) {
	case nil:
		return nil
	case *[]byte:
		*v = b
		return nil
	default:
		return json.Unmarshal(b, v)
	}
}

func (s *studio) state() (n api.Snapshot, err error) {
	err = s.do(http.MethodGet, "/api/state", nil, &n)
	return n, err
}

// run presses Run and returns when the board's page has answered.
func (s *studio) run() (time.Duration, error) {
	begun := time.Now()
	var p api.Progress
	if err := s.do(http.MethodPost, "/api/run", nil, &p); err != nil {
		return 0, err
	}
	for deadline := begun.Add(time.Minute); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		n, err := s.state()
		if err != nil {
			return 0, err
		}
		if n.Progress == nil || n.Progress.ID != p.ID || n.Progress.State == "running" {
			continue
		}
		if n.Progress.State != "done" {
			return 0, fmt.Errorf("run: %s", n.Progress.Text)
		}
		res, err := http.Get(n.Board.PageURL + "led.html")
		if err != nil {
			return 0, err
		}
		defer res.Body.Close()
		page, err := io.ReadAll(res.Body)
		if err != nil {
			return 0, err
		}
		if res.StatusCode != http.StatusOK || len(page) == 0 {
			return 0, fmt.Errorf("the page answered %s with %d bytes", res.Status, len(page))
		}
		return time.Since(begun), nil
	}
	return 0, errors.New("run took more than a minute")
}

const rounds = 7

func benchRun() error {
	s, err := startStudio()
	if err != nil {
		return err
	}
	defer s.stop()
	if _, err := s.run(); err != nil { // fills every cache
		return err
	}
	var source []byte
	if err := s.do(http.MethodGet, "/api/files/main.go", nil, &source); err != nil {
		return err
	}
	workspaces, err := filepath.Glob(filepath.Join(s.home, "cache", "build", "*", "app"))
	if err != nil {
		return err
	}
	if len(workspaces) != 1 {
		return fmt.Errorf("workspaces: %v, want 1", workspaces)
	}
	var click, bare, extra []time.Duration
	for i := range rounds {
		text := strings.Replace(string(source), "Reply for ", fmt.Sprintf("Reply %d for ", i), 1)
		if err := s.do(http.MethodPut, "/api/files/main.go", []byte(text), nil); err != nil {
			return err
		}
		a, err := s.run()
		if err != nil {
			return err
		}
		b, err := bareBuild(filepath.Dir(workspaces[0]), filepath.Join(s.home, "bare"), strings.Replace(string(source), "Reply for ", fmt.Sprintf("Bare %d for ", i), 1))
		if err != nil {
			return err
		}
		click, bare, extra = append(click, a), append(bare, b), append(extra, a-b*3/2)
	}
	row("Run click → page answered", ms(median(click)), "")
	row("bare incremental go build of the same workspace", ms(median(bare)), "")
	row("click / build", fmt.Sprintf("%.2f", float64(median(click))/float64(median(bare))), "")
	row("click − 1.5 × build", ms(median(extra)), "goal ≤ 400 ms")
	return nil
}

// bareBuild builds a copy of the workspace with one string changed, with nothing of Studio around it.
func bareBuild(workspace, copyTo, source string) (time.Duration, error) {
	if _, err := os.Stat(copyTo); err != nil {
		if err := os.CopyFS(copyTo, os.DirFS(workspace)); err != nil {
			return 0, err
		}
		if _, err := build(copyTo); err != nil {
			return 0, err
		}
	}
	if err := os.WriteFile(filepath.Join(copyTo, "app", "main.go"), []byte(source), 0o644); err != nil {
		return 0, err
	}
	return build(copyTo)
}

func build(dir string) (time.Duration, error) {
	begun := time.Now()
	cmd := exec.Command("go", "build", "-modfile=host.mod", "-trimpath", "-ldflags", "-s -w", "-o", "bare.out", "./app")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off", "GOPROXY=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("%w\n%s", err, out)
	}
	return time.Since(begun), nil
}

func benchMemory() error {
	s, err := startStudio()
	if err != nil {
		return err
	}
	defer s.stop()
	if _, err := s.run(); err != nil {
		return err
	}
	var rests []float64
	for range 5 {
		time.Sleep(time.Second)
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
		if err != nil {
			return errors.New("this system has no /proc")
		}
		var kb float64
		for line := range strings.Lines(string(b)) {
			if v, ok := strings.CutPrefix(line, "VmRSS:"); ok {
				fmt.Sscan(v, &kb)
			}
		}
		rests = append(rests, kb/1024)
	}
	row("resident memory after a Run", fmt.Sprintf("%.1f MB", median(rests)), "goal ≤ 60 MB")
	return nil
}
