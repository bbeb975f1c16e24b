package build

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"

	"studioide/internal/problem"
)

// Limits of a program's sources.
const (
	maxSource  = 2 << 20 // bytes of one Go file
	maxSources = 200     // files
)

// sources are the Go files of a project as they were at one moment.
type sources struct {
	files map[string][]byte // by name: "main.go"
	names []string          // sorted
	usesC bool              // some file says import "C"
}

// native are files that are compiled along only when a project may use the computer's own code.
var nativeExtensions = map[string]bool{".s": true, ".S": true, ".c": true, ".h": true, ".cc": true, ".cpp": true, ".syso": true, ".swig": true, ".m": true}

// readSources reads the Go files in dir itself: folders below hold no part of
// the program. Links are refused, so that nothing from outside gets into a build.
func readSources(dir string) (*sources, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, problem.New("project.missing", "There is no project in "+dir+".", "Choose a folder with a main.go.").Because(err)
	}
	defer root.Close()
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, problem.New("project.missing", "The folder "+dir+" cannot be read.", "Allow your user to read it, then try again.").Because(err)
	}
	s := &sources{files: map[string][]byte{}}
	for _, e := range entries {
		name := e.Name()
		ext := path.Ext(name)
		if ext != ".go" && !nativeExtensions[ext] || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || strings.HasSuffix(name, "_test.go") || e.IsDir() {
			continue
		}
		if !e.Type().IsRegular() {
			return nil, problem.New("build.link", name+" is a link to another file.", "Replace the link by a copy of the file.")
		}
		if len(s.names) == maxSources {
			return nil, problem.New("build.too-many", fmt.Sprintf("The project has more than %d Go files.", maxSources), "Remove some of them.")
		}
		info, err := e.Info()
		if err == nil && info.Size() > maxSource {
			return nil, problem.New("build.too-large", fmt.Sprintf("%s is %.1f MB; Go files of up to %d MB can be built.", name, float64(info.Size())/(1<<20), maxSource>>20),
				"Put large data into www/ instead.")
		}
		content, err := root.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed this moment
		}
		if err != nil {
			return nil, problem.New("build.unreadable", name+" cannot be read.", "Allow your user to read it, then try again.").Because(err)
		}
		s.files[name] = content
		s.names = append(s.names, name)
	}
	sort.Strings(s.names)
	if _, ok := s.files["main.go"]; !ok {
		return nil, problem.New("build.no-main", "The project has no main.go.", "Make a file main.go, or bring it back from the trash.")
	}
	return s, nil
}
