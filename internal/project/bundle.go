package project

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"studioide/internal/problem"
)

// Bundle is a project on its way into a store: what of a zip, a link or a folder of
// elsewhere becomes one. Nothing of it has been written yet. Whoever made it may have put
// anything into it; what is in Files can be a file of a project, each once.
type Bundle struct {
	Title   string
	Board   string       // catalogue id that it asks for, or whatever it says
	Author  string       // who it says it is from
	Files   []BundleFile // in path order
	LeftOut []Unfit      // what of it does not become part of the project
	Pages   bool         // it had pages and no program: it gets one that serves them
}

// BundleFile is a file of a Bundle.
type BundleFile struct {
	Path    string
	Content []byte
}

// packed is an entry of what a Bundle is made of.
type packed struct {
	name string      // as it came
	kind fs.FileMode // type bits
	size int64       // as it says
	read func(most int64) ([]byte, error)
}

// pagesProgram serves a project's pages, and answers nothing.
//
//go:embed pages.go.txt
var pagesProgram string

// bundle makes a Bundle of entries. title is what it is called when it does not say that itself.
//
// What cannot be meant honestly, or cannot be told apart, refuses the whole: a name that
// leads out, two files of one name. What a project cannot have is left out, and said.
func bundle(title string, entries []packed) (*Bundle, error) {
	b := &Bundle{}
	files, err := b.sift(entries)
	if err != nil {
		return nil, err
	}
	if files, err = b.findProject(files); err != nil {
		return nil, err
	}
	if err := checkClashes(files); err != nil {
		return nil, err
	}
	if len(files) > MaxFiles {
		return nil, errTooManyFiles.With(MaxFiles)
	}
	total := int64(0)
	for _, f := range files {
		content, err := f.read(min(MaxFile, MaxBundle-total))
		if errors.Is(err, errEndless) {
			if total+MaxFile >= MaxBundle {
				return nil, errBundleTooLarge.With(MaxBundle >> 20)
			}
			return nil, errPackLies.With(shown(f.name))
		}
		if err != nil {
			return nil, errPackDamaged.With(shown(f.name)).Because(err)
		}
		total += int64(len(content))
		b.Files = append(b.Files, BundleFile{f.name, content})
	}
	slices.SortFunc(b.Files, func(a, b BundleFile) int { return strings.Compare(a.Path, b.Path) })
	if len(b.LeftOut) > MaxFiles {
		b.LeftOut = b.LeftOut[:MaxFiles]
	}
	b.Title = title
	if i := slices.IndexFunc(b.Files, func(f BundleFile) bool { return f.Path == metaFile }); i >= 0 && len(b.Files[i].Content) < maxMeta {
		meta := parseMeta(b.Files[i].Content, b.Title)
		b.Title, b.Board, b.Author = meta.Title, meta.Board, parseAuthor(b.Files[i].Content)
	}
	if b.Title = plain(b.Title); checkTitle(b.Title) != nil {
		b.Title = "Project"
	}
	if b.Pages {
		b.Files = append([]BundleFile{{"main.go", []byte(pagesProgram)}}, b.Files...)
	}
	return b, nil
}

// errEndless is what read says of more than it may give.
var errEndless = errors.New("more than it may have")

