package recording

import (
	"context"
	"errors"
	"slices"

	"studioide/internal/api"
	"studioide/internal/lazyregexp"
)

// Tolerance says what does not count when two runs are compared.
type Tolerance struct {
	Order   bool // answers to one message may come in any order
	Numbers bool // any number is as good as any other
	Times   bool // the same for times of day and dates
}

// Exchange is a message and what came until the next one, in two runs. What came before the first message of a
// connection is an Exchange without one.
type Exchange struct {
	Conn         int // number of the connection, in the order in which they were opened
	SentA, SentB *api.Message
	A, B         []api.Message // what came
	Differs      bool
}

// MostCompared is how many messages of each run are compared.
const MostCompared = 100_000

var (
	someTime   = lazyregexp.New(`\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?|\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?`)
	someNumber = lazyregexp.New(`[-+]?\d+(\.\d+)?([eE][-+]?\d+)?`)
)

// text is what counts of a message.
func (t Tolerance) text(m *api.Message) string {
	if m == nil {
		return ""
	}
	if m.Binary {
		return "binary " + m.Data
	}
	text := m.Data
	if t.Times {
		text = someTime().ReplaceAllString(text, "\x00time")
	}
	if t.Numbers {
		text = someNumber().ReplaceAllString(text, "\x00number")
	}
	return "text " + text
}

// Compare puts two runs side by side: connections in the order in which they were opened, and of each the messages that
// were sent, in their order. cut says that a run has more than is compared.
func Compare(ctx context.Context, a, b *Reader, t Tolerance) (list []Exchange, cut bool, err error) {
	one, cutA, err := a.exchanges(ctx)
	if err != nil {
		return nil, false, err
	}
	other, cutB, err := b.exchanges(ctx)
	if err != nil {
		return nil, false, err
	}
	for conn := range max(len(one), len(other)) {
		var x, y []exchange
		if conn < len(one) {
			x = one[conn]
		}
		if conn < len(other) {
			y = other[conn]
		}
		for i := range max(len(x), len(y)) {
			e := Exchange{Conn: conn + 1}
			if i < len(x) {
				e.SentA, e.A = x[i].sent, x[i].came
			}
			if i < len(y) {
				e.SentB, e.B = y[i].sent, y[i].came
			}
			if e.SentA == nil && e.SentB == nil && len(e.A)+len(e.B) == 0 {
				continue
			}
			e.Differs = (e.SentA == nil) != (e.SentB == nil) || t.text(e.SentA) != t.text(e.SentB) || !slices.Equal(t.texts(e.A), t.texts(e.B))
			list = append(list, e)
		}
	}
	return list, cutA || cutB, nil
}

func (t Tolerance) texts(list []api.Message) []string {
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = t.text(&list[i])
	}
	if t.Order {
		slices.Sort(texts)
	}
	return texts
}

type exchange struct {
	sent *api.Message
	came []api.Message
}

// exchanges are those of each connection; the first one of each has no message that was sent.
func (r *Reader) exchanges(ctx context.Context) (list [][]exchange, cut bool, err error) {
	open := map[socketKey]int{}
	n := 0
	enough := errors.New("recording: enough to compare")
	err = r.All(ctx, func(m *api.Message) error {
		key := socketKey{m.From, m.Conn}
		switch m.Kind {
		case "close":
			delete(open, key)
			return nil
		case "open", "sent", "received":
		default:
			return nil
		}
		if n++; n > MostCompared {
			return enough
		}
		at, known := open[key]
		if !known || m.Kind == "open" {
			at = len(list)
			open[key], list = at, append(list, []exchange{{}})
		}
		switch m.Kind {
		case "sent":
			list[at] = append(list[at], exchange{sent: m})
		case "received":
			last := &list[at][len(list[at])-1]
			last.came = append(last.came, *m)
		}
		return nil
	})
	if errors.Is(err, enough) {
		return list, true, nil
	}
	return list, false, err
}
