package devlink

import (
	"studio/board/chars"
	"studio/board/sizes"
	"studio/board/store"
	"studio/board/web"
	"studio/link"
)

// file serves the requests of section Files. False: a job has begun that will
// answer later.
func (l *Service) file(fs *web.Files, op, id byte, r *link.Reader, w *answer) bool {
	switch op {
	case link.OpRoot:
		l.root(fs, w)
	case link.OpList:
		l.list(fs, int(r.U16()), w)
	case link.OpRead:
		path, off, count := r.Str(), r.U32(), int(r.U16())
		if r.Short {
			break
		}
		f, found := fs.Open(path)
		if !found {
			w.status(link.StatusNotFound)
			break
		}
		at := len(w.B)
		n := f.ReadAt(w.B[at:at+min(count, w.Room())], off)
		f.Close()
		if n < 0 {
			w.status(link.StatusFlashFailed)
			break
		}
		w.B = w.B[:at+n]
	case link.OpBlocks:
		path, first := r.Str(), uint32(r.U16())
		if !r.Short {
			l.blocks(fs, path, first, w)
		}
	case link.OpOpen:
		path, size, hash := r.Str(), r.U32(), r.Bytes(store.HashSize)
		if r.Short {
			break
		}
		offset, err := fs.Begin(path, size, (*[store.HashSize]byte)(hash))
		if err != nil {
			w.status(statusOf(err))
			break
		}
		w.U32(offset)
	case link.OpWrite:
		return l.write(fs, id, r, w)
	case link.OpCommit:
		l.begin(jobCommit, id)
		return false
	case link.OpDelete:
		if path := r.Str(); !r.Short {
			w.status(statusOf(fs.Delete(path)))
		}
	case link.OpFormat:
		w.status(statusOf(fs.Format()))
	case link.OpAbort:
		fs.Abort()
	}
	return true
}

// root answers ROOT.
func (l *Service) root(fs *web.Files, w *answer) {
	l.sum.Reset()
	var info store.Info
	var size [5]byte // the path's 00, then the size
	for i := 0; fs.At(i, &info); i++ {
		l.sum.Add(info.Path())
		link.PutU32(size[1:], info.Size)
		l.sum.Add(size[:])
		l.sum.Add(info.Hash[:])
	}
	var hash [store.HashSize]byte
	l.sum.Sum(hash[:])
	used, free := fs.Usage()
	w.Bytes(hash[:])
	w.U16(uint16(fs.Count()))
	w.U32(used)
	w.U32(free)
}

// list answers LIST with as many files as fit.
func (l *Service) list(fs *web.Files, from int, w *answer) {
	w.U16(uint16(fs.Count()))
	var info store.Info
	for i := from; fs.At(i, &info); i++ {
		path := info.Path()
		if w.Room() < 1+len(path)+4+store.HashSize {
			break
		}
		w.Str(chars.String(path))
		w.U32(info.Size)
		w.Bytes(info.Hash[:])
	}
}

// blocks answers BLOCKS with as many blocks as fit.
func (l *Service) blocks(fs *web.Files, path []byte, first uint32, w *answer) {
	f, found := fs.Open(path)
	if !found {
		w.status(link.StatusNotFound)
		return
	}
	defer f.Close()
	for i := first; i*sizes.Block < f.Size() && w.Room() >= link.WeakSize+link.StrongSize; i++ {
		n := f.ReadAt(l.block, i*sizes.Block)
		if n < 0 {
			w.status(link.StatusFlashFailed)
			return
		}
		w.U32(link.Adler32(1, l.block[:n]))
		l.sum.Reset()
		l.sum.Add(l.block[:n])
		var strong [link.StrongSize]byte
		l.sum.Sum(strong[:])
		w.Bytes(strong[:])
	}
}

// write answers WRITE.
func (l *Service) write(fs *web.Files, id byte, r *link.Reader, w *answer) bool {
	offset, encoding, rawLength := r.U32(), r.U8(), int(r.U16())
	if r.Short {
		return true
	}
	at, open := fs.Offset()
	switch {
	case !open:
		w.status(link.StatusRefused)
		return true
	case offset != at:
		w.status(link.StatusBadOffset)
		w.U32(at)
		return true
	}
	switch encoding {
	case link.EncodingRaw:
		if len(r.B) != rawLength || rawLength > sizes.Block {
			w.status(link.StatusBadArgument)
			return true
		}
		w.status(statusOf(fs.Write(r.B)))
	case link.EncodingDeflate:
		if rawLength > sizes.Block {
			w.status(link.StatusBadArgument)
			return true
		}
		n, ok := l.inflater.Inflate(l.block[:rawLength], r.B, link.Dictionary)
		if !ok || n != rawLength {
			w.status(link.StatusBadArgument)
			return true
		}
		w.status(statusOf(fs.Write(l.block[:n])))
	case link.EncodingCopy:
		from := r.U32()
		if r.Short {
			return true
		}
		source, found := fs.OpenOld()
		if !found {
			w.status(link.StatusNotFound)
			return true
		}
		if from > source.Size() || uint32(rawLength) > source.Size()-from {
			source.Close()
			w.status(link.StatusBadArgument)
			return true
		}
		l.source, l.from, l.left = source, from, rawLength
		l.begin(jobCopy, id)
		return false
	default:
		w.status(link.StatusUnsupported)
	}
	if w.B[2] == byte(link.StatusDone) {
		at, _ = fs.Offset()
		w.U32(at)
	}
	return true
}

func (l *Service) begin(j job, id byte) { l.job, l.jobID = j, id }

// work does one step of the job.
func (l *Service) work(fs *web.Files) {
	switch l.job {
	case jobCommit:
		done, hash, err := fs.Commit()
		if !done {
			return
		}
		w := l.start(l.jobID, link.OpCommit)
		w.status(statusOf(err))
		if err == nil || err == store.ErrHash {
			w.Bytes(hash[:])
		}
		if err == store.ErrIncomplete {
			at, _ := fs.Offset()
			w.U32(at)
		}
		l.send(&w)
	case jobCopy:
		n := min(l.left, sizes.Block)
		got := l.source.ReadAt(l.block[:n], l.from)
		err := error(store.ErrFlash)
		if got == n {
			err = fs.Write(l.block[:n])
		}
		l.from += uint32(n)
		l.left -= n
		if err == nil && l.left > 0 {
			return
		}
		l.source.Close()
		w := l.start(l.jobID, link.OpWrite)
		w.status(statusOf(err))
		if err == nil {
			at, _ := fs.Offset()
			w.U32(at)
		}
		l.send(&w)
	}
	l.job = noJob
}

// statusOf is the link's word for a store's error.
func statusOf(err error) link.Status {
	switch err {
	case nil:
		return link.StatusDone
	case store.ErrPath:
		return link.StatusBadArgument
	case store.ErrSpace, store.ErrFiles: // HELLO and ROOT tell which
		return link.StatusNoSpace
	case store.ErrNotOpen:
		return link.StatusRefused
	case store.ErrIncomplete:
		return link.StatusBadOffset
	case store.ErrHash:
		return link.StatusBadHash
	}
	return link.StatusFlashFailed
}
