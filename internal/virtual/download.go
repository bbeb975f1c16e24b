package virtual

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"time"
)

// download is a FLASH_BEGIN … FLASH_END or FLASH_DEFL_BEGIN … FLASH_DEFL_END sequence.
type download struct {
	deflate bool
	at      int64 // where the next byte goes
	left    int64 // bytes of the image still to come (deflate: after inflating)
	room    int64 // payload bytes that BEGIN announced
	block   int64 // longest payload
	erased  int64 // the stub erases as it writes: everything below is done
	erase   int64 // end of what it has to erase
	inflate *inflate
	tail    []byte // the ROM's inflated bytes that do not fill a sector yet, until the stream ends
}

func (d *download) close() {
	if d != nil && d.inflate != nil {
		d.inflate.close()
	}
}

// busyFlash waits for as long as flash would be busy.
func (ld *loader) busyFlash(d time.Duration) { ld.b.busy(ld.l.ctx, d) }

// erase erases whole sectors, in 64 KB blocks where they fit, as ROM and stub do.
func (ld *loader) erase(off, n int64) error {
	if !ld.b.config.Timing {
		return ld.b.flash.erase(off, n)
	}
	for n > 0 && ld.l.ctx.Err() == nil {
		step, time := int64(sectorSize), sectorTime
		if off%blockSize == 0 && n >= blockSize {
			step, time = blockSize, blockTime
		}
		ld.busyFlash(time)
		if err := ld.b.flash.erase(off, step); err != nil {
			return err
		}
		off, n = off+step, n-step
	}
	return nil
}

func (ld *loader) begin(op byte, data []byte) {
	if len(data) != 16 && len(data) != 20 {
		ld.refuse(op, romInvalid, stubLength)
		return
	}
	size, blocks, block, off := int64(word(data, 0)), int64(word(data, 1)), int64(word(data, 2)), int64(word(data, 3))
	ld.download.close()
	ld.download = nil
	if block > 0x4000 || size > 0 && block == 0 {
		ld.refuse(op, romInvalid, stubBlock)
		return
	}
	if size > 0 && !ld.flashReady(off, size) {
		ld.refuse(op, romFailed, stubSPI)
		return
	}
	d := &download{deflate: op == opDeflBegin, at: off, left: size, room: blocks * block, block: block}
	start, end := off&^(sectorSize-1), (off+size+sectorSize-1)&^(sectorSize-1)
	end = min(end, ld.b.flash.size)
	d.erased, d.erase = start, end
	if size == 0 {
		d.erase = start
	}
	if d.deflate {
		d.inflate = newInflate()
	}
	ld.download = d
	if !ld.stub && size > 0 {
		d.erased = end
		ld.finish(op, ld.erase(start, end-start))
		return
	}
	ld.answer(op, 0, nil)
}

func (ld *loader) data(op byte, data []byte, check uint32) {
	if ld.b.block() {
		ld.b.Unplug()
		return
	}
	d := ld.download
	switch {
	case len(data) < dataHeader || int(word(data, 0)) != len(data)-dataHeader:
		ld.refuse(op, romInvalid, stubLength)
		return
	case d == nil || d.deflate != (op == opDeflData):
		ld.refuse(op, romFailed, stubMode)
		return
	}
	payload := data[dataHeader:]
	n := int64(len(payload))
	switch {
	case !checked(payload, check):
		ld.refuse(op, romChecksum, stubChecksum)
		return
	case n > d.block:
		ld.refuse(op, romInvalid, stubBlock)
		return
	case n > d.room:
		ld.refuse(op, romFailed, stubTooMany)
		return
	}
	d.room -= n
	if ld.stub { // it acknowledges now and writes while the next block comes in
		ld.answer(op, 0, nil)
	}
	f, err := ld.store(d, payload)
	switch {
	case errors.Is(err, errPower):
		ld.b.Power(false)
	case err != nil && ld.stub:
		ld.late = stubSPI
	case err != nil:
		ld.refuse(op, romWrite, 0)
	case f != 0 && ld.stub:
		ld.late = f
	case f != 0:
		ld.refuse(op, f, 0)
	case !ld.stub:
		ld.answer(op, 0, nil)
	}
}

// store writes the payload of a data command.
func (ld *loader) store(d *download, payload []byte) (failure, error) {
	if !d.deflate {
		// The last block comes padded: what lies behind the image's last sector is not written.
		if n := d.left; int64(len(payload)) > n {
			for _, c := range payload[n:] {
				if c != 0xff {
					return ld.choose(romFailed, stubTooMany), nil
				}
			}
			payload = payload[:n]
		}
		d.left -= int64(len(payload))
		return 0, ld.program(d, payload)
	}
	var failed failure
	var storeError error
	err := d.inflate.push(payload, func(p []byte) bool {
		if int64(len(p)) > d.left {
			failed = ld.choose(romFailed, stubTooMany)
			return false
		}
		d.left -= int64(len(p))
		if !ld.stub { // the ROM writes whole sectors and leaves the rest in RAM until the stream's end
			d.tail = append(d.tail, p...)
			whole := len(d.tail) &^ (sectorSize - 1)
			p = d.tail[:whole:whole]
			d.tail = d.tail[whole:]
		}
		storeError = ld.program(d, p)
		return storeError == nil
	})
	switch {
	case storeError != nil || failed != 0:
		return failed, storeError
	case err != nil:
		return ld.choose(romDeflate, stubInflate), nil
	}
	if d.inflate.ended {
		tail := d.tail
		d.tail = nil
		return 0, ld.program(d, tail)
	}
	return 0, nil
}

