// An open file: its text with undo history, and what is known of the copy that the server has.
//
// One CodeMirror view shows one document at a time (see view.ts); every other document keeps its own EditorState, so undo
// history, cursor and marks survive a switch of tabs.
import { isolateHistory } from '@codemirror/commands'
import {
  Annotation,
  type ChangeSet,
  EditorState,
  type Extension,
  RangeSet,
  type StateEffect,
  type Text,
  type Transaction,
  type TransactionSpec,
} from '@codemirror/state'
import { signal } from '@preact/signals'
import type { Refusal } from '../api'
import type { Shown } from './marks'
import { isSame, keepsOdd, oddOf, put, setOdd, take, type Eol, type Written } from './written'

export interface Conflict {
  theirs: string | undefined // undefined: the file is gone
  hash: string
  encoding?: string // undefined: UTF-8
}

// fromOutside marks a change that is somebody else's: it is saved already.
export const fromOutside = Annotation.define<boolean>()

// Origin is where a document comes from.
export interface Origin {
  path: string
  text: string // as the file has it, with its line ends
  hash: string // of the content that the server has; '' when it has none
  project: string // name of the project
  readOnly: boolean
  encoding?: string // undefined: UTF-8
  inexact?: boolean // written again it would be other bytes, so it is not
}

// Style is how a text is written to its file.
export interface Style {
  encoding: string
  bom: boolean
  eol: Eol
}

export class Doc {
  readonly path: string
  readonly project: string
  readonly readOnly: boolean
  readonly inexact: boolean
  state: EditorState
  hash: string
  saved: Written // what the server has
  savedIn: string // the encoding that it has it in
  style = signal<Style>({ encoding: 'utf-8', bom: false, eol: '\n' })
  unsaved = signal(false)
  conflict = signal<Conflict | undefined>(undefined)
  failed = signal<Refusal | undefined>(undefined) // why the last save did not work
  merged = signal(0) // places at which another program's changes were put into the text, until somebody has seen it
  unmerged: Text | undefined // the text before that
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
    this.inexact = !!from.inexact
    this.hash = from.hash
    this.saved = take(from.text)
    this.savedIn = from.encoding ?? 'utf-8'
    this.style.value = { encoding: this.savedIn, bom: this.saved.bom, eol: this.saved.eol }
    this.state = EditorState.create({ doc: this.saved.text, extensions: [extensions, keepsOdd(this.saved.odd)] })
  }

  // written is the text as its file will have it.
  get written(): Written {
    const { bom, eol } = this.style.peek()
    return { text: this.state.doc, bom, eol, odd: oddOf(this.state) }
  }

  // text is the file's whole content.
  get text(): string {
    return put(this.written)
  }

  // isEdited: it is not what the server had last.
  get isEdited(): boolean {
    return !this.readOnly && !(this.style.peek().encoding === this.savedIn && isSame(this.written, this.saved))
  }

  // isLost: its file is gone, so that this text is all that is left of it.
  get isLost(): boolean {
    const c = this.conflict.peek()
    return !!c && c.theirs === undefined
  }

  // dirty: the server does not have this text.
  get dirty(): boolean {
    return this.isEdited || (!this.readOnly && this.isLost)
  }

  // restyle has the text written in another way from now on.
  restyle(style: Partial<Style>): void {
    this.style.value = { ...this.style.peek(), ...style }
    if (style.eol) this.change({ effects: setOdd.of(RangeSet.empty) })
    this.edited(this)
  }

  // change applies a transaction, whether the document is shown or not.
  change(spec: TransactionSpec): void {
    if (this.dispatch) this.dispatch(spec)
    else this.took([this.state.update(spec)])
  }

  // took: these transactions have been applied, in this order.
  took(transactions: readonly Transaction[]): void {
    this.state = transactions.at(-1)?.state ?? this.state
    if (this.merged.peek() && transactions.some((tr) => tr.isUserEvent('undo')) && this.unmerged?.eq(this.state.doc)) this.merged.value = 0
    if (transactions.some((tr) => tr.docChanged)) this.edited(this)
  }

  // replace makes the text another one, which can be undone. by is what that changes, in parts as small as can be, so that the
  // cursor and what is in sight stay; without it, it is one part. isOwn: it is an edit like any other, and has to be saved.
  replace(next: Written, by?: ChangeSet, isOwn = false): void {
    const { bom, eol } = next
    this.style.value = { ...this.style.peek(), bom, eol }
    this.change({
      changes: by ?? this.onePart(next.text.toString()),
      effects: setOdd.of(next.odd),
      annotations: [isolateHistory.of('full'), ...(isOwn ? [] : [fromOutside.of(true)])],
    })
  }

  private onePart(next: string) {
    const now = this.state.doc.toString()
    if (now === next) return []
    let from = 0
    const most = Math.min(now.length, next.length)
    while (from < most && now.charCodeAt(from) === next.charCodeAt(from)) from++
    let tail = 0
    while (tail < most - from && now.charCodeAt(now.length - 1 - tail) === next.charCodeAt(next.length - 1 - tail)) tail++
    return { from, to: now.length - tail, insert: this.state.toText(next.slice(from, next.length - tail)) }
  }
}
