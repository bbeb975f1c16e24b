package wstest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
	"studioide/internal/bridge"
	"studioide/internal/pause"
	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

const (
	// MostClients is how many pretend pages there may be.
	MostClients = 1000

	mostLoadRounds = 1000
	mostOpening    = 32 // that connect at the same time
	loadLimit      = 10 * time.Minute
	firstTry       = 20 * time.Millisecond // after which a full board is asked again, about; then twice as long, and so on
	longestTry     = 2 * time.Second
	fullLimit      = 30 * time.Second // of being refused by a full board while no pretend page is connected
	mostAnswer     = 64 << 10         // bytes of a message that are looked at
	mostReasons    = 5                // that are told apart
)

// LoadConfig says what pretend pages do. Dial is needed.
type LoadConfig struct {
	Dial   bridge.Dialer
	Report func(api.Load) // from one goroutine at a time, after what has changed; must not block
	Every  time.Duration  // least time between two reports; 0: 150 ms
}

// RunLoad lets pretend pages connect, send and wait for answers until all have done what in says, or ctx ends. What is wrong
// with in is a Problem.
//
// All are connected at the same time unless in.Turns is set: then those that the board refuses because it is full wait for
// their turn, so that as many are connected as the board takes. A board that stays full, because others are connected to
// it, is asked less and less often, and given up after a while.
func RunLoad(ctx context.Context, in api.StartLoad, c LoadConfig) (api.Load, error) {
	l, err := newLoad(in, c)
	if err != nil {
		return api.Load{}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, loadLimit, errTime)
	defer cancel()
	return l.run(ctx), nil
}

// CheckLoad tells what is wrong with it.
func CheckLoad(in api.StartLoad) error {
	_, err := newLoad(in, LoadConfig{})
	return err
}

func newLoad(in api.StartLoad, c LoadConfig) (*load, error) {
	for _, n := range []struct {
		what        string
		value       int
		least, most int
	}{
		{say.WstestLoadClients(), in.Clients, 1, MostClients},
		{say.WstestLoadRounds(), in.Rounds, 1, mostLoadRounds},
		{say.WstestLoadThink(), in.Think, 0, 60_000},
		{say.WstestLoadWithin(), in.Within, 1, 60_000},
	} {
		if n.value < n.least || n.value > n.most {
			return nil, errLoadNumber.With(n.what, fmt.Sprint(n.least), fmt.Sprint(n.most))
		}
	}
	r := &setReader{set: &Set{}, names: map[string]bool{"n": true, "rand": true, "now": true, "open": true}}
	r.used(in.Text, 1)
	l := &load{in: in, config: c, reasons: map[string]int{}, changed: make(chan struct{}, 1)}
	if in.Expect != "" {
		l.match = r.matcher(&node{line: 1, value: in.Expect}, "expect")
		for _, t := range l.match.texts() {
			r.used(t, 1)
		}
	}
	if r.wrong != nil {
		return nil, errLoadText.With(fmt.Sprint(problem.Of(r.wrong).Args["what"]))
	}
	if !strings.HasPrefix(in.Path, "/") {
		return nil, errLoadPath.With(in.Path)
	}
	if l.config.Every == 0 {
		l.config.Every = 150 * time.Millisecond
	}
	return l, nil
}

// load is a run of pretend pages.
type load struct {
	in      api.StartLoad
	config  LoadConfig
	match   *matcher
	changed chan struct{} // for the one who starts clients

	mu       sync.Mutex
	now      api.Load
	took     []time.Duration // of each answer
	reasons  map[string]int
	opening  int
	running  int       // clients that have begun and have not ended
	waiting  int       // clients whose turn has not come
	peak     int       // the most that were connected at the same time
	atMost   int       // connected at a time; 0: no limit
	done     int       // clients that have done what they had to, or could not
	tries    int       // refused by a full board since the last that was not
	again    time.Time // when a full board is asked again
	alone    time.Time // since when it has been full with no client connected; zero: it has not
	full     error     // what a full board answered
	reported time.Time
	gaveUp   bool // the board has been full for too long
	late     bool // loadLimit is over
}

