package esp

import (
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"io"
	"time"

	"studioide/internal/flasher"
	"studioide/internal/pause"
	"studioide/internal/port"
	"studioide/ui/src/words/say"
)

// New returns the method for Espressif chips.
func New() flasher.Method { return method{} }

type method struct{}

const defaultBaud = 921600

// Identify implements flasher.Method.
func (method) Identify(ctx context.Context, p port.Port) (flasher.Info, error) {
	c, info, err := open(ctx, p, romBaud, nil)
	if err != nil {
		return info, explain(err, "connecting")
	}
	c.leave()
	return info, nil
}

// open connects, raises the rate and finds out what is there. Without an error, leave has to follow.
func open(ctx context.Context, p port.Port, baud int, progress func(flasher.Progress)) (*conn, flasher.Info, error) {
	c, err := connect(ctx, p, progress)
	if err != nil {
		return nil, flasher.Info{}, err
	}
	info, err := c.examine(ctx, baud)
	if err != nil {
		c.leave()
	}
	return c, info, err
}

func (c *conn) examine(ctx context.Context, baud int) (flasher.Info, error) {
	if err := c.detect(ctx); err != nil {
		return flasher.Info{}, err
	}
	if err := c.raise(ctx, baud); err != nil {
		return flasher.Info{Chip: c.chip.name}, err
	}
	info, err := c.info(ctx)
	if err == nil && c.chip.spi != 0 { // else it is known by name only
		info.FlashSize, err = c.attach(ctx)
	}
	return info, err
}

// Flash implements flasher.Method.
func (method) Flash(ctx context.Context, p port.Port, parts []flasher.Part, o flasher.Options) (flasher.Result, error) {
	start := time.Now()
	runs, err := layout(parts)
	if err != nil {
		return flasher.Result{}, err
	}
	if o.Baud <= 0 {
		o.Baud = defaultBaud
	}
	var result flasher.Result
	for attempt := range 3 {
		if result, err = flash(ctx, p, runs, o, attempt == 0); err == nil {
			break
		}
		// The chip has lost itself, by a damaged command or a reset: begin anew, with what is still missing.
		if attempt == 2 || !errors.Is(err, errLost) && !errors.Is(err, errNoAnswer) && !errors.Is(err, errDamaged) {
			break
		}
		o.Baud = min(o.Baud, romBaud<<(1-attempt)) // 230400, then 115200
	}
	result.Duration = time.Since(start)
	return result, explain(err, "flashing")
}

// flash is one attempt; stub: on a good line large writes go through a stub.
func flash(ctx context.Context, p port.Port, runs []run, o flasher.Options, stub bool) (result flasher.Result, err error) {
	for _, r := range runs {
		result.Total += int64(len(r.data))
		result.Sectors += r.sectors()
	}
	c, info, err := open(ctx, p, o.Baud, o.Progress)
	result.Info = info
	if err != nil {
		return result, err
	}
	defer c.leave()
	if err := fits(info, runs, o); err != nil {
		return result, err
	}
	size := info.FlashSize
	if size == 0 { // it does not say; believe that the program fits
		for size = 4 << 20; size < int64(runs[len(runs)-1].end()); size *= 2 {
		}
	}
	if err := c.setSize(ctx, size); err != nil {
		return result, err
	}
	result.Baud = c.baud

	todo := runs
	all := o.Full
	if !all {
		if all, err = c.allNew(ctx, runs); err != nil {
			return result, err
		}
	}
	text := say.FlashComparingWithWhatOnBoard()
	if !o.Full && all {
		report(o.Progress, flasher.PhaseCompare, text, result.Total, result.Total)
	}
	if !all {
		report(o.Progress, flasher.PhaseCompare, text, 0, result.Total)
		todo, err = c.differing(ctx, runs, func(done int64) {
			report(o.Progress, flasher.PhaseCompare, text, done, result.Total)
		})
		if err != nil {
			return result, err
		}
	}
	large := 0
	for _, r := range todo {
		large += len(r.data)
	}
	// Without lines nobody could bring the chip back to its ROM after a cancel.
	if stub && large >= streamFrom && c.lines && !c.stub && c.damaged == 0 && c.chip.stub != nil {
		if err := c.startStub(ctx, size); err != nil {
			return result, err
		}
		c.streams = c.stub
	}
	todo = blocks(todo)
	for _, r := range todo {
		result.SectorsWritten += r.sectors()
	}
	for attempt := 0; len(todo) > 0; attempt++ {
		if attempt == 3+c.damaged/8 {
			return result, errNotVerified.With(fmt.Sprintf("%#x", todo[0].off)).Because(errVerify)
		}
		if todo, err = c.store(ctx, todo, runs, o.Progress, &result); err != nil {
			return result, err
		}
	}

	if err := ctx.Err(); err != nil {
		return result, err
	}
	result.Verified = true
	report(o.Progress, flasher.PhaseReset, say.FlashStartingProgram(), 0, 0)
	return result, c.start(context.WithoutCancel(ctx)) // all is written: a cancel comes too late
}

