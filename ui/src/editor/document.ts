// An open file: its text with undo history, and what is known of the copy that the server has.
//
// One CodeMirror view shows one document at a time (see view.ts); every other document keeps its own EditorState, so undo
// history, cursor and marks survive a switch of tabs.
import { isolateHistory } from '@codemirror/commands'
import {
  Annotation,
  EditorState,
  type Extension,
  type StateEffect,
  type Text,
  type Transaction,
  type TransactionSpec,
} from '@codemirror/state'
import { signal } from '@preact/signals'
import type { Refusal } from '../api'
import type { Shown } from './marks'

export interface Conflict {
  theirs: string | undefined // undefined: the file is gone
  hash: string
}

// fromOutside marks a change that is somebody else's: it is saved already.
export const fromOutside = Annotation.define<boolean>()

// Origin is where a document comes from.
export interface Origin {
  path: string
  text: string
  hash: string // of the content that the server has; '' when it has none
  project: string // name of the project
  readOnly: boolean
}

export class Doc {
  readonly path: string
  readonly project: string
  readonly readOnly: boolean
  state: EditorState
  hash: string
  saved: Text // what the server has
  unsaved = signal(false)
  conflict = signal<Conflict | undefined>(undefined)
  failed = signal<Refusal | undefined>(undefined) // why the last save did not work
  marks = signal<Shown[]>([])
  cursorLine = signal(1)
  scroll: StateEffect<unknown> | undefined // where the view had been scrolled to
  saving: Promise<void> | undefined
  sent: string | undefined // the first text since the last answer that was sent: the file may hold it
  timer = 0 // of the next save
  since: number | undefined // when the first edit was made that is in no save yet
  typing = false // the next save comes in the middle of typing
  checkTimer = 0
  dispatch: ((spec: TransactionSpec) => void) | undefined // of the view, while it shows this document

  // edited is called after every change of the text, whoever made it.
  constructor(
    from: Origin,
    extensions: Extension,
    readonly edited: (doc: Doc) => void,
  ) {
    this.path = from.path
    this.project = from.project
    this.readOnly = from.readOnly
    this.hash = from.hash
    this.state = EditorState.create({
      doc: from.text,
      extensions: [extensions, /^[^\n]*\r\n/.test(from.text) ? EditorState.lineSeparator.of('\r\n') : []], // keep the file's own line ends
    })
    this.saved = this.state.doc
  }

  get text(): string {
    return this.state.sliceDoc()
  }

  // dirty: the server does not have this text.
  get dirty(): boolean {
    return !this.readOnly && !this.state.doc.eq(this.saved)
  }

  // change applies a transaction, whether the document is shown or not.
  change(spec: TransactionSpec): void {
    if (this.dispatch) this.dispatch(spec)
    else this.took([this.state.update(spec)])
  }

  // took: these transactions have been applied, in this order.
  took(transactions: readonly Transaction[]): void {
    this.state = transactions.at(-1)?.state ?? this.state
    if (transactions.some((tr) => tr.docChanged)) this.edited(this)
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
