package recording

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"studioide/internal/api"
)

// WriteJSONL writes all messages as JSON Lines: what the parts hold.
func (r *Reader) WriteJSONL(ctx context.Context, to io.Writer) error {
	b := bufio.NewWriterSize(to, 64<<10)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	return r.write(ctx, b, func(m *api.Message) error { return e.Encode(m) })
}

// write does something with each message that there was at the beginning.
func (r *Reader) write(ctx context.Context, b *bufio.Writer, do func(*api.Message) error) error {
	if err := r.All(ctx, do); err != nil {
		return err
	}
	return b.Flush()
}

// columns of a table of messages.
var columns = []string{"number", "time", "from", "connection", "kind", "binary", "size", "answer_ms", "code", "level", "path", "line", "column", "count", "data"}

// WriteCSV writes all messages as a table (RFC 4180, UTF-8) with a line of titles. Times are RFC 3339 with milliseconds in
// UTC; binary content is base64. A text that a spreadsheet would take for a formula gets an apostrophe in front.
func (r *Reader) WriteCSV(ctx context.Context, to io.Writer) error {
	b := bufio.NewWriterSize(to, 64<<10)
	w := csv.NewWriter(b)
	w.UseCRLF = true
	if err := w.Write(columns); err != nil {
		return err
	}
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	err := r.write(ctx, b, func(m *api.Message) error {
		took := ""
		if m.Kind == "received" && m.Millis >= 0 {
			took = strconv.FormatInt(m.Millis, 10)
		}
		return w.Write([]string{strconv.FormatInt(m.Seq, 10), isoTime(m.Time), m.From, number(m.Conn), m.Kind, strconv.FormatBool(m.Binary), strconv.Itoa(m.Size),
			took, number(m.Code), m.Level, noFormula(m.Path), number(m.Line), number(m.Column), number(m.Count), noFormula(m.Data)})
	})
	w.Flush()
	if err == nil {
		err = w.Error()
	}
	if err != nil {
		return err
	}
	return b.Flush()
}

func isoTime(millis int64) string {
	return time.UnixMilli(millis).UTC().Format("2006-01-02T15:04:05.000Z")
}

// noFormula keeps spreadsheets from calculating what a board or a page has sent. Numbers stay numbers.
func noFormula(text string) string {
	if text == "" || !strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return text
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		return text
	}
	return "'" + text
}
