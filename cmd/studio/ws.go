package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gorilla/websocket"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"studioide/internal/api"
	"studioide/internal/bridge"
	"studioide/internal/client"
	"studioide/internal/home"
	"studioide/internal/problem"
	"studioide/internal/wstest"
	"studioide/ui/src/words/say"
)

func wsCommand(out *output) *cobra.Command {
	var portName, path, to, junit, ca string
	var limit time.Duration
	var send, tests []string
	var dials dialing
	cmd := &cobra.Command{
		Use:   "ws [PATH | URL | --port P]",
		Short: "Message console: talk to the board's WebSocket, or test it",
		Long: `Connects to a WebSocket, prints what it says, and sends every line you type.
With --send it sends these messages first. With --for it ends by itself; without, when the lines come from a file,
another program or nowhere, it ends a moment after the last answer.

A PATH such as /ws is of the board that a running Studio has selected, or of the one at --port.

With --test it runs sets of messages instead (docs/message-tests.md), one after the other, and prints each step.
The exit code is 0 when all have passed. --junit writes the results as JUnit XML, which CI servers show.`,
		Example: "  studio ws --port virtual:\n  studio ws /ws\n  studio ws --port virtual: --send LEDon < /dev/null\n  studio ws ws://192.168.4.1/ws --send LEDon --for 2s\n" +
			"  studio ws --port virtual: --test tests/led.json tests/colours.json --junit results.xml\n  studio ws --to ws://192.168.4.1/ws --test tests/*.json",
		Args: args(cobra.ArbitraryArgs),
		RunE: func(cmd *cobra.Command, a []string) error {
			if len(tests) > 0 {
				tests, a = append(tests, a...), nil
			} else if junit != "" {
				return errUsageJUnit.With(cmd.CommandPath())
			}
			if len(a) > 1 {
				return errUsageTooMany.With(cmd.CommandPath(), a[1], written(cmd))
			}
			if len(a) == 1 && strings.HasPrefix(a[0], "/") {
				if cmd.Flags().Changed("path") {
					return errUsageTooMany.With(cmd.CommandPath(), a[0], written(cmd))
				}
				path, a = a[0], nil
			} else if len(a) == 0 && to == "" && portName == "" && len(tests) == 0 {
				return errUsageAddress.With(cmd.CommandPath())
			}
			if len(a) == 1 {
				if to != "" {
					return errUsageTooMany.With(cmd.CommandPath(), a[0], written(cmd))
				}
				to = a[0]
			}
			if to != "" && portName != "" {
				return errUsageEither.With(cmd.CommandPath())
			}
			var sets []testFile
			if len(tests) > 0 {
				var err error
				if sets, err = readTests(tests); err != nil {
					return err
				}
			}
			ctx, cancel := cmd.Context(), func() {}
			if len(tests) > 0 {
				ctx, cancel = bounded(ctx, limit)
			}
			defer cancel()
			if err := dials.check(cmd, cmp.Or(to, portName)); err != nil {
				return err
			}
			trusted, err := certificates(ca)
			if err != nil {
				return err
			}
			way, err := wayTo(ctx, cmd, to, portName, trusted, dials)
			if err != nil {
				return err
			}
			defer way.close()
			if len(tests) > 0 {
				if cmd.Flags().Changed("path") {
					way.path = path
				}
				return runTests(ctx, out, sets, way, junit)
			}
			c := conversation{out: out, send: send, lines: lines(ctx, ""), limit: limit}
			if limit == 0 && !term.IsTerminal(int(os.Stdin.Fd())) {
				c.pause, c.timeout = answerPause, answerTimeout
			}
			dial := func(ctx context.Context, _, _ string) (net.Conn, error) { return way.dial(ctx) }
			dialer := websocket.Dialer{HandshakeTimeout: 10 * time.Second, NetDialContext: dial, NetDialTLSContext: dial}
			if to != "" {
				return c.talk(ctx, dialer, to)
			}
			return c.talk(ctx, dialer, "ws://"+way.host+path)
		},
	}
	portFlag(cmd, &portName)
	cmd.Flags().StringVar(&path, "path", "/ws", "path on the board (with --port)")
	cmd.Flags().StringVar(&to, "to", "", "WebSocket's address, instead of a board's port")
	cmd.Flags().StringVar(&ca, "ca", "", "with a wss:// address: trust the certificates in this PEM file too, such as the server's own")
	cmd.Flags().StringArrayVar(&send, "send", nil, "send this message first (may be given several times)")
	cmd.Flags().StringArrayVar(&tests, "test", nil, "run this file of messages; more may follow")
	cmd.Flags().StringVar(&junit, "junit", "", "with --test: write the results to this file, as JUnit XML")
	forFlag(cmd, &limit)
	dialFlag(cmd, &dials)
	return cmd
}

