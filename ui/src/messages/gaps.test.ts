// Numbers that are skipped become a note in their place.
import type { Event, Message, Snapshot } from '../wire'
import { fill } from './gaps'
import { same } from '../same'

const m = (seq: number): Message => ({
  seq,
  time: 1000 + seq,
  from: 'page',
  conn: 1,
  kind: 'received',
  binary: false,
  data: 'x',
  size: 1,
  millis: -1,
})
const event = (...seqs: number[]): Event => ({ message: seqs.map(m) })
const told = (e: Event) => [fill(e), ...e.message!.map((it) => `${it.seq} ${it.kind}`)]
const snapshot = (cleared: number, ...seqs: number[]) => fill({ snapshot: { messages: seqs.map(m), cleared } as unknown as Snapshot })

same('before a snapshot nobody knows', told(event(7)), [0, '7 received'])
snapshot(0, 1, 2, 3)
same('none is missing', told(event(4, 5)), [0, '4 received', '5 received'])
const gap = event(4, 9, 10)
same('some are', told(gap), [3, '4 received', '8 log', '9 received', '10 received'])
same('the note says how many, and when', [gap.message![1]!.data.slice(0, 10), gap.message![1]!.time], ['3 messages', 1009])
same('only those that came again', told(event(9)), [0, '9 received'])
same('cleared', told(event()), [0])
same('then nobody knows', told(event(20)), [0, '20 received'])
same('and then again', told(event(22)), [1, '21 log', '22 received'])
snapshot(30)
same('after what was cleared', told(event(32)), [1, '31 log', '32 received'])
snapshot(0)
same('of another board', told(event(1)), [0, '1 received'])
