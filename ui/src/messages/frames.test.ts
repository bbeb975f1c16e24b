// Tests of what the details of a message are read from.
import type { Message } from '../wire'
import { bits, fill, frames, numbersOf, unmask } from './frames'
import { answerTo, lineOf, sends, stations, takes } from './slowly'
import { same } from '../same'

const brief = (heads: number[]) => frames(Uint8Array.from(heads)).map((f) => [f.fin, f.rsv, f.opcode, f.masked, f.short, f.length])

// RFC 6455, section 5.7
same('unmasked text', brief([0x81, 0x05]), [[true, 0, 1, false, 5, 5]])
same('masked text', brief([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d]), [[true, 0, 1, true, 5, 5]])
same('fragments', brief([0x01, 0x03, 0x80, 0x02]), [
  [false, 0, 1, false, 3, 3],
  [true, 0, 0, false, 2, 2],
])
same('256 bytes', brief([0x82, 0x7e, 0x01, 0x00]), [[true, 0, 2, false, 126, 256]])
same('64 KB', brief([0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0]), [[true, 0, 2, false, 127, 65536]])
same('reserved bits', brief([0xf1, 0x00]), [[true, 7, 1, false, 0, 0]])
same('half a header', brief([0x81, 0x85, 0x37, 0xfa]), [])
same('one and a half', brief([0x81, 0x00, 0x82]), [[true, 0, 1, false, 0, 0]])

const hello = frames(Uint8Array.from([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d]))[0]!
same(
  'unmasking, the example of section 5.7',
  unmask(hello, new TextEncoder().encode('Hello')).map((u) => u.sent),
  [0x7f, 0x9f, 0x4d, 0x51, 0x58],
)
same('no mask', unmask(frames(Uint8Array.from([0x81, 5]))[0]!, new TextEncoder().encode('Hello')), [])
same('only the first frame', unmask({ ...hello, length: 2 }, new TextEncoder().encode('Hello')).length, 2)
same('bits', [bits(5, 4), bits(0, 1)], ['0101', '0'])

const four = Uint8Array.from([0x00, 0x00, 0xc0, 0x3f, 0xff])
same('f32, little end first', numbersOf(four, 'f32', true), ['1.5'])
same('u16, big end first', numbersOf(four, 'u16', false), ['0', '49215'])
same('i8', numbersOf(four, 'i8', true), ['0', '0', '-64', '63', '-1'])
same('u64 needs eight', numbersOf(four, 'u64', true), [])
same('i64', numbersOf(new Uint8Array(8).fill(255), 'i64', true), ['-1'])
same('u64', numbersOf(new Uint8Array(8).fill(255), 'u64', true), ['18446744073709551615'])
same('a part of a buffer', numbersOf(four.subarray(2, 4), 'u16', true), ['16320'])
same('bounded', numbersOf(new Uint8Array(5000), 'u8', true).length, 1024)

const sent = { n: 7, now: () => new Date(0), random: () => 0.999 }
for (const [text, want] of [
  ['LED {{n}}', 'LED 7'],
  ['{{ n }}{{n}}', '77'],
  ['{{rand}}', '100'],
  ['{{rand 1 6}}', '6'],
  ['{{rand 6 1}}', '6'],
  ['{{rand -5 -1}}', '-1'],
  ['{{now}}', '1970-01-01T00:00:00.000Z'],
  ['{{name}} {n} {{rand 1}} {{ }}', '{{name}} {n} {{rand 1}} {{ }}'],
  ['{"a":{"b":1}}', '{"a":{"b":1}}'],
] as const)
  same(text, fill(text, sent), want)
same('low end', fill('{{rand 1 6}}', { ...sent, random: () => 0 }), '1')

const m = (seq: number, kind: string, millis = -1, conn = 1, from = 'page') =>
  ({ seq, kind, millis, conn, from, data: String(seq) }) as Message
const talk = [
  m(1, 'sent'),
  m(2, 'received'),
  m(3, 'received', 4, 2),
  m(4, 'received', 5, 1, 'console'),
  m(5, 'received', 6),
  m(6, 'sent'),
  m(7, 'sent'),
]
same('the answer of this connection', answerTo(talk[0]!, talk)?.seq, 5)
same('what follows another question answers that', answerTo(talk[5]!, [...talk, m(8, 'received', 9)]), undefined)
same('no answer', answerTo(talk[6]!, talk), undefined)
same('where a program takes texts', lineOf('package main\n// board.OnText(f)\n\tboard.OnText(func', takes(false)), 3)
same('and bytes', lineOf('board.OnText(f)\nboard.OnBinary(f)', takes(true)), 2)
same('nowhere', lineOf('func main() {}', takes(false)), undefined)
same('where a page sends', lineOf('<!-- ws.send(1) -->\n<script>\nws.send("LEDon")', sends), 3)
same(
  'the way of a page',
  stations(talk[0]!, true, true).map((s) => s.at),
  ['client', 'line', 'bridge', 'program', 'led', 'back'],
)
same(
  'the way of Studio',
  stations(talk[3]!, false, false).map((s) => s.at),
  ['client', 'line', 'program'],
)
