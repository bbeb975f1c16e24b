package recording

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// index knows where the lines of a recording are: of each part every markEvery-th
// one. It takes 8 bytes for 128 lines. It is safe for concurrent use.
type index struct {
	mu    sync.Mutex
	parts []*part
}

type part struct {
	first int64 // number of its first line
	lines int64
	size  int64   // bytes of its whole lines
	marks []int64 // where lines first, first+markEvery, … begin
}

const (
	markEvery = 128
	maxLine   = 16 << 20 // bytes of a line; the longest that Studio writes takes half of it
	mostParts = 10_000
)

func partName(first int64) string { return fmt.Sprintf("%010d.jsonl", first) }

// partFirst is the number of the first line of the part called so.
func partFirst(name string) (int64, bool) {
	digits, ok := strings.CutSuffix(name, ".jsonl")
	if !ok || len(digits) != 10 {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil && n > 0 && partName(n) == name
}

func (ix *index) lastLocked() *part { return ix.parts[len(ix.parts)-1] }

// next is the number of the next line.
func (ix *index) next() int64 {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	return ix.nextLocked()
}

func (ix *index) nextLocked() int64 {
	if len(ix.parts) == 0 {
		return 1
	}
	p := ix.lastLocked()
	return p.first + p.lines
}

func (ix *index) lastSize() int64 {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	return ix.lastLocked().size
}

// begin adds an empty part.
func (ix *index) begin() {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.parts = append(ix.parts, &part{first: ix.nextLocked()})
}

// add notes lines that were written; ends is where each ends.
func (ix *index) add(ends []int) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	p, at := ix.lastLocked(), 0
	for _, end := range ends {
		p.addLine(int64(end - at))
		at = end
	}
}

func (p *part) addLine(length int64) {
	if p.lines%markEvery == 0 {
		p.marks = append(p.marks, p.size)
	}
	p.lines++
	p.size += length
}

// tooMuch forgets the oldest parts so that no more than most bytes are left, and says what they are called.
func (ix *index) tooMuch(most int64) (names []string) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	total := int64(0)
	for _, p := range ix.parts {
		total += p.size
	}
	for len(ix.parts) > 1 && total > most {
		total -= ix.parts[0].size
		names = append(names, partName(ix.parts[0].first))
		ix.parts = ix.parts[1:]
	}
	return names
}

// into says how much there is.
func (ix *index) into(a *About) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	a.Size = 0
	for _, p := range ix.parts {
		a.Size += p.size
	}
	a.First = 1
	if len(ix.parts) > 0 {
		a.First = ix.parts[0].first
	}
	a.Messages = ix.nextLocked() - a.First
}

// scan makes the index of what lies in dir. The last line of a part does not count when it is not whole, and nothing
// that follows a gap between parts does.
func scan(ctx context.Context, dir *os.Root) (*index, error) {
	entries, err := fs.ReadDir(dir.FS(), ".")
	if err != nil {
		return nil, err
	}
	var firsts []int64
	for _, e := range entries {
		if first, ok := partFirst(e.Name()); ok && e.Type().IsRegular() && len(firsts) < mostParts {
			firsts = append(firsts, first)
		}
	}
	slices.Sort(firsts)
	ix := &index{}
	for i, first := range firsts {
		if i > 0 && first != ix.next() {
			break
		}
		p := &part{first: first}
		if err := p.scan(ctx, dir); err != nil {
			return nil, err
		}
		ix.parts = append(ix.parts, p)
	}
	return ix, nil
}

// openPart opens a part to be read; a link in its place is none.
func openPart(dir *os.Root, first int64) (*os.File, error) {
	name := partName(first)
	if info, err := dir.Lstat(name); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	return dir.Open(name)
}

func (p *part) scan(ctx context.Context, dir *os.Root) error {
	f, err := openPart(dir, p.first)
	if err != nil {
		return err
	}
	defer f.Close()
	buf := make([]byte, 1<<20)
	open := int64(0) // bytes of the line that has not ended
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := f.Read(buf)
		for rest := buf[:n]; len(rest) > 0; {
			end := bytes.IndexByte(rest, '\n')
			if end < 0 {
				open += int64(len(rest))
				break
			}
			p.addLine(open + int64(end) + 1)
			open, rest = 0, rest[end+1:]
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// where says in which part a line is and from which place of it on it is found: skip lines behind from.
func (ix *index) where(seq int64) (first, from, skip, size int64, ok bool) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	i, found := slices.BinarySearchFunc(ix.parts, seq, func(p *part, seq int64) int { return int(min(max(p.first-seq, -1), 1)) })
	if !found {
		i--
	}
	if i < 0 || seq >= ix.parts[i].first+ix.parts[i].lines {
		return 0, 0, 0, 0, false
	}
	p := ix.parts[i]
	at := seq - p.first
	return p.first, p.marks[at/markEvery], at % markEvery, p.size, true
}

// each gives the lines from seq on, without their end, until there are no more or do returns false. A line that is too
// long is given as nil; a line may be used until do returns.
func (ix *index) each(ctx context.Context, dir *os.Root, seq int64, do func(seq int64, line []byte) bool) error {
	for {
		first, from, skip, size, ok := ix.where(seq)
		if !ok {
			return nil
		}
		f, err := openPart(dir, first)
		if errors.Is(err, fs.ErrNotExist) && !ix.has(first) { // it was the oldest, and went meanwhile
			return nil
		}
		if err != nil {
			return err
		}
		next, more, err := eachLine(ctx, io.NewSectionReader(f, from, size-from), skip, seq, do)
		f.Close()
		if err != nil || !more {
			return err
		}
		if next == seq { // it was cut shorter by somebody else
			return nil
		}
		seq = next
	}
}

func (ix *index) has(first int64) bool {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	return slices.ContainsFunc(ix.parts, func(p *part) bool { return p.first == first })
}

func eachLine(ctx context.Context, from io.Reader, skip, seq int64, do func(int64, []byte) bool) (next int64, more bool, err error) {
	r := bufio.NewReaderSize(from, 64<<10)
	for n := int64(0); ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return seq, false, ctx.Err()
		}
		line, err := readLine(r)
		if errors.Is(err, io.EOF) {
			return seq, true, nil
		}
		if err != nil && !errors.Is(err, errTooLong) {
			return seq, false, err
		}
		if n < skip {
			continue
		}
		if !do(seq, line) {
			return seq, false, nil
		}
		seq++
	}
}

var errTooLong = errors.New("the line is too long")

// readLine reads a line without its end. One of more than maxLine bytes is read, but not given. What is left at the end
// comes with io.EOF.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if err == nil {
		return bytes.TrimRight(line, "\r\n"), nil
	}
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	long := slices.Clone(line)
	for errors.Is(err, bufio.ErrBufferFull) {
		line, err = r.ReadSlice('\n')
		if len(long) <= maxLine {
			long = append(long, line...)
		}
	}
	if err != nil && len(long) <= maxLine {
		return long, err
	}
	if len(long) > maxLine {
		return nil, errTooLong
	}
	return bytes.TrimRight(long, "\r\n"), nil
}
