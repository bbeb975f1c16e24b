package gopls

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"studioide/internal/child"
)

// maxMessage is how much one message of the server may be, in bytes.
const maxMessage = 32 << 20

// process is a running gopls.
type process struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	group *child.Group
	tail  tail // the end of what it complains about
	since time.Time

	mu    sync.Mutex
	queue []byte        // what is to be written: nobody waits for a server that does not read
	wake  chan struct{} // there is something
}

// maxQueue is how much may wait to be written; a server that is so far behind is ended.
const maxQueue = 64 << 20

// start starts gopls in dir.
func start(ctx context.Context, path, dir, cache string, env []string) (*process, error) {
	config := filepath.Join(cache, "config")
	mode := filepath.Join(config, "go", "telemetry", "mode")
	if err := os.MkdirAll(filepath.Dir(mode), 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(mode, []byte("off"), 0o600); err != nil { // else it starts one more process that counts
		return nil, err
	}
	p := &process{cmd: exec.CommandContext(ctx, path, "serve"), since: time.Now(), wake: make(chan struct{}, 1)}
	p.cmd.Dir = dir
	p.cmd.Env = append(env, "GOMEMLIMIT="+wantedMemory, "GOPLSCACHE="+filepath.Join(cache, "files"), "XDG_CONFIG_HOME="+config)
	p.cmd.Stderr = &p.tail
	p.cmd.WaitDelay = 2 * time.Second
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReaderSize(out, 64<<10)
	if p.group, err = child.Start(p.cmd); err != nil {
		return nil, err
	}
	p.group.Limit(maxMemory, maxFile)
	go p.feed(ctx)
	return p, nil
}

// stop ends the process and what it has started.
func (p *process) stop() {
	p.group.Kill()
	p.cmd.Wait() // that it was killed is no news
	p.group.Release()
}

// write sends a message, with the header that says how long it is. It waits for nothing.
func (p *process) write(message []byte) {
	p.mu.Lock()
	p.queue = fmt.Appendf(p.queue, "Content-Length: %d\r\n\r\n%s", len(message), message)
	full := len(p.queue) > maxQueue
	p.mu.Unlock()
	if full {
		p.group.Kill()
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// feed writes what is in the queue until the server is gone.
func (p *process) feed(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		}
		p.mu.Lock()
		b := p.queue
		p.queue = nil
		p.mu.Unlock()
		if _, err := p.in.Write(b); err != nil {
			return // who reads its answers notices
		}
	}
}

var errTooLong = errors.New("gopls sent a message that is too long")

// read waits for the next message.
func (p *process) read() ([]byte, error) {
	length := -1
	for {
		line, err := p.out.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		header := strings.TrimSpace(string(line))
		if header == "" {
			break
		}
		if name, value, _ := strings.Cut(header, ":"); strings.EqualFold(name, "Content-Length") {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return nil, err
			}
		}
	}
	if length < 0 || length > maxMessage {
		return nil, errTooLong
	}
	message := make([]byte, length)
	_, err := io.ReadFull(p.out, message)
	return message, err
}

// tail keeps the end of what is written.
type tail struct {
	mu   sync.Mutex
	last []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = append(t.last, b...)
	if n := len(t.last) - 4<<10; n > 0 {
		t.last = append(t.last[:0], t.last[n:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.last)
}
