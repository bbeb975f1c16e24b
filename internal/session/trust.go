package session

import (
	"context"
	"strings"
	"sync"

	"studioide/internal/board"
	"studioide/internal/compile"
	"studioide/internal/confine"
	"studioide/internal/home"
	"studioide/internal/problem"
	"studioide/internal/project"
	"studioide/internal/sandbox"
	"studioide/internal/virtual"
)

// Building is how a project is to be built; the zero value is what Run does.
type Building struct {
	AllowNative bool           // see compile.Request
	Sandbox     bool           // run it in the virtual board's sandbox, even if its project is trusted
	Once        bool           // the project is trusted for one start of what is built now
	State       *project.State // what is built; nil: what is in the project's folder then
}

// Request says how to build a project for a board. For the virtual board, a
// project that is not trusted is built for the sandbox.
func Request(h home.Home, p *project.Project, b board.Board, how Building) (compile.Request, error) {
	key, err := h.Key()
	if err != nil {
		return compile.Request{}, err
	}
	r := Described(p, b, how)
	image := virtual.Program{}
	if b.Virtual {
		trusted, ok := h.Trust().Of(p)
		if !ok && how.Once && !how.Sandbox {
			if trusted, err = h.Trust().Add(p, home.Once); err != nil {
				return r, err
			}
			ok = true
		}
		r.Sandbox = how.Sandbox || !ok
		image.Sandboxed = r.Sandbox
		if image.Project = trusted.ID; how.AllowNative && ok {
			image.Project += all
		}
	}
	r.Pack = func(program []byte) ([]byte, error) {
		made := image
		made.Code = program
		return virtual.Pack(made, key)
	}
	r.Prepare = func(ctx context.Context, program []byte) error {
		return virtual.Prepare(ctx, h.RunDir(), sandbox.Command(), program)
	}
	return r, nil
}

// Described is Request as far as it says what the program is, for its build id.
// It reads nothing, and leaves to the caller whether the project is trusted.
func Described(p *project.Project, b board.Board, how Building) compile.Request {
	r := compile.Request{Dir: p.Dir, Board: b, AllowNative: how.AllowNative, Sandbox: how.Sandbox && b.Virtual,
		Web: func() (map[string][]byte, error) { return WebContents(p) }}
	if how.State != nil {
		r.Program, r.Sources = how.State.Meta.Title, how.State.Sources
	} else {
		r.Program = p.Meta().Title
	}
	return r
}

// all follows the id of a trusted project in the image of a program that the user lets use all of the computer.
const all = "+all"

// mayStart holds programs back whose project is not trusted, or no longer. What
// was let start once may start again on the same board, until that is switched off.
func mayStart(t home.Trust) func(name string) *problem.Problem {
	var mu sync.Mutex
	granted := map[string]bool{}
	return func(name string) *problem.Problem {
		id := strings.TrimSuffix(name, all)
		mu.Lock()
		defer mu.Unlock()
		if granted[id] {
			return nil
		}
		once, ok := t.MayStart(id)
		if !ok {
			return errNotTrusted
		}
		if once {
			granted[id] = true
		}
		return nil
	}
}

// nativeLimits are for programs that run as this computer's own code: generous
// for what a board does, tight for all else.
func nativeLimits(name string) confine.Limits {
	return confine.Limits{Read: []string{"/etc/localtime", "/usr/share/zoneinfo"}, Listen: true, Memory: 512 << 20, FileSize: 16 << 20, Files: 2048,
		Open: strings.HasSuffix(name, all)}
}

// Recheck ends the program on a virtual board if its project is not trusted any more.
func (s *Session) Recheck() {
	if v := s.target.Virtual; v != nil {
		v.Recheck()
	}
}
