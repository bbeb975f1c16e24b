package esp

import (
	"context"
	"errors"

	"studioide/internal/flasher"
)

// Registers of the SPI controller, from its base; [0] for newer chips, [1] for the ESP32.
var (
	spiUser  = [2]uint32{0x18, 0x1c}
	spiUser2 = [2]uint32{0x20, 0x24}
	spiMISO  = [2]uint32{0x28, 0x2c}
	spiW0    = [2]uint32{0x58, 0x80}
)

const (
	userCommand = 1 << 31
	userMISO    = 1 << 28
	execute     = 1 << 18
	readID      = 0x9f // JEDEC: maker, type, log2 of the size
)

// attach connects the ROM to the flash chip and finds out how big it is; 0 when the chip does not say.
func (c *conn) attach(ctx context.Context) (size int64, err error) {
	if c.chip.spi == 0 {
		return 0, errUnsupported.With(c.chip.name)
	}
	pins := words(0, 0) // the chip's usual pins
	if c.stub {
		pins = words(0)
	}
	if _, err := c.ask(ctx, opAttach, pins, 0); err != nil {
		return 0, err
	}
	var id uint32
	for try := range 6 { // a damaged request may set a wrong register: believe what comes twice
		last := id
		if id, err = c.flashID(ctx); err != nil {
			return 0, err
		}
		if try > 0 && id == last {
			break
		}
	}
	if id == 0 || id == 0xffffff {
		return 0, errNoMemory
	}
	if n := id >> 16 & 0xff; n >= 18 && n <= 28 {
		size = 1 << n
	}
	return size, nil
}

// flashID runs the flash chip's own command through the SPI controller.
func (c *conn) flashID(ctx context.Context) (uint32, error) {
	m := 0
	if c.chip.old {
		m = 1
	}
	base := c.chip.spi
	user, err := c.readRegister(ctx, base+spiUser[m])
	if err != nil {
		return 0, err
	}
	user2, err := c.readRegister(ctx, base+spiUser2[m])
	if err != nil {
		return 0, err
	}
	for _, w := range [][2]uint32{
		{base + spiMISO[m], 24 - 1},
		{base + spiUser[m], userCommand | userMISO},
		{base + spiUser2[m], 7<<28 | readID},
		{base + spiW0[m], 0},
		{base, execute},
	} {
		if err := c.writeRegister(ctx, w[0], w[1]); err != nil {
			return 0, err
		}
	}
	for try := 0; ; try++ {
		v, err := c.readRegister(ctx, base)
		if err != nil {
			return 0, err
		}
		if v&execute == 0 {
			break
		}
		if try == 10 {
			return 0, nil
		}
	}
	id, err := c.readRegister(ctx, base+spiW0[m])
	if err != nil {
		return 0, err
	}
	// The ROM's own commands use these as they were.
	if err := c.writeRegister(ctx, base+spiUser[m], user); err != nil {
		return 0, err
	}
	return id & 0xffffff, c.writeRegister(ctx, base+spiUser2[m], user2)
}

// setSize tells the ROM how big the flash is; without, it takes it for 4 MB or less.
func (c *conn) setSize(ctx context.Context, size int64) error {
	_, err := c.ask(ctx, opSetParams, sizeParams(size), 0)
	c.size = size
	var no *refusal
	if errors.As(err, &no) {
		return errRefusedSize.With(flasher.SizeText(size)).Because(err)
	}
	return err
}

// sizeParams are id, size, block, sector, page and status mask.
func sizeParams(size int64) []byte { return words(0, uint32(size), blockSize, sectorSize, 256, 0xffff) }
