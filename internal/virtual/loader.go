package virtual

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"time"
)

// Commands of the serial bootloader (Espressif, "Serial Protocol").
const (
	opFlashBegin    = 0x02
	opFlashData     = 0x03
	opFlashEnd      = 0x04
	opMemBegin      = 0x05
	opMemEnd        = 0x06
	opMemData       = 0x07
	opSync          = 0x08
	opWriteReg      = 0x09
	opReadReg       = 0x0a
	opSetParams     = 0x0b
	opAttach        = 0x0d
	opReadSlow      = 0x0e // ROM only: 64 bytes
	opChangeBaud    = 0x0f
	opDeflBegin     = 0x10
	opDeflData      = 0x11
	opDeflEnd       = 0x12
	opMD5           = 0x13
	opSecurityInfo  = 0x14
	opEraseFlash    = 0xd0 // from here on: stub only
	opEraseRegion   = 0xd1
	opReadFlash     = 0xd2
	opRunUserCode   = 0xd3
	syncWord        = 0x20120707 // of the ROM; the stub answers 0
	dataHeader      = 16         // length, sequence number, 0, 0
	md5Rate         = 2 << 20    // bytes per second
	pageTime        = 400 * time.Microsecond
	sectorTime      = 45 * time.Millisecond
	blockTime       = 150 * time.Millisecond
	chipEraseTime   = 25 * time.Second // 16 MB
	romParams       = 4 << 20          // flash size that the ROM assumes until SPI_SET_PARAMS
	slowReadMaximum = 64
	statusTime      = 10 * time.Millisecond // a write of the flash chip's status that stays
)

// failure is the second status byte of an answer that failed.
type failure byte

const (
	romInvalid  failure = 0x05
	romFailed   failure = 0x06
	romChecksum failure = 0x07
	romWrite    failure = 0x08
	romRead     failure = 0x09
	romReadSize failure = 0x0a
	romDeflate  failure = 0x0b

	stubLength   failure = 0xc0
	stubChecksum failure = 0xc1
	stubBlock    failure = 0xc2
	stubCommand  failure = 0xc3
	stubSPI      failure = 0xc4
	stubMode     failure = 0xc6
	stubInflate  failure = 0xc7
	stubTooFew   failure = 0xc8
	stubTooMany  failure = 0xc9
	stubUnknown  failure = 0xff
)

// loader is the bootloader of one boot cycle: the ROM's, and from MEM_END on its stub's.
type loader struct {
	l        *bootCycle
	b        *Board
	stub     bool
	attached bool
	params   int64 // flash size from SPI_SET_PARAMS
	registers
	memory   []segment // what was uploaded to RAM
	download *download
	late     failure // the stub's write error, to be told with the next command
	again    *boot   // set: leave the bootloader
	frames   unslip
	pending  []byte // received, not yet looked at
}

type segment struct{ address, size, got, block uint32 }

// bootloader runs until EN falls or until it is told to start the program.
func (l *bootCycle) bootloader(why boot) boot {
	b := l.b
	l.set(StateBootloader)
	l.banner(why, "0x4 (DOWNLOAD(USB/UART0/1))")
	l.say("waiting for download\r\n")
	b.events.add(Event{Kind: Bootloader})
	ld := &loader{l: l, b: b, params: romParams}
	ld.registers.values = map[uint32]uint32{}
	defer func() { ld.download.close() }()
	for ld.again == nil {
		if frame, ok := ld.next(); ok {
			ld.handle(frame)
		} else if ld.again == nil {
			return boot{} // EN has fallen
		}
	}
	return *ld.again
}

// next returns the next frame from the host; false when EN has fallen or the watchdog has bitten.
func (ld *loader) next() ([]byte, bool) {
	for {
		for len(ld.pending) > 0 {
			var frame []byte
			ld.pending, frame = ld.frames.feed(ld.pending)
			if frame != nil {
				return frame, true
			}
		}
		stopped, release := ld.b.toChip.until(ld.l.ctx)
		var err error
		ld.pending, err = ld.receive(stopped)
		release()
		if err != nil {
			return nil, false
		}
	}
}

