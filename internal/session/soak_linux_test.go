package session

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studio"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/bridge"
	"studioide/internal/compile"
	"studioide/internal/flasher/esp"
	"studioide/internal/netfault"
	"studioide/internal/port"
	"studioide/internal/project"
	"studioide/internal/recording"
	"studioide/internal/virtual"
)

// soakProgram answers each text with "R", the text's first word, its number among those that this WebSocket has brought,
// and the answer's own number among those that it has got. So what is lost or comes twice leaves a gap in one of them.
const soakProgram = `package main

import (
	"strconv"
	"strings"

	"studio/board"
)

type counts struct{ in, out int }

func main() {
	board.Configure(board.Limits{MaxMessage: 4096})
	board.OnAccept(func(who *board.Client) { who.Value = &counts{} })
	board.OnText(func(from *board.Client, msg string) {
		c := from.Value.(*counts)
		c.in++
		id, _, _ := strings.Cut(msg, " ")
		if from.SendText("R " + id + " " + strconv.Itoa(c.in) + " " + strconv.Itoa(c.out+1)) {
			c.out++
		}
	})
	println("soak VERSION")
	board.Serve()
}
`

// soakPrograms are n that differ in what they print.
func soakPrograms(t *testing.T, n int) (p []Program) {
	t.Helper()
	dir := t.TempDir()
	b, _ := board.Find("virtual")
	source := filepath.Join(dir, "soak")
	if err := project.Create(studio.Templates(), "echo", source); err != nil {
		t.Fatal(err)
	}
	builder := compile.New(dir)
	for i := range n {
		text := strings.Replace(soakProgram, "VERSION", strconv.Itoa(i), 1)
		if err := os.WriteFile(filepath.Join(source, "main.go"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := builder.Build(t.Context(), compile.Request{Dir: source, Program: "Soak", Board: b,
			Pack: func(exe []byte) ([]byte, error) { return virtual.Pack(virtual.Program{Code: exe}, key) }})
		if err != nil {
			t.Fatal(err)
		}
		p = append(p, Program{Parts: r.Parts, Build: r.BuildID, Chip: b.Chip})
	}
	return p
}

// talkWatch looks at all messages of a board in the order in which they are told, and finds what was lost or came twice.
//
// A message is acknowledged when the program has answered it. On a connection that lives, whatever was sent before an
// acknowledged message was taken by the program, each once and in order; what was under way when it broke may be lost, as
// with every WebSocket, and never comes twice.
type talkWatch struct {
	fail func(format string, args ...any)

	mu    sync.Mutex
	told  int64
	sum   uint64 // of all that was told
	conns map[string]*talk
	acks  int64
}

// talk is what went over the connections of one number.
type talk struct {
	open     bool
	life     int           // connections that it has had
	sentIn   map[int64]int // of this life: which one a message was
	sent     int64         // number of the last message, of all lives
	answered int64
	out      int // of this life: answers that have come
}

func newTalkWatch(fail func(format string, args ...any)) *talkWatch {
	return &talkWatch{fail: fail, conns: map[string]*talk{}}
}

func (w *talkWatch) take(m api.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told++
	h := fnv.New64a()
	fmt.Fprint(h, w.sum, m.Time, m.From, m.Conn, m.Kind, m.Code, m.Size, m.Millis, m.Data)
	w.sum = h.Sum64()
	name := m.From + strconv.Itoa(m.Conn)
	c := w.conns[name]
	if c == nil {
		c = &talk{}
		w.conns[name] = c
	}
	switch m.Kind {
	case "open":
		if c.open {
			w.fail("%s opens and is open", name)
		}
		*c = talk{open: true, life: c.life + 1, sent: c.sent, answered: c.answered, sentIn: map[int64]int{}}
	case "close":
		if !c.open {
			w.fail("%s closes and is closed", name)
		}
		c.open = false
		if m.From == "page" { // its number is not used again
			delete(w.conns, name)
		}
	case "sent":
		id, _, _ := strings.Cut(m.Data, " ")
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil || n <= c.sent {
			w.fail("%s sends %.40q after %d", name, m.Data, c.sent)
			return
		}
		if !c.open {
			w.fail("%s sends %.40q and is closed", name, m.Data)
			return
		}
		c.sent = n
		c.sentIn[n] = len(c.sentIn) + 1
	case "received":
		var id int64
		var in, out int
		if _, err := fmt.Sscanf(m.Data, "R %d %d %d", &id, &in, &out); err != nil {
			w.fail("%s gets %.40q", name, m.Data)
			return
		}
		if !c.open {
			w.fail("%s gets %q and is closed", name, m.Data)
		}
		if id <= c.answered {
			w.fail("%s gets an answer to %d after that to %d", name, id, c.answered)
		}
		if at := c.sentIn[id]; at != in {
			w.fail("%s: message %d is number %d of this connection, and the program has got %d", name, id, at, in)
		}
		if out != c.out+1 {
			w.fail("%s: after answer %d comes answer %d", name, c.out, out)
		}
		c.answered, c.out = id, out
		w.acks++
	}
}

// last is the number of the last message that connection n of the console is told to have sent, and of the last answered.
func (w *talkWatch) last(n int) (sent, answered int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.conns["console"+strconv.Itoa(n)]; c != nil {
		return c.sent, c.answered
	}
	return 0, 0
}

// soaking is one board with its consoles, a page and a recording.
type soaking struct {
	name     string
	fail     func(format string, args ...any)
	s        *Session
	v        *virtual.Board
	programs []Program
	store    recording.Store
	watch    *talkWatch
	did      map[string]int

	mu       sync.Mutex // orders what is recorded
	w        *recording.Writer
	recorded []string // IDs

	sockets  []int // numbers of the consoles' connections; the goroutine that acts changes them, with socketMu
	socketMu sync.Mutex
	next     [3]int64 // numbers of messages: two consoles, and the page
	seen     int64    // number of the last message of an event
}

func (k *soaking) record(m api.Message) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.watch.take(m)
	k.w.Add(m)
}

// another ends the recording, if one goes on, and begins the next.
func (k *soaking) another(begin bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.w != nil {
		if a := k.w.Stop(recording.Stopped); a.End != recording.Stopped {
			k.fail("%s: a recording ended as %q", k.name, a.End)
		}
		k.w = nil
	}
	if !begin {
		return
	}
	var err error
	if k.w, err = k.store.Start(recording.Config{Name: k.name, PartSize: 256 << 10}); err != nil {
		k.fail("%s: %v", k.name, err)
		return
	}
	k.recorded = append(k.recorded, k.w.ID())
}

// emitted looks at what pages are told: nothing twice, unless it is said that it came again.
func (k *soaking) emitted(e api.Event) {
	if e.Message == nil {
		return
	}
	for _, m := range *e.Message {
		if m.Seq <= k.seen && m.Count < 2 {
			k.fail("%s: an event brings message %d after %d: %+v", k.name, m.Seq, k.seen, m)
		}
		k.seen = max(k.seen, m.Seq)
	}
}

func startSoaking(t *testing.T, n int, programs []Program, fail func(string, ...any)) (*soaking, error) {
	k := &soaking{name: fmt.Sprintf("board %d", n), fail: fail, programs: programs, did: map[string]int{}, watch: newTalkWatch(nil)}
	k.watch.fail = func(format string, args ...any) { fail("%s: "+format, append([]any{k.name}, args...)...) }
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		return nil, err
	}
	k.store = recording.Store{Dir: root}
	k.another(true)
	if k.v, err = virtual.Start(virtual.Config{Key: key, RunDir: t.TempDir()}); err != nil {
		return nil, err
	}
	b, _ := board.Find("virtual")
	target := Target{Port: "virtual:", Board: b, Virtual: k.v, Method: esp.New(), Close: k.v.Close,
		Open: func(context.Context, string) (port.Port, error) { return k.v.Open() }}
	if n%2 == 1 { // a board without a network: everything goes over the cable
		target.Port, target.Virtual = "cable", nil
	}
	k.s, err = New(Config{Target: target, Pages: &Pages{}, Record: k.record, Emit: k.emitted})
	if err != nil {
		return nil, err
	}
	k.s.restartEvery = 2 * time.Second
	if _, err := k.s.Flash(t.Context(), programs[0], quiet); err != nil {
		return nil, fmt.Errorf("%s: %w", k.name, err)
	}
	k.sockets = []int{1, 0}
	k.openSecond(t.Context())
	return k, nil
}

