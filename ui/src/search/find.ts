// Searching all files of the project: what is looked for, what was found, and how far it is. Studio's server looks, into
// the files on the disk and into the texts that are open here and not saved yet.
import { batch, computed, signal, type ReadonlySignal } from '@preact/signals'
import { isOutside } from '../address'
import { api, refusal } from '../api'
import { allDocs } from '../editor/documents'
import { announce, project } from '../state'
import type { Draft, FoundFile, Problem, Query } from '../wire'
import { say } from '../words'

export const most = 10_000 // places; then the search stops
const atOnce = 200 // files of one request: between two it can be stopped
const longest = 2 << 20 // of a text that is looked into
const isLong = 500 // ms, then its progress is shown

export interface Results {
  project: string | undefined
  query: Query
  files: FoundFile[]
  places: number
  large: string[]
  more: boolean // there are more than these
  stopped: boolean // it took too long, or the user has stopped it
}

export interface Progress {
  done: number
  total: number
}

const $results = signal<Results | undefined>(undefined)
const $progress = signal<Progress | undefined>(undefined)
const $wrong = signal<Problem | undefined>(undefined)

export const results: ReadonlySignal<Results | undefined> = computed(() =>
  $results.value?.project === project.value?.name ? $results.value : undefined,
)
export const searching: ReadonlySignal<Progress | undefined> = $progress // of a search that takes its time
export const wrong: ReadonlySignal<Problem | undefined> = $wrong // why it cannot be searched for

let current: AbortController | undefined

// draftOf is a text as the editor has it. Its lines end in \n.
export const draftOf = (doc: { path: string; state: { doc: { toString(): string } } }): Draft => ({
  path: doc.path,
  text: doc.state.doc.toString(),
})

// clear ends what goes on and forgets what was found.
export function clear(): void {
  current?.abort()
  current = undefined
  batch(() => {
    $results.value = undefined
    $progress.value = undefined
    $wrong.value = undefined
  })
}

// stopSearch ends a search; what it has found stays.
export function stopSearch(): void {
  current?.abort('stopped')
}

// find looks for something in all files. quietly: it was looked for before, and something has changed since; what was found
// then stays until all is found again.
export async function find(query: Query, quietly = false): Promise<void> {
  current?.abort()
  const own = new AbortController()
  current = own
  const edited = allDocs().filter((d) => d.dirty && !isOutside(d.path))
  const large = edited.filter((d) => d.state.doc.length > longest).map((d) => d.path)
  const drafts = new Map(edited.filter((d) => !large.includes(d.path)).map((d) => [d.path, draftOf(d)]))
  const files = (project.peek()?.files ?? []).filter((f) => f.text && !large.includes(f.path))
  const found: Results = { project: project.peek()?.name, query, files: [], places: 0, large, more: false, stopped: false }
  const begun = performance.now()
  let done = 0
  const show = () => {
    if (current !== own) return
    const late = performance.now() - begun > isLong
    batch(() => {
      if (late && done < files.length) $progress.value = { done, total: files.length }
      if (!quietly && (late || done >= files.length)) $results.value = { ...found }
    })
  }
  const timer = setTimeout(show, isLong)
  try {
    do {
      const paths = files.slice(done, done + atOnce).map((f) => f.path)
      const answer = await api.search(
        { query, paths, drafts: paths.flatMap((p) => drafts.get(p) ?? []), most: most - found.places },
        own.signal,
      )
      if (current !== own) return
      done += paths.length
      found.files.push(...answer.files)
      found.places += answer.files.reduce((n, f) => n + f.places.length, 0)
      found.large.push(...answer.large)
      found.more = answer.more || (found.places >= most && done < files.length)
      found.stopped = answer.stopped
      if (done < files.length) show()
    } while (done < files.length && !found.more && !found.stopped)
    end(own, found)
  } catch (err) {
    if (current !== own) return
    if (own.signal.aborted) end(own, { ...found, stopped: true })
    else
      batch(() => {
        clear()
        $wrong.value = refusal(err).problem
      })
  } finally {
    clearTimeout(timer)
  }
}

function end(own: AbortController, found: Results): void {
  if (current !== own) return
  const before = $results.peek()
  batch(() => {
    current = undefined
    $progress.value = undefined
    $wrong.value = undefined
    $results.value = found
  })
  if (before?.places !== found.places || before.files.length !== found.files.length) announce(summary(found))
}

// summary says what was found.
export function summary(r: Results): string {
  if (r.places === 0) return say(r.stopped ? 'search.stoppedNone' : 'search.none')
  const files = say('search.files', { n: r.files.length })
  const text = say('search.places', { n: r.places, files })
  if (r.more) return say('search.capped', { count: r.places, files })
  return r.stopped ? `${text} ${say('search.stopped')}` : text
}
