package compile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"studioide/internal/child"
	"studioide/internal/problem"
	"studioide/internal/toolchain"
	"studioide/ui/src/words/say"
)

// module is a library in the module cache.
type module struct{ Path, Version, Dir, Sum, Error string }

// moduleNote is what the workspace knows of its modules from last time.
type moduleNote struct {
	For     string // hash of go.mod and go.sum
	Cache   string // the module cache
	Modules []module
}

// modules finds the libraries of go.mod in the module cache. What is not on
// this computer yet is fetched; after that no internet is needed. what names
// them for people.
func (w *workspace) modules(ctx context.Context, tool toolchain.Go, what string, mod, sum []byte, progress func(string)) ([]module, error) {
	want := moduleNote{For: fmt.Sprintf("%x", sha256.Sum256(append(append([]byte(nil), mod...), sum...)))}
	var known moduleNote
	if b, err := os.ReadFile(w.own("modules")); err == nil && json.Unmarshal(b, &known) == nil && known.For == want.For && allThere(known.Modules) {
		w.moduleCache = known.Cache
		return known.Modules, nil
	}
	ask := w.own("ask")
	if err := os.MkdirAll(ask, 0o700); err != nil {
		return nil, cacheFailed(ask, err)
	}
	defer os.RemoveAll(ask)
	for name, b := range map[string][]byte{"go.mod": mod, "go.sum": sum} {
		if err := os.WriteFile(filepath.Join(ask, name), b, 0o600); err != nil {
			return nil, cacheFailed(ask, err)
		}
	}
	var err error
	if want.Cache, err = moduleCache(ctx, tool); err != nil {
		return nil, err
	}
	w.moduleCache = want.Cache
	if want.Modules, err = w.download(ctx, tool, ask, toolchain.Environment(tool.Path, "")); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if w.offline {
			return nil, modulesMissing(what, err)
		}
		progress(say.BuildFetchingFirstTimeOnly(what))
		if want.Modules, err = w.download(ctx, tool, ask, toolchain.Fetching(tool.Path)); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, modulesMissing(what, err)
		}
	}
	b, err := json.Marshal(want)
	if err == nil {
		err = os.WriteFile(w.own("modules"), b, 0o600)
	}
	if err != nil {
		return nil, cacheFailed(w.dir, err)
	}
	return want.Modules, nil
}

// moduleCache is the user's own, as Go says.
func moduleCache(ctx context.Context, tool toolchain.Go) (string, error) {
	cmd := exec.CommandContext(ctx, tool.Path, "env", "GOMODCACHE")
	cmd.Env, cmd.Dir = toolchain.Fetching(tool.Path), os.TempDir()
	out, err := child.Output(cmd)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", toolchain.GoBroken(tool.Path, err)
	}
	return strings.TrimSpace(string(out)), nil
}

func allThere(list []module) bool {
	for _, m := range list {
		if info, err := os.Stat(m.Dir); err != nil || !info.IsDir() {
			return false
		}
	}
	return len(list) > 0
}

// download has the go command bring the modules of dir's go.mod into the cache, as far as env lets it.
func (w *workspace) download(ctx context.Context, tool toolchain.Go, dir string, env []string) ([]module, error) {
	cmd := exec.CommandContext(ctx, tool.Path, "mod", "download", "-json")
	cmd.Dir = dir
	cmd.Env = append(env, "GOFLAGS=-mod=mod", "GOMODCACHE="+w.moduleCache)
	var said bytes.Buffer
	cmd.Stderr = &limited{&said, 1 << 16}
	out, err := child.Output(cmd)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var list []module
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var m module
		e := d.Decode(&m)
		if e == io.EOF {
			break
		}
		if e != nil || m.Error != "" || m.Dir == "" {
			return nil, errors.Join(err, e, errors.New(m.Error))
		}
		list = append(list, m)
	}
	if err != nil || len(list) == 0 {
		return nil, errors.Join(err, errors.New(said.String()))
	}
	return list, nil
}

func modulesMissing(what string, err error) *problem.Problem {
	return errMissing.With(what).Because(err)
}
