package recording

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"studioide/internal/api"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

const (
	// MaxJSONL is how much of JSON Lines is taken at a time, in bytes.
	MaxJSONL = 512 << 20
	// MaxHAR is how much of a HAR is taken: all of it is in memory at once.
	MaxHAR = 64 << 20
)

// kinds are those of api.Message; others belong to later versions and are taken as they are.
var kindForm = lazyregexp.New(`^[a-z][a-z-]{0,19}$`)

var harForm = lazyregexp.New(`^\s*\{\s*"log"\s*:`)

// Import makes a recording of JSON Lines that Studio has written, or of a HAR that Chrome, Firefox or Studio has. What
// cannot be read is told with its line, and leaves no recording.
func (s Store) Import(ctx context.Context, name string, from io.Reader) (a About, err error) {
	r := bufio.NewReaderSize(from, 64<<10)
	if mark, _ := r.Peek(3); bytes.Equal(mark, []byte("\ufeff")) {
		r.Discard(3)
	}
	start, err := r.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return a, broken(err)
	}
	if len(bytes.TrimSpace(start)) == 0 {
		return a, errEmpty
	}
	read := readJSONL
	if harForm().Match(start) {
		read = readHAR
	}
	w, err := s.Start(Config{Name: name, Queue: 1 << 40}) // nothing is left out: who reads waits
	if err != nil {
		return a, err
	}
	id := w.ID()
	var first, last int64
	n := 0
	err = read(ctx, r, func(m api.Message) {
		if n++; n == 1 {
			first = m.Time
		}
		first, last = min(first, m.Time), max(last, m.Time)
		w.addSlowly(m)
	})
	a = w.Stop(Imported)
	if err == nil && n == 0 {
		err = errEmpty
	}
	if err == nil && w.trouble != nil {
		err = w.trouble
	}
	if err != nil {
		s.Discard(id)
		return About{}, err
	}
	err = s.change(id, func(a *About) { a.Started, a.Millis = first, last-first })
	a.Started, a.Millis = first, last-first
	return a, err
}

// addSlowly is Add for who may wait.
func (w *Writer) addSlowly(m api.Message) {
	for {
		w.mu.Lock()
		full := w.size > 8<<20 && w.over == Running
		w.mu.Unlock()
		if !full {
			break
		}
		time.Sleep(time.Millisecond)
	}
	w.Add(m)
}

// broken is a file that did not come to its end.
func broken(err error) error {
	if err == nil {
		return nil
	}
	return folder(err)
}

func readJSONL(ctx context.Context, r *bufio.Reader, add func(api.Message)) error {
	left := int64(MaxJSONL)
	for n := 1; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		line, err := readLine(r)
		switch {
		case errors.Is(err, errTooLong):
			return errLine.With(n, say.RecordingLineTooLong())
		case errors.Is(err, io.EOF): // the last one may have no end
			if len(bytes.TrimSpace(line)) == 0 {
				return nil
			}
		case err != nil:
			return broken(err)
		}
		if left -= int64(len(line)) + 1; left < 0 {
			return errLarge.With(MaxJSONL >> 20)
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		m, why := message(line)
		if why != "" {
			return errLine.With(n, why)
		}
		add(m)
		if errors.Is(err, io.EOF) {
			return nil
		}
	}
}

// message reads one line that somebody else may have written; why says what is wrong with it.
func message(line []byte) (m api.Message, why string) {
	if !utf8.Valid(line) {
		return m, say.RecordingLineNotUtf8()
	}
	if err := json.Unmarshal(line, &m); err != nil {
		return m, notJSON(err)
	}
	switch {
	case m.Kind == "":
		return m, say.RecordingLineWithout("kind")
	case !kindForm().MatchString(m.Kind):
		return m, say.RecordingLineBad("kind")
	case m.Time <= 0:
		return m, say.RecordingLineWithout("time")
	case m.Time > latest:
		return m, say.RecordingLineBad("time")
	case len(m.From) > 50 || len(m.Level) > 50:
		return m, say.RecordingLineBad("from")
	}
	size := len(m.Data)
	if m.Binary {
		b, err := base64.StdEncoding.DecodeString(m.Data)
		if err != nil {
			return m, say.RecordingLineNotBase64()
		}
		size = len(b)
	}
	m.Size = max(m.Size, size) // of one that was cut it is more
	return m, ""
}

