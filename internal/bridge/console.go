package bridge

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

// ConsoleConfig says what a Console does. Dial is needed.
//
// Emit and State are called from several goroutines and must not block; State
// is called in order, with the Console's lock held: it must not call back.
type ConsoleConfig struct {
	Dial  Dialer
	Emit  func(api.Message)
	State func(api.Socket)

	Number      int           // of this connection, in messages and in its state; 0: 1
	Host        string        // Host header of the handshake; "": "localhost"
	DialTimeout time.Duration // connection and handshake; 0: 8 s
	SendTimeout time.Duration // for a board that does not take a message; 0: 10 s
	Ping        time.Duration // between keep-alive pings; the socket is given up when nothing came for 3 of them; 0: 20 s, < 0: none
	MaxData     int           // bytes of a message that are kept for Emit; 0: 1 MB

	RetryFirst time.Duration // back-off of the automatic connection; 0: 250 ms
	RetryMost  time.Duration // 0: 5 s

	tls *tls.Config // of wss servers; nil: as usual
	now func() time.Time
}

// Console is a WebSocket of Studio's own, to the board or to a server that the
// user has named. Its methods are safe for concurrent use. At most one socket is
// open at a time; Connections are several.
type Console struct {
	c ConsoleConfig

	opMu sync.Mutex // one Connect or Close at a time

	mu      sync.Mutex
	state   api.Socket
	socket  *socket
	stopped bool
	auto    context.CancelFunc // of the loop that connects again
	wake    chan struct{}
	attempt context.CancelFunc // of a Connect under way
	lost    time.Time          // when the automatic connection broke, zero: it did not
	wg      sync.WaitGroup
}

// socket is one connection.
type socket struct {
	ws      *websocket.Conn
	target  Target
	traffic *traffic
	done    chan struct{} // closed when its reader has ended

	writeMu sync.Mutex

	mu    sync.Mutex
	asked bool // we began the closing handshake
}

// NewConsole returns a Console that is closed.
func NewConsole(c ConsoleConfig) *Console {
	if c.Emit == nil {
		c.Emit = func(api.Message) {}
	}
	if c.State == nil {
		c.State = func(api.Socket) {}
	}
	if c.Host == "" {
		c.Host = "localhost"
	}
	for _, d := range []struct {
		v *time.Duration
		d time.Duration
	}{{&c.DialTimeout, 8 * time.Second}, {&c.SendTimeout, 10 * time.Second}, {&c.Ping, 20 * time.Second},
		{&c.RetryFirst, 250 * time.Millisecond}, {&c.RetryMost, 5 * time.Second}} {
		if *d.v == 0 {
			*d.v = d.d
		}
	}
	if c.Number == 0 {
		c.Number = 1
	}
	if c.MaxData <= 0 {
		c.MaxData = maxData
	}
	if c.now == nil {
		c.now = time.Now
	}
	return &Console{c: c, state: api.Socket{State: "closed", Conn: c.Number}, wake: make(chan struct{}, 1)}
}

