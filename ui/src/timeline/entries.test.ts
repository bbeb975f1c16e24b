// Everything on one clock: a click is followed to the LED, whatever order Studio told of it in.
import type { Event, Message, Pin } from '../wire'
import { Entries, fitting } from './entries'
import { same } from '../same'

const make = () =>
  new Entries({
    message: (m) => `${m.kind} ${m.data}`,
    pin: (p) => `${p.name} ${p.mode === 'analog' ? `${p.value} %` : p.level}`,
    pushed: (paths) => paths.join(),
    lost: (n) => `${n} lost`,
  })
let seq = 0
const message = (kind: string, data: string, time: number): Message => ({
  seq: ++seq,
  time,
  from: 'page',
  conn: 1,
  kind,
  binary: false,
  data,
  size: data.length,
  millis: -1,
})
const pin = (level: boolean, more: Partial<Pin> = {}): Pin => ({ pin: 8, name: 'LED', mode: 'output', level, ...more })
const progress = (phase: string, state: string, text: string): Event['progress'] => ({
  id: '1',
  action: 'run',
  phase,
  text,
  done: 0,
  total: 0,
  state,
  millis: 0,
})

const e = make()
e.take({ pins: [pin(false)], time: 100 })
same('what pins are at first is no change', e.list.length, 0)
e.take({ pins: [pin(true)], time: 1030 })
e.take({ console: { text: 'got LEDon\r\nhal', at: 1 }, time: 1040 })
const batch = [message('sent', 'LEDon', 1000), message('click', 'button on', 1000), message('received', 'Reply', 1035)]
e.take({ message: batch, time: 1050 })
e.take({ message: batch, time: 1060 })
e.take({ console: { text: 'f\n', at: 2 }, time: 1070 })
same(
  'in the order in which it happened',
  e.list.map((it) => [it.time, it.kind, it.text]),
  [
    [1000, 'click', 'click button on'],
    [1000, 'message', 'sent LEDon'],
    [1030, 'pin', 'LED true'],
    [1035, 'message', 'received Reply'],
    [1040, 'serial', 'got LEDon'],
    [1070, 'serial', 'half'],
  ],
)
same(
  'by kind and text',
  fitting(e.list, new Set(['serial']), 'led').map((it) => it.kind),
  ['message', 'pin'],
)

// A board may answer within the millisecond, and messages come in batches, after the pin: cause before effect all the same.
const quick = make()
quick.take({ pins: [pin(false)], time: 1 })
quick.take({ pins: [pin(true)], time: 5 })
quick.take({
  message: [message('sent', 'a', 5), message('received', 'Reply', 5), message('sent', 'b', 5)],
  time: 9,
})
quick.take({ message: [message('click', 'button on', 5)], time: 10 })
same(
  'cause before effect within a millisecond',
  quick.list.map((it) => it.text),
  ['click button on', 'sent a', 'LED true', 'received Reply', 'sent b'],
)

const f = make()
f.take({ progress: progress('build', 'running', 'Building'), time: 1 })
f.take({ progress: progress('build', 'running', 'Building 50 %'), time: 2 })
f.take({ progress: progress('flash', 'running', 'Flashing'), time: 3 })
f.take({ pushed: { paths: ['www/a.html'], bytes: 1 }, time: 4 })
f.take({ message: [message('mark', 'cable', 5), message('log', 'x', 6)], time: 6 })
same(
  'phases, files, marks',
  f.list.map((it) => [it.kind, it.path]),
  [
    ['run', null],
    ['run', null],
    ['push', 'www/a.html'],
    ['mark', null],
    ['page', null],
  ],
)
for (let i = 0; i < 50; i++) f.take({ pins: [pin(true, { mode: 'analog', value: i })], time: 100 + i })
same('a pin that is faded is one line', [f.list.filter((it) => it.kind === 'pin').length, f.list.at(-1)!.text], [1, 'LED 49 %'])
for (let i = 0; i < 6000; i++) f.take({ console: { text: `${i}\n`, at: i }, time: 1000 + 10 * i })
same('bounded', [f.list.length <= 5500, f.list.some((it) => / lost$/.test(it.text))], [true, false])

// A flood of lines leaves room for all else; what is left out is counted in its place, and no line is made of two halves.
const g = make()
g.take({ console: { text: 'a\nha', at: 1 }, time: 1 })
g.take({ console: { text: 'c\n', at: 2, lost: 7 }, time: 2 })
same(
  'missing',
  g.list.map((it) => it.text),
  ['a', '7 lost', 'c'],
)
let flood = 0
for (let t = 0; t < 3000; t += 30) {
  g.take({ console: { text: Array.from({ length: 1000 }, (_, i) => `${t} ${i}\n`).join(''), at: 3, lost: 1 }, time: 1000 + t })
  flood += 1001
}
const counts = g.list.slice(3).map((it) => Number(/^(\d+) lost$/.exec(it.text)?.[1] ?? 1))
same(
  'every line is there or counted',
  counts.reduce((sum, n) => sum + n, 0),
  flood,
)
same('few are there', g.list.length < 2500, true)
same('the newest is', g.list.at(-1)!.text, '2970 999')
