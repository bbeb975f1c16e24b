package devfs

import (
	"context"
	"encoding/hex"
	"io"
	"sort"
	"sync"

	"studio/link"

	"studioide/internal/devlink"
	"studioide/internal/problem"
)

// boardFS is the file service of the device link (docs/link-protocol.md, Files).
type boardFS struct {
	conn  *devlink.Conn
	hello devlink.Hello

	sending chan struct{} // taken while a file's requests go out: a board has one write open at a time

	mu     sync.Mutex
	listed []File // what was last listed, sorted, brought up to date by own writes …
	root   string // … and the hash of that; "" when nothing is known
}

// New returns the files of the board that said h. It is good as long as the
// link lasts; after a restart of the board make another.
func New(c *devlink.Conn, h devlink.Hello) FS {
	return &boardFS{conn: c, hello: h, sending: make(chan struct{}, 1)}
}

// lock waits for its turn to send a file's requests.
func (b *boardFS) lock(ctx context.Context) error {
	select {
	case b.sending <- struct{}{}:
		return nil
	case <-ctx.Done():
		return problem.Of(ctx.Err())
	}
}

func (b *boardFS) unlock() { <-b.sending }

// Traffic is how many bytes the line has carried, in both directions.
func (b *boardFS) Traffic() int64 {
	in, out := b.conn.Traffic()
	return in + out
}

// maxFile is more than any board's flash holds: a file that goes on beyond it never ends.
const maxFile = 16 << 20

func (b *boardFS) Root(ctx context.Context) (Root, error) {
	result, err := b.conn.Call(ctx, link.OpRoot, nil)
	if err != nil {
		return Root{}, err
	}
	r := link.Reader{B: result}
	root := Root{Hash: hex.EncodeToString(r.Bytes(link.HashSize)), Count: int(r.U16())}
	if r.Short {
		return Root{}, ErrStrange
	}
	return root, nil
}

func (b *boardFS) Usage(ctx context.Context) (used, free int64, err error) {
	s, err := b.conn.Status(ctx)
	return s.FilesUsed, s.FilesFree, err
}

func (b *boardFS) List(ctx context.Context) ([]File, error) {
	root, err := b.Root(ctx)
	if err != nil {
		return nil, err
	}
	return b.listAt(ctx, root)
}

// listAt lists, unless root says that nothing has changed since the last time.
func (b *boardFS) listAt(ctx context.Context, root Root) ([]File, error) {
	b.mu.Lock()
	known := append([]File{}, b.listed...)
	same := b.root != "" && b.root == root.Hash
	if root.Count == 0 {
		b.listed, b.root = nil, root.Hash
		known, same = []File{}, true
	}
	b.mu.Unlock()
	if same {
		return known, nil
	}
	for range 3 { // once more when the program changed a file meanwhile
		files, err := b.fetchList(ctx)
		if err != nil {
			return nil, err
		}
		if RootHash(files) == root.Hash {
			b.mu.Lock()
			b.listed, b.root = append([]File{}, files...), root.Hash
			b.mu.Unlock()
			return files, nil
		}
		if root, err = b.Root(ctx); err != nil {
			return nil, err
		}
	}
	return nil, ErrStrange
}

func (b *boardFS) fetchList(ctx context.Context) ([]File, error) {
	files := []File{}
	for {
		args := make([]byte, 2)
		link.PutU16(args, uint16(len(files)))
		result, err := b.conn.Call(ctx, link.OpList, args)
		if err != nil {
			return nil, err
		}
		r := link.Reader{B: result}
		total := int(r.U16())
		before := len(files)
		for len(r.B) > 0 {
			f := File{Path: string(r.Str()), Size: int64(r.U32()), Hash: hex.EncodeToString(r.Bytes(link.HashSize))}
			if r.Short {
				return nil, ErrStrange
			}
			files = append(files, f)
		}
		if r.Short || len(files) == before && len(files) < total {
			return nil, ErrStrange
		}
		if len(files) >= total {
			sort.Slice(files, func(i, j int) bool { return files[i].Path < files[j].Path })
			return files, nil
		}
	}
}

// note brings the list that is remembered up to date after a write or, with
// size -1, a removal.
func (b *boardFS) note(path string, size int64, hash string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.root == "" {
		return
	}
	kept := b.listed[:0:0]
	for _, f := range b.listed {
		if f.Path != path {
			kept = append(kept, f)
		}
	}
	if size >= 0 {
		kept = append(kept, File{path, size, hash})
		sort.Slice(kept, func(i, j int) bool { return kept[i].Path < kept[j].Path })
	}
	b.listed, b.root = kept, RootHash(kept)
}

// known is the file as last listed; size 0 when there is none.
func (b *boardFS) known(path string) File {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.listed {
		if f.Path == path {
			return f
		}
	}
	return File{}
}

func pathArg(path string) []byte { return append([]byte{byte(len(path))}, path...) }

func (b *boardFS) Remove(ctx context.Context, path string) error {
	if err := CheckPath(path); err != nil {
		return err
	}
	if err := b.lock(ctx); err != nil {
		return err
	}
	defer b.unlock()
	if _, err := b.conn.Call(ctx, link.OpDelete, pathArg(path)); err != nil {
		b.forget()
		return err
	}
	b.note(path, -1, "")
	return nil
}

func (b *boardFS) Format(ctx context.Context) error {
	if err := b.lock(ctx); err != nil {
		return err
	}
	defer b.unlock()
	b.forget()
	_, err := b.conn.Call(ctx, link.OpFormat, nil)
	return err
}

// forget drops the remembered list.
func (b *boardFS) forget() {
	b.mu.Lock()
	b.listed, b.root = nil, ""
	b.mu.Unlock()
}

// readAhead is how many READs are under way at a time.
const readAhead = 4

func (b *boardFS) Read(ctx context.Context, path string, w io.Writer) error {
	if err := CheckPath(path); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var queue []*devlink.Pending
	defer func() {
		cancel()
		for _, p := range queue {
			_, _ = p.Wait(ctx)
		}
	}()
	ask := func(offset, count int) {
		args := append(pathArg(path), 0, 0, 0, 0, 0, 0)
		link.PutU32(args[len(args)-6:], uint32(offset))
		link.PutU16(args[len(args)-2:], uint16(count))
		queue = append(queue, b.conn.Go(link.OpRead, args))
	}
	have, asked, step := 0, 0, 0 // step: what the board gives at a time
	for {
		if step == 0 {
			if len(queue) == 0 {
				ask(have, 4096)
			}
		} else {
			for len(queue) < readAhead {
				ask(asked, step)
				asked += step
			}
		}
		result, err := queue[0].Wait(ctx)
		queue = queue[1:]
		if err != nil {
			return err
		}
		if len(result) == 0 {
			return nil
		}
		if _, err := w.Write(result); err != nil {
			return err
		}
		if have += len(result); have > maxFile {
			return ErrStrange
		}
		switch {
		case step == 0:
			step, asked = len(result), have
		case len(result) != step:
			// The end, or the board gives less now: ask again from here.
			for _, p := range queue {
				if _, err := p.Wait(ctx); err != nil {
					return err
				}
			}
			queue, step = nil, 0
		}
	}
}
