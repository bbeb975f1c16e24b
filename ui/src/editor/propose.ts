// How to go on in a program: the names of board and machine, with what they do, and the words of the file. The names
// come in a file of their own when they are first needed. What knows Go better takes this place as soon as it answers
// (setBetter). Names of other boards' tutorials lead to what they are called here.
import { snippetCompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { syntaxTree } from '@codemirror/language'
import { say } from '../words'
import { docBox } from './docbox'

type Names = typeof import('go:names').default
type Name = Names[string][number]

let names: Names | undefined

// loadNames brings them, once.
export async function loadNames(): Promise<Names> {
  names ??= (await import('go:names')).default
  return names
}

type Source = (context: CompletionContext) => Promise<CompletionResult | null | undefined>
let better: Source | undefined

// setBetter puts another source in front of this one; where it has nothing (undefined), this one answers.
export function setBetter(source: Source): void {
  better = source
}

// exampleOf is a piece of a template's program that uses a name, once names have been asked for.
export const exampleOf = (pkg: string, name: string): string | undefined => names?.[pkg]?.find((n) => !n.of && n.name === name)?.example

// elsewhere are names of Arduino, MicroPython and JavaScript, and what is written here. The reference is searched by them, too.
export const elsewhere: [name: string, here: string, template: string][] = [
  ['digitalWrite', 'board.Pin(…).High()', 'board.Pin(${pin}).High()'],
  ['digitalRead', 'board.Pin(…).Get()', 'board.Pin(${pin}).Get()'],
  ['analogWrite', 'board.Pin(…).Duty(…)', 'board.Pin(${pin}).Duty(${percent})'],
  ['pinMode', 'board.Pin(…).Input(…)', 'board.Pin(${pin}).Input(board.${PullUp})'],
  ['Serial.println', 'println(…)', 'println(${text})'],
  ['Serial.print', 'print(…)', 'print(${text})'],
  ['Serial.begin', '// not needed', ''],
  ['Pin', 'board.Pin(…)', 'board.Pin(${12})'],
  ['print', 'println(…)', 'println(${text})'],
  ['console.log', 'println(…)', 'println(${text})'],
  ['delay', 'time.Sleep(… * time.Millisecond)', 'time.Sleep(${500} * time.Millisecond)'],
  ['sleep', 'time.Sleep(… * time.Second)', 'time.Sleep(${1} * time.Second)'],
  ['millis', 'time.Now().UnixMilli()', 'time.Now().UnixMilli()'],
  ['setTimeout', 'time.AfterFunc(…)', 'time.AfterFunc(${500}*time.Millisecond, func() {\n\t${}\n})'],
  ['setInterval', 'board.Every(…)', 'board.Every(${500}*time.Millisecond, func() {\n\t${}\n})'],
]

// fromElsewhere proposes what a name of another board's tutorials is called here. Few letters mean little, unless one asks.
export function fromElsewhere(written: string, explicit: boolean): Completion[] {
  const typed = written.toLowerCase()
  if (typed.length < (explicit ? 1 : 3)) return []
  return elsewhere
    .filter(([name]) => name.toLowerCase().startsWith(typed))
    .map(([name, here, template]) => snippetCompletion(template, { label: name, detail: here, type: 'keyword', boost: 2 }))
}

export async function propose(context: CompletionContext): Promise<CompletionResult | null> {
  if (/Comment|String|Rune/.test(syntaxTree(context.state).resolveInner(context.pos, -1).name)) return null
  const chain = context.matchBefore(/(?:[A-Za-z_]\w*\.)+\w*$/)
  const word = context.matchBefore(/\w*$/)
  const other = context.matchBefore(/(?:\b(?:Serial|console)\.)?\w*$/)
  const foreign = context.matchBefore(/[.\w]\.\w*$/) && !other?.text.includes('.') ? [] : fromElsewhere(other?.text ?? '', context.explicit)
  if (foreign.length > 0 && other && !context.explicit) return { from: other.from, options: foreign, validFor: /^[\w.]*$/ }
  if (!chain && !context.explicit) return null // a list at every word would be in the way
  let names: Names
  try {
    names = await loadNames()
  } catch {
    return null
  }
  const known = await better?.(context)
  if (known !== undefined) return known
  const text = context.state.doc.toString()
  const from = word?.from ?? context.pos
  if (chain) {
    const found = members(names, chain.text.split('.').slice(0, -1), text)
    return found.length > 0 ? { from, options: found.map(option), validFor: /^\w*$/ } : null
  }
  const here = word?.text ?? ''
  const words = new Set([...text.matchAll(/[A-Za-z_]\w{2,}/g)].map((m) => m[0]).filter((w) => w !== here))
  return {
    from,
    validFor: /^\w*$/,
    options: [
      ...foreign.filter((o) => !o.label.includes('.')),
      ...Object.keys(names).map((label): Completion => ({ label, type: 'namespace', boost: 1 })),
      ...[...words].filter((w) => !(w in names)).map((label): Completion => ({ label, type: 'text', boost: -1 })),
    ],
  }
}

// members are the names that can follow a chain such as board, board.LED or from (whose type the text tells).
export function members(all: Names, chain: string[], text: string): Name[] {
  const [first, second] = chain
  const own = all[first ?? '']
  if (own && chain.length === 1) return own.filter((n) => !n.of)
  const of = (pkg: string, type: string | undefined) => (type ? (all[pkg] ?? []).filter((n) => n.of === type) : [])
  const typeOf = (pkg: string, name: string) => all[pkg]?.find((n) => !n.of && n.name === name)?.type
  if (own && chain.length === 2) return of(first!, typeOf(first!, second!))
  if (chain.length !== 1 || !first) return []
  const declared = text.match(new RegExp(`\\b${first}\\s+\\*?(board|machine)\\.([A-Z]\\w*)`)) // a parameter or var
  if (declared) return of(declared[1]!, declared[2])
  const set = text.match(new RegExp(`\\b${first}\\s*:?=\\s*&?(board|machine)\\.([A-Z]\\w*)(.?)`))
  if (!set) return []
  const [, pkg, name, next] = set
  return of(pkg!, next === '{' || next === '(' ? name : typeOf(pkg!, name!))
}

const kinds: Record<string, string> = { function: 'function', method: 'method', type: 'type', variable: 'variable', constant: 'constant' }

function option(n: Name): Completion {
  const isCall = n.kind === 'function' || n.kind === 'method'
  const shown: Completion = {
    label: n.name,
    type: kinds[n.kind] ?? 'text',
    info: n.example ? () => withExample(n) : n.doc,
    detail: isCall ? `(${(n.params ?? []).map((p) => p.join(' ')).join(', ')})${n.result ? ` ${n.result}` : ''}` : n.type,
  }
  return isCall ? snippetCompletion(call(n), shown) : shown
}

function withExample(n: Name): HTMLElement {
  const dom = docBox()
  for (const [kind, text] of [
    ['p', n.doc],
    ['strong', say('go.example')],
    ['pre', n.example],
  ] as const) {
    dom.appendChild(document.createElement(kind)).textContent = text ?? ''
  }
  return dom
}

// call is the template of a call: its arguments to fill in, and a function's body where one is wanted.
export function call(n: Pick<Name, 'name' | 'params'>): string {
  const filled = (n.params ?? []).map(([name, type]) => (type.startsWith('func(') ? `${type} {\n\t\${}\n}` : `\${${name}}`))
  return `${n.name}(${filled.join(', ')})`
}

// template is a snippet of gopls as CodeMirror writes it: a function's body has room, and other arguments their names only.
export function template(text: string): string {
  return text
    .replace(/\$\{\d+:\w+ (func\([^{}]*)\}/g, (_, type: string) => `${type} {\n\t\${}\n}`)
    .replace(/\$\{\d+:(\w+) [^{}]*\}/g, '${$1}')
    .replace(/\$\{\d+:([^{}]*)\}/g, '${$1}')
    .replace(/\$\{\d+:?\}|\$\d+/g, '${}')
}
