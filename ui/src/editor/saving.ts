// Saving, and what happens when somebody else has changed the file meanwhile.
//
// Saving is one loop per document, never two at a time. The hash that the server gave with the last content goes back
// with each save (If-Match), so that nobody's change is overwritten. What cannot be saved is kept in this browser.
//
// A save waits for a pause in the typing, but not for long: whatever ends Studio and the browser, no more than the last
// second is missing.
import type { Text } from '@codemirror/state'
import { batch } from '@preact/signals'
import { refusal, type Refusal } from '../api'
import type { FileChange } from '../wire'
import { say } from '../words'
import type { Doc } from './document'
import type { Kept } from './kept'

// Surroundings is all that saving needs of the page; tests bring their own.
export interface Surroundings {
  write(path: string, text: string, hash: string, typing: boolean): Promise<{ hash: string }> // typing: more comes at once
  read(path: string): Promise<{ text: string; hash: string }>
  project(): string | undefined // name of the project that the page shows now
  isOpen(doc: Doc): boolean // it still is the document of its path
  keep(edits: Kept): void // in this browser
  drop(project: string, path: string): void // what was kept
  announce(text: string): void
  saved(path: string): void // the user's edits have reached the server
  changed(): void // which documents have unsaved edits
  close(path: string): void // the file is gone, and so is its tab
  later(work: () => void, ms: number): number
  forget(timer: number): void
  now(): number // ms
}

// overwrite stands for a hash: whatever is in the file goes to the project's trash, also when it is another one by now.
export const overwrite = '*'

const afterTyping = 400 // ms without a key, then it is saved …
const atLatest = 700 // … or so long after the first key since the last save
const whileGone = 2000 // ms until the next try when nobody answers …
const whileRefused = 6000 // … and when the server says no

export class Saving {
  constructor(private readonly page: Surroundings) {}

  // edited: the text is another one now. It is saved when the typing pauses.
  edited(doc: Doc): void {
    if (doc.dirty !== doc.unsaved.peek()) {
      doc.unsaved.value = doc.dirty
      this.page.changed()
    }
    if (doc.readOnly) return
    this.page.forget(doc.timer)
    if (!doc.dirty) {
      doc.since = undefined
      if (!doc.saving) this.page.drop(doc.project, doc.path)
      return
    }
    const now = this.page.now()
    doc.since ??= now
    const left = doc.since + atLatest - now
    doc.timer = this.page.later(() => this.due(doc, left < afterTyping), Math.max(0, Math.min(afterTyping, left)))
  }

  // due: it is time to save. While an earlier save is not answered, or none has worked, what is new is kept here.
  private due(doc: Doc, typing: boolean): void {
    if (doc.saving || doc.failed.peek()) this.keep(doc)
    doc.since = undefined
    doc.typing = typing
    void this.save(doc)
  }

  // rest: the typing that a save came in the middle of was its end. The board need not wait any longer.
  private rest(doc: Doc): void {
    if (doc.dirty || doc.saving || !this.page.isOpen(doc) || doc.project !== this.page.project()) return
    this.page.write(doc.path, doc.text, doc.hash, false).catch(() => undefined) // it is saved already
  }

  // save brings the document's edits to the server; it resolves when they are there, or when they cannot be.
  save(doc: Doc): Promise<void> {
    this.page.forget(doc.timer)
    doc.saving ??= this.loop(doc).finally(() => {
      doc.saving = undefined
    })
    return doc.saving
  }

  private async loop(doc: Doc): Promise<void> {
    while (doc.unsaved.peek() && !doc.conflict.peek() && this.page.isOpen(doc)) {
      const sent = doc.state.doc
      const text = doc.text
      if (doc.project !== this.page.project()) {
        this.keep(doc)
        return
      }
      try {
        const { typing } = doc
        doc.typing = false
        doc.since = undefined
        doc.sent ??= text
        const file = await this.page.write(doc.path, text, doc.hash, typing)
        if (doc.hash === overwrite) this.page.announce(say('conflict.kept', { file: doc.path }))
        this.settle(doc, sent, file.hash)
        doc.typing = doc.unsaved.peek() // keys have come meanwhile
        if (typing && !doc.typing) doc.timer = this.page.later(() => this.rest(doc), afterTyping)
        this.page.saved(doc.path)
      } catch (err) {
        const r = refusal(err)
        this.keep(doc, text)
        const why = r.conflict ? await this.compare(doc, text) : r
        if (!why) continue
        doc.failed.value = why
        if (!why.gone) this.page.announce(`${why.text} ${why.help}`)
        doc.timer = this.page.later(() => void this.save(doc), why.gone ? whileGone : whileRefused)
        return
      }
    }
  }

