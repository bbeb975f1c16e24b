package workbench

import "studioide/internal/api"

// boardEvent passes on what the session says. It must not block the session, and reads nothing from the disk.
func (w *Workbench) boardEvent(e api.Event) {
	switch {
	case e.Board != nil:
		w.followPort(e.Board.Port)
		b := w.boardOf(*e.Board)
		w.hub.Publish(api.Event{Board: &b})
		w.boardChanged(b)
		w.followLanguage(b)
	case e.Problems != nil:
		w.findings.ran(*e.Problems)
		w.publishProblems()
		go w.findPlaces(*e.Problems)
	default:
		w.hub.Publish(e)
	}
}

// boardChanged follows the board through its states: a program that answers has files to list, one that does not has none that we know.
func (w *Workbench) boardChanged(b api.Board) {
	if b.State == api.BoardRunning && b.LastEnd == "" && w.findings.mended() {
		defer w.publishProblems()
	}
	s, known := w.board(), w.badges.knowsBoard()
	hasFiles := b.Link && b.FilesCap > 0
	if !hasFiles {
		w.badges.setOnBoard(nil)
	}
	switch {
	case hasFiles && !known && s != nil:
		go w.refreshFiles(w.ctx, s)
	case !hasFiles && known:
		go w.publishFiles()
	}
}
