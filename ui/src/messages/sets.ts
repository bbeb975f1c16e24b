// The project's sets of messages (tests/*.json), and the run of their tests.
import { computed, effect, signal, untracked, type ReadonlySignal } from '@preact/signals'
import { api } from '../api'
import { docAt, save, saving } from '../editor/documents'
import { attempt, follow, project } from '../state'
import { chosen } from './connections'
import type { Event, File, Load, MessageSet, TestedSet, TestRun } from '../wire'

const $sets = signal<MessageSet[]>([])
const $run = signal<TestRun | undefined>(undefined)

const $results = signal<ReadonlyMap<string, TestedSet>>(new Map())

const $load = signal<Load | undefined>(undefined)

export const loading: ReadonlySignal<Load | undefined> = $load // pretend pages
export const sets: ReadonlySignal<MessageSet[]> = $sets
export const run: ReadonlySignal<TestRun | undefined> = $run
export const results: ReadonlySignal<ReadonlyMap<string, TestedSet>> = $results // of the last run of each set, by path
export const testing = computed(() => $run.value?.state === 'running')

// named are the messages that have names, with the set that each is of.
export const named = computed(() => $sets.value.flatMap((s) => s.messages.map((m) => ({ ...m, path: s.path, set: s.name }))))

export const isSet = (path: string) => /^tests\/[^/]+\.json$/.test(path)

function took(now: TestRun | undefined): void {
  $run.value = now
  if (now) $results.value = new Map([...$results.peek(), ...now.sets.map((s) => [s.path, s] as const)])
}

// startSets reads the sets again whenever one of their files has changed.
export function startSets(): void {
  follow((e: Event) => {
    if (e.snapshot) took(e.snapshot.tests)
    if (e.tests) took(e.tests)
    if (e.snapshot) $load.value = e.snapshot.load
    if (e.load) $load.value = e.load
  })
  let of: string | undefined
  const known = computed(() => {
    const p = project.value
    const files = p?.files.filter((f) => isSet(f.path)) ?? []
    return files.length ? `${p?.name}\n${files.map((f) => `${f.path} ${f.hash}`).join('\n')}` : ''
  })
  effect(() => {
    const asked = known.value
    if (project.value?.name !== of) $results.value = new Map()
    of = project.value?.name
    if (!asked) $sets.value = []
    else
      void untracked(api.sets).then(
        (all) => {
          if (known.peek() === asked) $sets.value = all.sets
        },
        () => {}, // Studio is gone; it sends everything when it is back
      )
  })
}

export const sendNamed = (path: string, name: string) => attempt(() => api.sendNamed(path, name, chosen.peek().conn ?? 1))

export const runSets = (paths: string[]) =>
  attempt(async () => {
    const now = await api.runTests(paths)
    if (($run.peek()?.id ?? 0) < now.id) took(now) // events may be further
  })

// readSet gives a file as it is to be edited: what the editor has not saved yet counts.
export async function readSet(path: string): Promise<{ text: string; hash: string }> {
  const doc = docAt(path)
  if (doc?.unsaved.peek()) await save(doc)
  const { bytes, hash } = await api.readFile(path)
  return { text: new TextDecoder().decode(bytes), hash }
}

// writeSet saves a file, and lets the editor follow if it is open there.
export async function writeSet(path: string, content: string, hash: string): Promise<File> {
  const file = await api.writeFile(path, content, hash)
  const doc = docAt(path)
  if (doc) await saving.outside(doc, { hash: file.hash })
  return file
}

// freePath is where a set of that name can be.
export function freePath(name: string): string {
  const plain =
    name
      .normalize('NFKD')
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-+|-+$/g, '')
      .toLowerCase()
      .slice(0, 40) || 'test'
  const taken = new Set(project.peek()?.files.map((f) => f.path.toLowerCase()))
  for (let i = 1; ; i++) {
    const path = `tests/${plain}${i > 1 ? `-${i}` : ''}.json`
    if (!taken.has(path)) return path
  }
}
