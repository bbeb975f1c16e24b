// An emulated Raspberry Pi Pico: rp2040js with what it lacks to run TinyGo's
// programs unchanged. A boot ROM of our own, a NOR flash whose writes can only
// turn ones into zeros and can be cut off, and the computer's end of USB CDC.
//
// Time is emulated: it goes at most as fast as real time, and stands still
// while this process is busy with something else or cannot keep up. So no
// duration that is measured in it is shorter than on a chip because the board
// idled through it.
import { ConsoleLogger, LogLevel, Simulator, USBCDC } from 'rp2040js'

export const FLASH_SIZE = 2 << 20
const XIP = 0x10000000 // where flash is mapped
const CYCLE = 8 // ns, at 125 MHz
const SLICE = 8000 // instructions before this process looks at its input
const AHEAD = 1 // ms of emulated time that may be ahead of real time
const PACKET = 50_000 // ns that 64 bytes take at full speed, with the gaps between packets
const ERASE = 45_000_000,
  ERASE_BLOCK = 150_000_000,
  PROGRAM = 400_000 // ns per sector, 64 KB block and page (W25Q16JV, typical)
const SECTOR = 4096,
  BLOCK = 65536,
  PAGE = 256
const WATCHDOG = 0x40058 // the peripheral's address / 4096

// The boot ROM's functions that programs use (RP2040 datasheet 2.8.3): connect
// internal flash, exit XIP, range erase, range program, flush cache, enter
// command XIP, reset to USB boot. Each is a breakpoint with its number.
const ROM_CALLS = ['IF', 'EX', 'RE', 'RP', 'FC', 'CX', 'UB']

function bootROM() {
  const rom = new DataView(new ArrayBuffer(16384))
  const halves = (at, ...values) => values.forEach((v, i) => rom.setUint16(at + 2 * i, v, true))
  const table = 0x40,
    lookup = 0x80,
    calls = 0xa0
  rom.setUint32(0x10, 0x0301754d, true) // "Mu" 1, version 3
  halves(0x14, table, 0, lookup | 1) // function table, data table, how to search them
  ROM_CALLS.forEach((name, i) => {
    halves(table + 4 * i, name.charCodeAt(0) | (name.charCodeAt(1) << 8), (calls + 4 * i) | 1)
    halves(calls + 4 * i, 0xbe00 | i, 0x4770) // bkpt #i; bx lr
  })
  halves(
    lookup, // r0: table, r1: name
    0x8802, //       next: ldrh r2, [r0]
    0x2a00, //             cmp r2, #0
    0xd005, //             beq none
    0x428a, //             cmp r2, r1
    0xd001, //             beq found
    0x3004, //             adds r0, #4
    0xe7f8, //             b next
    0x8840,
    0x4770, // found: ldrh r0, [r0, #2]; bx lr
    0x2000,
    0x4770,
  ) // none: movs r0, #0; bx lr
  return new Uint32Array(rom.buffer)
}

// Board keeps flash; everything else is made anew when power comes. A restart
// of the chip by its own program or watchdog leaves RAM as it is, and the
// watchdog's notes.
// Handlers: onAttach() when the computer has configured USB, onGone(why) when
// the device has left the bus, onData(bytes), onPin(pin, level).
export class Board {
  constructor() {
    this.flash = new Uint8Array(FLASH_SIZE).fill(0xff)
    this.count = { erases: 0, programs: 0 }
    this.realFlash = true // erasing and programming take their time
    this.cutAfter = -1 // flash operations until the power fails, in the middle of one
    this.past = 0 // ns, before the present boot
    this.on = false
  }

  get nanos() {
    return this.past + (this.chip ? this.clock.nanos + this.waited() : 0)
  }

  // flashUF2 does what the bootloader does with a program: it erases the sectors
  // that the program touches, and no others.
  flashUF2(uf2) {
    const erased = new Set()
    for (let at = 0; at < uf2.length; at += 512) {
      const to = uf2.readUInt32LE(at + 12) - XIP,
        length = uf2.readUInt32LE(at + 16)
      const sector = to - (to % SECTOR)
      if (!erased.has(sector)) this.flash.fill(0xff, sector, sector + SECTOR)
      erased.add(sector)
      this.flash.set(uf2.subarray(at + 32, at + 32 + length), to)
    }
  }

  // What a bootloader does that is asked from outside, while the program does not run.
  eraseSector(at) {
    this.flash.fill(0xff, at, at + SECTOR)
  }
  programPage(at, page) {
    page.forEach((b, i) => {
      this.flash[at + i] &= b
    })
  }

