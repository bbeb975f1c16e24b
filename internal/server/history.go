package server

import (
	"context"

	"github.com/labstack/echo/v4"

	"studioide/internal/api"
	"studioide/internal/project"
)

// mostChanges are told of a state in the list; asked for by itself it tells all.
const mostChanges = 20

func (h handlers) snapshots(context.Context, nothing) (all api.SavedStates, err error) {
	p, err := h.Workbench.Project()
	if err != nil {
		return all, err
	}
	all.Most, all.Size = project.MaxSnapshots, project.MaxHistory
	list, err := p.Snapshots()
	for i, s := range list {
		saved := api.SavedState{ID: s.ID, Time: s.Time, Why: string(s.Why), About: s.About, Build: s.Build, Label: s.Label, Files: len(s.Files), First: i == len(list)-1}
		if !saved.First {
			changes := s.Since(list[i+1])
			saved.More = max(0, len(changes)-mostChanges)
			saved.Changes = wire(changes[:len(changes)-saved.More])
		}
		all.Snapshots = append(all.Snapshots, saved)
	}
	return all, err
}

func wire(list []project.Difference) []api.FileDifference {
	var out []api.FileDifference
	for _, d := range list {
		out = append(out, api.FileDifference{Path: d.Path, How: string(d.How)})
	}
	return out
}

func (h handlers) compareSnapshot(_ context.Context, in api.OneSavedState) (api.ComparedState, error) {
	p, err := h.Workbench.Project()
	if err != nil {
		return api.ComparedState{}, err
	}
	s, changes, err := p.Compare(in.ID)
	out := api.ComparedState{ID: s.ID, Changes: wire(changes)}
	for _, f := range s.Files {
		out.Files = append(out.Files, api.SavedFile(f))
	}
	return out, err
}

func (h handlers) readSnapshot(c echo.Context) error {
	in, err := decode[api.OneSavedFile](c)
	if err != nil {
		return err
	}
	p, err := h.Workbench.Project()
	if err != nil {
		return err
	}
	content, err := p.ReadSnapshot(in.ID, in.Path)
	if err != nil {
		return err
	}
	return blob(c, in.Path, content)
}

func (h handlers) restoreSnapshot(_ context.Context, in api.RestoreSavedState) error {
	return h.Workbench.RestoreSnapshot(in.Project, in.ID, in.Path)
}

func (h handlers) trash(context.Context, nothing) (api.Trash, error) {
	out := api.Trash{Days: project.TrashDays, Size: project.MaxTrash}
	for _, t := range h.Workbench.TrashedProjects() {
		out.Projects = append(out.Projects, api.TrashedProject{ID: t.ID, Title: t.Title, Time: t.Time})
	}
	if p, err := h.Workbench.Project(); err == nil {
		for _, t := range p.Trash() {
			out.Files = append(out.Files, api.TrashedFile(t))
		}
	}
	return out, nil
}

func (h handlers) clearTrash(_ context.Context, in api.Change) error {
	return h.Workbench.ClearTrash(in.Project)
}

func (h handlers) restoreProject(_ context.Context, in api.OneTrashedProject) error {
	return h.Workbench.RestoreProject(in.ID)
}

func (h handlers) restoreTrashedFile(_ context.Context, in api.RestoreTrashedFile) error {
	return h.Workbench.RestoreTrashedFile(in.Project, in.ID, in.Path)
}
