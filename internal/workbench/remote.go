package workbench

import (
	"context"
	"strings"

	"studioide/internal/api"
	"studioide/internal/devfs"
	"studioide/internal/flasher/image"
	"studioide/internal/project"
	"studioide/internal/session"
	"studioide/ui/src/words/say"
)

// What the command line asks of a running Studio: the same actions with programs and files of its own.

// FlashFile writes an image that was built elsewhere, after a look at it; p says what else is known of it.
func (w *Workbench) FlashFile(f image.File, p session.Program) (api.Progress, error) {
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	s, err := w.Session()
	if err != nil {
		return api.Progress{}, err
	}
	file, err := image.Open(f, s.Maybe())
	if err != nil {
		return api.Progress{}, err
	}
	p.Take(file)
	return w.startLocked("flash", say.SessionWritingProgram(), func(ctx context.Context, report session.Report) (string, error) {
		o, err := s.Flash(ctx, p, report)
		return o.Text(), err
	})
}

// PushContent sends files that need not be the project's; remove names files like "www/old.html".
func (w *Workbench) PushContent(local []devfs.Local, remove []string) (api.Progress, error) {
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	s, err := w.Session()
	if err != nil {
		return api.Progress{}, err
	}
	if _, err := s.Files(); err != nil {
		return api.Progress{}, err
	}
	for _, f := range local {
		if err := project.CheckPath(strings.TrimPrefix(f.Path, "/")); err != nil {
			return api.Progress{}, err
		}
	}
	return w.startLocked("push", say.ActionSendingFiles(), func(ctx context.Context, report session.Report) (string, error) {
		return w.send(ctx, s, local, remove, report)
	})
}

// RemoveBoardFile removes a file from the board.
func (w *Workbench) RemoveBoardFile(ctx context.Context, path string) error {
	s, err := w.Session()
	if err != nil {
		return err
	}
	if err := s.RemoveFile(ctx, "/"+path); err != nil {
		return err
	}
	w.refreshFiles(ctx, s)
	return nil
}
