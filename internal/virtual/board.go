package virtual

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"studioide/internal/confine"
	"studioide/internal/problem"
)

// Config says what board to start. The zero value is a 16 MB board with its flash in memory.
type Config struct {
	Dir       string // where flash and lock are kept; "": flash in memory
	FlashSize int    // bytes: 4, 8 or 16 MB; 0: 16 MB
	Timing    bool   // line rate and flash take the time that they take on a real board
	Key       []byte // only images that Pack made with this key are started; nil: none
	RunDir    string // where program files are put to be started; "": a private folder in the system's temporary folder
	Faults    Faults
	Clock     Clock // nil: the system's
	Download  bool  // the BOOT pin is held low at power-on: start in the bootloader

	// MayRunNative is asked before an executable of this computer is started, with
	// the name that Pack was given for its project: a problem, whose text and help
	// the board prints, holds it back. nil: all may. It is called from a goroutine
	// of the board's. Sandboxed programs need no permission.
	MayRunNative func(project string) *problem.Problem

	// Limits are what an executable of this computer may do, by the name that Pack
	// was given for its project; its folder and its way to the chip are added. They
	// hold if this program can be their stage (see package confine). nil: no limits.
	Limits func(project string) confine.Limits

	// Dial opens a connection to elsewhere that a program asks for, to a host and a
	// port; its errors are those of package outgoing. nil: programs get none. It is
	// called from several goroutines.
	Dial func(ctx context.Context, address string) (net.Conn, error)

	// Own is told each port at which the chip itself listens. nil: nobody is.
	Own func(net.Listener)

	// Sandbox is the command that runs a sandboxed program, whose file it is
	// given as its last argument. nil: such programs are refused.
	Sandbox []string

	// Emulator is a command that runs an image made for a real ESP32-C3: it is
	// started as a program is, and reads the image from flash over the control
	// channel (package studio/host). nil: such images are refused.
	Emulator []string
	USB      bool // the port is the chip's own, as its bootloader tells; else a serial chip's
}

// Board is a virtual board. Its methods may be called from any goroutine.
type Board struct {
	config Config
	clock  Clock
	flash  *flash
	lock   *dirLock
	mac    [6]byte
	toChip *line
	toHost *line
	events *events

	mu              sync.Mutex
	closed          bool
	plugged         bool
	powered         bool
	host            *serial // who has the port open
	hostRate        int
	chipRate        int
	dtr, rts        bool
	cycle           *bootCycle // nil while EN is low or the power is off
	lastCycle       *bootCycle // the latest boot cycle, which a new one waits for
	forceBootloader bool       // the next boot goes to the bootloader (a register bit)
	state           State
	faults          injected
	pins            [pinCount]pinState
	address         string
	control         *control    // of the running program
	native          bool        // it is an executable of this computer,
	project         string      // built from that project
	guilty          string      // hash of the program that is not started by itself (see suspect.go)
	forgiven        string      // the note of sudden ends of a program that is started all the same
	outputUnread    atomic.Bool // nobody has the port open; also read without mu
}

// State is what the chip is doing.
type State string

const (
	StateOff        State = "off"        // no power
	StateReset      State = "reset"      // held in reset, or booting
	StateBootloader State = "bootloader" // waits for download, or its stub runs
	StateRunning    State = "running"    // a program runs
	StateEnded      State = "ended"      // the program has ended; only a reset helps
	StateEmpty      State = "empty"      // there is no program in flash that could be started
)

