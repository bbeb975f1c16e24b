package compile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"studio"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/compile/explain"
	"studioide/internal/flasher"
	"studioide/internal/problem"
	"studioide/internal/toolchain"
	"studioide/ui/src/words/say"
)

// ErrFailed is what Build returns when the program has mistakes; Result.Problems names them.

// Request says what to build. Dir, Program, Board and, for the virtual one, Pack are needed.
type Request struct {
	Dir         string                                          // the project's folder
	Sources     Tree                                            // what is in it; nil: it is read
	Program     string                                          // its title: what the board says it runs
	Board       board.Board                                     // what it is built for
	AllowNative bool                                            // the user lets this project use cgo and all of the computer's packages
	Sandbox     bool                                            // build for the virtual board's sandbox: WebAssembly instead of this computer's code
	Pack        func(program []byte) ([]byte, error)            // makes a flash image of the virtual board's program
	Prepare     func(ctx context.Context, program []byte) error // has the sandbox's machine code made of a program; nil: its start does it
	Web         func() (map[string][]byte, error)               // the web files ("/www/led.html"), for boards that have them in the program; nil: none
	Progress    func(text string)                               // what is happening, in words; may be nil
}

// Result of a build. After ErrFailed only Problems and Duration are set, and
// Sizes when the program is too large.
type Result struct {
	Parts    []flasher.Part
	File     []byte                          // the image as other flash tools take it
	Ext      string                          // its file name's end: ".bin", ".uf2"
	BuildID  string                          // 16 hex digits; the same for the same sources, runtime, board, title and compiler
	Size     int64                           // bytes of all parts
	Sizes    *api.Sizes                      // what it takes of the board; nil for the virtual one
	Reused   bool                            // nothing had changed since the last build
	Prepare  func(ctx context.Context) error // Request.Prepare for what was built; nil: there is nothing to prepare
	Problems []api.Diagnostic
	Duration time.Duration
}

// Builder builds one program at a time; further calls wait for their turn, in
// other processes, too. It may be used from several goroutines.
type Builder struct {
	Runtime fs.FS            // the runtime's module; nil: the one that Studio comes with
	Tools   *toolchain.Tools // the compilers
	Limits  Limits           // what they may take

	dir  string
	slot chan struct{}

	once    sync.Once
	runtime runtimeTree
	err     error
}

// New returns a Builder whose workspaces are in cacheDir/build.
func New(cacheDir string) *Builder {
	return &Builder{Tools: toolchain.New(cacheDir), Limits: DefaultLimits, dir: filepath.Join(cacheDir, "build"), slot: make(chan struct{}, 1)}
}

// CanBuild says why programs for a board cannot be built on this computer now; nil when they can.
func (b *Builder) CanBuild(ctx context.Context, to board.Board) error {
	_, err := b.compiler(ctx, to)
	return err
}

// compiler finds what builds for a board: for the virtual board, only Go.
func (b *Builder) compiler(ctx context.Context, to board.Board) (tool toolchain.TinyGo, err error) {
	if to.Virtual {
		tool.Go, err = b.Tools.Go(ctx)
		return tool, err
	}
	if to.Unfit != "" {
		return tool, errUnfit.With(to.Unfit)
	}
	return b.Tools.For(ctx, to)
}

// Build makes the program. Cancelling ctx ends the compiler and everything it has started.
func (b *Builder) Build(ctx context.Context, r Request) (*Result, error) {
	start := time.Now()
	result, err := b.build(ctx, r)
	if result != nil {
		result.Duration = time.Since(start)
	}
	if err != nil && ctx.Err() != nil {
		return result, problem.Cancelled.Because(ctx.Err())
	}
	return result, err
}

