// Swatches beside the colours of style sheets, <style> and style attributes. A click, or a key with the cursor at the
// colour, opens the browser's picker; what is picked is written as the colour was.
import { syntaxTree } from '@codemirror/language'
import { RangeSetBuilder, type EditorState, type Extension } from '@codemirror/state'
import { Decoration, EditorView, keymap, ViewPlugin, WidgetType, type Command, type DecorationSet, type ViewUpdate } from '@codemirror/view'
import { say } from '../words'
import { hexOf, inDeclarations, notations, recoloured } from './colour'
import { propertyTable } from './css'

interface Found {
  from: number
  to: number
  text: string
  hex: string // #rrggbb
}

let pen: CanvasRenderingContext2D | null | undefined

// namedHex is the value of a colour that has a name; undefined: it has none of its own.
function namedHex(name: string): string | undefined {
  if (name === 'transparent' || name === 'currentcolor' || !propertyTable().get('colours')?.words.includes(name)) return undefined
  pen ??= document.createElement('canvas').getContext('2d')
  if (!pen) return undefined
  pen.fillStyle = '#000'
  pen.fillStyle = name
  return String(pen.fillStyle)
}

// coloursIn finds the colours of a part of a text.
function coloursIn(state: EditorState, from: number, to: number): Found[] {
  const found: Found[] = []
  const add = (from: number, to: number) => {
    const text = state.sliceDoc(from, to)
    notations.lastIndex = 0
    const whole = notations.exec(text)?.[0] === text
    const hex = whole ? hexOf(text) : /^[a-z]+$/i.test(text) ? namedHex(text.toLowerCase()) : undefined
    if (hex) found.push({ from, to, text, hex })
  }
  syntaxTree(state).iterate({
    from,
    to,
    enter(node) {
      if (node.name === 'Script' || node.name === 'ScriptText') return false
      if (node.name === 'ColorLiteral' || node.name === 'ValueName' || node.name === 'CallExpression') add(node.from, node.to)
      if (node.name !== 'AttributeValue') return undefined
      const name = node.node.parent?.getChild('AttributeName')
      if (!name || !/^style$/i.test(state.sliceDoc(name.from, name.to))) return undefined
      // The attribute's own tree lies over this one, and is not always there; its text is.
      for (const [a, b] of inDeclarations(state.sliceDoc(node.from, node.to))) add(node.from + a, node.from + b)
      return false
    },
  })
  return found
}

class Swatch extends WidgetType {
  constructor(readonly colour: Found) {
    super()
  }
  override eq(other: Swatch): boolean {
    return other.colour.text === this.colour.text && other.colour.hex === this.colour.hex
  }
  override toDOM(view: EditorView): HTMLElement {
    const input = document.createElement('input')
    input.type = 'color'
    input.className = 'cm-swatch'
    input.value = this.colour.hex
    input.tabIndex = -1 // the Tab key is the text's; a key at the colour opens it
    input.disabled = view.state.readOnly
    input.title = say('web.colour', { colour: this.colour.text })
    input.setAttribute('aria-label', input.title)
    input.addEventListener('change', () => write(view, input))
    input.addEventListener('keydown', (e) => {
      if (e.key !== 'Escape') return
      e.preventDefault()
      view.focus()
    })
    return input
  }
  override ignoreEvent(): boolean {
    return true
  }
}

// swatchAt is the colour with a swatch that a place of the text is at.
function swatchAt(view: EditorView, pos: number): Found | undefined {
  const line = view.state.doc.lineAt(pos)
  let found: Found | undefined
  view.plugin(plugin)?.decorations.between(line.from, line.to, (from, _to, { spec }) => {
    const { colour } = spec.widget as Swatch
    if (from <= pos && pos <= from + colour.text.length) found = { ...colour, from, to: from + colour.text.length }
  })
  return found
}

// write puts what was picked where the colour is now.
function write(view: EditorView, input: HTMLInputElement): void {
  const found = swatchAt(view, view.posAtDOM(input))
  if (!found || view.state.readOnly || found.hex === input.value) return
  const insert = recoloured(found.text, input.value)
  view.dispatch({
    changes: { from: found.from, to: found.to, insert },
    selection: { anchor: found.from + insert.length },
    userEvent: 'input.colour',
  })
  view.focus()
}

function swatches(view: EditorView): DecorationSet {
  const all = new RangeSetBuilder<Decoration>()
  let last = -1
  for (const { from, to } of view.visibleRanges) {
    for (const colour of coloursIn(view.state, from, to).sort((a, b) => a.from - b.from)) {
      if (colour.from <= last) continue
      last = colour.from
      all.add(colour.from, colour.from, Decoration.widget({ widget: new Swatch(colour), side: 1 }))
    }
  }
  return all.finish()
}

const plugin = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet
    constructor(view: EditorView) {
      this.decorations = swatches(view)
    }
    update(u: ViewUpdate) {
      if (u.docChanged || u.viewportChanged || syntaxTree(u.startState) !== syntaxTree(u.state)) this.decorations = swatches(u.view)
    }
  },
  { decorations: (p) => p.decorations },
)

// pick opens the picker of the colour at the cursor.
const pick: Command = (view) => {
  const colour = swatchAt(view, view.state.selection.main.head)
  if (!colour || view.state.readOnly) return false
  const input = [...view.contentDOM.querySelectorAll<HTMLInputElement>('.cm-swatch')].find((i) => view.posAtDOM(i) === colour.from)
  if (!input) return false
  input.focus()
  try {
    input.showPicker()
  } catch {
    input.click() // a browser without it
  }
  return true
}

export const colours: Extension = [plugin, keymap.of([{ key: 'Mod-Alt-c', run: pick, preventDefault: true }])]
