// Replacing what was found. In open files it is an edit like any other, which one Ctrl+Z takes back. A single place, or
// those of one file, are replaced in the editor, where they are seen. All at once: first the project as it is becomes an
// entry of its history; then Studio's server replaces in the files that are not open.
import { isolateHistory } from '@codemirror/commands'
import { signal, type ReadonlySignal } from '@preact/signals'
import { api, refusal, refuse } from '../api'
import type { Doc } from '../editor/document'
import { docAt, save, saveAll, saving } from '../editor/documents'
import { open } from '../editor/tabs'
import { announce, show } from '../state'
import type { FoundFile, Place, Problem, Query } from '../wire'
import { own, say } from '../words'
import { draftOf, most, type Progress, type Results } from './find'

const atOnce = 100 // files of one request

export interface Outcome {
  places: number
  files: number
  left: { path: string; why: string }[] // files that stay as they are
  stopped: boolean
  kept: boolean // the history has what was there before
  problem?: Problem // why nothing, or no more, was replaced
}

const $replacing = signal<Progress | undefined>(undefined)
export const replacing: ReadonlySignal<Progress | undefined> = $replacing

let wanted = true
export function stopReplacing(): void {
  wanted = false
}

// placesIn looks for the places of a document as it is this moment.
async function placesIn(doc: Doc, query: Query): Promise<Place[]> {
  const asked = doc.state.doc
  const found = await api.search({ query, paths: [doc.path], drafts: [draftOf(doc)], most })
  if (doc.state.doc !== asked || docAt(doc.path) !== doc) throw refuse('search.moved', 'refused', 0, { file: doc.path })
  if (found.more || found.stopped) throw refuse('search.many', 'refused', 0, { limit: most })
  return found.files[0]?.places ?? []
}

function apply(doc: Doc, places: readonly Place[]): void {
  const { state } = doc
  const at = (line: number, column: number) => Math.min(state.doc.line(line).to, state.doc.line(line).from + column - 1)
  doc.change({
    changes: places.map((p) => ({
      from: at(p.line, p.column),
      to: at(p.endLine, p.endColumn),
      insert: state.toText(p.with.replace(/\n/g, state.lineBreak)),
    })),
    annotations: isolateHistory.of('full'),
    userEvent: 'input.replace',
  })
}

async function docFor(path: string): Promise<Doc> {
  show('code')
  const doc = await open(path)
  if (!doc) throw refuse('search.moved', 'refused', 0, { file: path })
  if (doc.readOnly || doc.conflict.peek()) throw refuse('search.conflict', 'refused', 0, { file: path })
  return doc
}

const isSame = (a: Place, b: Place) => a.line === b.line && a.column === b.column && a.text === b.text

// replaceOne replaces one place, replaceInFile all of a file, in the editor.
export async function replaceOne(query: Query, file: FoundFile, place: Place): Promise<void> {
  const doc = await docFor(file.path)
  const now = (await placesIn(doc, query)).find((p) => isSame(p, place))
  if (!now) throw refuse('search.moved', 'refused', 0, { file: file.path })
  apply(doc, [now])
  announce(say('search.replaced', { n: 1, files: say('search.files', { n: 1 }) }))
}

export async function replaceInFile(query: Query, file: FoundFile): Promise<void> {
  const doc = await docFor(file.path)
  const places = await placesIn(doc, query)
  if (places.length > 0) apply(doc, places)
  announce(say('search.replaced', { n: places.length, files: say('search.files', { n: 1 }) }))
}

// replaceAll replaces all that was found.
export async function replaceAll(r: Results): Promise<Outcome> {
  const out: Outcome = { places: 0, files: 0, left: [], stopped: false, kept: false }
  wanted = true
  let done = 0
  const step = (n: number) => {
    done += n
    if ($replacing.peek()) $replacing.value = { done, total: r.files.length }
  }
  const timer = setTimeout(() => ($replacing.value = { done, total: r.files.length }), 500)
  const leave = (path: string, why: string) => {
    out.left.push({ path, why })
  }
  try {
    await saveAll() // so that the history has it; what cannot be saved is left alone below
    const openOnes = r.files.filter((f) => docAt(f.path))
    const others = r.files.filter((f) => !docAt(f.path))
    for (let i = 0; i === 0 || i < others.length; i += atOnce) {
      if (!wanted) break
      const part = others.slice(i, i + atOnce)
      const answer = await api.replace({ query: r.query, keep: i === 0, files: part.map((f) => ({ path: f.path, hash: f.hash })) })
      out.kept = true
      for (const f of answer.files) {
        if (f.problem) leave(f.path, f.problem.code === 'file.conflict' ? own('search.moved', { file: f.path }).text : f.problem.text)
        else if (f.places > 0) {
          out.places += f.places
          out.files++
          const meanwhile = docAt(f.path)
          if (meanwhile) void saving.outside(meanwhile, { hash: f.hash })
        }
      }
      step(part.length)
    }
    for (const f of openOnes) {
      if (!wanted) break
      const doc = docAt(f.path)
      if (!doc || doc.readOnly || doc.unsaved.peek() || doc.conflict.peek()) {
        leave(f.path, own('search.conflict', { file: f.path }).text)
      } else {
        const places = await placesIn(doc, r.query).catch(() => undefined)
        if (!places) leave(f.path, own('search.moved', { file: f.path }).text)
        else if (places.length > 0) {
          apply(doc, places)
          void save(doc)
          out.places += places.length
          out.files++
        }
      }
      step(1)
    }
    out.stopped = !wanted
  } catch (err) {
    out.problem = refusal(err).problem
  } finally {
    clearTimeout(timer)
    $replacing.value = undefined
  }
  return out
}