// openSecond opens the other console's connection, if it is not there.
func (k *soaking) openSecond(ctx context.Context) {
	k.socketMu.Lock()
	defer k.socketMu.Unlock()
	if k.sockets[1] != 0 {
		return
	}
	if s, err := k.s.Sockets().Open(ctx, bridge.Target{Path: "/"}, false); err == nil {
		k.sockets[1] = s.Conn
	}
}

// send sends the next message of console i. It is told when it is sent: neither before nor twice.
func (k *soaking) send(i int, r *rand.Rand) (sent int64, ok bool) {
	k.socketMu.Lock()
	n := k.sockets[i]
	k.socketMu.Unlock()
	c, err := k.s.Sockets().Get(n)
	if n == 0 || err != nil {
		return 0, false
	}
	k.next[i]++
	size := r.IntN(100)
	if r.IntN(20) == 0 {
		size = r.IntN(4000)
	}
	err = c.SendText(strconv.FormatInt(k.next[i], 10) + " " + strings.Repeat("x", size))
	if told, _ := k.watch.last(n); err == nil && told != k.next[i] {
		k.fail("%s: message %d was sent over connection %d, and the last one told is %d", k.name, k.next[i], n, told)
	}
	return k.next[i], err == nil
}

// talk sends until ctx ends: some messages at a time, and then it waits for the answers for a while.
func (k *soaking) talk(ctx context.Context, i int, r *rand.Rand) {
	for ctx.Err() == nil {
		last, ok := int64(0), false
		for range 1 + r.IntN(6) {
			last, ok = k.send(i, r)
		}
		for wait := 0; ok && wait < 40 && ctx.Err() == nil; wait++ {
			k.socketMu.Lock()
			n := k.sockets[i]
			k.socketMu.Unlock()
			if _, answered := k.watch.last(n); answered >= last {
				break
			}
			sleep(ctx, 5*time.Millisecond)
		}
		sleep(ctx, time.Duration(10+r.IntN(60))*time.Millisecond)
	}
}

