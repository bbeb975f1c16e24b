package compile

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/compile/explain"
	"studioide/internal/toolchain"
)

// thisBoard is the source of the runtime's this_board.go: the catalogue's entry, as far as programs need it.
func thisBoard(b board.Board) []byte {
	pin := func(p board.Pin) string {
		if p.Number < 0 {
			return "NoPin"
		}
		return fmt.Sprint(p.Number)
	}
	return fmt.Appendf(nil, `//go:build tinygo

package board

// Made by Studio's builder of its catalogue of boards.

const (
	targetBoard  = %q
	ledActiveLow = %v
	filesOffset  = %#x
	filesSize    = %#x
)

// The pins that every board may have.
const (
	LED    Pin = %s // the board's own LED
	Button Pin = %s // its button
)
`, b.ID, b.LED.ActiveLow, b.FilesAt, b.FilesSize, pin(b.LED), pin(b.Button))
}

// tinygoTags are the build tags that choose parts of the runtime.
func tinygoTags(b board.Board) []string {
	tags := slices.Clone(b.Tags)
	if b.FilesSize == 0 {
		tags = append(tags, "romfiles")
	}
	return tags
}

// tinygoArguments of the tinygo command, for the program in ./app. -work keeps
// the ELF file, so that one run gives both it and the image.
func tinygoArguments(b board.Board, program, id, out string) []string {
	args := []string{"build", "-target=" + b.Target, "-work", "-size=full", "-ldflags", fmt.Sprintf(`-X "studio/board.program=%s" -X studio/board.build=%s`, inQuotes.Replace(program), id), "-o", out}
	if tags := tinygoTags(b); len(tags) > 0 {
		args = append(args, "-tags="+strings.Join(tags, " "))
	}
	return append(append(args, b.Flags...), "./"+appDir)
}

// inQuotes makes a text fit for double quotes in TinyGo's -ldflags, which it splits as a shell does. Go's own have no escapes.
var inQuotes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// tinygoEnvironment is a build's environment; everything temporary goes to tmp.
// Modules come from the cache: nothing is fetched behind the user's back.
func (w *workspace) tinygoEnvironment(tool toolchain.TinyGo, tmp string) []string {
	env := append(toolchain.Environment(tool.Go.Path, tmp), "TINYGOROOT="+tool.Root, "TMPDIR="+tmp, "TMP="+tmp, "TEMP="+tmp)
	if w.moduleCache != "" {
		env = append(env, "GOMODCACHE="+w.moduleCache)
	}
	return env
}

// forBoards is the part of the runtime that a board's program is built from.
func (t runtimeTree) forBoards() runtimeTree {
	t.names = slices.DeleteFunc(slices.Clone(t.names), func(name string) bool {
		first, _, _ := strings.Cut(name, "/")
		return slices.Contains([]string{"host", "machine", "interrupt", "volatile"}, first)
	})
	return t
}

// prepare makes w hold what the program of r is built from.
func (w *workspace) prepare(ctx context.Context, tool toolchain.TinyGo, runtime runtimeTree, sources selection, r Request, web []byte, progress func(string)) error {
	if err := w.fill(runtime.forBoards(), sources, false); err != nil {
		return err
	}
	if err := writeChanged(filepath.Join(w.dir, "board", "this_board.go"), thisBoard(r.Board)); err != nil {
		return cacheFailed(w.dir, err)
	}
	if web != nil {
		if err := writeChanged(filepath.Join(w.dir, "board", "www.img"), web); err != nil {
			return cacheFailed(w.dir, err)
		}
	}
	l := librariesFor(r.Board, sources)
	mod, sum := runtime.modules(l)
	return w.libraries(ctx, tool.Go, l.words(), mod, sum, progress)
}

// buildTinyGo builds the program for a real board. What it found wrong comes back as
// problems; sizes may be known all the same.
func (b *Builder) buildTinyGo(ctx context.Context, w *workspace, tool toolchain.TinyGo, r Request, sources selection, program, id string) ([]api.Diagnostic, *api.Sizes, error) {
	tmp, err := w.temporary()
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(tmp)
	out := w.own("new" + extension(r.Board))
	printed, said, err := w.run(ctx, tool.Path, tinygoArguments(r.Board, program, id, out), w.tinygoEnvironment(tool, tmp))
	if err != nil {
		return nil, nil, err
	}
	if said != "" {
		if over, ok := explain.Overflow(said); ok {
			return b.tooBig(ctx, w, tool, r.Board, over, said)
		}
		return sources.explain(said, explain.Sources{Symbols: w.symbols(sources, b.boardSymbols(ctx, tool, r.Board)), Board: r.Board.Name}), nil, nil
	}
	image, err := os.ReadFile(out)
	if err != nil {
		return nil, nil, cacheFailed(w.dir, err)
	}
	sizes, err := measure(r.Board, image, printed, tmp)
	if err != nil {
		return nil, nil, err
	}
	if sizes.Flash > sizes.FlashMax {
		return []api.Diagnostic{tooLong(r.Board, sizes.Flash, sizes.Largest)}, sizes, nil
	}
	if err := os.Rename(out, w.own("new")); err != nil {
		return nil, nil, cacheFailed(w.dir, err)
	}
	name, err := elfIn(tmp)
	if err == nil {
		err = os.Rename(name, w.own("new.elf")) // see Where
	}
	return nil, sizes, err
}

// elfIn finds the program that -work left behind.
func elfIn(tmp string) (string, error) {
	found, err := filepath.Glob(filepath.Join(tmp, "tinygo*", "main"))
	if err == nil && len(found) == 0 {
		err = fs.ErrNotExist
	}
	if err != nil {
		return "", fmt.Errorf("TinyGo left no ELF file: %w", err)
	}
	return found[0], nil
}
