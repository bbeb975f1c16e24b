package compile

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"studioide/internal/problem"
)

// Limits of a program's sources.
const (
	maxSource  = 2 << 20 // bytes of one Go file
	maxSources = 200     // files
)

// sources are the Go files of a project as they were at one moment: those of
// its folder, and those of the folders below that they import.
type sources struct {
	files   map[string][]byte // by path in the project: "main.go", "sensor/sensor.go"
	names   []string          // sorted
	tests   map[string][]byte // files that end in _test.go: no part of any program
	folders []string          // of all packages that the program imports, and "." for the program; sorted
	all     []string          // every folder of the project with a Go file in it, imported or not
	project string            // the name of the project's folder
	module  string            // what the project's own go.mod calls it; "": it has none
	usesC   bool              // some file says import "C"
}

// native are files that are compiled along only when a project may use the computer's own code.
var nativeExtensions = map[string]bool{".s": true, ".S": true, ".c": true, ".h": true, ".cc": true, ".cpp": true, ".syso": true, ".swig": true, ".m": true}

// Tree is a project's folder, or what is known of it. Names are relative paths
// with forward slashes; "." is the folder. Contents are not changed by who reads them.
type Tree interface {
	ReadDir(name string) ([]fs.DirEntry, error) // in order of the names
	ReadFile(name string) ([]byte, error)
}

// onDisk is the Tree of an open folder. Files may have any name: fs.FS knows none that are no UTF-8.
type onDisk struct{ root *os.Root }

func (d onDisk) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(d.root.FS(), name) }

func (d onDisk) ReadFile(name string) ([]byte, error) { return d.root.ReadFile(name) }

// listings is a Tree that lists each folder once.
type listings struct {
	Tree
	known map[string][]fs.DirEntry
}

func (l listings) ReadDir(name string) ([]fs.DirEntry, error) {
	if list, ok := l.known[name]; ok {
		return list, nil
	}
	list, err := l.Tree.ReadDir(name)
	if err == nil {
		l.known[name] = list
	}
	return list, err
}

// readSources reads the program in dir and the packages below that it imports,
// from the disk if from is nil. Links are refused, so that nothing from outside
// gets into a build.
func readSources(dir string, from Tree) (*sources, error) {
	if from == nil {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, problem.ErrNoProject.With(dir).Because(err)
		}
		defer root.Close()
		from = onDisk{root}
	}
	from = listings{from, map[string][]fs.DirEntry{}}
	s := &sources{files: map[string][]byte{}, tests: map[string][]byte{}}
	if abs, err := filepath.Abs(dir); err == nil {
		s.project = filepath.Base(abs)
	}
	if err := s.readFolder(from, dir, "."); err != nil {
		return nil, err
	}
	s.module = readModule(from)
	if _, ok := s.files["main.go"]; !ok {
		return nil, errNoMain
	}
	s.all = goFolders(from)
	if len(s.all) > 0 {
		for at := 0; at < len(s.folders); at++ { // grows
			for _, imported := range s.importsOf(s.folders[at]) {
				if folder, ok := s.folderOf(imported); ok && !s.has(folder) {
					if err := s.readFolder(from, dir, folder); err != nil {
						return nil, err
					}
				}
			}
		}
	}
	sort.Strings(s.names)
	sort.Strings(s.folders)
	return s, nil
}

// readModule is what the project's own go.mod calls it; "": it has none.
func readModule(from Tree) string {
	entries, _ := from.ReadDir(".")
	for _, e := range entries {
		if e.Name() != "go.mod" || !e.Type().IsRegular() {
			continue
		}
		if info, err := e.Info(); err != nil || info.Size() >= 64<<10 {
			continue
		}
		if content, err := from.ReadFile("go.mod"); err == nil {
			return moduleName(content)
		}
	}
	return ""
}

// readFolder adds one folder's files.
func (s *sources) readFolder(from Tree, dir, folder string) error {
	entries, err := from.ReadDir(folder)
	if err != nil {
		shown := folder
		if folder == "." {
			shown = dir
		}
		return errFolderUnreadable.With(shown).Because(err)
	}
	s.folders = append(s.folders, folder)
	for _, e := range entries {
		name := path.Join(folder, e.Name())
		ext := path.Ext(name)
		if ext != ".go" && !nativeExtensions[ext] || hiddenName(e.Name()) || e.IsDir() {
			continue
		}
		if !e.Type().IsRegular() {
			if e.Type()&fs.ModeSymlink == 0 {
				return errLink.With(name)
			}
			return errIsLink.With(name)
		}
		test := strings.HasSuffix(name, "_test.go")
		if len(s.names) == maxSources && !test {
			return errTooMany.With(maxSources)
		}
		info, err := e.Info()
		if test && (err != nil || info.Size() > maxSource || len(s.tests) == maxSources) {
			continue
		}
		if err == nil && info.Size() > maxSource {
			return errFileTooLarge.With(name, fmt.Sprintf("%.1f", float64(info.Size())/(1<<20)), maxSource>>20)
		}
		content, err := from.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) || err != nil && test {
			continue // removed this moment
		}
		if err != nil {
			return errUnreadable.With(name).Because(err)
		}
		if test {
			s.tests[name] = content
			continue
		}
		s.files[name] = content
		s.names = append(s.names, name)
	}
	return nil
}

func hiddenName(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

// has tells whether a folder has been read.
func (s *sources) has(folder string) bool {
	for _, f := range s.folders {
		if f == folder {
			return true
		}
	}
	return false
}

// in are the names of the files of one folder, in order.
func (s *sources) in(folder string) (names []string) {
	for _, name := range s.names {
		if path.Dir(name) == folder {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}

// importsOf is what the files of a folder import.
func (s *sources) importsOf(folder string) (list []string) {
	for _, name := range s.in(folder) {
		if path.Ext(name) != ".go" {
			continue
		}
		_, file := parseImports(name, s.files[name])
		if file == nil {
			continue
		}
		for _, spec := range file.Imports {
			if imported, err := strconv.Unquote(spec.Path.Value); err == nil {
				list = append(list, imported)
			}
		}
	}
	return list
}

// parseImports reads a file as far as its imports. file is nil when there is nothing to read.
func parseImports(name string, content []byte) (*token.FileSet, *ast.File) {
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, name, content, parser.ImportsOnly|parser.SkipObjectResolution|parser.ParseComments)
	return fset, file
}

// notPackages are folders that hold no packages of a program, besides hidden ones.
var notPackages = map[string]bool{"testdata": true, "vendor": true, "node_modules": true}

const (
	maxFolderDepth = 8    // folders inside each other that are looked through for packages
	maxEntries     = 5000 // files and folders that are looked at
)

// goFolders finds the folders below a project's own that hold Go files.
func goFolders(from Tree) (found []string) {
	seen := 0
	var look func(folder string, depth int)
	look = func(folder string, depth int) {
		entries, err := from.ReadDir(folder)
		if err != nil {
			return
		}
		holds := false
		for _, e := range entries {
			if seen++; seen > maxEntries {
				return
			}
			name := e.Name()
			switch {
			case hiddenName(name):
			case e.IsDir():
				if depth < maxFolderDepth && !notPackages[name] && !(folder == "." && name == "www") {
					look(path.Join(folder, name), depth+1)
				}
			case path.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go"):
				holds = true
			}
		}
		if holds && folder != "." {
			found = append(found, folder)
		}
	}
	look(".", 0)
	sort.Strings(found)
	return found
}
