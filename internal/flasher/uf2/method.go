package uf2

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"studioide/internal/flasher"
	"studioide/internal/pause"
	"studioide/internal/port"
	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

// New returns the method for boards with flashSize bytes of flash, which the bootloader does not tell.
func New(flashSize int64) flasher.Method { return method{flashSize: flashSize} }

// At is New for a board that waits at a place (see Waiting): others that wait are left alone.
func At(place string, flashSize int64) flasher.Method {
	return method{flashSize: flashSize, chip: ChipAt(place)}
}

type method struct {
	flashSize int64
	chip      string // of the drives to take; "": any
}

// drives are those that may be taken.
func (m method) drives() []drive {
	return slices.DeleteFunc(drives(), func(d drive) bool { return m.chip != "" && d.chip.name != m.chip })
}

const (
	lookEvery    = 50 * time.Millisecond
	touchTimeout = 6 * time.Second // a desktop needs seconds to mount a drive
	userTimeout  = 2 * time.Minute // to find the cable and the button
	startTimeout = 10 * time.Second
	chunk        = 32 << 10
)

// Drive implements flasher.Method.
func (method) Drive() bool { return true }

// Identify implements flasher.Method. Without a port it only looks.
func (m method) Identify(ctx context.Context, p port.Port) (flasher.Info, error) {
	if p == nil {
		d, found, err := one(m.drives())
		if err == nil && !found {
			err = errNoDrive
		}
		return m.info(d), err
	}
	d, err := m.enter(ctx, p, nil)
	return m.info(d), err
}

func (m method) info(d drive) flasher.Info {
	return flasher.Info{Chip: d.chip.name, FlashSize: m.flashSize}
}

// Flash implements flasher.Method. The bootloader cannot be asked what is in
// flash, so everything is written, and what it wrote it has checked itself.
func (m method) Flash(ctx context.Context, p port.Port, parts []flasher.Part, o flasher.Options) (flasher.Result, error) {
	start := time.Now()
	list, err := flasher.Layout(parts)
	if err != nil {
		return flasher.Result{}, err
	}
	var result flasher.Result
	for _, part := range list {
		result.Total += int64(len(part.Data))
		result.Sectors += part.Sectors()
	}
	// Before the board is disturbed: what is known does not need the bootloader.
	if err := flasher.Fits(list, "", o, flasher.Info{FlashSize: m.flashSize}); err != nil {
		return result, err
	}
	d, err := m.enter(ctx, p, o.Progress)
	if err != nil {
		return result, err
	}
	result.Info = m.info(d)
	if err := flasher.Fits(list, o.Chip, o, result.Info); err != nil {
		return result, err
	}
	if err := d.write(ctx, list, o.Progress); err != nil {
		return result, err
	}
	report(o.Progress, flasher.PhaseReset, say.FlashStartingProgram(), 0, 0)
	err = d.left(context.WithoutCancel(ctx)) // all is written: a cancel comes too late
	if err == nil {
		result.Written, result.SectorsWritten = result.Total, result.Sectors
	}
	result.Duration = time.Since(start)
	return result, err
}

// Hold implements flasher.Method.
func (m method) Hold(ctx context.Context, p port.Port) error {
	_, err := m.enter(ctx, p, nil)
	return err
}

// Reset implements flasher.Method. The bootloader starts only what was written
// to it, so it gets the program's first sector once more.
func (m method) Reset(ctx context.Context, p port.Port, last []flasher.Part) error {
	list, err := flasher.Layout(last)
	if err != nil {
		return errReplug
	}
	d, err := m.enter(ctx, p, nil)
	if err != nil {
		return err
	}
	first := flasher.Part{Offset: list[0].Offset, Data: list[0].Data[:min(flasher.SectorSize, len(list[0].Data))]}
	if err := d.write(ctx, []flasher.Part{first}, nil); err != nil {
		return err
	}
	return d.left(context.WithoutCancel(ctx))
}

// Read implements flasher.Method.
func (method) Read(context.Context, port.Port, int64, int64, io.Writer, func(flasher.Progress)) error {
	return errCannotRead
}

// Erase implements flasher.Method.
func (method) Erase(context.Context, port.Port) error {
	return errCannotErase
}

