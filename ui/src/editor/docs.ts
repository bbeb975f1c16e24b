// Open files: their text, undo history, saving, and what happens when somebody else changes them.
//
// One CodeMirror view shows one document at a time; every other document keeps its own EditorState, so undo history,
// cursor and marks survive a switch of tabs. Saving is one loop per document, never two at a time. The hash that the
// server gave with the last content goes back with each save (If-Match), so that nobody's change is overwritten.
import { isolateHistory, redo, undo } from '@codemirror/commands'
import { Annotation, Compartment, EditorSelection, EditorState, type StateEffect, type Text, type TransactionSpec } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { batch, effect, signal, untracked, type ReadonlySignal } from '@preact/signals'
import { boardPrefix } from '../address'
import { api, clientID, refusal, takeEarlyFile, type Refusal } from '../api'
import type { Event, FileChange, Fix, Diagnostic } from '../wire'
import { announce, follow, forget, keep, link, problems, project, serverProblems, setChecks, settings, show } from '../state'
import { say } from '../words'
import { base, indentOf } from './codemirror'
import { firstTabs } from './first'
import { dropEdits, keepEdits, keptEdits } from './kept'
import { languageOf, loadLanguage } from './language'
import { marksOf, setMarks, shownMarks, type Shown } from './marks'

export interface Conflict {
  theirs: string | undefined // undefined: the file is gone
  hash: string
}

const language = new Compartment()

export class Doc {
  state: EditorState
  hash = '' // of the content that the server has; '' when it has none
  saved: Text
  unsaved = signal(false)
  conflict = signal<Conflict | undefined>(undefined)
  failed = signal<Refusal | undefined>(undefined) // why the last save did not work
  marks = signal<Shown[]>([])
  cursorLine = signal(1)
  scroll: StateEffect<unknown> | undefined
  saving: Promise<void> | undefined
  timer = 0
  checkTimer = 0
  project: string

  constructor(readonly path: string, text: string, hash: string, readonly readOnly: boolean) {
    this.project = project.peek()?.name ?? ''
    this.hash = hash
    this.state = EditorState.create({ doc: text, extensions: this.extensions(text) })
    this.saved = this.state.doc
    if (!languageOf(path)) void loadLanguage(path).then((known) => this.change({ effects: language.reconfigure(known) }), () => undefined)
  }

  private extensions(text: string) {
    return [
      base,
      indentOf(this.path),
      language.of(languageOf(this.path) ?? []),
      /^[^\n]*\r\n/.test(text) ? EditorState.lineSeparator.of('\r\n') : [], // keep the file's own line ends
      EditorView.contentAttributes.of({ 'aria-label': say('editor.label', { path: this.path }), spellcheck: 'false', autocapitalize: 'off', 'aria-describedby': 'leave-hint', tabindex: '0' }),
      this.readOnly ? [EditorState.readOnly.of(true), EditorView.editable.of(false), EditorView.contentAttributes.of({ tabindex: '0' })] : [],
    ]
  }

  get text(): string {
    return this.state.sliceDoc()
  }

  // change applies a transaction, whether the document is shown or not.
  change(spec: TransactionSpec): void {
    if (view && shown.peek() === this) view.dispatch(spec)
    else {
      const tr = this.state.update(spec)
      this.state = tr.state
      if (tr.docChanged) edited(this)
    }
  }

  // replace makes the text another one by the smallest change, so that the cursor stays where it can. It can be undone.
  replace(text: string): void {
    const now = this.state.doc.toString()
    const next = text.replace(/\r\n?/g, '\n')
    if (now === next) return
    let from = 0
    const most = Math.min(now.length, next.length)
    while (from < most && now.charCodeAt(from) === next.charCodeAt(from)) from++
    let tail = 0
    while (tail < most - from && now.charCodeAt(now.length - 1 - tail) === next.charCodeAt(next.length - 1 - tail)) tail++
    const insert = this.state.toText(next.slice(from, next.length - tail).replace(/\n/g, this.state.lineBreak))
    this.change({ changes: { from, to: now.length - tail, insert }, annotations: [isolateHistory.of('full'), fromOutside.of(true)] })
  }
}

const fromOutside = Annotation.define<boolean>() // the change is somebody else's: it is saved already

const docs = new Map<string, Doc>()
const $tabs = signal<string[]>([])
const $active = signal('')
const $shown = signal<Doc | undefined>(undefined)
const $opening = signal<{ path: string; problem?: Refusal } | undefined>(undefined)
const $presented = signal(false)
const $unsaved = signal<ReadonlySet<string>>(new Set())