func (l *load) run(ctx context.Context) api.Load {
	begun := time.Now()
	l.now = api.Load{State: api.TestRunning, Clients: l.in.Clients}
	l.waiting = l.in.Clients
	finished := make(chan struct{}) // all have done what they had to: those that are connected may go
	var clients sync.WaitGroup
	ticker := time.NewTicker(l.config.Every)
	defer ticker.Stop()
	next := 0
	for over := false; !over; {
		l.mu.Lock()
		for l.mayOpenLocked() && ctx.Err() == nil {
			l.waiting--
			l.opening++
			l.running++
			next++
			n := next
			clients.Go(func() { l.client(ctx, n, finished) })
		}
		over = ctx.Err() != nil || l.done == l.in.Clients
		var again <-chan time.Time
		if wait := time.Until(l.again); wait > 0 {
			again = time.After(wait)
		}
		l.mu.Unlock()
		if over {
			break
		}
		select {
		case <-l.changed:
		case <-ticker.C:
		case <-again:
		case <-ctx.Done():
		}
		l.report(begun, false)
	}
	close(finished)
	clients.Wait()
	l.mu.Lock()
	l.now.State = api.TestPassed
	l.late = errors.Is(context.Cause(ctx), errTime)
	if ctx.Err() != nil && !l.late {
		l.now.State = api.TestCancelled
	} else if l.now.Answered < l.in.Clients*l.in.Rounds {
		l.now.State = api.TestFailed
	}
	l.mu.Unlock()
	return l.report(begun, true)
}

// mayOpenLocked says that the next client may try now. While the board is full one tries at a time.
func (l *load) mayOpenLocked() bool {
	most := mostOpening
	if l.tries > 0 {
		most = 1
	}
	return l.waiting > 0 && l.opening < most && (l.atMost == 0 || l.running < l.atMost) && !time.Now().Before(l.again)
}

// refusedLocked notes that the board was full. Who was refused waits for its turn again, unless the board is given up.
func (l *load) refusedLocked(why error) {
	now := time.Now()
	l.atMost, l.full = l.peak, why
	l.waiting++
	if !now.Before(l.again) { // else the same crowd was refused before
		l.tries++
		wait := longestTry
		if l.tries < 10 {
			wait = min(wait, firstTry<<(l.tries-1))
		}
		l.again = now.Add(wait/2 + rand.N(wait)) // others that wait for the board do not come at the same moments
	}
	switch {
	case l.running > 0: // one of them goes some time
		l.alone = time.Time{}
	case l.alone.IsZero():
		l.alone = now
	case now.Sub(l.alone) >= fullLimit:
		l.gaveUp = true
		for ; l.waiting > 0; l.waiting-- {
			l.now.Refused++
			l.done++
			l.becauseLocked(why)
		}
	}
}

// report tells how it goes.
func (l *load) report(begun time.Time, last bool) api.Load {
	l.mu.Lock()
	if !last && time.Since(l.reported) < l.config.Every {
		l.mu.Unlock()
		return api.Load{}
	}
	l.reported = time.Now()
	now := l.now
	now.Millis = time.Since(begun).Milliseconds()
	now.AtMost = l.atMost
	if now.Refused > 0 { // which of them was the first is chance: they come at the same time
		now.FirstRefused = now.Connected + 1
	}
	sorted := slices.Sorted(slices.Values(l.took))
	l.mu.Unlock()
	if len(sorted) > 0 {
		at := func(part float64) float64 {
			return float64(sorted[min(int(part*float64(len(sorted))), len(sorted)-1)].Microseconds()) / 1000
		}
		now.P50, now.P99, now.Worst = at(0.5), at(0.99), at(1)
	}
	now.Reasons = l.told()
	if last {
		now.Verdict = l.verdict(now)
	}
	if l.config.Report != nil {
		l.config.Report(now)
	}
	return now
}

// told are the reasons, the most frequent first.
func (l *load) told() []api.LoadReason {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := []api.LoadReason{}
	for text, n := range l.reasons {
		list = append(list, api.LoadReason{Text: text, Count: n})
	}
	slices.SortFunc(list, func(a, b api.LoadReason) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Text, b.Text)) })
	return list
}

