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
