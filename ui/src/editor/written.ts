// A file's text as it is written: with or without a byte order mark, and how its lines end. The editor knows lines only;
// what it is not told here would be another file after a save.
import { invertedEffects } from '@codemirror/commands'
import { MapMode, RangeSet, RangeValue, StateEffect, StateField, Text, type EditorState, type Extension } from '@codemirror/state'

export type Eol = '\n' | '\r\n' | '\r'

// Written is a text and all that its file has besides.
export interface Written {
  text: Text
  bom: boolean
  eol: Eol // how lines end …
  odd: RangeSet<Break> // … but for these, each at the end of its line: a file may have both kinds
}

// Break is the end of a line that ends otherwise than most of its file. It goes with its line break.
class Break extends RangeValue {
  override mapMode = MapMode.TrackAfter
  override startSide = 1
  override endSide = 1
  constructor(readonly eol: Eol) {
    super()
  }
  override eq(other: RangeValue): boolean {
    return other instanceof Break && other.eol === this.eol
  }
}

const mark = '\ufeff'

// take reads the content of a file.
export function take(content: string): Written {
  const bom = content.startsWith(mark)
  const body = bom ? content.slice(1) : content
  const count = { '\n': 0, '\r\n': 0, '\r': 0 }
  for (const m of body.matchAll(/\r\n?|\n/g)) count[m[0] as Eol]++
  const eol = (['\n', '\r\n', '\r'] as const).reduce((most, e) => (count[e] > count[most] ? e : most))
  const text = Text.of(body.split(/\r\n?|\n/))
  if (count['\n'] + count['\r\n'] + count['\r'] === count[eol]) return { text, bom, eol, odd: RangeSet.empty }
  const odd = []
  let removed = 0 // of line breaks of two characters so far
  for (const m of body.matchAll(/\r\n?|\n/g)) {
    if (m[0] !== eol) odd.push(new Break(m[0] as Eol).range(m.index - removed))
    removed += m[0].length - 1
  }
  return { text, bom, eol, odd: RangeSet.of(odd) }
}

// put is the content of the file again.
export function put(w: Written): string {
  const parts = [w.bom ? mark : '']
  let at = 0
  for (const it = w.odd.iter(); it.value; it.next()) {
    parts.push(w.text.sliceString(at, it.from, w.eol), it.value.eol)
    at = it.from + 1
  }
  parts.push(w.text.sliceString(at, w.text.length, w.eol))
  return parts.join('')
}

// isSame tells whether two would be the same file.
export const isSame = (a: Written, b: Written): boolean =>
  a.bom === b.bom && a.eol === b.eol && a.text.eq(b.text) && RangeSet.eq([a.odd], [b.odd])

// join puts the odd line ends of two texts together, which have been brought to the places of one.
export function join(a: RangeSet<Break>, b: RangeSet<Break>): RangeSet<Break> {
  if (b.size === 0) return a
  const places = new Map<number, Break>()
  for (const set of [b, a]) for (const it = set.iter(); it.value; it.next()) places.set(it.from, it.value)
  return RangeSet.of(
    [...places].map(([at, b]) => b.range(at)),
    true,
  )
}

// setOdd says which line breaks are odd after a change.
export const setOdd = StateEffect.define<RangeSet<Break>>()

interface Place {
  at: number
  value: Break
}

// An undone deletion brings its line breaks back as they were.
const bringBack = StateEffect.define<Place[]>({
  map: (list, change) => list.map((p) => ({ ...p, at: change.mapPos(p.at, 1) })),
})

const field = StateField.define<RangeSet<Break>>({
  create: () => RangeSet.empty,
  update(odd, tr) {
    let now = tr.docChanged ? odd.map(tr.changes) : odd
    for (const e of tr.effects) {
      if (e.is(setOdd)) now = e.value
      if (e.is(bringBack)) now = now.update({ add: e.value.map((p) => p.value.range(p.at)), sort: true })
    }
    return now
  },
})

export const oddOf = (state: EditorState): RangeSet<Break> => state.field(field)

// keepsOdd is what an editor needs so that odd line breaks stay where they are.
export function keepsOdd(odd: RangeSet<Break>): Extension {
  return [
    field.init(() => odd),
    invertedEffects.of((tr) => {
      const before = tr.startState.field(field)
      if (!tr.docChanged || before.size === 0) return []
      const gone: Place[] = []
      for (const it = before.iter(); it.value; it.next())
        if (tr.changes.mapPos(it.from, 1, MapMode.TrackAfter) === null) gone.push({ at: it.from, value: it.value })
      return gone.length ? [bringBack.of(gone)] : []
    }),
  ]
}