// browse is a page that opens, talks, and goes, as pages do: with a word, or without.
func (k *soaking) browse(ctx context.Context, r *rand.Rand) {
	for ctx.Err() == nil {
		sleep(ctx, time.Duration(r.IntN(200))*time.Millisecond)
		url := "ws" + strings.TrimPrefix(k.s.proxy.URL(), "http") + "ws"
		ws, _, err := websocket.DefaultDialer.DialContext(ctx, url, http.Header{"Origin": {strings.TrimSuffix(k.s.proxy.URL(), "/")}})
		if err != nil {
			continue
		}
		for range r.IntN(50) {
			k.next[2]++
			if ws.WriteMessage(websocket.TextMessage, []byte(strconv.FormatInt(k.next[2], 10)+" page")) != nil {
				break
			}
			ws.SetReadDeadline(time.Now().Add(2 * time.Second))
			_, answer, err := ws.ReadMessage()
			if err != nil {
				break
			}
			if !strings.HasPrefix(string(answer), fmt.Sprintf("R %d ", k.next[2])) {
				k.fail("%s: the page has sent %d and got %q", k.name, k.next[2], answer)
			}
			sleep(ctx, 10*time.Millisecond)
			if ctx.Err() != nil {
				break
			}
		}
		if r.IntN(2) == 0 {
			ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1001, ""), time.Now().Add(time.Second))
		}
		ws.Close()
	}
}

// disturb does something bad to the board, or to the network before it.
func (k *soaking) disturb(ctx context.Context, r *rand.Rand) {
	sleep(ctx, time.Duration(r.IntN(3000))*time.Millisecond)
	if ctx.Err() != nil {
		return
	}
	moment := func() { sleep(ctx, time.Duration(r.IntN(700))*time.Millisecond) }
	what := ""
	switch n := r.IntN(20); {
	case n < 9:
		kind := netfault.Kinds[r.IntN(len(netfault.Kinds))]
		what = string(kind)
		if err := k.s.SetFault(what); err != nil {
			k.fail("%v", err)
		}
		moment()
		if kind == netfault.Restart {
			sleep(ctx, 2500*time.Millisecond)
		}
		k.s.SetFault("")
	case n < 11:
		what = "restart by hand"
		k.s.Reset(ctx, quiet)
	case n < 13:
		what = "power off and on"
		k.v.Power(false)
		moment()
		k.v.Power(true)
	case n < 15:
		what = "cable off and on"
		k.v.Unplug()
		moment()
		k.v.Plug()
		k.s.Retry()
	case n < 17:
		what = "second connection closed and opened"
		k.socketMu.Lock()
		old := k.sockets[1]
		k.sockets[1] = 0
		k.socketMu.Unlock()
		k.s.Sockets().Close(old, 1000, "enough")
		k.openSecond(ctx)
	case n < 18:
		what = "first connection opened anew"
		k.s.Connect(ctx, []string{"/", "/ws"}[r.IntN(2)])
	case n < 19:
		what = "another recording"
		k.another(true)
	default:
		what = "another program"
		k.s.Flash(ctx, k.programs[r.IntN(len(k.programs))], quiet)
	}
	k.did[what]++
}

