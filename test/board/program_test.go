// Package board tests the runtime that boards run, from outside: the templates
// are built with plain Go, run without a chip, and talked to over TCP and over
// the device link.
package board

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"studio"
	"studioide/internal/devfs"
	"studioide/internal/devlink"
	"studioide/internal/port"
	"studioide/internal/sandbox"
)

var built string // folder of the programs

// names are what a program says of itself.
const names = "-X studio/board.program=Test -X studio/board.build=b1"

// TestMain is also the process that runs a sandboxed program.
func TestMain(m *testing.M) {
	if status, ok := sandbox.Child(os.Args[1:]); ok {
		os.Exit(status)
	}
	dir, err := os.MkdirTemp("", "studio-board-test")
	if err != nil {
		panic(err)
	}
	built = dir
	status := 1
	programs := []string{"studio/led", "studio/echo", "studio/blink", "studio/sensor", "studio/drive",
		"studioide/test/board/kept",
		"studioide/test/board/routes",
		"studioide/test/board/blast",
		"studioide/test/board/hung",
	}
	arguments := append([]string{"build", "-ldflags", names, "-o", dir + string(filepath.Separator)}, programs...)
	if out, err := exec.Command("go", arguments...).CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
	} else {
		status = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(status)
}

// pipes is a program's standard input and output as a port.
type pipes struct {
	in  *os.File // to the program
	out *os.File // from the program
}

func (p *pipes) Read(b []byte) (int, error) {
	n, err := p.out.Read(b)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		err = port.ErrGone
	}
	return n, err
}

func (p *pipes) Write(b []byte) (int, error) {
	n, err := p.in.Write(b)
	if err != nil {
		err = port.ErrGone
	}
	return n, err
}

func (p *pipes) SetReadDeadline(t time.Time) error { return p.out.SetReadDeadline(t) }
func (p *pipes) SetBaud(int) error                 { return nil }
func (p *pipes) SetLines(dtr, rts bool) error      { return port.ErrNoLines }
func (p *pipes) Discard() error                    { return nil }
func (p *pipes) Close() error {
	p.in.Close()
	return p.out.Close()
}

// patience is for a busy computer; nothing waits that long when all is well.
const patience = time.Minute

// program is one that runs.
type program struct {
	address string // of its server
	conn    *devlink.Conn
	files   devfs.FS
	cmd     *exec.Cmd

	mu   sync.Mutex
	more *sync.Cond
	text string // what it has printed and nobody has looked at
}

// start runs a template's program. With www its pages are put on the board.
func start(t testing.TB, name string, www bool) *program {
	t.Helper()
	p := run(t, exec.Command(filepath.Join(built, name)))
	if www {
		p.push(t, name)
	}
	return p
}

// run runs a command that is a program.
func run(t testing.TB, cmd *exec.Cmd) *program {
	t.Helper()
	inR, inW, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	outR, outW, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{cmd: cmd}
	p.more = sync.NewCond(&p.mu)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = inR, outW, outW
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	inR.Close()
	outW.Close()
	line := &pipes{in: inW, out: outR}
	p.conn = devlink.Start(line, func(b []byte) {
		p.mu.Lock()
		p.text += string(b)
		p.mu.Unlock()
		p.more.Broadcast()
	})
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		p.conn.Release()
		line.Close()
		p.cmd.Wait()
	})
	found := p.find(t, regexp.MustCompile(`Page: http://(\S+)/\r?\n`))
	p.address = found[1]
	hello, err := p.conn.Hello(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	p.files = devfs.New(p.conn, hello)
	return p
}

// push puts a template's web files on the board.
func (p *program) push(t testing.TB, name string) {
	t.Helper()
	var local []devfs.Local
	fs.WalkDir(studio.Templates(), name+"/www", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			b, _ := fs.ReadFile(studio.Templates(), path)
			local = append(local, devfs.Local{Path: strings.TrimPrefix(path, name), Content: b})
		}
		return err
	})
	if len(local) == 0 {
		t.Fatal("no web files")
	}
	if _, err := devfs.Push(context.Background(), p.files, local, devfs.Options{}); err != nil {
		t.Fatal(err)
	}
}

// find waits until the program has printed what matches, and takes that away.
func (p *program) find(t testing.TB, what *regexp.Regexp) []string {
	t.Helper()
	late := time.AfterFunc(patience, p.more.Broadcast)
	defer late.Stop()
	began := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		if at := what.FindStringSubmatchIndex(p.text); at != nil {
			found := what.FindStringSubmatch(p.text)
			p.text = p.text[:at[0]] + p.text[at[1]:]
			return found
		}
		if time.Since(began) >= patience {
			t.Fatalf("the program has not printed %s but %q", what, p.text)
		}
		p.more.Wait()
	}
}

// lines waits for exactly these lines as the next ones.
func (p *program) lines(t testing.TB, want []string) {
	t.Helper()
	for _, line := range want {
		p.find(t, regexp.MustCompile(`\A`+regexp.QuoteMeta(line)+`\r?\n`))
	}
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := fs.ReadFile(studio.Templates(), name)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(b)
}
