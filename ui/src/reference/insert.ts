// Where an example goes in somebody's program: to the cursor, into the function that the program already has for it, or
// into main before board.Serve; with the imports that it needs, and with other names where its own are taken.
import { goLanguage } from '@codemirror/lang-go'
import type { Example } from './find'

export interface Edit {
  from: number
  to: number
  insert: string
}

// Put are the edits, in no order, none in another one, and where the example is then, by the text before. A program that
// has what cannot be there twice (board.Serve) tells where it is.
export type Put = { edits: Edit[]; at: number } | { already: number }

type Part = Example['parts'][number]
type Tree = ReturnType<typeof goLanguage.parser.parse>
type SyntaxNode = Tree['topNode']

const strings = /("(?:[^"\\\n]|\\.)*"|`[^`]*`)/
const named = (name: string) => new RegExp(`(?<![\\w.])${name}(?!\\w)`)

// renamed gives names in a program others, but not what its texts say.
function renamed(code: string, names: ReadonlyMap<string, string>): string {
  if (names.size === 0) return code
  const any = new RegExp(`(?<![\\w.])(${[...names.keys()].join('|')})(?!\\w)`, 'g')
  return code
    .split(strings)
    .map((piece, i) => (i % 2 ? piece : piece.replace(any, (n) => names.get(n) ?? n)))
    .join('')
}

const indented = (code: string, indent: string) => code.replace(/^(?=.)/gm, indent)

class Program {
  readonly tree: Tree
  constructor(readonly text: string) {
    this.tree = goLanguage.parser.parse(text)
  }
  of = (n: { from: number; to: number }) => this.text.slice(n.from, n.to)
  lineStart = (pos: number) => this.text.lastIndexOf('\n', pos - 1) + 1
  lineEnd = (pos: number) => {
    const end = this.text.indexOf('\n', pos)
    return end < 0 ? this.text.length : end
  }
  line = (pos: number) => this.text.slice(this.lineStart(pos), this.lineEnd(pos))
  indentAt = (pos: number) => /^[ \t]*/.exec(this.line(pos))![0]

  // all are the nodes of a kind, from top to bottom.
  all(kind: string): SyntaxNode[] {
    const found: SyntaxNode[] = []
    this.tree.iterate({
      enter: (n) => {
        if (n.name === kind) found.push(n.node)
      },
    })
    return found
  }

  // body is what a function of the program has between its braces.
  body(name: string): SyntaxNode | null {
    const f = this.all('FunctionDecl').find((d) => this.of(d.getChild('DefName') ?? { from: 0, to: 0 }) === name)
    return f?.getChild('Block') ?? null
  }

  // alias is what the program calls a package: its own name, another one, or undefined when it is not imported.
  alias(path: string): string | undefined {
    for (const spec of this.all('ImportSpec')) {
      if (this.of(spec.getChild('String') ?? { from: 0, to: 0 }).slice(1, -1) !== path) continue
      const name = spec.getChild('DefName')
      return name ? this.of(name) : path.slice(path.lastIndexOf('/') + 1)
    }
    return undefined
  }
}

// statements are what stands in a block, each by itself; of a switch also its cases, which are before what belongs to them.
function statements(block: SyntaxNode): SyntaxNode[] {
  const list: SyntaxNode[] = []
  for (let n = block.firstChild; n; n = n.nextSibling) if (/Statement$|Decl$|^(Assignment|Block|Case)$/.test(n.name)) list.push(n)
  return list
}

const isBlock = (n: SyntaxNode) => /^(Switch|Select)?Block$/.test(n.name)

// blockAt is what a place is in; in a switch only behind a case.
function blockAt(tree: Tree, pos: number): SyntaxNode | null {
  for (let n: SyntaxNode | null = tree.resolveInner(pos, -1); n; n = n.parent) {
    if (!isBlock(n) || pos <= n.from || pos >= n.to) continue
    if (n.name === 'Block' || statements(n).some((s) => s.to <= pos)) return n
  }
  return null
}

