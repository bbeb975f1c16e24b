//go:build linux

package rp2040

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	binaries "studioide/test/built"
)

// commands are the built binaries that a test needs.
var commands = sync.OnceValues(func() (dir string, err error) {
	dir = binDir
	for _, command := range []string{"studioide/cmd/studio", "studioide/test/rp2040/picoport"} {
		if _, err := binaries.Command(dir, command); err != nil {
			return "", err
		}
	}
	return dir, nil
})

// plugged is a new board on a port of the system, with a Studio that is used
// from the command line.
type plugged struct {
	studio string
	port   string
	env    []string

	mu   sync.Mutex
	news chan struct{} // closed and replaced when something has happened
	told []happened
}

type happened struct {
	Event         string
	Port, Volumes string
	Why           string
	Pin           int
	Level         bool
}

func plugIn(t *testing.T) *plugged {
	t.Helper()
	if missing != "" {
		t.Skip("SKIPPED: " + missing)
	}
	bin, err := commands()
	if err != nil {
		t.Fatal(err)
	}
	p := &plugged{studio: filepath.Join(bin, "studio"), news: make(chan struct{})}
	cmd := exec.Command(filepath.Join(bin, "picoport"), t.TempDir())
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); p.listen(out) }()
	t.Cleanup(func() {
		in.Close()
		<-ended
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	ready := p.await(t, happened{Event: "ready"}, 0)
	p.port = ready.Port
	p.env = append(os.Environ(), "STUDIO_HOME="+t.TempDir(), "STUDIO_VOLUMES="+ready.Volumes)
	return p
}

func (p *plugged) listen(r io.Reader) {
	d := json.NewDecoder(r)
	for {
		var h happened
		if d.Decode(&h) != nil {
			return
		}
		p.mu.Lock()
		p.told = append(p.told, h)
		close(p.news)
		p.news = make(chan struct{})
		p.mu.Unlock()
	}
}

// so is how much has happened so far.
func (p *plugged) so() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.told)
}

// await waits until want happens after the first since events. Of want count
// what is not zero, the level of a pin always.
func (p *plugged) await(t *testing.T, want happened, since int) happened {
	t.Helper()
	late := time.After(patience)
	for {
		p.mu.Lock()
		told, news := p.told[since:], p.news
		p.mu.Unlock()
		for _, h := range told {
			if h.Event == want.Event && h.Pin == want.Pin && h.Level == want.Level && (want.Why == "" || want.Why == h.Why) {
				return h
			}
		}
		select {
		case <-news:
		case <-late:
			t.Fatalf("waited for %+v; it was %+v", want, told)
		}
	}
}

// run runs studio, which has to succeed.
func (p *plugged) run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), p.studio, args...)
	cmd.Env = p.env
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("studio %s: %v\n%s%s", strings.Join(args, " "), err, out, &errs)
	}
	return string(out)
}

// fail runs studio, which has to end with that code and those words.
func (p *plugged) fail(t *testing.T, code int, words string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), p.studio, args...)
	cmd.Env = p.env
	out, _ := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != code || !strings.Contains(string(out), words) {
		t.Errorf("studio %s = %d, want %d with %q:\n%s", strings.Join(args, " "), cmd.ProcessState.ExitCode(), code, words, out)
	}
}

// say sends a message through studio ws and waits for the reply.
func (p *plugged) say(t *testing.T, text, want string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), p.studio, "ws", "--port", p.port, "--send", text, "--for", patience.String())
	cmd.Env = p.env
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := ""
	for lines := bufio.NewScanner(out); !strings.Contains(said, want) && lines.Scan(); {
		said += lines.Text() + "\n"
	}
	cmd.Process.Signal(os.Interrupt)
	cmd.Wait()
	if !strings.Contains(said, want) {
		t.Fatalf("the board says %q, want %q", said, want)
	}
}

// A new board in its bootloader gets a program through its drive, a page over
// its port, and another program through the touch at 1200 baud; files stay.
func TestStudioFlash(t *testing.T) {
	p := plugIn(t)
	p.await(t, happened{Event: "drive"}, 0)
	project := filepath.Join(t.TempDir(), "led")
	p.run(t, "new", "led", project)
	began := time.Now()
	p.run(t, "flash", project, "--board", "pico", "--port", p.port)
	t.Logf("build, drive, and start of a new board: %v here", time.Since(began).Round(time.Millisecond))
	p.run(t, "push", project, "--port", p.port)
	page, err := os.ReadFile(filepath.Join(project, "www", "led.html"))
	if err != nil {
		t.Fatal(err)
	}
	if got := p.run(t, "files", "cat", "--port", p.port, "/www/led.html"); got != string(page) {
		t.Fatalf("the board has another page: %q", got)
	}
	now := p.so()
	p.say(t, "LEDon", "Reply for LEDon")
	p.await(t, happened{Event: "pin", Pin: ledPin, Level: true}, now)

	source, err := os.ReadFile(filepath.Join(project, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	source = bytes.ReplaceAll(source, []byte("Reply for"), []byte("Changed for"))
	if err := os.WriteFile(filepath.Join(project, "main.go"), source, 0o666); err != nil {
		t.Fatal(err)
	}
	now = p.so()
	p.run(t, "flash", project, "--board", "pico", "--port", p.port)
	p.await(t, happened{Event: "gone", Why: "bootloader"}, now)
	p.say(t, "LEDon", "Changed for LEDon")
	if got := p.run(t, "files", "cat", "--port", p.port, "/www/led.html"); got != string(page) {
		t.Fatalf("the page has not stayed: %q", got)
	}
}

// A new board needs no port of which anybody knows: it is found as the drive
// that waits, and Studio says where it is afterwards.
func TestStudioFlashAtADrive(t *testing.T) {
	p := plugIn(t)
	p.await(t, happened{Event: "drive"}, 0)
	p.env = append(p.env, "STUDIO_PORTS="+p.port)
	project := filepath.Join(t.TempDir(), "led")
	p.run(t, "new", "led", project)
	if out := p.run(t, "ports"); !strings.Contains(out, "uf2:RPI-RP2") {
		t.Errorf("studio ports says %q", out)
	}
	p.fail(t, 2, "--board picow or --board pico;", "flash", project, "--port", "uf2:")
	p.fail(t, 2, "uf2:NOPE", "flash", project, "--port", "uf2:NOPE", "--board", "pico")
	p.fail(t, 1, "RP2350", "flash", project, "--port", "uf2:", "--board", "pico2")
	if out := p.run(t, "flash", project, "--port", "uf2:", "--board", "pico"); !strings.Contains(out, "The board is at "+p.port+" now") {
		t.Errorf("flash says %q", out)
	}
	p.say(t, "LEDon", "Reply for LEDon")
	// Its program says which board it is, so the next flash need not be told.
	now := p.so()
	if out := p.run(t, "flash", project, "--port", p.port); strings.Contains(out, "is at ") {
		t.Errorf("flash says %q", out)
	}
	p.await(t, happened{Event: "gone", Why: "bootloader"}, now)
	p.say(t, "LEDoff", "Reply for LEDoff")
}
