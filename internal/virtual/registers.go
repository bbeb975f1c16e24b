package virtual

import (
	"encoding/binary"
	"errors"
	"time"
)

// Registers that tools use (ESP32-C3 technical reference manual).
const (
	regMagic        = 0x40001000 // a ROM word that differs between chips
	magicC3         = 0x1b31506f
	regMACLow       = 0x60008844 // EFUSE_RD_MAC_SPI_SYS_0
	regMACHigh      = 0x60008848
	regVersion      = 0x60008850 // package 23:21, minor revision 20:18, embedded flash 29:27
	regMajor        = 0x60008858 // major revision 25:24, minor revision's high bit 23
	regOptions0     = 0x60008000 // RTC_CNTL_OPTIONS0: bit 31 resets the system
	regOption1      = 0x600080f4 // RTC_CNTL_OPTION1: bit 0 forces the bootloader at the next reset
	regWatchdog     = 0x60008090 // RTC_CNTL_WDTCONFIG0: bit 31 enables
	regWatchdogTime = 0x60008094 // RTC_CNTL_WDTCONFIG1: first stage in cycles of the slow clock
	regWatchdogKey  = 0x600080a8 // RTC_CNTL_WDTWPROTECT
	watchdogKey     = 0x50d83aa1
	slowClock       = 136_000    // Hz
	regConsole      = 0x3fcdf07c // the ROM's variable for the port that it talks on
	consoleUSB      = 3
	minorRevision   = 4 // v0.4, the usual one

	regSPI     = 0x60002000
	spiCommand = regSPI + 0x00 // bit 18 executes what the USR registers describe
	spiAddress = regSPI + 0x04 // the address in the upper bits
	spiUSR     = regSPI + 0x18
	spiUSR1    = regSPI + 0x1c // address length - 1 in bits 31:26
	spiUSR2    = regSPI + 0x20 // command in the lower bits
	spiMOSI    = regSPI + 0x24 // bits to send - 1
	spiMISO    = regSPI + 0x28 // bits to receive - 1
	spiW0      = regSPI + 0x58 // 16 words of data
	spiUser    = 1 << 18
	hasMISO    = 1 << 28
	hasMOSI    = 1 << 27
	hasAddress = 1 << 30
)

// registers are the words that a tool may read and write. Unknown ones keep what is written and read 0 before.
type registers struct {
	values   map[uint32]uint32
	watchdog time.Duration // until it bites; 0: off
	enabled  bool          // the flash chip's write-enable latch
	volatile bool          // the next status write is for this boot cycle only
}

// maxRegisters bounds what a tool can make the chip remember.
const maxRegisters = 4096

func (ld *loader) readRegister(a uint32) uint32 {
	low, high := ld.b.macWords()
	switch a {
	case regMagic:
		return magicC3
	case regMACLow:
		return low
	case regMACHigh:
		return high
	case regVersion:
		return minorRevision << 18
	case regMajor:
		return 0
	case spiCommand:
		return 0 // commands are done at once
	case regConsole:
		if ld.b.config.USB {
			return consoleUSB
		}
	}
	return ld.values[a]
}

// writeRegisters takes n × (address, value, mask, delay µs).
func (ld *loader) writeRegisters(data []byte) {
	if len(data) == 0 || len(data)%16 != 0 {
		ld.refuse(opWriteReg, romInvalid, stubLength)
		return
	}
	answered := false
	for i := 0; i < len(data)/4; i += 4 {
		a, mask := word(data, i), word(data, i+2)
		v := ld.values[a]&^mask | word(data, i+1)&mask
		if len(ld.values) < maxRegisters || a == spiCommand {
			ld.values[a] = v
		}
		ld.busyFlash(time.Duration(word(data, i+3)) * time.Microsecond)
		if a == spiCommand && v&spiUser != 0 {
			if errors.Is(ld.spi(), errPower) {
				ld.b.Power(false)
				return
			}
		}
		if a == regOptions0 && v&(1<<31) != 0 && !answered { // the chip is gone before it could answer
			why := bootSystem
			ld.again = &why
			return
		}
		if a == regOption1 {
			ld.b.mu.Lock()
			ld.b.forceBootloader = v&1 != 0
			ld.b.mu.Unlock()
		}
		if a == regWatchdog && ld.values[regWatchdogKey] == watchdogKey {
			ld.watchdog = 0
			if v&(1<<31) != 0 {
				ld.watchdog = max(time.Millisecond, time.Duration(ld.values[regWatchdogTime])*time.Second/slowClock)
			}
		}
	}
	ld.answer(opWriteReg, 0, nil)
}

