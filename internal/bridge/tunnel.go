package bridge

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"studioide/internal/api"
	"studioide/ui/src/words/say"
)

// maxHead bounds the board's answer to a handshake.
const maxHead = 64 << 10

// lingerTime is how long one direction may go on after the other has ended.
const lingerTime = 3 * time.Second

// holdTime is how long the beginning of a text frame may wait for its end.
const holdTime = 100 * time.Millisecond

// isUpgrade reports whether a browser asks for a WebSocket (RFC 6455 section 4.1).
func isUpgrade(r *http.Request) bool {
	return r.Method == http.MethodGet && hasToken(r.Header["Connection"], "upgrade") && hasToken(r.Header["Upgrade"], "websocket")
}

// hasToken looks for a word in a comma-separated header, ignoring case.
func hasToken(values []string, token string) bool {
	for _, v := range values {
		for _, part := range strings.Split(v, ",") {
			if strings.EqualFold(strings.TrimSpace(part), token) {
				return true
			}
		}
	}
	return false
}

// serveSocket connects a page's WebSocket with the board's, byte for byte after
// the handshake, and watches what goes by.
func (p *Proxy) serveSocket(w http.ResponseWriter, r *http.Request) {
	if origins := r.Header["Origin"]; len(origins) > 1 || len(origins) == 1 && !p.ownOrigin(origins[0]) {
		p.refuse(w, say.BridgeAPageTriedToOpen(originWords(strings.Join(origins, ", "))))
		return
	}
	if strings.HasPrefix(r.URL.Path, ownPrefix) {
		http.NotFound(w, r)
		return
	}
	if r.ContentLength != 0 || len(r.TransferEncoding) > 0 {
		w.Header().Set("Connection", "close")
		http.Error(w, "A WebSocket handshake has no body.", http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	p.nextConn++
	number := p.nextConn
	p.mu.Unlock()

	if !p.sockets.tryAcquire() {
		what := errTooManySockets.With(cap(p.sockets))
		p.emitError(http.StatusServiceUnavailable, number, what.Text)
		p.missed(r, true, http.StatusServiceUnavailable, "")
		p.answer(w, r, http.StatusServiceUnavailable, what)
		return
	}
	defer p.sockets.release()

	p.tran.CloseIdleConnections() // a small board may have no other connection left
	board, err := p.dial(r.Context())
	if err != nil {
		p.failSocket(w, r, number, err)
		return
	}
	defer board.Close()
	if !p.track(board) {
		return
	}
	defer p.untrack(board)

	head, reader, err := p.handshake(r, board)
	if err != nil {
		p.failSocket(w, r, number, err)
		return
	}
	if head.status != http.StatusSwitchingProtocols {
		p.refusedSocket(w, r, number, head, reader)
		return
	}

	if wanted := r.Header.Get("Sec-Websocket-Protocol"); wanted != "" && !head.protocol {
		// Browsers close such a connection, and do not say why.
		p.missed(r, true, http.StatusSwitchingProtocols, "")
		p.emitError(http.StatusSwitchingProtocols, number, say.BridgeWebsocketPageAsksForSubprotocol(cutText(r.URL.Path, 100), cutText(wanted, 100)))
	}
	page, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "This connection cannot carry a WebSocket.", http.StatusInternalServerError)
		return
	}
	defer page.Close()
	if !p.track(page) {
		return
	}
	defer p.untrack(page)
	page.SetDeadline(time.Time{})
	if _, err := page.Write(head.raw); err != nil {
		return
	}
	t := &traffic{emit: p.c.Emit, now: p.c.now, conn: number}
	path := r.URL.RequestURI()
	t.send(api.Message{Kind: "open", Data: cutText(path, 500), Size: len(path), Millis: -1, Handshake: newHandshake(head.request, head.raw)}, p.c.now())
	p.tunnel(t, page, buffered.Reader, board, reader)
	t.end()
}

// failSocket answers a handshake that did not reach the board.
func (p *Proxy) failSocket(w http.ResponseWriter, r *http.Request, number int, err error) {
	if p.ctx.Err() != nil || r.Context().Err() != nil {
		panic(http.ErrAbortHandler)
	}
	status, what := explain(err)
	p.missed(r, true, 0, "")
	p.emitError(status, number, "WebSocket "+cutText(r.URL.Path, 100)+": "+what.Text)
	p.answer(w, r, status, what)
}