// sift takes the entries that are plain files with names that can be taken as they are.
func (b *Bundle) sift(entries []packed) (files []packed, err error) {
	hidden := map[string]bool{}
	for _, e := range entries {
		if !utf8.ValidString(e.name) {
			return nil, errPackName.With(shown(strings.ToValidUTF8(e.name, "\ufffd")))
		}
		name := norm.NFC.String(strings.ReplaceAll(e.name, `\`, "/")) // some tools of Windows write it so; Macs write accents apart
		parts := strings.Split(strings.TrimSuffix(name, "/"), "/")
		switch {
		case strings.HasPrefix(name, "/"), len(name) > 1 && name[1] == ':', slices.Contains(parts, ".."), strings.ContainsRune(name, 0):
			return nil, errPackOutside.With(shown(e.name))
		case e.kind.IsDir(), strings.HasSuffix(name, "/"):
			continue
		}
		if i := slices.IndexFunc(parts, isJunk); i >= 0 {
			if top := strings.Join(parts[:i+1], "/"); !hidden[top] {
				hidden[top] = true
				b.LeftOut = append(b.LeftOut, Unfit{top, errBadHidden.With(shown(parts[i]))})
			}
			continue
		}
		if !e.kind.IsRegular() {
			b.LeftOut = append(b.LeftOut, Unfit{name, errKindLink.With(path.Base(name))})
			continue
		}
		e.name = path.Clean(name)
		files = append(files, e)
	}
	return files, nil
}

// isJunk tells what systems and tools leave in folders and nobody wants in a project.
// Among it is .studio: nobody brings a history, or a mark, of his own.
func isJunk(part string) bool {
	if strings.HasPrefix(part, ".") && part != "." {
		return true
	}
	switch strings.ToLower(part) {
	case "__macosx", "node_modules", "thumbs.db", "desktop.ini", "$recycle.bin":
		return true
	}
	return false
}

// findProject takes what is below the project's folder, under the names that it has there,
// and leaves out what a project cannot have.
func (b *Bundle) findProject(files []packed) ([]packed, error) {
	root, err := projectRoot(files)
	if err != nil {
		return nil, err
	}
	var inside []packed
	for _, f := range files {
		name, ok := strings.CutPrefix(f.name, root)
		if !ok {
			b.LeftOut = append(b.LeftOut, Unfit{f.name, errPackBeside.With(shown(f.name))})
			continue
		}
		f.name = name
		inside = append(inside, f)
	}
	if !slices.ContainsFunc(inside, func(f packed) bool { return f.name == "main.go" }) {
		if inside = b.takePages(inside); inside == nil {
			return nil, errPackNothing
		}
	}
	var fit []packed
	for _, f := range inside {
		if bad := CheckPath(f.name); bad != nil {
			b.LeftOut = append(b.LeftOut, Unfit{f.name, problem.Of(bad)})
		} else if f.size > MaxFile {
			b.LeftOut = append(b.LeftOut, Unfit{f.name, problem.Of(tooLarge(f.name, f.size))})
		} else {
			fit = append(fit, f)
		}
	}
	return fit, nil
}

// projectRoot is the folder in which the project is, with a slash behind it, "" for the
// top: the one with the main.go that is nearest to the top. Without any it is the folder
// that all files are in, if there is one.
func projectRoot(files []packed) (string, error) {
	best, others, depth := "", "", -1
	for _, f := range files {
		if path.Base(f.name) != "main.go" {
			continue
		}
		dir := strings.TrimSuffix(f.name, "main.go")
		switch d := strings.Count(dir, "/"); {
		case depth < 0 || d < depth:
			best, others, depth = dir, "", d
		case d == depth && dir != best:
			others = dir
		}
	}
	if others != "" {
		return "", errPackSeveral.With(shown(strings.TrimSuffix(best, "/")), shown(strings.TrimSuffix(others, "/")))
	}
	if depth >= 0 {
		return best, nil
	}
	root := ""
	for {
		top := ""
		for i, f := range files {
			first, _, deeper := strings.Cut(strings.TrimPrefix(f.name, root), "/")
			if !deeper || i > 0 && first != top {
				return root, nil
			}
			top = first
		}
		if top == "" || top == "www" || top == "data" {
			return root, nil
		}
		root += top + "/"
	}
}

// takePages makes the files of a project out of a folder with pages and no program: what is
// in www/, or in data/ where sketches for Arduino have their pages, else all of it. nil:
// there is no page.
func (b *Bundle) takePages(files []packed) []packed {
	from := ""
	for _, dir := range []string{"www/", "data/"} {
		if from == "" && slices.ContainsFunc(files, func(f packed) bool { return strings.HasPrefix(f.name, dir) && isPage(f.name) }) {
			from = dir
		}
	}
	var taken []packed
	page := false
	for _, f := range files {
		name, ok := strings.CutPrefix(f.name, from)
		switch {
		case f.name == metaFile:
			taken = append(taken, f)
		case !ok:
			b.LeftOut = append(b.LeftOut, Unfit{f.name, errPackBeside.With(shown(f.name))})
		case isOtherProgram(f.name):
			b.LeftOut = append(b.LeftOut, Unfit{f.name, errPackProgram.With(shown(f.name))})
		default:
			page = page || isPage(name)
			f.name = "www/" + name
			taken = append(taken, f)
		}
	}
	if !page {
		return nil
	}
	b.Pages = true
	return taken
}

func isPage(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".html" || ext == ".htm"
}

// isOtherProgram tells programs that no board here runs: MicroPython's, Arduino's.
func isOtherProgram(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".py", ".ino", ".cpp", ".c", ".h", ".hpp", ".go":
		return true
	}
	return false
}

// checkClashes refuses names that are one name somewhere: of two files, or of a file and a folder.
func checkClashes(files []packed) error {
	seen := map[string]string{} // by the name as Windows and macOS take it
	taken := map[string]bool{}
	for _, f := range files {
		if taken[f.name] {
			return errPackTwice.With(shown(f.name))
		}
		taken[f.name] = true
		for at := f.name; at != "."; at = path.Dir(at) {
			key := fold(at)
			there, known := seen[key]
			if known && there != at {
				return errPackCase.With(shown(there), shown(at))
			}
			seen[key] = at
		}
	}
	for _, f := range files {
		for dir := path.Dir(f.name); dir != "."; dir = path.Dir(dir) {
			if taken[dir] {
				return errPackTwice.With(shown(dir))
			}
		}
	}
	return nil
}

// fold is a name as file systems take it that do not tell cases apart.
func fold(name string) string { return strings.ToLower(strings.ToUpper(name)) }

// files are a bundle's as a project with that title gets them.
func (b *Bundle) files(title string) []madeFile {
	list, meta := []madeFile{}, metaFor(Meta{Title: title, Board: "virtual"})
	for _, f := range b.Files {
		if f.Path != metaFile {
			list = append(list, madeFile{path: f.Path, content: f.Content})
			continue
		}
		keys := map[string]json.RawMessage{}
		if len(f.Content) < maxMeta && json.Unmarshal(bytes.TrimPrefix(f.Content, []byte("\ufeff")), &keys) == nil && keys != nil {
			keys["title"], _ = json.Marshal(title)
			if indented, err := json.MarshalIndent(keys, "", "  "); err == nil {
				meta = append(indented, '\n')
			}
		}
	}
	return append(list, madeFile{path: metaFile, content: meta})
}

// Import makes a project of a bundle and opens it. Nobody trusts it: it is somebody else's,
// whatever it says. title is its own when empty.
func (s *Store) Import(b *Bundle, title string) (*Project, error) {
	if title = strings.TrimSpace(title); title == "" {
		title = b.Title
	}
	if err := checkTitle(title); err != nil {
		return nil, err
	}
	return s.make(title, func(title string) ([]madeFile, error) { return b.files(title), nil })
}

// Import makes a project of a bundle in the folder dir, which must be new or empty.
func Import(b *Bundle, dir string) error {
	return createIn(dir, func(string) ([]madeFile, error) { return b.files(b.Title), nil })
}

// Duplicate copies a project's files, without its history, into a new project and opens it.
func (s *Store) Duplicate(p *Project, title string) (*Project, error) {
	if title = strings.TrimSpace(title); title == "" {
		title = p.Meta().Title
	}
	if err := checkTitle(title); err != nil {
		return nil, err
	}
	state, err := p.Refresh()
	if err != nil {
		return nil, err
	}
	return s.make(title, func(title string) ([]madeFile, error) {
		b := &Bundle{}
		if content, err := p.load(metaFile); err == nil {
			b.Files = []BundleFile{{metaFile, content}}
		}
		list := b.files(title)
		for _, f := range state.Files {
			if f.Path != metaFile {
				list = append(list, madeFile{path: f.Path, open: func() (io.ReadCloser, error) { return p.Open(f.Path) }})
			}
		}
		return list, nil
	})
}