// spi executes one command of the flash chip, a Winbond W25Q of the board's size.
func (ld *loader) spi() error {
	command := byte(ld.values[spiUSR2])
	var reply [64]byte
	f := ld.b.flash
	addr := int64(0)
	if ld.values[spiUSR]&hasAddress != 0 {
		if bits := ld.values[spiUSR1]>>26 + 1; bits <= 32 {
			addr = int64(ld.values[spiAddress] >> (32 - bits) & (1<<24 - 1))
		}
	}
	addr %= f.size
	var err error
	switch {
	case !ld.attached: // the pins are not connected to the controller: the line idles high
		for i := range reply {
			reply[i] = 0xff
		}
	case command == 0x9f: // JEDEC id: manufacturer, type, log2 of the size
		reply[0], reply[1] = 0xef, 0x40
		for n := f.size; n > 1; n /= 2 {
			reply[2]++
		}
	case command == 0x5a: // SFDP
		table := sfdp(f.size)
		if addr < int64(len(table)) {
			copy(reply[:], table[addr:])
		}
	case command == 0x05: // status 1: bit 1 is the write-enable latch
		if reply[0] = f.readStatus(0); ld.enabled {
			reply[0] |= 2
		}
	case command == 0x35:
		reply[0] = f.readStatus(1)
	case command == 0x15:
		reply[0] = f.readStatus(2)
	case command == 0x06:
		ld.enabled = true
	case command == 0x50:
		ld.volatile = true
	case command == 0x04: // write disable
		ld.enabled, ld.volatile = false, false
	case command == 0x99: // reset
		ld.enabled, ld.volatile = false, false
		f.forgetVolatile()
	case (command == 0x01 || command == 0x31 || command == 0x11) && (ld.enabled || ld.volatile):
		first := map[byte]int{0x01: 0, 0x31: 1, 0x11: 2}[command]
		n := 0
		if ld.values[spiUSR]&hasMOSI != 0 {
			n = int(min(ld.values[spiMOSI]+1, 32) / 8)
		}
		if command != 0x01 { // 01 takes status 1 and, if it is there, status 2
			n = min(n, 1)
		}
		for i := range min(n, 2) {
			f.writeStatus(first+i, byte(ld.values[spiW0]>>(8*i)), ld.volatile && !ld.enabled)
		}
		if ld.enabled {
			ld.busyFlash(statusTime)
		}
		ld.enabled, ld.volatile = false, false
	case command == 0x03: // read
		n := min(int64(len(reply)), f.size-addr)
		err = f.read(reply[:n], addr)
	case command == 0x20 && ld.enabled:
		ld.enabled = false
		err = ld.erase(addr&^(sectorSize-1), sectorSize)
	case command == 0xd8 && ld.enabled:
		ld.enabled = false
		err = ld.erase(addr&^(blockSize-1), blockSize)
	case command == 0x02 && ld.enabled:
		ld.enabled = false
		var p [64]byte
		for i := range uint32(16) {
			binary.LittleEndian.PutUint32(p[4*i:], ld.values[spiW0+4*i])
		}
		n := min(int64(ld.values[spiMOSI]+1)/8, int64(len(p)), pageSize-addr%pageSize)
		_, err = f.program(p[:n], addr)
	}
	if ld.values[spiUSR]&hasMISO != 0 {
		bits := ld.values[spiMISO] + 1
		for i := range uint32(16) {
			w := binary.LittleEndian.Uint32(reply[4*i:])
			switch {
			case bits >= 32*(i+1):
			case bits <= 32*i:
				continue
			default:
				w &= 1<<(bits-32*i) - 1
			}
			ld.values[spiW0+4*i] = w
		}
	}
	return err
}

// sfdp is a flash's own description (JEDEC JESD216): header, one parameter
// header, and of the basic table what says erase size and density.
func sfdp(size int64) []byte {
	b := make([]byte, 0x10+16*4)
	copy(b, "SFDP\x06\x01\x00\xff")
	copy(b[8:], "\x00\x06\x01\x10\x10\x00\x00\xff") // basic table of 16 words at 0x10
	copy(b[0x10:], "\xe5\x20\xf9\xff")              // 4 KB erase with command 20
	binary.LittleEndian.PutUint32(b[0x14:], uint32(size*8-1))
	return b
}
