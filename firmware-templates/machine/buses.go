package machine

import (
	"errors"
	"os"

	"studio/host"
)

// Pins that a bus has when a program names none.
const (
	SDA_PIN = GPIO8
	SCL_PIN = GPIO9

	SPI_MISO_PIN = GPIO5
	SPI_MOSI_PIN = GPIO6
	SPI_SDI_PIN  = SPI_MISO_PIN
	SPI_SDO_PIN  = SPI_MOSI_PIN
	SPI_SS_PIN   = GPIO7
	SPI_SCK_PIN  = GPIO4

	UART_RX_PIN = GPIO20
	UART_TX_PIN = GPIO21
)

// Speeds of I2C.
const (
	TWI_FREQ_100KHZ = 100_000
	TWI_FREQ_400KHZ = 400_000
)

// I2CMode says which end of a bus a chip is.
type I2CMode int

// The modes of I2C. The virtual board is always the controller.
const (
	I2CModeController I2CMode = iota
	I2CModeTarget
)

// I2CConfig is what I2C.Configure takes. The virtual board needs none of it.
type I2CConfig struct {
	Frequency uint32
	SCL       Pin
	SDA       Pin
	Mode      I2CMode
}

// I2C is a bus. Nothing hangs on it unless somebody has attached a made-up
// device (host.AttachI2C).
type I2C struct{ bus uint8 }

// The buses of the board. An ESP32-C3 has the first one, an RP2040 both.
var (
	I2C0 = &I2C{0}
	I2C1 = &I2C{1}
)

var (
	errI2CTarget      = errors.New("i2c: operation not yet implemented")
	errI2CAckExpected = errors.New("i2c: error: expected ACK not NACK")
)

// Configure makes the bus ready.
func (b *I2C) Configure(config I2CConfig) error {
	if config.Mode != I2CModeController {
		return errI2CTarget
	}
	return nil
}

// SetBaudRate sets the speed.
func (b *I2C) SetBaudRate(uint32) error { return nil }

// Tx writes w to the device at an address, then reads r from it. Without such a
// device it is an error, as on a real bus.
func (b *I2C) Tx(address uint16, w, r []byte) error {
	d := host.OnI2C(b.bus, address)
	if d == nil {
		return errI2CAckExpected
	}
	return d.Tx(w, r)
}

// WriteRegister writes data into a device's register.
func (b *I2C) WriteRegister(address, register uint8, data []byte) error {
	return b.Tx(uint16(address), append([]byte{register}, data...), nil)
}

// ReadRegister reads a device's register.
func (b *I2C) ReadRegister(address, register uint8, data []byte) error {
	return b.Tx(uint16(address), []byte{register}, data)
}

// Phases and polarities of SPI.
const (
	Mode0 = 0
	Mode1 = 1
	Mode2 = 2
	Mode3 = 3
)

// SPIConfig is what SPI.Configure takes. The virtual board needs none of it.
type SPIConfig struct {
	Frequency uint32
	SCK       Pin
	SDO       Pin
	SDI       Pin
	CS        Pin
	LSBFirst  bool
	Mode      uint8
}

// SPI is a bus. Unless somebody has attached a made-up device (host.AttachSPI)
// SDO is wired to SDI: a program reads what it writes.
type SPI struct {
	bus  uint8
	baud uint32
}

// The buses of the board, by the names that ESP32-C3 (0, 2) and RP2040 (0, 1) have for them.
var (
	SPI0 = &SPI{bus: 0}
	SPI1 = &SPI{bus: 1}
	SPI2 = SPI0
)

// ErrTxInvalidSliceSize is what Tx says of slices that are not of one length.
var ErrTxInvalidSliceSize = errors.New("SPI write and read slices must be same size")

// Configure makes the bus ready.
func (b *SPI) Configure(config SPIConfig) error { return b.SetBaudRate(config.Frequency) }

// SetBaudRate sets the speed.
func (b *SPI) SetBaudRate(hz uint32) error {
	if hz == 0 {
		hz = 4 * MHz
	}
	b.baud = hz
	return nil
}

// GetBaudRate is the speed.
func (b *SPI) GetBaudRate() uint32 { return b.baud }

