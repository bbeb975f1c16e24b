// Package emulator is a board with an emulated ESP32-C3: a virtual board, whose
// flash, serial line, reset circuit and bootloader Studio has, that runs what
// was built for the real chip (../machine, on Unicorn).
//
//	b, err := emulator.Start(emulator.Config{ELF: "/tmp/build/*.elf"})
//	if err != nil { return err }
//	defer b.Stop()
//	line, err := b.Open() // a port.Port
package emulator

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"studioide/internal/virtual"
	"studioide/test/tree"
)

// Patience is for a busy computer; nothing waits that long when all is well.
const Patience = 60 * time.Second

// FlashSize is that of the boards in the catalogue.
const FlashSize = 4 << 20

// python is the one that Debian's python3-unicorn belongs to.
const python = "/usr/bin/python3"

// Missing says what there is not on this computer, or "".
func Missing() string {
	if runtime.GOOS != "linux" {
		return "there is no emulator for an ESP32-C3 on this system"
	}
	if out, err := exec.Command(python, "-c", "import unicorn; print(unicorn.__version__)").CombinedOutput(); err != nil {
		return "Debian's python3-unicorn is not installed: " + string(out)
	}
	return ""
}

// Config says what board to start. The zero value but for ELF is a new one with USB in the chip.
type Config struct {
	ELF  string // a pattern of names: among these files are those of the programs that are flashed
	UART bool   // the cable leads to a serial chip
	Wait bool   // the BOOT button is held while power comes: it waits for a program

	Booted func(Boot) // is told of every start of a program; may be nil
}

// Board is a running board. Its methods are those of a virtual board, and what only an emulated one can do.
type Board struct {
	*virtual.Board
	dir      string
	listener net.Listener
	told     func(Boot)

	mu      sync.Mutex
	changed *sync.Cond
	chip    net.Conn // the process that runs now
	asked   uint32
	answers map[uint32]Answer
	boots   []Boot
	ended   bool
}

// Boot is a start of the program.
type Boot struct {
	Cause int // the chip's number of the reset: 1 power, 3 software, 9 watchdog, …
	Nanos int64
}

// Answer is what the process says to a request.
type Answer struct {
	ID       uint32
	Event    string
	Cause    int
	Nanos    int64 // emulated time since the process was started
	Erases   int
	Programs int
	Lost     int // bytes that came when the serial line's buffer in the chip was full
}

// machine is where the emulator's files are.
func machine(name string) string { return tree.Path("test", "esp32c3", "machine", name) }

var untilWeEnd io.WriteCloser //nolint:unused // input of the process that makes chips: it ends when this is closed

// chips starts the process that makes chips, and gives its socket. It ends with this one.
var chips = sync.OnceValues(func() (socket string, err error) {
	socket = filepath.Join(os.TempDir(), fmt.Sprintf("studio-chips-%d", os.Getpid()))
	os.Remove(socket)
	cmd := exec.Command(python, "-B", machine("esp32c3.py"), socket)
	cmd.Stderr = os.Stderr
	if untilWeEnd, err = cmd.StdinPipe(); err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	for late := time.Now().Add(Patience); ; time.Sleep(5 * time.Millisecond) {
		if c, err := net.Dial("unix", socket); err == nil {
			c.Close()
			return socket, nil
		}
		if time.Now().After(late) {
			return "", errors.New("the emulator does not start")
		}
	}
})

// Start switches a board on.
func Start(c Config) (*Board, error) {
	socket, err := chips()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "studio-esp32c3-")
	if err != nil {
		return nil, err
	}
	b := &Board{dir: dir, told: c.Booted, answers: map[uint32]Answer{}}
	b.changed = sync.NewCond(&b.mu)
	memory, watch := filepath.Join(dir, "rtc"), filepath.Join(dir, "watch")
	if err := os.WriteFile(memory, make([]byte, 0x2000), 0o600); err != nil {
		return nil, err
	}
	if b.listener, err = net.Listen("unix", watch); err != nil {
		return nil, err
	}
	go b.accept()
	wiring := "usb"
	if c.UART {
		wiring = "uart"
	}
	b.Board, err = virtual.Start(virtual.Config{Dir: filepath.Join(dir, "board"), FlashSize: FlashSize, Download: c.Wait, USB: !c.UART,
		Emulator: []string{python, "-BSE", machine("start.py"), socket, "--wiring", wiring, "--elf", c.ELF, "--memory", memory, "--watch", watch}})
	if err != nil {
		b.listener.Close()
		os.RemoveAll(dir)
		return nil, err
	}
	return b, nil
}

// Stop switches the board off.
func (b *Board) Stop() {
	b.change(func() { b.ended = true })
	b.Board.Close()
	b.listener.Close()
	os.RemoveAll(b.dir)
}

func (b *Board) accept() {
	for {
		c, err := b.listener.Accept()
		if err != nil {
			return
		}
		b.change(func() { b.chip = c })
		go b.listen(c)
	}
}

func (b *Board) listen(c net.Conn) {
	defer c.Close()
	for lines := bufio.NewScanner(c); lines.Scan(); {
		var a Answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			panic(err)
		}
		boot := Boot{a.Cause, a.Nanos}
		b.change(func() {
			if a.Event == "boot" {
				b.boots = append(b.boots, boot)
			} else {
				b.answers[a.ID] = a
			}
		})
		if a.Event == "boot" && b.told != nil {
			b.told(boot)
		}
	}
	b.change(func() {
		if b.chip == c {
			b.chip = nil
		}
	})
}

// change runs f with the lock held, and wakes who waits.
func (b *Board) change(f func()) {
	b.mu.Lock()
	f()
	b.mu.Unlock()
	b.changed.Broadcast()
}

// Await waits until f, called with the lock held.
func (b *Board) await(within time.Duration, f func() bool) bool {
	late := time.Now().Add(within)
	defer time.AfterFunc(within, func() { b.change(func() {}) }).Stop()
	b.mu.Lock()
	defer b.mu.Unlock()
	for !f() {
		if b.ended || !time.Now().Before(late) {
			return false
		}
		b.changed.Wait()
	}
	return true
}

// Boots is how often a program has been started.
func (b *Board) Boots() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.boots)
}

// Booted waits for the nth start of a program, from 1 on.
func (b *Board) Booted(n int) (Boot, error) {
	var boot Boot
	if !b.await(Patience, func() bool {
		if len(b.boots) < n {
			return false
		}
		boot = b.boots[n-1]
		return true
	}) {
		return boot, fmt.Errorf("the program has been started %d times, not %d", b.Boots(), n)
	}
	return boot, nil
}

// Ask has the chip do something; outside.py says what there is.
func (b *Board) Ask(do string, more map[string]any) (a Answer, err error) {
	request := map[string]any{"do": do}
	for name, value := range more {
		request[name] = value
	}
	var c net.Conn
	var id uint32
	if !b.await(Patience, func() bool { c = b.chip; b.asked++; id = b.asked; return c != nil }) {
		return a, errors.New("no program runs")
	}
	request["id"] = id
	line, err := json.Marshal(request)
	if err != nil {
		return a, err
	}
	if _, err := c.Write(append(line, '\n')); err != nil {
		return a, err
	}
	ok := false
	if !b.await(Patience, func() bool {
		a, ok = b.answers[id]
		return ok || b.chip != c
	}) || !ok {
		return a, errors.New("the emulator does not answer")
	}
	return a, nil
}
