package session

import (
	"strings"

	"studioide/internal/devfs"
	"studioide/internal/project"
)

// WebFiles reads a project's www/ as its board is to have it.
func WebFiles(p *project.Project) ([]devfs.Local, error) {
	files, err := p.List()
	if err != nil {
		return nil, err
	}
	var local []devfs.Local
	for _, f := range files {
		if !strings.HasPrefix(f.Path, "www/") {
			continue
		}
		content, _, err := p.Read(f.Path)
		if err != nil {
			return nil, err
		}
		local = append(local, devfs.Local{Path: "/" + f.Path, Content: content})
	}
	return local, nil
}

// WebContents is WebFiles by path, as a builder takes them.
func WebContents(p *project.Project) (map[string][]byte, error) {
	files, err := WebFiles(p)
	contents := map[string][]byte{}
	for _, f := range files {
		contents[f.Path] = f.Content
	}
	return contents, err
}
