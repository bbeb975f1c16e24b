// The tabs over the editor: which files are open, which one is in front, and how they get there and away.
import { batch, signal, type ReadonlySignal } from '@preact/signals'
import { boardPrefix, isOutside, libraryPrefix } from '../address'
import { api, refusal, takeEarlyFile, type Refusal } from '../api'
import { keep, project, settings, show } from '../state'
import type { Doc } from './document'
import { addDoc, checkSoon, docAt, forgetAll, forgetDoc, onGone, save, saving } from './documents'
import { firstTabs } from './first'
import { keptEdits } from './kept'
import { cursorTo, focusEditor, showDoc } from './view'

const $tabs = signal<string[]>([])
const $active = signal('')
const $opening = signal<{ path: string; problem?: Refusal } | undefined>(undefined)

export const tabs: ReadonlySignal<string[]> = $tabs
export const active: ReadonlySignal<string> = $active // path of the tab in front, '' for none
export const opening: ReadonlySignal<{ path: string; problem?: Refusal } | undefined> = $opening

// open shows a file in a tab; it answers with its document when it is text.
export async function open(path: string): Promise<Doc | undefined> {
  batch(() => {
    if (!$tabs.peek().includes(path)) $tabs.value = [...$tabs.peek(), path]
    front(path)
  })
  keepTabs()
  const have = docAt(path)
  if (have) return have
  if (!isText(path)) return undefined
  return load(path)
}

// jump opens a file at a place, both counted from 1.
export async function jump(path: string, line: number, column: number, focus = true): Promise<void> {
  show('code')
  const doc = await open(path)
  if (!doc) return
  cursorTo(doc, line, column)
  if (focus) focusEditor()
}

function isText(path: string): boolean {
  return isOutside(path)
    ? /\.(html?|css|m?js|json|txt|md|svg|xml|csv|go)$/i.test(path)
    : (project.peek()?.files.find((f) => f.path === path)?.text ?? true)
}

const loading = new Map<string, Promise<Doc | undefined>>()
const changedMeanwhile = new Map<string, string>() // hashes of files that are on their way here

function load(path: string): Promise<Doc | undefined> {
  let p = loading.get(path)
  if (!p) {
    p = read(path).finally(() => {
      loading.delete(path)
      changedMeanwhile.delete(path)
    })
    loading.set(path, p)
  }
  return p
}

// noteChange takes that a file which is not open is another one now: what is on its way may be older.
export function noteChange(path: string, hash: string): void {
  if (loading.has(path)) changedMeanwhile.set(path, hash)
}

async function read(path: string): Promise<Doc | undefined> {
  const name = project.peek()?.name
  try {
    const onBoard = path.startsWith(boardPrefix)
    const isLibrary = path.startsWith(libraryPrefix)
    const keptHere = onBoard || isLibrary ? undefined : keptEdits(name ?? '', path)
    const content = onBoard
      ? { text: await api.readBoardFile(path.slice(boardPrefix.length)), hash: '' }
      : isLibrary
        ? { text: await api.readSource(path.slice(libraryPrefix.length)), hash: '' }
        : ((await takeEarlyFile(path, project.peek()?.files.find((f) => f.path === path)?.hash ?? '')) ?? (await api.readFile(path)))
    const kept = await keptHere
    if (name !== project.peek()?.name || !$tabs.peek().includes(path)) return undefined
    const doc = addDoc({
      path,
      text: content.text,
      hash: content.hash,
      project: name ?? '',
      readOnly: onBoard || isLibrary || !!project.peek()?.readOnly,
    })
    if ($opening.peek()?.path === path) $opening.value = undefined
    if ($active.peek() === path) showDoc(doc)
    if (kept) saving.restore(doc, kept.text, kept.hash, kept.sent)
    if (!doc.readOnly) checkSoon(doc)
    const hash = changedMeanwhile.get(path)
    if (hash !== undefined) void saving.outside(doc, { hash })
    return doc
  } catch (err) {
    const r = refusal(err)
    if ($active.peek() === path) $opening.value = { path, problem: r }
    return undefined
  }
}

function front(path: string): void {
  $active.value = path
  const doc = docAt(path)
  $opening.value = !doc && path && isText(path) ? { path } : undefined
  showDoc(doc)
}

// retry loads the tab in front again after it could not be read.
export function retry(): void {
  const path = $active.peek()
  $opening.value = { path }
  void load(path)
}

// close closes a tab, after saving; the neighbour comes to the front.
export async function close(path: string): Promise<void> {
  const doc = docAt(path)
  if (doc?.unsaved.peek()) {
    await save(doc)
    if (doc.unsaved.peek()) {
      await open(path) // cannot be saved: show why instead of losing it
      return
    }
  }
  drop(path)
}

// drop forgets a tab without saving: its file is gone.
export function drop(path: string): void {
  const i = $tabs.peek().indexOf(path)
  batch(() => {
    forgetDoc(path)
    if (i < 0) return
    const rest = $tabs.peek().filter((t) => t !== path)
    $tabs.value = rest
    if ($active.peek() === path) {
      const next = rest[Math.min(i, rest.length - 1)] ?? ''
      front(next)
      loadFront()
    }
  })
  keepTabs()
}
onGone(drop)

// loadFront reads the file of the tab in front, unless that is done or it is no text.
function loadFront(): void {
  const path = $active.peek()
  if (path && !docAt(path) && isText(path)) void load(path)
}

// dropMissing forgets the tabs of files that the project does not have any more.
export function dropMissing(has: (path: string) => boolean): void {
  for (const t of $tabs.peek()) {
    if (!isOutside(t) && !docAt(t) && !loading.has(t) && !has(t)) drop(t)
  }
}

// renamed moves an open tab to its file's new name, with its history.
export async function renamed(from: string, to: string): Promise<void> {
  const wasActive = $active.peek() === from
  const i = $tabs.peek().indexOf(from)
  if (i < 0) return
  drop(from)
  const list = $tabs.peek().filter((t) => t !== to)
  list.splice(i, 0, to)
  $tabs.value = list
  keepTabs()
  if (wasActive) await open(to)
}

function keepTabs(): void {
  keep({ tabs: $tabs.peek().filter((t) => !isOutside(t)), activeTab: $active.peek(), project: project.peek()?.name ?? '' })
}

// showProject shows another project's files: those that were open last time, else the program and the first page.
export function showProject(): void {
  const p = project.peek()
  batch(() => {
    forgetAll()
    showDoc(undefined)
    const first = p ? firstTabs(p, settings.peek()) : { tabs: [], active: '' }
    $tabs.value = first.tabs
    front(first.active)
  })
  loadFront()
}
