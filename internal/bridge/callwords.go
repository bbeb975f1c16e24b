package bridge

import (
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strconv"
	"strings"

	"studioide/internal/api"
	"studioide/internal/check"
	"studioide/internal/lazyregexp"
)

// call is one call of a page to the network, and how it ended.
type call struct {
	api     string // what made it: "WebSocket", "fetch", "XMLHttpRequest", "EventSource", "sendBeacon", "document" (a link or form), or an element's name
	method  string
	raw     string   // the address as the page gave it
	address *url.URL // nil when raw is none
	own     bool     // it goes to this board
	status  int      // the answer's; a WebSocket's close code; 0: none
	body    string   // of the board's answer
	why     string   // page.js's word for what happened
	reason  string   // the browser's words, a close's reason, or a WebSocket's subprotocols
}

const (
	socketHelp = `Write: new WebSocket("ws://" + location.host + "/ws"). It fits every address that the board may have.`
	routeHelp  = `Answer it in main.go with board.OnRequest(%s, …), or send a message over the WebSocket instead.`
	noInternet = "A phone in the board's own network has no internet."
)

var placeholder = lazyregexp.New(`%[A-Za-z_]\w*%|\{\{?[^}]*\}?\}|\$\{|<[^>]*>?|(?i:your|esp|board)[-_ ]?(?i:ip|address)|[xX]{1,3}\.[xX]{1,3}\.`)

var twoPorts = lazyregexp.New(`:\d+:\d+`)

// words says what became of the call: a stable code ("" when it is only worth
// a line among the messages), what happened, and what to do.
func (c call) words() (code, text, help string, severity api.Severity) {
	severity = api.SeverityError
	warning := api.SeverityWarning
	switch c.why {
	case "invalid":
		code = "page.socket-address"
		text, help = c.invalid()
		return
	case "early":
		return "page.send-early", "The page sends before the WebSocket is open.", "Send in onopen, or later.", severity
	case "late":
		return "page.send-late", "The page sends, and the WebSocket is closed: the message is lost.", "Look at readyState before sending, and connect again in onclose.", warning
	case "closed":
		return c.closed()
	case "port":
		text = "The page connects to port 81, and this board answers at port 80. Studio has led it there; without Studio it would not connect."
		return "page.port", text, socketHelp, warning
	case "secure":
		text = "The page asks for a secure connection (" + c.address.Scheme + "), which boards do not have. Studio has made a plain one; without Studio it would not connect."
		return "page.secure", text, `Write "ws://" and "http://", or leave the scheme out: "/ws".`, warning
	case "fixed":
		return "", "The page asks for " + c.shown() + ", which is this board; Studio has led it there.", "", warning
	}
	if help = c.foreignProtocol(); help != "" {
		return "page.no-route", c.what() + ", and nothing answers there on the board.", help, severity
	}
	if !c.own {
		return c.elsewhere()
	}
	if c.api == "WebSocket" {
		return c.noSocket()
	}
	return c.noAnswer()
}

// invalid is about an address that the browser does not take.
func (c call) invalid() (text, help string) {
	help = socketHelp
	if c.api == "EventSource" {
		help = `Write: new EventSource("/events")`
	}
	shown := cutText(c.raw, 100)
	switch {
	case strings.Contains(c.reason, "subprotocol"):
		return "The list of subprotocols of this WebSocket is not a right one.", "Give each name once, without blanks, or leave the list out."
	case placeholder().MatchString(c.raw):
		return "The address of the " + c.api + " still has a placeholder in it: " + shown + ".", help
	case twoPorts().MatchString(c.raw):
		return "The address of the " + c.api + " has two ports: " + shown + ". location.host may have a port already.", help
	case strings.Contains(c.raw, "undefined") || strings.Contains(c.raw, "null") || strings.Contains(c.raw, "[object"):
		return "A part of the address of the " + c.api + " has no value: " + shown + ".", help
	case strings.Contains(c.raw, "#") && c.api == "WebSocket":
		return "The address of a WebSocket cannot have a # in it: " + shown + ".", help
	case strings.TrimSpace(c.raw) == "":
		return "The address of the " + c.api + " is empty.", help
	}
	return "The address of the " + c.api + " is not one: " + shown + ".", help
}

