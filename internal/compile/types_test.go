package compile

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"studio"

	"studioide/internal/board"
	"studioide/internal/reference"
	"studioide/internal/toolchain"
)

// Not every TinyGo has a compiler for every board, but each has its own source
// for all of them. So the types of runtime and program are checked for all
// boards of the catalogue, as they are built for them.
func TestTypesForEveryBoard(t *testing.T) {
	compiles(t)
	ctx := t.Context()
	b := New(t.TempDir())
	tool, err := b.Tools.TinyGo(ctx)
	if err != nil {
		t.Skip(err)
	}
	for _, to := range board.All() {
		if to.Virtual || to.Unfit != "" {
			continue
		}
		t.Run(to.ID, func(t *testing.T) {
			w := ledFor(t, b, tool, to)
			info, err := targetInfo(ctx, tool, to)
			if err != nil {
				t.Fatal(err)
			}
			c := checker{fset: token.NewFileSet(), done: map[string]*types.Package{"unsafe": types.Unsafe}}
			for _, p := range listed(t, w, tool, to, info) {
				c.check(t, p)
			}
			if c.ours < 4 {
				t.Errorf("only %d of the runtime's packages have been checked", c.ours)
			}
			for _, text := range c.problems {
				t.Error(text)
			}
			t.Logf("%d packages of ours, %d of others", c.ours, c.others)
		})
	}
}

// ledFor is a workspace with what template led is built from.
func ledFor(t *testing.T, b *Builder, tool toolchain.TinyGo, to board.Board) *workspace {
	source, err := studio.Templates().Open("led/main.go")
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	text, err := io.ReadAll(source)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.go"), text, 0o666); err != nil {
		t.Fatal(err)
	}
	return workspaceFor(t, b, tool, to, dir)
}