  // keep puts the edits where a later visit finds them.
  keep(doc: Doc, text = doc.text): void {
    const { project, path, hash, sent } = doc
    this.page.keep({ project, path, hash, text, ...(sent === undefined || sent === text ? {} : { sent }) })
  }

  // settle: the server has this text.
  private settle(doc: Doc, text: Text, hash: string): void {
    batch(() => {
      doc.hash = hash
      doc.saved = text
      doc.sent = undefined
      doc.failed.value = undefined
      doc.conflict.value = undefined
      doc.unsaved.value = !doc.state.doc.eq(text)
      if (!doc.unsaved.peek()) this.page.drop(doc.project, doc.path)
      this.page.changed()
    })
  }

  // compare: the server has another content than the edits started from. When it is a text that was sent (an answer was
  // lost on the way) all is well; otherwise the user decides. It returns why the other content cannot be read.
  private async compare(doc: Doc, sent: string): Promise<Refusal | undefined> {
    try {
      const theirs = await this.page.read(doc.path)
      if (theirs.text === sent || theirs.text === doc.sent) this.settle(doc, doc.state.toText(theirs.text), theirs.hash)
      else if (theirs.hash === doc.hash)
        return undefined // changed back meanwhile: just save again
      else doc.conflict.value = { theirs: theirs.text, hash: theirs.hash }
    } catch (err) {
      const r = refusal(err)
      if (r.missing) doc.conflict.value = { theirs: undefined, hash: '' }
      else return r
    }
    return undefined
  }

  // keepMine ends a conflict in favour of the editor's text. The other one goes to the trash.
  keepMine(doc: Doc): void {
    const c = doc.conflict.peek()
    if (!c) return
    doc.hash = c.theirs === undefined ? c.hash : overwrite
    doc.conflict.value = undefined
    doc.saved = doc.state.toText(c.theirs ?? '')
    doc.unsaved.value = true
    this.page.changed()
    void this.save(doc)
  }

  // takeTheirs ends a conflict in favour of the other text; undo brings the own one back.
  takeTheirs(doc: Doc): void {
    const c = doc.conflict.peek()
    if (!c) return
    if (c.theirs === undefined) {
      this.page.close(doc.path)
      return
    }
    doc.conflict.value = undefined
    this.takeOver(doc, c.theirs, c.hash)
  }

  private takeOver(doc: Doc, text: string, hash: string): void {
    doc.hash = hash
    doc.replace(text)
    this.settle(doc, doc.state.doc, hash)
  }

  // restore brings back edits that an earlier visit could not save; from is the hash of what they started from, sent what
  // that visit may have saved all the same.
  restore(doc: Doc, text: string, from: string, sent?: string): void {
    if (text === doc.text) {
      this.page.drop(doc.project, doc.path)
      return
    }
    const theirs = { theirs: doc.text, hash: doc.hash }
    doc.change({ changes: { from: 0, to: doc.state.doc.length, insert: doc.state.toText(text) } })
    if (from !== doc.hash && sent !== theirs.theirs) doc.conflict.value = theirs
  }

  // outside: somebody else changed the file. Without own edits the editor follows, with own edits the user decides.
  async outside(doc: Doc, change: Pick<FileChange, 'hash'>): Promise<void> {
    if (change.hash === doc.hash || doc.conflict.peek()) return
    if (doc.saving) await doc.saving
    if (change.hash === doc.hash) return
    if (change.hash === '') {
      if (doc.unsaved.peek()) doc.conflict.value = { theirs: undefined, hash: '' }
      else this.page.close(doc.path)
      return
    }
    try {
      const theirs = await this.page.read(doc.path)
      if (!this.page.isOpen(doc) || theirs.hash === doc.hash) return
      if (!doc.unsaved.peek() || theirs.text === doc.text) this.takeOver(doc, theirs.text, theirs.hash)
      else if (theirs.text === doc.sent) this.settle(doc, doc.state.toText(theirs.text), theirs.hash)
      else doc.conflict.value = { theirs: theirs.text, hash: theirs.hash }
    } catch {
      // the next snapshot tells again
    }
  }
}
