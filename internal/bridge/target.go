package bridge

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/gorilla/websocket"

	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

// Target is where a Console connects to: a path of the board, or a server. With
// what is sent along in the handshake.
type Target struct {
	Path      string // on the board; "" is "/", a query is allowed
	URL       string // "": the board; else ws:// or wss://, which the user has confirmed
	Header    http.Header
	Protocols []string // subprotocols, the one that is liked best first
}

// name is how the target is called in front of people.
func (t Target) name() string {
	if t.URL != "" {
		return t.URL
	}
	return t.Path
}

// who is the other side, at the beginning of a sentence; whoWithin is it inside of one.
func (t Target) who() string {
	if t.URL != "" {
		return say.BridgeTheServer()
	}
	return say.BridgeTheBoard()
}

func (t Target) whoWithin() string {
	if t.URL != "" {
		return say.BridgeTheServerWithin()
	}
	return say.BridgeTheBoardWithin()
}

const (
	mostHeaders   = 32
	mostProtocols = 16
	mostURL       = 2000
)

// checked is t in the form in which it is used, if all of it can be sent.
func (t Target) checked() (Target, error) {
	if t.URL != "" {
		u, err := url.Parse(t.URL)
		if err != nil || len(t.URL) > mostURL || u.Scheme != "ws" && u.Scheme != "wss" || u.Hostname() == "" || u.User != nil || strings.Contains(t.URL, "#") {
			return t, errBadURL.With(fmt.Sprintf("%q", cutText(t.URL, 100)))
		}
		if u.Path == "" {
			u.Path = "/"
		}
		t.URL, t.Path = u.String(), ""
	} else {
		var err error
		if t.Path, err = cleanPath(t.Path); err != nil {
			return t, err
		}
	}
	n := 0
	for name, values := range t.Header {
		switch c := http.CanonicalHeaderKey(name); {
		case !isToken(name):
			return t, errBadHeader.With(fmt.Sprintf("%q", cutText(name, 100)))
		case strings.HasPrefix(c, "Sec-Websocket-"), c == "Host", c == "Upgrade", c == "Connection", c == "Content-Length", c == "Transfer-Encoding":
			return t, errOwnHeader.With(name)
		}
		for _, v := range values {
			if n++; n > mostHeaders || len(v) > mostURL || strings.ContainsFunc(v, isControl) {
				return t, errBadHeader.With(fmt.Sprintf("%q", cutText(name+": "+v, 100)))
			}
		}
	}
	for i, p := range t.Protocols {
		if !isToken(p) || i >= mostProtocols {
			return t, errBadProtocol.With(fmt.Sprintf("%q", cutText(p, 100)))
		}
	}
	return t, nil
}

// isToken reports whether s is a token of HTTP (RFC 9110, section 5.6.2), not too long.
func isToken(s string) bool {
	return s != "" && len(s) <= 100 && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// cleanPath checks a path and gives it its slash.
func cleanPath(path string) (string, error) {
	bad := errBadPath.With(fmt.Sprintf("%q", cutText(path, 100)))
	if !strings.HasPrefix(path, "/") {
		if strings.Contains(path, "://") {
			return "", bad
		}
		path = "/" + path
	}
	if len(path) > mostURL || strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", bad
	}
	u, err := url.Parse("ws://board" + path)
	if err != nil || u.Host != "board" || u.Fragment != "" || strings.Contains(path, "#") {
		return "", bad
	}
	return u.RequestURI(), nil
}

