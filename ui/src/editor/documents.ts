// The documents that are open, their saving, and the checks while typing.
import { signal, type ReadonlySignal } from '@preact/signals'
import { api, refuse } from '../api'
import { nameOf } from '../format'
import { announce, project, setChecks, setScripts } from '../state'
import { say } from '../words'
import type { Doc, Origin } from './document'
import { decode, encode } from './encoding'
import { dropEdits, keepEdits } from './kept'
import { Saving, type Content } from './saving'
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

// Tabs is what the tabs do when something happens to a document's file.
interface Tabs {
  close(path: string): void // it is gone and nobody wants it back
  movedTo(doc: Doc): string | undefined // where it is now, if it got another name
  moved(doc: Doc, to: string): void
  noText(path: string): void // it is no text any more
}

let tabs: Tabs = { close: (path) => forgetDoc(path), movedTo: () => undefined, moved: () => undefined, noText: () => undefined }
export function onFate(of: Tabs): void {
  tabs = of
}

// bytesOf is what a text is as a file.
function bytesOf(path: string, content: string, encoding: string): Uint8Array<ArrayBuffer> {
  const written = encode(content, encoding)
  if ('bytes' in written) return written.bytes
  throw refuse('file.encoding', 'refused', 0, { file: nameOf(path), char: written.char, line: written.line, encoding })
}

// readText reads a file of the project that is a text; as is the encoding that it was in before.
async function readText(path: string, as: string): Promise<Content> {
  const { bytes, hash } = await api.readFile(path)
  const found = decode(bytes, path, as)
  if (!found) throw refuse('file.no-text', 'refused', 0, { file: nameOf(path) })
  return { text: found.content, encoding: found.encoding, hash }
}

// saveLeaving saves a text from a page that is being closed.
export function saveLeaving(doc: Doc): void {
  const written = encode(doc.text, doc.style.peek().encoding)
  if ('bytes' in written) void api.writeFile(doc.path, written.bytes, doc.hash, true).catch(() => undefined)
}

export const saving = new Saving({
  write: async (path, text, encoding, hash, typing) => api.writeFile(path, bytesOf(path, text, encoding), hash, false, typing),
  read: readText,
  project: () => project.peek()?.name,
  isOpen: (doc) => docs.get(doc.path) === doc,
  keep: keepEdits,
  drop: dropEdits,
  announce,
  saved: (path) => {
    savedListeners.forEach((f) => f(path))
    checkAllSoon()
  },
  changed: noteUnsaved,
  close: (path) => tabs.close(path),
  movedTo: (doc) => tabs.movedTo(doc),
  moved: (doc, to) => tabs.moved(doc, to),
  noText: (path) => tabs.noText(path),
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
  setScripts(path, [])
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
  return !allDocs().some((d) => d.unsaved.peek() && !(d.isLost && !d.isEdited)) // what somebody else has deleted is not missing
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

let allTimer = 0

// checkAllSoon looks again when the typing rests: what is right in a file may hang on what another one says, as it is saved.
function checkAllSoon(): void {
  clearTimeout(allTimer)
  allTimer = window.setTimeout(() => {
    if (docs.size > 1) for (const doc of docs.values()) if (!doc.readOnly) void check(doc)
  }, 500)
}

async function check(doc: Doc): Promise<void> {
  if (!/\.(go|html?|css|m?js|json)$/i.test(doc.path)) return
  const asked = doc.state.doc
  try {
    const { problems: found } = await api.check(doc.path, asked.toString())
    if (docs.get(doc.path) === doc && doc.state.doc.eq(asked)) setChecks(doc.path, found)
  } catch {
    // checks are a help; saving tells about a server that is gone
  }
}
