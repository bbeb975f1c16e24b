package project

import (
	"encoding/json"
	"io/fs"
	"path"
	"sort"
	"strings"

	"studioide/internal/api"
)

// A template is a folder with main.go, usually www/, and template.json:
//
//	{"title": "LED over WebSocket", "about": "Buttons on a web page switch the LED.", "order": 1}
//
// template.json, tests and transcripts stay behind when a project is made.

// Templates lists what new projects can start from.
func Templates(templates fs.FS) ([]api.Template, error) {
	entries, err := fs.ReadDir(templates, ".")
	if err != nil {
		return nil, explain(err, "listed", "templates")
	}
	type ordered struct {
		api.Template
		order int
	}
	var found []ordered
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		if t, order, err := readTemplate(templates, e.Name()); err == nil {
			found = append(found, ordered{t, order})
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].order < found[j].order })
	list := []api.Template{}
	for _, t := range found {
		list = append(list, t.Template)
	}
	return list, nil
}

// Templates lists what Create takes.
func (s *Store) Templates() ([]api.Template, error) { return Templates(s.templates) }

func readTemplate(templates fs.FS, id string) (api.Template, int, error) {
	b, err := fs.ReadFile(templates, id+"/template.json")
	if err != nil {
		return api.Template{}, 0, err
	}
	var t struct {
		Title, About string
		Order        int
	}
	t.Order = 100
	if err := json.Unmarshal(b, &t); err != nil {
		return api.Template{}, 0, err
	}
	return api.Template{ID: id, Title: t.Title, About: t.About}, t.Order, nil
}

func findTemplate(templates fs.FS, id string) (api.Template, error) {
	if !strings.Contains(id, "/") && CheckPath(id) == nil {
		if t, _, err := readTemplate(templates, id); err == nil {
			return t, nil
		}
	}
	var ids []string
	if list, err := Templates(templates); err == nil {
		for _, t := range list {
			ids = append(ids, t.ID)
		}
	}
	return api.Template{}, errNoTemplate.With(shown(id), strings.Join(ids, ", "))
}

// templateFiles are the files that a project gets.
func templateFiles(templates fs.FS, id, title string) ([]madeFile, error) {
	var files []madeFile
	err := fs.WalkDir(templates, id, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		file := strings.TrimPrefix(name, id+"/")
		wanted := false
		switch {
		case d.IsDir() && d.Name() == "testdata":
			return fs.SkipDir
		case d.IsDir():
			return nil
		case strings.HasSuffix(file, ".go"), strings.HasPrefix(file, "www/"):
			wanted = !strings.HasSuffix(file, "_test.go") && CheckPath(file) == nil
		default:
			wanted = path.Base(file) == "README.md"
		}
		if !wanted {
			return nil
		}
		content, err := fs.ReadFile(templates, name)
		files = append(files, madeFile{path: file, content: content})
		return err
	})
	return append(files, madeFile{path: metaFile, content: metaFor(title)}), err
}

func metaFor(title string) []byte {
	b, _ := json.MarshalIndent(Meta{Title: title, Board: "virtual"}, "", "  ")
	return append(b, '\n')
}
