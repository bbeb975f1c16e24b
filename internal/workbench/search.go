package workbench

import (
	"bytes"
	"context"
	"time"
	"unicode/utf8"

	"studioide/internal/api"
	"studioide/internal/problem"
	"studioide/internal/project"
	"studioide/internal/search"
)

const (
	maxSearched = 2 << 20 // bytes of a file that is looked into
	mostPlaces  = 10_000  // that are told at a time
	searchTime  = 20 * time.Second
)

// Search looks for something in files of the open project, until ctx ends. Only one search goes on at a time, so that
// those that nobody waits for any more do not take the computer from the one that somebody waits for.
func (w *Workbench) Search(ctx context.Context, in api.SearchFiles) (all api.FoundPlaces, err error) {
	all = api.FoundPlaces{Files: []api.FoundFile{}, Large: []string{}}
	p, err := w.projectNamed(in.Project)
	if err != nil {
		return all, err
	}
	e, err := search.Compile(in.Query)
	if err != nil {
		return all, err
	}
	w.searching.Lock()
	defer w.searching.Unlock()
	limit, stop := context.WithTimeout(ctx, searchTime)
	defer stop()
	drafts := map[string]string{}
	for _, d := range in.Drafts {
		drafts[d.Path] = d.Text
	}
	left := min(in.Most, mostPlaces)
	for _, path := range in.Paths {
		if limit.Err() != nil || all.More {
			break
		}
		file := api.FoundFile{Path: path}
		text, isDraft := drafts[path]
		if !isDraft {
			var isLarge bool
			if text, file.Hash, isLarge = searched(p, path); isLarge {
				all.Large = append(all.Large, path)
			}
		}
		file.Places, all.More = e.Find(limit, text, left)
		if left -= len(file.Places); len(file.Places) > 0 {
			all.Files = append(all.Files, file)
		}
	}
	all.Stopped = limit.Err() != nil && ctx.Err() == nil
	return all, nil
}

// searched is a file's text and hash; what is no text, or is gone meanwhile, is empty.
func searched(p *project.Project, path string) (text, hash string, isLarge bool) {
	if f, ok := p.State().File(path); ok && f.Size > maxSearched {
		return "", "", f.Text
	}
	content, hash, err := p.Read(path)
	if err != nil || len(content) > maxSearched || !utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0 {
		return "", "", false
	}
	return string(content), hash, false
}

// Replace replaces what is found in files of the open project. With Keep, the project as it is becomes an entry of its
// history first; when that fails, nothing is replaced. A file that is another one by now stays as it is, and is told.
func (w *Workbench) Replace(ctx context.Context, in api.ReplaceFiles) (all api.ReplacedFiles, err error) {
	all.Files = []api.ReplacedFile{}
	p, err := w.projectNamed(in.Project)
	if err != nil {
		return all, err
	}
	e, err := search.Compile(in.Query)
	if err != nil {
		return all, err
	}
	if in.Keep {
		if _, err := p.Snapshot(project.Reason{Why: project.WhyReplace, About: in.Query.Text}); err != nil {
			return all, err
		}
	}
	w.searching.Lock()
	defer w.searching.Unlock()
	var changes []project.Change
	for _, f := range in.Files {
		if ctx.Err() != nil {
			break
		}
		done := api.ReplacedFile{Path: f.Path}
		done.Hash, done.Places, err = replaceIn(ctx, p, e, f)
		if err != nil {
			done.Problem = problem.Of(err)
		} else if done.Places > 0 {
			changes = append(changes, project.Change{Path: f.Path, Hash: done.Hash})
		}
		all.Files = append(all.Files, done)
	}
	if len(changes) > 0 {
		w.changed(in.Client, changes...)
	}
	return all, nil
}

func replaceIn(ctx context.Context, p *project.Project, e *search.Expression, f api.ReplaceFile) (hash string, places int, err error) {
	text, hash, _ := searched(p, f.Path)
	if hash != f.Hash {
		return "", 0, project.ErrConflict.With(f.Path)
	}
	text, places, err = e.Replace(ctx, text)
	if err != nil || places == 0 {
		return hash, 0, err
	}
	hash, err = p.Write(f.Path, []byte(text), f.Hash)
	return hash, places, err
}