// certificates trusts those of a PEM file besides the computer's own; "" is no file, and nil.
func certificates(name string) (*tls.Config, error) {
	if name == "" {
		return nil, nil
	}
	content, err := home.ReadPlain(name, maxCertificates)
	if err != nil {
		return nil, errFileUnreadable.With(name).Because(err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil { // a system without any
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(content) {
		return nil, errNoCertificate.With(name)
	}
	return &tls.Config{RootCAs: pool}, nil
}

const maxCertificates = 4 << 20 // bytes: a whole system's are 250 KB

// way is how a WebSocket server is reached.
type way struct {
	dial  bridge.Dialer
	host  string // as the server wants to be called
	path  string // "": what a set says
	close func() error
}

// wayTo finds a server: by its address, by the port of its board, or as the board that the running Studio has selected.
// trusted is for wss; nil trusts what the computer does. dials are for the program of a board.
func wayTo(ctx context.Context, cmd *cobra.Command, address, portName string, trusted *tls.Config, dials dialing) (way, error) {
	nothing := func() error { return nil }
	switch {
	case address != "":
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "ws" && u.Scheme != "wss" || u.Host == "" {
			return way{}, errBadURL.With(address)
		}
		at := net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), map[string]string{"ws": "80", "wss": "443"}[u.Scheme]))
		w := way{host: u.Host, path: u.RequestURI(), close: nothing}
		w.dial = func(ctx context.Context) (net.Conn, error) {
			var conn net.Conn
			var err error
			if u.Scheme == "wss" {
				conn, err = (&tls.Dialer{Config: trusted}).DialContext(ctx, "tcp", at)
			} else {
				conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", at)
			}
			if err != nil && ctx.Err() == nil {
				return nil, bridge.Unreachable(address, err)
			}
			return conn, err
		}
		return w, nil
	case portName != "":
		r, err := openBoard(ctx, portName)
		if err != nil {
			return way{}, err
		}
		end := dials.allowSoon(ctx, r)
		if d, ok := r.(*remote); ok {
			return d.way(ctx, end)
		}
		return way{dial: r.Dial, host: "localhost", close: func() error {
			end()
			return r.Close()
		}}, nil
	}
	h, err := home.Open()
	if err != nil {
		return way{}, err
	}
	c, s, ok := client.Find(ctx, h)
	if !ok {
		return way{}, errNoStudio
	}
	if err := dials.check(cmd, s.Board.Port); err != nil {
		return way{}, err
	}
	r := &remote{c}
	return r.way(ctx, dials.allowSoon(ctx, r))
}

// testFile is a file that was named on the command line.
type testFile struct {
	name string
	set  *wstest.Set
}

// readTests reads all files before the first is run.
func readTests(names []string) (files []testFile, err error) {
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && info.Size() > 16<<20 {
			return nil, errFileTooLarge.With(name)
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return nil, errFileUnreadable.With(name).Because(err)
		}
		set, err := wstest.Read(content)
		if err != nil {
			return nil, problem.Of(err).Regarding(name)
		}
		if len(set.Steps) == 0 {
			return nil, errNoSteps.With(name)
		}
		files = append(files, testFile{name, set})
	}
	return files, nil
}

// runTests runs all of them, whatever becomes of one.
func runTests(ctx context.Context, out *output, files []testFile, w way, junit string) error {
	results := make([]api.TestedSet, 0, len(files))
	failed := 0
	for _, f := range files {
		name := cmp.Or(f.set.Name, strings.TrimSuffix(filepath.Base(f.name), ".json"))
		out.event("test", fields{"file": f.name, "name": name}, name)
		told := 0 // steps that were printed: a loop's are when it has ended
		result := wstest.Run(ctx, f.set, wstest.Config{Dial: w.dial, Host: w.host, Path: w.path, Report: func(now api.TestedSet) {
			for told < len(now.Steps) && isOver(now.Steps, told) {
				printStep(out, now.Steps[told])
				told++
			}
		}})
		result.Path, result.Name = f.name, name
		for ; told < len(result.Steps); told++ {
			printStep(out, result.Steps[told])
		}
		results = append(results, result)
		out.event("tested", fields{"file": f.name, "state": result.State, "millis": result.Millis}, "")
		if result.State != api.TestPassed {
			failed++
		}
		if ctx.Err() != nil {
			break
		}
	}
	if junit != "" {
		if err := writeOutput(junit, whole(wstest.JUnit(results))); err != nil {
			return err
		}
	}
	switch {
	case ctx.Err() != nil:
		return problem.Cancelled
	case failed > 0:
		return errTestsFailed.With(failed, len(files))
	}
	out.event("passed", fields{"count": len(files)}, say.CliTestsPassed(len(files)))
	return nil
}

// isOver tells whether nothing changes any more in a step, and in what is in it.
func isOver(steps []api.TestedStep, i int) bool {
	for j := i; j < len(steps) && (j == i || steps[j].Depth > steps[i].Depth); j++ {
		if steps[j].State == api.TestRunning || j == i && steps[j].State == api.TestWaiting {
			return false
		}
	}
	for j := i - 1; j >= 0; j-- { // a loop that it is in may do it again
		if steps[j].Depth < steps[i].Depth {
			return isOver(steps, j)
		}
	}
	return true
}

func printStep(out *output, s api.TestedStep) {
	mark := map[string]string{api.TestPassed: "✓", api.TestFailed: "✗"}[s.State]
	text := strings.Repeat("  ", s.Depth+1) + cmp.Or(mark, "–") + " " + s.Text
	if s.Times > 0 && s.Rounds > 0 && s.Times < s.Rounds {
		text += " " + say.CliRounds(s.Times)
	}
	if s.Millis > 0 {
		text += " " + say.CliMillis(int(s.Millis))
	}
	if s.Problem != nil {
		p := s.Problem.CommandLine()
		text += "\n" + strings.Repeat("  ", s.Depth+2) + say.CliLine(s.Line, p.Text) + "\n" + strings.Repeat("  ", s.Depth+2) + p.Help
	}
	out.event("step", fields{"step": s}, text)
}
