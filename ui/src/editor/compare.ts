// Line by line difference of two texts, for the question "mine or theirs?". @codemirror/merge finds the differences. Its
// views are not used: they tell removed from added lines by colour alone, and what they fold opens by mouse only.
import { Chunk } from '@codemirror/merge'
import { Text } from '@codemirror/state'

export interface Line {
  kind: 'same' | 'mine' | 'theirs'
  text: string
  changed: Range[] // of a line that the other side has with other words: which; in order
}

// Range is a part of a line, in UTF-16 units.
export interface Range {
  from: number
  to: number
}

// What the search for small differences may cost; after that it takes larger steps. Milliseconds, and characters.
export const effort = { scanLimit: 5000, timeout: 300 }

// compare returns both texts' lines in reading order. Time and memory are bounded.
export function compare(theirs: string, mine: string): Line[] {
  // With a line break behind the last line, too, a line that comes after it changes nothing in it.
  const a = Text.of(`${theirs}\n`.split('\n'))
  const b = Text.of(`${mine}\n`.split('\n'))
  const out: Line[] = []
  let at = 0 // in theirs
  for (const chunk of Chunk.build(a, b, effort)) {
    add(out, 'same', a, at, chunk.fromA)
    const both = chunk.fromA < chunk.toA && chunk.fromB < chunk.toB
    const inTheirs = chunk.changes.map((c) => ({ from: c.fromA, to: c.toA }))
    const inMine = chunk.changes.map((c) => ({ from: c.fromB, to: c.toB }))
    add(out, 'theirs', a, chunk.fromA, chunk.toA, both ? inTheirs : [])
    add(out, 'mine', b, chunk.fromB, chunk.toB, both ? inMine : [])
    at = chunk.toA
  }
  add(out, 'same', a, at, a.length)
  return out
}

// add appends whole lines of a text, with their line breaks; changes count from the first one's start.
function add(out: Line[], kind: Line['kind'], text: Text, from: number, to: number, changes: Range[] = []) {
  if (from >= to) return
  let start = 0
  let first = 0 // of the changes that do not end before this line
  for (const line of text.sliceString(from, to - 1).split('\n')) {
    const end = start + line.length
    while (first < changes.length && changes[first]!.to <= start) first++
    const changed: Range[] = []
    for (let i = first; i < changes.length && changes[i]!.from < end; i++)
      changed.push({ from: Math.max(changes[i]!.from, start) - start, to: Math.min(changes[i]!.to, end) - start })
    out.push({ kind, text: line, changed: changed.filter((c) => c.from < c.to) })
    start = end + 1
  }
}

// brief leaves out long stretches of equal lines; undefined stands for a gap.
export function brief(lines: Line[], around = 3): (Line | undefined)[] {
  const near = new Uint8Array(lines.length)
  lines.forEach((l, i) => {
    if (l.kind !== 'same') near.fill(1, Math.max(0, i - around), i + around + 1)
  })
  const out: (Line | undefined)[] = []
  lines.forEach((l, i) => {
    if (near[i]) out.push(l)
    else if (out.length === 0 || out.at(-1) !== undefined) out.push(undefined)
  })
  return out
}

// Row is a line of a view with both texts side by side. The side that has no such line is undefined.
export interface Row {
  before?: Numbered
  now?: Numbered
  same: boolean
}

export interface Numbered extends Line {
  number: number
}

// sideBySide pairs the lines of both texts: equal ones, and those that took each other's place.
export function sideBySide(lines: Line[]): Row[] {
  const out: Row[] = []
  let a = 0 // lines of theirs so far
  let b = 0
  let first = 0 // of the rows of this difference that wait for a line of mine
  for (const line of lines) {
    if (line.kind === 'same') {
      out.push({ before: { ...line, number: ++a }, now: { ...line, number: ++b }, same: true })
      first = out.length
    } else if (line.kind === 'theirs') {
      if (out[first]?.now) first = out.length // the difference before ended right above
      out.push({ before: { ...line, number: ++a }, same: false })
    } else {
      const row = out[first]
      const now = { ...line, number: ++b }
      if (row && !row.same) row.now = now
      else out.push({ now, same: false })
      first = Math.min(first + 1, out.length)
    }
  }
  return out
}

// Stretch is a part of the rows: a difference, or equal lines, which may be folded away.
export interface Stretch {
  same: boolean
  folded: boolean
  rows: Row[]
}

// stretches folds equal lines that are far from any difference.
export function stretches(rows: Row[], around = 3): Stretch[] {
  const out: Stretch[] = []
  for (let from = 0; from < rows.length; ) {
    const same = rows[from]!.same
    let to = from
    while (to < rows.length && rows[to]!.same === same) to++
    const part = rows.slice(from, to)
    const head = from === 0 ? 0 : around
    const tail = to === rows.length ? 0 : around
    if (same && part.length > head + tail + 1) {
      if (head) out.push({ same, folded: false, rows: part.slice(0, head) })
      out.push({ same, folded: true, rows: part.slice(head, part.length - tail) })
      if (tail) out.push({ same, folded: false, rows: part.slice(part.length - tail) })
    } else out.push({ same, folded: false, rows: part })
    from = to
  }
  return out
}
