// The editors, one or two side by side: which document each shows, its marks, and where the cursor goes. What acts on "the"
// editor acts on the one in front, in which the focus is or was last.
import { Compartment, EditorState, type Extension, type StateEffect, type Text } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { computed, signal, type ReadonlySignal } from '@preact/signals'
import type { Fix } from '../wire'
import { forget, problems, serverProblems, settings } from '../state'
import { say } from '../words'
import { base, preferencesOf } from './codemirror'
import { Doc, fromOutside, type Origin } from './document'
import { languageOf, loadLanguage } from './language'
import { marksOf, setMarks, shownMarks, type Shown } from './marks'

export type Half = 0 | 1

// Pane is the place of an editor.
interface Pane {
  view?: EditorView
  place?: HTMLElement
  doc: ReturnType<typeof signal<Doc | undefined>>
}

const panes: [Pane, Pane] = [{ doc: signal<Doc | undefined>() }, { doc: signal<Doc | undefined>() }]
const $front = signal<Half>(0)
const $presented = signal(false)

export const front: ReadonlySignal<Half> = $front
export const docIn = (half: Half): Doc | undefined => panes[half].doc.value
// shown is the document in the editor; undefined while it loads or when it is no text.
export const shown: ReadonlySignal<Doc | undefined> = computed(() => docIn($front.value))
export const presented: ReadonlySignal<boolean> = $presented // an editor can be used: the rest may load now

const language = new Compartment()
const help = new Compartment() // what helps while a program is typed
const preferences = new Compartment()

// editorView is CodeMirror's, once there is one.
export const editorView = (): EditorView | undefined => panes[$front.peek()].view

// setHelp gives a document what helps while it is typed, once.
export function setHelp(doc: Doc, extension: Extension): void {
  const now = help.get(doc.state)
  if (Array.isArray(now) && now.length === 0) doc.change({ effects: help.reconfigure(extension) })
}

// prefer gives a document's editor the user's preferences as they are now.
export function prefer(doc: Doc): void {
  doc.change({ effects: preferences.reconfigure(preferencesOf(doc.path, settings.peek())) })
}

// makeDoc makes a document that the view can show.
export function makeDoc(from: Origin, edited: (doc: Doc) => void): Doc {
  const doc = new Doc(from, extensions(from.path, from.readOnly), edited)
  if (!languageOf(from.path))
    void loadLanguage(from.path).then(
      (known) => doc.change({ effects: language.reconfigure(known) }),
      () => undefined,
    )
  return doc
}

function extensions(path: string, readOnly: boolean): Extension {
  return [
    base,
    preferences.of(preferencesOf(path, settings.peek())),
    language.of(languageOf(path) ?? []),
    help.of([]),
    EditorView.contentAttributes.of({
      'aria-label': say('editor.label', { path }),
      spellcheck: 'false',
      autocapitalize: 'off',
      'aria-describedby': 'leave-hint',
      tabindex: '0',
    }),
    readOnly ? [EditorState.readOnly.of(true), EditorView.editable.of(false), EditorView.contentAttributes.of({ tabindex: '0' })] : [],
  ]
}

// mount says where an editor goes.
export function mount(half: Half, parent: HTMLElement): void {
  const pane = panes[half]
  pane.place = parent
  if (!pane.view) return
  parent.append(pane.view.dom)
  notePresented()
}

// notePresented: an editor has its place, and is on the screen with the next frame.
function notePresented(): void {
  if (!$presented.peek()) requestAnimationFrame(() => setTimeout(() => ($presented.value = true)))
}

