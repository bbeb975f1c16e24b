// The emulated Pico as a process: pico.mjs PROGRAM.uf2 [FLASH]
//
// Without a program ("") the board has no power at first.
//
// FLASH is a file that keeps the flash from one start to the next. Standard
// input and output carry messages: a kind, the length as u32 little-endian,
// and that many bytes.
//
//   D bytes    what goes over USB CDC
//   C JSON     to the board: {id, do, …}; from it: {id, nanos, …} or {event, …}
//
// What can be done: lines {dtr, rts} · baud {rate} · state · reset (the RUN
// pin) · on · off (power) · flash {uf2}, as the bootloader would · erase {at},
// program {at, page in base64}: the same, bit by bit · cut {after}: the power
// fails in the middle of a flash operation, after so many · flashTime {real}:
// flash that takes its time, or none · leap {ms}: time goes by in which the
// program gets nowhere.
//
// Events: attached, gone {why}, pin {pin, level}. A request that finds the board
// gone is answered with {gone: true}. The process ends when its input does.
import fs from 'node:fs'
import { Board } from './board.mjs'

const [, , program, keep] = process.argv
const board = new Board()
const pins = {}

function message(kind, bytes) {
  const head = Buffer.alloc(5)
  head.write(kind, 0, 'latin1')
  head.writeUInt32LE(bytes.length, 1)
  process.stdout.write(Buffer.concat([head, bytes]))
}
const tell = (what) => message('C', Buffer.from(JSON.stringify({ nanos: board.nanos, ...what })))

const asked = new Map() // requests that wait for the board
board.onAttach = () => tell({ event: 'attached' })
board.onData = (bytes) => message('D', Buffer.from(bytes))
board.onPin = (pin, level) => {
  pins[pin] = level
  tell({ event: 'pin', pin, level })
}
board.onGone = (why) => {
  tell({ event: 'gone', why })
  for (const id of asked.keys()) tell({ id, gone: true })
  asked.clear()
}

const actions = {
  lines: ({ dtr, rts }, done) => board.setLines(dtr, rts, done),
  baud: ({ rate }, done) => board.setBaud(rate, done),
  state: (_, done) => done(),
  reset: (_, done) => {
    done()
    board.powerOff('reset')
    board.powerOn()
  },
  on: (_, done) => {
    done()
    board.powerOn()
  },
  off: (_, done) => {
    board.powerOff('power')
    done()
  },
  flash: ({ uf2 }, done) => {
    board.powerOff('bootloader')
    board.flashUF2(fs.readFileSync(uf2))
    done()
    board.powerOn()
  },
  erase: ({ at }, done) => {
    board.eraseSector(at)
    done()
  },
  program: ({ at, page }, done) => {
    board.programPage(at, Buffer.from(page, 'base64'))
    done()
  },
  cut: ({ after }, done) => {
    board.cutAfter = after
    done()
  },
  leap: ({ ms }, done) => {
    board.leap(ms)
    done()
  },
  flashTime: ({ real }, done) => {
    board.realFlash = real
    done()
  },
}

function request(r) {
  const waits = r.do === 'lines' || r.do === 'baud'
  if (waits && !board.attached) return tell({ id: r.id, gone: true })
  if (waits) asked.set(r.id, r)
  actions[r.do](r, () => {
    asked.delete(r.id)
    tell({ id: r.id, pins, ...board.count })
  })
}

let input = Buffer.alloc(0)
process.stdin.on('data', (bytes) => {
  input = Buffer.concat([input, bytes])
  while (input.length >= 5) {
    const length = input.readUInt32LE(1)
    if (input.length < 5 + length) break
    const kind = String.fromCharCode(input[0]),
      body = input.subarray(5, 5 + length)
    input = input.subarray(5 + length)
    if (kind === 'D') board.send(Uint8Array.from(body))
    else request(JSON.parse(body))
  }
})
process.stdin.on('end', () => {
  if (keep) fs.writeFileSync(keep, board.flash)
  process.exit(0)
})

if (keep && fs.existsSync(keep)) board.flash.set(fs.readFileSync(keep))
if (program) {
  board.flashUF2(fs.readFileSync(program))
  board.powerOn()
}