// receive waits for bytes, and for the watchdog when a tool has started it.
func (ld *loader) receive(stopped func() error) ([]byte, error) {
	if ld.watchdog == 0 {
		return ld.b.toChip.receive(64<<10, stopped)
	}
	bitten := false
	stop := ld.b.clock.AfterFunc(ld.watchdog, func() {
		ld.b.toChip.mu.Lock()
		bitten = true
		ld.b.toChip.changed.Broadcast()
		ld.b.toChip.mu.Unlock()
	})
	defer stop()
	b, err := ld.b.toChip.receive(64<<10, func() error {
		if bitten {
			return errTimeout
		}
		return stopped()
	})
	if errors.Is(err, errTimeout) {
		why := bootWatchdog
		ld.again = &why
	}
	return b, err
}

// handle answers one request: 00 op length16 checksum32 data.
func (ld *loader) handle(p []byte) {
	if len(p) < 8 || p[0] != 0 {
		return
	}
	op, data := p[1], p[8:]
	check := binary.LittleEndian.Uint32(p[4:])
	if int(binary.LittleEndian.Uint16(p[2:])) != len(data) {
		ld.refuse(op, romInvalid, stubLength)
		return
	}
	if ld.late != 0 {
		late := ld.late
		ld.late = 0
		if op != opSync {
			ld.refuse(op, romFailed, late)
			return
		}
	}
	switch op {
	case opSync:
		ld.sync(data)
	case opSecurityInfo:
		ld.securityInfo()
	case opReadReg:
		if ld.words(op, data, 1) {
			ld.answer(op, ld.readRegister(word(data, 0)), nil)
		}
	case opWriteReg:
		ld.writeRegisters(data)
	case opMemBegin, opMemData, opMemEnd:
		ld.memoryCommand(op, data, check)
	case opAttach:
		if len(data) != 4 && len(data) != 8 {
			ld.refuse(op, romInvalid, stubLength)
			return
		}
		ld.attached = true
		ld.answer(op, 0, nil)
	case opSetParams:
		if !ld.words(op, data, 6) {
			return
		}
		ld.params = int64(word(data, 1))
		ld.answer(op, 0, nil)
	case opChangeBaud:
		ld.changeBaud(data)
	case opFlashBegin, opDeflBegin:
		ld.begin(op, data)
	case opFlashData, opDeflData:
		ld.data(op, data, check)
	case opFlashEnd, opDeflEnd:
		ld.end(op, data)
	case opMD5:
		ld.sum(data)
	default:
		switch {
		case ld.stub && op >= opEraseFlash && op <= opRunUserCode:
			ld.stubCommand(op, data)
		case !ld.stub && op == opReadSlow:
			ld.readSlow(data)
		default:
			ld.refuse(op, romInvalid, stubUnknown)
		}
	}
}

func word(b []byte, i int) uint32 { return binary.LittleEndian.Uint32(b[4*i:]) }

// words checks that data is n words, and else refuses.
func (ld *loader) words(op byte, data []byte, n int) bool {
	if len(data) == 4*n {
		return true
	}
	ld.refuse(op, romInvalid, stubLength)
	return false
}

// answer sends 01 op length16 value32 data status: four status bytes from the ROM, two from the stub.
func (ld *loader) answer(op byte, value uint32, data []byte) { ld.respond(op, value, data, 0) }

// refuse sends the error of whoever is running.
func (ld *loader) refuse(op byte, rom, stub failure) {
	if ld.stub {
		rom = stub
	}
	ld.respond(op, 0, nil, rom)
}

func (ld *loader) respond(op byte, value uint32, data []byte, f failure) {
	status := 4
	if ld.stub {
		status = 2
	}
	p := make([]byte, 8, 8+len(data)+status)
	p[0], p[1] = 1, op
	binary.LittleEndian.PutUint16(p[2:], uint16(len(data)+status))
	binary.LittleEndian.PutUint32(p[4:], value)
	p = append(p, data...)
	if f != 0 {
		p = append(p, 1, byte(f))
		status -= 2
	}
	p = append(p, make([]byte, status)...)
	if !ld.b.replyLost() {
		ld.send(p)
	}
}

func (ld *loader) send(p []byte) {
	if ld.l.ctx.Err() == nil {
		ld.b.fromChip(slip(p))
	}
}