export const tabs: ReadonlySignal<string[]> = $tabs
export const active: ReadonlySignal<string> = $active // path of the tab in front, '' for none
export const shown: ReadonlySignal<Doc | undefined> = $shown // the document in the editor; undefined while it loads or when it is no text
export const presented: ReadonlySignal<boolean> = $presented // an editor can be used: the rest may load now
export const opening: ReadonlySignal<{ path: string; problem?: Refusal } | undefined> = $opening
export const unsaved: ReadonlySignal<ReadonlySet<string>> = $unsaved // paths with edits that the server does not have yet

let view: EditorView | undefined
let place: HTMLElement | undefined

// mount says where the editor goes; it is made when the first document is there.
export function mount(parent: HTMLElement): void {
  place = parent
  const doc = $shown.peek()
  if (doc) present(doc)
}

function makeView(parent: HTMLElement, state: EditorState): EditorView {
  return new EditorView({
    parent,
    state,
    dispatchTransactions(trs, v) {
      v.update(trs)
      const doc = $shown.peek()
      if (!doc) return
      doc.state = v.state
      let changed = false
      for (const tr of trs) {
        if (tr.docChanged) {
          changed = true
          if (!tr.annotation(fromOutside)) touchMarks(doc, tr.startState.doc, (f) => tr.changes.iterChangedRanges((a, b) => f(a, b)))
        }
      }
      doc.cursorLine.value = v.state.doc.lineAt(v.state.selection.main.head).number
      doc.marks.value = shownMarks(v.state)
      if (changed) edited(doc)
    },
  })
}

export function focusEditor(): void {
  view?.focus()
}

function present(doc: Doc): void {
  if (!place) return
  if (view) {
    view.setState(doc.state)
    // The focus was in the editor while the file was on its way, when there was nothing that could have it.
    if (document.activeElement === document.body) requestAnimationFrame(() => document.activeElement === document.body && view?.focus())
  } else view = makeView(place, doc.state)
  if (!$presented.peek()) requestAnimationFrame(() => setTimeout(() => ($presented.value = true))) // once it is on the screen
  // By an effect: where the view had been scrolled to before, it would go back there when it measures next.
  view.dispatch({ effects: (doc.scroll as StateEffect<never>) ?? EditorView.scrollIntoView(0, { y: 'start', yMargin: 99 }) })
  applyMarks(doc)
}

// A line that the user changes no longer has the problem that the last Run found there, or it will be found again.
function touchMarks(doc: Doc, before: Text, ranges: (f: (from: number, to: number) => void) => void): void {
  ranges((from, to) => {
    const first = before.lineAt(from).number
    const last = before.lineAt(to).number
    for (const m of doc.marks.peek()) {
      if (m.line >= first && m.line <= last && serverProblems.peek().includes(m.problem)) queueMicrotask(() => forget(m.problem))
    }
  })
}

function edited(doc: Doc): void {
  const dirty = !doc.readOnly && !doc.state.doc.eq(doc.saved)
  if (dirty !== doc.unsaved.peek()) {
    doc.unsaved.value = dirty
    noteUnsaved()
  }
  if (doc.readOnly) return
  clearTimeout(doc.timer)
  if (dirty) doc.timer = window.setTimeout(() => void save(doc), 400)
  else if (!doc.saving) dropEdits(doc.project, doc.path)
  clearTimeout(doc.checkTimer)
  doc.checkTimer = window.setTimeout(() => void check(doc), 250)
}

function noteUnsaved(): void {
  $unsaved.value = new Set([...docs.values()].filter((d) => d.unsaved.peek()).map((d) => d.path))
}

// save brings the document's edits to the server; it resolves when they are there, or when they cannot be.
export function save(doc: Doc): Promise<void> {
  clearTimeout(doc.timer)
  doc.saving ??= saveLoop(doc).finally(() => {
    doc.saving = undefined
  })
  return doc.saving
}

async function saveLoop(doc: Doc): Promise<void> {
  while (doc.unsaved.peek() && !doc.conflict.peek() && docs.get(doc.path) === doc) {
    const sent = doc.state.doc
    const text = doc.text
    if (doc.project !== project.peek()?.name) {
      keepEdits({ project: doc.project, path: doc.path, hash: doc.hash, text })
      return
    }
    try {
      const file = await api.writeFile(doc.path, text, doc.hash)
      if (doc.hash === overwrite) announce(say('conflict.kept', { file: doc.path }))
      settled(doc, sent, file.hash)
      savedListeners.forEach((f) => f(doc.path))
    } catch (err) {
      const r = refusal(err)
      keepEdits({ project: doc.project, path: doc.path, hash: doc.hash, text })
      const why = r.conflict ? await disagree(doc, text) : r
      if (!why) continue
      doc.failed.value = why
      if (!why.gone) announce(`${why.text} ${why.help}`)
      doc.timer = window.setTimeout(() => void save(doc), why.gone ? 2000 : 6000)
      return
    }
  }
}