// enter brings the board into its bootloader and waits for its drive. p, if
// there is one, is gone then. What cannot be done from here the user is asked
// for, and it goes on by itself when he has done it.
func (m method) enter(ctx context.Context, p port.Port, progress func(flasher.Progress)) (drive, error) {
	report(progress, flasher.PhaseConnect, say.FlashLookingForBoard(), 0, 0)
	if err := ctx.Err(); err != nil {
		return drive{}, problem.Cancelled.Because(err)
	}
	here := m.drives()
	patience := time.Duration(0)
	if p == nil {
		if d, found, err := one(here); found || err != nil {
			return d, err
		}
	} else {
		if err := touch(p); err != nil {
			return drive{}, errUnpluggedPlain.Because(err)
		}
		patience = touchTimeout
	}
	began, told := time.Now(), ""
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		now := m.drives()
		fresh := slices.DeleteFunc(slices.Clone(now), func(d drive) bool { return slices.Contains(here, d) })
		if d, found, err := one(fresh); found || err != nil {
			return d, err
		}
		here = slices.DeleteFunc(here, func(d drive) bool { return !slices.Contains(now, d) }) // it may come back
		if waited := time.Since(began); waited > patience+userTimeout {
			return drive{}, errHoldBootBootsel
		} else if waited >= patience {
			text := say.FlashWaitingForBoardUnplugBoard()
			if p := notMounted(); p != nil {
				text = p.Text + " " + p.Help
			}
			if text != told {
				report(progress, flasher.PhaseConnect, text, 0, 0)
				told = text
			}
		}
		select {
		case <-ctx.Done():
			return drive{}, problem.Cancelled.Because(ctx.Err())
		case <-tick.C:
		}
	}
}

func one(list []drive) (d drive, found bool, err error) {
	switch len(list) {
	case 0:
		return drive{}, false, nil
	case 1:
		return list[0], true, nil
	}
	return drive{}, false, errTwoBoards
}

// touch asks for the bootloader: 1200 baud and no DTR. TinyGo's, Arduino's and
// MicroPython's programs know this.
func touch(p port.Port) error {
	if err := port.Take(p, port.Terms{Baud: 1200, Lines: port.LinesAsIs}); err != nil {
		return err
	}
	p.SetLines(false, false) // an error means that the board has left already, or that closing has to do
	return p.Close()
}

// write copies parts to the drive. The board starts them, and the drive vanishes, with the last block.
func (d drive) write(ctx context.Context, parts []flasher.Part, progress func(flasher.Progress)) error {
	var total int64
	for _, p := range parts {
		total += int64(len(p.Data))
	}
	file := Pack(d.chip.name, parts)
	text := say.FlashWriting(flasher.SizeText(total))
	report(progress, flasher.PhaseWrite, text, 0, total)
	err := d.copy(file, func(done int) error {
		report(progress, flasher.PhaseWrite, text, total*int64(done)/int64(len(file)), total)
		if done == len(file) {
			return nil
		}
		return ctx.Err()
	})
	if err == nil {
		return nil
	}
	if !d.present() {
		return errUnpluggedBootsel.Because(err)
	}
	d.forget(parts[0].Offset)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return problem.Cancelled.Because(err)
	}
	return errRefusedCopy.Because(err)
}

// copy makes a file of its own on the drive. each is called after every piece,
// which is on the board by then; its error ends the copy. That the drive is gone
// when all is written is as it should be.
func (d drive) copy(file []byte, each func(done int) error) error {
	name := filepath.Join(d.dir, fmt.Sprintf("ST%06X.UF2", rand.IntN(1<<24)))
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	for done := 0; done < len(file); {
		n, err := f.Write(file[done:min(done+chunk, len(file))])
		done += n
		if err == nil {
			err = f.Sync()
		}
		if err != nil && (done < len(file) || d.present()) {
			f.Close()
			return err
		}
		if err := each(done); err != nil {
			f.Close()
			os.Remove(name)
			return err
		}
	}
	f.Close() // it may have nowhere to write to any more
	return nil
}

// forget makes the ROM forget the blocks that it has got of a program. It
// counts them, and does not take again what it has: the rest of this program
// and the beginning of another one of the same length would become one.
func (d drive) forget(at uint32) {
	d.copy(appendBlock(nil, hasFamily, d.chip.family, at, 0, 2, nil), func(int) error { return nil })
}

// left waits until the board has left its bootloader.
func (d drive) left(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for d.present() {
		if pause.For(ctx, lookEvery) != nil {
			return errRefusedWaits
		}
	}
	return nil
}

func report(progress func(flasher.Progress), phase, text string, done, total int64) {
	if progress != nil {
		progress(flasher.Progress{Phase: phase, Text: text, Done: done, Total: total})
	}
}
