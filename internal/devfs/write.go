package devfs

import (
	"context"
	"encoding/hex"

	"studio/link"

	"studioide/internal/devlink"
	"studioide/internal/problem"
)

const (
	writeAhead = 8        // WRITEs without a reply
	blind      = 12 << 10 // a file up to this size is sent without waiting for OPEN's answer
	copyMost   = 16 << 10 // per request, so that a board is never busy for long
	deltaLeast = 2        // blocks that a file must have to be worth comparing
	attempts   = 3
)

// Write sends a file: what the board's version has in common with it is
// copied there, the rest is deflated where that helps. Requests are not waited
// for one by one, so the line is never idle.
func (b *boardFS) Write(ctx context.Context, path string, content []byte, progress func(done, total int64)) (WriteResult, error) {
	if err := CheckPath(path); err != nil {
		return WriteResult{}, err
	}
	if int64(len(content)) > b.hello.FilesCap {
		return WriteResult{}, tooLarge(path, int64(len(content)), b.hello.FilesCap)
	}
	w := write{b: b, path: path, content: content, hash: Hash(content), progress: progress}
	w.plan(ctx)
	var err error
	for i := range attempts {
		if err = w.attempt(ctx, i > 0); err == nil {
			b.note(path, int64(len(content)), w.hash)
			return w.result, nil
		}
		switch {
		case devlink.HasStatus(err, link.StatusBadHash) || devlink.HasStatus(err, link.StatusNotFound) || devlink.HasStatus(err, link.StatusBadArgument):
			w.pieces = literals(content) // the old version was another one than we thought
		case devlink.HasStatus(err, link.StatusNoSpace):
			b.forget()
			return w.result, b.noRoom(ctx, path, int64(len(content)), err)
		case devlink.HasStatus(err, link.StatusBadOffset):
		default:
			b.forget()
			return w.result, err
		}
	}
	b.forget()
	return w.result, err
}

// write is one file on its way.
type write struct {
	b        *boardFS
	path     string
	content  []byte
	hash     string
	pieces   []piece
	progress func(done, total int64)
	result   WriteResult
}

func literals(content []byte) []piece {
	if len(content) == 0 {
		return nil
	}
	return []piece{{size: len(content)}}
}

// plan decides what has to be sent.
func (w *write) plan(ctx context.Context) {
	w.pieces = literals(w.content)
	size := w.b.hello.BlockSize
	old := w.b.known(w.path)
	if size == 0 || len(w.content) < deltaLeast*size || old.Size < int64(size) {
		return
	}
	if blocks, err := w.b.blocks(ctx, w.path, int(old.Size)); err == nil {
		w.pieces = diff(w.content, blocks, size, int(old.Size))
	}
}

// blocks fetches what the board tells about a file's blocks.
func (b *boardFS) blocks(ctx context.Context, path string, fileSize int) ([]block, error) {
	count := (fileSize + b.hello.BlockSize - 1) / b.hello.BlockSize
	blocks := make([]block, 0, count)
	for len(blocks) < count {
		args := append(pathArg(path), 0, 0)
		link.PutU16(args[len(args)-2:], uint16(len(blocks)))
		result, err := b.conn.Call(ctx, link.OpBlocks, args)
		if err != nil {
			return nil, err
		}
		r := link.Reader{B: result}
		for len(r.B) > 0 {
			blk := block{weak: r.U32()}
			copy(blk.strong[:], r.Bytes(link.StrongSize))
			if r.Short {
				return nil, ErrStrange
			}
			blocks = append(blocks, blk)
		}
		if len(result) == 0 {
			return nil, ErrStrange
		}
	}
	return blocks[:count], nil
}

