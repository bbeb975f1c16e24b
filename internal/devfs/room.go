package devfs

import (
	"context"
	"fmt"
	"strings"

	"studioide/internal/problem"
)

// A board has no room for a file when its flash is full, or when it has as many
// files as it can keep. Which of them it is, and the numbers, are for who has to
// do something about it.

// tooLarge is about a file for which even an empty board has no room.
func tooLarge(path string, size, capacity int64) error {
	return problem.New("board.no-space", fmt.Sprintf("%s is too large: it has %s, and the board has room for %s in all.", shown(path), bytesText(size), bytesText(capacity)),
		"Make it smaller.")
}

// tooMany is about more files than the board keeps. others are the ones that
// are not in the project.
func tooMany(files, others, limit int) error {
	text := fmt.Sprintf("The board can keep %d files, and it would have %d", limit, files)
	help := "Join some of them, or take out what no page needs."
	if others > 0 {
		text += fmt.Sprintf(", %d of them not of this project", others)
		help = "Remove what other projects have left on the board, or join some files."
	}
	return problem.New("board.too-many-files", text+".", help)
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
		return problem.New("board.too-many-files", fmt.Sprintf("The board keeps up to %d files and has %d, so %s has no place.", b.hello.MaxFiles, len(files), shown(path)),
			"Remove files that are no longer needed, or join some of them.").Because(cause)
	}
	_, free, err := b.Usage(ctx)
	if err != nil {
		return cause
	}
	text := fmt.Sprintf("There is no room on the board for %s: it has %s, and %s are free.", shown(path), bytesText(size), bytesText(free))
	if there && old > 0 {
		text = fmt.Sprintf("There is no room on the board for the new %s: it has %s, %s are free, and the old one stays until the new one is there.", shown(path), bytesText(size), bytesText(free))
	}
	return problem.New("board.no-space", text, "Remove files that are no longer needed, or make it smaller.").Because(cause)
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
