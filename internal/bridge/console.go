package bridge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
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

	Host        string        // Host header of the handshake; "": "localhost"
	DialTimeout time.Duration // connection and handshake; 0: 8 s
	SendTimeout time.Duration // for a board that does not take a message; 0: 10 s
	Ping        time.Duration // between keep-alive pings; the socket is given up when nothing came for 3 of them; 0: 20 s, < 0: none
	MaxData     int           // bytes of a message that are kept for Emit; 0: 1 MB

	RetryFirst time.Duration // back-off of the automatic connection; 0: 250 ms
	RetryMost  time.Duration // 0: 5 s

	now func() time.Time
}

// Console is Studio's own WebSocket to the board. Its methods are safe for
// concurrent use. At most one socket is open at a time.
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
	conns   int
	wg      sync.WaitGroup
}

// socket is one connection.
type socket struct {
	ws   *websocket.Conn
	done chan struct{} // closed when its reader has ended

	writeMu sync.Mutex

	mu      sync.Mutex
	answers answers
	asked   bool // we began the closing handshake
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
	if c.MaxData <= 0 {
		c.MaxData = maxData
	}
	if c.now == nil {
		c.now = time.Now
	}
	return &Console{c: c, state: api.Socket{State: "closed"}, wake: make(chan struct{}, 1)}
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

// Connect opens the socket at path ("/ws", "" is "/"; a query is allowed), after
// closing one that is open. header is sent with the handshake and may be nil.
// It ends an automatic connection. Errors are Problems: board.unreachable,
// socket.refused, socket.bad-path, …
func (c *Console) Connect(ctx context.Context, path string, header http.Header) error {
	path, err := cleanPath(path)
	if err != nil {
		return err
	}
	c.endAuto()
	c.opMu.Lock()
	defer c.opMu.Unlock()
	c.shutLocked(1000, "")
	_, err = c.openLocked(ctx, path, header, true)
	return err
}

// Auto opens the socket at path now and again whenever it is lost, with
// back-off, until Connect, Close or Stop. It returns at once.
func (c *Console) Auto(path string) error {
	path, err := cleanPath(path)
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
	c.setState(func(s *api.Socket) { s.Auto, s.Path = true, path })
	go func() {
		defer c.wg.Done()
		c.keepOpen(ctx, path)
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
func (c *Console) keepOpen(ctx context.Context, path string) {
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
		samePath := s != nil && c.state.Path == path
		c.mu.Unlock()
		var err error
		if !samePath {
			c.shutLocked(1000, "")
			s, err = c.openLocked(ctx, path, nil, false)
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
			if c.c.now().Sub(opened) > 2*time.Second {
				wait = c.c.RetryFirst
			}
		} else if p := problem.Of(err); ctx.Err() == nil && p.Text != told { // say each new reason once
			told = p.Text
			c.emitError(p)
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
	c.auto = nil
	c.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	if attempt != nil {
		attempt()
	}
	c.setState(func(s *api.Socket) { s.Auto = false })
}

// openLocked makes the connection. opMu is held.
func (c *Console) openLocked(ctx context.Context, path string, header http.Header, tell bool) (*socket, error) {
	ctx, cancel := context.WithTimeout(ctx, c.c.DialTimeout)
	defer cancel()
	c.mu.Lock()
	if c.stopped {
		c.mu.Unlock()
		return nil, errConsoleStopped
	}
	c.attempt = cancel
	c.mu.Unlock()
	c.setState(func(s *api.Socket) {
		*s = api.Socket{State: "connecting", Path: path, Auto: s.Auto, Code: s.Code, Reason: s.Reason}
	})
	ws, err := c.handshake(ctx, path, header)
	c.mu.Lock()
	c.attempt = nil
	stopped := c.stopped
	c.mu.Unlock()
	if err == nil && stopped {
		ws.Close()
		err = errConsoleStopped
	}
	if err != nil {
		p := problem.Of(err)
		c.setState(func(s *api.Socket) { s.State = "closed" })
		if tell {
			c.emitError(p)
		}
		return nil, p
	}
	s := &socket{ws: ws, done: make(chan struct{})}
	c.mu.Lock()
	c.socket = s
	c.conns++
	c.wg.Add(1)
	c.mu.Unlock()
	c.emit(api.Message{Kind: "open", Data: path})
	c.setState(func(st *api.Socket) { st.State, st.Code, st.Reason = "open", 0, "" })
	go func() {
		defer c.wg.Done()
		c.read(s)
	}()
	return s, nil
}

// handshake dials and upgrades; its errors are Problems.
func (c *Console) handshake(ctx context.Context, path string, header http.Header) (*websocket.Conn, error) {
	given := ctx // gorilla's own ends with the handshake
	stop := func() bool { return true }
	d := websocket.Dialer{
		NetDialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			conn, err := c.c.Dial(ctx)
			if err == nil {
				stop = context.AfterFunc(given, func() { conn.Close() })
			}
			return conn, err
		},
		HandshakeTimeout: c.c.DialTimeout,
		ReadBufferSize:   2 << 10,
		WriteBufferSize:  2 << 10,
	}
	h := http.Header{}
	for name, values := range header {
		switch http.CanonicalHeaderKey(name) {
		case "Host", "Upgrade", "Connection", "Sec-Websocket-Key", "Sec-Websocket-Version", "Sec-Websocket-Extensions":
		default:
			h[name] = values
		}
	}
	ws, res, err := d.DialContext(ctx, "ws://"+c.c.Host+path, h)
	if !stop() && err == nil { // given up while the answer came
		ws.Close()
		err = context.Cause(ctx)
	}
	if err == nil {
		return ws, nil
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	var known *problem.Problem
	switch {
	case errors.As(err, &known):
		return nil, known
	case errors.Is(err, websocket.ErrBadHandshake) && res != nil:
		body, _ := io.ReadAll(io.LimitReader(res.Body, 1024))
		return nil, refused(path, res, body).Because(err)
	case errors.Is(err, context.Canceled):
		return nil, problem.Cancelled.Because(err)
	case isTimeout(err):
		return nil, errSocketTimeout.Because(err)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errRefused.Because(err)
	case strings.Contains(err.Error(), "malformed"):
		return nil, errRefusedNoHTTP.Because(err)
	}
	return nil, absent(err)
}

// refused explains a handshake that the board answered, but not with a WebSocket.
func refused(path string, res *http.Response, body []byte) *problem.Problem {
	why := refusedText(res.StatusCode, body)
	switch res.StatusCode {
	case http.StatusNotFound:
		return errRefusedNotThere.With(path, why)
	case http.StatusSwitchingProtocols:
		return errRefusedRules.With(path)
	case http.StatusOK:
		return errRefusedPage.With(path, why)
	case http.StatusServiceUnavailable:
		return errRefusedFull.With(path, why)
	case http.StatusUnauthorized, http.StatusForbidden:
		return errRefusedAccept.With(path, why)
	}
	return errRefusedOther.With(path, why)
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
	keep := make([]byte, 0, 4096)
	for err == nil {
		var kind int
		var r io.Reader
		if kind, r, err = s.ws.NextReader(); err != nil {
			break
		}
		if cap(keep) > keptBuffer {
			keep = nil
		}
		keep = keep[:0]
		var size int64
		if size, keep, err = readBounded(r, keep, c.c.MaxData); err != nil {
			break
		}
		if c.c.Ping > 0 {
			s.ws.SetReadDeadline(time.Now().Add(3 * c.c.Ping))
		}
		binary := kind == websocket.BinaryMessage
		if scan := (utf8Scan{off: binary}); !scan.feed(keep) || size == int64(len(keep)) && !scan.whole() {
			reason := notTextWords(say.BridgeTheBoard(), scan.tail[0], scan.at)
			c.emit(api.Message{Kind: "error", Code: websocket.CloseInvalidFramePayloadData, Data: say.BridgeNotTextEnded(reason)})
			s.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseInvalidFramePayloadData, reason), time.Now().Add(c.c.SendTimeout))
			err = errBoardNotText
			break
		}
		text := textOf(binary, keep, size)
		s.mu.Lock()
		took := s.answers.receive(c.c.now(), text)
		s.mu.Unlock()
		c.emit(api.Message{Kind: "received", Binary: binary, Data: text, Size: int(size), Millis: took})
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

// readBounded reads all of r and keeps as much as limit into keep.
func readBounded(r io.Reader, keep []byte, limit int) (int64, []byte, error) {
	for len(keep) < limit {
		if len(keep) == cap(keep) {
			keep = slices.Grow(keep, 4096)
		}
		n, err := r.Read(keep[len(keep):min(cap(keep), limit)])
		keep = keep[:len(keep)+n]
		if err == io.EOF {
			return int64(len(keep)), keep, nil
		}
		if err != nil {
			return int64(len(keep)), keep, err
		}
	}
	rest, err := io.Copy(io.Discard, r)
	return int64(len(keep)) + rest, keep, err
}

// ended tells how a socket came to its end.
func (c *Console) ended(s *socket, err error) {
	code, reason, who := 1006, "", say.BridgeTheBoard()
	var ce *websocket.CloseError
	s.mu.Lock()
	asked := s.asked
	s.mu.Unlock()
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
		reason = say.BridgeTheBoardDidNotSay()
	case isTimeout(err):
		reason = say.BridgeTheBoardWasSilentFor()
	}
	if err == errBoardNotText {
		code, reason, who = websocket.CloseInvalidFramePayloadData, "", say.BridgeStudio()
	}
	if err != nil && ce == nil && strings.HasPrefix(err.Error(), "websocket: ") {
		reason = say.BridgeTheBoardBrokeWebsocketRules(strings.TrimPrefix(err.Error(), "websocket: "))
	}
	if code == 1006 {
		who = ""
	}
	reason = strings.ToValidUTF8(reason, "\uFFFD")
	c.emit(api.Message{Kind: "close", Code: code, Data: closeWords(who, code, reason)})
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
	// Told before it is sent, so that a quick answer does not come first.
	binary := kind == websocket.BinaryMessage
	now := c.c.now()
	text := textOf(binary, data[:min(len(data), c.c.MaxData)], int64(len(data)))
	s.mu.Lock()
	s.answers.send(now, text)
	s.mu.Unlock()
	c.emit(api.Message{Kind: "sent", Binary: binary, Data: text, Size: len(data), Millis: -1})
	if err := s.ws.WriteMessage(kind, data); err != nil {
		s.ws.Close()
		if isTimeout(err) {
			return errSendTimeout.With(c.c.SendTimeout.String()).Because(err)
		}
		return errSend.Because(err)
	}
	return nil
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
	c.mu.Lock()
	m.Conn = c.conns
	c.mu.Unlock()
	m.From, m.Time = "console", c.c.now().UnixMilli()
	if m.Kind != "sent" && m.Kind != "received" {
		m.Millis, m.Size = -1, len(m.Data)
	}
	c.c.Emit(m)
}

func (c *Console) emitError(p *problem.Problem) {
	c.emit(api.Message{Kind: "error", Data: p.Text + " " + p.Help})
}

// cleanPath checks a path and gives it its slash.
func cleanPath(path string) (string, error) {
	bad := errBadPath.With(fmt.Sprintf("%q", cutText(path, 100)))
	if !strings.HasPrefix(path, "/") {
		if strings.Contains(path, "://") {
			return "", bad
		}
		path = "/" + path
	}
	if len(path) > 2000 || strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", bad
	}
	u, err := url.Parse("ws://board" + path)
	if err != nil || u.Host != "board" || u.Fragment != "" || strings.Contains(path, "#") {
		return "", bad
	}
	return u.RequestURI(), nil
}
