package host

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"
	"sync"
)

// chip is the one chip that this program runs on.
var chip = struct {
	attached bool
	conn     io.ReadWriter // the control channel
	sending  sync.Mutex    // one frame at a time on conn
	replies  chan []byte   // one per request, in order; each owned by its receiver
	size     int64
	reason   uint8
	early    uint8
	why      string
	key      string
}{size: 16 << 20, reason: ResetPower}

// init attaches before main, so that even a program that never touches the
// hardware ends together with its chip.
func init() {
	conn := openChannel()
	if conn == nil {
		alone()
		return
	}
	r := bufio.NewReaderSize(conn, 32<<10)
	var buf []byte
	op, b, err := ReadFrame(r, &buf)
	if err == io.EOF && sandboxed {
		alone()
		return
	}
	if err != nil || op != OpWelcome || len(b) < WelcomeLength {
		os.Exit(2)
	}
	chip.attached = true
	chip.conn = conn
	chip.replies = make(chan []byte, 1)
	chip.size = int64(binary.LittleEndian.Uint32(b))
	chip.reason = b[4]
	chip.early = b[WelcomeEarlyEnds]
	chip.why = string(b[WelcomeLength:])
	setInputs(binary.LittleEndian.Uint32(b[5:]))
	chip.key = hexOf(b[9:WelcomeVoltages])
	for i := range pins.voltage {
		pins.voltage[i] = binary.LittleEndian.Uint16(b[WelcomeVoltages+2*i:])
	}
	go receive(r, buf)
}

// alone is the beginning of a program that runs without a chip.
func alone() {
	var b [16]byte
	random(b[:])
	chip.key = hexOf(b[:])
}

func hexOf(b []byte) string {
	const digits = "0123456789abcdef"
	text := make([]byte, 0, 2*len(b))
	for _, c := range b {
		text = append(text, digits[c>>4], digits[c&15])
	}
	return string(text)
}

// receive takes replies and events until the channel closes, and then ends the program.
func receive(r *bufio.Reader, buf []byte) {
	go deliver()
	for {
		op, b, err := ReadFrame(r, &buf)
		if err != nil {
			os.Exit(0) // the chip was switched off
		}
		switch op {
		case OpRead, OpWrite, OpErase:
			chip.replies <- append([]byte(nil), b...)
		case OpPin:
			if len(b) >= 2 {
				inputChanged(b[0], b[1] != 0)
			}
		case OpAnalog:
			if len(b) >= 3 {
				voltageChanged(b[0], binary.LittleEndian.Uint16(b[1:]))
			}
		}
	}
}

// send sends a frame that has no answer.
func send(op byte, parts ...[]byte) {
	chip.sending.Lock()
	WriteFrame(chip.conn, op, parts...) // an error means that receive is about to end the program
	chip.sending.Unlock()
}

// call sends a frame and waits for its answer. The caller holds flashLock, so
// there is one call at a time.
func call(op byte, parts ...[]byte) (status byte, result []byte) {
	send(op, parts...)
	b := <-chip.replies
	if len(b) == 0 {
		return StatusFlash, nil
	}
	return b[0], b[1:]
}

// Attached reports whether the program runs on a virtual chip.
func Attached() bool { return chip.attached }

// ResetReason says why the chip started this program.
func ResetReason() uint8 { return chip.reason }

// ResetWhy says why the program before this one did not end well; "": it did.
func ResetWhy() string { return chip.why }

// EarlyEnds is how many programs in a row, up to the one before this one, the
// watchdog or a panic ended before they were healthy (see Healthy).
func EarlyEnds() uint8 { return chip.early }

// ArmWatchdog has the chip start the program again when it ends with a panic.
// Otherwise such a program has ended until somebody resets the chip.
func ArmWatchdog() { tell(OpArm) }

// Healthy says that the program has started well, so that its end is no early one.
func Healthy() { tell(OpHealthy) }

func tell(op byte) {
	if chip.attached {
		send(op)
	}
}

// Key is 32 hex digits that are random for every start of the program.
func Key() string { return chip.key }

// Listening tells the chip where the program's HTTP server listens: "127.0.0.1:43211".
func Listening(addr string) {
	if chip.attached {
		send(OpListening, []byte(addr))
	}
}

// Reset restarts the program as the chip's software reset does. It does not
// return. Without a chip the program ends.
func Reset() { leave(OpReset) }

// Bootloader restarts the chip into its bootloader. It does not return.
// Without a chip the program ends.
func Bootloader() { leave(OpBootloader) }

// Watchdog restarts the program as the chip's watchdog does, for the reason that
// the next one is told (see ResetWhy). It does not return. Without a chip the
// program ends, with exit code 3.
func Watchdog(why string) {
	if !chip.attached {
		os.Exit(3)
	}
	leave(OpWatchdog, []byte(why))
}

func leave(op byte, body ...[]byte) {
	if !chip.attached {
		os.Exit(0)
	}
	send(op, body...)
	select {} // until the chip kills the program
}
