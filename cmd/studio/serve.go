package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"studioide/internal/client"
	"studioide/internal/home"
	"studioide/internal/lan"
	"studioide/internal/pause"
	"studioide/internal/problem"
	"studioide/internal/server"
	"studioide/internal/session"
	"studioide/internal/tempdir"
	"studioide/internal/workbench"
	"studioide/ui"
	"studioide/ui/src/words/say"
)

type serveOptions struct {
	addr, projects, timing string
	noOpen, verbose        bool
	anyPort                bool // addr was not chosen by the user: another port will do
	another                bool // what was asked for is not what a Studio that runs already does
	lan                    bool // the board's page is open to other devices from the beginning
	lanAt                  []string
	lanOptions             lan.Options
}

func serveCommand(out *output) *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:     "serve",
		Short:   "Start Studio and open its page (what studio alone does)",
		Example: "  studio serve --projects ~/lessons --no-open",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.anyPort = !cmd.Flags().Changed("addr")
			o.another = slices.ContainsFunc([]string{"addr", "projects", "timing", "lan", "lan-address", "cert", "key"}, cmd.Flags().Changed)
			for _, a := range o.lanAt {
				at, err := lan.ParseAddress(a)
				if err != nil {
					return err
				}
				o.lanOptions.Addresses = append(o.lanOptions.Addresses, at)
			}
			if err := o.lanOptions.Check(); err != nil {
				return err
			}
			return serve(cmd.Context(), out, o)
		},
	}
	cmd.Flags().StringVar(&o.addr, "addr", "127.0.0.1:8080", "loopback address to listen on; port 0 takes any free one")
	cmd.Flags().StringVar(&o.projects, "projects", "", "folder of projects (default: Studio in your home folder)")
	cmd.Flags().BoolVar(&o.noOpen, "no-open", false, "do not open the page in a browser")
	cmd.Flags().BoolVarP(&o.verbose, "verbose", "v", false, "log what happens")
	cmd.Flags().BoolVar(&o.lan, "lan", false, "open the board's page to other devices of the local network, with a code, over https")
	cmd.Flags().StringSliceVar(&o.lanAt, "lan-address", nil, "address of this computer for other devices, with a port if you like (default: those of its local networks)")
	cmd.Flags().StringVar(&o.lanOptions.Cert, "cert", "", "certificate for other devices, a PEM file (default: one that is made here)")
	cmd.Flags().StringVar(&o.lanOptions.Key, "key", "", "key of --cert, a PEM file")
	cmd.Flags().Var(newChoice(&o.timing, "none", "none", "real"), "timing", "of virtual boards: none, or real line rate and flash times")
	return cmd
}

func serve(ctx context.Context, out *output, o serveOptions) error {
	level := slog.LevelWarn
	if o.verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(out.err, &slog.HandlerOptions{Level: level}))
	h, err := home.Open()
	if err != nil {
		return err
	}
	if err := loopback(o.addr); err != nil {
		return err
	}
	release, running, err := claim(ctx, h)
	if err != nil {
		return err
	}
	if running != nil {
		return handOver(ctx, out, running, o)
	}
	defer release()
	go tempdir.Sweep()
	ln, err := listen(o.addr, o.anyPort)
	if err != nil {
		return err
	}
	defer ln.Close()
	token := home.NewToken()
	guard := server.NewGuard(ln.Addr(), token, h)
	w, err := workbench.Open(workbench.Config{Home: h, Projects: o.projects, Version: version, PagePort: nextPort(ln.Addr()),
		Origins: []string{guard.Origin(), "http://localhost:" + portOf(ln.Addr())}, Virtual: session.VirtualOptions{Timing: o.timing == "real"}, LAN: o.lanOptions, Log: log})
	if err != nil {
		return err
	}
	door := newDoorway(h)
	guard.Redeemed(door.used)
	guard.ShowBy(func() error { return door.open(guard.CodeURL()) })
	s := server.New(ln, server.Config{Workbench: w, Guard: guard, Page: ui.Handler(), Log: log})
	forget, err := h.LeaveNote(home.Running{URL: guard.Origin(), Token: token, PID: os.Getpid()})
	if err != nil {
		log.Warn("the command line will not find this Studio", "err", err)
		forget = func() {}
	}
	defer forget()
	defer door.close()
	outliveTerminal()
	ended := make(chan error, 1)
	go func() { ended <- s.Serve() }()
	renewing := onEnter(func() {
		out.event("address", nil, say.CliNewAddress(guard.CodeURL())+"\n")
	})
	url := guard.CodeURL()
	words := say.CliReadyNoTerminal(url)
	if renewing {
		words = say.CliReady(url)
	}
	out.event("serving", fields{"url": url}, words)
	if o.lan {
		if err := openToLAN(out, w); err != nil {
			out.problem(problem.Of(err))
		}
	}
	if !o.noOpen {
		if err := door.open(guard.CodeURL()); err != nil {
			log.Info("no browser could be opened", "err", err)
		}
	}
	select {
	case err = <-ended:
	case <-ctx.Done():
	}
	// Whatever hangs at the end, a second Ctrl+C or ten seconds end it.
	time.AfterFunc(10*time.Second, func() { os.Exit(1) })
	stop, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	s.Shutdown(stop) // connections that do not end are cut
	if werr := w.Close(); err == nil {
		err = werr
	}
	return err
}

