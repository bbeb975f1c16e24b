package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
	"github.com/spf13/cobra"

	"studioide/internal/api"
	"studioide/internal/bridge"
	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

// lines reads the terminal line by line. The channel closes at its end.
func lines(ctx context.Context, ending string) <-chan string {
	c := make(chan string)
	go func() {
		defer close(c)
		s := bufio.NewScanner(os.Stdin)
		s.Buffer(nil, 1<<20)
		for s.Scan() {
			select {
			case c <- s.Text() + ending:
			case <-ctx.Done():
				return
			}
		}
	}()
	return c
}

// bounded ends ctx after d; 0 leaves it open.
func bounded(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if d <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, d)
}

func forFlag(cmd *cobra.Command, limit *time.Duration) {
	cmd.Flags().Func("for", "stop after this `time` (10s, 5m); default: at Ctrl+C", func(v string) error {
		d, err := time.ParseDuration(v)
		if err != nil || d <= 0 {
			return errors.New("write it like 10s or 5m")
		}
		*limit = d
		return nil
	})
}

func monitorCommand(out *output) *cobra.Command {
	var portName string
	var limit time.Duration
	var dials dialing
	cmd := &cobra.Command{
		Use:     "monitor --port P",
		Short:   "Show what the program prints, and send it lines",
		Example: "  studio monitor --port /dev/ttyACM0\n  studio monitor --port virtual: --for 10s",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := bounded(cmd.Context(), limit)
			defer cancel()
			if err := dials.check(cmd, portName); err != nil {
				return err
			}
			r, err := openBoard(ctx, portName)
			if err != nil {
				return err
			}
			defer r.Close()
			defer dials.allowSoon(ctx, r)()
			return r.Monitor(ctx, out.printed, lines(ctx, "\n"))
		},
	}
	portFlag(cmd, &portName)
	forFlag(cmd, &limit)
	dialFlag(cmd, &dials)
	return cmd
}

// printed shows console text as it is, or as events, and before it how many lines are missing.
func (o *output) printed(c api.Console) error {
	if o.json {
		f := fields{"text": c.Text}
		if c.Lost > 0 {
			f["lost"] = c.Lost
		}
		o.event("console", f, "")
		return nil
	}
	if c.Lost > 0 {
		c.Text = "\n" + say.CliLinesLost(int(c.Lost)) + "\n" + c.Text
	}
	_, err := io.WriteString(o.out, c.Text)
	return err
}

const (
	answerPause   = time.Second     // how long after an answer another one may come
	answerTimeout = 5 * time.Second // how long after a message answers may come
)

// conversation is what studio ws has with a board.
type conversation struct {
	out   *output
	send  []string      // goes first
	lines <-chan string // goes then; closed at its end
	// Where nobody sits at a terminal it ends that long after the last answer, if
	// there are no more lines, and that long after the last message in any case:
	// with messages in send, whoever runs it may keep an empty input open. 0: it
	// is ended from outside.
	pause, timeout time.Duration
	limit          time.Duration // it ends so long after it began, which it does when it is connected; 0: never
}

func (c conversation) talk(ctx context.Context, dialer websocket.Dialer, address string) error {
	out := c.out
	conn, answer, err := dialer.DialContext(ctx, address, nil)
	if err != nil {
		var inner *problem.Problem
		switch {
		case errors.As(err, &inner):
			return inner
		case answer != nil:
			return errNoConnectionAnswer.With(answer.Status).Because(err)
		}
		return errNoConnection.With(address).Because(err)
	}
	defer conn.Close()
	ctx, cancel := bounded(ctx, c.limit)
	defer cancel()
	out.event("open", fields{"url": address, "status": http.StatusSwitchingProtocols}, say.CliConnectedTo(address))
	var answered, spent <-chan time.Time // when it is over; nil: not yet
	say := func(text string) error {
		if answered = nil; c.timeout > 0 {
			spent = time.After(c.timeout)
		}
		out.event("sent", fields{"data": text}, "→ "+text)
		if err := conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			return errLost.Because(err)
		}
		return nil
	}
	for _, text := range c.send {
		if err := say(text); err != nil {
			return err
		}
	}
	leave := func() error {
		conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second)) // leaving anyway
		return nil
	}
	ended, heard := make(chan error, 1), make(chan struct{}, 1)
	go func() { ended <- printMessages(conn, out, heard) }()
	in := c.lines
	for {
		quiet, late := answered, spent
		if in != nil {
			quiet = nil
			if len(c.send) == 0 {
				late = nil
			}
		}
		select {
		case <-ctx.Done():
			return leave()
		case <-quiet:
			return leave()
		case <-late:
			return leave()
		case <-heard:
			if spent != nil {
				answered = time.After(c.pause)
			}
		case err := <-ended:
			return err
		case text, ok := <-in:
			if !ok {
				in = nil
				continue
			}
			if err := say(text); err != nil {
				return err
			}
		}
	}
}

// wellClosed tells the end of a conversation from its failure (RFC 6455, section 7.4).
func wellClosed(code int) bool {
	switch code {
	case websocket.CloseNormalClosure, websocket.CloseGoingAway, websocket.CloseNoStatusReceived:
		return true
	}
	return code >= 3000 // libraries' and the program's own
}

// printMessages prints what comes until the connection ends, and tells heard. A normal close is no error.
func printMessages(conn *websocket.Conn, out *output, heard chan<- struct{}) error {
	for {
		kind, data, err := conn.ReadMessage()
		var closed *websocket.CloseError
		if errors.As(err, &closed) && closed.Code != websocket.CloseAbnormalClosure {
			text := bridge.CloseText(closed.Code)
			out.event("close", fields{"code": closed.Code, "reason": closed.Text}, "closed: "+text+" "+closed.Text)
			if wellClosed(closed.Code) {
				return nil
			}
			return errClosed.With(text)
		}
		if err != nil {
			if errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF) {
				return nil
			}
			var inner *problem.Problem // of the port, over which it goes
			if errors.As(err, &inner) {
				return inner
			}
			return errLost.Because(err)
		}
		select {
		case heard <- struct{}{}:
		default:
		}
		if kind == websocket.BinaryMessage || !utf8.Valid(data) {
			out.event("received", fields{"binary": true, "base64": data}, "← "+hex(data))
			continue
		}
		out.event("received", fields{"binary": false, "data": string(data)}, "← "+string(data))
	}
}

func hex(b []byte) string {
	const digits = "0123456789abcdef"
	var s strings.Builder
	for i, c := range b {
		if i > 0 {
			s.WriteByte(' ')
		}
		s.WriteByte(digits[c>>4])
		s.WriteByte(digits[c&15])
	}
	return s.String()
}
