package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"studioide/internal/client"
	"studioide/internal/home"
	"studioide/internal/problem"
	"studioide/internal/server"
	"studioide/internal/session"
	"studioide/internal/workbench"
	"studioide/ui"
)

type serveOptions struct {
	addr, projects, timing string
	noOpen, verbose        bool
	anyPort                bool // addr was not chosen by the user: another port will do
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
			return serve(cmd.Context(), out, o)
		},
	}
	cmd.Flags().StringVar(&o.addr, "addr", "127.0.0.1:8080", "loopback address to listen on; port 0 takes any free one")
	cmd.Flags().StringVar(&o.projects, "projects", "", "folder of projects (default: Studio in your home folder)")
	cmd.Flags().BoolVar(&o.noOpen, "no-open", false, "do not open the page in a browser")
	cmd.Flags().BoolVarP(&o.verbose, "verbose", "v", false, "log what happens")
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
	ln, err := listen(ctx, h, o.addr, o.anyPort)
	if err != nil {
		return err
	}
	defer ln.Close()
	w, err := workbench.Open(workbench.Config{Home: h, Projects: o.projects, Version: version, PagePort: nextPort(ln.Addr()),
		Origins: []string{"http://" + ln.Addr().String(), "http://localhost:" + portOf(ln.Addr())}, Virtual: session.VirtualOptions{Timing: o.timing == "real"}, Log: log})
	if err != nil {
		return err
	}
	token, err := h.Token()
	if err != nil {
		return err
	}
	s := server.New(ln, server.Config{Workbench: w, Token: token, Page: ui.Handler(), Log: log})
	base := "http://" + ln.Addr().String()
	forget, err := h.LeaveNote(home.Running{URL: base, Token: token, PID: os.Getpid()})
	if err != nil {
		log.Warn("the command line will not find this Studio", "err", err)
		forget = func() {}
	}
	defer forget()
	url := base + "/?token=" + token
	out.event("serving", fields{"url": url}, "Studio is ready. Open this address in your browser:\n\n    "+url+"\n\nCtrl+C ends it; your files are saved as you type.")
	if !o.noOpen {
		if err := openBrowser(url); err != nil {
			log.Info("no browser could be opened", "err", err)
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve() }()
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

// listen opens the address, loopback only, unless this user's Studio runs already. With anyPort, when the port is taken by another program, a free one does.
func listen(ctx context.Context, h home.Home, addr string, anyPort bool) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, problem.New("serve.bad-address", "“"+addr+"” is no address to listen on.", "Write it like 127.0.0.1:8080.").Because(err)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, problem.New("serve.bad-address", "Studio runs code for whoever can talk to it, so it listens on this computer only, not on “"+host+"”.",
			"Use 127.0.0.1 or [::1].")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return nil, problem.New("serve.bad-address", "“"+port+"” is no port number.", "Use one from 1024 to 65535, or 0 for any free one.")
	}
	// Two with the same settings would take them, and the command line, away from each other.
	if c, _, ok := client.Find(ctx, h); ok {
		return nil, problem.New("serve.running", "Studio runs already at "+c.URL()+".",
			"Use the page that is open, or end that Studio first. For a second one, name another folder in STUDIO_HOME.")
	}
	ln, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err == nil {
		return ln, nil
	}
	if !errors.Is(err, syscall.EADDRINUSE) && runtime.GOOS != "windows" {
		return nil, problem.New("serve.no-listen", "Studio cannot listen on "+addr+".", "Try another port: studio serve --addr "+freeAddress(host, port)+".").Because(err)
	}
	if anyPort {
		if ln, err := net.Listen("tcp", net.JoinHostPort(host, "0")); err == nil {
			return ln, nil
		}
	}
	return nil, problem.New("serve.taken", fmt.Sprintf("Another program uses %s.", addr), "Start Studio with another port: studio serve --addr "+freeAddress(host, port)+".").Because(err)
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

// openBrowser asks the system to show url.
func openBrowser(url string) error {
	var cmd *exec.Cmd
	switch runtime.GOOS {
	case "windows":
		cmd = exec.Command("rundll32", "url.dll,FileProtocolHandler", url)
	case "darwin":
		cmd = exec.Command("open", url)
	default:
		if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
			return errors.New("no display")
		}
		cmd = exec.Command("xdg-open", url)
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	go cmd.Wait() // its own window tells
	return nil
}