// State is what the socket is doing.
func (c *Console) State() api.Socket {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// setState changes the state and tells.
func (c *Console) setState(change func(*api.Socket)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.state
	change(&c.state)
	if c.state != before {
		c.c.State(c.state)
	}
}

// Connect opens the socket, after closing one that is open. It ends an automatic
// connection. Errors are Problems: board.unreachable, socket.refused,
// socket.bad-path, …
func (c *Console) Connect(ctx context.Context, to Target) error {
	to, err := to.checked()
	if err != nil {
		return err
	}
	c.endAuto()
	c.opMu.Lock()
	defer c.opMu.Unlock()
	c.shutLocked(1000, "")
	_, failed, err := c.openLocked(ctx, to)
	if err != nil {
		c.emitError(problem.Of(err), failed)
	}
	return err
}

// Auto opens the socket now and again whenever it is lost, with back-off, until
// Connect, Close or Stop. It returns at once, and leaves alone a socket to the
// same target that is open.
func (c *Console) Auto(to Target) error {
	to, err := to.checked()
	if err != nil {
		return err
	}
	c.endAuto()
	ctx, cancel := context.WithCancel(context.Background())
	c.mu.Lock()
	if c.stopped {
		c.mu.Unlock()
		cancel()
		return errConsoleStopped
	}
	c.auto = cancel
	c.wg.Add(1)
	c.mu.Unlock()
	c.setState(func(s *api.Socket) { s.Auto, s.Path, s.URL = true, to.Path, to.URL })
	go func() {
		defer c.wg.Done()
		c.keepOpen(ctx, to)
	}()
	return nil
}

// Wake makes an automatic connection try at once, for a board that has just
// started its program.
func (c *Console) Wake() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// keepOpen is the loop behind Auto.
func (c *Console) keepOpen(ctx context.Context, to Target) {
	wait := c.c.RetryFirst
	told := ""
	for ctx.Err() == nil {
		c.opMu.Lock()
		if ctx.Err() != nil {
			c.opMu.Unlock()
			return
		}
		c.mu.Lock()
		s := c.socket
		c.mu.Unlock()
		var err error
		var failed *api.Handshake
		if s == nil || s.target.name() != to.name() {
			c.shutLocked(1000, "")
			s, failed, err = c.openLocked(ctx, to)
		}
		c.opMu.Unlock()
		if err == nil {
			opened := c.c.now()
			select {
			case <-s.done:
			case <-ctx.Done():
				return
			}
			told = ""
			c.mu.Lock()
			if ctx.Err() == nil {
				c.lost = c.c.now()
			}
			c.mu.Unlock()
			if c.c.now().Sub(opened) > 2*time.Second {
				wait = c.c.RetryFirst
			}
		} else if p := problem.Of(err); ctx.Err() == nil && p.Text != told { // say each new reason once
			told = p.Text
			c.emitError(p, failed)
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
			wait = min(wait*2, c.c.RetryMost)
		case <-c.wake:
			timer.Stop()
			wait = c.c.RetryFirst
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

// endAuto ends the loop behind Auto and a connection attempt that is under way.
func (c *Console) endAuto() {
	c.mu.Lock()
	cancel, attempt := c.auto, c.attempt
	c.auto, c.lost = nil, time.Time{}
	c.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	if attempt != nil {
		attempt()
	}
	c.setState(func(s *api.Socket) { s.Auto = false })
}

// openLocked makes the connection; of one that fails it returns the handshake,
// if there was one. opMu is held.
func (c *Console) openLocked(ctx context.Context, to Target) (*socket, *api.Handshake, error) {
	ctx, cancel := context.WithTimeout(ctx, c.c.DialTimeout)
	defer cancel()
	c.mu.Lock()
	if c.stopped {
		c.mu.Unlock()
		return nil, nil, errConsoleStopped
	}
	c.attempt = cancel
	c.mu.Unlock()
	c.setState(func(s *api.Socket) {
		*s = api.Socket{State: "connecting", Path: to.Path, URL: to.URL, Conn: s.Conn, Auto: s.Auto, Code: s.Code, Reason: s.Reason}
	})
	ws, line, err := c.handshake(ctx, to)
	c.mu.Lock()
	c.attempt = nil
	stopped := c.stopped
	c.mu.Unlock()
	if err == nil && stopped {
		ws.Close()
		err = errConsoleStopped
	}
	var how *api.Handshake
	if line != nil && len(line.request.head) > 0 {
		how = newHandshake(line.request.head, line.answer.head)
	}
	if err != nil {
		c.setState(func(s *api.Socket) { s.State = "closed" })
		return nil, how, problem.Of(err)
	}
	t := &traffic{emit: c.c.Emit, now: c.c.now, conn: c.c.Number, own: true, far: to.who()}
	s := &socket{ws: ws, target: to, traffic: t, done: make(chan struct{})}
	c.mu.Lock()
	lost := c.lost
	c.lost = time.Time{}
	c.mu.Unlock()
	if !lost.IsZero() {
		c.emit(api.Message{Kind: "gap", Data: to.name(), Millis: max(c.c.now().Sub(lost).Milliseconds(), 0)})
	}
	c.emit(api.Message{Kind: "open", Data: to.name(), Millis: -1, Handshake: how})
	line.watch(t, c.c.MaxData)
	c.mu.Lock()
	c.socket = s // from here on others send by it
	c.wg.Add(1)
	c.mu.Unlock()
	c.setState(func(st *api.Socket) { st.State, st.Code, st.Reason, st.Protocol = "open", 0, "", ws.Subprotocol() })
	go func() {
		defer c.wg.Done()
		c.read(s)
	}()
	return s, how, nil
}

// read takes messages until the socket ends.
func (c *Console) read(s *socket) {
	stop := make(chan struct{})
	var pings sync.WaitGroup
	if c.c.Ping > 0 {
		limit := 3 * c.c.Ping
		alive := func() { s.ws.SetReadDeadline(time.Now().Add(limit)) }
		alive()
		s.ws.SetPongHandler(func(string) error { alive(); return nil })
		ping := s.ws.PingHandler()
		s.ws.SetPingHandler(func(data string) error { alive(); return ping(data) })
		pings.Add(1)
		go func() {
			defer pings.Done()
			ticker := time.NewTicker(c.c.Ping)
			defer ticker.Stop()
			for {
				select {
				case <-stop:
					return
				case <-ticker.C:
					s.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(c.c.SendTimeout))
				}
			}
		}()
	}
	var err error
	for err == nil { // what comes is told by the line's watcher
		var r io.Reader
		if _, r, err = s.ws.NextReader(); err != nil {
			break
		}
		if _, err = io.Copy(io.Discard, r); err == nil && c.c.Ping > 0 {
			s.ws.SetReadDeadline(time.Now().Add(3 * c.c.Ping))
		}
		if reason := s.traffic.refusal(); reason != "" {
			s.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseInvalidFramePayloadData, reason), time.Now().Add(c.c.SendTimeout))
			err = errBoardNotText
		}
	}
	close(stop)
	s.ws.Close()
	pings.Wait()
	c.ended(s, err)
	close(s.done)
}

// errBoardNotText ends a socket on which text came that is not UTF-8.
var errBoardNotText = errors.New("text is not UTF-8")

// keptBuffer is the most that a buffer for messages holds on to between two of them.
const keptBuffer = 64 << 10

// ended tells how a socket came to its end.
func (c *Console) ended(s *socket, err error) {
	code, reason, who := 1006, "", s.target.who()
	var ce *websocket.CloseError
	s.mu.Lock()
	asked := s.asked
	s.mu.Unlock()
	s.traffic.mu.Lock()
	goodbye := slices.Clone(s.traffic.goodbye)
	s.traffic.mu.Unlock()
	switch {
	case errors.As(err, &ce):
		code, reason = ce.Code, ce.Text
		if asked {
			who = "You"
		}
		if ce.Code == websocket.CloseAbnormalClosure {
			reason = ""
		}
	case asked:
		reason = say.BridgeClosedWithoutCloseFrame(s.target.whoWithin())
	case IsTimeout(err):
		reason = say.BridgeWasSilentForTooLong(s.target.whoWithin())
	}
	if errors.Is(err, errBoardNotText) {
		code, reason, who = websocket.CloseInvalidFramePayloadData, "", say.BridgeStudio()
	}
	if err != nil && ce == nil && strings.HasPrefix(err.Error(), "websocket: ") {
		reason = say.BridgeBrokeTheRules(s.target.whoWithin(), strings.TrimPrefix(err.Error(), "websocket: "))
	}
	if code == 1006 {
		who = ""
	}
	reason = strings.ToValidUTF8(reason, "\uFFFD")
	c.emit(api.Message{Kind: "close", Code: code, Data: closeWords(who, code, reason), Millis: -1, Closing: goodbye})
	c.mu.Lock()
	mine := c.socket == s
	if mine {
		c.socket = nil
	}
	c.mu.Unlock()
	if mine {
		c.setState(func(st *api.Socket) { st.State, st.Code, st.Reason = "closed", code, reason })
	}
}

// SendText sends a text message. Invalid UTF-8 is refused.
func (c *Console) SendText(text string) error {
	if !utf8.ValidString(text) {
		return errNotText
	}
	return c.send(websocket.TextMessage, []byte(text))
}

// SendBinary sends a binary message.
func (c *Console) SendBinary(data []byte) error { return c.send(websocket.BinaryMessage, data) }

func (c *Console) send(kind int, data []byte) error {
	c.mu.Lock()
	s := c.socket
	c.mu.Unlock()
	if s == nil {
		return errNotConnected
	}
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	s.ws.SetWriteDeadline(time.Now().Add(c.c.SendTimeout))
	return c.sent(s, s.ws.WriteMessage(kind, data))
}

// sent makes a Problem of what came of writing, and ends a socket that takes nothing any more.
func (c *Console) sent(s *socket, err error) error {
	if err == nil {
		return nil
	}
	s.ws.Close()
	if IsTimeout(err) {
		return errSendTimeout.With(c.c.SendTimeout.String()).Because(err)
	}
	return errSend.Because(err)
}

// Ping sends a ping with at most 125 bytes. The pong is told as a message.
func (c *Console) Ping(data []byte) error {
	if len(data) > 125 {
		return errLongPing.With(len(data))
	}
	c.mu.Lock()
	s := c.socket
	c.mu.Unlock()
	if s == nil {
		return errNotConnected
	}
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	s.traffic.mu.Lock()
	s.traffic.pings++
	s.traffic.mu.Unlock()
	return c.sent(s, s.ws.WriteControl(websocket.PingMessage, data, time.Now().Add(c.c.SendTimeout)))
}

// Close ends the connection with a close code (0: 1000) and a reason of at most
// 123 bytes, and an automatic connection with it. It returns when the board has
// answered, or has not for 2 seconds. Closing what is closed is no error.
func (c *Console) Close(code int, reason string) error {
	if code == 0 {
		code = websocket.CloseNormalClosure
	}
	if !sendableCode(code) {
		return errBadCode.With(code)
	}
	if len(reason) > 123 || !utf8.ValidString(reason) {
		return errBadReason.With(len(reason))
	}
	c.endAuto()
	c.opMu.Lock()
	defer c.opMu.Unlock()
	c.shutLocked(code, reason)
	return nil
}

// shutLocked ends the socket that is open, if any. opMu is held.
func (c *Console) shutLocked(code int, reason string) {
	c.mu.Lock()
	s := c.socket
	c.mu.Unlock()
	if s == nil {
		return
	}
	s.mu.Lock()
	s.asked = true
	s.mu.Unlock()
	const limit = 2 * time.Second
	err := s.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(limit))
	if err == nil {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		select {
		case <-s.done:
		case <-timer.C:
		}
	}
	s.ws.Close()
	<-s.done
}

// Stop closes for good and returns when nothing of the Console runs any more.
func (c *Console) Stop() {
	c.mu.Lock()
	c.stopped = true
	c.mu.Unlock()
	c.endAuto()
	c.opMu.Lock()
	c.shutLocked(1001, "")
	c.opMu.Unlock()
	c.wg.Wait()
}

func (c *Console) emit(m api.Message) {
	m.From, m.Conn, m.Time, m.Size = "console", c.c.Number, c.c.now().UnixMilli(), len(m.Data)
	c.c.Emit(m)
}

// emitError tells why there is no connection, and of a handshake that failed how it went.
func (c *Console) emitError(p *problem.Problem, how *api.Handshake) {
	c.emit(api.Message{Kind: "error", Data: p.Text + " " + p.Help, Millis: -1, Handshake: how})
}
