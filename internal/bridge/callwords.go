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
	"studioide/ui/src/words/say"
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
		return "page.send-early", say.CallThePageSendsBeforeWebsocket(), say.CallSendInOnopenOrLater(), severity
	case "late":
		return "page.send-late", say.CallThePageSendsAndWebsocket(), say.CallLookAtReadystateBeforeSending(), warning
	case "closed":
		return c.closed()
	case "port":
		text = say.CallThePageConnectsToPort()
		return "page.port", text, say.CallSocketHelp(), warning
	case "secure":
		text = say.CallThePageAsksForSecure(c.address.Scheme)
		return "page.secure", text, say.CallWriteWsAndHttpOr(), warning
	case "fixed":
		return "", say.CallThePageAsksForWhich(c.shown()), "", warning
	}
	if help = c.foreignProtocol(); help != "" {
		return "page.no-route", say.CallAndNothingAnswersThereOn(c.what()), help, severity
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
	help = say.CallSocketHelp()
	if c.api == "EventSource" {
		help = say.CallWriteNewEventsourceEvents()
	}
	shown := cutText(c.raw, 100)
	switch {
	case strings.Contains(c.reason, "subprotocol"):
		return say.CallTheListSubprotocolsThisWebsocket(), say.CallGiveEachNameOnceWithout()
	case placeholder().MatchString(c.raw):
		return say.CallTheAddressStillHasPlaceholder(c.api, shown), help
	case twoPorts().MatchString(c.raw):
		return say.CallTheAddressHasTwoPorts(c.api, shown), help
	case strings.Contains(c.raw, "undefined") || strings.Contains(c.raw, "null") || strings.Contains(c.raw, "[object"):
		return say.CallAPartAddressHasNo(c.api, shown), help
	case strings.Contains(c.raw, "#") && c.api == "WebSocket":
		return say.CallTheAddressWebsocketCannotHave(shown), help
	case strings.TrimSpace(c.raw) == "":
		return say.CallTheAddressEmpty(c.api), help
	}
	return say.CallTheAddressNotOne(c.api, shown), help
}

// closed is about a WebSocket that the board has ended because of a fault.
func (c call) closed() (code, text, help string, severity api.Severity) {
	reason := ""
	if c.reason != "" {
		reason = " (" + cutText(c.reason, 150) + ")"
	}
	if c.status == 1009 {
		return "page.message-too-long", say.CallTheBoardClosedWebsocketMessage(reason),
			say.CallSendShorterMessagesOrRaise(), api.SeverityError
	}
	return "page.socket-closed", say.CallTheWebsocketWasClosedWith(c.status, CloseText(c.status), reason),
		say.CallLookAtWhatPageSends(), api.SeverityWarning
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
		return say.CallThePageOpensWebsocketAt(c.shown())
	case "EventSource":
		return say.CallThePageListensForEvents(c.shown())
	case "document":
		if c.method != "GET" && c.method != "" {
			return say.CallAFormPageSentTo(c.shown(), c.method)
		}
		return say.CallThePageLeadsTo(c.shown())
	case "fetch", "XMLHttpRequest", "sendBeacon", "":
		if c.method != "GET" && c.method != "" {
			return say.CallThePageSendsTo(c.shown(), c.method)
		}
		return say.CallThePageAsksFor(c.shown())
	}
	return say.CallThePageLoads(c.shown())
}

// foreignProtocol knows addresses of servers that no board is.
func (c call) foreignProtocol() string {
	p := ""
	if c.address != nil {
		p = strings.ToLower(c.address.Path)
	}
	switch {
	case strings.Contains(p, "/socket.io"):
		return say.CallSocketIoNeedsServerIts()
	case strings.Contains(p, "/sockjs"):
		return say.CallSockjsNeedsServerItsOwn()
	case c.own && c.api == "WebSocket" && (p == "/mqtt" || strings.HasPrefix(strings.ToLower(c.reason), "mqtt")):
		return say.CallTheBoardNoMqttBroker()
	}
	return ""
}

