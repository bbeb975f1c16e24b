package workbench

import (
	"studioide/internal/board"
	"studioide/internal/problem"
)

// The problems of this package; what they say is in the words file.
var (
	errBusy       = problem.Define1[string]("action.busy", problem.Busy, problem.Wait, "doing")
	errOver       = problem.Define("action.over", problem.Conflict, problem.None)
	errVirtual    = problem.Define("board.virtual", problem.BadInput, problem.ChoosePort)
	errChoosePage = problem.Variant(board.ErrChoose, "page", problem.ChooseBoard)
	errUnknown    = problem.Define1[string]("library.unknown", problem.NotFound, problem.Save, "path")
	errNoProject  = problem.Define("project.none", problem.NotFound, problem.OpenProject)
	errOther      = problem.Define1[string]("project.other", problem.Conflict, problem.OpenProject, "project")
	errNoSource   = problem.Define1[string]("source.missing", problem.NotFound, problem.None, "path")
	errNoSet      = problem.Define1[string]("test.no-set", problem.NotFound, problem.Correct, "path")
	errTesting    = problem.Define("test.running", problem.Busy, problem.Wait)
	errLoading    = problem.Define("load.running", problem.Busy, problem.Wait)
	errNoBoard    = problem.Define("board.none", problem.NotFound, problem.ChoosePort)
)
