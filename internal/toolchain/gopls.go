package toolchain

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"studioide/internal/api"
	"studioide/internal/child"
	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

// GoplsVersion is the gopls that Studio is tested with. It is built from source:
// the Go team publishes no programs. 0.24 does not take Go 1.26.
const GoplsVersion = "0.23.0"

// goplsGo is the oldest Go that builds it.
const goplsGo = 26

// The module that it is built in: each library's version and hash are fixed.
var (
	//go:embed gopls.mod
	goplsMod []byte
	//go:embed gopls.sum
	goplsSum []byte
)

// goplsSetting names a gopls to be used instead of Studio's own.
const goplsSetting = "STUDIO_GOPLS"

// goplsParts is about how many packages it is made of, to tell how far its building is.
const goplsParts = 480

// Gopls finds the language server; the error says what to do.
func (t *Tools) Gopls(context.Context) (path string, err error) {
	if named := os.Getenv(goplsSetting); named != "" {
		if info, err := os.Stat(named); err != nil || info.IsDir() {
			return "", errGoplsNamed.With(named)
		}
		return named, nil
	}
	if err := t.goplsFits(); err != nil {
		return "", err
	}
	path = t.goplsPath()
	if _, err := os.Stat(path); err != nil {
		return "", errGoplsMissing
	}
	return path, nil
}

// goplsMemory is how much memory a computer needs that runs gopls beside a
// browser and builds: 2 GB, of which firmware and graphics may have taken a part.
// gopls has up to 300 MB of it, a TinyGo build 1 GB.
const goplsMemory = 1750 << 20

// goplsFits says whether this computer has enough memory. Whoever names a gopls has decided that himself.
func (t *Tools) goplsFits() error {
	total := totalMemory
	if t.memory != nil {
		total = t.memory
	}
	if n := total(); n >= 0 && n < goplsMemory {
		return errGoplsMemory.With(int(n >> 20))
	}
	return nil
}

func (t *Tools) goplsPath() string {
	name := "gopls"
	if runtime.GOOS == "windows" {
		name = "gopls.exe"
	}
	return filepath.Join(t.dir, "gopls-"+GoplsVersion, name)
}

// GoplsState is what the page and studio toolchain status say of it.
func (t *Tools) GoplsState(ctx context.Context) api.LanguageServer {
	path, err := t.Gopls(ctx)
	if err != nil {
		return api.LanguageServer{Problem: problem.Of(err), Offer: GoplsVersion}
	}
	return api.LanguageServer{Version: GoplsVersion, Path: path, Offer: GoplsVersion}
}

// InstallGopls fetches gopls's source and builds it into Studio's cache, unless
// it is there. Modules come as Go's own settings say; only sources with the known hashes are built.
func (t *Tools) InstallGopls(ctx context.Context, report Report) (path string, err error) {
	if os.Getenv(goplsSetting) != "" {
		return t.Gopls(ctx)
	}
	if err := t.goplsFits(); err != nil {
		return "", err
	}
	golang, err := t.Go(ctx)
	if err != nil {
		return "", err
	}
	if minor, ok := goMinor(golang.Version); ok && minor < goplsGo {
		return "", errGoplsGo.With(GoplsVersion, strings.TrimPrefix(golang.Version, "go"), goplsGo)
	}
	in := installer{dir: t.dir, report: report, free: freeSpace}
	unlock, err := in.lock(ctx, "gopls.lock", say.ToolchainWaitingForGoplsInstall())
	if err != nil {
		return "", err
	}
	defer unlock()
	path = t.goplsPath()
	if tryGopls(ctx, path, golang) == nil {
		return path, nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	left, _ := filepath.Glob(filepath.Join(t.dir, ".gopls-*")) // of an installation that was killed
	for _, dir := range left {
		os.RemoveAll(dir)
	}
	fresh, err := os.MkdirTemp(t.dir, ".gopls-")
	if err != nil {
		return "", in.unusable(err)
	}
	defer os.RemoveAll(fresh)
	if err := buildGopls(ctx, golang, fresh, filepath.Base(path), report); err != nil {
		return "", err
	}
	if err := tryGopls(ctx, filepath.Join(fresh, filepath.Base(path)), golang); err != nil {
		return "", errGoplsBuild.Because(err)
	}
	target := filepath.Dir(path)
	if err := os.RemoveAll(target); err != nil {
		return "", in.unusable(err)
	}
	for _, name := range []string{"go.mod", "go.sum", "main.go"} {
		os.Remove(filepath.Join(fresh, name))
	}
	if err := in.rename(ctx, fresh, target); err != nil {
		return "", err
	}
	older, _ := filepath.Glob(filepath.Join(t.dir, "gopls-*"))
	for _, dir := range older {
		if dir != target {
			os.RemoveAll(dir) // one that runs goes another time
		}
	}
	return path, nil
}

// buildGopls builds it into dir.
func buildGopls(ctx context.Context, golang Go, dir, name string, report Report) error {
	for file, content := range map[string][]byte{"go.mod": goplsMod, "go.sum": goplsSum} {
		if err := os.WriteFile(filepath.Join(dir, file), content, 0o600); err != nil {
			return err
		}
	}
	tmp := filepath.Join(dir, "tmp")
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	report("download", say.ToolchainFetchingGopls(GoplsVersion), 0, 0)
	cmd := exec.CommandContext(ctx, golang.Path, "build", "-v", "-mod=readonly", "-buildvcs=false", "-ldflags=-s -w", "-o", name, "golang.org/x/tools/gopls")
	cmd.Dir, cmd.Env = dir, append(Fetching(golang.Path), "GOTMPDIR="+tmp, "GOFLAGS=")
	r, w := io.Pipe()
	cmd.Stderr = w
	said := make(chan string, 1)
	go func() { said <- follow(r, report) }()
	err := child.Run(cmd)
	w.Close()
	complaint := <-said
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		cause := errors.Join(err, errors.New(complaint))
		if strings.Contains(complaint, "SECURITY ERROR") || strings.Contains(complaint, "checksum mismatch") {
			return errGoplsHash.Because(cause)
		}
		if strings.Contains(complaint, "dial ") || strings.Contains(complaint, "reading http") || strings.Contains(complaint, "proxy") || strings.Contains(complaint, "no such host") {
			return errGoplsOffline.Because(cause)
		}
		return errGoplsBuild.Because(cause)
	}
	return nil
}

// follow tells how far a build is, from what go build -v says, and returns the end of what it complains about.
func follow(r io.Reader, report Report) string {
	var complaint bytes.Buffer
	built := 0
	for lines := bufio.NewScanner(r); lines.Scan(); {
		line := lines.Text()
		switch what, ok := strings.CutPrefix(line, "go: downloading "); {
		case ok:
			report("download", say.ToolchainFetchingGopls2(GoplsVersion, what), 0, 0)
		case !strings.Contains(line, " ") && !strings.HasPrefix(line, "#"): // a package
			built++
			report("build", say.ToolchainBuildingGoplsPartAbout(GoplsVersion, built, goplsParts), 0, 0)
		case complaint.Len() < 8<<10:
			complaint.WriteString(line + "\n")
		}
	}
	io.Copy(io.Discard, r)
	return complaint.String()
}

// tryGopls starts it.
func tryGopls(ctx context.Context, path string, golang Go) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	_, err := ask(ctx, path, Environment(golang.Path, ""), "version")
	return err
}