// settle heals everything, and waits until each console is answered again.
func (k *soaking) settle(t *testing.T, r *rand.Rand) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute) // for a busy computer: it is seconds
	defer cancel()
	k.s.SetFault("")
	k.v.Plug()
	k.v.Power(true)
	k.s.Retry()
	runs := func(b api.Board) bool { return b.State == api.BoardRunning && b.Link }
	err := k.s.wait(ctx, func(b api.Board) bool { return runs(b) || b.State == api.BoardStopped }) // while it was written to
	if err == nil && k.s.State().State == api.BoardStopped {
		_, err = k.s.Flash(ctx, k.programs[0], quiet)
	}
	if err == nil {
		err = k.s.wait(ctx, runs)
	}
	if err != nil {
		t.Errorf("%s does not come back: %v, %+v", k.name, err, k.s.State())
		return
	}
	for i := range 2 {
		answered := false
		for !answered && ctx.Err() == nil {
			if i == 1 {
				k.openSecond(ctx)
			} else if !k.s.Sockets().First().State().Auto {
				k.s.Connect(ctx, "/ws")
				k.s.Sockets().First().Auto(bridge.Target{Path: "/ws"})
			}
			sent, ok := k.send(i, r)
			for wait := 0; ok && wait < 400 && !answered; wait++ {
				sleep(ctx, 5*time.Millisecond)
				_, last := k.watch.last(k.sockets[i])
				answered = last == sent
			}
			if !ok {
				sleep(ctx, 50*time.Millisecond)
			}
		}
		if !answered {
			t.Errorf("%s: connection %d of %v is not answered any more: %+v %+v", k.name, i, k.sockets, k.s.Sockets().First().State(), k.s.Sockets().More())
		}
	}
}

