// How to go on in a style sheet, a <style> or a style attribute: properties, what each of them takes, and the project's
// own names and files.
import { snippet, startCompletion, type Completion, type CompletionResult, type CompletionSource } from '@codemirror/autocomplete'
import { cssCompletionSource } from '@codemirror/lang-css'
import { syntaxTree } from '@codemirror/language'
import type { SyntaxNode } from '@lezer/common'
import type { EditorView } from '@codemirror/view'
import table from 'css:words'
import { proposePaths } from './files'
import { projectNames } from './project'

interface Property {
  kinds: string // see internal/check/cssgen: c is a colour
  words: string[]
}

let properties: Map<string, Property> | undefined

// propertyTable is what style sheets can say, by property; "colours" has the names of colours.
export function propertyTable(): Map<string, Property> {
  properties ??= new Map(
    table
      .split('\n')
      .filter((line) => line && !line.startsWith('#'))
      .map((line) => {
        const [name, kinds, ...words] = line.split(' ')
        return [name!, { kinds: kinds!, words }]
      }),
  )
  return properties
}

const always = ['inherit', 'initial', 'unset', 'revert']
const system =
  /^(?:accentcolor|activetext|button\w+|canvas|canvastext|field|fieldtext|graytext|highlight|linktext|mark|selecteditem|visitedtext)/

// valuesOf are the words that a property takes; for one of the project's own, colours.
export function valuesOf(property: string): Completion[] {
  const known = propertyTable().get(property.toLowerCase())
  const options: Completion[] = (known?.words ?? [])
    .filter((w) => !w.startsWith('-'))
    .map((label) => ({ label, type: 'constant', boost: 2 }))
  if (!known || known.kinds.includes('c')) {
    for (const label of propertyTable().get('colours')?.words ?? [])
      if (!system.test(label)) options.push({ label, type: 'constant', boost: 1 })
  }
  for (const label of always) options.push({ label, type: 'keyword', boost: -1 })
  return options
}

const block = (node: SyntaxNode | null): SyntaxNode | undefined => {
  for (let n = node; n; n = n.parent) if (n.name === 'Block' || n.name === 'Styles') return n
  return undefined
}

// inRule tells whether properties are written here, rather than selectors.
function inRule(node: SyntaxNode | null): boolean {
  const around = block(node)
  if (!around || around.name === 'Styles') return !!around
  return around.parent?.name === 'RuleSet' || /FontFace|Page|Keyframe/i.test(around.parent?.name ?? '') || around.parent?.name === 'AtRule'
}

// proposeCSS answers what can stand at a place of the style sheet or page at path.
export const proposeCSS =
  (path: string): CompletionSource =>
  async (context): Promise<CompletionResult | null> => {
    const { state, pos } = context
    const node = syntaxTree(state).resolveInner(pos, -1)
    if (node.name === 'Comment') return null
    const line = state.doc.lineAt(pos)
    const before = state.sliceDoc(line.from, pos)
    const address = /url\(\s*["']?([^"')]*)$/.exec(before) ?? /@import\s+(?:url\()?["']([^"')]*)$/.exec(before)
    if (address) return proposePaths(path, address[0].startsWith('@') ? '@import' : '', address[1]!, pos - address[1]!.length)
    if (node.name === 'StringLiteral') return null
    const variable = /\bvar\(\s*([\w-]*)$/.exec(before)
    if (variable) return custom(pos - variable[1]!.length, '')
    const rule = inRule(node)
    const statement = /(?:^|[;{}"'])([^;{}"']*)$/.exec(state.sliceDoc(Math.max(0, pos - 500), pos))?.[1] ?? ''
    const selector = /([.#])([\w-]*)$/.exec(statement)
    if (selector && !/\d$/.test(statement.slice(0, selector.index)) && (!rule || !statement.includes(':'))) {
      const names = await projectNames()
      const found = selector[1] === '.' ? names.classes : new Set([...names.ids.keys(), ...names.looked])
      const from = pos - selector[2]!.length
      const type = selector[1] === '.' ? 'class' : 'id'
      return found.size ? { from, options: [...found].map((label) => ({ label, type })), validFor: /^[\w-]*$/ } : null
    }
    if (!rule) return cssCompletionSource(context)
    const declaration = /^\s*([\w-]+)\s*:\s*([\s\S]*)$/.exec(statement)
    if (declaration) {
      const word = /[\w-]*$/.exec(declaration[2]!)![0]
      if (/#[\w-]*$/.test(declaration[2]!)) return null
      const values = valuesOf(declaration[1]!)
      const own = await custom(pos - word.length, 'var')
      return { from: pos - word.length, options: [...values, ...(own?.options ?? [])], validFor: /^[\w-]*$/ }
    }
    const name = /^\s*([\w-]*)$/.exec(statement)
    if (!name || (!name[1] && !context.explicit)) return cssCompletionSource(context)
    const options: Completion[] = [...propertyTable().keys()]
      .filter((label) => label !== 'colours' && (!label.startsWith('-') || name[1]!.startsWith('-')))
      .map((label) => ({ label, type: 'property', apply: withColon }))
    if (name[1]!.startsWith('-')) {
      for (const o of (await custom(pos, ''))?.options ?? []) options.push({ ...o, apply: withColon })
    }
    const nested = await cssCompletionSource(context) // a selector may stand here, too
    if (nested && nested.from === pos - name[1]!.length)
      options.push(...nested.options.filter((o) => o.type === 'type' || o.type === 'keyword'))
    return { from: pos - name[1]!.length, options, validFor: /^[\w-]*$/ }
  }

// withColon puts a property with its colon, and lists what it takes.
function withColon(view: EditorView, completion: Completion, from: number, to: number): void {
  const after = view.state.sliceDoc(to, view.state.doc.lineAt(to).to)
  const followed = /^\s*:/.test(after)
  const rest = followed ? '' : `: \${}${after.trim() === '' ? ';' : ''}`
  snippet(completion.label + rest)(view, completion, from, to)
  if (!followed) startCompletion(view)
}

// custom are the project's own properties, with what each is set to.
async function custom(from: number, wrap: '' | 'var'): Promise<CompletionResult | null> {
  const { properties } = await projectNames()
  const options = [...properties].map(([label, detail]): Completion => {
    return wrap ? { label: `var(${label})`, detail, type: 'variable' } : { label, detail, type: 'variable' }
  })
  return options.length ? { from, options, validFor: /^[\w-]*$/ } : null
}