// elsewhere is about an address that is not this board's.
func (c call) elsewhere() (code, text, help string, severity api.Severity) {
	severity = api.SeverityError
	if c.address == nil || c.address.Host == "" {
		return "page.fetch", say.CallWhichCannotBeLoaded(c.what()), say.CallCheckAddress(), severity
	}
	host := c.address.Hostname()
	socket := c.api == "WebSocket"
	switch {
	case c.status >= 400:
		return "page.answer", say.CallAnsweredWith(c.what(), host, statusWords(c.status)), say.CallLookUpWhatThisAnswer(), api.SeverityWarning
	case isLoopback(host) && c.address.Port() != "":
		text = say.CallAndNothingAnswersAtPort(c.what(), c.address.Port())
		if help = say.CallSocketHelp(); !socket {
			help = say.CallLeaveHostAndPortOut(cutText(c.address.RequestURI(), 80))
		}
		return "page.other-device", text, help, severity
	case !check.OnInternet(host):
		text = say.CallAndNotThisBoardOr(c.what(), host)
		if c.why == "waiting" {
			text = say.CallAndNotThisBoardNobody(c.what(), host)
		}
		if help = say.CallSocketHelp(); !socket {
			help = say.CallLeaveHostOutThenPage(cutText(c.address.RequestURI(), 80))
		}
		return "page.other-device", text, help, severity
	}
	code = "page.internet"
	if c.why == "resource" {
		name := path.Base(c.address.Path)
		if name == "/" || name == "." {
			name = c.address.String()
		}
		text = say.CallLiesOnInternetAndIt(cutText(name, 80), host)
		help = say.CallPutFileIntoWwwAnd()
		return code, text, help, severity
	}
	text = say.CallWhichLiesOnInternetAnd(c.what())
	if !socket {
		text = say.CallWhichLiesOnInternetAnd2(c.what())
	}
	return code, text, say.CallLetBoardsProgramGivePage(), severity
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
		return "page.protocol", say.CallThePageAsksForSubprotocol(cutText(c.reason, 100)),
			say.CallLeaveSecondValueNewWebsocket(), severity
	case 404, 426, 200, 405:
		return "page.no-route", say.CallThereNoWebsocketAtOn(c.shown()),
			say.CallUseWsOrAddBoard(route), severity
	case 503:
		return "page.busy", say.CallTheBoardHasNoConnection(c.shown()),
			say.CallCloseOtherPagesBoardDoes(), api.SeverityWarning
	}
	return "page.socket", say.CallTheBoardRefusedWebsocketAt(c.shown(), statusWords(c.status), quoted(c.body)),
		say.CallLookAtWhatProgramSays(), severity
}

// noAnswer is about anything else that this board has not given.
func (c call) noAnswer() (code, text, help string, severity api.Severity) {
	severity = api.SeverityError
	file := strings.TrimPrefix(c.address.Path, "/")
	route := say.CallRouteHelp(strconv.Quote(c.address.Path))
	switch {
	case c.api == "EventSource" && c.status == 0:
		return "page.no-route", say.CallAndWhatThereNoStream(c.what()),
			say.CallBoardsSendWhatNewOver(), severity
	case c.why == "resource" && c.status == 0:
		return "page.bad-file", say.CallThePageHasLoadedAnd(c.shown()),
			say.CallLookAtFileDoesNames(), severity
	case c.status == 404 && path.Ext(file) != "" && (c.method == "" || c.method == "GET" || c.method == "HEAD"):
		text = say.CallThePageCouldNotLoad(c.shown())
		if c.api == "document" {
			text = say.CallAndThereNoSuchFile(c.what())
		}
		return "page.missing-file", text, say.CallCheckNameCapitalsIncludedAnd(), severity
	case c.status == 404, c.status == 405, c.status == 501:
		text = say.CallAndNothingAnswersThereNeither(c.what())
		if c.api == "EventSource" {
			route = say.CallBoardsSendWhatNewOver2(strconv.Quote(c.address.Path))
		}
		return "page.no-route", text, route, severity
	}
	return "page.answer", say.CallTheBoardAnsweredWith(c.what(), statusWords(c.status), quoted(c.body)),
		say.CallLookAtWhatProgramAnswers(), api.SeverityWarning
}

func statusWords(status int) string {
	text := http.StatusText(status)
	if text == "" {
		return say.CallStatus(status)
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
