// Package images builds programs for real boards, each of them once: for all
// tests that run it or look at its size, in whatever process they are, and for
// the next run of the tests.
//
//	led, err := images.Template(ctx, pico, "led")
//	if err != nil { return err }
//	emulator.Start(led.File, "")
//
// Linking such a program keeps a core busy for 4 to 15 s, and takes most of the
// time of all tests. Images lie in bin/.firmware (make clean removes it), each in
// a folder that is named after its build id: what goes into a program goes into
// that, so an image is never an old one.
package images

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"studio"
	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/compile"
	"studioide/internal/flasher"
	"studioide/internal/flasher/uf2"
	"studioide/test/tree"
)

// keep is how long an image stays that no test has asked for.
const keep = 7 * 24 * time.Hour

// Image is a program that Studio's builder has made for a board.
type Image struct {
	Board board.Board
	ID    string         // of the build
	File  string         // the image's file, as flash tools take it
	Parts []flasher.Part // the same, by addresses
	ELF   string         // the file with its symbols
	Sizes api.Sizes      // what it takes of the board

	project string
	builder *compile.Builder
}

// Dir is the folder of everything; the tests of one computer share it.
func Dir() string {
	return tree.Path("bin", ".firmware")
}

// ELFs is a pattern of the names of the ELF files of all programs for a board.
func ELFs(boardID string) string { return filepath.Join(Dir(), "images", boardID, "*", "program.elf") }

// Template is one of the templates, with its name as title. All templates for a
// board are built in one workspace: only main.go is compiled anew.
func Template(ctx context.Context, to board.Board, name string) (Image, error) {
	source, err := fs.ReadFile(studio.Templates(), name+"/main.go")
	if err != nil {
		return Image{}, err
	}
	return build(ctx, filepath.Join(Dir(), to.ID), compile.Request{Program: name, Board: to, Web: web(name)}, source, false)
}

// Program is a program of a test, with that title. It has a workspace of its own: see Where.
func Program(ctx context.Context, to board.Board, title, source string) (Image, error) {
	return build(ctx, filepath.Join(Dir(), to.ID+"-"+title), compile.Request{Program: title, Board: to}, []byte(source), true)
}

// Where is Builder.Where for a program of a test. With another's build id it has to find nothing.
func (i Image) Where(ctx context.Context, p api.Diagnostic, id string) (api.Diagnostic, bool) {
	return i.builder.Where(ctx, p, filepath.Join(i.project, "source"), i.Board, id)
}

// build makes an image that there is not yet. fill wants the workspace to be that
// program's in any case, which takes no time when it is.
func build(ctx context.Context, project string, r compile.Request, source []byte, fill bool) (Image, error) {
	r.Dir = filepath.Join(project, "source")
	i := Image{Board: r.Board, project: project, builder: compile.New(project)}
	i.builder.Limits.Time = 0 // how busy this computer is says nothing of the program
	if err := os.MkdirAll(r.Dir, 0o777); err != nil {
		return i, err
	}
	lock := flock.New(filepath.Join(project, "lock"))
	if _, err := lock.TryLockContext(ctx, 50*time.Millisecond); err != nil {
		return i, err
	}
	defer lock.Unlock()
	if err := os.WriteFile(filepath.Join(r.Dir, "main.go"), source, 0o666); err != nil {
		return i, err
	}
	var err error
	if i.ID, err = i.builder.ID(ctx, r); err != nil {
		return i, err
	}
	folder := filepath.Join(Dir(), "images", r.Board.ID, i.ID)
	known := i.read(folder) == nil
	if known {
		now := time.Now()
		if err := os.Chtimes(folder, now, now); err != nil || !fill {
			return i, err
		}
	}

	made, err := i.builder.Build(ctx, r)
	if err != nil {
		if made != nil && len(made.Problems) > 0 {
			err = fmt.Errorf("%w %s\n%s", err, made.Problems[0].Text, made.Problems[0].Raw)
		}
		return i, fmt.Errorf("%s for %s: %w", r.Program, r.Board.ID, err)
	}
	if made.Sizes == nil || made.BuildID != i.ID {
		return i, fmt.Errorf("%s for %s: build %s, not %s, with sizes %v", r.Program, r.Board.ID, made.BuildID, i.ID, made.Sizes)
	}
	if known {
		return i, nil
	}
	prune()
	if err := i.write(folder, made); err != nil {
		return i, err
	}

	return i, i.read(folder)
}

// write makes the folder of an image appear with all that belongs into it.
func (i Image) write(folder string, made *compile.Result) error {
	elfs, err := filepath.Glob(filepath.Join(i.project, "build", "*", ".studio", "program.elf"))
	if err != nil || len(elfs) != 1 {
		return fmt.Errorf("%d ELF files in %s, want 1: %w", len(elfs), i.project, errors.Join(err, fs.ErrNotExist))
	}
	elf, err := os.ReadFile(elfs[0])
	if err != nil {
		return err
	}
	sizes, err := json.Marshal(made.Sizes)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o777); err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(filepath.Dir(folder), ".new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(fresh)
	for name, content := range map[string][]byte{"program" + made.Ext: made.File, "program.elf": elf, "sizes.json": sizes} {
		if err := os.WriteFile(filepath.Join(fresh, name), content, 0o666); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	return os.Rename(fresh, folder)
}

func (i *Image) read(folder string) error {
	sizes, err := os.ReadFile(filepath.Join(folder, "sizes.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(sizes, &i.Sizes); err != nil {
		return err
	}
	i.ELF, i.File = filepath.Join(folder, "program.elf"), filepath.Join(folder, "program.bin")
	if i.Board.Flash == "uf2" {
		i.File = filepath.Join(folder, "program.uf2")
	}
	content, err := os.ReadFile(i.File)
	if err != nil {
		return err
	}
	if i.Board.Flash == "uf2" {
		i.Parts, _, err = uf2.Unpack(content)
		return err
	}
	i.Parts = []flasher.Part{{Offset: uint32(i.Board.ProgramAt), Data: content}}
	return nil
}

// prune removes what nobody has asked for lately.
func prune() {
	folders, _ := filepath.Glob(filepath.Join(Dir(), "images", "*", "*"))
	for _, folder := range folders {
		if info, err := os.Stat(folder); err == nil && time.Since(info.ModTime()) > keep {
			os.RemoveAll(folder)
		}
	}
}

// web are a template's web files, for boards that have them in the program.
func web(template string) func() (map[string][]byte, error) {
	return func() (map[string][]byte, error) {
		files := map[string][]byte{}
		err := fs.WalkDir(studio.Templates(), template+"/www", func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				files[strings.TrimPrefix(path, template)], err = fs.ReadFile(studio.Templates(), path)
			}
			return err
		})
		return files, err
	}
}