// closed is about a WebSocket that the board has ended because of a fault.
func (c call) closed() (code, text, help string, severity api.Severity) {
	reason := ""
	if c.reason != "" {
		reason = " (" + cutText(c.reason, 150) + ")"
	}
	if c.status == 1009 {
		return "page.message-too-long", "The board closed the WebSocket: a message was too long" + reason + ".",
			"Send shorter messages, or raise board.MaxMessage in main.go.", api.SeverityError
	}
	return "page.socket-closed", "The WebSocket was closed with " + strconv.Itoa(c.status) + ": " + CloseText(c.status) + reason + ".",
		"Look at what the page sends, and at what the program does with it.", api.SeverityWarning
}

// shown is the address as it is told.
func (c call) shown() string {
	switch {
	case c.address == nil:
		return cutText(c.raw, 200)
	case c.own:
		return cutText(c.address.RequestURI(), 200)
	}
	return cutText(c.address.String(), 200)
}

// what says what the page did.
func (c call) what() string {
	switch c.api {
	case "WebSocket":
		return "The page opens a WebSocket at " + c.shown()
	case "EventSource":
		return "The page listens for events at " + c.shown()
	case "document":
		if c.method != "GET" && c.method != "" {
			return "A form of the page is sent to " + c.shown() + " (" + c.method + ")"
		}
		return "The page leads to " + c.shown()
	case "fetch", "XMLHttpRequest", "sendBeacon", "":
		if c.method != "GET" && c.method != "" {
			return "The page sends to " + c.shown() + " (" + c.method + ")"
		}
		return "The page asks for " + c.shown()
	}
	return "The page loads " + c.shown()
}

// foreignProtocol knows addresses of servers that no board is.
func (c call) foreignProtocol() string {
	p := ""
	if c.address != nil {
		p = strings.ToLower(c.address.Path)
	}
	switch {
	case strings.Contains(p, "/socket.io"):
		return "Socket.IO needs a server of its own. Boards speak plain WebSocket: " + `new WebSocket("ws://" + location.host + "/ws")`
	case strings.Contains(p, "/sockjs"):
		return "SockJS needs a server of its own. Boards speak plain WebSocket: " + `new WebSocket("ws://" + location.host + "/ws")`
	case c.own && c.api == "WebSocket" && (p == "/mqtt" || strings.HasPrefix(strings.ToLower(c.reason), "mqtt")):
		return "The board is no MQTT broker. Talk to it with plain messages: " + `new WebSocket("ws://" + location.host + "/ws")`
	}
	return ""
}

// elsewhere is about an address that is not this board's.
func (c call) elsewhere() (code, text, help string, severity api.Severity) {
	severity = api.SeverityError
	if c.address == nil || c.address.Host == "" {
		return "page.fetch", c.what() + ", which cannot be loaded.", "Check the address.", severity
	}
	host := c.address.Hostname()
	socket := c.api == "WebSocket"
	switch {
	case c.status >= 400:
		return "page.answer", c.what() + "; " + host + " answered with " + statusWords(c.status) + ".", "Look up what this answer means there.", api.SeverityWarning
	case isLoopback(host) && c.address.Port() != "":
		text = c.what() + ", and nothing answers at port " + c.address.Port() + ": the board's program answers at port 80, pages and WebSockets alike."
		if help = socketHelp; !socket {
			help = `Leave host and port out: "` + cutText(c.address.RequestURI(), 80) + `"`
		}
		return "page.other-device", text, help, severity
	case !check.OnInternet(host):
		text = c.what() + ", and " + host + " is not this board"
		if c.why == "waiting" {
			text += ": nobody has answered for 4 seconds."
		} else {
			text += ", or does not let its pages in."
		}
		if help = socketHelp; !socket {
			help = `Leave the host out: "` + cutText(c.address.RequestURI(), 80) + `". Then the page asks the board that it came from.`
		}
		return "page.other-device", text, help, severity
	}
	code = "page.internet"
	if c.why == "resource" {
		name := path.Base(c.address.Path)
		if name == "/" || name == "." {
			name = c.address.String()
		}
		text = cutText(name, 80) + " lies on the internet (" + host + "), and it could not be loaded. " + noInternet
		help = "Put the file into www/, and write its name there instead of the address."
		return code, text, help, severity
	}
	text = c.what() + ", which lies on the internet and does not answer"
	if !socket {
		text += ", or lets no pages of other addresses in (CORS)"
	}
	return code, text + ". " + noInternet, "Let the board's program give the page what it needs, or do without.", severity
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || err == nil && a.IsLoopback()
}