func (b *Builder) build(ctx context.Context, r Request) (*Result, error) {
	progress := r.Progress
	if progress == nil {
		progress = func(string) {}
	}
	select {
	case b.slot <- struct{}{}:
	default:
		progress(say.BuildWaitingForAnotherBuildTo())
		select {
		case b.slot <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	defer func() { <-b.slot }()

	sources, err := readSources(r.Dir, r.Sources)
	if err != nil {
		return nil, err
	}
	runtime, err := b.runtimeFiles()
	if err != nil {
		return nil, err
	}
	tool, selected, err := b.look(ctx, sources, r, runtime)
	if err != nil {
		return nil, err
	}
	if found := append(selected.checkSelection(r.Board.Name), selected.check(r, runtime.packages)...); len(found) > 0 {
		return &Result{Problems: found}, ErrFailed
	}
	if tool.Go.Path == "" {
		if tool, err = b.compiler(ctx, r.Board); err != nil {
			return nil, err
		}
	}
	web, err := webImage(r)
	if err != nil {
		return nil, err
	}
	program := programName(r.Program)
	id := buildID(sources, runtime.hash, r, web, program, tool.Version+" "+tool.Go.Version)

	w, err := openWorkspace(ctx, b.dir, r)
	if err != nil {
		return nil, err
	}
	defer w.close()
	w.limits = b.Limits
	made, sizes, known := w.last(id)
	if !known {
		progress(say.BuildCompiling(r.Program))
		var found []api.Diagnostic
		if r.Board.Virtual {
			found, err = b.buildHost(ctx, w, tool.Go, runtime, selected, r, program, id, progress)
		} else if err = w.prepare(ctx, tool, runtime, selected, r, web, progress); err == nil {
			found, sizes, err = b.buildTinyGo(ctx, w, tool, r, selected, program, id)
		}
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			return &Result{Problems: found, Sizes: sizes}, ErrFailed
		}
		if made, err = w.keep(id, sizes); err != nil {
			return nil, err
		}
	}
	result := &Result{File: made, Ext: extension(r.Board), BuildID: id, Sizes: sizes, Reused: known}
	if r.Board.Virtual {
		if r.Sandbox && r.Prepare != nil {
			result.Prepare = func(ctx context.Context) error { return r.Prepare(ctx, made) }
		}
		if result.File, err = r.Pack(made); err != nil {
			return nil, err
		}
	}
	if result.Parts, err = parts(r.Board, result.File); err != nil {
		return nil, err
	}
	for _, p := range result.Parts {
		result.Size += int64(len(p.Data))
	}
	return result, nil
}

// buildHost builds the program for the virtual board. What is wrong with it comes back as problems.
func (b *Builder) buildHost(ctx context.Context, w *workspace, tool toolchain.Go, runtime runtimeTree, sources selection, r Request, program, id string, progress func(string)) ([]api.Diagnostic, error) {
	if err := w.fill(runtime, sources, true); err != nil {
		return nil, err
	}
	if err := w.hostLibraries(ctx, tool, runtime, librariesFor(r.Board, sources), progress); err != nil {
		return nil, err
	}
	output, err := w.compile(ctx, tool, hostFlags(program, id), r.Sandbox, sources.usesC && !r.Sandbox)
	if err != nil || output == "" {
		return nil, err
	}
	return sources.explain(output, explain.Sources{Symbols: w.symbols(sources, b.symbols(tool))}), nil
}

func (b *Builder) runtimeFiles() (runtimeTree, error) {
	b.once.Do(func() {
		b.runtime, b.err = readRuntime(b.runtimeFS())
	})
	return b.runtime, b.err
}

func (b *Builder) runtimeFS() fs.FS {
	if b.Runtime != nil {
		return b.Runtime
	}
	return studio.Runtime()
}

// hostFlags are those that go into the program; all others are in compile.
func hostFlags(program, id string) string {
	return fmt.Sprintf(`-s -w -X "studio/board.program=%s" -X studio/board.build=%s`, program, id)
}

// programName makes a title fit for a linker flag and for the link's hello: no double quotes, at most 64 bytes.
func programName(title string) string {
	title = strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case r < 0x20 || r == 0x7f || r == utf8.RuneError:
			return -1
		}
		return r
	}, title)
	for len(title) > 64 {
		_, n := utf8.DecodeLastRuneInString(title)
		title = title[:len(title)-n]
	}
	return title
}

func buildID(s *sources, runtime string, r Request, web []byte, program, compiler string) string {
	h := sha256.New()
	fmt.Fprintf(h, "studio 1\x00%s\x00%s\x00%s\x00%s\x00%v\x00", runtime, r.Board.ID, program, compiler, r.AllowNative)
	if r.Sandbox {
		fmt.Fprint(h, "sandbox\x00")
	}
	if !r.Board.Virtual {
		fmt.Fprintf(h, "%s\x00%q\x00%x\x00", thisBoard(r.Board), tinygoArguments(r.Board, "", "", ""), sha256.Sum256(web))
	}
	for _, name := range s.names {
		fmt.Fprintf(h, "%s\x00%d\x00", name, len(s.files[name]))
		h.Write(s.files[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Panic reads the console text of a program that ended and says what happened,
// and where, if it was a panic.
func Panic(text string) (api.Diagnostic, bool) { return explain.Panic(text) }

// cacheFailed says that the workspace cannot be used.
func cacheFailed(dir string, err error) error {
	return errCache.With(dir).Because(err)
}
