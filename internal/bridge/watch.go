package bridge

import (
	"encoding/base64"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"studioide/internal/message"
)

// maxData is how much of a message is kept when nothing else is asked for.
const maxData = 4096

// answers measures answer times: the nth message received answers the nth one
// sent. A message that stays without an answer for answerLimit is forgotten, so
// that it does not shift all later times. Not safe for concurrent use.
type answers struct {
	sent []time.Time
}

const (
	answerLimit = 5 * time.Second
	answerQueue = 64
)

func (a *answers) send(now time.Time) {
	if len(a.sent) == answerQueue {
		a.sent = append(a.sent[:0], a.sent[1:]...)
	}
	a.sent = append(a.sent, now)
}

// receive returns the milliseconds since the message that this one answers, -1 when there is none.
func (a *answers) receive(now time.Time) int64 {
	for len(a.sent) > 0 {
		took := now.Sub(a.sent[0])
		a.sent = append(a.sent[:0], a.sent[1:]...)
		if took <= answerLimit {
			return max(took.Milliseconds(), 0)
		}
	}
	return -1
}

// textOf is a message's Data field: text as text, everything else as base64.
func textOf(binary bool, data []byte, size int64) string {
	if binary {
		return base64.StdEncoding.EncodeToString(data)
	}
	if size > int64(len(data)) { // cut: do not leave half a character
		for i := 0; i < utf8.UTFMax-1 && len(data) > 0; i++ {
			if r, n := utf8.DecodeLastRune(data); r != utf8.RuneError || n != 1 {
				break
			}
			data = data[:len(data)-1]
		}
	}
	return strings.ToValidUTF8(string(data), "\uFFFD")
}

// traffic turns what is seen on one WebSocket of the page into messages.
type traffic struct {
	emit func(message.Message)
	now  func() time.Time
	conn int

	mu      sync.Mutex
	answers answers
	closed  bool // the close event is out
	code    int  // of the first close frame, 0: none yet
	reason  string
	who     string
	closes  int // directions that said goodbye
}

// direction is one half of the traffic; it receives a frameWatcher's events.
type direction struct {
	*traffic
	fromPage bool
}

func (d direction) message(binary bool, data []byte, size int64) {
	m := message.Message{Kind: "received", Binary: binary, Data: textOf(binary, data, size), Size: int(size), Millis: -1}
	now := d.now()
	d.mu.Lock()
	if d.fromPage {
		m.Kind = "sent"
		d.answers.send(now)
	} else {
		m.Millis = d.answers.receive(now)
	}
	d.mu.Unlock()
	d.send(m, now)
}

func (d direction) closing(code int, reason string) {
	d.mu.Lock()
	if d.code == 0 {
		d.code, d.reason, d.who = code, reason, d.name()
	}
	d.closes++
	both := d.closes == 2
	d.mu.Unlock()
	if both {
		d.end()
	}
}

func (d direction) fault(text string) {
	d.send(message.Message{Kind: "error", Data: d.name() + " broke the WebSocket rules: " + text + ".", Millis: -1}, d.now())
}

func (d direction) name() string {
	if d.fromPage {
		return "The page"
	}
	return "The board"
}

// end emits the close event, once.
func (t *traffic) end() {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return
	}
	t.closed = true
	code, reason, who := t.code, t.reason, t.who
	t.mu.Unlock()
	if code == 0 {
		code, who = 1006, ""
	}
	words := closeWords(who, code, reason)
	t.send(message.Message{Kind: "close", Code: code, Data: words, Size: len(words), Millis: -1}, t.now())
}

func (t *traffic) send(m message.Message, now time.Time) {
	m.From, m.Conn, m.Time = "page", t.conn, now.UnixMilli()
	if m.Size == 0 && !m.Binary {
		m.Size = len(m.Data)
	}
	t.emit(m)
}
