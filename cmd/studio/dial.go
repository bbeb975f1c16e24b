package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"studioide/internal/api"
	"studioide/internal/outgoing"
	"studioide/internal/pause"
	"studioide/internal/port"
	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

// dialing are addresses to which the virtual board's program may connect. As beside the board on the page, none is allowed
// before the program has asked for it.
type dialing []string

func dialFlag(cmd *cobra.Command, d *dialing) {
	cmd.Flags().StringArrayVar((*[]string)(d), "dial", nil, "for the virtual board: let its program connect to this HOST:PORT (board.Dial); may be given several times")
}

// check tells an address that is none, and a board at which nobody is asked, before anything is done. at is the board's port,
// or the address of a server; "": not given.
func (d dialing) check(cmd *cobra.Command, at string) error {
	for _, address := range d {
		if _, err := outgoing.Parse(address); err != nil {
			return err
		}
	}
	if _, virtual, _ := port.Virtual(at); len(d) > 0 && at != "" && !virtual {
		return errUsageDial.With(cmd.CommandPath())
	}
	return nil
}

// dialAllower lets a program connect to an address that it has asked for.
type dialAllower interface {
	AllowDial(ctx context.Context, address string) error
}

// allow allows each of them once the program has asked for it, until ctx ends; then it is outgoing.ErrNotAsked of the first
// that was not asked for.
func (d dialing) allow(ctx context.Context, r dialAllower) error {
	left, asked := append(dialing{}, d...), error(nil)
	for len(left) > 0 {
		for i := 0; i < len(left); {
			asked = r.AllowDial(ctx, left[i])
			switch {
			case asked == nil:
				left = append(left[:i], left[i+1:]...)
				continue
			case ctx.Err() == nil && !errors.Is(asked, outgoing.ErrNotAsked):
				return asked
			}
			i++
		}
		if len(left) > 0 && pause.For(ctx, 100*time.Millisecond) != nil {
			return outgoing.ErrNotAsked.With(left[0])
		}
	}
	return nil
}

// allowSoon is allow for as long as the program is asked to do something by a command; what it does not ask for, it does not need.
func (d dialing) allowSoon(ctx context.Context, r dialAllower) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.allow(ctx, r)
	}()
	return func() {
		cancel()
		<-done
	}
}

// askTimeout is how long a program that has just been started may take to ask.
const askTimeout = 5 * time.Second

// allowStarted is allow for a program that has just been flashed. That it does not ask yet is no failure: the program is on
// the board.
func (d dialing) allowStarted(ctx context.Context, r dialAllower, out *output, within time.Duration) error {
	if len(d) == 0 {
		return nil
	}
	addresses := strings.Join(d, ", ")
	out.report("dial", say.CliAwaitsDial(addresses), 0, 0)
	asking, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	err := d.allow(asking, r)
	if errors.Is(err, outgoing.ErrNotAsked) && ctx.Err() == nil {
		address := fmt.Sprint(problem.Of(err).Args["address"])
		out.event("notAsked", fields{"address": address}, say.CliNotAsked(address))
		return nil
	}
	return err
}

func (l *local) AllowDial(_ context.Context, address string) error {
	return l.s.AllowDial(address, true)
}

func (r *remote) AllowDial(ctx context.Context, address string) error {
	return r.c.Post(ctx, "/api/board/dial", api.AllowDial{Address: address, Allow: true})
}