// workspaceFor is a workspace with what the project in dir is built from for a real board.
func workspaceFor(t *testing.T, b *Builder, tool toolchain.TinyGo, to board.Board, dir string) *workspace {
	sources, err := readSources(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	runtime, err := b.runtimeFiles()
	if err != nil {
		t.Fatal(err)
	}
	r := Request{Dir: dir, Program: "P", Board: to, Web: func() (map[string][]byte, error) {
		return map[string][]byte{"/www/led.html": []byte("<p>LED</p>")}, nil
	}}
	web, err := webImage(r)
	if err != nil {
		t.Fatal(err)
	}
	w := testWorkspace(t, t.TempDir())
	if err := os.Mkdir(filepath.Join(w.dir, appDir), 0o777); err != nil {
		t.Fatal(err)
	}
	_, selected, err := b.look(t.Context(), sources, r, runtime)
	if err != nil {
		t.Fatal(err)
	}
	if found := append(selected.checkSelection(to.Name), selected.check(Request{}, runtime.packages)...); len(found) > 0 {
		t.Fatalf("%+v", found)
	}
	if err := w.prepare(t.Context(), tool, runtime, selected, r, web, func(string) {}); err != nil {
		t.Fatal(err)
	}
	return w
}

// listedPackage is what go list says of a package.
type listedPackage struct {
	Dir, ImportPath   string
	GoFiles, CgoFiles []string
	ImportMap         map[string]string
}

// listed are the program's packages as TinyGo sees them, each after those that it imports.
func listed(t *testing.T, w *workspace, tool toolchain.TinyGo, to board.Board, info target) (list []listedPackage) {
	tags := append(slices.Clone(info.Tags), tinygoTags(to)...)
	cmd := exec.CommandContext(t.Context(), tool.Go.Path, "list", "-e", "-deps", "-json=Dir,ImportPath,GoFiles,CgoFiles,ImportMap", "-tags="+strings.Join(tags, ","), "./"+appDir)
	cmd.Dir = w.dir
	cmd.Env = append(w.tinygoEnvironment(tool, t.TempDir()), "GOROOT="+info.GOROOT, "GOOS="+info.GOOS, "GOARCH="+info.GOARCH, "CGO_ENABLED=1")
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("%v: %s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listedPackage
		if err := d.Decode(&p); err == io.EOF {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

// checker checks packages one after the other. What others wrote is taken as it
// says that it is: their functions' bodies are not looked at, and what is
// missing in TinyGo at hand is none of our mistakes.
type checker struct {
	fset         *token.FileSet
	done         map[string]*types.Package
	imports      map[string]string // of the package under way
	ours, others int
	problems     []string
}

func (c *checker) Import(path string) (*types.Package, error) {
	if as, ok := c.imports[path]; ok {
		path = as
	}
	if p := c.done[path]; p != nil {
		return p, nil
	}
	return nil, errors.New("not at hand")
}

func (c *checker) check(t *testing.T, p listedPackage) {
	ours := p.ImportPath == "studio" || strings.HasPrefix(p.ImportPath, "studio/")
	var files []*ast.File
	for _, name := range append(p.GoFiles, p.CgoFiles...) {
		f, err := parser.ParseFile(c.fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil && ours {
			t.Fatal(err)
		}
		if f != nil {
			files = append(files, f)
		}
	}
	if len(files) == 0 || c.done[p.ImportPath] != nil { // unsafe is there from the start
		return
	}
	c.imports = p.ImportMap
	conf := types.Config{
		Importer: c, FakeImportC: true, IgnoreFuncBodies: !ours, Sizes: types.SizesFor("gc", "arm"),
		Error: func(err error) {
			if ours && !strings.Contains(err.Error(), "invalid type") { // it comes from others, or from C
				c.problems = append(c.problems, err.Error())
			}
		},
	}
	if ours {
		c.ours++
	} else {
		c.others++
	}
	c.done[p.ImportPath], _ = conf.Check(p.ImportPath, c.fset, files, nil)
}

// program checks one that stands in a single file.
func (c *checker) program(t *testing.T, source string) {
	f, err := parser.ParseFile(c.fset, "main.go", source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	c.imports = nil
	conf := types.Config{Importer: c, Sizes: types.SizesFor("gc", "arm"), Error: func(err error) { c.problems = append(c.problems, err.Error()) }}
	conf.Check(appPath, c.fset, []*ast.File{f}, nil) // the handler has its mistakes
}

// What builds for one board with a peripheral builds for all that have it: the
// program in testdata/peripherals, with file names that Go takes for
// conditions, a package of their own, and drivers.
func TestPeripheralsOnEveryBoard(t *testing.T) {
	compiles(t)
	from := os.DirFS("testdata/peripherals")
	files := map[string]string{}
	if err := fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(from, name) // .go.txt: they are no packages of this module
		files[strings.TrimSuffix(name, ".txt")] = string(content)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	dir := testTree(t, "peripherals", files)
	b := New(t.TempDir())
	t.Run("virtual", func(t *testing.T) {
		to, _ := board.Find("virtual")
		r, err := b.Build(t.Context(), Request{Dir: dir, Program: "P", Board: to, Pack: plain})
		if err != nil {
			t.Fatalf("%v %+v", err, r)
		}
	})
	tool, err := b.Tools.TinyGo(t.Context())
	if err != nil {
		t.Skip(err)
	}
	for _, id := range []string{"pico", "picow", "pico2", "esp32c3", "esp32c3uart", "xiaoesp32c3"} {
		to, ok := board.Find(id)
		if !ok {
			t.Fatal(id)
		}
		t.Run(id, func(t *testing.T) {
			w := workspaceFor(t, b, tool, to, dir)
			info, err := targetInfo(t.Context(), tool, to)
			if err != nil {
				t.Fatal(err)
			}
			c := checker{fset: token.NewFileSet(), done: map[string]*types.Package{"unsafe": types.Unsafe}}
			for _, p := range listed(t, w, tool, to, info) {
				if p.ImportPath == appPath {
					if len(p.GoFiles) < 6 {
						t.Errorf("only %q are built", p.GoFiles)
					}
					for _, imported := range []string{appPath + "/parts", "tinygo.org/x/drivers/ws2812", "machine"} {
						if c.done[imported] == nil {
							t.Errorf("%s has not been checked", imported)
						}
					}
				}
				c.check(t, p)
			}
			for _, text := range c.problems {
				t.Error(text)
			}
		})
	}
}

// Each example builds for every board that has what it needs: all of them, today. So do those of the reference.
func TestExamplesOnEveryBoard(t *testing.T) {
	compiles(t)
	b := New(t.TempDir())
	tool, err := b.Tools.TinyGo(t.Context())
	if err != nil {
		t.Skip(err)
	}
	sources, err := fs.Glob(studio.Templates(), "_examples/*/main.go")
	if err != nil || len(sources) < 13 {
		t.Fatalf("%d examples, %v", len(sources), err)
	}
	ref, err := reference.Of("../../firmware-templates/board")
	if err != nil {
		t.Fatal(err)
	}
	programs := map[string]string{}
	for _, name := range sources {
		source, err := fs.ReadFile(studio.Templates(), name)
		if err != nil {
			t.Fatal(err)
		}
		programs[name] = string(source)
	}
	for _, g := range ref.Groups {
		for _, e := range g.Entries {
			programs["the reference's example for "+e.Name] = e.Example.Program
		}
	}
	for _, id := range []string{"pico", "picow", "pico2", "esp32c3", "esp32c3uart", "xiaoesp32c3"} {
		to, ok := board.Find(id)
		if !ok {
			t.Fatal(id)
		}
		t.Run(id, func(t *testing.T) {
			info, err := targetInfo(t.Context(), tool, to)
			if err != nil {
				t.Fatal(err)
			}
			c := checker{fset: token.NewFileSet(), done: map[string]*types.Package{"unsafe": types.Unsafe}}
			// What all of them import is looked at once.
			w := workspaceFor(t, b, tool, to, testTree(t, "example", map[string]string{"main.go": importing(t, programs)}))
			for _, p := range listed(t, w, tool, to, info) {
				c.check(t, p)
			}
			if c.done[appPath] == nil {
				t.Error("what they import has not been checked")
			}
			for name, source := range programs {
				c.program(t, source)
				for _, text := range c.problems {
					t.Errorf("%s: %s", name, text)
				}
				c.problems = nil
			}
		})
	}
}

// importing is a program that imports what the others do, and does nothing.
func importing(t *testing.T, programs map[string]string) string {
	imports := map[string]bool{}
	for name, source := range programs {
		f, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			imports[i.Path.Value] = true
		}
	}
	var b strings.Builder
	b.WriteString("package main\n\n")
	for _, path := range slices.Sorted(maps.Keys(imports)) {
		fmt.Fprintf(&b, "import _ %s\n", path)
	}
	b.WriteString("\nfunc main() {}\n")
	return b.String()
}

// A mistake in the runtime is found by the check.
func TestTypesFindMistakes(t *testing.T) {
	b := New(t.TempDir())
	tool, err := b.Tools.TinyGo(t.Context())
	if err != nil {
		t.Skip(err)
	}
	to, _ := board.Find("esp32s3")
	w := ledFor(t, b, tool, to)
	bad := "//go:build esp32s3\n\npackage board\n\nimport \"device/esp\"\n\nfunc bad() int { return esp.LEDC.NoSuchThing }\n"
	if err := os.WriteFile(filepath.Join(w.dir, "board", "bad.go"), []byte(bad), 0o666); err != nil {
		t.Fatal(err)
	}
	info, err := targetInfo(t.Context(), tool, to)
	if err != nil {
		t.Fatal(err)
	}
	c := checker{fset: token.NewFileSet(), done: map[string]*types.Package{"unsafe": types.Unsafe}}
	for _, p := range listed(t, w, tool, to, info) {
		c.check(t, p)
	}
	if len(c.problems) != 1 || !strings.Contains(c.problems[0], "NoSuchThing") {
		t.Errorf("found %q", c.problems)
	}
}
