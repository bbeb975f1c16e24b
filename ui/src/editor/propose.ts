// How to go on in a program: the names of board and machine, with what they do, and the words of the file. The names
// come in a file of their own when they are first needed. What knows Go better can take this place: it is one source of
// CodeMirror's completion.
import { snippetCompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { syntaxTree } from '@codemirror/language'

type Names = typeof import('go:names').default
type Name = Names[string][number]

let names: Names | undefined

export async function propose(context: CompletionContext): Promise<CompletionResult | null> {
  if (/Comment|String|Rune/.test(syntaxTree(context.state).resolveInner(context.pos, -1).name)) return null
  const chain = context.matchBefore(/(?:[A-Za-z_]\w*\.)+\w*$/)
  const word = context.matchBefore(/\w*$/)
  if (!chain && !context.explicit) return null // a list at every word would be in the way
  try {
    names ??= (await import('go:names')).default
  } catch {
    return null
  }
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
      ...Object.keys(names).map((label): Completion => ({ label, type: 'namespace', boost: 1 })),
      ...[...words].filter((w) => !(w in names!)).map((label): Completion => ({ label, type: 'text', boost: -1 })),
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
    info: n.doc,
    detail: isCall ? `(${(n.params ?? []).map((p) => p.join(' ')).join(', ')})${n.result ? ` ${n.result}` : ''}` : n.type,
  }
  return isCall ? snippetCompletion(call(n), shown) : shown
}

// call is the template of a call: its arguments to fill in, and a function's body where one is wanted.
export function call(n: Pick<Name, 'name' | 'params'>): string {
  const filled = (n.params ?? []).map(([name, type]) => (type.startsWith('func(') ? `${type} {\n\t\${}\n}` : `\${${name}}`))
  return `${n.name}(${filled.join(', ')})`
}