// boardHead is the head of the board's answer to a handshake.
type boardHead struct {
	status   int
	protocol bool   // it names a subprotocol
	raw      []byte // for the page: as it came, but for cookies
	request  []byte // the head that was sent for it
}

// handshake sends the page's request to the board and reads the answer's head.
func (p *Proxy) handshake(r *http.Request, board net.Conn) (boardHead, *bufio.Reader, error) {
	mark := p.cookieMark(r)
	stop := context.AfterFunc(r.Context(), func() { board.Close() })
	defer stop()
	board.SetDeadline(time.Now().Add(p.c.AnswerTimeout))
	request := requestHead(r, mark)
	if _, err := board.Write(request); err != nil {
		return boardHead{}, nil, err
	}
	reader := bufio.NewReaderSize(board, 4096)
	raw, err := readHead(reader)
	if err != nil {
		return boardHead{}, nil, err
	}
	res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), nil)
	if err != nil {
		return boardHead{}, nil, fmt.Errorf("malformed answer: %w", err)
	}
	if res.StatusCode == http.StatusSwitchingProtocols {
		board.SetDeadline(time.Time{})
	}
	return boardHead{status: res.StatusCode, protocol: res.Header.Get("Sec-WebSocket-Protocol") != "", raw: withPageCookies(raw, mark), request: request}, reader, nil
}

// handshakeHeaders are written as RFC 6455 spells them, for boards that compare
// letter by letter; net/http has changed their capitals.
var handshakeHeaders = [][2]string{{"Sec-Websocket-Key", "Sec-WebSocket-Key"}, {"Sec-Websocket-Version", "Sec-WebSocket-Version"},
	{"Sec-Websocket-Protocol", "Sec-WebSocket-Protocol"}}

