// Which of a compiler's findings are mistakes for certain, in scripts that were written without thinking of types. What
// works in a browser all the same is left alone: a text where a number is wanted, a property that only some elements have.
import ts from 'typescript-js'
import libs from 'ts:libs'
import type { Mark, Place } from './answers'

export interface Surroundings {
  whole: boolean // all scripts that the page loads are there
  own: string[] // the scripts of the page
  others: string[] // the project's other files: what they declare may be there at run time
  placeOf(file: string, pos: number): Place | undefined // in a file of the project
}

interface Finding {
  node: ts.Node
  source: ts.SourceFile
  message: string // in the compiler's words
  from: number
  to: number
  name: string // what is marked
  near: string | undefined // the name that the compiler proposes
  related: readonly ts.DiagnosticRelatedInformation[]
  around: Surroundings
  text: Texts
  checker: ts.TypeChecker
}

// Texts are what is looked up in the page's scripts, made when it is first needed.
class Texts {
  private joined: string | undefined
  constructor(private readonly around: Surroundings) {}
  get own(): string {
    this.joined ??= this.around.own.join('\n')
    return this.joined
  }
  // loadsMore: scripts may come in ways that cannot be followed.
  get loadsMore(): boolean {
    return /createElement\(\s*["'`]script|document\.write|importScripts\(|\beval\(|\bnew\s+Function\(|\bwith\s*\(|<script/.test(this.own)
  }
  has(pattern: RegExp): boolean {
    return pattern.test(this.own)
  }
  declaredElsewhere(name: string): boolean {
    const pattern = new RegExp(
      `(?:\\b(?:function\\*?|class|let|const|var)\\s+|\\b(?:window|globalThis|self)\\.|[{,]\\s*)${escaped(name)}\\b`,
    )
    return this.around.others.some((t) => pattern.test(t))
  }
}

const escaped = (name: string) => name.replace(/[$]/g, '\\$&')

type Verdict = Pick<Mark, 'kind' | 'values' | 'near' | 'fix'>
type Judge = (f: Finding) => Verdict | undefined

// change is the edit that puts the name that was meant.
const change = (f: Finding): Pick<Mark, 'near' | 'fix'> =>
  f.near ? { near: f.near, fix: { from: f.from, to: f.to, text: f.near, title: 'change' } } : {}

// nearest is the name that differs by its capital letters alone, or by two letters that changed places, which the
// compiler takes for two mistakes.
function nearest(name: string, from: () => readonly ts.Symbol[]): string | undefined {
  if (name.length < 3) return undefined
  const sorted = (s: string) => [...s].sort().join('')
  const letters = sorted(name)
  return from()
    .map((s) => s.name)
    .find((n) => {
      if (n === name || n.length !== name.length) return false
      if (n.toLowerCase() === name.toLowerCase()) return true
      const first = [...n].findIndex((c, i) => c !== name[i])
      return sorted(n) === letters && n.slice(first + 2) === name.slice(first + 2)
    })
}

const unknownName: Judge = (f) => {
  const name = f.name
  if (!f.around.whole || f.text.loadsMore || f.text.declaredElsewhere(name)) return undefined
  const n = f.node
  if (ts.isTypeOfExpression(n.parent) || f.text.has(new RegExp(`\\btypeof\\s+${escaped(name)}\\b|["'\`]${escaped(name)}["'\`]\\s+in\\b`)))
    return undefined
  // Whoever gives a value to a name that was not declared makes it, in scripts that are no modules.
  const assigned = new RegExp(
    `(?<![.\\w$])${escaped(name)}\\s*(?:[-+*/%|&^]|\\*\\*|\\|\\||&&|\\?\\?)?=(?![=>])|(?<![.\\w$])${escaped(name)}\\s*(?:\\+\\+|--)`,
  )
  if (f.text.has(assigned)) return undefined
  f.near ??= nearest(name, () => f.checker.getSymbolsInScope(f.node, ts.SymbolFlags.Value))
  return { kind: 'unknownName', values: { name }, ...change(f) }
}

// members are the names of all that a browser's objects have.
let members: Set<string> | undefined
function isMember(name: string): boolean {
  members ??= new Set(
    [...(libs['lib.dom.d.ts'] ?? '').matchAll(/^ {4}(?:readonly |get |set )*"?([A-Za-z_]\w*)"?\??[(:<]/gm)].map((m) => m[1]!),
  )
  return members.has(name)
}

const promise = /^Promise(?:Like)?</

const unknownProperty: Judge = (f): Verdict | undefined => {
  const access = f.node.parent
  if (!ts.isPropertyAccessExpression(access) || access.name !== f.node) return undefined
  if (access.expression.kind === ts.SyntaxKind.ThisKeyword) return undefined
  const type = f.checker.getTypeAtLocation(access.expression)
  const of = f.checker.typeToString(type)
  if (promise.test(of)) return { kind: 'later', values: { name: f.name } }
  if (isMember(f.name) || !fromLibrary(type)) return undefined
  f.near ??= nearest(f.name, () => f.checker.getPropertiesOfType(f.checker.getApparentType(type)))
  if (!f.near) return undefined
  // A property of one's own is read somewhere; one that is only given a value, and is a letter away from another, is meant.
  const others = f.text.own.split(new RegExp(`[.]${escaped(f.name)}\\b`)).length - 2
  const isWritten =
    ts.isBinaryExpression(access.parent) && access.parent.left === access && access.parent.operatorToken.kind === ts.SyntaxKind.EqualsToken
  if (others > 0 && (isWritten || f.text.has(new RegExp(`[.]${escaped(f.name)}\\s*=(?!=)`)))) return undefined
  return { kind: 'unknownProperty', values: { name: f.name, of: shortened(of) }, ...change(f) }
}

const shortened = (type: string) => (type.length > 40 ? `${type.slice(0, 39)}…` : type)

// fromLibrary: the type is one of the browser's or the language's, whose properties are known.
function fromLibrary(type: ts.Type): boolean {
  if (type.flags & (ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BooleanLike)) return true
  const declarations = type.getSymbol()?.declarations
  return !!declarations?.length && declarations.every((d) => /^\/(?:lib\/|window\.d\.ts)/.test(d.getSourceFile().fileName))
}

const notCallable: Judge = (f) => {
  const call = f.node.parent
  const name = written(f)
  if (/^(?:any|unknown|never|Function|object|\{\})$/.test(f.checker.typeToString(f.checker.getTypeAtLocation(f.node)))) return undefined
  return ts.isTaggedTemplateExpression(call) ? undefined : { kind: 'notCallable', values: { name } }
}

const needsNew: Judge = (f) => ({
  kind: 'needsNew',
  values: { name: written(f) },
  fix: { from: f.from, to: f.from, text: 'new ', title: 'add' },
})

const written = (f: Finding) => shortened(f.source.text.slice(f.from, f.to).replace(/\s+/g, ' ').replace(/\(.*$/, ''))

const counted: Judge = (f) => {
  const m = /^Expected (?:at least )?([\d-]+) arguments?, but got (\d+)/.exec(f.message)
  if (!m) return undefined
  let call: ts.Node | undefined = f.node
  while (call && !ts.isCallExpression(call) && !ts.isNewExpression(call)) call = call.parent
  if (!call) return undefined
  const callee = call.expression
  const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText(f.source)
  return { kind: 'arguments', values: { name: shortened(name), want: m[1]!.replace('-', '–'), n: Number(m[2]) } }
}

const twice: Judge = (f) => {
  // Another script of the page has it as well; within one file internal/check says it.
  for (const r of f.related) {
    if (!r.file || r.start === undefined) continue
    const other = f.around.placeOf(r.file.fileName, r.start)
    if (other && r.file !== f.source)
      return { kind: 'twice', values: { name: f.name, file: other.path.replace(/^www\//, ''), line: other.line } }
  }
  return undefined
}

const early: Judge = (f) => {
  const line = f.related.map((r) =>
    r.file === f.source && r.start !== undefined ? f.around.placeOf(r.file.fileName, r.start)?.line : undefined,
  )[0]
  return line ? { kind: 'early', values: { name: f.name, line } } : undefined
}

const noExport: Judge = (f) => {
  const module = /^Module '"?([^'"]+)"?'/.exec(f.message)?.[1]?.split('/').at(-1) ?? ''
  let from: ts.Node | undefined = f.node
  while (from && !ts.isImportDeclaration(from) && !ts.isExportDeclaration(from)) from = from.parent
  const of = from?.moduleSpecifier && f.checker.getSymbolAtLocation(from.moduleSpecifier)
  f.near ??= nearest(f.name, () => (of ? f.checker.getExportsOfModule(of) : []))
  return { kind: 'noExport', values: { name: f.name, module }, ...change(f) }
}

const noModule: Judge = (f) => {
  const address = ts.isStringLiteralLike(f.node) ? f.node.text : ''
  return /^\.{0,2}\//.test(address) && f.around.whole ? { kind: 'noModule', values: { name: address } } : undefined
}

const comparison: Judge = (f) => {
  const b = ts.isBinaryExpression(f.node) ? f.node : f.node.parent
  if (!ts.isBinaryExpression(b) || !(ts.isTypeOfExpression(b.left) || ts.isTypeOfExpression(b.right))) return undefined
  const text = [b.left, b.right].find(ts.isStringLiteralLike)
  return text ? { kind: 'typeof', values: { name: text.text } } : undefined
}

// judges say by a finding's code what it is for a user; what has none is not told.
const judges: Record<number, Judge> = {
  2304: unknownName, // Cannot find name
  2552: unknownName, // … Did you mean
  2591: unknownName, // … (require, process)
  2592: unknownName, // … ($)
  2593: unknownName, // … (describe, test)
  2339: unknownProperty, // Property does not exist
  2551: unknownProperty, // … Did you mean
  2570: unknownProperty, // … Did you forget to use await
  2349: notCallable, // This expression is not callable
  2348: needsNew, // Value is not callable. Did you mean to include new
  2351: (f) => ({ kind: 'notMakeable', values: { name: written(f) } }), // This expression is not constructable
  2554: counted, // Expected n arguments
  2555: counted, // Expected at least n
  2540: (f) => ({ kind: 'readOnly', values: { name: f.name } }), // Cannot assign, it is read-only
  2588: (f) => ({ kind: 'constant', values: { name: f.name } }), // Cannot assign, it is a constant
  2451: twice, // Cannot redeclare block-scoped variable
  2448: early, // used before its declaration
  2305: noExport, // Module has no exported member
  2724: noExport, // … Did you mean
  2307: noModule, // Cannot find module
  2367: comparison, // types have no overlap
}

const most = 20 // of a file

// marksIn are the mistakes among a compiler's findings in one of its files.
export function marksIn(program: ts.Program, file: string, findings: readonly ts.Diagnostic[], around: Surroundings): Mark[] {
  const source = program.getSourceFile(file)
  if (!source) return []
  const checker = program.getTypeChecker()
  const text = new Texts(around)
  const marks: Mark[] = []
  for (const d of findings) {
    const judge = judges[d.code]
    if (!judge || d.start === undefined || d.length === undefined || marks.length >= most) continue
    const node = nodeAt(source, d.start, d.start + d.length)
    if (!node || inComment(node)) continue
    const message = ts.flattenDiagnosticMessageText(d.messageText, '\n')
    const said = judge({
      node,
      source,
      message,
      from: d.start,
      to: d.start + d.length,
      name: source.text.slice(d.start, d.start + d.length),
      near: /Did you mean '([^']+)'/.exec(message)?.[1],
      related: d.relatedInformation ?? [],
      around,
      text,
      checker,
    })
    if (said) marks.push({ ...said, from: d.start, to: d.start + d.length, raw: message })
  }
  return marks
}

// nodeAt is the outermost node that is exactly there, or else the innermost one around it.
function nodeAt(source: ts.SourceFile, from: number, to: number): ts.Node | undefined {
  let found: ts.Node | undefined
  const visit = (node: ts.Node): boolean | undefined => {
    if (node.pos > from || node.end < to) return undefined
    found = node
    if (node.getStart(source) === from && node.end === to) return true
    return ts.forEachChild(node, visit)
  }
  ts.forEachChild(source, visit)
  return found
}

function inComment(node: ts.Node): boolean {
  for (let n: ts.Node | undefined = node; n; n = n.parent) if (ts.isJSDoc(n)) return true
  return false
}