// end closes everything, and compares the recordings with what was told.
func (k *soaking) end(t *testing.T) {
	t.Helper()
	if err := k.s.Close(); err != nil {
		t.Errorf("%s: %v", k.name, err)
	}
	if k.v.State() != virtual.StateOff {
		k.v.Close()
	}
	k.another(false)
	again := newTalkWatch(func(format string, args ...any) { k.fail("%s, recorded: "+format, append([]any{k.name}, args...)...) })
	for _, id := range k.recorded {
		r, err := k.store.Open(t.Context(), id, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a := r.About(); a.End != recording.Stopped || a.First != 1 {
			t.Errorf("%s: a recording is %+v", k.name, a)
		}
		n := int64(0)
		err = r.All(t.Context(), func(m *api.Message) error {
			n++
			if m.Seq != n {
				t.Errorf("%s: line %d of a recording has number %d", k.name, n, m.Seq)
			}
			again.take(*m)
			return nil
		})
		if err != nil || n != r.About().Messages {
			t.Errorf("%s: a recording of %d messages has %d lines (%v)", k.name, r.About().Messages, n, err)
		}
		r.Close()
	}
	if again.told != k.watch.told || again.sum != k.watch.sum || again.acks != k.watch.acks {
		t.Errorf("%s: %d messages with %d answers were told, %d with %d are recorded, or others", k.name, k.watch.told, k.watch.acks, again.told, again.acks)
	}
	k.store.Close()
}

// holds is what this process holds on to.
type holds struct{ goroutines, files, children, heap int }

func held() holds {
	for range 3 { // what pools hold is let go in the second one
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	files, _ := os.ReadDir("/proc/self/fd")
	h := holds{goroutines: runtime.NumGoroutine(), files: len(files), heap: int(m.HeapAlloc + m.StackInuse)}
	lists, _ := filepath.Glob("/proc/self/task/*/children")
	for _, name := range lists {
		b, _ := os.ReadFile(name)
		h.children += len(strings.Fields(string(b)))
	}
	return h
}

// within says whether h is what it was before, but for a few that come and go.
func (h holds) within(before holds, boards int) bool {
	return h.goroutines <= before.goroutines+2*boards && h.files <= before.files+2*boards && h.children <= before.children &&
		h.heap <= before.heap*5/4+boards<<18
}

// back waits until no more is held than before.
func back(t *testing.T, what string, before holds, boards int) {
	t.Helper()
	var now holds
	for range 200 {
		if now = held(); now.within(before, boards) {
			t.Logf("%s: %+v, before %+v", what, now, before)
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	stacks := make([]byte, 1<<20)
	t.Errorf("%s there is %+v, before there was %+v\n%s", what, now, before, stacks[:runtime.Stack(stacks, true)])
}

// soak lets boards be disturbed for some time, with two consoles, a page and a recording each.
func soak(t *testing.T, programs []Program, boards int, lasts time.Duration, seed uint64) {
	var wrong sync.Map
	fail := func(format string, args ...any) {
		if _, known := wrong.LoadOrStore(format, true); !known { // one of a kind is enough
			t.Errorf(format, args...)
		}
	}
	all := make([]*soaking, boards)
	var starting sync.WaitGroup
	for i := range all {
		starting.Go(func() {
			var err error
			if all[i], err = startSoaking(t, i, programs, fail); err != nil {
				t.Error(err)
			}
		})
	}
	if starting.Wait(); t.Failed() {
		return
	}
	random := func(i int, what uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(i)<<8|what)) }
	calm := func() holds {
		var wg sync.WaitGroup
		for i, k := range all {
			wg.Go(func() { k.settle(t, random(i, 9)) })
		}
		wg.Wait()
		for _, k := range all {
			k.s.Messages().Clear()
			k.s.ClearConsole()
		}
		return held()
	}
	quietly := calm()
	ctx, cancel := context.WithTimeout(t.Context(), lasts)
	defer cancel()
	var wg sync.WaitGroup
	for i, k := range all {
		for c := range 2 {
			wg.Go(func() { k.talk(ctx, c, random(i, uint64(c))) })
		}
		wg.Go(func() { k.browse(ctx, random(i, 3)) })
		wg.Go(func() {
			r := random(i, 4)
			for ctx.Err() == nil {
				k.disturb(ctx, r)
			}
		})
	}
	wg.Wait()
	calm()
	back(t, fmt.Sprintf("%d boards that nobody disturbs any more", boards), quietly, boards)
	did := map[string]int{}
	told, acks := int64(0), int64(0)
	for _, k := range all {
		k.end(t)
		told, acks = told+k.watch.told, acks+k.watch.acks
		for what, n := range k.did {
			did[what] += n
		}
	}
	t.Logf("%d messages told, %d answers; %v", told, acks, did)
}

// Boards, consoles, pages and recordings are disturbed in all ways at once: whatever happens, no message that the program
// has answered is lost, none comes twice, the recordings hold what was told, and at the end nothing is left behind.
// STUDIO_SOAK=10m says for how long; without it, it is a moment.
func TestSoakMessages(t *testing.T) {
	boards, lasts, seed := 2, 1500*time.Millisecond, uint64(1)
	if d, err := time.ParseDuration(os.Getenv("STUDIO_SOAK")); err == nil {
		boards, lasts, seed = 32, d, uint64(time.Now().UnixNano())
	} else if testing.Short() {
		t.Skip("it starts boards, for seconds")
	}
	if n, err := strconv.ParseUint(os.Getenv("STUDIO_SOAK_SEED"), 10, 64); err == nil {
		seed = n
	}
	t.Logf("seed %d", seed)
	programs := soakPrograms(t, min(boards/2, 2))
	if boards > 2 { // what a process keeps from then on
		t.Run("first", func(t *testing.T) { soak(t, programs, 2, time.Second, seed) })
	}
	before := held()
	t.Run("boards", func(t *testing.T) { soak(t, programs, boards, lasts, seed) })
	if boards > 2 {
		back(t, "at the end", before, 1)
	}
}
