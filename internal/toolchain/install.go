package toolchain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"

	"studioide/internal/pause"
	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

// Report tells how far an installation is: a phase ("download", "unpack"), what
// is happening in words, and bytes (total 0: not known).
type Report func(phase, text string, done, total int64)

// lockPause is how often somebody who waits looks whether another installation has ended.
const lockPause = 50 * time.Millisecond

// installer installs one release. What a test wants to be otherwise are fields.
type installer struct {
	dir     string // CACHE/toolchain
	release Release
	from    string // where the archive is: the start of a URL, a folder, or the archive itself
	report  Report
	free    func(dir string) int64 // bytes; -1: not known
	silence time.Duration          // a server that says nothing for so long is given up
	pause   time.Duration          // before a download that was cut goes on
	works   func(ctx context.Context, path string) error

	told   time.Time // when bytes were reported last
	buffer []byte
}

// Install fetches TinyGo's official release for this system and puts it into
// Studio's cache; a TinyGo that is there already is kept until the new one
// works. from is where the archive is: a folder or file, or the start of a URL;
// "" takes the mirror that STUDIO_TOOLCHAIN_MIRROR names, or the TinyGo project.
// Wherever it comes from, only the archive with the known hash is installed.
func (t *Tools) Install(ctx context.Context, from string, report Report) (TinyGo, error) {
	release, ok := releases[runtime.GOOS+"/"+runtime.GOARCH]
	if !ok {
		return TinyGo{}, errNoRelease.With(runtime.GOOS, runtime.GOARCH, howToInstall())
	}
	golang, err := t.Go(ctx)
	if err != nil {
		return TinyGo{}, err // TinyGo could not be tried, and builds nothing without it
	}
	if from == "" {
		from = os.Getenv("STUDIO_TOOLCHAIN_MIRROR")
	}
	if from == "" {
		from = "https://github.com/tinygo-org/tinygo/releases/download/v" + release.Version
	}
	if goTooNew(golang.Version, release.newestGo) {
		tiny := TinyGo{Version: release.Version, Go: golang}
		return TinyGo{}, tiny.refuses(say.ToolchainUpTo1(release.newestGo), fmt.Sprintf("1.%d", release.newestGo))
	}
	in := installer{dir: t.dir, release: release, from: from, report: report, free: freeSpace, silence: 30 * time.Second, pause: time.Second}
	in.works = func(ctx context.Context, path string) error { return release.works(ctx, t.dir, path, golang) }
	path, err := in.install(ctx)
	if ctx.Err() != nil {
		return TinyGo{}, ctx.Err()
	}
	if err != nil {
		return TinyGo{}, err
	}
	return t.examine(ctx, path, golang)
}

// works tries the TinyGo at path.
func (r Release) works(ctx context.Context, ownDir, path string, golang Go) error {
	tiny := TinyGo{Path: path, Go: golang}
	if err := tiny.introduce(ctx, ownDir); err != nil {
		return err
	}
	if tiny.Version != r.Version {
		return tiny.broken(errors.New("it says that it is " + tiny.Version))
	}
	return nil
}

// lock waits, and says so, while another Studio installs what that file is for.
func (in *installer) lock(ctx context.Context, name, waiting string) (unlock func() error, err error) {
	if err := os.MkdirAll(in.dir, 0o700); err != nil {
		return nil, in.unusable(err)
	}
	lock := flock.New(filepath.Join(in.dir, name))
	if ok, err := lock.TryLock(); !ok {
		if err != nil {
			return nil, in.unusable(err)
		}
		in.report("download", waiting, 0, 0)
		if ok, err := lock.TryLockContext(ctx, lockPause); !ok {
			return nil, in.unusable(err)
		}
	}
	return lock.Unlock, nil
}

// install returns the path of the tinygo command that is there now.
func (in *installer) install(ctx context.Context) (string, error) {
	unlock, err := in.lock(ctx, "lock", say.ToolchainWaitingForAnotherStudioThat())
	if err != nil {
		return "", err
	}
	defer unlock()
	in.removeLeftoversLocked()
	target := filepath.Join(in.dir, "tinygo-"+in.release.Version)
	command := filepath.Join(target, "bin", command())
	if _, err := os.Stat(command); err == nil {
		if err := in.works(ctx, command); err == nil || !errors.Is(err, errTinygoBroken) {
			return command, err
		}
	}
	archive, err := in.fetch(ctx)
	if err != nil {
		return "", err
	}
	defer archive.Close()
	fresh, err := os.MkdirTemp(in.dir, ".new-")
	if err != nil {
		return "", in.unusable(err)
	}
	defer os.RemoveAll(fresh)
	if err := in.unpack(ctx, archive, fresh); err != nil {
		return "", err
	}
	in.report("unpack", say.ToolchainTryingTinygo(in.release.Version), 0, 0)
	if err := in.works(ctx, filepath.Join(fresh, "bin", filepath.Base(command))); err != nil {
		return "", err
	}
	if err := in.exchange(ctx, fresh, target); err != nil {
		return "", err
	}
	archive.Close() // before it is removed: Windows wants it so
	os.RemoveAll(filepath.Join(in.dir, "download"))
	older, _ := filepath.Glob(filepath.Join(in.dir, "tinygo-*"))
	for _, dir := range older {
		if dir != target {
			os.RemoveAll(dir) // what a build still uses goes another time
		}
	}
	return command, nil
}

// removeLeftoversLocked clears what an installation that was killed has left. It is called with the lock held.
func (in *installer) removeLeftoversLocked() {
	for _, pattern := range []string{".new-*", ".old-*"} {
		left, _ := filepath.Glob(filepath.Join(in.dir, pattern))
		for _, dir := range left {
			os.RemoveAll(dir)
		}
	}
}

// exchange puts the new folder in the target's place, or leaves the target as it was.
func (in *installer) exchange(ctx context.Context, fresh, target string) error {
	old := ""
	if _, err := os.Stat(target); err == nil {
		if old, err = os.MkdirTemp(in.dir, ".old-"); err != nil {
			return in.unusable(err)
		}
		if err := in.rename(ctx, target, filepath.Join(old, "tinygo")); err != nil {
			return err
		}
	}
	if err := in.rename(ctx, fresh, target); err != nil {
		if old != "" {
			os.Rename(filepath.Join(old, "tinygo"), target)
		}
		return err
	}
	if old != "" {
		os.RemoveAll(old)
	}
	return nil
}

// rename waits a while for virus scanners, which on Windows hold new files open.
func (in *installer) rename(ctx context.Context, from, to string) error {
	for try := 0; ; try++ {
		err := os.Rename(from, to)
		if err == nil {
			return nil
		}
		if runtime.GOOS != "windows" || try == 50 {
			return in.unusable(err)
		}
		if pause.For(ctx, 200*time.Millisecond) != nil {
			return ctx.Err()
		}
	}
}

// unusable says that the folder cannot be written, and why if that can be told.
func (in *installer) unusable(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	if free := in.free(in.dir); free >= 0 && free < 1<<20 {
		return in.full(0, free).Because(err)
	}
	return errUnusable.With(in.dir).Because(err)
}

// room returns a problem if there is no space for so many bytes.
func (in *installer) room(need int64) error {
	if free := in.free(in.dir); free >= 0 && free < need {
		return in.full(need, free)
	}
	return nil
}

func (in *installer) full(need, free int64) *problem.Problem {
	if need > 0 {
		return errNoRoom.With(megabytes(need), in.dir, megabytes(free))
	}
	return errDiskFull.With(in.dir)
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }
