package esp

import (
	"context"
	"crypto/md5"

	"studioide/internal/flasher"
)

// run is a contiguous piece of flash to write; off is on a sector's start.
type run struct {
	off  uint32
	data []byte // not padded
}

func (r run) end() uint32 { return r.off + uint32(len(r.data)) }

func (r run) sum() [md5.Size]byte { return md5.Sum(r.data) }

func (r run) sectors() int { return (len(r.data) + sectorSize - 1) / sectorSize }

// layout checks the parts and sorts them by place.
func layout(parts []flasher.Part) ([]run, error) {
	list, err := flasher.Layout(parts)
	runs := make([]run, len(list))
	for i, p := range list {
		runs[i] = run{p.Offset, p.Data}
	}
	return runs, err
}

// blocks cuts runs at multiples of 64 KB, so that the ROM can erase each piece at once where it is whole.
func blocks(runs []run) []run {
	var cut []run
	for _, r := range runs {
		for len(r.data) > 0 {
			n := min(len(r.data), blockSize-int(r.off%blockSize))
			cut = append(cut, run{r.off, r.data[:n:n]})
			r = run{r.off + uint32(n), r.data[n:]}
		}
	}
	return cut
}

// sums gives the MD5 of each block, worked out while the chip is busy with its own.
func sums(ctx context.Context, blocks []run) <-chan [md5.Size]byte {
	out := make(chan [md5.Size]byte, 64)
	go func() {
		defer close(out)
		for _, b := range blocks {
			select {
			case out <- md5.Sum(b.data):
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// differing compares runs with the flash, first in blocks, then those that
// differ sector by sector, and returns what has to be written.
func (c *conn) differing(ctx context.Context, runs []run, progress func(done int64)) ([]run, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var differ []run
	var done int64
	all := blocks(runs)
	want := sums(ctx, all)
	for _, b := range all {
		have, err := c.md5(ctx, b.off, len(b.data))
		if err != nil {
			return nil, err
		}
		if have != <-want {
			found, err := c.differingSectors(ctx, b)
			if err != nil {
				return nil, err
			}
			differ = append(differ, found...)
		}
		done += int64(len(b.data))
		progress(done)
	}
	return differ, nil
}

// differingSectors looks into one block.
func (c *conn) differingSectors(ctx context.Context, b run) ([]run, error) {
	if b.sectors() == 1 {
		return []run{b}, nil
	}
	var differ []run
	count := 0
	for at := 0; at < len(b.data); at += sectorSize {
		s := run{b.off + uint32(at), b.data[at:min(at+sectorSize, len(b.data))]}
		have, err := c.md5(ctx, s.off, len(s.data))
		if err != nil {
			return nil, err
		}
		if have == md5.Sum(s.data) {
			continue
		}
		count++
		if n := len(differ); n > 0 && differ[n-1].end() == s.off {
			last := &differ[n-1]
			last.data = b.data[last.off-b.off : at+len(s.data)]
		} else {
			differ = append(differ, s)
		}
	}
	// A whole block is erased in the time of three sectors: from 10 of 16 on,
	// writing all of it is faster than erasing sector by sector.
	if count >= 10 && len(b.data) == blockSize {
		return []run{b}, nil
	}
	return differ, nil
}
