package recording

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"

	"studioide/internal/api"
	"studioide/ui/src/words/say"
)

// HAR 1.2, with the messages of a WebSocket where browsers keep them: an entry is a handshake, and has
// _webSocketMessages with type ("send", "receive"), time (seconds since 1970), opcode (1 text, 2 binary as base64), data.

type harEntry struct {
	Started      string       `json:"startedDateTime"`
	Time         float64      `json:"time"` // ms that it was open
	Request      harRequest   `json:"request"`
	Response     harResponse  `json:"response"`
	Cache        struct{}     `json:"cache"`
	Timings      harTimings   `json:"timings"`
	Connection   string       `json:"connection,omitempty"`
	ResourceType string       `json:"_resourceType"`
	Comment      string       `json:"comment,omitempty"`
	Messages     []harMessage `json:"_webSocketMessages,omitempty"`
}

type harRequest struct {
	Method      string      `json:"method"`
	URL         string      `json:"url"`
	HTTPVersion string      `json:"httpVersion"`
	Headers     []harHeader `json:"headers"`
	Query       []harHeader `json:"queryString"`
	Cookies     []struct{}  `json:"cookies"`
	HeadersSize int         `json:"headersSize"`
	BodySize    int         `json:"bodySize"`
}

type harResponse struct {
	Status      int         `json:"status"`
	StatusText  string      `json:"statusText"`
	HTTPVersion string      `json:"httpVersion"`
	Headers     []harHeader `json:"headers"`
	Cookies     []struct{}  `json:"cookies"`
	Content     harContent  `json:"content"`
	RedirectURL string      `json:"redirectURL"`
	HeadersSize int         `json:"headersSize"`
	BodySize    int         `json:"bodySize"`
}

type harHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type harContent struct {
	Size     int    `json:"size"`
	MimeType string `json:"mimeType"`
}

type harTimings struct {
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}

type harMessage struct {
	Type   string  `json:"type"`
	Time   float64 `json:"time"`
	Opcode int     `json:"opcode"`
	Data   string  `json:"data"`
}

// socketKey tells connections of a recording apart: a console or page may open one after the other under one number.
type socketKey struct {
	from string
	conn int
}

// connection is one of a recording, from its opening to its end.
type connection struct {
	socketKey
	path         string // "" when its opening was not recorded
	first, end   int64  // numbers of its first message and of the one after its last
	began, ended int64  // Unix milliseconds
	messages     int64
	handshake    *api.Handshake // nil: it was not recorded
}

// connections lists what was open, in the order in which it began.
func (r *Reader) connections(ctx context.Context) ([]*connection, error) {
	var list []*connection
	open := map[socketKey]*connection{}
	err := r.All(ctx, func(m *api.Message) error {
		key := socketKey{m.From, m.Conn}
		c := open[key]
		switch m.Kind {
		case "open", "sent", "received":
			if c == nil || m.Kind == "open" {
				c = &connection{socketKey: key, first: m.Seq, began: m.Time}
				if m.Kind == "open" {
					c.path, c.handshake = pathOf(m), m.Handshake
				} else {
					c.messages = 1
				}
				open[key], list = c, append(list, c)
			} else {
				c.messages++
			}
		case "close":
			delete(open, key)
		default:
			return nil
		}
		if c != nil {
			c.end, c.ended = m.Seq+1, m.Time
		}
		return nil
	})
	return list, err
}

// pathOf is where a connection leads, as its opening says: a path of the board, or the address of another server.
func pathOf(m *api.Message) string {
	path, _, _ := strings.Cut(m.Data, " ")
	if len(path) > 2000 || !strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "ws://") && !strings.HasPrefix(path, "wss://") {
		return ""
	}
	return path
}

// eachOf gives what went over one connection.
func (r *Reader) eachOf(ctx context.Context, c *connection, do func(*api.Message) error) error {
	return r.Each(ctx, c.first, c.end, func(m *api.Message) error {
		if m.From == c.from && m.Conn == c.conn && (m.Kind == "sent" || m.Kind == "received") {
			return do(m)
		}
		return nil
	})
}

