package workbench

import (
	"errors"
	"net/http"
	"sync"

	"studioide/internal/api"
	"studioide/internal/lan"
	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

// lanState is whether the board's page is open to other devices. It is so when
// the user has asked for it, until he ends it, Studio ends, or another project is opened.
type lanState struct {
	mu      sync.Mutex
	server  *lan.Server // nil: it is not
	telling sync.Mutex  // of one publishing at a time, so that the last state is told last; taken before mu
}

// OpenToLAN opens the board's page to other devices of the local network, with a
// new code. If it is open already, nothing changes.
func (w *Workbench) OpenToLAN() (api.LAN, error) {
	// The project stays the same meanwhile.
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	if _, err := w.Project(); err != nil {
		return api.LAN{}, err
	}
	l := &w.lan
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.server == nil {
		if w.ctx.Err() != nil {
			return api.LAN{}, w.ctx.Err()
		}
		s, err := lan.Start(lan.Config{Options: w.config.LAN, Store: w.home, Page: w.servePage, Changed: w.publishLAN, Ended: w.lanEnded})
		if err != nil {
			return api.LAN{}, err
		}
		l.server = s
		w.jobs.Go(w.publishLAN)
	}
	return l.server.State(), nil
}

// servePage answers a device that is in. The board may be exchanged meanwhile.
func (w *Workbench) servePage(rw http.ResponseWriter, r *http.Request, origin string) {
	if s := w.board(); s != nil && s.ServePage(rw, r, origin) {
		return
	}
	rw.Header().Set("Cache-Control", "no-store")
	http.Error(rw, say.LanNoBoard(), http.StatusServiceUnavailable)
}

// NewLANCode makes another code; devices that are in stay.
func (w *Workbench) NewLANCode() (api.LAN, error) {
	l := &w.lan
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.server == nil {
		return api.LAN{}, lan.ErrOff
	}
	l.server.NewCode()
	return l.server.State(), nil
}

// CloseToLAN hangs up on all other devices. That it is over already is no mistake.
func (w *Workbench) CloseToLAN() {
	l := &w.lan
	l.mu.Lock()
	s := l.server
	l.server = nil
	l.mu.Unlock()
	if s != nil {
		s.Close()
		w.publishLAN()
	}
}

// lanEnded ends it when this computer has left the network.
func (w *Workbench) lanEnded(s *lan.Server, why error) {
	l := &w.lan
	l.mu.Lock()
	if l.server != s {
		l.mu.Unlock()
		return
	}
	l.server = nil
	l.mu.Unlock()
	s.Close()
	w.publishLAN()
	var p *problem.Problem
	if errors.As(why, &p) {
		w.hub.Publish(api.Event{Notice: &api.Notice{Level: "warning", Problem: p}})
	}
}

func (w *Workbench) publishLAN() {
	w.lan.telling.Lock()
	defer w.lan.telling.Unlock()
	state := w.lanNow()
	w.hub.Publish(api.Event{LAN: &state})
}

func (w *Workbench) lanNow() api.LAN {
	w.lan.mu.Lock()
	defer w.lan.mu.Unlock()
	if w.lan.server == nil {
		return api.LAN{}
	}
	return w.lan.server.State()
}