// Transfer writes a byte and reads one.
func (b *SPI) Transfer(w byte) (byte, error) {
	if d := host.OnSPI(b.bus); d != nil {
		return d.Transfer(w), nil
	}
	return w, nil
}

// Tx writes w and reads r at the same time. One of them may be nil.
func (b *SPI) Tx(w, r []byte) error {
	if w != nil && r != nil && len(w) != len(r) {
		return ErrTxInvalidSliceSize
	}
	for i := range max(len(w), len(r)) {
		out := byte(0)
		if w != nil {
			out = w[i]
		}
		in, err := b.Transfer(out)
		if err != nil {
			return err
		}
		if r != nil {
			r[i] = in
		}
	}
	return nil
}

// UARTParity is how a serial line checks its bytes.
type UARTParity uint8

// Parities.
const (
	ParityNone UARTParity = iota
	ParityEven
	ParityOdd
)

// UARTConfig is what UART.Configure takes. RX may be NoPin.
type UARTConfig struct {
	BaudRate uint32
	TX       Pin
	RX       Pin
	RTS      Pin
	CTS      Pin
}

// UART is a serial line. Unless somebody has attached a made-up device
// (host.AttachUART) TX is wired to RX: a program reads what it writes.
type UART struct {
	Buffer *RingBuffer // what has been received
	line   uint8
	deaf   bool
}

// The serial lines of the board, besides the one to the computer, which is Serial.
var (
	UART0       = &UART{Buffer: NewRingBuffer(), line: 0}
	UART1       = &UART{Buffer: NewRingBuffer(), line: 1}
	DefaultUART = UART0
)

var errUARTBufferEmpty = errors.New("UART buffer empty")

// Configure makes the line ready.
func (u *UART) Configure(config UARTConfig) error {
	u.deaf = config.RX == NoPin
	return nil
}

// SetBaudRate sets the speed.
func (u *UART) SetBaudRate(uint32) {}

// SetFormat sets how many bits a byte has.
func (u *UART) SetFormat(dataBits, stopBits uint8, parity UARTParity) error { return nil }

// WriteByte sends a byte.
func (u *UART) WriteByte(c byte) error {
	if d := host.OnUART(u.line); d != nil {
		d.Receive(c, func(reply ...byte) {
			for _, r := range reply {
				u.Receive(r)
			}
		})
		return nil
	}
	u.Receive(c)
	return nil
}

// Write sends bytes.
func (u *UART) Write(p []byte) (int, error) {
	for _, c := range p {
		u.WriteByte(c)
	}
	return len(p), nil
}

// Receive takes a byte as if it had come over the line. When nobody reads, it is lost.
func (u *UART) Receive(c byte) {
	if !u.deaf {
		u.Buffer.Put(c)
	}
}

// Buffered is how many received bytes wait.
func (u *UART) Buffered() int { return int(u.Buffer.Used()) }

// ReadByte is the next received byte.
func (u *UART) ReadByte() (byte, error) {
	c, ok := u.Buffer.Get()
	if !ok {
		return 0, errUARTBufferEmpty
	}
	return c, nil
}

// Read reads what has been received, which may be nothing.
func (u *UART) Read(p []byte) (n int, err error) {
	for n < len(p) {
		c, ok := u.Buffer.Get()
		if !ok {
			break
		}
		p[n] = c
		n++
	}
	return n, nil
}

// Serial is the serial line to the computer, to which println prints too. For
// what is typed into the console use board.OnLine: the line's input belongs to
// package board.
var Serial = serial{}

type serial struct{}

// Configure does nothing.
func (serial) Configure(UARTConfig) error { return nil }

// Write prints.
func (serial) Write(p []byte) (int, error) { return os.Stdout.Write(p) }

// WriteByte prints one byte.
func (serial) WriteByte(c byte) error {
	_, err := os.Stdout.Write([]byte{c})
	return err
}

// Buffered is 0: package board has taken what came.
func (serial) Buffered() int { return 0 }

// ReadByte finds nothing: package board has taken what came.
func (serial) ReadByte() (byte, error) { return 0, errUARTBufferEmpty }

// DTR tells whether somebody listens.
func (serial) DTR() bool { return true }

// RTS tells whether somebody listens.
func (serial) RTS() bool { return true }
