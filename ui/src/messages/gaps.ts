// Messages are numbered. When they come faster than they can be shown, some are left out, on their way or before it, and the
// list says in their place how many.
import type { Event, Message } from '../wire'
import { say } from '../words'

let last = -1 // number of the last one that came; -1: nobody knows what comes next

// fill puts that note among an event's messages, and returns how many are missing.
export function fill(e: Event): number {
  if (e.snapshot) last = e.snapshot.messages.at(-1)?.seq ?? e.snapshot.cleared
  const list = e.message
  if (!list) return 0
  if (list.length === 0) last = -1 // cleared, and what was on its way with it
  const at = list.findIndex((m) => m.seq > last) // those before it have come again
  const first = list[at]
  if (!first) return 0
  const missing = last < 0 ? 0 : first.seq - last - 1
  last = list.at(-1)!.seq
  if (missing > 0) list.splice(at, 0, note(missing, first))
  return missing
}

function note(n: number, { seq, time, from }: Message): Message {
  const data = say('messages.lost', { n })
  return { seq: seq - 1, time, from, conn: 0, kind: 'log', binary: false, data, size: data.length, millis: -1, level: 'warn' }
}
