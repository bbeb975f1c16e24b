package home

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
)

// PagePlace is where a project's pages are in a browser. What they keep there
// (cookies, localStorage and the like) belongs to it and is found by no other project.
type PagePlace struct {
	Owner string `json:"owner"` // a word of its own
	Port  int    `json:"port"`  // 0: none was had yet
}

// pages is pages.json. The project says nothing about it: it could name another's place.
type pages struct {
	Places map[string]PagePlace `json:"places"` // by the project's folder
	Left   []int                `json:"left"`   // ports of projects that are gone, whose pages may have kept something
}

const mostLeft = 1000

func (h Home) loadPages() pages {
	var p pages
	if b, err := ReadPlain(h.pagesFile(), 1<<20); err != nil || json.Unmarshal(b, &p) != nil {
		p = pages{}
	}
	if p.Places == nil {
		p.Places = map[string]PagePlace{}
	}
	return p
}

func (h Home) savePages(p pages) error {
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	return writeWhole(h.pagesFile(), append(b, '\n'))
}

func (h Home) pagesFile() string { return filepath.Join(h.Config, "pages.json") }

// PagePlace gives the place of the project in that folder. taken tells whether
// a port is another project's.
func (h Home) PagePlace(dir string) (place PagePlace, taken func(port int) bool) {
	p := h.loadPages()
	place, ok := p.Places[dir]
	if !ok {
		var word [4]byte
		rand.Read(word[:])
		place.Owner = hex.EncodeToString(word[:])
	}
	return place, func(port int) bool {
		for other, at := range p.Places {
			if other != dir && at.Port == port {
				return true
			}
		}
		return false
	}
}

// KeepPagePlace remembers a project's place. had tells that a project which is
// gone had that port: what its pages kept has to be cleared.
func (h Home) KeepPagePlace(dir string, place PagePlace) (had bool, err error) {
	p := h.loadPages()
	if p.Places[dir] == place {
		return false, nil
	}
	had = slices.Contains(p.Left, place.Port)
	p.Left = slices.DeleteFunc(p.Left, func(port int) bool { return port == place.Port })
	if old := p.Places[dir].Port; old != place.Port {
		p.leave(old)
	}
	maps.DeleteFunc(p.Places, func(other string, at PagePlace) bool { return other != dir && at.Port == place.Port })
	p.Places[dir] = place
	return had, h.savePages(p)
}

// MovePagePlace follows a project to its new folder.
func (h Home) MovePagePlace(from, to string) error {
	p := h.loadPages()
	place, ok := p.Places[from]
	if !ok || from == to {
		return nil
	}
	delete(p.Places, from)
	p.Places[to] = place
	return h.savePages(p)
}

// ForgetPagePlace is for a project that is gone: nobody gets its place again.
func (h Home) ForgetPagePlace(dir string) error {
	p := h.loadPages()
	place, ok := p.Places[dir]
	if !ok {
		return nil
	}
	delete(p.Places, dir)
	p.leave(place.Port)
	return h.savePages(p)
}

func (p *pages) leave(port int) {
	if port != 0 && !slices.Contains(p.Left, port) {
		p.Left = append(p.Left, port)
		p.Left = p.Left[max(0, len(p.Left)-mostLeft):]
	}
}
