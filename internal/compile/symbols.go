package compile

import (
	"context"
	"encoding/json"
	gobuild "go/build"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"studioide/internal/board"
	"studioide/internal/child"
	"studioide/internal/compile/explain"
	"studioide/internal/toolchain"
)

// boardSymbols is symbols for a real board: package machine is TinyGo's, as it
// is for the board's target.
func (b *Builder) boardSymbols(ctx context.Context, tool toolchain.TinyGo, to board.Board) func(importPath string) explain.Package {
	others := b.symbols(tool.Go)
	machine := sync.OnceValue(func() explain.Package {
		return explain.ReadPackage(targetFS(ctx, tool, to), "machine")
	})
	return func(importPath string) explain.Package {
		if importPath == "machine" {
			return machine()
		}
		return others(importPath)
	}
}

// targetFS is TinyGo's own source as far as it is compiled for a board.
func targetFS(ctx context.Context, tool toolchain.TinyGo, to board.Board) fs.FS {
	info, err := targetInfo(ctx, tool, to)
	if err != nil {
		return os.DirFS(os.DevNull) // nothing to suggest
	}
	context := gobuild.Default
	context.GOOS, context.GOARCH, context.BuildTags, context.CgoEnabled = info.GOOS, info.GOARCH, info.Tags, true
	return matching{os.DirFS(filepath.Join(tool.Root, "src")), filepath.Join(tool.Root, "src"), context}
}

// target is what tinygo info -json says.
type target struct {
	GOROOT string   `json:"goroot"`
	GOOS   string   `json:"goos"`
	GOARCH string   `json:"goarch"`
	Tags   []string `json:"build_tags"`
}

func targetInfo(ctx context.Context, tool toolchain.TinyGo, to board.Board) (info target, err error) {
	cmd := exec.CommandContext(ctx, tool.Path, append([]string{"info", "-json", "-target=" + to.Target}, to.Flags...)...)
	cmd.Env, cmd.Dir = append(toolchain.Environment(tool.Go.Path, ""), "TINYGOROOT="+tool.Root), os.TempDir()
	out, err := child.Output(cmd)
	if err != nil {
		return info, err
	}
	return info, json.Unmarshal(out, &info)
}

// matching hides the Go files that a build leaves out.
type matching struct {
	fs.FS
	root    string
	context gobuild.Context
}

func (m matching) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(m.FS, name)
	return slices.DeleteFunc(all, func(e fs.DirEntry) bool {
		ok, err := m.context.MatchFile(filepath.Join(m.root, filepath.FromSlash(name)), e.Name())
		return err != nil || !ok
	}), err
}

// symbols tells the explanations what a package offers: the runtime's from
// Studio itself, others from Go's own source. Only a failed build asks.
func (b *Builder) symbols(tool toolchain.Go) func(importPath string) explain.Package {
	known := map[string]explain.Package{}
	return func(importPath string) explain.Package {
		p, ok := known[importPath]
		if ok {
			return p
		}
		if dir, own := strings.CutPrefix(importPath, "studio/"); own {
			p = explain.ReadPackage(b.runtimeFS(), dir)
		} else if importPath == "machine" {
			p = explain.ReadPackage(b.runtimeFS(), "machine")
		} else if explain.IsStandard(importPath) && tool.Root != "" && !strings.Contains(importPath, "..") {
			p = explain.ReadPackage(os.DirFS(filepath.Join(tool.Root, "src")), importPath)
		}
		known[importPath] = p
		return p
	}
}