// settled: the server has the text that was sent.
function settled(doc: Doc, sent: Text, hash: string): void {
  batch(() => {
    doc.hash = hash
    doc.saved = sent
    doc.failed.value = undefined
    doc.conflict.value = undefined
    doc.unsaved.value = !doc.state.doc.eq(sent)
    if (!doc.unsaved.peek()) dropEdits(doc.project, doc.path)
    noteUnsaved()
  })
}

// disagree: the server has another content than the edits started from. When it is the very text that was
// sent (an answer was lost on the way) all is well; otherwise the user decides. It returns why the other content cannot be read.
async function disagree(doc: Doc, sent: string): Promise<Refusal | undefined> {
  try {
    const theirs = await api.readFile(doc.path)
    if (theirs.text === sent) settled(doc, doc.state.toText(sent), theirs.hash)
    else if (theirs.hash === doc.hash) return undefined // changed back meanwhile: just save again
    else doc.conflict.value = { theirs: theirs.text, hash: theirs.hash }
  } catch (err) {
    const r = refusal(err)
    if (r.missing) doc.conflict.value = { theirs: undefined, hash: '' }
    else return r
  }
  return undefined
}

// overwrite stands for a hash: whatever is in the file goes to the project's trash, also when it is another one by now.
const overwrite = '*'

// keepMine ends a conflict in favour of the editor's text. The other one goes to the trash.
export function keepMine(doc: Doc): void {
  const c = doc.conflict.peek()
  if (!c) return
  doc.hash = c.theirs === undefined ? c.hash : overwrite
  doc.conflict.value = undefined
  doc.saved = doc.state.toText(c.theirs ?? '')
  doc.unsaved.value = true
  noteUnsaved()
  void save(doc)
}

// takeTheirs ends a conflict in favour of the other text; undo brings the own one back.
export function takeTheirs(doc: Doc): void {
  const c = doc.conflict.peek()
  if (!c) return
  if (c.theirs === undefined) {
    drop(doc.path)
    return
  }
  doc.conflict.value = undefined
  takeOver(doc, c.theirs, c.hash)
}

function takeOver(doc: Doc, text: string, hash: string): void {
  doc.hash = hash
  doc.replace(text)
  settled(doc, doc.state.doc, hash)
}

const savedListeners = new Set<(path: string) => void>()
// onSaved tells about every file that the user's own edits reached the server with.
export function onSaved(f: (path: string) => void): void {
  savedListeners.add(f)
}

// saveAll brings all edits to the server. It answers false when some could not be saved.
export async function saveAll(): Promise<boolean> {
  await Promise.all([...docs.values()].filter((d) => d.unsaved.peek()).map(save))
  return ![...docs.values()].some((d) => d.unsaved.peek())
}

// saveNow is Ctrl+S: nothing needs it, but people press it and want to hear that all is well.
export async function saveNow(): Promise<void> {
  announce((await saveAll()) ? say('editor.savedAll') : say('editor.notSaved'))
}

async function check(doc: Doc): Promise<void> {
  if (!/\.(go|html?|css|m?js|json)$/i.test(doc.path)) return
  const asked = doc.state.doc
  try {
    const { problems: found } = await api.check(doc.path, doc.text)
    if (docs.get(doc.path) === doc && doc.state.doc.eq(asked)) setChecks(doc.path, found ?? [])
  } catch {
    // checks are a help; saving tells about a server that is gone
  }
}

function applyMarks(doc: Doc): void {
  const spec = setMarks(doc.state, marksOf(doc.state, problems.peek(), doc.path))
  if (view && $shown.peek() === doc) view.dispatch(spec)
  else doc.state = doc.state.update(spec).state
  doc.marks.value = shownMarks(doc.state)
}