func (ld *loader) sync(data []byte) {
	if len(data) != 36 || word(data, 0) != 0x20120707 || !bytes.Equal(data[4:], bytes.Repeat([]byte{0x55}, 32)) {
		ld.refuse(opSync, romInvalid, stubLength)
		return
	}
	value := uint32(syncWord)
	if ld.stub {
		value = 0
	}
	for range 8 {
		ld.answer(opSync, value, nil)
	}
}

// securityInfo is answered by ROM and stub, whatever comes with the request: a tool that finds a running stub asks it first.
func (ld *loader) securityInfo() {
	info := make([]byte, 20) // flags u32, flash encryption u8, 7 key purposes, chip id u32, API version u32
	binary.LittleEndian.PutUint32(info[12:], chipESP32C3)
	ld.answer(opSecurityInfo, 0, info)
}

func (ld *loader) changeBaud(data []byte) {
	if !ld.words(opChangeBaud, data, 2) {
		return
	}
	rate := word(data, 0)
	if rate < 300 || rate > 5_000_000 {
		ld.refuse(opChangeBaud, romInvalid, stubLength)
		return
	}
	ld.answer(opChangeBaud, 0, nil)
	ld.b.toHost.left(0, ld.l.ctx.Err) // the answer leaves at the old rate
	ld.b.mu.Lock()
	if ld.l.currentLocked() {
		ld.b.chipRate = int(rate)
	}
	ld.b.mu.Unlock()
}

// ram tells whether n bytes at address lie in the chip's RAM, where uploads may go.
func ram(address, n uint32) bool {
	for _, r := range [...][2]uint32{{0x3fc80000, 0x3fce0000}, {0x4037c000, 0x403e0000}} {
		if address >= r[0] && address < r[1] && n <= r[1]-address {
			return true
		}
	}
	return false
}

func (ld *loader) memoryCommand(op byte, data []byte, check uint32) {
	if ld.b.noStub() {
		ld.refuse(op, romInvalid, stubUnknown)
		return
	}
	switch op {
	case opMemBegin:
		if !ld.words(op, data, 4) {
			return
		}
		s := segment{address: word(data, 3), size: word(data, 0), block: word(data, 2)}
		if s.size == 0 || !ram(s.address, s.size) {
			ld.refuse(op, romFailed, stubLength)
			return
		}
		ld.memory = append(ld.memory, s)
	case opMemData:
		if len(data) < dataHeader || int(word(data, 0)) != len(data)-dataHeader {
			ld.refuse(op, romInvalid, stubLength)
			return
		}
		if !checked(data[dataHeader:], check) {
			ld.refuse(op, romChecksum, stubChecksum)
			return
		}
		n := uint32(len(data) - dataHeader)
		if len(ld.memory) == 0 {
			ld.refuse(op, romFailed, stubMode)
			return
		}
		s := &ld.memory[len(ld.memory)-1]
		if n > s.size-s.got {
			ld.refuse(op, romFailed, stubTooMany)
			return
		}
		s.got += n
	case opMemEnd:
		if !ld.words(op, data, 2) {
			return
		}
		ld.answer(op, 0, nil)
		if word(data, 0) == 0 {
			ld.execute(word(data, 1))
		}
		return
	}
	ld.answer(op, 0, nil)
}

// execute jumps into RAM. What was uploaded there is taken for the flasher stub: nothing else is ever uploaded.
func (ld *loader) execute(entry uint32) {
	for _, s := range ld.memory {
		if entry >= s.address && entry-s.address < s.size && s.got == s.size {
			ld.download.close()
			ld.stub, ld.attached, ld.params, ld.download = true, true, 16<<20, nil
			ld.memory = nil
			ld.send([]byte("OHAI"))
			return
		}
	}
	why := bootTimer // it jumped into nothing
	ld.again = &why
}

// checked compares the checksum of a data command: XOR from EF over the payload.
func checked(payload []byte, check uint32) bool {
	return uint32(xor(checksumStart, payload)) == check
}

// flashReady tells whether flash can be used: the ROM's driver only after SPI_ATTACH.
func (ld *loader) flashReady(off, n int64) bool {
	return ld.attached && ld.b.flash.inside(off, n) && off+n <= ld.params
}