// requestHead writes the handshake for the board. Extensions (compression) are
// not offered: they cost a small board memory and hide the messages.
// Its cookies are those with mark (see cookies.go). net/http has refused control characters in names, values and the address.
func requestHead(r *http.Request, mark string) []byte {
	var b bytes.Buffer
	uri := r.URL.RequestURI()
	if r.URL.Host == "" && strings.HasPrefix(r.RequestURI, "/") {
		uri = r.RequestURI
	}
	b.WriteString("GET " + uri + " HTTP/1.1\r\nHost: " + r.Host + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
	skip := map[string]bool{"Host": true, "Upgrade": true, "Connection": true, "Sec-Websocket-Extensions": true, "Cookie": true,
		"Accept-Encoding": true, "Te": true, "Trailer": true, "Keep-Alive": true, "Content-Length": true, "Transfer-Encoding": true,
		"Proxy-Connection": true, "Proxy-Authorization": true, "Proxy-Authenticate": true}
	for _, name := range noise {
		skip[name] = true
	}
	for _, v := range r.Header["Connection"] { // hop-by-hop by name
		for _, name := range strings.Split(v, ",") {
			if name = http.CanonicalHeaderKey(strings.TrimSpace(name)); !strings.HasPrefix(name, "Sec-Websocket-") {
				skip[name] = true
			}
		}
	}
	for _, h := range handshakeHeaders {
		skip[h[0]] = true
		for _, v := range r.Header[h[0]] {
			b.WriteString(h[1] + ": " + v + "\r\n")
		}
	}
	names := make([]string, 0, len(r.Header))
	for name := range r.Header {
		if !skip[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range r.Header[name] {
			b.WriteString(name + ": " + v + "\r\n")
		}
	}
	for _, v := range boardCookies(r.Header["Cookie"], mark) {
		b.WriteString("Cookie: " + v + "\r\n")
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

var errHeadTooLong = errors.New("malformed answer: its head has no end")

// readHead reads up to and with the empty line that ends an HTTP head.
func readHead(r *bufio.Reader) ([]byte, error) {
	var head []byte
	for {
		line, err := r.ReadSlice('\n')
		head = append(head, line...)
		switch {
		case len(head) > maxHead:
			return nil, errHeadTooLong
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			return nil, err
		}
		if bytes.HasSuffix(head, []byte("\n\r\n")) || bytes.HasSuffix(head, []byte("\n\n")) {
			return head, nil
		}
	}
}

// withPageCookies makes Set-Cookie lines those of the page (see pageCookies).
func withPageCookies(head []byte, mark string) []byte {
	var out []byte
	for _, line := range bytes.SplitAfter(head, []byte("\n")) {
		name, value, _ := strings.Cut(string(line), ":")
		if strings.EqualFold(strings.TrimSpace(name), "Set-Cookie") {
			for _, v := range pageCookies([]string{strings.TrimSpace(value)}, mark) {
				out = append(out, "Set-Cookie: "+v+"\r\n"...)
			}
			continue
		}
		out = append(out, line...)
	}
	return out
}

// refusedSocket passes on that the board did not want the WebSocket.
func (p *Proxy) refusedSocket(w http.ResponseWriter, r *http.Request, number int, head boardHead, rest *bufio.Reader) {
	res, err := http.ReadResponse(bufio.NewReader(io.MultiReader(bytes.NewReader(head.raw), rest)), r)
	if err != nil {
		p.failSocket(w, r, number, err)
		return
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	p.missed(r, true, head.status, plainText(res.Header.Get("Content-Type"), body))
	p.emitHandshake(head.status, number, "WebSocket "+cutText(r.URL.Path, 100)+": "+refusedText(say.BridgeTheBoardWithin(), head.status, body), newHandshake(head.request, head.raw))
	h := w.Header()
	for name, values := range res.Header {
		switch name {
		case "Connection", "Upgrade", "Transfer-Encoding", "Content-Length", "Keep-Alive", "Trailer", "Te", "Proxy-Authenticate":
		default:
			h[name] = values
		}
	}
	h.Set("Cache-Control", "no-store")
	if res.StatusCode < 200 { // not an end: net/http would go on
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	w.WriteHeader(res.StatusCode)
	w.Write(body)
}

// refusedText says that and how a WebSocket was refused.
func refusedText(who string, status int, body []byte) string {
	text := say.BridgeRefusedItWith(who, status, http.StatusText(status))
	text = strings.TrimRight(text, " ")
	if snippet := strings.Join(strings.Fields(strings.ToValidUTF8(string(body[:min(len(body), 200)]), "")), " "); snippet != "" {
		text += ": " + snippet
	}
	return text
}

// copyBuffers are a tunnel's; one per direction.
var copyBuffers = sync.Pool{New: func() any { b := make([]byte, 8<<10); return &b }}

// tunnel carries bytes both ways until both have ended. A direction that ends
// closes the other's writing half where there is such a thing, so that the
// last words of a closing handshake arrive. Text that is not UTF-8 ends both
// with 1007.
func (p *Proxy) tunnel(t *traffic, page net.Conn, pageReader *bufio.Reader, board net.Conn, boardReader *bufio.Reader) {
	up := &half{from: page, buffered: pageReader, to: board, whole: true, patience: p.patience, watch: &frameWatcher{events: direction{t, true}, masked: true, limit: p.c.MaxData}}
	down := &half{from: board, buffered: boardReader, to: page, whole: true, patience: p.patience, watch: &frameWatcher{events: direction{t, false}, limit: p.c.MaxData}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		up.carry(t, down)
		endWriting(board, page)
	}()
	down.carry(t, up)
	if !t.isClosing() { // without the board the socket is over, however long the page lingers; what it sent before a goodbye is still to be told
		t.end()
	}
	endWriting(page, board)
	<-done
}

// endWriting tells to that nothing more comes, and gives from's other direction
// (to → from) a little more time.
func endWriting(to, from net.Conn) {
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
		to.SetReadDeadline(time.Now().Add(lingerTime))
		from.SetWriteDeadline(time.Now().Add(lingerTime))
		return
	}
	to.Close()
}

// half is one direction of a tunnel.
type half struct {
	from     net.Conn
	buffered *bufio.Reader // of from
	to       net.Conn
	watch    *frameWatcher
	patience time.Duration // for the rest of a frame that is held back

	mu      sync.Mutex // guards writing to to, and what is below
	held    []byte     // a frame's beginning that has been read and not gone on
	gone    bool       // it has: the rest was a long time coming
	whole   bool       // what has been written ends with a whole frame
	goodbye []byte     // a close frame, to follow the frame under way
	said    bool       // it is out: nothing more is written
}

// carry copies from one side to the other and shows watch each piece before it
// is sent, so that a quick answer is not seen before its question. A frame of
// text that comes in pieces is held back until it is whole, if it fits into the
// buffer and the rest comes soon: then nothing of one that is refused has gone
// on. other is the direction back.
func (h *half) carry(t *traffic, other *half) {
	pooled := copyBuffers.Get().(*[]byte)
	defer copyBuffers.Put(pooled)
	buffer := *pooled
	late := time.AfterFunc(time.Hour, h.letGo)
	late.Stop()
	defer late.Stop()
	held := 0        // bytes at the buffer's beginning that are held back
	passing := false // a part of the frame under way has gone on
	for {
		var n int
		var err error
		if h.buffered.Buffered() > 0 {
			n, _ = h.buffered.Read(buffer[held:])
		} else {
			n, err = h.from.Read(buffer[held:])
		}
		begin := 0 // where that begins which has not gone on
		if h.takeBack() {
			begin, passing = held, true
		}
		all := held + n
		if n > 0 {
			whole := h.watch.write(buffer[held:all])
			if whole >= 0 {
				whole, passing = held+whole, false
			}
			end := all
			if h.watch.bad || !passing && !h.watch.opaque() && all < len(buffer) && err == nil {
				end = max(whole, begin)
			}
			passing = passing || end > max(whole, 0)
			if h.send(buffer[begin:end], whole-begin) != nil {
				h.from.SetReadDeadline(time.Now()) // nothing more is wanted from here
				return
			}
			if h.watch.bad {
				h.refuse(t, other)
				return
			}
			if held = copy(buffer, buffer[end:all]); held > 0 {
				h.mu.Lock()
				h.held = buffer[:held]
				h.mu.Unlock()
				late.Reset(h.patience)
			}
			continue
		}
		if err != nil {
			h.send(buffer[begin:held], -1)
			return
		}
	}
}

// letGo sends what is held back after all.
func (h *half) letGo() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.held) == 0 || h.said {
		return
	}
	h.to.Write(h.held) // an error shows with the next bytes
	h.held, h.gone, h.whole = nil, true, false
}

// takeBack ends the holding back. True: it has gone on meanwhile.
func (h *half) takeBack() (gone bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	gone, h.gone, h.held = h.gone, false, nil
	return gone
}

// send writes bytes, of which the first ones end with a whole frame; -1: no
// frame ends here.
func (h *half) send(p []byte, whole int) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.said {
		return nil
	}
	if h.goodbye != nil && whole >= 0 {
		p = p[:whole]
	}
	if len(p) > 0 {
		if _, err := h.to.Write(p); err != nil {
			return err
		}
		h.whole = whole == len(p)
	}
	h.sayLocked()
	return nil
}

// refuse ends both directions because of text that is not UTF-8 from this one's
// side (RFC 6455 section 8.1), and waits for what the side has to say to that.
func (h *half) refuse(t *traffic, other *half) {
	reason := t.refusal()
	t.end()
	// Who has sent it is told first: the other one may hang up at once, and then
	// nothing more goes the way back.
	for _, d := range [...]*half{other, h} {
		d.to.SetWriteDeadline(time.Now().Add(lingerTime)) // it may be stuck, and hold the lock
		d.mu.Lock()
		d.goodbye = closeFrame(reason, d.watch.masked)
		d.sayLocked()
		d.mu.Unlock()
	}
	h.from.SetReadDeadline(time.Now().Add(lingerTime))
	io.Copy(io.Discard, h.from)
}

// sayLocked sends the close frame, once, when no other frame is under way.
func (h *half) sayLocked() {
	if h.goodbye == nil || h.said || !h.whole {
		return
	}
	h.said = true
	h.to.Write(h.goodbye)
	endWriting(h.to, h.from)
}

// closeFrame is a close frame with 1007. A client's is masked; its mask need not
// be one that nobody can guess, since nothing in it is anybody's choice.
func closeFrame(reason string, masked bool) []byte {
	body := append([]byte{1007 >> 8, 1007 & 0xFF}, reason...)
	if !masked {
		return append([]byte{0x80 | opClose, byte(len(body))}, body...)
	}
	mask := [4]byte{0x5A, 0xC3, 0x96, 0x0F}
	for i := range body {
		body[i] ^= mask[i&3]
	}
	return append(append([]byte{0x80 | opClose, 0x80 | byte(len(body))}, mask[:]...), body...)
}