// fix applies a problem's own mending edit. Lines may have moved since it was found: the mark has moved with them.
export function fix(doc: Doc, mark: Shown, f: Fix): void {
  const moved = mark.line - (mark.problem.line || mark.line)
  const d = doc.state.doc
  const at = (line: number, column: number) => {
    const l = d.line(Math.max(1, Math.min(d.lines, line + moved)))
    return Math.min(l.to, l.from + Math.max(0, column - 1))
  }
  const from = at(f.line, f.column)
  const to = Math.max(from, at(f.endLine || f.line, f.endColumn || f.column))
  doc.change({ changes: { from, to, insert: f.text }, selection: { anchor: from + f.text.length }, userEvent: 'input.fix', scrollIntoView: true })
  forget(mark.problem)
  focusEditor()
}

// jump opens a file at a place, both counted from 1.
export async function jump(path: string, line: number, column: number, focus = true): Promise<void> {
  show('code')
  const doc = await open(path)
  if (!doc || !view) return
  const l = doc.state.doc.line(Math.max(1, Math.min(doc.state.doc.lines, line)))
  const pos = Math.min(l.to, l.from + Math.max(0, column - 1))
  view.dispatch({ selection: EditorSelection.cursor(pos), effects: EditorView.scrollIntoView(pos, { y: 'center' }) })
  if (focus) focusEditor()
}

// open shows a file in a tab; it answers with its document when it is text.
export async function open(path: string): Promise<Doc | undefined> {
  batch(() => {
    if (!$tabs.peek().includes(path)) $tabs.value = [...$tabs.peek(), path]
    front(path)
  })
  keepTabs()
  const have = docs.get(path)
  if (have) return have
  if (!isText(path)) return undefined
  return load(path)
}

function isText(path: string): boolean {
  return path.startsWith(boardPrefix) ? /\.(html?|css|m?js|json|txt|md|svg|xml|csv|go)$/i.test(path) : (project.peek()?.files.find((f) => f.path === path)?.text ?? true)
}

const loading = new Map<string, Promise<Doc | undefined>>()

function load(path: string): Promise<Doc | undefined> {
  let p = loading.get(path)
  if (!p) {
    p = read(path).finally(() => loading.delete(path))
    loading.set(path, p)
  }
  return p
}

async function read(path: string): Promise<Doc | undefined> {
  const name = project.peek()?.name
  try {
    const onBoard = path.startsWith(boardPrefix)
    const content = onBoard
      ? { text: await api.readBoardFile(path.slice(boardPrefix.length)), hash: '' }
      : ((await takeEarlyFile(path, project.peek()?.files.find((f) => f.path === path)?.hash ?? '')) ?? (await api.readFile(path)))
    if (name !== project.peek()?.name || !$tabs.peek().includes(path)) return undefined
    const doc = new Doc(path, content.text, content.hash, onBoard || !!project.peek()?.readOnly)
    docs.set(path, doc)
    if ($opening.peek()?.path === path) $opening.value = undefined
    if ($active.peek() === path) bring(doc)
    const kept = onBoard ? undefined : keptEdits(doc.project, path)
    if (kept) restore(doc, kept.text, kept.hash)
    if (!doc.readOnly) doc.checkTimer = window.setTimeout(() => void check(doc), 250)
    return doc
  } catch (err) {
    const r = refusal(err)
    if ($active.peek() === path) $opening.value = { path, problem: r }
    return undefined
  }
}

// restore brings back edits that an earlier visit could not save.
function restore(doc: Doc, text: string, from: string): void {
  if (text === doc.text) {
    dropEdits(doc.project, doc.path)
    return
  }
  const theirs = { theirs: doc.text, hash: doc.hash }
  doc.change({ changes: { from: 0, to: doc.state.doc.length, insert: doc.state.toText(text) } })
  if (from !== doc.hash) doc.conflict.value = theirs
}

function bring(doc: Doc): void {
  const before = $shown.peek()
  if (before === doc) return
  if (before && view) before.scroll = view.scrollSnapshot()
  $shown.value = doc
  present(doc)
}

function front(path: string): void {
  $active.value = path
  const doc = docs.get(path)
  if (doc) {
    $opening.value = undefined
    bring(doc)
    return
  }
  const before = $shown.peek()
  if (before && view) before.scroll = view.scrollSnapshot()
  $shown.value = undefined
  $opening.value = path && isText(path) ? { path } : undefined
}

// retry loads the tab in front again after it could not be read.
export function retry(): void {
  const path = $active.peek()
  $opening.value = { path }
  void load(path)
}