// handshake dials and upgrades; its errors are Problems. The line is nil when there is none.
func (c *Console) handshake(ctx context.Context, to Target) (*websocket.Conn, *observed, error) {
	given := ctx // gorilla's own ends with the handshake
	stop := func() bool { return true }
	var line *observed
	// dialing hands out connections that end with ctx and are watched.
	dialing := func(dial func(context.Context, string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
		return func(ctx context.Context, _, addr string) (net.Conn, error) {
			conn, err := dial(ctx, addr)
			if err != nil {
				return nil, err
			}
			line = &observed{Conn: conn}
			stop = context.AfterFunc(given, func() { conn.Close() })
			return line, nil
		}
	}
	d := websocket.Dialer{HandshakeTimeout: c.c.DialTimeout, ReadBufferSize: 2 << 10, WriteBufferSize: 2 << 10, Subprotocols: to.Protocols}
	address := "ws://" + c.c.Host + to.Path
	if to.URL == "" {
		d.NetDialContext = dialing(func(ctx context.Context, _ string) (net.Conn, error) { return c.c.Dial(ctx) })
	} else {
		// Neither a proxy nor cookies, and redirects are told, not followed: Studio
		// connects to what the user has confirmed and to nothing else.
		address = to.URL
		var plain net.Dialer
		d.NetDialContext = dialing(func(ctx context.Context, addr string) (net.Conn, error) { return plain.DialContext(ctx, "tcp", addr) })
		secure := tls.Dialer{Config: c.c.tls}
		d.NetDialTLSContext = dialing(func(ctx context.Context, addr string) (net.Conn, error) { return secure.DialContext(ctx, "tcp", addr) })
	}
	ws, res, err := d.DialContext(ctx, address, to.Header)
	if !stop() && err == nil { // given up while the answer came
		ws.Close()
		err = context.Cause(ctx)
	}
	if err == nil {
		return ws, line, nil
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return nil, line, c.failed(to, line, res, err)
}

// failed explains a connection that did not come to be, as far as what came back tells.
func (c *Console) failed(to Target, line *observed, res *http.Response, err error) *problem.Problem {
	var known *problem.Problem
	var answer []byte
	if line != nil {
		answer = line.answer.head
	}
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, websocket.ErrBadHandshake) && res != nil:
		body, _ := io.ReadAll(io.LimitReader(res.Body, 1024))
		return refused(to, res, body, line).Because(err)
	case errors.Is(err, context.Canceled):
		return problem.Cancelled.Because(err)
	case line == nil && to.URL != "":
		return Unreachable(to.URL, err)
	case IsTimeout(err) && to.URL != "":
		return errServerNoAnswer.With(to.URL).Because(err)
	case IsTimeout(err):
		return errSocketTimeout.Because(err)
	case bytes.HasPrefix(answer, []byte{0x15, 0x03}) || bytes.HasPrefix(answer, []byte{0x16, 0x03}): // an alert or a handshake of TLS, RFC 8446 section 5.1
		return errRefusedTLS.With(to.name()).Because(err)
	case line != nil && len(answer) > 0 && !bytes.HasPrefix(answer, []byte("HTTP/")[:min(len(answer), 5)]), line != nil && strings.Contains(err.Error(), "malformed"):
		return errRefusedNoHTTP.With(to.who()).Because(err)
	case line != nil && to.URL != "":
		return errServerClosed.With(to.URL).Because(err)
	case line != nil: // closed, in whatever way
		return errRefused.Because(err)
	}
	return absent(err)
}

// Unreachable explains why there is no connection to a server, whose address is valid, at all.
func Unreachable(address string, err error) *problem.Problem {
	u, _ := url.Parse(address)
	var record tls.RecordHeaderError
	var cert *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var wrongHost x509.HostnameError
	var noName *net.DNSError
	switch {
	case errors.As(err, &record):
		return errRefusedPlain.With(address).Because(err)
	case errors.As(err, &cert), errors.As(err, &unknown), errors.As(err, &wrongHost):
		return errCertificate.With(u.Host).Because(err)
	case errors.As(err, &noName):
		return errNoSuchHost.With(u.Hostname()).Because(err)
	case IsTimeout(err):
		return errServerSilent.With(u.Host).Because(err)
	case u.Scheme == "wss" && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)):
		return errRefusedPlain.With(address).Because(err)
	}
	return errNobodyThere.With(u.Host).Because(err)
}

// refused explains a handshake that was answered, but not with a WebSocket.
func refused(to Target, res *http.Response, body []byte, line *observed) *problem.Problem {
	name, status := to.name(), res.StatusCode
	why := refusedText(to.whoWithin(), status, body)
	versions := strings.Join(res.Header["Sec-Websocket-Version"], ", ")
	switch {
	case status == http.StatusSwitchingProtocols:
		return brokenAnswer(name, res, line)
	case status == http.StatusUpgradeRequired, status == http.StatusBadRequest && versions != "" && !hasToken(res.Header["Sec-Websocket-Version"], "13"):
		return errRefusedVersion.With(name, why)
	case status == http.StatusBadRequest && bytes.Contains(bytes.ToUpper(body), []byte("HTTPS")):
		return errRefusedTLS.With(name)
	case status == http.StatusBadRequest:
		return errRefusedRequest.With(name, why)
	case status == http.StatusNotFound:
		return errRefusedNotThere.With(name, why)
	case status == http.StatusOK:
		return errRefusedPage.With(name, why)
	case status == http.StatusServiceUnavailable, status == http.StatusTooManyRequests:
		return errRefusedFull.With(name, why)
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return errRefusedAccept.With(name, why)
	case status >= 300 && status < 400:
		return errRefusedRedirect.With(name, fmt.Sprintf("%q", cutText(res.Header.Get("Location"), 200)))
	case status >= 500:
		return errRefusedFailed.With(name, why)
	}
	return errRefusedOther.With(name, why)
}

// brokenAnswer says what is wrong with an answer that says 101 (RFC 6455, section 4.1).
func brokenAnswer(name string, res *http.Response, line *observed) *problem.Problem {
	if !hasToken(res.Header["Upgrade"], "websocket") {
		return errRefusedNoUpgrade.With(name, "Upgrade")
	}
	if !hasToken(res.Header["Connection"], "upgrade") {
		return errRefusedNoUpgrade.With(name, "Connection")
	}
	how := newHandshake(line.request.head, line.answer.head)
	if how.Got == "" {
		return errRefusedNoUpgrade.With(name, "Sec-WebSocket-Accept")
	}
	return errRefusedRules.With(name, how.Got, how.Accept)
}