// openToLAN opens the board's page to other devices, and says how they come in.
func openToLAN(out *output, w *workbench.Workbench) error {
	l, err := w.OpenToLAN()
	if err != nil {
		return err
	}
	addresses := ""
	for _, a := range l.Addresses {
		addresses += "    " + a + "\n"
	}
	out.event("lan", fields{"addresses": l.Addresses, "code": l.Code, "fingerprint": l.Fingerprint}, say.CliLan(addresses, l.Code, l.Fingerprint)+"\n")
	return nil
}

// claimPatience is how long a Studio that starts or ends just now may take until it can be spoken with or is gone.
const claimPatience = 20 * time.Second

// claim makes this process the Studio of its home, or finds the one that is.
func claim(ctx context.Context, h home.Home) (release func(), running *client.Client, err error) {
	for deadline := time.Now().Add(claimPatience); ; {
		release, ok, err := h.Claim()
		if err != nil || ok {
			return release, nil, err
		}
		if c, _, ok := client.Find(ctx, h); ok {
			return nil, c, nil
		}
		if time.Now().After(deadline) {
			return nil, nil, errHangs
		}
		if pause.For(ctx, 50*time.Millisecond) != nil {
			return nil, nil, ctx.Err()
		}
	}
}

// handOver shows the page of the Studio that runs already. Whoever has asked
// for something that only a second one could do is told so instead: two with
// the same settings would take them, and the command line, away from each other.
func handOver(ctx context.Context, out *output, running *client.Client, o serveOptions) error {
	if o.another {
		return errRunning.With(running.URL())
	}
	return openAgain(ctx, out, running, o.noOpen)
}

func portOf(a net.Addr) string {
	_, p, err := net.SplitHostPort(a.String())
	if err != nil {
		return ""
	}
	return p
}

// nextPort is where the board's page would like to be: always the same, so that bookmarks of it hold.
func nextPort(a net.Addr) int {
	n, err := strconv.Atoi(portOf(a))
	if err != nil || n >= 65535 {
		return 0
	}
	return n + 1
}

// loopback refuses addresses that other computers could reach.
func loopback(addr string) error {
	_, _, err := splitLoopback(addr)
	return err
}

func splitLoopback(addr string) (host, port string, err error) {
	host, port, err = net.SplitHostPort(addr)
	if err != nil {
		return "", "", errBadAddress.With(addr).Because(err)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return "", "", errBadAddressElsewhere.With(host)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return "", "", errBadAddressPort.With(port)
	}
	return host, port, nil
}

// listen opens the address, loopback only. With anyPort, when the port is taken by another program, a free one does.
func listen(addr string, anyPort bool) (net.Listener, error) {
	host, port, err := splitLoopback(addr)
	if err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err == nil {
		return ln, nil
	}
	if !errors.Is(err, syscall.EADDRINUSE) && runtime.GOOS != "windows" {
		return nil, errNoListen.With(addr, freeAddress(host, port)).Because(err)
	}
	if anyPort {
		if ln, err := net.Listen("tcp", net.JoinHostPort(host, "0")); err == nil {
			return ln, nil
		}
	}
	return nil, errTaken.With(addr, freeAddress(host, port)).Because(err)
}

// freeAddress is an address near one that cannot be had which is free now, as
// is the port after it, where the board's page would like to be: a Studio at the
// wanted port has its own board's page there.
func freeAddress(host, wanted string) string {
	n, _ := strconv.Atoi(wanted)
	for try := max(n, 1024) + 2; try < min(max(n, 1024)+200, 65535); try += 2 {
		if isFree(host, try) && isFree(host, try+1) {
			return net.JoinHostPort(host, strconv.Itoa(try))
		}
	}
	return net.JoinHostPort(host, "0")
}

func isFree(host string, port int) bool {
	ln, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return false
	}
	ln.Close()
	return true
}
