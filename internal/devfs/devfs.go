package devfs

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"sort"
	"strings"
	"unicode/utf8"

	"studio/link"

	"studioide/ui/src/words/say"
)

// File is a file on a board.
type File struct {
	Path string // "/www/led.html"
	Size int64
	Hash string // see Hash
}

// Root sums up all files of a board.
type Root struct {
	Hash  string // see RootHash
	Count int
}

// WriteResult says how a file got there. Sent + Copied + Resumed is its size.
type WriteResult struct {
	Sent    int64 // bytes of the file that had to be sent (fewer on the line: they are compressed)
	Copied  int64 // taken from the version that was on the board
	Resumed int64 // had arrived in an earlier, interrupted attempt
}

// FS is the files of one board. It may be used from several goroutines;
// writes happen one after another. Every method may be repeated after an
// error. Errors are problems: board.not-found, board.no-space, board.too-long,
// board.flash-failed, link.no-answer, link.restarted, port.gone and so on.
type FS interface {
	Root(ctx context.Context) (Root, error)
	// List gives all files, sorted by path.
	List(ctx context.Context) ([]File, error)
	Read(ctx context.Context, path string, w io.Writer) error
	// Write replaces a file and returns when the board has verified it.
	// progress may be nil; it is told bytes of content that are on the board.
	Write(ctx context.Context, path string, content []byte, progress func(done, total int64)) (WriteResult, error)
	// Remove is content when there is no such file.
	Remove(ctx context.Context, path string) error
	// Format removes all files, also when the store is damaged.
	Format(ctx context.Context) error
	// Usage is in bytes of the store.
	Usage(ctx context.Context) (used, free int64, err error)
}

// Hash names a content: the first 16 bytes of its SHA-256, in hex.
func Hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:link.HashSize])
}

// RootHash is what a board with exactly these files answers to ROOT.
func RootHash(files []File) string {
	files = append([]File(nil), files...)
	sort.Slice(files, func(i, j int) bool { return files[i].Path < files[j].Path })
	h := sha256.New()
	for _, f := range files {
		h.Write(append([]byte(f.Path), 0))
		h.Write(binary.LittleEndian.AppendUint32(nil, uint32(f.Size)))
		sum, _ := hex.DecodeString(f.Hash)
		h.Write(sum)
	}
	return hex.EncodeToString(h.Sum(nil)[:link.HashSize])
}

// CheckPath says why a board cannot have a file of that name, or nil.
func CheckPath(path string) error {
	bad := func(why string) error {
		return errInvalid.With(strings.ToValidUTF8(path, "?"), why)
	}
	switch {
	case len(path) > link.MaxPath:
		return errTooLong
	case !utf8.ValidString(path):
		return bad(say.DevfsItNotUtf8())
	case !strings.HasPrefix(path, "/"):
		return bad(say.DevfsItDoesNotStartWith())
	}
	for _, r := range path {
		if r < ' ' || r == 0x7f {
			return bad(say.DevfsItHasControlCharacter())
		}
	}
	for _, part := range strings.Split(path[1:], "/") {
		if part == "" || part == "." || part == ".." {
			return bad(say.DevfsAPartItEmptyOr())
		}
	}
	return nil
}
