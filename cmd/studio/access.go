package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"studioide/internal/api"
	"studioide/internal/client"
	"studioide/internal/devfs"
	"studioide/internal/flasher"
	"studioide/internal/flasher/uf2"
	"studioide/internal/pause"
	"studioide/internal/problem"
	"studioide/internal/session"
)

// boardAccess is a board, either opened by this process or held by a running Studio.
// Its methods are those of session.Session that the command line needs.
type boardAccess interface {
	// Flash also says in words what has become of the program.
	Flash(ctx context.Context, p session.Program, report session.Report) (string, error)
	Push(ctx context.Context, local []devfs.Local, remove []string, report session.Report) (sent []string, err error)
	List(ctx context.Context) (files []devfs.File, used, size int64, err error)
	Read(ctx context.Context, path string, w io.Writer) error
	Remove(ctx context.Context, path string) error
	// Monitor shows what the board prints, and copies lines to the board, until ctx ends.
	Monitor(ctx context.Context, show func(api.Console) error, lines <-chan string) error
	// Dial connects to the HTTP and WebSocket server of the board's program.
	Dial(ctx context.Context) (net.Conn, error)
	// AllowDial lets the virtual board's program connect to an address that it has asked for.
	AllowDial(ctx context.Context, address string) error
	// Board is the board's state once its program answers.
	Board(ctx context.Context) (api.Board, error)
	ScanWiFi(ctx context.Context) ([]api.WiFiNetwork, error)
	JoinWiFi(ctx context.Context, ssid, password string) error
	ForgetWiFi(ctx context.Context) error
	// Port is where the board is now: after a flash it may have another port.
	Port(ctx context.Context) (string, error)
	Close() error
}

// local is a board that this process has opened.
type local struct {
	s    *session.Session
	text chan api.Console      // what the board prints; left out when nobody reads
	lost atomic.Int64          // lines of it since something was taken
	gone chan *problem.Problem // why there is no port, or no longer; dropped when one waits to be read
}

func newLocal() *local {
	return &local{text: make(chan api.Console, 256), gone: make(chan *problem.Problem, 1)}
}

func (l *local) event(e api.Event) {
	if p := absence(e.Board); p != nil {
		select {
		case l.gone <- p:
		default:
		}
	}
	if e.Console == nil {
		return
	}
	printed := *e.Console
	printed.Lost += l.lost.Swap(0)
	select {
	case l.text <- printed:
	default:
		l.lost.Add(printed.Lines())
	}
}

// absence says why a board is not at its port; nil: it is there, or nobody knows yet.
func absence(b *api.Board) *problem.Problem {
	if b == nil || b.State != api.BoardAbsent {
		return nil
	}
	if b.Problem == nil {
		return session.ErrUnplugged
	}
	return b.Problem
}

func (l *local) Close() error { return l.s.Close() }

func (l *local) Flash(ctx context.Context, p session.Program, report session.Report) (string, error) {
	o, err := l.s.Flash(ctx, p, report)
	return o.Text(), err
}

// programTimeout is how long a verb that needs the program waits for it to come to board.Serve().
const programTimeout = 15 * time.Second

// running waits until the program answers; a board that was just opened needs a moment.
func (l *local) running(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, programTimeout)
	defer cancel()
	return l.s.WaitRunning(ctx)
}

func (l *local) Push(ctx context.Context, files []devfs.Local, remove []string, report session.Report) ([]string, error) {
	if err := l.running(ctx); err != nil {
		return nil, err
	}
	for i := range remove {
		remove[i] = "/" + remove[i]
	}
	r, err := l.s.Push(ctx, files, remove, report)
	return r.Sent, err
}

func (l *local) List(ctx context.Context) ([]devfs.File, int64, int64, error) {
	if err := l.running(ctx); err != nil {
		return nil, 0, 0, err
	}
	files, err := l.s.ListFiles(ctx)
	if err != nil {
		return nil, 0, 0, err
	}
	fs, err := l.s.Files()
	if err != nil {
		return nil, 0, 0, err
	}
	used, free, err := fs.Usage(ctx)
	return files, used, used + free, err
}

func (l *local) Read(ctx context.Context, path string, w io.Writer) error {
	if err := l.running(ctx); err != nil {
		return err
	}
	return l.s.ReadFile(ctx, path, w)
}

func (l *local) Remove(ctx context.Context, path string) error {
	if err := l.running(ctx); err != nil {
		return err
	}
	return l.s.RemoveFile(ctx, path)
}