// attempt sends the file once. careful waits for OPEN's answer.
func (w *write) attempt(ctx context.Context, careful bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w.result = WriteResult{}
	o := outgoing{w: w, ctx: ctx}
	commit, err := o.send(careful || len(w.content) > blind)
	if err == nil {
		err = o.drain(0)
	}
	if err != nil {
		cancel()
		_ = o.drain(0)
		if commit != nil {
			_, _ = commit.Wait(ctx)
		}
		return err
	}
	hash, err := commit.Wait(ctx)
	switch {
	case err == nil && hex.EncodeToString(hash) == w.hash:
		return nil
	case err == nil:
		return errDamagedNew.
			Because(&devlink.StatusError{Op: link.OpCommit, Status: link.StatusBadHash})
	}
	return err
}

// outgoing is the requests of one attempt.
type outgoing struct {
	w     *write
	ctx   context.Context
	queue []underway
}

// underway is a WRITE without a reply; end is how far the file has come with it.
type underway struct {
	*devlink.Pending
	end int
}

// send puts OPEN, all WRITEs and COMMIT on their way, in one go as seen by the board.
func (o *outgoing) send(careful bool) (commit *devlink.Pending, err error) {
	w, conn := o.w, o.w.b.conn
	if err := w.b.lock(o.ctx); err != nil {
		return nil, err
	}
	defer w.b.unlock()
	if !careful && len(w.content) <= w.b.hello.BlockSize {
		defer conn.Cork()() // three small requests: no reply is waited for below
	}
	args := append(pathArg(w.path), 0, 0, 0, 0)
	link.PutU32(args[len(args)-4:], uint32(len(w.content)))
	sum, _ := hex.DecodeString(w.hash)
	open := conn.Go(link.OpOpen, args, sum)
	start := 0
	if careful {
		result, err := open.Wait(o.ctx)
		if err != nil {
			return nil, err
		}
		r := link.Reader{B: result}
		if start = int(r.U32()); r.Short || start > len(w.content) {
			return nil, ErrStrange
		}
		w.result.Resumed = int64(start)
	} else {
		o.queue = append(o.queue, underway{open, 0})
	}
	for _, p := range w.pieces {
		if err := o.piece(p, start); err != nil {
			return nil, err
		}
	}
	if err := o.ctx.Err(); err != nil {
		return nil, problem.Of(err)
	}
	return conn.Go(link.OpCommit), nil
}

// piece sends what lies from start on of p.
func (o *outgoing) piece(p piece, start int) error {
	w := o.w
	if skip := start - p.at; skip > 0 {
		skip = min(skip, p.size)
		p.at, p.from, p.size = p.at+skip, p.from+skip, p.size-skip
	}
	for p.size > 0 {
		if err := o.ctx.Err(); err != nil {
			return problem.Of(err)
		}
		head := make([]byte, 7)
		link.PutU32(head, uint32(p.at))
		var n int
		var data []byte
		if p.copied {
			n = min(p.size, copyMost)
			head[4] = link.EncodingCopy
			data = make([]byte, 4)
			link.PutU32(data, uint32(p.from))
			w.result.Copied += int64(n)
		} else {
			n = min(p.size, w.b.hello.BlockSize, w.b.hello.MaxRecord-2-len(head))
			if n <= 0 {
				return ErrStrange
			}
			head[4], data = pack(w.content[p.at : p.at+n])
			w.result.Sent += int64(n)
		}
		link.PutU16(head[5:], uint16(n))
		p.at, p.from, p.size = p.at+n, p.from+n, p.size-n
		o.queue = append(o.queue, underway{w.b.conn.Go(link.OpWrite, head, data), p.at})
		if err := o.drain(writeAhead); err != nil {
			return err
		}
	}
	return nil
}

// drain waits until at most most requests are without a reply. That a WRITE
// came at the wrong offset is left to COMMIT to tell: it may have been sent
// before the answer to OPEN.
func (o *outgoing) drain(most int) (failed error) {
	for len(o.queue) > most {
		q := o.queue[0]
		o.queue = o.queue[1:]
		_, err := q.Wait(o.ctx)
		switch {
		case err == nil:
			if o.w.progress != nil && q.end > 0 {
				o.w.progress(int64(q.end), int64(len(o.w.content)))
			}
		case devlink.HasStatus(err, link.StatusBadOffset):
		case failed == nil:
			failed = err
		}
	}
	return failed
}
