package devfs

import (
	"context"
	"fmt"
	"strings"
)

// A board has no room for a file when its flash is full, or when it has as many
// files as it can keep. Which of them it is, and the numbers, are for who has to
// do something about it.

// tooLarge is about a file for which even an empty board has no room.
func tooLarge(path string, size, capacity int64) error {
	return errNoSpaceFile.With(shown(path), bytesText(size), bytesText(capacity))
}

// tooMany is about more files than the board keeps. others are the ones that
// are not in the project.
func tooMany(files, others, limit int) error {
	if others > 0 {
		return errTooManyOthers.With(limit, files, others)
	}
	return errTooManyAll.With(limit, files)
}

// fits says before anything is sent whether the board can have all files of
// local besides those that it has, as far as their number and the size of each
// one go.
func (b *boardFS) fits(local []Local, board []File) error {
	all := make(map[string]bool, len(local)+len(board))
	for _, l := range local {
		all[l.Path] = true
		if size := l.size(); size > b.hello.FilesCap {
			return tooLarge(l.Path, size, b.hello.FilesCap)
		}
	}
	for _, f := range board {
		all[f.Path] = true
	}
	if limit := b.hello.MaxFiles; limit > 0 && len(all) > limit {
		return tooMany(len(all), len(all)-len(local), limit)
	}
	return nil
}

// noRoom finds out why the board has refused a file.
func (b *boardFS) noRoom(ctx context.Context, path string, size int64, cause error) error {
	files, err := b.List(ctx)
	if err != nil {
		return cause
	}
	there, old := false, int64(0)
	for _, f := range files {
		if f.Path == path {
			there, old = true, f.Size
		}
	}
	if !there && b.hello.MaxFiles > 0 && len(files) >= b.hello.MaxFiles {
		return errTooManyFiles.With(b.hello.MaxFiles, len(files), shown(path)).Because(cause)
	}
	_, free, err := b.Usage(ctx)
	if err != nil {
		return cause
	}
	what := errNoSpaceFree
	if there && old > 0 {
		what = errNoSpaceNew
	}
	return what.With(shown(path), bytesText(size), bytesText(free)).Because(cause)
}

// shown is a path as users know it.
func shown(path string) string { return strings.TrimPrefix(path, "/") }

func bytesText(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1<<20:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}
