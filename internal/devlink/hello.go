package devlink

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"studio/link"
)

// Hello is what a board says about itself.
type Hello struct {
	Version    int
	Board      string // catalogue id
	Firmware   string
	Program    string // the project's name, "" unknown
	Build      string // build id, "" unknown
	Uptime     time.Duration
	Reset      byte // link.Reset…
	MaxRecord  int  // longest record payload that the board takes
	Streams    int  // at a time
	MaxMessage int  // of its WebSocket server
	BlockSize  int  // unit of the file service
	MaxFiles   int
	FilesCap   int64  // 0: no file store
	Why        string // the program before this one ended, when it did not end well: "panic: …"
	Held       bool   // the board does not run its program, because it ended so too often
}

// Hello opens the link if it is not open and asks the board about itself. It
// takes as long as ctx allows to find out that nobody answers, two seconds when
// that sets no end: link.no-answer.
func (c *Conn) Hello(ctx context.Context) (Hello, error) {
	if err := c.await(ctx, c.hello); err != nil {
		return Hello{}, err
	}
	defer func() { c.hello <- struct{}{} }()
	if _, set := ctx.Deadline(); !set {
		var cancel func()
		ctx, cancel = context.WithTimeout(ctx, openTimeout)
		defer cancel()
	}
	if err := c.open(ctx); err != nil {
		return Hello{}, err
	}
	b, err := c.Call(ctx, link.OpHello, nil)
	if err != nil {
		return Hello{}, err
	}
	h, ok := decodeHello(b)
	if !ok {
		return Hello{}, errVersion
	}
	c.mu.Lock()
	c.limits = h
	c.mu.Unlock()
	return h, nil
}

// open sends SYN until the board answers.
func (c *Conn) open(ctx context.Context) error {
	c.mu.Lock()
	if c.err != nil || c.up {
		defer c.mu.Unlock()
		return c.err
	}
	nonce := rand.Uint32()
	if byte(nonce) == byte(c.pipe.Epoch()) {
		nonce++ // frames of the last pipe may still be on their way
	}
	c.pipe.Start(nonce, c.now())
	c.pipe.Restarted()
	c.limits = Hello{}
	opened := make(chan struct{})
	c.opened, c.down = opened, make(chan struct{})
	c.mu.Unlock()
	c.wake()
	err := c.await(ctx, opened)
	if err == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.up {
		if c.err == nil {
			c.closeLink(err)
		}
		if errors.Is(err, ErrNoAnswer) {
			err = errNotThere.Because(ctx.Err())
		}
		return err
	}
	return nil // in the last moment
}

func decodeHello(b []byte) (Hello, bool) {
	r := link.Reader{B: b}
	h := Hello{
		Version: int(r.U8()), Board: string(r.Str()), Firmware: string(r.Str()), Program: string(r.Str()), Build: string(r.Str()),
		Uptime: time.Duration(r.U32()) * time.Millisecond, Reset: r.U8(),
		MaxRecord: int(r.U16()), Streams: int(r.U8()), MaxMessage: int(r.U16()),
		BlockSize: int(r.U16()), MaxFiles: int(r.U16()), FilesCap: int64(r.U32()),
	}
	if r.Short {
		return h, false
	}
	if len(r.B) > 0 { // boards of the first weeks did not say why
		h.Why, h.Held = strings.ToValidUTF8(string(r.Str()), "\ufffd"), r.U8() != 0
	}
	return h, !r.Short
}

// Status is how a board is doing.
type Status struct {
	Uptime    time.Duration
	HeapUsed  int64
	HeapSize  int64
	Clients   int // WebSockets open
	FilesUsed int64
	FilesFree int64
}

// Status asks the board how it is.
func (c *Conn) Status(ctx context.Context) (Status, error) {
	b, err := c.Call(ctx, link.OpStatus, nil)
	if err != nil {
		return Status{}, err
	}
	r := link.Reader{B: b}
	s := Status{
		Uptime: time.Duration(r.U32()) * time.Millisecond, HeapUsed: int64(r.U32()), HeapSize: int64(r.U32()),
		Clients: int(r.U8()), FilesUsed: int64(r.U32()), FilesFree: int64(r.U32()),
	}
	if r.Short {
		return Status{}, errVersion
	}
	return s, nil
}

// Pin is one pin as the board tells it.
type Pin struct {
	Pin   int
	Mode  byte // link.Pin…
	Level bool
	Duty  int // link.PinDuty: the part of the time that it is high, in percent
	Name  string
}

func pin(number, mode, level byte) Pin {
	p := Pin{Pin: int(number), Mode: mode, Level: level != 0}
	if mode == link.PinDuty {
		p.Duty = min(int(level), 100)
	}
	return p
}

// Pins asks for all pins.
func (c *Conn) Pins(ctx context.Context) ([]Pin, error) {
	b, err := c.Call(ctx, link.OpPins, nil)
	if err != nil {
		return nil, err
	}
	var pins []Pin
	for r := (link.Reader{B: b}); len(r.B) > 0; {
		p := pin(r.U8(), r.U8(), r.U8())
		p.Name = string(r.Str())
		if r.Short {
			return nil, errVersion
		}
		pins = append(pins, p)
	}
	return pins, nil
}

// WatchPins asks the board to tell changes of pins, which f gets (see Watch).
func (c *Conn) WatchPins(ctx context.Context, f func(Pin)) (stop func(), err error) {
	stop = c.Watch(link.EventPin, func(b []byte) {
		if len(b) >= 3 {
			f(pin(b[0], b[1], b[2]))
		}
	})
	if _, err := c.Call(ctx, link.OpWatch, []byte{1}); err != nil {
		stop()
		return nil, err
	}
	return stop, nil
}
