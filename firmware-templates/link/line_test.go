package link

import (
	"bytes"
	"math/rand"
	"testing"
)

// line is a simulated serial line between two pipes: time is a number, bytes
// take time, get lost and get flipped.
type line struct {
	t           testing.TB
	now         uint32
	host, board *end
	rnd         *rand.Rand
}

type end struct {
	*Pipe
	sent     []byte
	got      []byte // stream of records as received, for comparison
	text     []byte
	wire     []flight // on its way to the other end
	busy     uint32   // when the line is free again
	rate     float64  // µs per byte
	delay    uint32   // µs after the last byte
	loss     float64
	flip     float64
	carried  int
	ring     int // 0: unbounded; else what the receiver's hardware keeps
	maxWire  int
	overflow int
	hold     uint32 // the receiver looks at its input only every so often
	looked   uint32
}

type flight struct {
	at uint32
	c  byte
}

func newLine(t testing.TB, seed int64, host, board Config) *line {
	l := &line{t: t, rnd: rand.New(rand.NewSource(seed)), host: &end{Pipe: new(Pipe)}, board: &end{Pipe: new(Pipe)}}
	l.now = 0xffff0000 // soon wraps
	host.Host = true
	if host.Nonce == 0 {
		host.Nonce = l.rnd.Uint32()
	}
	l.board.Init(board)
	l.host.Init(host)
	l.host.Start(host.Nonce, l.now)
	return l
}

func (l *line) faults(loss, flip float64) {
	for _, e := range []*end{l.host, l.board} {
		e.loss, e.flip = loss, flip
	}
}

func (l *line) write(e *end, b []byte) {
	e.carried += len(b)
	if isDue(l.now, e.busy) {
		e.busy = l.now
	}
	start := e.busy
	for i, c := range b {
		at := start + uint32(float64(i+1)*e.rate) + e.delay
		switch r := l.rnd.Float64(); {
		case r < e.loss:
			continue
		case r < e.loss+e.flip:
			c ^= 1 << l.rnd.Intn(8)
		}
		e.wire = append(e.wire, flight{at, c})
	}
	e.busy = start + uint32(float64(len(b))*e.rate)
}

// deliver hands what has arrived from e to the other end.
func (l *line) deliver(from, to *end) bool {
	if to.hold > 0 && !isDue(l.now, to.looked+to.hold) {
		return false
	}
	to.looked = l.now
	n := 0
	for n < len(from.wire) && isDue(l.now, from.wire[n].at) {
		n++
	}
	if n == 0 {
		return false
	}
	b := make([]byte, 0, n)
	for _, f := range from.wire[:n] {
		b = append(b, f.c)
	}
	from.wire = from.wire[n:]
	if to.ring > 0 {
		to.maxWire = max(to.maxWire, len(b))
		if len(b) > to.ring {
			to.overflow += len(b) - to.ring
			b = b[:to.ring]
		}
	}
	to.Input(b, l.now, func(t []byte) { to.text = append(to.text, t...) })
	return true
}

// step lets everything happen that can happen now, and then moves time on to
// the next event, at most by most.
func (l *line) step(most uint32) {
	for busy := true; busy; {
		busy = l.deliver(l.host, l.board)
		busy = l.deliver(l.board, l.host) || busy
		for _, e := range []*end{l.host, l.board} {
			for ch, rec, ok := e.Next(); ok; ch, rec, ok = e.Next() {
				e.got = append(append(e.got, ch, byte(len(rec)), byte(len(rec)>>8)), rec...)
			}
			var buf [3000]byte
			for n := e.Output(buf[:], l.now); n > 0; n = e.Output(buf[:], l.now) {
				l.write(e, buf[:n])
				busy = true
			}
		}
	}
	wait := most
	for _, e := range []*end{l.host, l.board} {
		if us, ok := e.Wait(l.now); ok {
			if us == 0 {
				l.t.Fatal("Wait says now, Output says nothing")
			}
			wait = min(wait, max(us, 1))
		}
		if len(e.wire) > 0 {
			wait = min(wait, max(e.wire[0].at-l.now, 1))
		}
	}
	l.now += wait
}

