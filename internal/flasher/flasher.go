package flasher

import (
	"context"
	"io"
	"time"

	"studioide/internal/port"
)

// Method is one way to reach a board's flash.
//
// Concurrency: a Method has no state between calls and may be used for many
// boards at once, but each port by one call at a time. Ownership: a call
// takes the port (port.Take) and leaves it to its next user to do the same; the
// port stays the caller's, who closes it, unless it is gone with its board (see
// Drive). Retry: a Method repeats by itself what a damaged line spoils, within bounds; every
// call may be repeated after any error, and a Flash that was cut short is
// completed by the next one. Cancelling ctx ends a call within about a second
// with problem.Cancelled.
type Method interface {
	// Identify says what chip is there. It stays in its bootloader.
	Identify(ctx context.Context, p port.Port) (Info, error)
	// Flash writes the parts that the board does not have yet, verifies them
	// all, and starts the program. After an error or a cancel the chip is still
	// in its bootloader, if it is reachable at all.
	Flash(ctx context.Context, p port.Port, parts []Part, o Options) (Result, error)
	// Read copies size bytes of flash from offset to w. progress may be nil.
	Read(ctx context.Context, p port.Port, offset, size int64, w io.Writer, progress func(Progress)) error
	// Erase empties the whole flash, files included. The chip stays in its bootloader.
	Erase(ctx context.Context, p port.Port) error
	// Hold stops whatever runs: the chip waits in its bootloader.
	Hold(ctx context.Context, p port.Port) error
	// Reset starts the program from its beginning. last is what Flash wrote
	// last, if anybody knows: some bootloaders are left only by writing.
	Reset(ctx context.Context, p port.Port, last []Part) error
	// Drive tells that the bootloader shows up as a drive instead of a port. The
	// board's port is gone while it waits there, and comes back when the program
	// starts, maybe under another name. For a board that waits already, p is nil.
	Drive() bool
}

// Part is bytes for one place in flash.
type Part struct {
	Offset uint32 // in flash, bytes
	Data   []byte
}

// Options of Flash. The zero value writes what differs, at the best rate, into whatever chip there is.
type Options struct {
	Baud     int            // highest rate to use, bits per second; 0: 921600
	Full     bool           // write everything, also what is there already
	Chip     string         // the chip that the program was built for, as Info.Chip; "": any
	Progress func(Progress) // called from Flash's goroutine, must not block; may be nil

	MinFlash    int64 // bytes that the board has to have, beyond where the parts end; 0: no more
	MinRevision int   // oldest chip that the program runs on, a hundred times the major number and the minor one; 0: any
}

// Phases of a Progress, in order.
const (
	PhaseConnect = "connect"
	PhaseCompare = "compare"
	PhaseErase   = "erase"
	PhaseWrite   = "write"
	PhaseRead    = "read"
	PhaseVerify  = "verify"
	PhaseReset   = "reset"
)

// Progress says what is going on. Done and Total are bytes of this phase; Total 0 means not known.
type Progress struct {
	Phase       string
	Text        string // in words, for people
	Done, Total int64
}

// Info is what a bootloader knows about its chip. Empty fields are not known.
type Info struct {
	Chip      string // "ESP32-C3"
	Revision  string // "v0.4"
	MAC       string // "60:55:f9:00:00:01"
	FlashSize int64  // bytes; 0: not known
	Features  []string
}

// Result is what Flash did.
type Result struct {
	Total          int64 // bytes of all parts
	Written        int64 // bytes that went over the line as flash contents
	Sectors        int   // of 4096 bytes, that the parts touch
	SectorsWritten int
	Verified       bool // all parts were read back, or their sums: they are in flash as given
	Duration       time.Duration
	Baud           int // the rate used for the transfer
	Info           Info
}