func (l *local) Monitor(ctx context.Context, show func(api.Console) error, lines <-chan string) error {
	sent := make(chan error, 1)
	go func() { sent <- each(ctx, lines, l.say) }()
	for {
		select {
		case <-ctx.Done():
			return nil
		case printed := <-l.text:
			if err := show(printed); err != nil {
				return err
			}
		case p := <-l.gone:
			l.lastWords(show)
			return p
		case err := <-sent:
			if sent = nil; err == nil || ctx.Err() != nil {
				continue
			}
			select { // the port's end explains it better
			case p := <-l.gone:
				l.lastWords(show)
				return p
			case <-time.After(lastWordsTimeout):
				return err
			}
		}
	}
}

// lastWordsTimeout is how long what a board has said may be on its way when its port is gone already.
const lastWordsTimeout = 300 * time.Millisecond

// lastWords shows what comes late.
func (l *local) lastWords(show func(api.Console) error) {
	late := time.After(lastWordsTimeout)
	for {
		select {
		case printed := <-l.text:
			show(printed)
		case <-late:
			return
		}
	}
}

// say sends a line to the program. A port that was asked for a moment ago may not be open yet.
func (l *local) say(ctx context.Context, line string) error {
	for {
		err := l.s.WriteText(ctx, line)
		if err == nil || l.s.State().State != api.BoardConnecting {
			return err
		}
		if pause.For(ctx, 20*time.Millisecond) != nil {
			return err
		}
	}
}

// each hands one line after the other to do, until its first error, the last line, or ctx's end.
func each(ctx context.Context, lines <-chan string, do func(context.Context, string) error) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case line, ok := <-lines:
			if !ok {
				return nil
			}
			if err := do(ctx, line); err != nil {
				return err
			}
		}
	}
}

func (l *local) Dial(ctx context.Context) (net.Conn, error) {
	if err := l.running(ctx); err != nil {
		return nil, err
	}
	return l.s.Dial(ctx)
}

func (l *local) Board(ctx context.Context) (api.Board, error) {
	if err := l.running(ctx); err != nil {
		return api.Board{}, err
	}
	if err := l.s.AskWiFi(ctx); err != nil {
		return api.Board{}, err
	}
	return l.s.State(), nil
}

func (l *local) Port(context.Context) (string, error) { return l.s.State().Port, nil }

func (l *local) ScanWiFi(ctx context.Context) ([]api.WiFiNetwork, error) {
	if err := l.running(ctx); err != nil {
		return nil, err
	}
	return l.s.ScanWiFi(ctx)
}

func (l *local) JoinWiFi(ctx context.Context, ssid, password string) error {
	if err := l.running(ctx); err != nil {
		return err
	}
	return l.s.JoinWiFi(ctx, ssid, password)
}

func (l *local) ForgetWiFi(ctx context.Context) error {
	if err := l.running(ctx); err != nil {
		return err
	}
	return l.s.ForgetWiFi(ctx)
}

// remote is a board that a running Studio holds.
type remote struct{ c *client.Client }

func (r *remote) Close() error { return nil }

func follow(report session.Report) func(api.Event) {
	return func(e api.Event) {
		if p := e.Progress; p != nil && p.State == "running" {
			report(p.Phase, p.Text, p.Done, p.Total)
		}
	}
}

func (r *remote) Flash(ctx context.Context, p session.Program, report session.Report) (string, error) {
	parts := p.Parts
	if len(parts) > 1 { // in one file, so that the board is started once
		parts = []flasher.Part{{Data: uf2.Pack(p.Chip, parts)}}
	}
	text := ""
	for _, part := range parts {
		q := url.Values{"offset": {strconv.FormatUint(uint64(part.Offset), 10)}, "build": {p.Build}, "chip": {p.Chip}, "name": {p.Name}}
		if p.Full {
			q.Set("full", "1")
		}
		if p.Raw {
			q.Set("raw", "1")
		}
		end, err := r.c.Act(ctx, http.MethodPost, "/api/flash?"+q.Encode(), bytes.NewReader(part.Data), follow(report))
		if err != nil {
			return "", err
		}
		text = end.Text
	}
	return text, nil
}

