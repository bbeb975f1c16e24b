package workbench

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/compile"
	"studioide/internal/gopls"
	"studioide/internal/session"
	"studioide/internal/toolchain"
	"studioide/ui/src/words/say"
)

// maxSourceFile is how long a library's file may be to be shown, in bytes.
const maxSourceFile = 2 << 20

// newLanguage makes the server that helps with Go while it is typed. It starts nothing.
func (w *Workbench) newLanguage() *gopls.Server {
	return &gopls.Server{
		Path:  w.builder.Tools.Gopls,
		View:  w.view,
		Tree:  w.sources,
		Cache: filepath.Join(w.home.Cache, "gopls"),
		Log:   w.log,
	}
}

// Language lets a page speak to the language server of the open project until one of both has enough, and says why it ended.
func (w *Workbench) Language(ctx context.Context, page gopls.Conn) gopls.Reason {
	w.jobs.Add(1)
	defer w.jobs.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(w.ctx, cancel)()
	return w.language.Serve(ctx, page)
}

// view is the open project's program for the selected board, or for the virtual one while none is known.
func (w *Workbench) view(ctx context.Context) (*compile.View, error) {
	p, err := w.Project()
	if err != nil {
		return nil, err
	}
	state := p.State()
	return w.builder.View(ctx, session.Described(p, w.viewedBoard(), session.Building{State: state, Sandbox: !w.trust.get().Trusted}))
}

func (w *Workbench) viewedBoard() board.Board {
	if s, err := w.Session(); err == nil {
		if b, err := selectedBoard(s.State()); err == nil {
			return b
		}
	}
	b, _ := board.Find("virtual")
	return b
}

// sources are the open project's files; nil while none is open.
func (w *Workbench) sources() compile.Tree {
	if state := w.state(); state != nil {
		return state.Sources
	}
	return nil
}

// followLanguage ends a language server that helps with another board's programs: pages begin anew. It waits for nothing.
func (w *Workbench) followLanguage(b api.Board) {
	if view := w.language.Running(); view != nil && b.ID != "" && view.Board() != b.ID {
		w.language.End(gopls.Moved)
	}
}

// LibrarySource reads a file that programs are built from, by the name that a page has for it: "go/fmt/print.go".
func (w *Workbench) LibrarySource(name string) ([]byte, error) {
	view := w.language.Running()
	if view == nil {
		return nil, errNoSource.With(name)
	}
	first, rel, _ := strings.Cut(name, "/")
	for _, l := range view.Libraries() {
		if l.Name != first || !l.Holds(rel) {
			continue
		}
		root, err := os.OpenRoot(l.Dir)
		if err != nil {
			continue
		}
		defer root.Close()
		f, err := root.Open(filepath.FromSlash(rel))
		if err != nil {
			continue
		}
		defer f.Close()
		if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() || info.Size() > maxSourceFile {
			continue
		}
		if b, err := io.ReadAll(io.LimitReader(f, maxSourceFile)); err == nil {
			return b, nil
		}
	}
	return nil, errNoSource.With(name)
}

// InstallGopls builds the language server into Studio's cache.
func (w *Workbench) InstallGopls() (api.Progress, error) {
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	return w.startLocked("gopls", say.ActionLookingForGopls(), func(ctx context.Context, report session.Report) (string, error) {
		_, err := w.builder.Tools.InstallGopls(ctx, toolchain.Report(report))
		w.compilers.looking.Lock()
		w.lookLocked() // before the action ends: pages connect then
		w.compilers.looking.Unlock()
		return say.ActionGoplsInstalled(toolchain.GoplsVersion), err
	})
}
