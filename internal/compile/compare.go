package compile

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"

	"studioide/internal/child"
	"studioide/internal/toolchain"
)

// Comparison is what Compare measured: medians.
type Comparison struct {
	Builder   time.Duration // Build after a change
	Bare      time.Duration // go build or tinygo build after a change, in the same workspace
	Unchanged time.Duration // Build when nothing changed
	Rounds    int
}

// Ratio is how much longer Build takes than the bare command.
func (c Comparison) Ratio() float64 { return float64(c.Builder) / float64(c.Bare) }

// Compare measures, for benchmarks, warm incremental builds through b next to
// the compiler alone in the same workspace, turn by turn so that both see the same
// machine. change makes the sources differ from all earlier ones.
func Compare(ctx context.Context, b *Builder, r Request, rounds int, change func(n int) error) (Comparison, error) {
	c := Comparison{Rounds: rounds}
	next := 0
	sources := func() error { next++; return change(next) }
	if err := sources(); err != nil {
		return c, err
	}
	if _, err := b.Build(ctx, r); err != nil {
		return c, err
	}
	var builder, bare, unchanged []time.Duration
	for range rounds {
		if err := sources(); err != nil {
			return c, err
		}
		result, err := b.Build(ctx, r)
		if err != nil {
			return c, err
		}
		builder = append(builder, result.Duration)
		if result, err = b.Build(ctx, r); err != nil {
			return c, err
		}
		if !result.Reused {
			return c, fmt.Errorf("an unchanged program was built again")
		}
		unchanged = append(unchanged, result.Duration)

		if err := sources(); err != nil {
			return c, err
		}
		took, err := b.bare(ctx, r)
		if err != nil {
			return c, err
		}
		bare = append(bare, took)
	}
	for _, list := range [][]time.Duration{builder, bare, unchanged} {
		slices.Sort(list)
	}
	c.Builder, c.Bare, c.Unchanged = builder[rounds/2], bare[rounds/2], unchanged[rounds/2]
	return c, nil
}

// bare fills the workspace, and measures the compiler alone.
func (b *Builder) bare(ctx context.Context, r Request) (time.Duration, error) {
	s, err := readSources(r.Dir, r.Sources)
	if err != nil {
		return 0, err
	}
	t, err := b.runtimeFiles()
	if err != nil {
		return 0, err
	}
	tool, err := b.compiler(ctx, r.Board)
	if err != nil {
		return 0, err
	}
	selected := s.selectFor(func(string) bool { return true })
	web, err := webImage(r)
	if err != nil {
		return 0, err
	}
	w, err := openWorkspace(ctx, b.dir, r)
	if err != nil {
		return 0, err
	}
	defer w.close()
	out := w.own("bare" + extension(r.Board))
	defer os.Remove(out)
	cmd := exec.CommandContext(ctx, tool.Path, tinygoArguments(r.Board, programName(r.Program), "0", out)...)
	if r.Board.Virtual {
		if err = w.fill(t, selected, true); err == nil {
			err = w.hostLibraries(ctx, tool.Go, t, librariesFor(r.Board, selected), func(string) {})
		}
		cmd = exec.CommandContext(ctx, tool.Go.Path, arguments(hostFlags(programName(r.Program), "0"), out)...)
		cmd.Env = toolchain.Environment(tool.Go.Path, "")
	} else {
		err = w.prepare(ctx, tool, t, selected, r, web, func(string) {})
		cmd.Args = slices.DeleteFunc(cmd.Args, func(arg string) bool { return arg == "-work" || arg == "-size=full" })
		cmd.Env = w.tinygoEnvironment(tool, os.TempDir())
	}
	if err != nil {
		return 0, err
	}
	cmd.Dir = w.dir
	start := time.Now()
	var text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, &text
	if err := child.Run(cmd); err != nil {
		return 0, fmt.Errorf("%w\n%s", err, text.Bytes())
	}
	return time.Since(start), nil
}
