// Saving, and what happens when somebody else has changed the file meanwhile.
//
// Saving is one loop per document, never two at a time. The hash that the server gave with the last content goes back
// with each save (If-Match), so that nobody's change is overwritten. What cannot be saved is kept in this browser.
//
// A save waits for a pause in the typing, but not for long: whatever ends Studio and the browser, no more than the last
// second is missing.
import type { ChangeSet } from '@codemirror/state'
import { batch } from '@preact/signals'
import { refusal, type Refusal } from '../api'
import { nameOf } from '../format'
import type { FileChange } from '../wire'
import { say } from '../words'
import type { Doc } from './document'
import type { Kept } from './kept'
import { join, oddOf, put, take, type Written } from './written'

// Surroundings is all that saving needs of the page; tests bring their own.
export interface Surroundings {
  // typing: more comes at once
  write(path: string, text: string, encoding: string, hash: string, typing: boolean): Promise<{ hash: string }>
  read(path: string, encoding: string): Promise<Content> // encoding: that it was in
  project(): string | undefined // name of the project that the page shows now
  isOpen(doc: Doc): boolean // it still is the document of its path
  keep(edits: Kept): void // in this browser
  drop(project: string, path: string): void // what was kept
  announce(text: string): void
  saved(path: string): void // the user's edits have reached the server
  changed(): void // which documents have unsaved edits
  close(path: string): void // the file is gone, and so is its tab
  movedTo(doc: Doc): string | undefined // where its file is now, if it got another name
  moved(doc: Doc, to: string): void // it goes there
  noText(path: string): void // the file is no text any more
  later(work: () => void, ms: number): number
  forget(timer: number): void
  now(): number // ms
}

// Content is a file as it was read: its text, with its line ends.
export interface Content {
  text: string
  encoding?: string // undefined: UTF-8
  hash: string
}

// overwrite stands for a hash: whatever is in the file goes to the project's trash, also when it is another one by now.
export const overwrite = '*'

const afterTyping = 400 // ms without a key, then it is saved …
const atLatest = 700 // … or so long after the first key since the last save
const whileGone = 2000 // ms until the next try when nobody answers …
const whileRefused = 6000 // … and when the server says no
export const whileAway = 400 // ms that a file may be away: programs save by removing it and writing it anew, and rename in two steps