// verdict is the answer in words.
func (l *load) verdict(now api.Load) string {
	in := l.in
	want := in.Clients * in.Rounds
	switch {
	case l.gaveUp:
		return say.WstestLoadFull(now.Connected, in.Clients, timeText(fullLimit))
	case l.late:
		return say.WstestLoadTime(now.Answered, want, timeText(loadLimit))
	case now.State == api.TestCancelled && l.full != nil && now.Open == 0 && now.Connected < in.Clients:
		return say.WstestLoadCancelledFull(now.Connected, in.Clients)
	case now.State == api.TestCancelled:
		return say.WstestLoadCancelled(now.Answered, want)
	case now.State == api.TestPassed && now.AtMost > 0:
		return say.WstestLoadTurns(in.Clients, millis(now.Worst), now.AtMost)
	case now.State == api.TestPassed:
		return say.WstestLoadYes(now.Answered, want, millis(now.Worst))
	case now.Refused > 0:
		return say.WstestLoadRefused(now.FirstRefused, now.Connected)
	}
	return say.WstestLoadNo(now.Answered, want)
}

func millis(ms float64) string { return strconv.FormatFloat(ms, 'f', -1, 64) }

// becauseLocked counts why something went wrong.
func (l *load) becauseLocked(err error) {
	text := problem.Of(err).Text
	if _, known := l.reasons[text]; !known && len(l.reasons) >= mostReasons {
		text = say.WstestLoadOther()
	}
	l.reasons[text]++
}

func (l *load) poke() {
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// client is one pretend page, from its beginning to its end.
func (l *load) client(ctx context.Context, n int, finished <-chan struct{}) {
	defer l.poke()
	conn, err := l.open(ctx)
	l.mu.Lock()
	l.opening--
	if err != nil {
		l.running--
		if l.in.Turns && isFull(err) { // its turn comes when another one has gone
			l.refusedLocked(err)
			l.mu.Unlock()
			return
		}
		l.now.Refused++
		l.becauseLocked(err)
		l.done++
		l.mu.Unlock()
		return
	}
	l.now.Connected++
	l.now.Open++
	l.peak = max(l.peak, l.now.Open)
	l.tries, l.again, l.alone = 0, time.Time{}, time.Time{}
	l.mu.Unlock()
	l.poke()
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	err = l.talk(ctx, conn, n)
	l.mu.Lock()
	if err != nil && ctx.Err() == nil {
		l.now.Lost++
		l.becauseLocked(err)
	}
	l.done++
	hold := err == nil && !l.in.Turns
	l.mu.Unlock()
	l.poke()
	if hold { // the others shall be answered while this one is connected
		select {
		case <-finished:
		case <-ctx.Done():
		}
	}
	l.mu.Lock()
	l.now.Open-- // before the board can know, so that it never counts more than the board has taken
	l.mu.Unlock()
	conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second)) // going anyway
	l.mu.Lock()
	l.running--
	l.mu.Unlock()
}

// full is a board that has no connection left.
type full struct{ error }

func (f full) Unwrap() error { return f.error }

func isFull(err error) bool {
	var f full
	return errors.As(err, &f)
}

const openTimeout = 15 * time.Second

// buffers are lent to clients while they write.
var buffers sync.Pool

// open fetches the page, if that is wanted, and opens the WebSocket. A client keeps 1 KB for reading.
func (l *load) open(ctx context.Context) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	if l.in.Page != "" {
		if err := l.fetch(ctx); err != nil {
			return nil, err
		}
	}
	d := websocket.Dialer{ReadBufferSize: 1 << 10, WriteBufferSize: 1 << 10, WriteBufferPool: &buffers,
		NetDialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return l.config.Dial(ctx) }}
	conn, answer, err := d.DialContext(ctx, "ws://localhost"+l.in.Path, nil)
	var known *problem.Problem
	switch {
	case err == nil:
		conn.SetReadLimit(1 << 20)
		return conn, nil
	case errors.As(err, &known):
		return nil, known
	case answer != nil:
		body, _ := io.ReadAll(io.LimitReader(answer.Body, 200))
		err = errLoadAnswer.With(answer.StatusCode, cut(strings.ToValidUTF8(strings.TrimSpace(string(body)), "\uFFFD"))).Because(err)
		if answer.StatusCode == http.StatusServiceUnavailable {
			return nil, full{err}
		}
		return nil, err
	}
	return nil, errLoadConnect.Because(err)
}