  powerOn(before) {
    this.powerOff('power')
    const simulator = new Simulator(),
      chip = simulator.rp2040
    this.clock = simulator.clock
    this.chip = chip
    chip.logger = new ConsoleLogger(LogLevel.Error, false)
    chip.flash.set(this.flash)
    chip.bootrom.set(bootROM())
    const watchdog = chip.peripherals[WATCHDOG]
    if (before) {
      const old = before.peripherals[WATCHDOG]
      chip.sram.set(before.sram)
      watchdog.scratchData.set(old.scratchData)
      watchdog.reason = old.reason
    }
    chip.onBreak = (number) => this.romCall(ROM_CALLS[number])
    // rp2040js leaves the Thumb bit of a vector in PC.
    const enter = chip.core.exceptionEntry
    chip.core.exceptionEntry = function (number) {
      enter.call(this, number)
      this.PC &= ~1
    }
    // It does not know AIRCR.SYSRESETREQ, with which programs restart the chip.
    const write = chip.ppb.writeUint32
    chip.ppb.writeUint32 = (at, value) => {
      if (at === 0xd0c && value >>> 16 === 0x5fa && value & 4) this.restart('reset')
      else write.call(chip.ppb, at, value)
    }
    // Its watchdog goes on firing within one tick of the clock unless disarmed.
    watchdog.onWatchdogTrigger = () => {
      watchdog.alarm.enable = watchdog.timer.enable = false
      this.restart('watchdog')
    }
    chip.gpio.forEach((pin, number) =>
      pin.addListener((state) => {
        if (state < 2) this.onPin(number, state === 1)
      }),
    )
    this.plugIn(chip.usbCtrl)
    // The second stage of the boot is for flash chips; its work is done.
    const vectors = XIP + 0x100
    chip.core.VTOR = vectors
    chip.core.SP = chip.readUint32(vectors)
    chip.core.PC = chip.readUint32(vectors + 4) & ~1
    this.on = true
    this.base = performance.now()
    this.loop()
  }

  powerOff(why) {
    if (!this.on) return
    this.on = false
    clearTimeout(this.timer)
    this.timer = undefined
    this.past += this.clock.nanos
    this.chip = undefined
    this.attached = false
    this.onGone(why)
  }

  restart(why) {
    if (!this.on) return
    const before = this.chip
    this.powerOff(why)
    setImmediate(() => this.powerOn(before)) // not in the middle of an instruction
  }

  romCall(name) {
    const r = this.chip.core.registers
    switch (name) {
      case 'RE':
        // r2 and r3 are the size and the command of blocks, which it uses where one is aligned and wanted as a whole.
        for (let at = r[0], end = at + r[1]; at < end && this.on; ) {
          const block = r[2] === BLOCK && at % BLOCK === 0 && at + BLOCK <= end,
            size = block ? BLOCK : SECTOR
          const cut = this.cutAfter === 0
          this.count.erases++
          this.set(at, new Uint8Array(cut ? size / 2 : size).fill(0xff))
          this.worked(block ? ERASE_BLOCK : ERASE)
          at += size
        }
        return
      case 'RP':
        this.count.programs += r[2] / PAGE
        for (let at = 0; at < r[2] && this.on; at += PAGE) {
          const page = this.flash.slice(r[0] + at, r[0] + at + (this.cutAfter === 0 ? PAGE / 2 : PAGE))
          page.forEach((old, i) => {
            page[i] = old & this.chip.readUint8((r[1] + at + i) >>> 0)
          })
          this.set(r[0] + at, page)
          this.worked(PROGRAM)
        }
        return
      case 'UB':
        return this.powerOff('bootloader')
      case undefined:
        return this.powerOff('breakpoint in the program')
    }
  }

  set(at, bytes) {
    this.flash.set(bytes, at)
    this.chip.flash.set(bytes, at)
  }

  // worked ends an operation of the flash, or the power that it needed.
  worked(nanos) {
    if (this.realFlash) this.clock.tick(nanos)
    if (this.cutAfter >= 0 && this.cutAfter-- === 0) this.powerOff('power cut')
  }

  // plugIn connects the computer: it enumerates the device, then carries bytes.
  plugIn(usb) {
    const cdc = (this.cdc = new USBCDC(usb))
    this.usb = usb
    this.out = [] // bytes for the board
    this.want = 0 // bytes that it has room for now
    this.transfers = [] // control transfers, the first one is under way
    // rp2040js calls a packet to the computer done before the interrupt that
    // sent it has returned; TinyGo clears what came meanwhile and would wait for ever.
    const ready = usb.indicateBufferReady
    usb.indicateBufferReady = (endpoint, out) => {
      if (out) ready.call(usb, endpoint, out)
      else this.clock.createAlarm(() => ready.call(usb, endpoint, out)).schedule(PACKET)
    }
    usb.readDelayMicroseconds = PACKET / 1000
    // Having nothing to send is silence, not a packet without bytes every 10 µs.
    usb.onEndpointRead = (endpoint, size) => {
      if (endpoint === cdc.outEndpoint) {
        this.want = size
        this.pump()
      }
    }
    const enumerate = usb.onEndpointWrite
    usb.onEndpointWrite = (endpoint, bytes) => {
      if (endpoint !== 0 || !this.attached) return enumerate(endpoint, bytes)
      this.transfers.shift().done()
      this.transfer()
    }
    // It asserts DTR by itself, with a request to the device that TinyGo does not
    // take; here whoever opens the port does that.
    cdc.cdcSetControlLineState = () => {
      cdc.initialized = true
    }
    cdc.onDeviceConnected = () => {
      this.attached = true
      this.onAttach()
    }
    cdc.onSerialData = (bytes) => this.onData(bytes)
  }

