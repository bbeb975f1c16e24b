// Numbers of messages and lines become series.
import type { Message } from '../wire'
import { Numbers } from './collect'
import { Ring } from './ring'
import { csv } from './save'
import { same } from '../same'

let seq = 0
const message = (data: string, time: number, more: Partial<Message> = {}): Message => ({
  seq: ++seq,
  time,
  from: 'console',
  conn: 0,
  kind: 'received',
  binary: false,
  data,
  size: data.length,
  millis: -1,
  ...more,
})
const values = (n: Numbers, key: string) => {
  const ring = n.series.find((s) => s.key === key)?.ring
  return ring && Array.from({ length: ring.length }, (_, i) => [ring.timeAt(i), ring.valueAt(i)])
}

const n = new Numbers()
const first = [message('t=1 h=2 °C', 100), message('hello', 110), message('t=3', 120)]
n.messages(first)
same(
  'series',
  n.series.map((s) => s.key),
  ['message:t', 'message:h'],
)
same('values', values(n, 'message:t'), [
  [100, 1],
  [120, 3],
])
n.messages(first) // of a snapshot that comes again
same('known ones are not taken again', values(n, 'message:t')!.length, 2)
n.messages([message('t=9', 130, { binary: true }), message('t=9', 130, { kind: 'log' }), message('t=7', 130, { kind: 'sent' })])
same('binary ones and what pages print are none', values(n, 'message:t')!.length, 2)
same('what is sent is another series', values(n, 'sent:t'), [[130, 7]])

// What a board tells all its clients is one series; when one of them goes, another one carries on.
n.messages([message('t=4', 200), message('t=4', 201, { from: 'page', conn: 1 }), message('t=4', 201, { from: 'page', conn: 2 })])
same('once', values(n, 'message:t')!.length, 3)
n.messages([message('t=5', 2300, { from: 'page', conn: 2 })])
same('another one carries on', values(n, 'message:t')!.at(-1), [2300, 5])
n.gap()
n.messages([message('t=6', 2400, { from: 'page', conn: 2 })])
same('a gap', values(n, 'message:t')!.slice(-2), [
  [2300, null],
  [2400, 6],
])
seq = 0 // a new log, as of another board
n.messages([message('t=8', 3000, { from: 'page', conn: 2 })])
same('numbers that begin again', values(n, 'message:t')!.at(-1), [3000, 8])

// Lines come in pieces and in batches.
n.console('a:1,b', 1000)
same('not yet a line', values(n, 'console:a'), undefined)
n.console(':2\r\n\x1b[32ma:3\x1b[0m\na:', 1020)
same(
  'lines',
  [values(n, 'console:a')!.length, values(n, 'console:b')!.length, n.series.find((s) => s.key === 'console:a')!.last],
  [2, 1, 3],
)
n.console('4\na:5\na:6\na:7\n', 1060)
const times = values(n, 'console:a')!.map(([t]) => t!)
same(
  'one after the other',
  times.every((t, i) => i === 0 || t > times[i - 1]!),
  true,
)
same('up to now', times.at(-1)! <= 1060, true)

n.console('ESP-ROM:esp32c3-api1-20210207\nmode:DIO, clock div:1\n', 1100)
same(
  'what the boot loader prints',
  n.series.some((s) => s.name.includes('clock')),
  false,
)

// Where lines are missing, none is made of what was before and what comes after.
const l = new Numbers()
l.console('a=1\na=2', 1000)
l.console('5\na=3\n', 1030, 4)
same(
  'no number of two halves',
  values(l, 'console:a')!.map(([, v]) => v),
  [1, 3],
)
same('they are counted', l.lost, 4)
l.console('a=9\n'.repeat(50_000), 1060)
same('of a flood it takes some', [values(l, 'console:a')!.length < 25_000, l.lost + values(l, 'console:a')!.length], [true, 50_006])
l.console('a=7\n', 2060)
same('and goes on', l.series[0]!.last, 7)
l.clear()
same('forgotten', l.lost, 0)

const m = new Numbers()
m.messages(Array.from({ length: 50 }, (_, i) => message(`v${String.fromCharCode(97 + (i % 26))}${i > 25 ? 'x' : ''}=1`, i)))
same('no more series than there is room for', [m.series.length, m.left], [32, 18])

// A table for spreadsheets.
const [a, b] = [new Ring(), new Ring()]
a.push(0, 1)
a.push(1000, 2.5)
b.push(1000, 3)
b.push(1500, NaN)
b.push(2000, 4)
same(
  'a table',
  csv([
    { label: 'a, "b"', unit: '', factor: 1, ring: a },
    { label: '=1+1', unit: '°C', factor: 0.1, ring: b },
  ]),
  [
    `time,"a, ""b""",'=1+1 (°C)`,
    '1970-01-01T00:00:00.000Z,1,',
    '1970-01-01T00:00:01.000Z,2.5,0.3',
    '1970-01-01T00:00:02.000Z,,0.4',
    '',
  ].join('\r\n'),
)

// Of a flood 20,000 lines are looked at, the newest; and 10,000 more a second.
const flood = new Numbers()
const many = (from: number, n: number) => Array.from({ length: n }, (_, i) => `f=${from + i}\n`).join('')
flood.console(many(0, 20_000), 1000)
same('as many as that', [flood.lost, flood.series[0]!.ring.length], [0, 20_000])
const before = flood.version
flood.console(many(20_000, 15_000), 2000)
same('a second later half as many, and the newest', [flood.lost, flood.series[0]!.last], [5000, 34_999])
same('which is news', flood.version > before, true)
const still = new Numbers()
still.console('f=1\n', 1000)
const was = still.version
still.missed(0)
same('nothing missed is no news', still.version, was)
still.missed(3)
same('something missed is', [still.version, still.lost], [was + 1, 3])

// A line that does not end is kept in part; one that the board went away in is none.
const endless = new Numbers()
endless.console(`first=1 ${'x'.repeat(9000)}`, 1000)
endless.console('\n', 1010)
same('its beginning is forgotten', endless.series.length, 0)
const tail = new Numbers()
tail.console(`${'x'.repeat(9000)} last=1`, 1000)
tail.console('\n', 1010)
same(
  'its end is kept',
  tail.series.map((s) => s.name),
  ['last'],
)
const away = new Numbers()
away.console('f=1', 1000)
away.gap()
away.console('2\n', 1010)
same('half a line and half of another', values(away, 'console:f'), undefined)

// Lines that come after a rest were not printed during it.
const rested = new Numbers()
rested.console('f=1\n', 1000)
rested.console('f=2\nf=3\n', 9000)
same(
  'at their time',
  [0, 1, 2].map((i) => rested.series[0]!.ring.timeAt(i)),
  [1000, 9000, 9000],
)
