package devfs

import (
	"context"
	"sort"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

// Local is a file as the board is to have it.
type Local struct {
	Path    string // "/www/led.html"
	Content []byte
	Later   *Later // instead of Content: nobody needs it before the file is sent
}

// Later is a content that is known and not read yet.
type Later struct {
	Size int64
	Hash string // as Hash makes it
	Read func() ([]byte, error)
}

// Read gives the content. It may have changed since Size and Hash were known; what is read now is what counts.
func (l Local) Read() ([]byte, error) {
	if l.Later != nil {
		return l.Later.Read()
	}
	return l.Content, nil
}

func (l Local) file() File {
	if l.Later != nil {
		return File{Path: l.Path, Size: l.Later.Size, Hash: l.Later.Hash}
	}
	return File{Path: l.Path, Size: int64(len(l.Content)), Hash: Hash(l.Content)}
}

func (l Local) size() int64 {
	if l.Later != nil {
		return l.Later.Size
	}
	return int64(len(l.Content))
}

// WebRoot is where a board's server looks for web files.
const WebRoot = "/www/"

// Progress of a Push.
type Progress struct {
	Path        string // the file being sent
	Done, Total int64  // bytes of all files that have to be sent
}

// Options of Push. The zero value is fine.
type Options struct {
	Progress func(Progress) // never called by two goroutines at a time
}

// Result of Push.
type Result struct {
	Sent  []string // paths, sorted
	Same  int      // files that the board had already
	Extra []File   // web files that are only on the board; removing them is the user's choice
	Wire  int64    // bytes on the line in both directions, 0 unknown
}

// Plan compares what a board has with what it is to have, whichever way local
// writes its accents ([Name]).
func Plan(local []Local, board []File) (changed, same []Local, extra []File) {
	have := make(map[string]File, len(board))
	for _, f := range board {
		have[f.Path] = f
	}
	for _, l := range local {
		l.Path = Name(l.Path)
		if f, ok := have[l.Path]; ok && f == l.file() {
			same = append(same, l)
		} else {
			changed = append(changed, l)
		}
		delete(have, l.Path)
	}
	for _, f := range have {
		if strings.HasPrefix(f.Path, WebRoot) {
			extra = append(extra, f)
		}
	}
	sort.Slice(extra, func(i, j int) bool { return extra[i].Path < extra[j].Path })
	return changed, same, extra
}

// writers is how many files are under way at a time: while one waits for its
// verification, the next is on the line already.
const writers = 3

// Push writes those of local that the board does not have, and verifies them.
// Nothing is removed. After an error the files named in Sent are there and all
// others are as they were; a repeated Push goes on where it was interrupted.
func Push(ctx context.Context, fs FS, local []Local, o Options) (Result, error) {
	var r Result
	local, err := composed(local)
	if err != nil {
		return r, err
	}
	traffic := func() int64 { return 0 }
	if m, ok := fs.(interface{ Traffic() int64 }); ok {
		traffic = m.Traffic
	}
	before := traffic()
	board, err := present(ctx, fs, local)
	if err != nil {
		return r, err
	}
	changed, same, extra := Plan(local, board)
	if b, ok := fs.(*boardFS); ok {
		if err := b.fits(local, board); err != nil {
			return r, err
		}
	}
	sort.Slice(changed, func(i, j int) bool { return changed[i].Path < changed[j].Path })
	r.Same, r.Extra = len(same), extra
	r.Sent, err = sendAll(ctx, fs, changed, o)
	r.Wire = traffic() - before
	return r, err
}

// composed gives the files under the names that boards know them by, and checks
// these. A Mac may write an accent as a character of its own where pages write
// it together with its letter (Unicode's forms NFD and NFC); to both it is the
// same name, and boards have the second.
func composed(local []Local) ([]Local, error) {
	local = append([]Local(nil), local...)
	taken := make(map[string]bool, len(local))
	for i := range local {
		l := &local[i]
		l.Path = Name(l.Path)
		if err := CheckPath(l.Path); err != nil {
			return nil, err
		}
		if taken[l.Path] {
			return nil, errTwice.With(shown(l.Path))
		}
		taken[l.Path] = true
	}
	return local, nil
}

// Name is a path as boards have it: with accents and their letters as one character.
func Name(path string) string { return norm.NFC.String(path) }

// present lists the board's files, without listing them when the sum says that they are just local.
func present(ctx context.Context, fs FS, local []Local) ([]File, error) {
	root, err := fs.Root(ctx)
	if err != nil {
		return nil, err
	}
	wanted := make([]File, len(local))
	for i, l := range local {
		wanted[i] = l.file()
	}
	if root.Count == len(local) && root.Hash == RootHash(wanted) {
		return wanted, nil
	}
	if fs, ok := fs.(interface {
		listAt(context.Context, Root) ([]File, error)
	}); ok {
		return fs.listAt(ctx, root)
	}
	return fs.List(ctx)
}

// sendAll writes files, a few at a time.
func sendAll(ctx context.Context, fs FS, files []Local, o Options) (sent []string, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var mu sync.Mutex
	var done, total int64
	for _, f := range files {
		total += f.size()
	}
	next := 0
	send := func() {
		mu.Lock()
		defer mu.Unlock()
		for next < len(files) && err == nil {
			f := files[next]
			next++
			told := int64(0)
			tell := func(have int64) {
				done += have - told
				told = have
				if o.Progress != nil {
					o.Progress(Progress{f.Path, done, total})
				}
			}
			tell(0)
			mu.Unlock()
			content, failed := f.Read()
			if failed == nil {
				_, failed = fs.Write(ctx, f.Path, content, func(have, _ int64) {
					mu.Lock()
					defer mu.Unlock()
					tell(have)
				})
			}
			mu.Lock()
			if failed != nil {
				if err == nil {
					err = failed
				}
				cancel()
				return
			}
			tell(f.size())
			sent = append(sent, f.Path)
		}
	}
	var wg sync.WaitGroup
	for range min(writers, len(files)) {
		wg.Go(send)
	}
	wg.Wait()
	sort.Strings(sent)
	return sent, err
}
