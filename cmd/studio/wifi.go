package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"studioide/internal/api"
	"studioide/internal/pause"
	"studioide/ui/src/words/say"
)

func wifiCommand(out *output) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "wifi scan|join|ap|status --port P",
		Short:   "Bring a board into a Wi-Fi network",
		Example: "  studio wifi scan --port /dev/ttyACM0\n  studio wifi join --port /dev/ttyACM0 Classroom",
		Args:    noArgs,
		RunE:    missingArgument,
	}
	verb := func(use, short, long string, check cobra.PositionalArgs, do func(cmd *cobra.Command, r boardAccess, a []string) error) *cobra.Command {
		var portName string
		c := &cobra.Command{Use: use, Short: short, Long: long, Args: args(check),
			RunE: func(cmd *cobra.Command, a []string) error {
				r, err := openBoard(cmd.Context(), portName)
				if err != nil {
					return err
				}
				defer r.Close()
				return do(cmd, r, a)
			}}
		portFlag(c, &portName)
		cmd.AddCommand(c)
		return c
	}
	verb("scan --port P", "List the networks that the board sees", "", cobra.NoArgs, func(cmd *cobra.Command, r boardAccess, _ []string) error {
		networks, err := r.ScanWiFi(cmd.Context())
		if err != nil {
			return err
		}
		for _, n := range networks {
			lock := "open"
			if n.Secure {
				lock = "password"
			}
			out.event("network", fields{"ssid": n.SSID, "rssi": n.RSSI, "secure": n.Secure, "channel": n.Channel},
				pad(strconv.Itoa(n.RSSI)+" dBm", 10)+pad(lock, 10)+n.SSID)
		}
		if len(networks) == 0 {
			out.event("networks", fields{"count": 0}, say.CliTheBoardSeesNoNetwork())
		}
		return nil
	})
	verb("join --port P NETWORK", "Have the board join a network",
		"Asks for the network's password without showing it, or reads it as a line from standard input\n"+
			"when that is no terminal. An empty one means that the network is open. The board keeps both;\n"+
			"Studio keeps neither.", cobra.ExactArgs(1), func(cmd *cobra.Command, r boardAccess, a []string) error {
			b, err := r.Board(cmd.Context())
			if err != nil {
				return err
			}
			if b.WiFi.State == "none" {
				return printWiFi(out, b)
			}
			password, err := askPassword(out, a[0])
			if err != nil {
				return err
			}
			if err := r.JoinWiFi(cmd.Context(), a[0], password); err != nil {
				return err
			}
			return joined(cmd.Context(), out, r, a[0])
		})
	verb("ap --port P", "Have the board forget its network and open its own access point", "", cobra.NoArgs, func(cmd *cobra.Command, r boardAccess, _ []string) error {
		if err := r.ForgetWiFi(cmd.Context()); err != nil {
			return err
		}
		b, err := settled(cmd.Context(), r)
		if err != nil {
			return err
		}
		return printWiFi(out, b)
	})
	verb("status --port P", "Say how the board's Wi-Fi is", "", cobra.NoArgs, func(cmd *cobra.Command, r boardAccess, _ []string) error {
		b, err := r.Board(cmd.Context())
		if err != nil {
			return err
		}
		return printWiFi(out, b)
	})
	return cmd
}

// askPassword reads a password from the terminal without showing it, or a line from what stands in for it.
func askPassword(out *output, ssid string) (string, error) {
	in := int(os.Stdin.Fd())
	if term.IsTerminal(in) {
		fmt.Fprint(out.err, say.CliPasswordOf(harmless(ssid)))
		b, err := term.ReadPassword(in)
		fmt.Fprintln(out.err)
		if err != nil {
			return "", errNoPassword.Because(err)
		}
		return string(b), nil
	}
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && line == "" {
		return "", errNoPasswordNone.Because(err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// joinTimeout is more than two attempts take, each with its search for an address.
const joinTimeout = 75 * time.Second

// settled waits until the board is neither starting nor joining.
func settled(ctx context.Context, r boardAccess) (api.Board, error) {
	ctx, cancel := context.WithTimeout(ctx, joinTimeout)
	defer cancel()
	for {
		b, err := r.Board(ctx)
		if err != nil {
			return b, err
		}
		if b.WiFi.State != "joining" && b.WiFi.State != "starting" {
			return b, nil
		}
		if pause.For(ctx, 300*time.Millisecond) != nil {
			return b, errWiFiSlow.With(b.WiFi.SSID)
		}
	}
}

// joined tells how joining ended.
func joined(ctx context.Context, out *output, r boardAccess, ssid string) error {
	b, err := settled(ctx, r)
	if err != nil {
		return err
	}
	if err := printWiFi(out, b); err != nil {
		return err
	}
	if b.WiFi.State == "joined" {
		return nil
	}
	switch b.WiFi.Reason {
	case "password":
		return errWiFiPassword.With(ssid)
	case "notFound":
		return errWiFiNotFound.With(ssid)
	case "noAddress":
		return errWiFiNoAddress.With(ssid)
	}
	return errWiFiFailed.With(ssid)
}

// printWiFi prints how the board's Wi-Fi is.
func printWiFi(out *output, b api.Board) error {
	w := b.WiFi
	if w.State == "none" {
		return errNoWiFi
	}
	text := say.CliTheBoardsWiFiStarting()
	switch w.State {
	case "ap", "failed":
		text = say.CliAccessPointOpenJoinIt(w.AP, w.Address)
	case "joining":
		text = say.CliJoining(w.SSID)
	case "joined":
		text = say.CliInHttpOrHttp(w.SSID, w.Address, w.Name)
		if w.RSSI != 0 {
			text += " (" + strconv.Itoa(w.RSSI) + " dBm)"
		}
	}
	out.event("wifi", fields{"state": w.State, "ssid": w.SSID, "reason": w.Reason, "rssi": w.RSSI, "address": w.Address, "name": w.Name, "ap": w.AP}, text)
	return nil
}
