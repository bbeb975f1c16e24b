package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"studioide/internal/api"
	"studioide/internal/outgoing"
	"studioide/internal/pause"
)

// dialing are addresses to which the virtual board's program may connect. As beside the board on the page, none is allowed
// before the program has asked for it.
type dialing []string

func dialFlag(cmd *cobra.Command, d *dialing) {
	cmd.Flags().StringArrayVar((*[]string)(d), "dial", nil, "for the virtual board: let its program connect to this HOST:PORT (board.Dial); may be given several times")
}

// check tells an address that is none before anything is done.
func (d dialing) check() error {
	for _, address := range d {
		if _, err := outgoing.Parse(address); err != nil {
			return err
		}
	}
	return nil
}

// allow allows each of them once the program has asked for it, until ctx ends.
func (d dialing) allow(ctx context.Context, r boardAccess) error {
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
func (d dialing) allowSoon(ctx context.Context, r boardAccess) (end func()) {
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

func (l *local) AllowDial(_ context.Context, address string) error {
	return l.s.AllowDial(address, true)
}

func (r *remote) AllowDial(ctx context.Context, address string) error {
	return r.c.Post(ctx, "/api/board/dial", api.AllowDial{Address: address, Allow: true})
}
