// Makes lines of a timeline out of everything that Studio tells: one clock, Studio's, for all of it.
import { Allowance } from '../console/allowance'
import type { Event, Message, Pin } from '../wire'

export type Kind = 'click' | 'message' | 'page' | 'pin' | 'serial' | 'run' | 'push' | 'mark'

export interface Entry {
  id: number // ascending, in the order in which Studio told of them
  time: number
  kind: Kind
  text: string // in words, or what somebody wrote: never HTML
  bad?: boolean
  count?: number // how often the same came one after the other
  message?: Message
  pin?: number
  path?: string // of a file
  line?: number
  column?: number
}

// Words are how the lines say what has none of its own.
export interface Words {
  message: (m: Message) => string
  pin: (p: Pin) => string
  pushed: (paths: string[]) => string
  lost: (lines: number) => string
}

const most = 5000
const longest = 300 // characters of a line
const linesAtOnce = 500 // that the board prints; and a second, when it keeps printing: all else has to be found between them

export class Entries {
  list: Entry[] = [] // by time
  version = 0
  private id = 0
  private seq = 0
  private seqTime = 0
  private pins = new Map<number, string>()
  private phase = ''
  private board = ''
  private rest = ''
  private allowed = new Allowance(linesAtOnce, linesAtOnce)

  constructor(private words: Words) {}

  take(e: Event): void {
    const time = e.time ?? this.list.at(-1)?.time ?? 0
    if (e.snapshot) {
      this.messages(e.snapshot.messages)
      this.remember(e.snapshot.pins)
      this.board = e.snapshot.board.state
    }
    if (e.message) this.messages(e.message)
    if (e.console) this.printed(e.console.text, e.console.lost ?? 0, time)
    if (e.pins) this.pinned(e.pins, time)
    if (e.pushed?.paths.length)
      this.add({
        time,
        kind: 'push',
        text: this.words.pushed(e.pushed.paths),
        path: e.pushed.paths.length === 1 ? e.pushed.paths[0] : undefined,
      })
    const p = e.progress
    if (p && `${p.id} ${p.phase} ${p.state}` !== this.phase) {
      this.phase = `${p.id} ${p.phase} ${p.state}`
      const text = p.state === 'failed' ? p.problem?.text : p.text
      if (text) this.add({ time, kind: 'run', text, bad: p.state === 'failed' })
    }
    if (e.board && e.board.state !== this.board) {
      this.board = e.board.state
      if (e.board.text) this.add({ time, kind: 'run', text: e.board.text, bad: this.board === 'crashed' || this.board === 'silent' })
    }
  }

  clear(): void {
    this.list = []
    this.version++
  }

  private messages(list: readonly Message[]): void {
    for (const m of list) {
      if (m.seq > 0 && m.seq <= this.seq && m.time <= this.seqTime) continue
      this.seq = m.seq || this.seq
      this.seqTime = Math.max(this.seqTime, m.time)
      const { path, line, column } = m
      const kind = m.kind === 'mark' || m.kind === 'click' ? m.kind : m.kind === 'log' ? 'page' : 'message'
      const bad = m.kind === 'error' || m.level === 'error'
      this.add({ time: m.time, kind, text: this.words.message(m), message: m, bad, path, line, column })
    }
  }

  private printed(text: string, lost: number, time: number): void {
    const lines = ((lost ? '' : this.rest) + text).split('\n')
    this.rest = lines.pop()!.slice(-2000)
    const some = this.allowed.take(lines.length, time)
    lost += lines.length - some
    if (lost) this.add({ time, kind: 'serial', text: this.words.lost(lost) })
    for (const line of some < lines.length ? lines.slice(lines.length - some) : lines) {
      const plain = line.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '').trimEnd()
      if (plain) this.add({ time, kind: 'serial', text: plain })
    }
  }

  private remember(pins: readonly Pin[]): Pin[] {
    const changed: Pin[] = []
    for (const p of pins) {
      const now = `${p.mode === 'unused' ? '' : p.level} ${p.mode === 'analog' ? p.value : ''}`
      const was = this.pins.get(p.pin)
      if (was !== undefined && was !== now && p.mode !== 'unused') changed.push(p)
      this.pins.set(p.pin, now)
    }
    return changed
  }

  private pinned(pins: readonly Pin[], time: number): void {
    for (const p of this.remember(pins)) this.add({ time, kind: 'pin', text: this.words.pin(p), pin: p.pin })
  }

  private add(e: Omit<Entry, 'id'>): void {
    const text = e.text.length > longest ? `${e.text.slice(0, longest)}…` : e.text
    const last = this.list.at(-1)
    this.version++
    // A pin that is faded, and a program that prints the same again and again, stay in their line.
    if (
      last &&
      last.kind === e.kind &&
      time(last, e) < 1000 &&
      (e.kind === 'pin' ? last.pin === e.pin && / \d+ %$/.test(text) : e.kind === 'serial' && last.text === text)
    ) {
      this.list[this.list.length - 1] = { ...last, text, count: (last.count ?? 1) + 1 }
      return
    }
    const entry: Entry = { ...e, text, id: ++this.id }
    // Messages carry the time at which they went, and come in batches: they belong before what was told meanwhile.
    let at = this.list.length
    while (at > 0 && isBefore(e, this.list[at - 1]!)) at--
    this.list.splice(at, 0, entry)
    if (this.list.length > most * 1.1) this.list.splice(0, this.list.length - most)
  }
}

// isBefore tells that e belongs before another entry, though it was told after it. Of the same millisecond, a click comes before
// all else, and what was sent before what the board did: the one leads to the other. Messages are told in their order.
function isBefore(e: Omit<Entry, 'id'>, other: Entry): boolean {
  if (e.time !== other.time) return e.time < other.time
  return (e.kind === 'click' && other.kind !== 'click') || (e.message?.kind === 'sent' && (other.kind === 'pin' || other.kind === 'serial'))
}

const time = (a: { time: number }, b: { time: number }) => Math.abs(b.time - a.time)

// fitting are the entries of some kinds that have a text in them.
export function fitting(list: readonly Entry[], hidden: ReadonlySet<Kind>, text: string): Entry[] {
  const wanted = text.trim().toLowerCase()
  return list.filter((e) => !hidden.has(e.kind) && (!wanted || e.text.toLowerCase().includes(wanted)))
}
