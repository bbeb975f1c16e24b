package workbench

import (
	"slices"
	"sync"

	"studioide/internal/api"
	"studioide/internal/session"
)

// ports is the list of places where boards may be.
type ports struct {
	mu   sync.Mutex
	list []api.Port // replaced, never changed
}

func (p *ports) set(list []api.Port) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = list
}

func (p *ports) get() []api.Port {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.list
}

// named is what is known of a port by its name.
func (p *ports) named(name string) api.Port {
	list := p.get()
	if i := slices.IndexFunc(list, func(p api.Port) bool { return p.Name == name }); i >= 0 {
		return list[i]
	}
	return api.Port{Name: name}
}

// watchPorts tells pages which boards come and go.
func (w *Workbench) watchPorts() {
	defer w.jobs.Done()
	for now := range session.WatchPorts(w.ctx) {
		list := withVirtual(now)
		w.ports.set(list)
		w.hub.Publish(api.Event{Ports: &list})
		if s := w.board(); s != nil {
			w.expect(s)
			s.Retry()
		}
	}
}

func withVirtual(ports []api.Port) []api.Port {
	return append([]api.Port{{Name: "virtual:", Title: "Virtual ESP32-C3", Board: "virtual"}}, ports...)
}

// PortsInUse lists where boards may be now, and which program has which port open.
func (w *Workbench) PortsInUse() ([]api.Port, error) {
	list, err := session.PortsInUse()
	return withVirtual(list), err
}
