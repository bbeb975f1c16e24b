package esp

import (
	"bytes"
	"compress/zlib"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"time"
)

//go:embed stub
var stubs embed.FS

// stubESP32C3 is nil in a build without make: then the ROM does all.
var stubESP32C3, _ = stubs.ReadFile("stub/esp32c3.json")

// stubImage is a program for the chip's RAM: where its parts go and where it starts.
type stubImage struct {
	Entry     uint32 `json:"entry"`
	Text      []byte `json:"text"`
	TextStart uint32 `json:"text_start"`
	Data      []byte `json:"data"`
	DataStart uint32 `json:"data_start"`
}

const (
	stubPiece   = 0x1800 // of an upload
	streamBlock = 0x4000 // of data for a stub
	streamFrom  = 64 << 10
)

var errStream = errors.New("the stream has lost a block")

// startStub puts the stub into the chip's RAM and starts it; it is for large
// writes, where its upload is paid back. The ROM receives nothing while it
// erases and writes; the stub does. When the line spoils the upload c goes on
// with whoever answers then, mostly the ROM.
func (c *conn) startStub(ctx context.Context, size int64) error {
	var s stubImage
	if err := json.Unmarshal(c.chip.stub, &s); err != nil {
		return err
	}
	err := c.upload(ctx, s)
	if err != nil && !c.repeatable(err) {
		return err
	}
	if err != nil {
		c.damaged++
		return c.resync(ctx) // tells who answers
	}
	c.stub = true
	if _, err := c.ask(ctx, opAttach, words(0), 0); err != nil {
		return err
	}
	return c.setSize(ctx, size)
}

func (c *conn) upload(ctx context.Context, s stubImage) error {
	for _, part := range []struct {
		at   uint32
		data []byte
	}{{s.TextStart, s.Text}, {s.DataStart, s.Data}} {
		n := len(part.data)
		if n == 0 {
			continue
		}
		if _, err := c.request(ctx, opMemBegin, words(uint32(n), uint32((n+stubPiece-1)/stubPiece), stubPiece, part.at), nil, replyTimeout); err != nil {
			return err
		}
		for seq, at := 0, 0; at < n; seq, at = seq+1, at+stubPiece {
			piece := part.data[at:min(n, at+stubPiece)]
			if _, err := c.request(ctx, opMemData, words(uint32(len(piece)), uint32(seq), 0, 0), piece, replyTimeout); err != nil {
				return err
			}
		}
	}
	if _, err := c.request(ctx, opMemEnd, words(0, s.Entry), nil, replyTimeout); err != nil {
		return err
	}
	for deadline := time.Now().Add(replyTimeout); ; {
		f, err := c.frame(ctx, deadline)
		if err != nil {
			return err
		}
		if string(f) == "OHAI" {
			return nil
		}
	}
}

// stream writes a run of any length through the stub, compressed where that
// makes it shorter. errStream: something got lost on the way, and only the
// flash knows how far it came.
func (c *conn) stream(ctx context.Context, r run, progress func(n int)) error {
	begin, op := byte(opDeflBegin), byte(opDeflData)
	data := deflated(r.data)
	if len(data) > len(r.data)*19/20 {
		begin, op, data = opFlashBegin, opFlashData, r.data
	}
	n := (len(data) + streamBlock - 1) / streamBlock
	if _, err := c.ask(ctx, begin, words(uint32(len(r.data)), uint32(n), streamBlock, r.off), eraseTime(blockSize)); err != nil {
		return err
	}
	// It acknowledges a block when it has written the one before.
	busy := eraseTime(min(blockSize, streamBlock*len(r.data)/len(data)) + blockSize)
	shown := 0
	for seq := range n {
		piece := data[seq*streamBlock : min(len(data), (seq+1)*streamBlock)]
		_, err := c.request(ctx, op, words(uint32(len(piece)), uint32(seq), 0, 0), piece, replyTimeout+busy)
		switch {
		case err == nil:
		case !c.repeatable(err):
			return err
		default:
			c.damaged++
			if err := c.resync(ctx); err != nil {
				return err
			}
			return errStream
		}
		now := int(int64(len(r.data)) * int64(seq+1) / int64(n))
		progress(now - shown)
		shown = now
	}
	// The last block is on its way into the flash: any other command waits for it.
	_, err := c.ask(ctx, opReadReg, words(magicAddress), busy)
	return err
}

// deflated is p as a zlib stream.
func deflated(p []byte) []byte {
	var b bytes.Buffer
	w, _ := zlib.NewWriterLevel(&b, zlib.BestCompression) // the line is slower than any computer
	w.Write(p)
	w.Close()
	return b.Bytes()
}

// joined puts runs that lie one behind the other together.
func joined(runs []run) []run {
	var list []run
	for _, r := range runs {
		if n := len(list); n > 0 && list[n-1].end() == r.off {
			last := &list[n-1]
			last.data = append(last.data[:len(last.data):len(last.data)], r.data...)
			continue
		}
		list = append(list, r)
	}
	return list
}

// allNew looks at some sectors over all of the runs and tells whether every one
// differs: then comparing the rest tells nothing that is worth its time.
func (c *conn) allNew(ctx context.Context, runs []run) (bool, error) {
	const samples = 12
	var total int
	for _, r := range runs {
		total += r.sectors()
	}
	if total < 2*samples {
		return false, nil
	}
	for i := range samples {
		sector := (2*i + 1) * total / (2 * samples)
		for _, r := range runs {
			if sector >= r.sectors() {
				sector -= r.sectors()
				continue
			}
			at := sector * sectorSize
			s := run{r.off + uint32(at), r.data[at:min(at+sectorSize, len(r.data))]}
			have, err := c.md5(ctx, s.off, len(s.data))
			if err != nil || have == s.sum() {
				return false, err
			}
			break
		}
	}
	return true, nil
}
