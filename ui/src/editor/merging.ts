// What has changed between two texts, and both changes of one text at once. It comes with @codemirror/merge, and is loaded
// when another program changes a file that is open.
import { Chunk } from '@codemirror/merge'
import { ChangeSet, type ChangeSpec, type Text } from '@codemirror/state'
import { effort } from './compare'

const chunksOf = (a: Text, b: Text) => Chunk.build(a, b, effort)

function changes(chunks: readonly Chunk[], b: Text): ChangeSpec[] {
  return chunks.flatMap((chunk) =>
    chunk.changes.map((c) => ({
      from: chunk.fromA + c.fromA,
      to: chunk.fromA + c.toA,
      insert: b.slice(chunk.fromB + c.fromB, chunk.fromB + c.toB),
    })),
  )
}

// between is what makes b of a, in small parts, so that a cursor between them stays where it is.
export const between = (a: Text, b: Text): ChangeSet => ChangeSet.of(changes(chunksOf(a, b), b), a.length)

export interface Merged {
  mine: ChangeSet // what of theirs is to be done to mine
  theirs: ChangeSet // what of mine is to be done to theirs
  places: number // at which theirs changes mine
}

// merge brings two changes of a text together. Changes of the same line, or of lines next to each other, are nothing that
// can be decided here, unless they are the same change: then there is no answer.
export function merge(base: Text, mine: Text, theirs: Text): Merged | undefined {
  const own = chunksOf(base, mine)
  const other = chunksOf(base, theirs)
  const isSame = (a: Chunk, b: Chunk) =>
    a.fromA === b.fromA && a.toA === b.toA && mine.slice(a.fromB, a.endB).eq(theirs.slice(b.fromB, b.endB))
  const added = other.filter((t) => !own.some((m) => isSame(m, t)))
  if (added.some((t) => own.some((m) => m.fromA <= t.toA && t.fromA <= m.toA))) return undefined
  const missing = own.filter((m) => !other.some((t) => isSame(m, t)))
  const set = (chunks: readonly Chunk[], of: Text) => ChangeSet.of(changes(chunks, of), base.length)
  return {
    mine: set(added, theirs).map(set(own, mine)),
    theirs: set(missing, mine).map(set(other, theirs)),
    places: added.length,
  }
}
