package session

import (
	"strings"

	"studioide/internal/devfs"
	"studioide/internal/project"
)

// WebFiles is a project's www/ as its board is to have it. A file is read when it is sent.
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
		read := func() ([]byte, error) {
			content, _, err := p.Read(f.Path)
			return content, err
		}
		if f.Size > project.MaxFile {
			_, err := read() // says so
			return nil, err
		}
		local = append(local, devfs.Local{Path: "/" + f.Path, Later: &devfs.Later{Size: f.Size, Hash: f.Hash, Read: read}})
	}
	return local, nil
}

// WebContents is WebFiles by path, as a builder takes them.
func WebContents(p *project.Project) (map[string][]byte, error) {
	files, err := WebFiles(p)
	contents := map[string][]byte{}
	for _, f := range files {
		if contents[f.Path], err = f.Read(); err != nil {
			return nil, err
		}
	}
	return contents, err
}
