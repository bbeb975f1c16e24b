package bridge

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"studioide/internal/api"
	"studioide/ui/src/words/say"
)

// maxData is how much of a message is kept when nothing else is asked for:
// all that a board's program can send at once (see board.MaxMessage).
const maxData = 1 << 20

// answers measures answer times. WebSocket messages name no question, so a time
// is told only where it cannot be another message's: the answer holds the text
// that was sent ("Reply for LEDon"), or only one message waits for an answer.
// A message that has waited for longer than the slowest answers take has none.
// What a board says of its own, again and again, answers nothing. Not safe for
// concurrent use.
type answers struct {
	waiting []waitingMessage
	slowest time.Duration // answer that was surely one
	own     []string      // forms of messages that came unasked
}

type waitingMessage struct {
	at   time.Time
	text string // "" when it is binary or long
}

const (
	answerLimit = 5 * time.Second // nothing waits for longer
	answerLeast = time.Second     // so long may every answer take
	answerQueue = 64
	answerForms = 16
	answerText  = 200 // longer texts are not looked for
)

func (a *answers) send(now time.Time, text string) {
	if len(text) > answerText {
		text = ""
	}
	if len(a.waiting) == answerQueue {
		a.waiting = append(a.waiting[:0], a.waiting[1:]...)
	}
	a.waiting = append(a.waiting, waitingMessage{now, text})
}

// receive returns the milliseconds since the message that this one answers, -1 when that is not known.
func (a *answers) receive(now time.Time, text string) int64 {
	limit := min(max(answerLeast, 4*a.slowest), answerLimit)
	for len(a.waiting) > 0 && (now.Sub(a.waiting[0].at) > answerLimit || len(a.waiting) > 1 && now.Sub(a.waiting[0].at) > limit) {
		a.waiting = append(a.waiting[:0], a.waiting[1:]...)
	}
	if len(a.waiting) == 0 {
		a.unasked(text)
		return -1
	}
	found := -1
	for i, w := range a.waiting {
		if w.text != "" && strings.Contains(text, w.text) && (found < 0 || len(w.text) > len(a.waiting[found].text)) {
			found = i
		}
	}
	if found < 0 && (len(a.waiting) > 1 || slices.Contains(a.own, formOf(text))) {
		return -1
	}
	found = max(found, 0)
	took := now.Sub(a.waiting[found].at)
	a.slowest = max(a.slowest, took)
	a.waiting = append(a.waiting[:0], a.waiting[found+1:]...) // those before it got no answer
	return max(took.Milliseconds(), 0)
}

// unasked remembers the form of a message that came without a question.
func (a *answers) unasked(text string) {
	form := formOf(text)
	if slices.Contains(a.own, form) {
		return
	}
	if len(a.own) == answerForms {
		a.own = append(a.own[:0], a.own[1:]...)
	}
	a.own = append(a.own, form)
}

// formOf is a message's beginning without its numbers: "temp 21.5" and "temp 22" have one form.
func formOf(text string) string {
	text = text[:min(len(text), 40)]
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '.' || r == '-' {
			return -1
		}
		return r
	}, text)
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

// traffic turns what is seen on one WebSocket, of a page or of the console, into messages.
type traffic struct {
	emit func(api.Message)
	now  func() time.Time
	conn int
	own  bool   // the console's, which tells its end itself
	far  string // the other side's name; "": the board's

	mu      sync.Mutex
	answers answers
	code    int // of the first close frame, 0: none yet
	reason  string
	who     string
	closes  int    // directions that said goodbye
	refused string // the reason why Studio ended it; "": it has not
	goodbye []api.CloseFrame
	pings   int              // of the user's, which are about to be sent
	waiting []waitingMessage // pings that have no pong yet

	telling sync.Mutex // held while something is told; taken with nothing held
	over    bool       // the end was told, and nothing is after it
}

// maxWaitingPings bounds how many of them are remembered.
const maxWaitingPings = 64

// direction is one half of the traffic; it receives a frameWatcher's events.
type direction struct {
	*traffic
	fromPage bool
}

