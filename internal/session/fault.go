package session

import (
	"context"
	"slices"

	"studioide/internal/api"
	"studioide/internal/netfault"
	"studioide/internal/pause"
)

// SetFault makes the network to the board bad on purpose (a netfault.Kind), for pages and the
// message console, until it is set to "", the next Run, or the end of Studio.
// What the device link does (files, console, Run) stays as it is.
func (s *Session) SetFault(name string) error {
	kind := netfault.Kind(name)
	if kind != "" && !slices.Contains(netfault.Kinds, kind) {
		return errNoSuchFault.With(name)
	}
	s.faults.Lock() // what is told is what is so
	defer s.faults.Unlock()
	if s.endFault != nil {
		s.endFault()
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.endFault = cancel
	s.network.Set(kind)
	s.update(func(b *api.Board) { b.Fault = name })
	if kind == netfault.Restart {
		s.done.Go(func() { s.restartAgainAndAgain(ctx) })
	}
	return nil
}

// restartAgainAndAgain is netfault.Restart.
func (s *Session) restartAgainAndAgain(ctx context.Context) {
	for pause.For(ctx, s.restartEvery) == nil {
		if _, err := s.Reset(ctx, func(string, string, int64, int64) {}); err != nil {
			s.log.Info("a restart that was ordered as a fault failed", "err", err)
		}
	}
}
