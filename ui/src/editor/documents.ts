// The documents that are open, their saving, and the checks while typing.
import { signal, type ReadonlySignal } from '@preact/signals'
import { api } from '../api'
import { announce, project, setChecks } from '../state'
import { say } from '../words'
import type { Doc, Origin } from './document'
import { dropEdits, keepEdits } from './kept'
import { Saving } from './saving'
import { makeDoc, shown } from './view'

const docs = new Map<string, Doc>()
const $unsaved = signal<ReadonlySet<string>>(new Set())

export const unsaved: ReadonlySignal<ReadonlySet<string>> = $unsaved // paths with edits that the server does not have yet

export const docAt = (path: string): Doc | undefined => docs.get(path)
export const allDocs = (): Doc[] => [...docs.values()]

const savedListeners = new Set<(path: string) => void>()
// onSaved tells about every file that the user's own edits reached the server with.
export function onSaved(f: (path: string) => void): void {
  savedListeners.add(f)
}

let whenGone = (path: string): void => forgetDoc(path)
// onGone says what happens when a document's file is gone and nobody wants it back.
export function onGone(f: (path: string) => void): void {
  whenGone = f
}

export const saving = new Saving({
  write: (path, text, hash, typing) => api.writeFile(path, text, hash, false, typing),
  read: (path) => api.readFile(path),
  project: () => project.peek()?.name,
  isOpen: (doc) => docs.get(doc.path) === doc,
  keep: keepEdits,
  drop: dropEdits,
  announce,
  saved: (path) => savedListeners.forEach((f) => f(path)),
  changed: noteUnsaved,
  close: (path) => whenGone(path),
  later: (work, ms) => window.setTimeout(work, ms),
  forget: (timer) => clearTimeout(timer),
  now: () => performance.now(),
})

function noteUnsaved(): void {
  $unsaved.value = new Set(
    allDocs()
      .filter((d) => d.unsaved.peek())
      .map((d) => d.path),
  )
}

// addDoc opens a document.
export function addDoc(from: Origin): Doc {
  const doc = makeDoc(from, edited)
  docs.set(from.path, doc)
  return doc
}

function edited(doc: Doc): void {
  saving.edited(doc)
  if (!doc.readOnly) checkSoon(doc)
}

// forgetDoc closes a document without saving it.
export function forgetDoc(path: string): void {
  const doc = docs.get(path)
  if (!doc) return
  stopTimers(doc)
  docs.delete(path)
  dropEdits(doc.project, path)
  setChecks(path, [])
  noteUnsaved()
}

// forgetAll closes every document; edits that are not saved are kept for when their project is back.
export function forgetAll(): void {
  for (const doc of docs.values()) {
    stopTimers(doc)
    if (doc.unsaved.peek()) saving.keep(doc)
  }
  docs.clear()
  noteUnsaved()
}

function stopTimers(doc: Doc): void {
  clearTimeout(doc.timer)
  clearTimeout(doc.checkTimer)
}

export const save = (doc: Doc): Promise<void> => saving.save(doc)

// saveAll brings all edits to the server. It answers false when some could not be saved.
export async function saveAll(): Promise<boolean> {
  await Promise.all(
    allDocs()
      .filter((d) => d.unsaved.peek())
      .map(save),
  )
  return !allDocs().some((d) => d.unsaved.peek())
}

const savingListeners = new Set<(doc: Doc) => Promise<void>>()
// onSaving does something to a text before somebody has it saved; what is saved while one types is left alone.
export function onSaving(f: (doc: Doc) => Promise<void>): void {
  savingListeners.add(f)
}

// prepare gets a text ready to be saved.
export async function prepare(doc: Doc | undefined): Promise<void> {
  if (!doc || doc.readOnly || doc.conflict.peek()) return
  await Promise.all([...savingListeners].map((f) => f(doc)))
}

// saveNow is Ctrl+S: nothing needs it, but people press it and want to hear that all is well.
export async function saveNow(): Promise<void> {
  await prepare(shown.peek())
  announce((await saveAll()) ? say('editor.savedAll') : say('editor.notSaved'))
}

// checkSoon looks for mistakes when the typing pauses.
export function checkSoon(doc: Doc): void {
  clearTimeout(doc.checkTimer)
  doc.checkTimer = window.setTimeout(() => void check(doc), 250)
}

async function check(doc: Doc): Promise<void> {
  if (!/\.(go|html?|css|m?js|json)$/i.test(doc.path)) return
  const asked = doc.state.doc
  try {
    const { problems: found } = await api.check(doc.path, doc.text)
    if (docs.get(doc.path) === doc && doc.state.doc.eq(asked)) setChecks(doc.path, found)
  } catch {
    // checks are a help; saving tells about a server that is gone
  }
}