// run steps until done, for at most limit µs of simulated time.
func (l *line) run(limit uint32, done func() bool) {
	l.t.Helper()
	for spent := l.now; !done(); {
		l.step(10_000)
		if l.now-spent > limit {
			l.t.Fatalf("still not done after %d ms: host open %v una %d held %d got %d, board open %v held %d got %d",
				limit/1000, l.host.Open(), l.host.una, l.host.held, len(l.host.got), l.board.Open(), l.board.held, len(l.board.got))
		}
	}
}

func (e *end) send(channel byte, b []byte) bool {
	if !e.Send(channel, nil, b) {
		return false
	}
	e.sent = append(append(e.sent, channel, byte(len(b)), byte(len(b)>>8)), b...)
	return true
}

func TestPipeCarriesRecordsBothWays(t *testing.T) {
	for _, c := range []struct {
		name       string
		loss, flip float64
		rate       float64
		delay      uint32
		wire, hold int
		bytes      int
		board      Config
	}{
		{name: "perfect", bytes: 300_000},
		{name: "115200 baud, 16 ms turn-around", rate: 86.8, delay: 16_000, bytes: 40_000},
		{name: "1% lost", loss: 0.01, bytes: 100_000},
		{name: "1% flipped", flip: 0.01, bytes: 100_000},
		{name: "both at 115200", loss: 0.01, flip: 0.01, rate: 86.8, delay: 2000, bytes: 20_000},
		{name: "small window", loss: 0.01, bytes: 50_000, board: Config{RxWindow: 300, TxBuffer: 200, MaxBody: 64}},
		{name: "USB ring of 512 bytes", rate: 1, delay: 500, wire: 512, hold: 3000, bytes: 200_000},
		{name: "the same with losses", rate: 1, delay: 500, wire: 512, hold: 3000, loss: 0.002, bytes: 100_000},
	} {
		if testing.Short() {
			c.bytes /= 4
		}
		t.Run(c.name, func(t *testing.T) {
			c.board.Wire = c.wire
			l := newLine(t, 1, Config{RxWindow: 16384, TxBuffer: 8192, MaxBody: 4096}, c.board)
			l.faults(c.loss, c.flip)
			l.board.ring, l.board.hold = c.wire, uint32(c.hold)
			for _, e := range []*end{l.host, l.board} {
				e.rate, e.delay = c.rate, c.delay
			}
			l.run(10_000_000, l.host.Open)
			rec := make([]byte, 4096)
			limit := uint32(4_000_000_000 / 2)
			for _, e := range []*end{l.host, l.board} {
				sent := 0
				begin := l.now
				l.run(limit, func() bool {
					for sent < c.bytes {
						n := 1 + l.rnd.Intn(min(len(rec), e.Room()+1, c.bytes-sent))
						l.rnd.Read(rec[:n])
						if !e.send(byte(n), rec[:n]) {
							break
						}
						sent += n
					}
					return sent == c.bytes && e.Idle()
				})
				t.Logf("%d bytes in %.1f s, %d on the line, cut %d", c.bytes, float64(l.now-begin)/1e6, e.carried, e.maxPayload)
			}
			if !bytes.Equal(l.host.sent, l.board.got) || !bytes.Equal(l.board.sent, l.host.got) {
				t.Fatal("what arrived is not what was sent")
			}
			if c.loss+c.flip == 0 && len(l.host.text)+len(l.board.text) > 0 {
				t.Fatalf("text from nowhere: %.100q %.100q", l.host.text, l.board.text)
			}
			if l.board.overflow > 0 {
				t.Fatalf("%d bytes beyond the wire limit", l.board.overflow)
			}
			t.Logf("most bytes waiting in the board's ring: %d", l.board.maxWire)
		})
	}
}