// WriteHAR writes the connections with their messages. What a page prints and what failed has no place in that form.
// host is what stands for the board in addresses; version is Studio's.
func (r *Reader) WriteHAR(ctx context.Context, to io.Writer, host, version string) error {
	list, err := r.connections(ctx)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(to, 64<<10)
	put := func(v any) error {
		text, err := json.Marshal(v)
		if err == nil {
			_, err = b.Write(text)
		}
		return err
	}
	b.WriteString(`{"log":{"version":"1.2","creator":`)
	put(map[string]string{"name": "Studio", "version": version})
	b.WriteString(`,"pages":[],"entries":[`)
	for i, c := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		entry, err := json.Marshal(c.entry(host))
		if err != nil {
			return err
		}
		b.Write(entry[:len(entry)-1])
		b.WriteString(`,"_webSocketMessages":[`)
		n := 0
		err = r.eachOf(ctx, c, func(m *api.Message) error {
			if n++; n > 1 {
				b.WriteByte(',')
			}
			b.WriteByte('\n')
			out := harMessage{Type: "receive", Time: float64(m.Time) / 1000, Opcode: 1, Data: m.Data}
			if m.Kind == "sent" {
				out.Type = "send"
			}
			if m.Binary {
				out.Opcode = 2
			}
			return put(out)
		})
		if err != nil {
			return err
		}
		b.WriteString("]}")
	}
	b.WriteString("]}}\n")
	return b.Flush()
}

// entry is a connection's handshake, as far as it was recorded: the headers that make it one.
func (c *connection) entry(host string) harEntry {
	path := c.path
	if path == "" {
		path = "/"
	}
	none := []struct{}{}
	e := harEntry{Started: isoTime(c.began), Time: float64(max(0, c.ended-c.began)), ResourceType: "websocket", Connection: c.from,
		Request: harRequest{Method: "GET", URL: "ws://" + host + path, HTTPVersion: "HTTP/1.1", Query: []harHeader{}, Cookies: none, HeadersSize: -1,
			Headers: []harHeader{{"Host", host}, {"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Version", "13"}}},
		Response: harResponse{Status: 101, StatusText: http.StatusText(http.StatusSwitchingProtocols), HTTPVersion: "HTTP/1.1", Cookies: none, HeadersSize: -1, BodySize: -1,
			Headers: []harHeader{{"Upgrade", "websocket"}, {"Connection", "Upgrade"}}, Content: harContent{MimeType: "x-unknown"}},
	}
	if !strings.HasPrefix(path, "/") {
		e.Request.URL = path
		if u, err := url.Parse(path); err == nil {
			e.Request.Headers[0].Value = u.Host
		}
	}
	if h := c.handshake; h != nil {
		e.Request.Headers, e.Response.Headers = headersOf(h.Request), headersOf(h.Answer)
	}
	if _, query, ok := strings.Cut(path, "?"); ok {
		for part := range strings.SplitSeq(query, "&") {
			name, value, _ := strings.Cut(part, "=")
			e.Request.Query = append(e.Request.Query, harHeader{name, value})
		}
	}
	if c.path == "" {
		e.Comment = say.RecordingHarNoOpening()
	}
	return e
}

// headersOf are those of a message's head, in their order.
func headersOf(head string) []harHeader {
	list := []harHeader{}
	for i, line := range strings.Split(head, "\n") {
		if name, value, ok := strings.Cut(strings.TrimRight(line, "\r"), ":"); ok && i > 0 {
			list = append(list, harHeader{name, strings.TrimSpace(value)})
		}
	}
	return list
}

// millisOf reads a message's time. Chrome and Firefox write seconds; other programs write milliseconds or microseconds.
func millisOf(time float64) (int64, bool) {
	switch {
	case !(time > 0) || math.IsInf(time, 0):
		return 0, false
	case time >= 1e14:
		time /= 1000
	case time < 1e11:
		time *= 1000
	}
	if time > latest {
		return 0, false
	}
	return int64(math.Round(time)), true
}