// What brings texts together is loaded when it is needed. Without it the user decides.
const merging = () => import('./merging').catch(() => undefined)

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
    if (doc.saving || doc.failed.peek() || doc.conflict.peek()) this.keep(doc)
    doc.since = undefined
    doc.typing = typing
    void this.save(doc)
  }

  // rest: the typing that a save came in the middle of was its end. The board need not wait any longer.
  private rest(doc: Doc): void {
    if (doc.dirty || doc.saving || !this.page.isOpen(doc) || doc.project !== this.page.project()) return
    this.page.write(doc.path, doc.text, doc.style.peek().encoding, doc.hash, false).catch(() => undefined) // it is saved already
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
      const sent = doc.written
      const { encoding } = doc.style.peek()
      const text = put(sent)
      if (doc.project !== this.page.project()) {
        this.keep(doc)
        return
      }
      try {
        const { typing } = doc
        doc.typing = false
        doc.since = undefined
        doc.sent ??= text
        const file = await this.page.write(doc.path, text, encoding, doc.hash, typing)
        if (doc.hash === overwrite) this.page.announce(say('conflict.kept', { file: doc.path }))
        this.settle(doc, sent, encoding, file.hash)
        doc.typing = doc.unsaved.peek() // keys have come meanwhile
        if (typing && !doc.typing) doc.timer = this.page.later(() => this.rest(doc), afterTyping)
        this.page.saved(doc.path)
      } catch (err) {
        const r = refusal(err)
        this.keep(doc, text)
        const why = r.conflict ? await this.compare(doc, text) : r
        if (!why) continue
        const told = doc.failed.peek()?.text === why.text
        doc.failed.value = why
        if (!why.gone && !told) this.page.announce(`${why.text} ${why.help}`)
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
  private settle(doc: Doc, text: Written, encoding: string, hash: string): void {
    batch(() => {
      doc.hash = hash
      doc.saved = text
      doc.savedIn = encoding
      doc.sent = undefined
      doc.failed.value = undefined
      doc.conflict.value = undefined
      doc.unsaved.value = doc.dirty
      if (!doc.unsaved.peek()) this.page.drop(doc.project, doc.path)
      this.page.changed()
    })
  }

  // compare: the server has another content than the edits started from. When it is a text that was sent (an answer was
  // lost on the way) all is well. It returns why the other content cannot be read.
  private async compare(doc: Doc, sent: string): Promise<Refusal | undefined> {
    try {
      const theirs = await this.page.read(doc.path, doc.savedIn)
      if (theirs.text === sent) this.settle(doc, take(sent), encodingOf(theirs), theirs.hash)
      else await this.meet(doc, theirs)
    } catch (err) {
      const r = refusal(err)
      if (!r.missing) return r
      await this.vanished(doc, '')
    }
    return undefined
  }

  // meet: the file has been changed by somebody else. Where nothing was edited here the editor follows. Edits in other
  // places are put together with that change; where both have changed the same, the user decides.
  private async meet(doc: Doc, theirs: Content): Promise<void> {
    const both = await merging()
    if (!this.page.isOpen(doc)) return
    if (theirs.hash === doc.hash) {
      doc.conflict.value = undefined // changed back meanwhile: just save again
      doc.unsaved.value = doc.dirty
      this.page.changed()
      if (doc.dirty) this.edited(doc)
      return
    }
    const text = take(theirs.text)
    if (!doc.isEdited || theirs.text === doc.text) return this.takeOver(doc, theirs, both?.between(doc.state.doc, text.text))
    if (theirs.text === doc.sent) return this.settle(doc, text, encodingOf(theirs), theirs.hash)
    const merged = both?.merge(doc.saved.text, doc.state.doc, text.text)
    if (!merged) {
      doc.conflict.value = { theirs: theirs.text, hash: theirs.hash, encoding: theirs.encoding }
      return
    }
    const odd = join(oddOf(doc.state).map(merged.mine), text.odd.map(merged.theirs))
    this.settle(doc, text, encodingOf(theirs), theirs.hash)
    batch(() => {
      if (!doc.merged.peek()) doc.unmerged = doc.state.doc
      doc.replace({ ...text, odd }, merged.mine)
      doc.style.value = { ...doc.style.peek(), encoding: doc.savedIn }
      if (merged.places === 0) return
      doc.merged.value += merged.places
      this.page.announce(say('conflict.merged', { file: nameOf(doc.path), n: merged.places }))
    })
  }

  // vanished: the file is gone. A page of Studio's that has done that (client) has put it into the trash. Where it was another
  // program, the text here may be the last one, so it stays, edited or not.
  private async vanished(doc: Doc, client: string): Promise<void> {
    await new Promise<void>((done) => this.page.later(done, whileAway))
    if (!this.page.isOpen(doc)) return
    try {
      return await this.meet(doc, await this.page.read(doc.path, doc.savedIn)) // it is back
    } catch (err) {
      if (!refusal(err).missing) return
    }
    if (!this.page.isOpen(doc) || doc.isLost) return
    const to = this.page.movedTo(doc)
    if (to) this.page.moved(doc, to)
    else if (doc.readOnly || (client && !doc.isEdited)) this.page.close(doc.path)
    else {
      batch(() => {
        doc.conflict.value = { theirs: undefined, hash: '' }
        doc.unsaved.value = true
        this.page.changed()
      })
      this.keep(doc)
    }
  }

  // keepMine ends a conflict in favour of the editor's text. The other one goes to the trash.
  keepMine(doc: Doc): void {
    const c = doc.conflict.peek()
    if (!c) return
    doc.hash = c.theirs === undefined ? c.hash : overwrite
    doc.conflict.value = undefined
    doc.saved = take(c.theirs ?? '')
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
    this.takeOver(doc, { text: c.theirs, hash: c.hash, encoding: c.encoding })
  }

  private takeOver(doc: Doc, theirs: Content, by?: ChangeSet): void {
    doc.hash = theirs.hash
    batch(() => {
      doc.style.value = { ...doc.style.peek(), encoding: encodingOf(theirs) }
      doc.replace(take(theirs.text), by)
      this.settle(doc, doc.written, encodingOf(theirs), theirs.hash)
    })
  }

  // restore brings back edits that an earlier visit could not save; from is the hash of what they started from, sent what
  // that visit may have saved all the same.
  restore(doc: Doc, text: string, from: string, sent?: string): void {
    if (text === doc.text) {
      this.page.drop(doc.project, doc.path)
      return
    }
    const theirs = { theirs: doc.text, hash: doc.hash, ...(doc.savedIn === 'utf-8' ? {} : { encoding: doc.savedIn }) }
    doc.replace(take(text), undefined, true)
    if (from !== doc.hash && sent !== theirs.theirs) doc.conflict.value = theirs
  }

  // bringBack is restore where the file itself is gone.
  bringBack(doc: Doc, text: string): void {
    doc.conflict.value = { theirs: undefined, hash: '' }
    doc.replace(take(text), undefined, true)
  }

  // outside: somebody else changed the file.
  async outside(doc: Doc, change: Pick<FileChange, 'hash' | 'client'>): Promise<void> {
    const isNews = () => change.hash !== doc.hash || doc.conflict.peek()
    if (!isNews()) return
    if (doc.saving) await doc.saving
    if (!isNews()) return
    if (change.hash === '') return this.vanished(doc, change.client ?? '')
    try {
      const theirs = await this.page.read(doc.path, doc.savedIn)
      if (this.page.isOpen(doc)) await this.meet(doc, theirs)
    } catch (err) {
      if (refusal(err).code === 'file.no-text' && this.page.isOpen(doc) && !doc.dirty) this.page.noText(doc.path)
      // of all else the next snapshot tells again
    }
  }
}

const encodingOf = (c: Content) => c.encoding ?? 'utf-8'
