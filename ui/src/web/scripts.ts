// The editor's end of the language service for scripts: what comes next, what a name is, where it comes from, and what
// is wrong for certain. It is loaded when the first script is edited; without it the editor does what it does by itself.
import { completionStatus, startCompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { javascriptLanguage } from '@codemirror/lang-javascript'
import type { Extension } from '@codemirror/state'
import { EditorView, type Command } from '@codemirror/view'
import { effect, untracked } from '@preact/signals'
import address from 'page:worker'
import { isOutside } from '../address'
import type { Doc } from '../editor/document'
import { docAt } from '../editor/documents'
import { jump } from '../editor/tabs'
import { describe, onDefinition, tellHere, tips, type Knows } from '../editor/tips'
import { editorView, setHelp, shown } from '../editor/view'
import { attempt, setScripts } from '../state'
import type { Diagnostic } from '../wire'
import { say } from '../words'
import type { Mark, Question, Questions, Told } from './answers'
import { Asking, type Port } from './asking'
import { isPage, isScript } from './names'
import { webTexts } from './project'
import { setBetter } from './script'

const asking = new Asking(() => new Worker(address, { name: 'scripts' }) as unknown as Port)

async function ask<Q extends Question>(question: Q, ...values: Parameters<Questions[Q]>): Promise<ReturnType<Questions[Q]> | undefined> {
  return asking.ask(await webTexts(), question, ...values)
}

const isOurs = (path: string) => path.startsWith('www/') && !isOutside(path) && (isPage(path) || isScript(path))

export function startScripts(): void {
  setBetter(propose)
  openFirst()
  effect(() => {
    const doc = shown.value
    if (!doc || !isOurs(doc.path)) return
    untracked(() => {
      setHelp(doc, helpFor(doc.path))
      markSoon(doc)
    })
  })
}

// Completion.

async function propose(path: string, context: CompletionContext): Promise<CompletionResult | null | undefined> {
  if (!isOurs(path)) return undefined
  const found = ask('proposals', path, context.pos)
  if (!asking.ready) {
    void found.then((f) => f && openLate(context))
    return undefined // the script's own words, meanwhile
  }
  const answer = await found
  if (!answer?.proposals.length) return undefined
  const { from, proposals } = answer
  const isText = from > 0 && /["'`]/.test(context.state.sliceDoc(from - 1, from))
  return {
    from,
    validFor: isText ? /^[^"'`]*$/ : /^[\w$]*$/,
    options: proposals.map(
      (p): Completion => ({
        label: p.name,
        type: p.kind,
        boost: p.boost,
        info: async () => {
          const told = p.kind === 'keyword' || p.kind === 'text' ? undefined : await ask('details', path, from, p.name)
          return told ? draw(told) : null
        },
      }),
    ),
  }
}

// openLate shows the list that had not come when it was asked for, unless somebody has gone on.
function openLate(asked: CompletionContext): void {
  const view = editorView()
  if (!view || completionStatus(view.state) === 'active') return
  const head = view.state.selection.main.head
  const before = asked.state.sliceDoc(0, asked.pos)
  if (head < asked.pos || view.state.sliceDoc(0, asked.pos) !== before || !/^[\w$]*$/.test(view.state.sliceDoc(asked.pos, head))) return
  startCompletion(view)
}

// openFirst asks for the list at a dot that was typed while this was on its way: nothing could answer it then.
function openFirst(): void {
  const view = editorView()
  const doc = shown.peek()
  if (!view?.hasFocus || !doc || !isOurs(doc.path) || completionStatus(view.state)) return
  const { head, empty } = view.state.selection.main
  if (empty && inScript(view, head) && /\.[\w$]*$/.test(view.state.sliceDoc(Math.max(0, head - 100), head))) startCompletion(view)
}

function draw(told: Told): HTMLElement {
  const dom = describe(told.head, told.text)
  if (told.outdated) dom.appendChild(document.createElement('p')).textContent = say('script.outdated')
  if (told.link) {
    const a = dom.appendChild(document.createElement('p')).appendChild(document.createElement('a'))
    a.href = told.link
    a.target = '_blank'
    a.rel = 'noreferrer'
    a.textContent = say('script.more')
  }
  return dom
}

// What a name is, and where it comes from.

const inScript = (view: EditorView, pos: number) =>
  javascriptLanguage.isActiveAt(view.state, pos, 1) || javascriptLanguage.isActiveAt(view.state, pos, -1)

const knows: Knows = {
  async hover(view, pos) {
    const doc = shown.peek()
    if (!doc || editorView() !== view || !inScript(view, pos)) return undefined
    const told = await ask('hover', doc.path, pos)
    return told && { from: told.from, to: told.to, draw: () => draw(told) }
  },
  async signature(view) {
    const doc = shown.peek()
    const pos = view.state.selection.main.head
    if (!doc || editorView() !== view || !inScript(view, pos)) return undefined
    return ask('signature', doc.path, pos)
  },
}

const definition: Command = (view) => {
  const doc = shown.peek()
  const pos = view.state.selection.main.head
  if (!doc || !inScript(view, pos)) return false
  void attempt(async () => {
    const place = await ask('definition', doc.path, pos)
    if (!place) return tellHere(view, say('go.nothing'))
    await jump(place.path, place.line, place.column)
  })
  return true
}

const marksAfter = 300 // ms without a key

function helpFor(path: string): Extension {
  return [
    tips(knows),
    onDefinition(definition),
    EditorView.updateListener.of((u) => {
      const doc = u.docChanged && docAt(path)
      if (doc) markSoon(doc)
    }),
  ]
}

// What is wrong.

const timers = new Map<string, number>()

function markSoon(doc: Doc): void {
  clearTimeout(timers.get(doc.path))
  timers.set(
    doc.path,
    window.setTimeout(() => void mark(doc), marksAfter),
  )
}

async function mark(doc: Doc): Promise<void> {
  timers.delete(doc.path)
  if (docAt(doc.path) !== doc || doc.readOnly) return
  const text = doc.state.doc
  const found = await ask('marks', doc.path)
  if (found && docAt(doc.path) === doc && doc.state.doc === text)
    setScripts(
      doc.path,
      found.map((m) => worded(doc, m)),
    )
}

function worded(doc: Doc, m: Mark): Diagnostic {
  const range = (from: number, to: number) => {
    const [a, b] = [doc.state.doc.lineAt(from), doc.state.doc.lineAt(to)]
    return { line: a.number, column: from - a.from + 1, endLine: b.number, endColumn: to - b.from + 1 }
  }
  const name = m.fix?.text.trim() ?? ''
  return {
    path: doc.path,
    ...range(m.from, m.to),
    severity: 'warning',
    source: 'js',
    code: `js.${m.kind}`,
    text: say(`script.${m.kind}`, m.values),
    help: m.near ? say('script.didYouMean', { name: m.near }) : say(`script.${m.kind}Help`, m.values),
    raw: m.raw,
    ...(m.fix ? { fix: { ...range(m.fix.from, m.fix.to), text: m.fix.text, title: say(`script.${m.fix.title}`, { name }) } } : {}),
  }
}
