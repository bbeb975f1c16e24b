package compile

import (
	"context"
	gobuild "go/build"
	"os"
	"path/filepath"
	"slices"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/compile/explain"
	"studioide/internal/toolchain"
	"studioide/ui/src/words/say"
)

// look selects what is built for a board. The compiler is asked for the board's
// tags only when some file wants to know; then it is returned.
func (b *Builder) look(ctx context.Context, s *sources, r Request, runtime runtimeTree) (tool toolchain.TinyGo, picked selection, err error) {
	if r.Board.Virtual || !s.constrained() {
		return tool, s.selectFor(virtualTags), nil
	}
	if tool, err = b.compiler(ctx, r.Board); err != nil {
		return tool, picked, err
	}
	info, err := targetInfo(ctx, tool, r.Board)
	if err != nil {
		return tool, picked, errNoCompiler.With(r.Board.Name).Because(err)
	}
	return tool, s.selectFor(boardTags(r.Board, info.Tags)), nil
}

// noTags are names of operating systems and of the processors that TinyGo
// borrows from Go (an ESP32-C3 counts as arm): they say nothing about a board.
var noTags = []string{"linux", "windows", "darwin", "js", "wasip1", "arm", "arm64", "amd64", "386", "wasm"}

// virtualTags are the tags of //go:build lines that hold on the virtual board, which is a virtual ESP32-C3.
func virtualTags(tag string) bool {
	return slices.Contains([]string{"tinygo", "baremetal", "esp", "esp32c3", "virtual"}, tag) || goVersion(tag)
}

func boardTags(b board.Board, target []string) func(string) bool {
	return func(tag string) bool {
		return tag == "tinygo" || !slices.Contains(noTags, tag) && (slices.Contains(target, tag) || slices.Contains(b.Tags, tag)) || goVersion(tag)
	}
}

func goVersion(tag string) bool { return slices.Contains(gobuild.Default.ReleaseTags, tag) }

// explain turns what a compiler said into problems of the project's files.
func (s selection) explain(said string, src explain.Sources) []api.Diagnostic {
	src.Files, src.Folder = s.files, appDir
	board := src.Board
	if board == "" {
		board = say.BuildVirtualBoard()
	}
	problems := explain.Compiler(s.named(said), src)
	if len(problems) == 0 || problems[0].Code == "go.other" {
		if p, ok := s.explainDriver(said, board); ok {
			return []api.Diagnostic{p}
		}
	}
	for i := range problems {
		explainMachine(&problems[i], board, src.Symbols)
	}
	return s.explainUndefined(problems, board)
}

// symbols adds the project's own packages to those that others know.
func (w *workspace) symbols(s selection, others func(string) explain.Package) func(string) explain.Package {
	return func(importPath string) explain.Package {
		if folder, ok := s.folderOf(importPath); ok {
			return explain.ReadPackage(os.DirFS(filepath.Join(w.dir, appDir)), inWorkspace(folder))
		}
		return others(importPath)
	}
}
