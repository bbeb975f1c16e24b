package compile

import (
	"bytes"
	"context"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/compile/explain"
	"studioide/internal/lazyregexp"
	"studioide/internal/toolchain"
)

// View is a project's program as an editor's language server sees it: for one
// board, in a workspace of its own that is filled as a builder's is. There app/
// is a module by itself with the name that the project's own import paths begin
// with. So the server works on texts as they are written, where a build's copies
// have other import paths and lines that name files. It may be used from several
// goroutines.
//
//	CACHE/build/HASH[-BOARD]-view/  go.mod board/ link/ …   the runtime
//	                                app/                    go.mod, and the project's Go files
//
// Nothing in there runs, and nothing is fetched: libraries that are not on this
// computer are missing until a build has brought them.
type View struct {
	Root string   // app/
	Env  []string // of the language server and the go commands that it starts

	board     string // the one that was asked for
	b         *Builder
	r         Request
	dir       string
	goRoot    string // Go's library, or TinyGo's for the board
	mod       []byte // of app/, without the module's name
	sum       []byte
	modules   string // the module cache; "": it is not needed
	tag       func(string) bool
	libraries []Library

	mu      sync.Mutex                   // of what follows
	symbols func(string) explain.Package // of all packages but the project's own
	names   map[string]string            // paths in the project, by paths below app/
}

// maxFolders of a project's are looked through for its packages.
const maxFolders = 100

// View makes a workspace for a language server. Where nothing on this computer builds for the board, it is that of the virtual one.
func (b *Builder) View(ctx context.Context, r Request) (*View, error) {
	asked := r.Board.ID
	tool, err := b.compiler(ctx, r.Board)
	if err != nil && !r.Board.Virtual && ctx.Err() == nil {
		r.Board, _ = board.Find("virtual")
		tool, err = b.compiler(ctx, r.Board)
	}
	if err != nil {
		return nil, err
	}
	runtime, err := b.runtimeFiles()
	if err != nil {
		return nil, err
	}
	name := WorkspaceName(r.Dir)
	if !r.Board.Virtual {
		name += "-" + r.Board.ID
	}
	w, err := openFolder(ctx, filepath.Join(b.dir, name+"-view"))
	if err != nil {
		return nil, err
	}
	defer w.close()
	w.offline, w.limits = true, b.Limits
	v := &View{Root: filepath.Join(w.dir, appDir), b: b, r: r, dir: w.dir, board: asked}
	tmp, err := w.temporary()
	if err != nil {
		return nil, err
	}
	sources, err := readSources(r.Dir, r.Sources)
	if err != nil {
		return nil, err
	}
	v.Env = toolchain.Environment(tool.Go.Path, tmp)
	if r.Board.Virtual {
		err = v.virtual(ctx, w, tool, runtime, sources)
	} else {
		err = v.real(ctx, w, tool, runtime, sources)
	}
	if err != nil {
		return nil, err
	}
	if v.modules = w.moduleCache; v.modules != "" {
		v.Env = append(v.Env, "GOMODCACHE="+v.modules)
	}
	v.findLibraries(tool)
	return v, nil
}

// virtual makes the workspace one of the virtual board's, with Go's own library.
func (v *View) virtual(ctx context.Context, w *workspace, tool toolchain.TinyGo, runtime runtimeTree, s *sources) error {
	v.goRoot, v.tag, v.symbols = tool.Go.Root, virtualTags, v.b.symbols(tool.Go)
	if err := w.fillRuntime(runtime); err != nil {
		return err
	}
	l := librariesFor(v.r.Board, s.selectFor(v.tag))
	if err := w.hostLibraries(ctx, tool.Go, runtime, l, func(string) {}); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		v.mod = outside([]byte(hostMod)) // they are not on this computer
		return nil
	}
	mod, err := os.ReadFile(filepath.Join(w.dir, "host.mod"))
	if err != nil {
		return cacheFailed(w.dir, err)
	}
	if l.drivers {
		_, v.sum = runtime.modules(libraries{drivers: true})
	}
	v.mod = outside(mod)
	return nil
}