  send(bytes) {
    this.catchUp()
    if (!this.attached || !bytes.length) return
    this.out.push(bytes)
    this.pump()
    this.hurry()
  }

  pump() {
    if (!this.want || !this.out.length) return
    const first = this.out.shift(),
      packet = first.subarray(0, this.want)
    if (packet.length < first.length) this.out.unshift(first.subarray(packet.length))
    this.want = 0
    this.usb.endpointReadDone(this.cdc.outEndpoint, Uint8Array.from(packet))
  }

  // setLines and setBaud call done when the board has taken them.
  setLines(dtr, rts, done) {
    this.control([0x21, 0x22, dtr | (rts << 1), 0, 0, 0, 0, 0], null, done)
  }

  setBaud(rate, done) {
    const coding = Uint8Array.of(rate, rate >>> 8, rate >>> 16, rate >>> 24, 0, 0, 8) // 8N1
    this.control([0x21, 0x20, 0, 0, 0, 0, coding.length, 0], coding, done)
  }

  control(setup, data, done) {
    this.catchUp()
    if (!this.attached) return
    this.transfers.push({ setup, data, done })
    if (this.transfers.length === 1) this.transfer()
    this.hurry()
  }

  transfer() {
    const [next] = this.transfers
    if (!next) return
    // Not in the interrupt that ended the transfer before.
    this.clock
      .createAlarm(() => {
        this.usb.sendSetupPacket(Uint8Array.from(next.setup))
        if (next.data) this.clock.createAlarm(() => this.dataStage(next.data)).schedule(PACKET)
      })
      .schedule(PACKET)
  }

  // dataStage fills endpoint 0's buffer itself: rp2040js would cut the packet to
  // the length that is in the register, which on a chip is the length received.
  dataStage(data) {
    const OUT = 0x84,
      FULL = 1 << 15,
      LENGTH = 0x3ff,
      view = this.chip.usbDPRAMView
    this.chip.usbDPRAM.set(data, 0x100)
    view.setUint32(OUT, (view.getUint32(OUT, true) & ~LENGTH) | FULL | data.length, true)
    this.usb.indicateBufferReady(0, true)
  }

  // loop runs the program until its time is ahead of ours.
  loop() {
    const { chip, clock } = this,
      { core } = chip
    this.timer = undefined
    this.catchUp()
    let early = 0 // ms until what the program waits for may happen
    for (let i = 0; i < SLICE && this.chip === chip; i++) {
      if (!core.waiting) {
        clock.tick(core.executeInstruction() * CYCLE)
        continue
      }
      const next = clock.nanosToNextAlarm || CYCLE
      early = this.ahead() + next / 1e6 - AHEAD
      if (early > 0) break
      clock.tick(next)
    }
    if (this.chip !== chip) return
    const ahead = this.ahead()
    if (early <= 0 && ahead < 0) this.base -= ahead // time that was lost is not made up for
    if (early > 0 || ahead > AHEAD) this.timer = setTimeout(() => this.loop(), Math.max(early, ahead))
    else
      setImmediate(() => {
        if (this.chip === chip) this.loop()
      })
  }

  // waited is for how many ns of our time the program has waited, beyond its own.
  waited() {
    if (!this.chip?.core.waiting) return 0
    return Math.max(0, Math.min(-this.ahead() * 1e6, this.clock.nanosToNextAlarm))
  }

  catchUp() {
    const waited = this.waited()
    if (waited) this.clock.tick(waited)
  }

  // leap lets time go by in which the program gets nowhere: with one that loops,
  // this process would need ten times as long.
  leap(ms) {
    this.base -= ms
    this.clock.tick(ms * 1e6)
  }

  // ahead is by how many ms emulated time is ahead of ours.
  ahead() {
    return this.clock.nanos / 1e6 - (performance.now() - this.base)
  }

  // hurry wakes a program that waits, because something has come for it.
  hurry() {
    if (this.timer === undefined || this.ahead() > 2 * AHEAD) return
    clearTimeout(this.timer)
    this.loop()
  }
}
