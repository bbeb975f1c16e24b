// The tabs over the editor: which files are open, which one is in front, and how they get there and away.
import { batch, signal, type ReadonlySignal } from '@preact/signals'
import { boardPrefix, isOutside, libraryPrefix } from '../address'
import { api, refusal, takeEarlyFile, type Refusal } from '../api'
import { wantSplit } from '../parts/layout'
import { keep, project, settings, show, tell } from '../state'
import { own } from '../words'
import type { OpenFiles } from '../wire'
import { nameOf } from '../format'
import type { Doc } from './document'
import { addDoc, checkSoon, docAt, forgetAll, forgetDoc, onFate, save, saving } from './documents'
import { whileAway } from './saving'
import { decode, decodedAs, mayBeText, type Decoded } from './encoding'
import { firstTabs } from './first'
import { keptEdits, keptOf } from './kept'
import { take } from './written'
import { cursorTo, focusEditor, front as frontHalf, setFront, showDoc, type Half } from './view'

const $tabs = signal<string[]>([])
const $active = signal('')
const $beside = signal('') // path of the file in the other editor, '' when there is one editor
const $opening = signal<{ path: string; problem?: Refusal } | undefined>(undefined)

export const tabs: ReadonlySignal<string[]> = $tabs
export const active: ReadonlySignal<string> = $active // path of the tab in front, '' for none
export const beside: ReadonlySignal<string> = $beside
export const opening: ReadonlySignal<{ path: string; problem?: Refusal } | undefined> = $opening

