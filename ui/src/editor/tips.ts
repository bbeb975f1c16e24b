// What is told about names while one types: what a name is, at the pointer and at the cursor for the keyboard, and the
// values between the parentheses where the cursor is. Who knows the language is asked (see gopls.tsx and web/scripts.ts).
import { Prec, StateEffect, StateField, type Extension } from '@codemirror/state'
import {
  closeHoverTooltips,
  EditorView,
  hoverTooltip,
  keymap,
  showTooltip,
  type Command,
  type Tooltip,
  type ViewUpdate,
} from '@codemirror/view'
import { announce } from '../state'
import { say } from '../words'
import { docBox } from './docbox'
import { goKeys } from './gofile'

// Told is what a name is, and where it stands.
export interface Told {
  from: number
  to: number
  draw: () => HTMLElement
}

// Signature is how a call is written; from and to say which part of label is being written, -1: none.
export interface Signature {
  label: string
  from: number
  to: number
  text: string
}

// Knows answers for one language; nothing, where it knows nothing.
export interface Knows {
  hover(view: EditorView, pos: number): Promise<Told | undefined>
  signature(view: EditorView): Promise<Signature | undefined>
}

const afterTyping = 150 // ms without a key

// describe is what is known of a name, as text. The first line is how it is written.
export function describe(head: string, text: string, example?: string): HTMLElement {
  const dom = docBox()
  const add = (kind: string, said: string) => {
    if (!said) return
    const el = dom.appendChild(document.createElement(kind))
    el.textContent = said
  }
  add('code', head)
  for (const part of text.trim().split(/\n{2,}/)) add(/^\s/.test(part) ? 'pre' : 'p', /^\s/.test(part) ? part : part.replace(/\n/g, ' '))
  if (example) {
    add('strong', say('go.example'))
    add('pre', example)
  }
  return dom
}

function drawSignature({ label, from, to, text }: Signature): HTMLElement {
  const dom = describe('', text)
  const line = document.createElement('code')
  if (from >= 0) {
    line.append(label.slice(0, from))
    line.appendChild(document.createElement('b')).textContent = label.slice(from, to)
    line.append(label.slice(to))
  } else line.textContent = label
  dom.prepend(line)
  dom.classList.add('cm-go-signature')
  return dom
}

const setTip = StateEffect.define<Tooltip | null>()
const tip = StateField.define<Tooltip | null>({
  create: () => null,
  update(now, tr) {
    for (const e of tr.effects) if (e.is(setTip)) return e.value
    return tr.docChanged || tr.selection ? null : now
  },
  provide: (f) => showTooltip.from(f),
})

async function tipAt(knows: Knows, view: EditorView, pos: number): Promise<Tooltip | null> {
  const text = view.state.doc
  const told = await knows.hover(view, pos)
  if (!told || view.state.doc !== text) return null
  return { pos: told.from, end: told.to, above: true, create: () => ({ dom: told.draw() }) }
}

// tellHere says something at the cursor, until the next key.
export function tellHere(view: EditorView, text: string): void {
  announce(text)
  if (view.state.field(tip, false) === undefined) return // no language is known here
  const dom = describe('', text)
  dom.tabIndex = -1
  view.dispatch({ effects: setTip.of({ pos: view.state.selection.main.head, above: true, create: () => ({ dom }) }) })
}

// hoverHere tells what the name at the cursor is.
export const hoverHere =
  (knows: Knows): Command =>
  (view) => {
    void tipAt(knows, view, view.state.selection.main.head).then((t) => {
      if (!t) return tellHere(view, say('go.nothing'))
      view.dispatch({ effects: setTip.of(t) })
      announce(t.create(view).dom.textContent ?? '')
    })
    return true
  }

const hideTip: Command = (view) => {
  if (!view.state.field(tip, false)) return false
  view.dispatch({ effects: [setTip.of(null), closeHoverTooltips] })
  return true
}

const setSignature = StateEffect.define<Tooltip | null>()
const signature = StateField.define<Tooltip | null>({
  create: () => null,
  update(now, tr) {
    for (const e of tr.effects) if (e.is(setSignature)) return e.value
    return now && tr.docChanged ? { ...now, pos: tr.changes.mapPos(now.pos) } : now
  },
  provide: (f) => showTooltip.from(f),
})

async function askSignature(knows: Knows, view: EditorView): Promise<void> {
  const { doc: text, selection } = view.state
  const told = await knows.signature(view)
  // What has changed since is asked for again; another file has another text.
  if (view.state.doc !== text || !view.state.selection.eq(selection) || view.state.field(signature, false) === undefined) return
  if (told)
    view.dispatch({ effects: setSignature.of({ pos: selection.main.head, above: true, create: () => ({ dom: drawSignature(told) }) }) })
  else if (view.state.field(signature, false)) view.dispatch({ effects: setSignature.of(null) })
}

let timer = 0

// follow shows it when a parenthesis or a comma is typed, and brings it up to date as long as it is there.
function follow(knows: Knows, u: ViewUpdate): void {
  let opens = false
  if (u.docChanged && u.transactions.some((tr) => tr.isUserEvent('input.type'))) {
    u.changes.iterChanges((_a, _b, _c, _d, inserted) => {
      opens ||= inserted.length < 9 && /[(,]/.test(inserted.toString())
    })
  }
  if (!opens && !(u.state.field(signature, false) && (u.docChanged || u.selectionSet))) return
  clearTimeout(timer)
  timer = window.setTimeout(() => void askSignature(knows, u.view), opens ? 0 : afterTyping)
}

const hideSignature: Command = (view) => {
  if (!view.state.field(signature, false)) return false
  view.dispatch({ effects: setSignature.of(null) })
  return true
}

// tips shows what knows has to tell: at the pointer, by keys, and while calls are written.
export function tips(knows: Knows): Extension {
  return [
    signature,
    tip,
    hoverTooltip((view, pos) => tipAt(knows, view, pos), { hideOn: (tr) => tr.docChanged }),
    EditorView.updateListener.of((u) => follow(knows, u)),
    Prec.high(
      keymap.of([
        { key: goKeys.hover, run: hoverHere(knows), preventDefault: true },
        {
          key: 'Mod-Shift-Space',
          run: (view) => {
            void askSignature(knows, view)
            return true
          },
          preventDefault: true,
        },
        { key: 'Escape', run: hideTip },
        { key: 'Escape', run: hideSignature },
      ]),
    ),
  ]
}

// onDefinition goes to where a name comes from, by key and by Ctrl+click.
export function onDefinition(definition: Command): Extension {
  return [
    EditorView.domEventHandlers({
      mousedown(e, view) {
        if (e.button !== 0 || !(e.ctrlKey || e.metaKey) || e.altKey || e.shiftKey) return false
        const pos = view.posAtCoords({ x: e.clientX, y: e.clientY })
        if (pos === null) return false
        view.dispatch({ selection: { anchor: pos } })
        const known = definition(view)
        if (known) e.preventDefault()
        return known
      },
    }),
    Prec.high(keymap.of([{ key: goKeys.definition, run: definition, preventDefault: true }])),
  ]
}
