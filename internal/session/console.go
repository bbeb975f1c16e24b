package session

import (
	"bytes"
	"sync"
	"time"
	"unicode/utf8"

	"studioide/internal/api"
	"studioide/internal/terminal"
)

const (
	consoleKept    = 64 << 10              // what a page that comes later still sees
	consolePending = 128 << 10             // what waits for the next event; more is counted, not kept
	consoleEvery   = 30 * time.Millisecond // a page paints at most this often
	longLine       = 4 << 10               // bytes of a line that is left out whole rather than cut
)

// console gathers what the board prints into events of bounded size and rate,
// however fast it comes, and keeps the last 64 KB.
type console struct {
	emit func(api.Console)

	mu      sync.Mutex
	filter  terminal.Filter // of all that terminals get to see, in the page and of "studio monitor"
	kept    []byte          // what has been flushed
	at      int64           // bytes flushed or lost so far
	pending []byte
	lost    int64       // bytes left out since the last flush
	lines   int64       // ends of lines in them
	timer   *time.Timer // set while a flush is due
}

func (c *console) write(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.addLocked(c.filter.Append(nil, b))
}

// fresh takes terminals back to where a program begins, whatever the one before it made of them.
func (c *console) fresh() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.addLocked(c.filter.Reset(nil))
}

func (c *console) addLocked(b []byte) {
	if len(b) == 0 {
		return
	}
	c.pending = append(c.pending, b...)
	if over := len(c.pending) - consolePending; over > 0 {
		// The newest text is what people look at: the oldest that waits goes, by whole lines and some more than must, so
		// that this is seldom.
		over += consolePending / 4
		if end := bytes.IndexByte(c.pending[over:min(over+longLine, len(c.pending))], '\n'); end >= 0 {
			over += end + 1
		}
		c.lost += int64(over)
		c.lines += int64(bytes.Count(c.pending[:over], []byte{'\n'}))
		c.pending = append(c.pending[:0], c.pending[over:]...)
	}
	if c.timer == nil {
		c.timer = time.AfterFunc(consoleEvery, c.flush)
	}
}

func (c *console) flush() {
	c.mu.Lock()
	cut := wholeRunes(c.pending)
	text := string(bytes.ToValidUTF8(c.pending[:cut], []byte("\uFFFD")))
	c.kept = keepLast(c.kept, c.pending[:cut], consoleKept)
	c.pending = append(c.pending[:0], c.pending[cut:]...)
	lost := c.lines
	if c.lost > 0 {
		lost = max(lost, 1) // of a line some
	}
	c.at += int64(cut) + c.lost
	at := c.at
	c.lost, c.lines, c.timer = 0, 0, nil
	c.mu.Unlock()
	if text != "" || lost > 0 {
		c.emit(api.Console{Text: text, At: at, Lost: lost})
	}
}

// text returns what has been flushed, and where that ends.
func (c *console) text() (string, int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return string(bytes.ToValidUTF8(c.kept, []byte("\uFFFD"))), c.at
}

// tail returns the last n bytes that were printed, flushed or not.
func (c *console) tail(n int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return string(keepLast(bytes.Clone(c.kept), c.pending, n))
}

func (c *console) clear() {
	c.mu.Lock()
	c.at += int64(len(c.pending)) + c.lost + 1
	c.kept, c.pending, c.lost, c.lines = nil, nil, 0, 0
	at := c.at
	c.mu.Unlock()
	c.emit(api.Console{At: at, Clear: true})
}

// keepLast appends b to buf and cuts the front so that at most limit bytes stay.
func keepLast(buf, b []byte, limit int) []byte {
	if len(b) >= limit {
		return append(buf[:0], b[len(b)-limit:]...)
	}
	if over := len(buf) + len(b) - limit; over > 0 {
		buf = append(buf[:0], buf[over:]...)
	}
	return append(buf, b...)
}

// wholeRunes returns how much of b can be shown without cutting a UTF-8 sequence that may still be completed.
func wholeRunes(b []byte) int {
	for back := 1; back <= utf8.UTFMax && back <= len(b); back++ {
		c := b[len(b)-back]
		if utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-back:]) {
				return len(b) - back
			}
			break
		}
	}
	return len(b)
}
