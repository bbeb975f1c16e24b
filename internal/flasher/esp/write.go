package esp

import (
	"context"
	"crypto/md5"
	"errors"
	"time"
)

const (
	// The ROM takes data in pieces of up to 1 KB; bigger ones work on some chips only.
	longestPiece  = 1024
	shortestPiece = 64
	maxFailures   = 20 // in a row, without a byte written in between
)

// eraseTime is what a slow flash chip may need for n bytes.
func eraseTime(n int) time.Duration {
	return time.Duration((n+sectorSize-1)/sectorSize) * 400 * time.Millisecond
}

// begin erases the sectors of n bytes at off and makes the ROM expect data for them.
func (c *conn) begin(ctx context.Context, off uint32, n, piece int) error {
	size := (n + sectorSize - 1) / sectorSize * sectorSize
	w := []uint32{uint32(size), uint32((size + piece - 1) / piece), uint32(piece), off}
	if !c.chip.old && !c.stub {
		w = append(w, 0) // not encrypted
	}
	_, err := c.ask(ctx, opFlashBegin, words(w...), eraseTime(size))
	return err
}

// write erases and writes one run of at most 64 KB. On a good line it is one
// BEGIN and the pieces. The ROM counts pieces by itself and takes every one
// for the next, so after a lost answer it has to be found out whether the
// piece was written: the flash's MD5 tells. On a bad line the pieces get short.
func (c *conn) write(ctx context.Context, r run, progress func(n int)) error {
	if len(r.data) > blockSize {
		panic("esp: run longer than a block")
	}
	if err := c.begin(ctx, r.off, len(r.data), longestPiece); err != nil {
		return err
	}
	data := withoutEnd(r.data)
	if c.stub { // it erases as it writes
		data = r.data
	}
	piece := longestPiece
	failures, restarts, good, shown := 0, 0, 0, 0
	for pos, seq := 0, uint32(0); pos < len(data); {
		n := min(piece, len(data)-pos)
		_, err := c.request(ctx, opFlashData, words(uint32(n), seq, 0, 0), data[pos:pos+n], replyTimeout+time.Duration(n)*20*time.Microsecond)
		if err == nil {
			pos, seq, failures = pos+n, seq+1, 0
			if now := min(pos, len(r.data)); now > shown {
				progress(now - shown)
				shown = now
			}
			if good++; good == 32 && piece < longestPiece {
				piece, good = piece*2, 0
			}
			continue
		}
		if !c.repeatable(err) {
			return err
		}
		c.damaged++
		if failures++; failures > maxFailures {
			return err
		}
		good, piece = 0, max(shortestPiece, piece/2)
		if err := c.resync(ctx); err != nil {
			return err
		}
		written, known, err := c.position(ctx, r.off, data, pos, n)
		switch {
		case err != nil:
			return err
		case written && known:
			pos, seq, failures = pos+n, seq+1, 0
		case known:
			// not written: the same again
		default: // begin the sector again
			if restarts++; restarts > maxFailures {
				return errDamaged
			}
			pos -= pos % sectorSize
			if err := c.begin(ctx, r.off+uint32(pos), len(r.data)-pos, longestPiece); err != nil {
				return err
			}
			seq = 0
		}
	}
	if len(r.data) > shown {
		progress(len(r.data) - shown)
	}
	return nil
}

// withoutEnd leaves out what erasing has done already: FF at the end. The rest
// is filled up to a multiple of 16 bytes, as flash encryption and old ROMs want it.
func withoutEnd(p []byte) []byte {
	n := len(p)
	for n > 0 && p[n-1] == 0xff {
		n--
	}
	whole := (n + 15) &^ 15
	if whole <= len(p) {
		return p[:whole]
	}
	p = append(make([]byte, 0, whole), p...)
	for len(p) < whole {
		p = append(p, 0xff)
	}
	return p
}

// position asks the flash whether data[pos:pos+n] has been written; known is
// false when neither yes nor no fits, or both would.
func (c *conn) position(ctx context.Context, off uint32, data []byte, pos, n int) (written, known bool, err error) {
	start := pos - pos%sectorSize
	yes := md5.Sum(data[start : pos+n])
	blank := append([]byte(nil), data[start:pos+n]...)
	for i := pos - start; i < len(blank); i++ {
		blank[i] = 0xff
	}
	no := md5.Sum(blank)
	if yes == no {
		return false, false, nil
	}
	for range 3 { // the answer itself may be damaged
		have, err := c.md5(ctx, off+uint32(start), pos+n-start)
		if err != nil {
			return false, false, err
		}
		if have == yes || have == no {
			return have == yes, true, nil
		}
	}
	return false, false, nil
}

// verify compares runs with the flash and returns those that are not as they should be.
func (c *conn) verify(ctx context.Context, runs []run, progress func(done int64)) ([]run, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wrong []run
	var done int64
	want := sums(ctx, runs)
	for _, r := range runs {
		sum := <-want
		have, err := c.md5(ctx, r.off, len(r.data))
		if err == nil && have != sum { // the answer itself may be damaged
			have, err = c.md5(ctx, r.off, len(r.data))
		}
		if err != nil {
			return nil, err
		}
		if have != sum {
			wrong = append(wrong, r)
		}
		done += int64(len(r.data))
		progress(done)
	}
	return wrong, nil
}

var errVerify = errors.New("what was written reads back differently")