// makeView makes an editor when its first document is there. That may be before the page is drawn, which spares the browser
// a layout: the editor asks for the selection.
function makeView(pane: Pane, { state, scroll }: Doc): EditorView {
  return new EditorView({
    parent: pane.place,
    state,
    scrollTo: scroll as StateEffect<never> | undefined,
    dispatchTransactions(trs, v) {
      v.update(trs)
      const doc = pane.doc.peek()
      if (!doc) return
      doc.state = v.state
      for (const tr of trs) {
        if (tr.docChanged && !tr.annotation(fromOutside))
          touchMarks(doc, tr.startState.doc, (f) => tr.changes.iterChangedRanges((a, b) => f(a, b)))
      }
      doc.cursorLine.value = v.state.doc.lineAt(v.state.selection.main.head).number
      doc.marks.value = shownMarks(v.state)
      doc.took(trs)
    },
  })
}

// setFront says which editor is in front.
export function setFront(half: Half): void {
  $front.value = half
}

// showDoc brings a document into an editor, or takes the one there out of it (undefined).
export function showDoc(doc: Doc | undefined, half: Half = $front.peek()): void {
  const pane = panes[half]
  const before = pane.doc.peek()
  if (before === doc) return
  if (before) {
    if (pane.view) before.scroll = pane.view.scrollSnapshot()
    before.dispatch = undefined
  }
  pane.doc.value = doc
  if (doc) present(pane, doc)
}

function present(pane: Pane, doc: Doc): void {
  const before = pane.view
  const view = before ?? (pane.view = makeView(pane, doc))
  if (before) before.setState(doc.state)
  doc.dispatch = (spec) => view.dispatch(spec)
  if (before) {
    // The focus was in the editor while the file was on its way, when there was nothing that could have it.
    if (document.activeElement === document.body && pane === panes[$front.peek()])
      requestAnimationFrame(() => document.activeElement === document.body && view.focus())
    // By an effect: where the view had been scrolled to before, it would go back there when it measures next.
    view.dispatch({ effects: (doc.scroll as StateEffect<never>) ?? EditorView.scrollIntoView(0, { y: 'start', yMargin: 99 }) })
  }
  if (pane.place) notePresented()
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

// applyMarks shows the problems of the document as they are now.
export function applyMarks(doc: Doc): void {
  const marks = marksOf(doc.state, problems.peek(), doc.path)
  if (!marks.length && !doc.marks.peek().length) return
  doc.change(setMarks(doc.state, marks))
  doc.marks.value = shownMarks(doc.state)
}

// fix applies a problem's own mending edit. Lines may have moved since it was found: the mark has moved with them.
export function fix(doc: Doc, mark: Shown, f: Fix): void {
  const moved = mark.line - (mark.problem.line || mark.line)
  const from = placeIn(doc, f.line + moved, f.column)
  const to = Math.max(from, placeIn(doc, (f.endLine || f.line) + moved, f.endColumn || f.column))
  doc.change({
    changes: { from, to, insert: f.text },
    selection: { anchor: from + f.text.length },
    userEvent: 'input.fix',
    scrollIntoView: true,
  })
  forget(mark.problem)
  focusEditor()
}

// placeIn is the nearest place in the text to a line and a column, both counted from 1.
function placeIn(doc: Doc, line: number, column: number): number {
  const l = doc.state.doc.line(Math.max(1, Math.min(doc.state.doc.lines, line)))
  return Math.min(l.to, l.from + Math.max(0, column - 1))
}

// cursorTo puts the cursor to a place of the document in the editor.
export function cursorTo(doc: Doc, line: number, column: number): void {
  const view = editorView()
  if (!view || shown.peek() !== doc) return
  const pos = placeIn(doc, line, column)
  view.dispatch({ selection: { anchor: pos }, effects: EditorView.scrollIntoView(pos, { y: 'center' }) })
}

// select selects a part of the document in the editor, from a line and column to others, if it is the text that is expected.
export function select(doc: Doc, from: [number, number], to: [number, number]): void {
  const view = editorView()
  if (!view || shown.peek() !== doc) return
  const [anchor, head] = [placeIn(doc, ...from), placeIn(doc, ...to)]
  view.dispatch({ selection: { anchor, head }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) })
}

export function focusEditor(): void {
  editorView()?.focus()
}