// open shows a file in a tab; it answers with its document when it is text. One that is in the other editor is shown there.
export async function open(path: string): Promise<Doc | undefined> {
  if (path && path === $beside.peek()) swap()
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

const other = (): Half => (frontHalf.peek() === 0 ? 1 : 0)

// swap brings the other editor to the front.
export function swap(): void {
  if (!$beside.peek()) return
  batch(() => {
    const path = $beside.peek()
    $beside.value = $active.peek()
    $active.value = path
    setFront(other())
    $opening.value = undefined
  })
  keepTabs()
}

// split shows a second file beside the one in front, on the right: for a program its page, for a page the program.
export function split(): void {
  const files = project.peek()?.files.map((f) => f.path) ?? []
  const isFit = (path: string) => path !== $active.peek() && (files.includes(path) || isOutside(path))
  const wanted = /\.go$/i.test($active.peek()) ? /\.html?$/i : /\.go$/i
  const all = [...$tabs.peek(), ...files].filter(isFit)
  const path = all.find((p) => wanted.test(p)) ?? all[0]
  if (!path) return
  if (frontHalf.peek() === 1) {
    // The one in front goes to the left.
    const doc = docAt($active.peek())
    showDoc(undefined)
    setFront(0)
    showDoc(doc)
  }
  batch(() => {
    wantSplit(true)
    $beside.value = path
    if (!$tabs.peek().includes(path)) $tabs.value = [...$tabs.peek(), path]
    showDoc(docAt(path), 1)
  })
  keepTabs()
  if (!docAt(path) && isText(path)) void load(path)
}

// unsplit ends that: the one in front has all the room.
export function unsplit(): void {
  batch(() => {
    wantSplit(false)
    $beside.value = ''
    showDoc(undefined, other())
  })
}

// jump opens a file at a place, both counted from 1.
export async function jump(path: string, line: number, column: number, focus = true): Promise<void> {
  show('code')
  const doc = await open(path)
  if (!doc) return
  cursorTo(doc, line, column)
  if (focus) focusEditor()
}

// isText tells what may be a text: what is not UTF-8 has to be read before that is known.
function isText(path: string): boolean {
  if (noTexts.has(path)) return false
  return mayBeText(path) || (!isOutside(path) && (project.peek()?.files.find((f) => f.path === path)?.text ?? true))
}

const noTexts = new Set<string>() // files that were read and are none, whatever their names say
const chosen = new Map<string, string>() // encodings that the user knows better, by path

const loading = new Map<string, Promise<Doc | undefined>>()
const changedMeanwhile = new Map<string, string>() // hashes of files that are on their way here

// isLoading tells that a file is on its way.
export const isLoading = (path: string): boolean => loading.has(path)

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

// frontIfHere waits for the file in front, if all that it takes has come.
export const frontIfHere = () => Promise.race([loading.get($active.peek()), new Promise((next) => setTimeout(next))])

// noteChange takes that a file which is not open is another one now: what is on its way may be older.
export function noteChange(path: string, hash: string): void {
  if (loading.has(path)) changedMeanwhile.set(path, hash)
}

async function read(path: string): Promise<Doc | undefined> {
  const name = project.peek()?.name
  try {
    const outside = isOutside(path)
    const keptHere = outside ? undefined : keptEdits(name ?? '', path)
    const content = outside ? await readOutside(path) : await readOwn(path)
    const kept = await keptHere
    if (name !== project.peek()?.name || !$tabs.peek().includes(path)) return undefined
    if (!content) {
      noTexts.add(path)
      if ($active.peek() === path) $opening.value = undefined
      return undefined
    }
    const doc = addDoc({
      path,
      text: content.content,
      hash: content.hash,
      encoding: content.encoding,
      project: name ?? '',
      readOnly: outside || !!project.peek()?.readOnly || !content.exact,
      inexact: !content.exact,
    })
    if ($opening.peek()?.path === path) $opening.value = undefined
    if ($active.peek() === path) showDoc(doc)
    else if ($beside.peek() === path) showDoc(doc, other())
    if (kept && content.exact) {
      if (content.gone) saving.bringBack(doc, kept.text)
      else saving.restore(doc, kept.text, kept.hash, kept.sent)
    }
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

type Found = Decoded & { hash: string; gone?: boolean }

const utf8 = (content: string): Found => ({ content, encoding: 'utf-8', exact: true, hash: '' })

async function readOutside(path: string): Promise<Found | undefined> {
  if (path.startsWith(libraryPrefix)) return utf8(await api.readSource(path.slice(libraryPrefix.length)))
  const found = decode(await api.readBoardBytes(path.slice(boardPrefix.length)), path)
  return found && { ...found, exact: true, hash: '' } // it is not written again
}

// readOwn reads a file of the project. One that is gone, while this browser has edits of it, is an empty one.
async function readOwn(path: string): Promise<Found | undefined> {
  const name = project.peek()?.name ?? ''
  try {
    const known = project.peek()?.files.find((f) => f.path === path)?.hash ?? ''
    const { bytes, hash } = (await takeEarlyFile(path, known)) ?? (await api.readFile(path))
    const as = chosen.get(`${name}/${path}`)
    const found = as ? decodedAs(bytes, as) : decode(bytes, path)
    return found && { ...found, hash }
  } catch (err) {
    if (refusal(err).missing && (await keptEdits(name, path))) return { ...utf8(''), gone: true }
    throw err
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
    if ($beside.peek() === path) unsplit()
    const rest = $tabs.peek().filter((t) => t !== path)
    $tabs.value = rest
    if ($active.peek() === path && $beside.peek()) {
      showDoc(undefined)
      swap()
      unsplit()
    } else if ($active.peek() === path) {
      const next = rest[Math.min(i, rest.length - 1)] ?? ''
      front(next)
      loadFront()
    }
  })
  keepTabs()
}

// noText shows a file otherwise that was a text and is none any more.
function noText(path: string): void {
  forgetDoc(path)
  noTexts.add(path)
  if ($active.peek() === path) front(path)
}

const appeared: { path: string; hash: string; at: number }[] = [] // files that are new, for a while

// noteNew takes that a file is new: another one that has gone may be this one.
export function noteNew(path: string, hash: string): void {
  const now = performance.now()
  appeared.splice(0, appeared.findLastIndex((a) => now - a.at > 5000) + 1)
  appeared.push({ path, hash, at: now })
}

// nowAt is where a file is that was at path, if it got another name.
const nowAt = (path: string, hash: string): string | undefined =>
  appeared.findLast((a) => a.hash === hash && a.path !== path && !docAt(a.path) && isThere(a.path))?.path

const isThere = (path: string) => !!project.peek()?.files.some((f) => f.path === path)

// moved follows a file to the name that somebody else has given it, with what was edited. It may get one more meanwhile.
async function moved(doc: Doc, to: string): Promise<void> {
  const edits = doc.isEdited ? doc.text : undefined
  if (edits !== undefined) saving.keep(doc) // until they are there
  let at = doc.path
  for (let next: string | undefined = to; next; next = nowAt(at, doc.hash)) {
    await renamed(at, next)
    tell({ level: 'info', problem: own('file.moved', { file: nameOf(at), to: next }) })
    at = next
    if (edits === undefined) return
    const now = docAt(at) ?? (await load(at))
    if (now) return now.replace(take(edits), undefined, true)
  }
  await renamed(at, doc.path) // it is gone after all: the edits are shown as what is left of it
  void load(doc.path)
}

const known = new Map<string, string>() // hashes of the project's files, and of those that were in it, by path

// noteHash takes what a file of the project is now.
export function noteHash(path: string, hash: string): void {
  known.set(path, hash)
}

// followMissing sees to the tabs of files that the project does not have any more and whose text was never asked for.
export function followMissing(): void {
  for (const t of $tabs.peek()) if (isMissing(t)) setTimeout(() => void leave(t), whileAway)
}

const isMissing = (path: string) => !isOutside(path) && !docAt(path) && !loading.has(path) && !isThere(path) && $tabs.peek().includes(path)

async function leave(path: string): Promise<void> {
  if (!isMissing(path)) return
  const to = nowAt(path, known.get(path) ?? '')
  if (!to) return drop(path)
  await renamed(path, to)
  tell({ level: 'info', problem: own('file.moved', { file: nameOf(path), to }) })
}

// reopen reads a file again, in an encoding that the user knows better.
export async function reopen(doc: Doc, encoding: string): Promise<void> {
  await save(doc)
  if (doc.unsaved.peek()) return
  chosen.set(`${doc.project}/${doc.path}`, encoding)
  forgetDoc(doc.path)
  showDoc(undefined)
  await open(doc.path)
}

onFate({
  close: drop,
  movedTo: (doc) => nowAt(doc.path, doc.hash),
  moved: (doc, to) => void moved(doc, to),
  noText,
})

// loadFront reads the file of the tab in front, unless that is done or it is no text.
function loadFront(): void {
  const path = $active.peek()
  if (path && !docAt(path) && isText(path)) void load(path)
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
  known.clear()
  for (const f of p?.files ?? []) noteHash(f.path, f.hash)
  noTexts.clear()
  batch(() => {
    forgetAll()
    unsplit()
    showDoc(undefined)
    const first = p ? firstTabs(p, settings.peek()) : { tabs: [], active: '' }
    $tabs.value = first.tabs
    front(first.active)
  })
  loadFront()
  if (p) void bringBackGone(p)
}

// bringBackGone opens the files of which only this browser has the text.
async function bringBackGone(p: OpenFiles): Promise<void> {
  for (const path of await keptOf(p.name)) {
    if (project.peek()?.name !== p.name || p.files.some((f) => f.path === path) || $tabs.peek().includes(path)) continue
    $tabs.value = [...$tabs.peek(), path]
    void load(path)
  }
}