// store writes runs and returns those that did not turn out right. When the
// line has damaged anything, all is checked: FLASH_BEGIN has no checksum, and
// may have erased something else than was meant. (One damaged FLASH_BEGIN that
// erases too much, on a line that is otherwise perfect, stays unseen until the
// next Flash compares everything.)
func (c *conn) store(ctx context.Context, runs, all []run, progress func(flasher.Progress), result *flasher.Result) ([]run, error) {
	var total, done int64
	for _, r := range runs {
		total += int64(len(r.data))
	}
	text := say.FlashWriting(flasher.SizeText(total))
	if total < result.Total {
		text = say.FlashWritingWhatHasChanged(flasher.SizeText(total), flasher.SizeText(result.Total))
	}
	report(progress, flasher.PhaseWrite, text, 0, total)
	write, list := c.write, runs
	if c.streams {
		write, list = c.stream, joined(runs)
	}
	for _, r := range list {
		err := write(ctx, r, func(n int) {
			done += int64(n)
			result.Written += int64(n)
			report(progress, flasher.PhaseWrite, text, done, total)
		})
		if errors.Is(err, errStream) { // what is missing is written in small pieces
			c.streams = false
			break
		}
		if err != nil {
			return nil, err
		}
	}
	if c.damaged > 0 {
		runs, total = blocks(all), result.Total
	}
	text = say.FlashCheckingWhatWasWritten()
	report(progress, flasher.PhaseVerify, text, 0, total)
	wrong, err := c.verify(ctx, runs, func(done int64) { report(progress, flasher.PhaseVerify, text, done, total) })
	if len(wrong) > 0 {
		c.damaged++
	}
	return wrong, err
}

// fits refuses what cannot run on this board, before anything is erased.
func fits(info flasher.Info, runs []run, o flasher.Options) error {
	builtFor := o.Chip
	for _, r := range runs {
		if made := forImage(r.data); made != nil && builtFor == "" && info.Chip != "ESP8266" {
			builtFor = made.name
		}
	}
	last := runs[len(runs)-1]
	return flasher.Fits([]flasher.Part{{Offset: last.off, Data: last.data}}, builtFor, o, info)
}

// start leaves the bootloader for the program.
func (c *conn) start(ctx context.Context) error {
	usb := false
	for _, address := range c.chip.console {
		// A port inside of the chip stays in the bootloader over a reset by its lines.
		if v, err := c.readRegister(ctx, address); err == nil && v&0xff == 3 {
			usb = true
		}
	}
	defer func() { // as the chip is after every reset
		c.p.SetBaud(romBaud)
		c.baud = romBaud
	}()
	if c.lines && !usb {
		if err := c.p.SetBaud(romBaud); err != nil {
			return err
		}
		return pulseReset(ctx, c.p)
	}
	if c.chip.watch.config == 0 {
		return errPressReset
	}
	return c.resetByWatchdog(ctx)
}

// pulseReset pulls the reset line for a moment.
func pulseReset(ctx context.Context, p port.Port) error {
	if err := p.SetLines(false, true); err != nil { // RTS: chip in reset
		return err
	}
	err := pause.For(ctx, 20*time.Millisecond)
	if e := p.SetLines(false, false); e != nil { // out of it, also after a cancel
		return e
	}
	return err
}

// resetByWatchdog has the watchdog reset the chip in a few milliseconds.
func (c *conn) resetByWatchdog(ctx context.Context) error {
	w := c.chip.watch
	for _, r := range [][2]uint32{
		{w.protect, w.key},
		{w.timeout, 2000},                    // of the slow clock: 15 ms
		{w.config, 1<<31 | 5<<28 | 1<<8 | 2}, // on; first stage resets the system; pulse lengths
	} {
		if err := c.writeRegister(ctx, r[0], r[1]); err != nil {
			if r[0] == w.config && (c.repeatable(err) || errors.Is(err, errLost) || errors.Is(err, port.ErrGone)) {
				return nil // it is already gone
			}
			return err
		}
	}
	return pause.For(ctx, 30*time.Millisecond)
}

// Hold implements flasher.Method.
func (method) Hold(ctx context.Context, p port.Port) error {
	c, err := connect(ctx, p, nil)
	if err != nil {
		return explain(err, say.FlashStoppingProgram())
	}
	c.leave()
	return nil
}