// Start switches a board on. Problems: virtual.in-use when another process
// holds Dir, virtual.state when the flash file cannot be used, virtual.config.
func Start(c Config) (*Board, error) {
	if c.FlashSize == 0 {
		c.FlashSize = 16 << 20
	}
	switch c.FlashSize {
	case 4 << 20, 8 << 20, 16 << 20:
	default:
		return nil, errConfig
	}
	b := &Board{config: c, clock: c.Clock, plugged: true, hostRate: defaultRate, chipRate: defaultRate}
	if b.clock == nil {
		b.clock = systemClock{}
	}
	name := ""
	if c.Dir != "" {
		if err := os.MkdirAll(c.Dir, 0o755); err != nil {
			return nil, stateProblem(err)
		}
		var err error
		if b.lock, err = lockDir(c.Dir); err != nil {
			return nil, err
		}
		name = filepath.Join(c.Dir, "flash.bin")
	}
	var err error
	if b.flash, err = openFlash(name, int64(c.FlashSize)); err != nil {
		b.lock.release()
		return nil, err
	}
	b.mac = address(c.Dir)
	b.toChip, b.toHost = newLine(b.clock), newLine(b.clock)
	b.events = newEvents()
	for i := range b.pins {
		b.pins[i].outside = true // pulled up
	}
	b.faults.set(c.Faults)
	b.flash.arm(c.Faults.CutAtWrite, c.Faults.Torn)
	b.mu.Lock()
	b.outputUnread.Store(true)
	b.forceBootloader = c.Download
	b.powered = true
	b.guilty = b.suspected()
	b.bootLocked(bootPower)
	b.mu.Unlock()
	return b, nil
}

// address makes a MAC address in Espressif's range: always the same for a
// folder, so that a board keeps its name; random for a board in memory.
func address(dir string) (mac [6]byte) {
	copy(mac[:], []byte{0x60, 0x55, 0xf9})
	if dir == "" {
		rand.Read(mac[3:])
		return mac
	}
	if full, err := filepath.Abs(dir); err == nil {
		dir = full
	}
	sum := sha256.Sum256([]byte(dir))
	copy(mac[3:], sum[:])
	return mac
}

// Close switches the board off, ends its program and gives its folder free.
func (b *Board) Close() error {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return nil
	}
	b.closed = true
	b.powered = false
	b.haltLocked(StateOff)
	b.detachLocked(b.host)
	last := b.lastCycle
	b.mu.Unlock()
	if last != nil {
		<-last.done
	}
	b.events.close()
	err := b.flash.close()
	b.lock.release()
	return err
}

// Power switches the board's supply. The port stays open, as that of an
// adapter with its own supply does; the chip is silent without power.
func (b *Board) Power(on bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || on && !b.plugged {
		return
	}
	b.powerLocked(on)
}

func (b *Board) powerLocked(on bool) {
	if on == b.powered {
		return
	}
	b.powered = on
	if !on {
		b.haltLocked(StateOff)
		b.flash.forgetVolatile()
		b.events.add(Event{Kind: Off})
		return
	}
	b.bootLocked(bootPower)
}

// Unplug takes the cable off: the power is gone, and the open port returns
// port.ErrGone from then on.
func (b *Board) Unplug() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || !b.plugged {
		return
	}
	b.plugged = false
	b.powerLocked(false)
	b.detachLocked(b.host)
}

// Plug puts the cable in again: the chip starts as after power-on. The port has to be opened anew.
func (b *Board) Plug() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || b.plugged {
		return
	}
	b.plugged = true
	b.powerLocked(true)
}

// Recheck asks Config.MayRunNative again about the program that runs now. One
// that may no longer is ended: the chip is reset, and refuses it.
func (b *Board) Recheck() {
	b.mu.Lock()
	may, native, project := b.config.MayRunNative, b.native && b.state == StateRunning, b.project
	b.mu.Unlock()
	if may == nil || !native || may(project) == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state == StateRunning && b.project == project {
		b.haltLocked(StateReset)
		b.bootLocked(bootPin)
	}
}

// State returns what the chip is doing.
func (b *Board) State() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state
}

// Address is where the running program's HTTP and WebSocket server listens,
// "127.0.0.1:43211", or "" when there is none.
func (b *Board) Address() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.address
}

// MAC is the address in the chip's eFuses, as tools print it: "60:55:f9:12:34:56".
func (b *Board) MAC() [6]byte { return b.mac }

// macWords are the two eFuse words that hold the MAC.
func (b *Board) macWords() (low, high uint32) {
	return binary.BigEndian.Uint32(b.mac[2:]), uint32(b.mac[0])<<8 | uint32(b.mac[1])
}
