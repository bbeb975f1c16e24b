package devlink

import (
	"bytes"
	"context"
)

// typing is text for the program's input.
type typing struct {
	left []byte
	err  error
	done chan struct{}
}

func (t *typing) finish(err error) {
	t.err = err
	close(t.done)
}

// WriteText sends text to the program's input. It returns when the text is on
// the line; a program that does not read is not noticed. Text cannot hold a zero byte.
func (c *Conn) WriteText(ctx context.Context, b []byte) error {
	if bytes.IndexByte(b, 0) >= 0 {
		return errZero
	}
	if len(b) == 0 {
		return nil
	}
	t := &typing{left: bytes.Clone(b), done: make(chan struct{})}
	c.mu.Lock()
	if c.err != nil {
		defer c.mu.Unlock()
		return c.err
	}
	c.typed = append(c.typed, t)
	c.mu.Unlock()
	c.wake()
	if err := c.await(ctx, t.done); err != nil {
		c.mu.Lock()
		t.left = nil
		c.mu.Unlock()
		return err
	}
	return t.err
}

// nextTyped is text that may go out now: mu is held.
func (c *Conn) nextTyped() []byte {
	for len(c.typed) > 0 {
		t := c.typed[0]
		if len(t.left) == 0 {
			t.finish(nil)
			c.typed = c.typed[1:]
			continue
		}
		n := c.pipe.Text(min(len(t.left), 1024)) // link frames want to get in between
		out := t.left[:n]
		t.left = t.left[n:]
		return out
	}
	return nil
}