// real makes the workspace one of a real board's, with TinyGo's library for it.
func (v *View) real(ctx context.Context, w *workspace, tool toolchain.TinyGo, runtime runtimeTree, s *sources) error {
	info, err := targetInfo(ctx, tool, v.r.Board)
	if err != nil {
		return errNoCompiler.With(v.r.Board.Name).Because(err)
	}
	v.goRoot, v.tag, v.symbols = info.GOROOT, boardTags(v.r.Board, info.Tags), v.b.boardSymbols(ctx, tool, v.r.Board)
	tags := append(slices.Clone(info.Tags), tinygoTags(v.r.Board)...)
	v.Env = append(v.Env, "GOROOT="+info.GOROOT, "GOOS="+info.GOOS, "GOARCH="+info.GOARCH, "GOFLAGS=-tags="+strings.Join(tags, ","))
	if err := w.fillRuntime(runtime.forBoards()); err != nil {
		return err
	}
	if err := writeChanged(filepath.Join(w.dir, "board", "this_board.go"), thisBoard(v.r.Board)); err != nil {
		return cacheFailed(w.dir, err)
	}
	if slices.Contains(tags, "romfiles") {
		if err := writeChanged(filepath.Join(w.dir, "board", "www.img"), nil); err != nil {
			return cacheFailed(w.dir, err)
		}
	}
	l := librariesFor(v.r.Board, s.selectFor(v.tag))
	mod, sum := runtime.modules(l)
	if err := w.libraries(ctx, tool.Go, l.words(), mod, sum, func(string) {}); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		mod, sum = runtime.modules(libraries{}) // they are not on this computer
		if err := w.libraries(ctx, tool.Go, "", mod, sum, func(string) {}); err != nil {
			return err
		}
	}
	if mod, err = os.ReadFile(filepath.Join(w.dir, "go.mod")); err != nil {
		return cacheFailed(w.dir, err)
	}
	v.mod, v.sum = outside(mod), sum
	return nil
}

// outside is a workspace's go.mod for a module in a folder of it, without that module's name.
func outside(mod []byte) []byte {
	_, rest, _ := bytes.Cut(mod, []byte("\n")) // behind: module studio
	rest = bytes.ReplaceAll(rest, []byte(" => ./"), []byte(" => ../"))
	return append(bytes.Clone(rest), "\nrequire studio v0.0.0\n\nreplace studio => ../\n"...)
}

// Board is the id of the board that the View was asked for.
func (v *View) Board() string { return v.board }

// Sync makes the workspace hold the project's files as they are in from, those
// of folders that nothing imports included. It returns the paths below Root of
// what has changed there.
func (v *View) Sync(ctx context.Context, from Tree) (changed []string, err error) {
	w, err := openFolder(ctx, v.dir)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if from == nil {
		from = v.r.Sources
	}
	s, err := readSources(v.r.Dir, from)
	if err != nil {
		return nil, err
	}
	v.readOthers(s, from)
	picked := s.selectFor(v.tag)
	files := map[string][]byte{
		"go.mod": append(fmt.Appendf(nil, "module %s\n", s.moduleForView()), v.mod...),
		"go.sum": v.sum,
	}
	names := map[string]string{}
	for _, name := range picked.names {
		if path.Ext(name) == ".go" {
			files[inView(name)] = Undecided(picked.files[name])
			names[inView(name)] = name
		}
	}
	v.mu.Lock()
	v.names = names
	v.mu.Unlock()
	changed, err = w.fillApp(files)
	slices.Sort(changed)
	return changed, err
}

// readOthers adds the packages that nothing imports yet to what was read from there.
func (v *View) readOthers(s *sources, from Tree) {
	if from == nil {
		return
	}
	for _, folder := range s.all[:min(len(s.all), maxFolders)] {
		if !s.has(folder) {
			more := *s
			if err := more.readFolder(from, v.r.Dir, folder); err == nil { // one that cannot be read may be none of the program's
				*s = more
			}
		}
	}
	slices.Sort(s.names)
	slices.Sort(s.folders)
}

// moduleForView is the name of the project's module: what its import paths begin with, if Go takes that.
func (s *sources) moduleForView() string {
	if name := s.prefix(); inWorkspace(name) == name && isWordByte(name[0]) {
		return name
	}
	return "project"
}

// inView is the path below app/ of a project's file.
func inView(name string) string {
	return path.Join(inWorkspace(path.Dir(name)), neutralName(path.Base(name)))
}

// Files are the paths below Root of the project's files.
func (v *View) Files() (names []string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for name := range v.names {
		names = append(names, name)
	}
	return names
}

// File is the file on this computer that stands for one of the project's.
func (v *View) File(name string) string {
	return filepath.Join(v.Root, filepath.FromSlash(inView(name)))
}

// Path is the project's file that a file on this computer stands for.
func (v *View) Path(file string) (name string, ok bool) {
	rel, err := filepath.Rel(v.Root, file)
	if err != nil {
		return "", false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	name, ok = v.names[filepath.ToSlash(rel)]
	return name, ok
}

// Holds tells whether a file with that text belongs to the board's program.
func (v *View) Holds(name string, text []byte) bool {
	if path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") || hiddenName(path.Base(name)) {
		return false
	}
	condition, _, _ := constraintOf(text)
	return condition == nil || condition.Eval(v.tag)
}

// Undecided is a program's text without its conditions, which a View has decided. All places in it stay what they are; the
// language server asks no //line for them.
func Undecided(text []byte) []byte {
	_, _, lines := constraintOf(text)
	if len(lines) == 0 {
		return text
	}
	text = bytes.Clone(text)
	for _, l := range lines {
		copy(text[l[0]:l[1]], unsaid(text[l[0]:l[1]]))
	}
	return text
}