// fetch loads the page as a browser would, whole.
func (l *load) fetch(ctx context.Context) error {
	t := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return l.config.Dial(ctx) }}
	defer t.CloseIdleConnections()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost"+l.in.Page, nil)
	if err != nil {
		return errLoadPath.With(l.in.Page)
	}
	answer, err := t.RoundTrip(r)
	var known *problem.Problem
	if errors.As(err, &known) {
		return known
	}
	if err != nil {
		return errLoadConnect.Because(err)
	}
	defer answer.Body.Close()
	size, err := io.Copy(io.Discard, answer.Body)
	switch {
	case err != nil:
		return errLoadConnect.Because(err)
	case answer.StatusCode == http.StatusServiceUnavailable:
		return full{errLoadAnswer.With(answer.StatusCode, l.in.Page)}
	case answer.StatusCode >= 400:
		return errLoadAnswer.With(answer.StatusCode, l.in.Page)
	}
	l.mu.Lock()
	l.now.Pages++
	l.now.PageBytes += size
	l.mu.Unlock()
	return nil
}

// talk sends and waits for answers. One that comes too late is counted as missing, and ends the client: a read that was
// given up cannot be taken up again.
func (l *load) talk(ctx context.Context, conn *websocket.Conn, n int) error {
	buffer := make([]byte, 0, 128)
	for round := range l.in.Rounds {
		if round > 0 {
			if err := pause.For(ctx, time.Duration(l.in.Think)*time.Millisecond); err != nil {
				return err
			}
		}
		v := values{"n": fmt.Sprint(n)}
		text, err := v.fill(l.in.Text)
		if err != nil {
			return err
		}
		begun := time.Now()
		until := begun.Add(time.Duration(l.in.Within) * time.Millisecond)
		conn.SetWriteDeadline(until)
		if err := conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			return errLoadConnect.Because(err)
		}
		l.mu.Lock()
		l.now.Sent++
		l.mu.Unlock()
		for answered := false; !answered; {
			conn.SetReadDeadline(until)
			kind, r, err := conn.NextReader()
			if err == nil {
				buffer, err = readMost(r, buffer[:0])
			}
			var closed *websocket.CloseError
			switch {
			case err != nil && bridge.IsTimeout(err):
				l.mu.Lock()
				l.now.Missing += l.in.Rounds - round
				l.mu.Unlock()
				return errLoadLate.With(timeText(time.Duration(l.in.Within) * time.Millisecond))
			case errors.As(err, &closed):
				return errLoadClosed.With(bridge.CloseText(closed.Code))
			case err != nil:
				return errLoadConnect.Because(err)
			}
			answered, err = l.match.fits(arrival{binary: kind == websocket.BinaryMessage, data: buffer, size: len(buffer)}, v)
			if err != nil {
				return err
			}
			l.mu.Lock()
			l.now.Received++
			if answered {
				l.now.Answered++
				l.took = append(l.took, time.Since(begun))
			}
			l.mu.Unlock()
		}
		l.poke()
	}
	return nil
}

// readMost reads a message and keeps its beginning.
func readMost(r io.Reader, keep []byte) ([]byte, error) {
	for {
		if len(keep) == cap(keep) {
			keep = slices.Grow(keep, 512)
		}
		n, err := r.Read(keep[len(keep):cap(keep)])
		keep = keep[:len(keep)+n]
		if err == io.EOF {
			return keep, nil
		}
		if err != nil {
			return keep, err
		}
		if len(keep) >= mostAnswer {
			_, err := io.Copy(io.Discard, r)
			return keep, err
		}
	}
}