// put finds out where an example goes.
export function put(text: string, pos: number, example: Example): Put {
  if (text.trim() === '') return { edits: [{ from: 0, to: text.length, insert: example.program }], at: 0 }
  const p = new Program(text)
  const board = p.alias('studio/board') ?? 'board'
  const main = p.body('main')
  const isServe = (n: SyntaxNode) => new RegExp(`^${board}\\.(Serve|Start)\\(`).test(p.of(n))
  const serve = main && statements(main).find(isServe)
  if (example.ends) {
    const there = serve ?? p.all('ExprStatement').find(isServe)
    if (there) return { already: there.from }
  }

  const names = new Map<string, string>()
  if (board !== 'board') names.set('board', board)
  for (const name of example.names) {
    let free = name
    for (let n = 2; named(free).test(text); n++) free = `${name}${n}`
    if (free !== name) names.set(name, free)
  }
  const parts = example.parts.map((s): Part => {
    return { ...s, text: renamed(s.text, names), body: renamed(s.body ?? '', names), setter: renamed(s.setter ?? '', names) }
  })

  const edits: Edit[] = []
  const rest: Part[] = []
  let at = -1
  let before: SyntaxNode | null | undefined // the statement of main that uses what rest declares
  for (const part of parts) {
    const there = part.setter ? setIn(p, part) : undefined
    const within = there && main && statements(main).find((s) => s.from <= there.call.from && there.call.to <= s.to)
    const fits = there && (rest.length === 0 || (within && there.inline))
    if (!there || !fits) {
      rest.push(part)
      continue
    }
    edits.push(into(p, there.block, renamed(part.body ?? '', there.names)))
    if (at < 0) at = there.block.from + 1
    if (rest.length > 0) before ??= within
  }
  if (rest.length > 0) {
    const code = rest.map((s) => s.text).join('\n')
    const edit = example.ends
      ? atEnd(p, main, code, '')
      : before
        ? ahead(p, before.from, code)
        : where(p, code, { pos, main, serve: serve ?? undefined, board, setup: rest.some((s) => s.setup) })
    edits.push(edit)
    at = edit.from
  }
  edits.push(...imported(p, example.imports))
  return { edits, at }
}

interface There {
  call: SyntaxNode
  block: SyntaxNode
  inline: boolean // the function is written where it is set
  names: Map<string, string> // what the example's parameters are called here
}

// setIn finds the function that the program has set as the one which a part of an example sets.
function setIn(p: Program, part: Part): There | undefined {
  const bare = (s: string) => s.replace(/\s+/g, '')
  const wanted = bare(part.setter ?? '')
  for (const call of p.all('CallExpr')) {
    const given = call.getChild('Arguments')?.lastChild?.prevSibling
    if (!given || bare(p.text.slice(call.from, given.from)) !== wanted) continue
    const f = given.name === 'FunctionLiteral' ? given : undefined
    const decl = f ?? p.all('FunctionDecl').find((d) => p.of(d.getChild('DefName') ?? { from: 0, to: 0 }) === p.of(given))
    const block = decl?.getChild('Block')
    const own = (decl?.getChild('Parameters')?.getChildren('Parameter') ?? []).flatMap((n) => n.getChildren('DefName')).map(p.of)
    if (!block || own.length !== part.params?.length) return undefined
    const names = new Map<string, string>()
    part.params.forEach((name, i) => {
      if (name !== own[i]) names.set(name, own[i]!)
    })
    const needed = part.params.some((name, i) => own[i] === '_' && named(name).test(part.body ?? ''))
    return needed ? undefined : { call, block, inline: !!f, names }
  }
  return undefined
}

// into puts lines at the beginning of a block.
function into(p: Program, block: SyntaxNode, code: string): Edit {
  const indent = p.indentAt(block.from)
  const from = block.from + 1
  const isOpen = /^[ \t]*(\/\/.*)?$/.test(p.text.slice(from, p.lineEnd(from)))
  if (isOpen) {
    const end = p.lineEnd(from)
    return { from: end, to: end, insert: `\n${indented(code, `${indent}\t`)}` }
  }
  const inside = p.text.slice(from, block.to - 1)
  if (inside.includes('\n')) return { from, to: from, insert: `\n${indented(code, `${indent}\t`)}\n${indent}\t` }
  const lines = [code, inside.trim()].filter(Boolean).join('\n')
  return { from, to: block.to - 1, insert: `\n${indented(lines, `${indent}\t`)}\n${indent}` }
}

