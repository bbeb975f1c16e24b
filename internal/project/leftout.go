package project

import (
	"io/fs"
	"path"
	"strings"

	"studioide/internal/problem"
)

// Unfit is a file or folder that a project cannot have, and so no board gets.
type Unfit struct {
	Path string // below the project's folder
	Why  *problem.Problem
}

// LeftOut lists what lies in www/ and is no part of the project, because of its
// name, or because it is no plain file. Hidden files are left out without a word.
func (p *Project) LeftOut() []Unfit {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []Unfit
	fs.WalkDir(p.root.FS(), "www", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "www" {
			return nil // it is told elsewhere that a folder cannot be read
		}
		base := path.Base(name)
		switch bad := CheckPath(name); {
		case strings.HasPrefix(base, ".") || d.IsDir() && base == "node_modules":
		case bad != nil:
			list = append(list, Unfit{name, problem.Of(bad)})
		case !d.IsDir() && !d.Type().IsRegular():
			list = append(list, Unfit{name, problem.New("file.kind", path.Base(name)+" is a link or no plain file.", "Put a copy of the file in its place.")})
			return nil
		default:
			return nil
		}
		if d.IsDir() {
			return fs.SkipDir
		}
		return nil
	})
	return list
}