// Reset implements flasher.Method.
func (method) Reset(ctx context.Context, p port.Port, _ []flasher.Part) error {
	err := pulseReset(ctx, p)
	if errors.Is(err, port.ErrNoLines) {
		c, e := connect(ctx, p, nil)
		if e == nil {
			if e = c.detect(ctx); e == nil {
				e = c.start(ctx)
			}
		}
		if err = e; err != nil && ctx.Err() == nil && !errors.Is(err, port.ErrGone) {
			return errPressResetOnly.Because(err)
		}
	}
	return explain(err, say.FlashTheRestart())
}

// Drive implements flasher.Method: the bootloader is on the same line.
func (method) Drive() bool { return false }

// Read implements flasher.Method. The ROM hands out 64 bytes at a time, so this
// takes about half a minute per megabyte that is not empty; what is empty is
// known by its MD5 and not read. Every sector read is checked by its MD5.
func (method) Read(ctx context.Context, p port.Port, offset, size int64, w io.Writer, progress func(flasher.Progress)) error {
	c, info, err := open(ctx, p, defaultBaud, progress)
	if err != nil {
		return explain(err, "reading")
	}
	defer c.leave()
	if offset < 0 || size < 0 || info.FlashSize > 0 && offset+size > info.FlashSize {
		return errRange.With(offset, offset+size, info.FlashSize)
	}
	if err := c.setSize(ctx, max(info.FlashSize, 4<<20)); err != nil {
		return explain(err, "reading")
	}
	return explain(c.read(ctx, offset, size, w, progress), "reading")
}

func (c *conn) read(ctx context.Context, offset, size int64, w io.Writer, progress func(flasher.Progress)) error {
	text := say.FlashReadingBoardsFlash()
	report(progress, flasher.PhaseRead, text, 0, size)
	blank := make([]byte, blockSize)
	for i := range blank {
		blank[i] = 0xff
	}
	isBlank := func(sum [md5.Size]byte, n int64) bool { return sum == md5.Sum(blank[:n]) }
	for at := int64(0); at < size; {
		n := min(blockSize, size-at)
		sum, err := c.md5(ctx, uint32(offset+at), int(n))
		if err != nil {
			return err
		}
		piece := blank[:n]
		if !isBlank(sum, n) {
			n = min(sectorSize, size-at)
			if sum, err = c.md5(ctx, uint32(offset+at), int(n)); err != nil {
				return err
			}
			piece = blank[:n]
			if !isBlank(sum, n) {
				if piece, err = c.readSector(ctx, uint32(offset+at), int(n), sum); err != nil {
					return err
				}
			}
		}
		if _, err := w.Write(piece); err != nil {
			return err
		}
		at += n
		report(progress, flasher.PhaseRead, text, at, size)
	}
	return nil
}

// readSector reads n bytes until they have the sum that the chip says.
func (c *conn) readSector(ctx context.Context, off uint32, n int, sum [md5.Size]byte) ([]byte, error) {
	for range 6 {
		var data []byte
		for len(data) < n {
			k := min(64, n-len(data))
			a, err := c.ask(ctx, opReadSlow, words(off+uint32(len(data)), uint32(k)), 0)
			if err != nil {
				return nil, err
			}
			if len(a.data) < k {
				return nil, errDamaged
			}
			data = append(data, a.data[:k]...)
		}
		if md5.Sum(data) == sum {
			return data, nil
		}
		c.damaged++
		var err error
		if sum, err = c.md5(ctx, off, n); err != nil {
			return nil, err
		}
	}
	return nil, errDamaged
}

// Erase implements flasher.Method. The ROM has no command for it but erases
// before it writes; what is empty already is left alone.
func (method) Erase(ctx context.Context, p port.Port) error {
	c, info, err := open(ctx, p, defaultBaud, nil)
	if err != nil {
		return explain(err, "erasing")
	}
	defer c.leave()
	if info.FlashSize == 0 {
		return errNoMemorySize
	}
	if err := c.setSize(ctx, info.FlashSize); err != nil {
		return explain(err, "erasing")
	}
	blank := make([]byte, blockSize)
	for i := range blank {
		blank[i] = 0xff
	}
	empty := md5.Sum(blank)
	for at := int64(0); at < info.FlashSize; at += blockSize {
		for try := 0; ; try++ {
			sum, err := c.md5(ctx, uint32(at), blockSize)
			if err == nil && sum == empty {
				break
			}
			if err == nil && try == 3 {
				return errStaysAsItIs.With(fmt.Sprintf("%#x", at))
			}
			if err == nil {
				err = c.begin(ctx, uint32(at), blockSize, longestPiece)
			}
			if err != nil {
				return explain(err, "erasing")
			}
		}
	}
	return nil
}
