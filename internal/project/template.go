package project

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"

	"studioide/internal/api"
)

// A template is a folder with main.go, usually www/, and template.json:
//
//	{"title": "LED over WebSocket", "about": "Buttons on a web page switch the LED.", "order": 1}
//
// It may have "chart", an api.Chart that says how the numbers of its projects are shown.
// template.json, tests and transcripts stay behind when a project is made.

const (
	examples = "_examples" // folder of templates that show one thing each
	shared   = examples + "/shared"
)

// Templates lists what new projects can start from: first those that are meant as a start, then the examples.
func Templates(templates fs.FS) ([]api.Template, error) {
	type ordered struct {
		api.Template
		order int
	}
	list := []api.Template{}
	for _, dir := range []string{".", examples} {
		entries, err := fs.ReadDir(templates, dir)
		if dir == examples && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, explain(err, "listed", "templates")
		}
		var found []ordered
		for _, e := range entries {
			if t, order, err := readTemplate(templates, path.Join(dir, e.Name())); err == nil {
				found = append(found, ordered{t, order})
			}
		}
		sort.SliceStable(found, func(i, j int) bool { return found[i].order < found[j].order })
		for _, t := range found {
			list = append(list, t.Template)
		}
	}
	return list, nil
}

// Templates lists what Create takes.
func (s *Store) Templates() ([]api.Template, error) { return Templates(s.templates) }

func readTemplate(templates fs.FS, dir string) (api.Template, int, error) {
	b, err := fs.ReadFile(templates, dir+"/template.json")
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
	return api.Template{ID: path.Base(dir), Title: t.Title, About: t.About, Example: path.Dir(dir) == examples}, t.Order, nil
}

// templateDir is the folder of a template.
func templateDir(templates fs.FS, id string) string {
	if _, err := fs.Stat(templates, path.Join(examples, id, "template.json")); err == nil {
		return path.Join(examples, id)
	}
	return id
}

func findTemplate(templates fs.FS, id string) (api.Template, error) {
	if !strings.Contains(id, "/") && CheckPath(id) == nil {
		if t, _, err := readTemplate(templates, templateDir(templates, id)); err == nil {
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
	dir := templateDir(templates, id)
	add := func(name, file string) error {
		content, err := fs.ReadFile(templates, name)
		files = append(files, madeFile{path: file, content: content})
		return err
	}
	err := fs.WalkDir(templates, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		file := strings.TrimPrefix(name, dir+"/")
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
		return add(name, file)
	})
	if err == nil && path.Dir(dir) == examples { // what its pages name of the shared files
		common, _ := fs.ReadDir(templates, shared)
		own := slices.Clone(files)
		for _, e := range common {
			names := func(f madeFile) bool { return bytes.Contains(f.content, []byte(`"`+e.Name()+`"`)) }
			if err == nil && slices.ContainsFunc(own, names) {
				err = add(path.Join(shared, e.Name()), "www/"+e.Name())
			}
		}
	}
	var its struct{ Chart *api.Chart }
	if b, err := fs.ReadFile(templates, dir+"/template.json"); err == nil {
		json.Unmarshal(b, &its) // readTemplate has read it before
	}
	return append(files, madeFile{path: metaFile, content: metaFor(Meta{Title: title, Board: "virtual", Chart: its.Chart})}), err
}

func metaFor(m Meta) []byte {
	b, _ := json.MarshalIndent(m, "", "  ")
	return append(b, '\n')
}