func (ld *loader) choose(rom, stub failure) failure {
	if ld.stub {
		return stub
	}
	return rom
}

// program writes at the download's place, and has the stub's erasing done before.
func (ld *loader) program(d *download, p []byte) error {
	for end := d.at + int64(len(p)); d.erased < min(end, d.erase); {
		step := int64(sectorSize)
		if d.erased%blockSize == 0 && d.erase-d.erased >= blockSize {
			step = blockSize
		}
		if err := ld.erase(d.erased, step); err != nil {
			return err
		}
		d.erased += step
	}
	pages, err := ld.b.flash.program(p, d.at)
	ld.busyFlash(time.Duration(pages) * pageTime)
	d.at += int64(len(p))
	return err
}

func (ld *loader) end(op byte, data []byte) {
	if !ld.words(op, data, 1) {
		return
	}
	d := ld.download
	if d == nil {
		ld.refuse(op, romFailed, stubMode)
		return
	}
	// The stub has one state for both kinds: esptool 4.8.1 ends a compressed
	// write with FLASH_BEGIN of nothing and DEFL_END.
	if !ld.stub && d.deflate != (op == opDeflEnd) {
		ld.refuse(op, romFailed, stubMode)
		return
	}
	if d.left > 0 && ld.stub {
		ld.refuse(op, romFailed, stubTooFew)
		return
	}
	d.close()
	ld.download = nil
	ld.answer(op, 0, nil)
	if word(data, 0) == 0 {
		if ld.stub { // its reset leaves the strapping latch alone, which says bootloader: the chip is in the ROM's again
			ld.b.mu.Lock()
			ld.b.forceBootloader = true
			ld.b.mu.Unlock()
		}
		why := bootSystem
		ld.again = &why
	}
}

// inflate is a zlib stream that is fed piece by piece. The decompressor runs
// in a goroutine; push waits until it has taken all of its input.
type inflate struct {
	in     chan []byte
	hungry chan struct{} // asks for input
	out    chan []byte
	taken  chan struct{} // the last piece of out has been used
	end    chan error    // the stream's end, nil when it was complete and right
	quit   chan struct{}
	waits  bool // it has asked for input and not got any yet
	ended  bool
	err    error
}

var errEnded = errors.New("virtual: data after the end of the compressed stream")

func newInflate() *inflate {
	f := &inflate{make(chan []byte), make(chan struct{}), make(chan []byte), make(chan struct{}), make(chan error, 1), make(chan struct{}), false, false, nil}
	go f.run()
	return f
}

func (f *inflate) close() {
	select {
	case <-f.quit:
	default:
		close(f.quit)
	}
}

func (f *inflate) run() {
	r, err := zlib.NewReader(&feed{f: f})
	buf := make([]byte, 32<<10)
	for err == nil {
		var n int
		n, err = r.Read(buf)
		if n > 0 {
			select {
			case f.out <- buf[:n]:
				select {
				case <-f.taken:
				case <-f.quit:
					return
				}
			case <-f.quit:
				return
			}
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	f.end <- err
}

// feed hands the pushed pieces to the decompressor.
type feed struct {
	f   *inflate
	cur bytes.Reader
}

func (r *feed) more() error {
	for r.cur.Len() == 0 {
		select {
		case r.f.hungry <- struct{}{}:
		case <-r.f.quit:
			return io.ErrUnexpectedEOF
		}
		select {
		case b := <-r.f.in:
			r.cur.Reset(b)
		case <-r.f.quit:
			return io.ErrUnexpectedEOF
		}
	}
	return nil
}

func (r *feed) Read(p []byte) (int, error) {
	if err := r.more(); err != nil {
		return 0, err
	}
	return r.cur.Read(p)
}

func (r *feed) ReadByte() (byte, error) {
	if r.cur.Len() == 0 {
		if err := r.more(); err != nil {
			return 0, err
		}
	}
	return r.cur.ReadByte()
}

// push gives b to the decompressor and everything that comes out to use, until
// that returns false. b is not kept.
func (f *inflate) push(b []byte, use func([]byte) bool) error {
	if f.err != nil {
		return f.err
	}
	if f.ended {
		return errEnded
	}
	if len(b) == 0 {
		return nil
	}
	given := false
	if f.waits {
		f.waits = false
		f.in <- b
		given = true
	}
	for {
		select {
		case <-f.hungry:
			if given {
				f.waits = true
				return nil
			}
			f.in <- b
			given = true
		case p := <-f.out:
			if !use(p) {
				f.err = io.ErrShortWrite
				f.close()
				return f.err
			}
			f.taken <- struct{}{}
		case err := <-f.end:
			f.ended = true
			f.err = err
			return err
		}
	}
}