func (d direction) message(binary bool, data []byte, size int64, heads []byte, frames int) {
	m := api.Message{Kind: "received", Binary: binary, Data: textOf(binary, data, size), Size: int(size), Millis: -1, Head: slices.Clone(heads)}
	if frames > 1 {
		m.Frames = frames
	}
	now := d.now()
	d.mu.Lock()
	if d.fromPage {
		m.Kind = "sent"
		d.answers.send(now, m.Data)
	} else {
		m.Millis = d.answers.receive(now, m.Data)
	}
	d.mu.Unlock()
	d.send(m, now)
}

// control tells pings and pongs. Empty ones keep a connection alive, behind
// the scenes, so only those are told that carry something or that the user sent.
func (d direction) control(op byte, payload, head []byte) {
	now := d.now()
	binary := !utf8.Valid(payload)
	m := api.Message{Binary: binary, Data: textOf(binary, payload, int64(len(payload))), Size: len(payload), Millis: -1, Head: slices.Clone(head)}
	told := len(payload) > 0
	d.mu.Lock()
	switch {
	case op == opPing && d.fromPage:
		m.Kind = "ping"
		if d.pings > 0 {
			d.pings--
			told = true
		}
		if told && len(d.waiting) < maxWaitingPings {
			d.waiting = append(d.waiting, waitingMessage{now, m.Data})
		}
	case op == opPing:
		m.Kind = "pinged"
	case d.fromPage: // an answer that browsers and Studio give by themselves
		told = false
	default:
		m.Kind = "pong"
		for i, w := range d.waiting {
			if w.text == m.Data {
				told, m.Millis = true, max(now.Sub(w.at).Milliseconds(), 0)
				d.waiting = append(d.waiting[:0], d.waiting[i+1:]...) // the newest is answered for those before it, section 5.5.3
				break
			}
		}
	}
	d.mu.Unlock()
	if told {
		d.send(m, now)
	}
}

func (d direction) closing(code int, reason string) {
	by := "board"
	if d.fromPage {
		if by = "page"; d.own {
			by = "studio"
		}
	}
	at := d.now().UnixMilli()
	d.mu.Lock()
	d.goodbye = append(d.goodbye, api.CloseFrame{Time: at, By: by, Code: code, Reason: reason})
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
	if d.own { // its end tells what was wrong
		return
	}
	d.send(api.Message{Kind: "error", Data: say.BridgeBrokeWebsocketRules(d.name(), text), Millis: -1}, d.now())
}

func (d direction) notText(b byte, at int64) {
	reason := notTextWords(d.name(), b, at)
	d.mu.Lock()
	d.refused = reason
	if d.code == 0 {
		d.code, d.reason, d.who = 1007, "", say.BridgeStudio()
	}
	d.mu.Unlock()
	d.send(api.Message{Kind: "error", Data: say.BridgeNotTextEnded(reason), Code: 1007, Millis: -1}, d.now())
}

// notTextWords says who sent text that is not UTF-8, and where that begins; it
// fits into a close frame.
func notTextWords(who string, b byte, at int64) string {
	return say.BridgeNotText(who, fmt.Sprintf("0x%02X", b), strconv.FormatInt(at, 10))
}

// refusal is the reason for which Studio ends the WebSocket.
func (t *traffic) refusal() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.refused
}

func (d direction) name() string {
	if d.fromPage {
		return say.BridgeThePage()
	}
	if d.far != "" {
		return d.far
	}
	return say.BridgeTheBoard()
}

// isClosing reports whether either side has said goodbye.
func (t *traffic) isClosing() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.closes > 0
}

// end tells the end. It may be called several times.
func (t *traffic) end() {
	t.mu.Lock()
	if t.own {
		t.mu.Unlock()
		return
	}
	code, reason, who, goodbye := t.code, t.reason, t.who, slices.Clone(t.goodbye)
	t.mu.Unlock()
	if code == 0 {
		code, who = 1006, ""
	}
	words := closeWords(who, code, reason)
	t.send(api.Message{Kind: "close", Code: code, Data: words, Size: len(words), Millis: -1, Closing: goodbye}, t.now())
}

func (t *traffic) send(m api.Message, now time.Time) {
	m.From, m.Conn, m.Time = "page", t.conn, now.UnixMilli()
	if t.own {
		m.From = "console"
	}
	if m.Size == 0 && !m.Binary {
		m.Size = len(m.Data)
	}
	t.telling.Lock()
	defer t.telling.Unlock()
	if t.over { // a page goes on sending until it has heard of the end: none of that has gone to the board
		return
	}
	t.over = m.Kind == "close"
	t.emit(m)
}