// Library is a folder of sources that programs are built from.
type Library struct {
	Name string // by which pages know it
	Dir  string // where it is
	As   string // where the language server sees it as well; "": nowhere else
}

// Holds tells whether a file below Dir, with forward slashes, is one that everybody may read.
func (l Library) Holds(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return path.Ext(name) == ".go" && (l.Name != "studio" || first != appDir && !hiddenName(first))
}

// Libraries are the folders outside of the project that a language server may point into; of two that hold a file, the first one counts.
func (v *View) Libraries() []Library { return v.libraries }

func (v *View) findLibraries(tool toolchain.TinyGo) {
	v.libraries = []Library{{"studio", v.dir, ""}}
	if v.r.Board.Virtual {
		v.libraries = append(v.libraries, Library{"go", filepath.Join(v.goRoot, "src"), ""})
	} else { // TinyGo makes one folder of both, of links
		merged := filepath.Join(v.goRoot, "src")
		v.libraries = append(v.libraries, Library{"tinygo", filepath.Join(tool.Root, "src"), merged}, Library{"go", filepath.Join(tool.Go.Root, "src"), merged})
	}
	if v.modules != "" {
		v.libraries = append(v.libraries, Library{"modules", v.modules, ""})
	}
}

var quoted = lazyregexp.New(`"([^"\n]+)"`)

// MayAdd tells whether a program may have what a piece of text imports.
func (v *View) MayAdd(text string) bool {
	for _, m := range quoted().FindAllStringSubmatch(text, -1) {
		name := m[1]
		if v.r.AllowNative || mayImport(name) || name == "os" {
			continue
		}
		if first, _, _ := strings.Cut(name, "/"); first == "studio" || explain.IsStandard(name) || strings.HasPrefix(name, "runtime/") {
			return false
		}
	}
	return true
}

// Problems says in the words of a build what is wrong with the program as it is
// in from. said is what the language server found, in a compiler's form:
// "app/main.go:3:5: undefined: x", with paths of the project and columns in bytes.
// Where a file's shape is wrong, only that counts; package check says it.
func (v *View) Problems(from Tree, said string) ([]api.Diagnostic, error) {
	s, err := readSources(v.r.Dir, from)
	if err != nil {
		return nil, err
	}
	runtime, err := v.b.runtimeFiles()
	if err != nil {
		return nil, err
	}
	picked := s.selectFor(v.tag)
	found := append(picked.checkSelection(v.r.Board.Name), picked.check(v.r, runtime.packages)...)
	lines := map[string]bool{}
	for _, p := range found {
		lines[fmt.Sprint(p.Path, ":", p.Line)] = true
	}
	v.readOthers(s, from)
	picked = s.selectFor(v.tag)
	broken := map[string]bool{} // files whose shape is wrong: what else is said of them is an echo
	for _, name := range picked.names {
		if path.Ext(name) == ".go" {
			_, err := parser.ParseFile(token.NewFileSet(), name, picked.files[name], parser.SkipObjectResolution)
			broken[name] = err != nil
		}
	}
	src := explain.Sources{}
	if !v.r.Board.Virtual {
		src.Board = v.r.Board.Name
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	w := &workspace{dir: v.dir}
	src.Symbols = w.symbols(picked, v.symbols)
	if said = picked.heard(said, broken); said != "" {
		for _, p := range picked.explain(said, src) {
			if !lines[fmt.Sprint(p.Path, ":", p.Line)] {
				found = append(found, p)
			}
		}
	}
	return found, nil
}

// heard is what a language server said, without what a build would not say.
func (s selection) heard(said string, broken map[string]bool) string {
	var kept strings.Builder
	keep, main := false, true
	for line := range strings.Lines(said) {
		if !strings.HasPrefix(line, "\t") {
			name, rest, _ := strings.Cut(strings.TrimPrefix(line, appDir+"/"), ":")
			_, known := s.files[name]
			keep = known && !broken[name] && !s.onlyNotThere(rest)
		}
		if keep {
			kept.WriteString(line)
		}
	}
	for _, name := range s.in(".") {
		main = main && !broken[name] && !declares(s.files[name], "main")
	}
	if main && len(s.in(".")) > 0 {
		kept.WriteString("runtime.main_main·f: function main is undeclared in the main package\n")
	}
	return kept.String()
}

// onlyNotThere tells of a complaint about an import that it is one which a build has: of a library that is fetched then,
// or of a folder whose name Go takes in no import path, which a build's copies do without.
func (s selection) onlyNotThere(said string) bool {
	_, said, found := strings.Cut(said, "could not import ")
	imported, _, _ := strings.Cut(said, " ")
	_, own := s.folderOf(imported)
	return found && (own || inDriverModules(imported))
}
