// Values in bounded memory, and that no peak is lost on the way to the screen.
import { fail } from '../same'
import { columns, Ring } from './ring'

// same tells nothing from null.
function same(what: string, got: unknown, want: unknown): void {
  const [g, w] = [got, want].map((v) => JSON.stringify(v, (_, it) => (it === undefined ? 'nothing' : it)))
  if (g !== w) fail(`${what}: got ${g}, want ${w}`)
}

const small = new Ring(1000)
for (let i = 0; i < 2500; i++) small.push(i, i * 10)
same('how many are kept', small.length, 1000)
same('the oldest', [small.timeAt(0), small.valueAt(0)], [1500, 15000])
same('the newest', [small.timeAt(999), small.valueAt(999)], [2499, 24990])
same('memory', small.bytes, 16_000)
same('from', [small.from(0), small.from(1500), small.from(1500.5), small.from(9999)], [0, 0, 1, 1000])
same('near', [small.near(0), small.near(1500), small.near(1500.5), small.near(9999)], [-1, 0, 0, 999])
small.push(5, 1)
same('times do not go back', small.timeAt(999), 2499)

// Few values are drawn as they are, each at its time.
const [a, b] = [new Ring(), new Ring()]
for (const [t, v] of [
  [10, 1],
  [20, 2],
  [30, 3],
] as const)
  a.push(t, v)
b.push(15, 7)
b.push(20, NaN)
b.push(40, 8)
same('few', columns([a, b], 12, 25, 100), [
  [10, 15, 20, 30, 40],
  [1, undefined, 2, 3, undefined],
  [undefined, 7, null, undefined, 8],
])
same('none', columns([new Ring()], 0, 10, 100), [[], []])

// Many: the least and the greatest of each part are there, in their order, and nothing that never was.
const many = new Ring()
for (let i = 0; i < 100_000; i++) many.push(i, i % 1000 < 500 ? 1 : 2)
const wild = new Ring()
for (let i = 0; i < 100_000; i++) wild.push(i, i === 77_777 ? 500 : i === 77_778 ? -500 : Math.sin(i))
const [times, one, two] = columns([many, wild], 0, 99_999, 300)
same('no more than there is room for', times.length, 606)
same(
  'times ascend',
  times.every((t, i) => i === 0 || t >= times[i - 1]!),
  true,
)
const seen = two!.filter((v): v is number => typeof v === 'number')
same('the peak', [Math.max(...seen), Math.min(...seen)], [500, -500])
same('the peak comes first', seen.indexOf(500) < seen.indexOf(-500), true)
same('nothing else', new Set(one!.filter((v) => v !== undefined)).size, 2)
const parts = Array.from({ length: 300 }, (_, k) => [one![2 * (k + 1)], one![2 * (k + 1) + 1]])
same(
  'every part has a value',
  parts.every(([v]) => typeof v === 'number'),
  true,
)
// Only a span of it, of which little is to be seen.
const [short] = columns([wild], 77_700, 77_800, 300)
same('a short span', [short[0], short.at(-1), short.length], [77_699, 77_801, 103])
// A gap stays one, however much is around it.
const broken = new Ring()
for (let i = 0; i < 50_000; i++) broken.push(i < 25_000 ? i : i + 50_000, i)
const torn = new Ring()
for (let i = 0; i < 50_000; i++) {
  if (i === 25_000) torn.push(25_000, NaN)
  torn.push(i < 25_000 ? i : i + 50_000, i)
}
same('no gap', columns([broken], 0, 100_000, 300)[1]!.includes(null), false)
same('a gap', columns([torn], 0, 100_000, 300)[1]!.includes(null), true)
