package recording

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"studioide/internal/api"
)

// Query finds the messages of a recording that a filter lets through. It looks at them once, in steps, and remembers
// their numbers: 4 bytes each. It is safe for concurrent use.
type Query struct {
	r    *Reader
	want filter

	mu    sync.Mutex
	next  int64 // the line to be looked at next
	found []uint32
}

// filter is what the page's list filters by: Text anywhere in what is shown, of any case, and who speaks: "console",
// "page", "log" or all.
type filter struct {
	text, kind string
	ascii      []byte // text, where it looks the same in a line as in what the line says
	hex        bool   // text may be found in binary content, as hex
}

// NewQuery makes a query that has not looked at anything yet.
func (r *Reader) NewQuery(text, kind string) *Query {
	f := filter{text: strings.ToLower(text), kind: kind}
	plain := func(c rune) bool { return c >= ' ' && c < 0x7f && c != '"' && c != '\\' }
	if strings.IndexFunc(f.text, func(c rune) bool { return !plain(c) }) < 0 {
		f.ascii = []byte(f.text)
	}
	f.hex = strings.IndexFunc(f.text, func(c rune) bool { return !strings.ContainsRune("0123456789abcdef ", c) }) < 0
	first, _ := r.Range()
	return &Query{r: r, want: f, next: first}
}

// all says that the filter lets everything through.
func (f *filter) all() bool { return f.text == "" && f.kind == "" }

// shownHex is how many bytes of binary content the list shows and searches.
const shownHex = 512

func (f *filter) lets(m *api.Message) bool {
	switch f.kind {
	case "":
	case "log":
		if m.Kind != "log" {
			return false
		}
	default:
		if m.Kind == "log" || m.From != f.kind {
			return false
		}
	}
	if f.text == "" {
		return true
	}
	if m.Binary {
		return f.hex && strings.Contains(hexOf(m), f.text)
	}
	return strings.Contains(strings.ToLower(m.Data), f.text)
}

// hexOf is binary content as the list shows it: "4c 45 44".
func hexOf(m *api.Message) string {
	data := m.Data
	if len(data) > shownHex*2 {
		data = data[:shownHex*2]
	}
	b, _ := base64.StdEncoding.DecodeString(data)
	b = b[:min(len(b), shownHex)]
	var text strings.Builder
	for i, c := range b {
		if i > 0 {
			text.WriteByte(' ')
		}
		text.WriteString(hex.EncodeToString([]byte{c}))
	}
	return text.String()
}

// mayLet tells lines that cannot be meant without decoding them.
func (f *filter) mayLet(line []byte) bool {
	if f.ascii == nil || line == nil || f.hex && bytes.Contains(line, []byte(`"binary":true`)) {
		return true
	}
	return containsFold(line, f.ascii) || bytes.Contains(line, []byte(`\u00`)) // letters that somebody else has escaped
}

// containsFold finds lower-case ASCII in a line, of any case. Letters that are not ASCII and become ASCII in lower case
// (K as a unit of temperature) let the line be looked at.
func containsFold(line, lower []byte) bool {
	if len(lower) == 0 {
		return true
	}
	a, b := lower[0], lower[0]
	if a >= 'a' && a <= 'z' {
		b = a - 'a' + 'A'
	}
	for i := 0; i+len(lower) <= len(line); i++ {
		c := line[i]
		if c >= utf8.RuneSelf && (c == 0xe2 || c == 0xc4) { // of U+212A and U+0130
			return true
		}
		if c != a && c != b {
			continue
		}
		k := 1
		for k < len(lower) {
			d := line[i+k]
			if d >= 'A' && d <= 'Z' {
				d += 'a' - 'A'
			}
			if d != lower[k] {
				if d >= utf8.RuneSelf {
					return true
				}
				break
			}
			k++
		}
		if k == len(lower) {
			return true
		}
	}
	return false
}

// Advance looks at more of the recording, for about as long as given, and says whether all that is there was looked at.
func (q *Query) Advance(ctx context.Context, long time.Duration) (done bool, err error) {
	if q.want.all() {
		return true, nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	until, n := time.Now().Add(long), 0
	first, end := q.r.Range()
	q.next = max(q.next, first)
	done = true
	err = q.r.ix.each(ctx, q.r.dir, q.next, func(seq int64, line []byte) bool {
		if seq >= end {
			return false
		}
		if n++; n%1024 == 0 && time.Now().After(until) {
			done = false
			return false
		}
		q.next = seq + 1
		if q.want.mayLet(line) {
			if m, ok := decodeLine(seq, line); ok && q.want.lets(&m) {
				q.found = append(q.found, uint32(seq))
			}
		}
		return true
	})
	return done, folder(err)
}

// Window is some of the messages that a query has found.
type Window struct {
	Messages []api.Message
	Total    int64 // that the filter lets through, of those that were looked at
	Scanned  int64 // messages that were looked at
	Count    int64 // messages of the recording
}

// Window gives n of the messages that were found, from the one at place from on (0: the first). They have the numbers
// that they have in the recording.
func (q *Query) Window(ctx context.Context, from int64, n int) (Window, error) {
	first, end := q.r.Range()
	w := Window{Messages: []api.Message{}, Count: end - first}
	from = max(from, 0)
	if q.want.all() {
		w.Total, w.Scanned = w.Count, w.Count
		from = first + min(from, w.Count)
		err := q.r.Each(ctx, from, min(end, from+int64(n)), func(m *api.Message) error {
			w.Messages = append(w.Messages, *m)
			return nil
		})
		return w, err
	}
	q.mu.Lock()
	for len(q.found) > 0 && int64(q.found[0]) < first { // the oldest part has gone
		q.found = q.found[1:]
	}
	w.Total, w.Scanned = int64(len(q.found)), max(0, q.next-first)
	var seqs []uint32
	if from < w.Total {
		seqs = append(seqs, q.found[from:min(from+int64(n), w.Total)]...)
	}
	q.mu.Unlock()
	for len(seqs) > 0 { // those that lie together are read together
		last, next := seqs[0], 0
		err := q.r.ix.each(ctx, q.r.dir, int64(seqs[0]), func(seq int64, line []byte) bool {
			if uint32(seq) == seqs[next] {
				m, _ := decodeLine(seq, line)
				w.Messages = append(w.Messages, m)
				last = seqs[next]
				next++
			}
			return next < len(seqs) && seqs[next]-last < markEvery
		})
		if err != nil || next == 0 {
			return w, folder(err)
		}
		seqs = seqs[next:]
	}
	return w, nil
}