func (r *remote) Push(ctx context.Context, local []devfs.Local, remove []string, report session.Report) ([]string, error) {
	body := api.PushContent{Remove: remove}
	for _, f := range local {
		content, err := f.Read()
		if err != nil {
			return nil, err
		}
		body.Files = append(body.Files, api.PushedFile{Path: strings.TrimPrefix(f.Path, "/"), Content: content})
	}
	b, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	var sent []string
	_, err = r.c.Act(ctx, http.MethodPost, "/api/board/push", bytes.NewReader(b), func(e api.Event) {
		follow(report)(e)
		if e.Pushed != nil {
			sent = nil
			for _, p := range e.Pushed.Paths {
				sent = append(sent, "/"+p)
			}
		}
	})
	return sent, err
}

func (r *remote) List(ctx context.Context) ([]devfs.File, int64, int64, error) {
	var v api.BoardFiles
	err := r.c.Get(ctx, "/api/board/files", &v)
	var files []devfs.File
	for _, f := range v.Files {
		files = append(files, devfs.File(f))
	}
	return files, v.Used, v.Size, err
}

func (r *remote) Read(ctx context.Context, path string, w io.Writer) error {
	b, err := r.c.Do(ctx, http.MethodGet, client.FilePath(path), nil)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

func (r *remote) Remove(ctx context.Context, path string) error {
	_, err := r.c.Do(ctx, http.MethodDelete, client.FilePath(path), nil)
	return err
}

func (r *remote) Monitor(ctx context.Context, show func(api.Console) error, lines <-chan string) error {
	outer := ctx
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go func() {
		if err := each(ctx, lines, func(ctx context.Context, line string) error {
			return r.c.Post(ctx, "/api/console", api.WriteConsole{Text: line})
		}); err != nil {
			stop(err)
		}
	}()
	var ended error // of the port
	port := ""
	err := r.c.Listen(ctx, func(e api.Event) bool {
		if e.Console != nil {
			if ended = show(*e.Console); ended != nil {
				return true
			}
		}
		b := e.Board
		if e.Snapshot != nil {
			b = &e.Snapshot.Board
		}
		if b == nil {
			return false
		}
		if port == "" || e.Snapshot == nil { // a board may come back under another name
			port = b.Port
		}
		if p := absence(b); p != nil {
			ended = p
		} else if b.Port != port { // another board comes with a new beginning of everything
			ended = errChanged.With(b.Port)
		}
		return ended != nil
	})
	switch cause := context.Cause(ctx); {
	case outer.Err() != nil:
		return nil
	case ended != nil:
		return ended
	case cause != nil:
		return cause
	}
	return err
}

// Dial goes through the board page's own origin, which the running Studio serves.
func (r *remote) Dial(ctx context.Context) (net.Conn, error) {
	var s api.Snapshot
	if err := r.c.Get(ctx, "/api/state", &s); err != nil {
		return nil, err
	}
	u, err := url.Parse(s.Board.PageURL)
	if err != nil || u.Host == "" {
		return nil, errNoPage
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", u.Host)
}

// way leads through the board page's own origin, which wants to be called by its name. end ends what goes on beside it,
// at once if there is no way.
func (r *remote) way(ctx context.Context, end func()) (way, error) {
	var s api.Snapshot
	err := r.c.Get(ctx, "/api/state", &s)
	if err == nil {
		var u *url.URL
		if u, err = url.Parse(s.Board.PageURL); err == nil && u.Host != "" {
			return way{dial: r.Dial, host: u.Host, close: func() error {
				end()
				return r.Close()
			}}, nil
		}
		err = errNoPage
	}
	end()
	return way{}, err
}

func (r *remote) Board(ctx context.Context) (api.Board, error) {
	var s api.Snapshot
	err := r.c.Get(ctx, "/api/state", &s)
	return s.Board, err
}

func (r *remote) Port(ctx context.Context) (string, error) {
	b, err := r.Board(ctx)
	return b.Port, err
}

func (r *remote) ScanWiFi(ctx context.Context) ([]api.WiFiNetwork, error) {
	b, err := r.c.Do(ctx, http.MethodPost, "/api/board/wifi/scan", strings.NewReader("{}"))
	if err != nil {
		return nil, err
	}
	var v api.FoundNetworks
	err = json.Unmarshal(b, &v)
	return v.Networks, err
}

func (r *remote) JoinWiFi(ctx context.Context, ssid, password string) error {
	return r.c.Post(ctx, "/api/board/wifi/join", api.JoinWiFi{SSID: ssid, Password: password})
}

func (r *remote) ForgetWiFi(ctx context.Context) error {
	return r.c.Post(ctx, "/api/board/wifi/forget", struct{}{})
}