// close closes a tab, after saving; the neighbour comes to the front.
export async function close(path: string): Promise<void> {
  const doc = docs.get(path)
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
function drop(path: string): void {
  const i = $tabs.peek().indexOf(path)
  const doc = docs.get(path)
  if (doc) {
    clearTimeout(doc.timer)
    clearTimeout(doc.checkTimer)
    docs.delete(path)
    dropEdits(doc.project, path)
    setChecks(path, [])
  }
  batch(() => {
    noteUnsaved()
    if (i < 0) return
    const rest = $tabs.peek().filter((t) => t !== path)
    $tabs.value = rest
    if ($active.peek() === path) {
      const next = rest[Math.min(i, rest.length - 1)] ?? ''
      front(next)
      if (next && !docs.get(next) && isText(next)) void load(next)
    }
  })
  keepTabs()
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
  keep({ tabs: $tabs.peek().filter((t) => !t.startsWith(boardPrefix)), activeTab: $active.peek(), project: project.peek()?.name ?? '' })
}

// Somebody else changed a file: without own edits the editor follows, with own edits the user decides.
async function outside(c: FileChange): Promise<void> {
  const doc = docs.get(c.path)
  if (!doc || c.hash === doc.hash || doc.conflict.peek()) return
  if (doc.saving) await doc.saving
  if (c.hash === doc.hash) return
  if (c.hash === '') {
    if (doc.unsaved.peek()) doc.conflict.value = { theirs: undefined, hash: '' }
    else drop(c.path)
    return
  }
  try {
    const theirs = await api.readFile(c.path)
    if (docs.get(c.path) !== doc || theirs.hash === doc.hash) return
    if (!doc.unsaved.peek() || theirs.text === doc.text) takeOver(doc, theirs.text, theirs.hash)
    else doc.conflict.value = { theirs: theirs.text, hash: theirs.hash }
  } catch {
    // the next snapshot tells again
  }
}

let openProject: string | undefined

// arrive shows another project's files: those that were open last time, else the program and the first page.
function arrive(): void {
  const p = project.peek()
  for (const doc of docs.values()) {
    clearTimeout(doc.timer)
    clearTimeout(doc.checkTimer)
    if (doc.unsaved.peek()) keepEdits({ project: doc.project, path: doc.path, hash: doc.hash, text: doc.text })
  }
  docs.clear()
  openProject = p?.name
  batch(() => {
    noteUnsaved()
    $shown.value = undefined
    if (!p) {
      $tabs.value = []
      front('')
      return
    }
    const first = firstTabs(p, settings.peek())
    $tabs.value = first.tabs
    front(first.active)
  })
  const path = $active.peek()
  if (path && isText(path)) void load(path)
}

function receive(e: Event): void {
  const p = e.snapshot ? e.snapshot.project : e.project
  if (e.snapshot || e.project) {
    if (openProject !== p?.name || openProject === undefined) arrive()
    else if (p) {
      // After a time apart: what is known now against what the editor started from.
      for (const doc of docs.values()) {
        if (doc.path.startsWith(boardPrefix)) continue
        const hash = p.files.find((f) => f.path === doc.path)?.hash ?? ''
        if (e.snapshot && hash !== doc.hash) void outside({ path: doc.path, hash })
      }
      for (const t of $tabs.peek()) {
        if (!t.startsWith(boardPrefix) && !docs.has(t) && !loading.has(t) && !p.files.some((f) => f.path === t)) drop(t)
      }
    }
    if (e.snapshot) for (const doc of docs.values()) if (doc.unsaved.peek()) void save(doc)
  }
  if (e.file && e.file.client !== clientID()) void outside(e.file)
  else if (e.file && e.file.hash === '') void outside(e.file)
}

// startDocs connects the documents with events and with the page's own end.
export function startDocs(): void {
  follow(receive)
  effect(() => {
    const all: Diagnostic[] = problems.value
    void all
    untracked(() => {
      for (const doc of docs.values()) applyMarks(doc)
    })
  })
  const flush = () => {
    for (const doc of docs.values()) {
      if (!doc.unsaved.peek() || doc.conflict.peek()) continue
      void save(doc)
    }
  }
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') flush()
  })
  window.addEventListener('blur', flush)
  window.addEventListener('pagehide', () => {
    for (const doc of docs.values()) {
      if (!doc.unsaved.peek()) continue
      const text = doc.text
      keepEdits({ project: doc.project, path: doc.path, hash: doc.hash, text })
      if (!doc.conflict.peek() && !doc.saving && link.peek() === 'open') void api.writeFile(doc.path, text, doc.hash, true).catch(() => undefined)
    }
  })
}

export function undoEdit(): void {
  if (view) undo(view)
}

export function redoEdit(): void {
  if (view) redo(view)
}
