// What waits for the console stays in bounds, and says where lines are missing, and how many.
import { Allowance } from './allowance'
import { Pieces } from './pieces'
import { same } from '../same'

const all = (p: Pieces, most = Infinity) => p.take(most).map((it) => [it.lost, it.text])

const p = new Pieces(20)
p.add('a\nb', 0)
p.add('c\n', 0)
p.add('d\n', 3)
same('in its place', all(p), [
  [0, 'a\nbc\n'],
  [3, 'd\n'],
])
same('taken', [p.isEmpty, all(p)], [true, []])

p.add('one\n', 0)
p.add('two\n', 5)
p.add('three\nfour\nfive\n', 0) // 24 letters
same('whole lines go, the oldest first', all(p), [[6, 'two\nthree\nfour\nfive\n']])
p.add('one\n', 0)
p.add('two\nthree\nfour\n', 5)
same('and are counted with those that were missing', all(p, 8), [[8, 'four\n']])
p.add('x'.repeat(15), 0)
p.add(`${'x'.repeat(10)}\ny\n`, 0)
same('a long line goes whole', all(p), [[1, 'y\n']])
p.add('x'.repeat(5000), 0)
same('or, if it is very long, in part', all(p), [[1, 'x'.repeat(20)]])
let lines = 0
for (let i = 0; i < 100; i++) p.add('line\n', i % 10 === 0 ? 2 : 0)
for (const [lost, text] of all(p)) lines += Number(lost) + String(text).split('\n').length - 1
same('none is forgotten', lines, 120)

const a = new Allowance(100, 1000)
same('so many at once', [a.take(80, 5000), a.take(80, 5000), a.take(80, 5000)], [80, 20, 0])
same('and a second', [a.take(80, 5010), a.take(80, 5005), a.take(500, 9000)], [10, 0, 100])
same('nor before the first time', new Allowance(100, 1000).take(80, 0), 80)
const b = new Allowance(10, 1000)
same('time that went back does not count twice', [b.take(20, 1000), b.take(20, 995), b.take(20, 1000)], [10, 0, 0])
same('no half lines', [b.take(20, 1000.5), b.take(20, 1001)], [0, 1])

// The edges of what goes.
const cut = (most: number, ...added: [string, number][]) => {
  const p = new Pieces(1e6)
  for (const [text, lost] of added) p.add(text, lost)
  return all(p, most)
}
same('a line that is just enough goes alone', cut(5, ['aaaa\nbbbb\n', 0]), [[1, 'bbbb\n']])
same('an empty one after it stays', cut(3, ['a\n\nb\n', 0]), [[1, '\nb\n']])
same('empty ones count', cut(2, ['a\n\n\nb\n', 0]), [[3, 'b\n']])
same('the only line goes as well', cut(4, ['aaaaaaaa\n', 0]), [[1, '']])
same('where only lines are missing, none is counted', cut(4, ['', 5], ['a\nb\nc\n', 3]), [[9, 'b\nc\n']])
same('a very long line goes in part, though it ends', cut(8000, [`${'x'.repeat(9000)}\n`, 0]), [[1, `${'x'.repeat(7999)}\n`]])
const missing = new Pieces(20)
missing.add('', 2)
same('missing lines are something', [missing.isEmpty, all(missing)], [false, [[2, '']]])