func (ld *loader) sum(data []byte) {
	if !ld.words(opMD5, data, 4) {
		return
	}
	off, n := int64(word(data, 0)), int64(word(data, 1))
	if !ld.flashReady(off, n) {
		ld.refuse(opMD5, romRead, stubSPI)
		return
	}
	h := md5.New()
	buf := make([]byte, blockSize)
	for n > 0 && ld.l.ctx.Err() == nil {
		p := buf[:min(n, blockSize)]
		if ld.b.flash.read(p, off) != nil {
			ld.refuse(opMD5, romRead, stubSPI)
			return
		}
		h.Write(p)
		off, n = off+int64(len(p)), n-int64(len(p))
		ld.b.busy(ld.l.ctx, time.Duration(len(p))*time.Second/md5Rate)
	}
	s := h.Sum(nil)
	if !ld.stub {
		s = []byte(hex.EncodeToString(s))
	}
	ld.answer(opMD5, 0, s)
}

// readSlow answers with 64 bytes whatever was asked for; those behind the ones asked for are not of the flash.
func (ld *loader) readSlow(data []byte) {
	if !ld.words(opReadSlow, data, 2) {
		return
	}
	off, n := int64(word(data, 0)), int64(word(data, 1))
	if n > slowReadMaximum {
		ld.refuse(opReadSlow, romReadSize, stubLength)
		return
	}
	p := make([]byte, slowReadMaximum)
	if !ld.flashReady(off, n) || ld.b.flash.read(p[:n], off) != nil {
		ld.refuse(opReadSlow, romRead, stubSPI)
		return
	}
	ld.answer(opReadSlow, 0, p)
}

func (ld *loader) stubCommand(op byte, data []byte) {
	switch op {
	case opEraseFlash:
		if len(data) != 0 {
			ld.refuse(op, romInvalid, stubLength)
			return
		}
		ld.busyFlash(chipEraseTime * time.Duration(ld.b.flash.size) / (16 << 20))
		ld.finish(op, ld.b.flash.erase(0, ld.b.flash.size))
	case opEraseRegion:
		if !ld.words(op, data, 2) {
			return
		}
		off, n := int64(word(data, 0)), int64(word(data, 1))
		if off%sectorSize != 0 || n%sectorSize != 0 || !ld.flashReady(off, n) {
			ld.refuse(op, romInvalid, stubSPI)
			return
		}
		ld.finish(op, ld.erase(off, n))
	case opReadFlash:
		ld.readFlash(data)
	case opRunUserCode:
		why := bootSystem
		ld.again = &why
	}
}

// finish answers a flash command by its result, or lets the power go.
func (ld *loader) finish(op byte, err error) {
	switch {
	case err == nil:
		ld.answer(op, 0, nil)
	case errors.Is(err, errPower):
		ld.b.Power(false)
	default:
		ld.refuse(op, romWrite, stubSPI)
	}
}

// readFlash sends raw packets and keeps at most inflight of them unacknowledged.
// An acknowledgement is the number of bytes received so far. The MD5 follows.
func (ld *loader) readFlash(data []byte) {
	if !ld.words(opReadFlash, data, 4) {
		return
	}
	off, n := int64(word(data, 0)), int64(word(data, 1))
	packet, inflight := int64(word(data, 2)), int64(word(data, 3))
	if packet == 0 || packet > blockSize || inflight == 0 || !ld.flashReady(off, n) {
		ld.refuse(opReadFlash, romInvalid, stubBlock)
		return
	}
	ld.answer(opReadFlash, 0, nil)
	h := md5.New()
	sent, acked := int64(0), int64(0)
	buf := make([]byte, packet)
	for acked < n {
		if sent < n && sent-acked < inflight*packet {
			p := buf[:min(packet, n-sent)]
			if ld.b.flash.read(p, off+sent) != nil {
				return // the host times out, as it does on a real board
			}
			h.Write(p)
			sent += int64(len(p))
			ld.send(p)
			continue
		}
		frame, ok := ld.next()
		if !ok {
			return
		}
		if len(frame) != 4 { // the host has given up
			ld.handle(bytes.Clone(frame))
			return
		}
		if a := int64(word(frame, 0)); a <= sent {
			acked = max(acked, a)
		}
	}
	ld.send(h.Sum(nil))
}
