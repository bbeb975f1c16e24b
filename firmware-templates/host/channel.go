package host

import (
	"encoding/binary"
	"errors"
	"io"
)

// The control channel is a TCP connection on the loopback, made by the program
// to the address in EnvAddress. It never deadlocks because the chip answers
// requests in the order they came and never waits for the program, and the
// program reads events and replies in a goroutine of its own.
//
// The program opens with the 32 bytes whose hex is in EnvKey. The chip answers
// with a Welcome frame. After that both sides send frames:
//
//	length u32 (of what follows), op u8, body            little-endian
//
// Program to chip (those with * are answered by one frame of the same op, in order):
//
//	OpRead*       offset u32, count u32        → status u8, bytes
//	              offset u32, count u32, 1     → the same; or StatusBlank, n u32: the next n bytes are FF,
//	                                             at least as many as were asked for
//	OpWrite*      offset u32, bytes            → status u8
//	OpErase*      offset u32, count u32        → status u8
//	OpPin         pin u8, mode u8, level u8    (mode Duty: percent)
//	OpStrip       pin u8, a strip's colours    (green, red, blue for each)
//	OpListening   address
//	OpReset, OpBootloader                      the chip kills the program
//	OpWatchdog    why                          as the watchdog: the chip kills it, and tells the next one why
//	OpArm                                      from now on a panic restarts the program, as the watchdog does
//	OpHealthy                                  it has started well: how it ends says nothing of its start
//
// Chip to program:
//
//	OpWelcome     flash size u32, reset reason u8, levels of inputs u32 (bit n = GPIO n), session key 16 bytes,
//	              voltages of pins Pins × u16, as in OpAnalog, early ends u8 (programs in a row that the watchdog or a
//	              panic ended before they were healthy), why the program before did not end well
//	OpPin         pin u8, level u8             an input has changed
//	OpAnalog      pin u8, value u16            the voltage at a pin, as a part of 65535, has changed
//
// When the channel closes, the chip is gone and the program ends.
//
// A program that connects to something else does so through the chip: it makes
// another connection to EnvAddress, opens it with the same 32 bytes and the frame
//
//	OpDial        host and port: "192.168.1.20:8080"
//
// and is answered with one byte, a status. After StatusDone both sides of the
// connection are the two ends of the one that the chip has opened; otherwise it ends.
//
// For a program in Studio's sandbox, Studio's process for it makes that
// connection. The program has descriptors instead, which that process opens:
// FDChannel is the channel behind the key, FDNetwork tells the connections to
// its server (see Listen). OpListening is that process's to say.
const (
	FDChannel = 3
	FDNetwork = 4 // every read gives the descriptors of new connections, u32 each

	EnvAddress = "STUDIO_CHIP"
	EnvKey     = "STUDIO_CHIP_KEY"

	OpWelcome    byte = 0
	OpRead       byte = 1
	OpWrite      byte = 2
	OpErase      byte = 3
	OpPin        byte = 4
	OpListening  byte = 5
	OpReset      byte = 6
	OpBootloader byte = 7
	OpWatchdog   byte = 8
	OpAnalog     byte = 8
	OpStrip      byte = 9
	OpArm        byte = 10
	OpHealthy    byte = 11
	OpDial       byte = 12

	StatusDone       byte = 0
	StatusRange      byte = 1 // outside of flash, or not aligned
	StatusFlash      byte = 2 // flash failed
	StatusBlank      byte = 3 // OpRead: there is nothing but FF
	StatusRefused    byte = 4 // OpDial: the user has not allowed it
	StatusOwn        byte = 5 // OpDial: it is Studio itself that is there
	StatusNoHost     byte = 6 // OpDial: there is no such host
	StatusNobody     byte = 7 // OpDial: nobody listens there
	StatusNoAnswer   byte = 8 // OpDial: nobody answers
	maxFrame              = 1 << 20
	WelcomeVoltages       = 4 + 1 + 4 + 16 // where they begin
	WelcomeEarlyEnds      = WelcomeVoltages + 2*Pins
	WelcomeLength         = WelcomeEarlyEnds + 1
	KeyLength             = 32
)

var errFrame = errors.New("host: a frame of the control channel is too long")

// WriteFrame sends one frame in one Write. parts are joined.
func WriteFrame(w io.Writer, op byte, parts ...[]byte) error {
	n := 1
	for _, p := range parts {
		n += len(p)
	}
	b := make([]byte, 4, 4+n)
	binary.LittleEndian.PutUint32(b, uint32(n))
	b = append(b, op)
	for _, p := range parts {
		b = append(b, p...)
	}
	_, err := w.Write(b)
	return err
}

// ReadFrame reads one frame into buf (grown when needed) and returns op and
// body, which is valid until buf is used again.
func ReadFrame(r io.Reader, buf *[]byte) (op byte, body []byte, err error) {
	if cap(*buf) < 4 {
		*buf = make([]byte, 4096)
	}
	head := (*buf)[:4]
	if _, err := io.ReadFull(r, head); err != nil {
		return 0, nil, err
	}
	n := binary.LittleEndian.Uint32(head)
	if n < 1 || n > maxFrame {
		return 0, nil, errFrame
	}
	if cap(*buf) < int(n) {
		*buf = make([]byte, n)
	}
	b := (*buf)[:n]
	if _, err := io.ReadFull(r, b); err != nil {
		return 0, nil, err
	}
	return b[0], b[1:], nil
}