// notJSON says what is wrong with a text that should be JSON, without the decoder's own terms.
func notJSON(err error) string {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return say.RecordingLineBad(kind.Field)
	}
	return say.RecordingLineNotJson()
}

// readHAR reads the WebSockets of a HAR, and puts their messages in the order of time.
func readHAR(ctx context.Context, r *bufio.Reader, add func(api.Message)) error {
	content, err := io.ReadAll(io.LimitReader(r, MaxHAR+1))
	if err != nil {
		return broken(err)
	}
	if len(content) > MaxHAR {
		return errLarge.With(MaxHAR >> 20)
	}
	var har struct {
		Log struct {
			Entries []struct {
				Started  string `json:"startedDateTime"`
				Request  struct{ URL string }
				Response struct{ Status int }
				Messages []struct {
					Type   string
					Time   float64
					Opcode int
					Data   string
				} `json:"_webSocketMessages"`
			}
		}
	}
	if err := json.Unmarshal(content, &har); err != nil {
		return harTrouble(content, err)
	}
	var all []api.Message
	sockets := 0
	for i, e := range har.Log.Entries {
		n := strconv.Itoa(i + 1)
		u, err := url.Parse(e.Request.URL)
		socket := len(e.Messages) > 0 || err == nil && (u.Scheme == "ws" || u.Scheme == "wss") && e.Response.Status == 101
		if !socket {
			continue
		}
		sockets++
		path := "/"
		if err == nil && u.RequestURI() != "" {
			path = u.RequestURI()
		}
		began := int64(0)
		if at, err := time.Parse(time.RFC3339, e.Started); err == nil && at.UnixMilli() > 0 && at.UnixMilli() <= latest {
			began = at.UnixMilli()
		}
		var list []api.Message
		for i, in := range e.Messages {
			k := strconv.Itoa(i + 1)
			m := api.Message{From: "page", Conn: sockets, Millis: -1, Data: in.Data, Size: len(in.Data)}
			switch strings.ToLower(in.Type) {
			case "send", "sent":
				m.Kind = "sent"
			case "receive", "received":
				m.Kind = "received"
			default:
				return errHAR.With(say.RecordingHarType(k, n))
			}
			var ok bool
			if m.Time, ok = millisOf(in.Time); !ok {
				return errHAR.With(say.RecordingHarTime(k, n))
			}
			switch in.Opcode {
			case 0, 1: // a text; of a program that does not say, too
			case 2:
				b, err := base64.StdEncoding.DecodeString(in.Data)
				if err != nil {
					return errHAR.With(say.RecordingHarBase64(k, n))
				}
				m.Binary, m.Size = true, len(b)
			default: // ping, pong, close: Studio does not show them as messages
				continue
			}
			list = append(list, m)
		}
		if len(list) > 0 && (began == 0 || began > list[0].Time) {
			began = list[0].Time
		}
		if began == 0 {
			return errHAR.With(say.RecordingHarStart(n))
		}
		open := api.Message{Time: began, From: "page", Conn: sockets, Kind: "open", Data: path, Size: len(path), Millis: -1}
		all = append(append(all, open), list...)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if sockets == 0 {
		return errNoSocket
	}
	slices.SortStableFunc(all, func(a, b api.Message) int { return cmp.Compare(a.Time, b.Time) })
	for _, m := range all {
		add(m)
	}
	return nil
}

// harTrouble says in which line of a HAR something is wrong.
func harTrouble(content []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	at := int64(-1)
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &kind):
		at = kind.Offset
	}
	if at < 0 || at > int64(len(content)) {
		return errHAR.With(notJSON(err)).Because(err)
	}
	line := 1 + bytes.Count(content[:at], []byte("\n"))
	return errHARLine.With(line, notJSON(err)).Because(err)
}