// noSocket is about a WebSocket that this board has not opened.
func (c call) noSocket() (code, text, help string, severity api.Severity) {
	severity = api.SeverityError
	route := strconv.Quote(c.address.Path)
	switch c.status {
	case 101:
		return "page.protocol", "The page asks for the subprotocol “" + cutText(c.reason, 100) + "”, and the program does not speak it.",
			`Leave the second value of new WebSocket(…) out, or name the protocol in main.go.`, severity
	case 404, 426, 200, 405:
		return "page.no-route", "There is no WebSocket at " + c.shown() + " on this board.",
			`Use "/ws", or add board.OnSocket(` + route + `, …) to main.go.`, severity
	case 503:
		return "page.busy", "The board has no connection left for the WebSocket at " + c.shown() + ".",
			"Close other pages of the board. Does the page open a new WebSocket before the old one is closed?", api.SeverityWarning
	}
	return "page.socket", "The board refused the WebSocket at " + c.shown() + " with " + statusWords(c.status) + quoted(c.body) + ".",
		"Look at what the program says about it in the console.", severity
}

// noAnswer is about anything else that this board has not given.
func (c call) noAnswer() (code, text, help string, severity api.Severity) {
	severity = api.SeverityError
	file := strings.TrimPrefix(c.address.Path, "/")
	route := strings.ReplaceAll(routeHelp, "%s", strconv.Quote(c.address.Path))
	switch {
	case c.api == "EventSource" && c.status == 0:
		return "page.no-route", c.what() + ", and what is there is no stream of events (text/event-stream).",
			"Boards send what is new over the WebSocket: use onmessage there.", severity
	case c.why == "resource" && c.status == 0:
		return "page.bad-file", "The page has loaded " + c.shown() + ", and the browser cannot use it: it is damaged, or another kind of file.",
			"Look at the file; does the name's end fit what is in it?", severity
	case c.status == 404 && path.Ext(file) != "" && (c.method == "" || c.method == "GET" || c.method == "HEAD"):
		text = "The page could not load " + c.shown() + "."
		if c.api == "document" {
			text = c.what() + ", and there is no such file on the board."
		}
		return "page.missing-file", text, "Check the name, capitals included, and whether the file is on the board.", severity
	case c.status == 404, c.status == 405, c.status == 501:
		text = c.what() + ", and nothing answers there: neither a file in www/ nor the program."
		if c.api == "EventSource" {
			route = "Boards send what is new over the WebSocket: use onmessage there. Or answer it in main.go with board.OnRequest(" + strconv.Quote(c.address.Path) + ", …)."
		}
		return "page.no-route", text, route, severity
	}
	return "page.answer", c.what() + "; the board answered with " + statusWords(c.status) + quoted(c.body) + ".",
		"Look at what the program answers at this place, and what the page sends.", api.SeverityWarning
}

func statusWords(status int) string {
	text := http.StatusText(status)
	if text == "" {
		return "status " + strconv.Itoa(status)
	}
	return strconv.Itoa(status) + " " + text
}

// quoted is the beginning of an answer's text, as part of a sentence.
func quoted(body string) string {
	body = strings.Join(strings.Fields(body), " ")
	if body == "" {
		return ""
	}
	return ": “" + cutText(body, 120) + "”"
}

// library reports whether the address is a file on the internet that would work from www/ as well.
func (c call) library() bool {
	return !c.own && c.why == "resource" && c.address != nil && c.address.Host != "" && check.OnInternet(c.address.Hostname())
}
