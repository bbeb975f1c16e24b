package main

import (
	"context"

	"github.com/spf13/cobra"

	"studioide/internal/api"
	"studioide/internal/home"
	"studioide/internal/outgoing"
	"studioide/internal/session"
	"studioide/ui/src/words/say"
)

func virtualCommand(out *output) *cobra.Command {
	var pty, download bool
	var timing, state string
	var dials dialing
	cmd := &cobra.Command{
		Use:   "virtual [NAME]",
		Short: "Run a virtual board for other programs",
		Long: `Powers on a virtual ESP32-C3 and keeps it on until Ctrl+C. With --pty it hangs on a serial port of its own, so
that esptool and others can flash it; without, this terminal is its console. A pty has no reset lines: --download
starts the board in its bootloader, as if BOOT had been held.`,
		Example: "  studio virtual --pty --download\n  studio virtual --timing real",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, a []string) error {
			if err := dials.check(cmd, "virtual:"); err != nil {
				return err
			}
			h, err := home.Open()
			if err != nil {
				return err
			}
			name := "virtual:"
			if len(a) == 1 {
				name += a[0]
			}
			target, err := session.Find(h, name, "", session.VirtualOptions{Timing: timing == "real", State: state, Download: download})
			if err != nil {
				return err
			}
			if pty {
				defer target.Close()
				defer dials.allowSoon(cmd.Context(), dialerOf{target.Dialer})()
				return servePTY(cmd.Context(), out, target)
			}
			l := &local{text: make(chan api.Console, 256)}
			l.s, err = session.New(session.Config{Target: target, Emit: func(e api.Event) {
				l.event(e)
				if e.Board != nil {
					out.event("board", fields{"board": e.Board}, "")
				}
			}})
			if err != nil {
				target.Close()
				return err
			}
			defer l.Close()
			defer dials.allowSoon(cmd.Context(), l)()
			out.event("ready", fields{"port": name}, say.CliTheVirtualBoardOnCtrl())
			return l.Monitor(cmd.Context(), out.printed, lines(cmd.Context(), "\n"))
		},
	}
	cmd.Flags().BoolVar(&pty, "pty", false, "hang the board on a serial port for other programs (Linux, macOS)")
	cmd.Flags().BoolVar(&download, "download", false, "start in the bootloader")
	cmd.Flags().Var(newChoice(&timing, "none", "none", "real"), "timing", "none, or real: line rate and flash times of the real chip")
	cmd.Flags().StringVar(&state, "state", "", "folder that keeps the board's flash; default: in Studio's own")
	dialFlag(cmd, &dials)
	return cmd
}

// dialerOf is that of a virtual board that has no session.
type dialerOf struct{ *outgoing.Dialer }

func (d dialerOf) AllowDial(_ context.Context, address string) error { return d.Allow(address, true) }

func servePTY(ctx context.Context, out *output, t session.Target) error {
	name, err := t.Virtual.PTY(ctx)
	if err != nil {
		return err
	}
	out.event("ready", fields{"port": name}, say.CliTheVirtualBoardOnCtrl2(name))
	<-ctx.Done()
	return nil
}