// ahead puts lines before the one of a statement.
function ahead(p: Program, pos: number, code: string): Edit {
  const from = p.lineStart(pos)
  const above = from === 0 ? '' : p.line(from - 1)
  const gap = above.trim() === '' || /[{(:]\s*$/.test(above) ? '' : '\n'
  return { from, to: from, insert: `${gap}${indented(code, p.indentAt(pos))}\n\n` }
}

// atEnd puts lines at the end of main, or a main with them at the end of the program.
function atEnd(p: Program, main: SyntaxNode | null, code: string, after: string): Edit {
  if (!main) {
    const gap = p.text.endsWith('\n') ? '\n' : '\n\n'
    return { from: p.text.length, to: p.text.length, insert: `${gap}func main() {\n${indented(code + after, '\t')}\n}\n` }
  }
  const list = statements(main)
  const end = list.at(-1)
  if (!end) return into(p, main, code)
  if (end.name === 'ForStatement') return ahead(p, end.from, code) // it may never end
  const from = p.lineEnd(end.to - 1)
  return { from, to: from, insert: `\n${indented(code, p.indentAt(end.from))}` }
}

interface Place {
  pos: number // of the cursor
  main: SyntaxNode | null
  serve: SyntaxNode | undefined // in main
  board: string // what the program calls it
  setup: boolean // it belongs into main, before serve
}

// where puts lines at the cursor, if they may stand there, else into main.
function where(p: Program, code: string, { pos, main, serve, board, setup }: Place): Edit {
  const block = blockAt(p.tree, pos)
  const isMain = block !== null && block.from === main?.from
  const isLate = isMain && serve !== undefined && pos > serve.to
  if (!block || isLate || (setup && !isMain))
    return serve ? ahead(p, serve.from, code) : atEnd(p, main, code, main ? '' : `\n\n${board}.Serve()`)
  const list = statements(block)
  const start = p.lineStart(pos)
  const above = list.filter((s) => s.from <= p.lineEnd(pos)).at(-1)
  const indentBelow = (n: SyntaxNode) => p.indentAt(n.from) + (n.name === 'Case' ? '\t' : '')
  if (p.line(pos).trim() === '' && !(above && above.from < start && pos < above.to))
    return { from: start, to: p.lineEnd(pos), insert: indented(code, above ? indentBelow(above) : `${p.indentAt(block.from)}\t`) }
  if (!above) return into(p, block, code)
  if (above.name === 'ReturnStatement' || above.from === serve?.from) return ahead(p, above.from, code)
  const end = p.lineEnd(Math.max(above.to - 1, above.from))
  return { from: end, to: end, insert: `\n${indented(code, indentBelow(above))}` }
}

// imported adds what is missing to the program's imports, in gofmt's order.
function imported(p: Program, paths: readonly string[]): Edit[] {
  const missing = paths.filter((path) => p.alias(path) === undefined).sort()
  if (missing.length === 0) return []
  const decl = p.tree.topNode.getChild('ImportDecl')
  const list = decl?.getChild('SpecList')
  const lines = missing.map((path) => `"${path}"`)
  if (!decl) {
    const pkg = p.tree.topNode.getChild('PackageClause')
    const from = pkg ? p.lineEnd(pkg.from) : 0
    const text = lines.length === 1 ? `import ${lines[0]}` : `import (\n${lines.map((l) => `\t${l}\n`).join('')})`
    return [{ from, to: from, insert: pkg ? `\n\n${text}` : `package main\n\n${text}\n\n` }]
  }
  if (!list) {
    const spec = decl.getChild('ImportSpec')
    const all = [...lines, spec ? p.of(spec) : ''].filter(Boolean).sort((a, b) => (pathIn(a) < pathIn(b) ? -1 : 1))
    return [{ from: decl.from, to: decl.to, insert: `import (\n${all.map((l) => `\t${l}\n`).join('')})` }]
  }
  const specs = list.getChildren('ImportSpec')
  const edits = new Map<number, string>()
  for (const line of lines) {
    const next = specs.find((s) => pathIn(p.of(s)) > pathIn(line))
    const from = next ? p.lineStart(next.from) : p.lineStart(list.to - 1)
    edits.set(from, `${edits.get(from) ?? ''}\t${line}\n`)
  }
  return [...edits].map(([from, insert]) => ({ from, to: from, insert }))
}

const pathIn = (spec: string) => /"([^"]*)"/.exec(spec)?.[1] ?? ''
