// TypeScript's language service over the scripts of a project's pages. What a script sees is what its page loads: the
// page's other scripts, the ids of its elements, and the browser.
import ts from 'typescript-js'
import libs from 'ts:libs'
import type { Mark, Place, Proposal, Questions, Signature, Told } from './answers'
import { marksIn } from './marks'
import { isPage } from './names'
import { endOfModule, scriptsOf, type PageScripts } from './pagescripts'
import { resolve } from './paths'
import { tagsIn } from './tags'

const libFolder = '/lib/'
const around = '/around.d.ts' // the page's elements, as its scripts see them
const windowNames = '/window.d.ts' // the browser's names that scripts may use for their own

const options: ts.CompilerOptions = {
  allowJs: true,
  checkJs: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Legacy,
  lib: ['lib.es2024.d.ts', 'lib.dom.d.ts'],
  types: [],
  strict: false,
  alwaysStrict: false,
  noImplicitAny: false,
  strictNullChecks: false,
  allowUnreachableCode: true,
  allowUnusedLabels: true,
  skipLibCheck: true,
}

interface Kept {
  text: string
  version: number
  snapshot: ts.IScriptSnapshot
}

// A World is what one page's scripts see.
interface World {
  page: string | undefined
  roots: string[]
  whole: boolean // nothing is loaded whose names are not known
  elements: Map<string, string>
}

export class Service implements Questions {
  private readonly texts = new Map<string, string>()
  private readonly pages = new Map<string, { text: string; scripts: PageScripts }>()
  private readonly kept = new Map<string, Kept>()
  private roots: string[] = []
  private version = 0
  private whole = true
  private files = '' // the names of those that there are
  private readonly registry = ts.createDocumentRegistry(true)
  private service = ts.createLanguageService(this.host(), this.registry)

  // update takes texts that are others now; null: the file is gone.
  update(texts: [path: string, text: string | null][], whole: boolean): void {
    this.whole = whole
    for (const [path, text] of texts) {
      if (text === null) this.texts.delete(path)
      else this.texts.set(path, text)
      if (text === null) this.pages.delete(path)
    }
    const files = [...this.texts.keys()].sort().join('\n')
    if (files === this.files) return
    this.files = files
    const before = this.service // which remembers where imports led
    this.service = ts.createLanguageService(this.host(), this.registry)
    this.service.getProgram() // so that what was read stays
    before.dispose()
  }

  // The language service's files.

  private host(): ts.LanguageServiceHost {
    const textOf = (name: string) => (name.startsWith(libFolder) ? libs[name.slice(libFolder.length)] : this.kept.get(name)?.text)
    return {
      getCompilationSettings: () => options,
      getScriptFileNames: () => this.roots,
      getScriptVersion: (name) => String(this.kept.get(name)?.version ?? 0),
      getScriptSnapshot: (name) => {
        const text = name.startsWith(libFolder) ? libs[name.slice(libFolder.length)] : undefined
        return text !== undefined ? ts.ScriptSnapshot.fromString(text) : this.kept.get(name)?.snapshot
      },
      getScriptKind: (name) => (name.endsWith('.ts') ? ts.ScriptKind.TS : ts.ScriptKind.JS),
      getProjectVersion: () => String(this.version),
      getCurrentDirectory: () => '/',
      getDefaultLibFileName: () => `${libFolder}lib.d.ts`,
      fileExists: (name) => textOf(name) !== undefined,
      readFile: textOf,
      directoryExists: () => true,
      getDirectories: () => [],
      useCaseSensitiveFileNames: () => true,
      resolveModuleNameLiterals: (names, from) =>
        names.map((n) => {
          const path = /^(?:\.{0,2}\/)/.test(n.text) ? resolve(pathOf(from), n.text) : undefined
          const known = path !== undefined && this.texts.has(path) && !isPage(path)
          if (!known) return { resolvedModule: undefined }
          this.keep(`/${path}`, this.texts.get(path)!)
          return { resolvedModule: { resolvedFileName: `/${path}`, extension: ts.Extension.Js, isExternalLibraryImport: false } }
        }),
    }
  }

  private keep(name: string, text: string): void {
    const before = this.kept.get(name)
    if (before?.text === text) return
    this.version++
    this.kept.set(name, { text, version: (before?.version ?? 0) + 1, snapshot: ts.ScriptSnapshot.fromString(text) })
  }

  // Which scripts belong together.

  private scripts(page: string): PageScripts {
    const text = this.texts.get(page) ?? ''
    const before = this.pages.get(page)
    if (before?.text === text) return before.scripts
    const scripts = scriptsOf(page, text)
    this.pages.set(page, { text, scripts })
    return scripts
  }

  // loaders are the pages that load a script, themselves or by a module.
  private loaders(script: string): string[] {
    const all = [...this.texts.keys()]
      .filter(isPage)
      .sort((a, b) => Number(/index\./.test(b)) - Number(/index\./.test(a)) || (a < b ? -1 : 1))
    const direct = all.filter((p) => this.scripts(p).loads.some((l) => l.path === script))
    if (direct.length) return direct
    return all.filter((p) => {
      const s = this.scripts(p)
      const first = [...s.modules.flatMap((m) => imports(p, m.text)), ...s.loads.map((l) => l.path)]
      return this.reaches(first, script)
    })
  }

  private reaches(from: string[], to: string): boolean {
    const seen = new Set(from)
    for (const path of seen) {
      if (path === to) return true
      const text = this.texts.get(path)
      if (text !== undefined) for (const next of imports(path, text)) seen.add(next)
    }
    return false
  }

  private world(path: string): World {
    const pages = isPage(path) ? [path] : this.loaders(path)
    const page = pages[0]
    const world: World = { page, roots: [], whole: this.whole, elements: new Map() }
    for (const p of pages) {
      for (const [id, tag] of this.scripts(p).elements) {
        const before = world.elements.get(id)
        world.elements.set(id, before === undefined || before === tag ? tag : '')
      }
    }
    if (page === undefined) {
      this.root(world, `/${path}`, this.texts.get(path) ?? '')
      world.whole = false
      return world
    }
    const scripts = this.scripts(page)
    world.whole &&= scripts.whole
    for (const load of scripts.loads) {
      const text = this.texts.get(load.path)
      if (text === undefined) world.whole = false
      else this.root(world, `/${load.path}`, load.module ? text + endOfModule : text)
    }
    this.root(world, classicOf(page), scripts.classic)
    scripts.modules.forEach((m, i) => this.root(world, moduleOf(page, i), m.text))
    const name = `/${path}`
    if (!isPage(path) && !world.roots.includes(name)) this.root(world, name, this.texts.get(path) ?? '')
    return world
  }

  private root(world: World, name: string, text: string): void {
    this.keep(name, text)
    world.roots.push(name)
  }

  // enter makes a file's world the one that questions are about.
  private enter(path: string): World {
    const world = this.world(path)
    const own = new Set<string>()
    for (const name of world.roots) for (const n of topLevel(name, this.kept.get(name)!.text)) own.add(n)
    for (const [path, text] of this.texts) if (this.kept.has(`/${path}`) && !world.roots.includes(`/${path}`)) this.keep(`/${path}`, text)
    this.keep(windowNames, windowWithout(own))
    this.keep(around, elementsOf(world.elements, own, world.roots.map((r) => this.kept.get(r)!.text).join('\n')))
    const roots = [windowNames, around, ...world.roots]
    if (roots.join('\n') !== this.roots.join('\n')) {
      this.roots = roots
      this.version++
    }
    return world
  }

  // fileAt is the compiler's file for a place of a user's file.
  private fileAt(path: string, pos: number): string | undefined {
    if (pos > (this.texts.get(path)?.length ?? -1)) return undefined
    this.enter(path)
    if (!isPage(path)) return `/${path}`
    const module = this.scripts(path).modules.findIndex((m) => m.from <= pos && pos <= m.to)
    return module >= 0 ? moduleOf(path, module) : classicOf(path)
  }

  // Questions.

  proposals(path: string, pos: number): { from: number; proposals: Proposal[] } | undefined {
    const file = this.fileAt(path, pos)
    const found = file && this.service.getCompletionsAtPosition(file, pos, { includeCompletionsWithInsertText: false })
    if (!file || !found) return undefined
    const word = /[\w$]*$/.exec(this.kept.get(file)!.text.slice(Math.max(0, pos - 200), pos))![0]
    const proposals = found.entries
      .filter((e) => e.kind !== ts.ScriptElementKind.warning && !e.kindModifiers?.includes('undefined') && e.name !== 'undefined')
      .map((e): Proposal => ({ name: e.name, kind: kinds[e.kind] ?? 'text', boost: boost(e) }))
    return { from: found.optionalReplacementSpan?.start ?? pos - word.length, proposals }
  }

  details(path: string, pos: number, name: string): Told | undefined {
    const file = this.fileAt(path, pos)
    const d = file && this.service.getCompletionEntryDetails(file, pos, name, undefined, undefined, undefined, undefined)
    return d ? told(pos, pos, d.displayParts, d.documentation, d.tags) : undefined
  }

  hover(path: string, pos: number): Told | undefined {
    const file = this.fileAt(path, pos)
    const q = file && this.service.getQuickInfoAtPosition(file, pos)
    return q ? told(q.textSpan.start, ts.textSpanEnd(q.textSpan), q.displayParts, q.documentation, q.tags) : undefined
  }

  signature(path: string, pos: number): Signature | undefined {
    const file = this.fileAt(path, pos)
    const help = file && this.service.getSignatureHelpItems(file, pos, undefined)
    const item = help && (help.items[help.selectedItemIndex] ?? help.items[0])
    if (!help || !item) return undefined
    let label = ts.displayPartsToString(item.prefixDisplayParts)
    let [from, to, text] = [-1, -1, '']
    item.parameters.forEach((p, i) => {
      if (i > 0) label += ts.displayPartsToString(item.separatorDisplayParts)
      const said = ts.displayPartsToString(p.displayParts)
      if (i === help.argumentIndex || (item.isVariadic && i === item.parameters.length - 1 && help.argumentIndex > i)) {
        from = label.length
        to = from + said.length
        text = plain(ts.displayPartsToString(p.documentation)).text
      }
      label += said
    })
    label += ts.displayPartsToString(item.suffixDisplayParts)
    return { label, from, to, text: text || plain(ts.displayPartsToString(item.documentation)).text }
  }

  definition(path: string, pos: number): Place | undefined {
    const file = this.fileAt(path, pos)
    if (!file) return undefined
    const source = this.service.getProgram()?.getSourceFile(file)
    const id = source && idAt(source, pos)
    if (id) return this.element(path, id)
    for (const d of this.service.getDefinitionAtPosition(file, pos) ?? []) {
      if (d.fileName === around) return this.element(path, d.name)
      if (d.fileName === windowNames || d.fileName.startsWith(libFolder)) continue
      const to = pathOf(d.fileName)
      const text = this.texts.get(to)
      if (text !== undefined) return placeIn(to, text, d.textSpan.start)
    }
    return undefined
  }

  // element is where a page has the element with an id.
  private element(path: string, id: string): Place | undefined {
    for (const page of isPage(path) ? [path] : this.loaders(path)) {
      const text = this.texts.get(page) ?? ''
      for (const tag of tagsIn(text)) {
        const a = tag.attributes.find((a) => a.name === 'id' && a.value.trim() === id)
        if (a) return placeIn(page, text, a.valueFrom)
      }
    }
    return undefined
  }

  marks(path: string): Mark[] {
    const text = this.texts.get(path)
    if (text === undefined) return []
    const world = this.enter(path)
    const files = isPage(path) ? [classicOf(path), ...this.scripts(path).modules.map((_, i) => moduleOf(path, i))] : [`/${path}`]
    const program = this.service.getProgram()
    if (!program) return []
    const others = [...this.texts]
      .filter(([p, t]) => p !== world.page && !world.roots.includes(`/${p}`) && (isPage(p) || !/^\s*(?:export|import)\b/m.test(t)))
      .map(([, t]) => t)
    const found: Mark[] = []
    for (const file of files) {
      if (this.service.getSyntacticDiagnostics(file).length > 0) continue // with its shape broken, the rest would be guesswork
      found.push(
        ...marksIn(program, file, this.service.getSemanticDiagnostics(file), {
          whole: world.whole,
          others,
          own: world.roots.map((r) => this.kept.get(r)!.text),
          placeOf: (name, at) => {
            const to = pathOf(name)
            const text = this.texts.get(to)
            return text === undefined ? undefined : placeIn(to, text, at)
          },
        }),
      )
    }
    return found.filter((m) => m.to <= text.length).sort((a, b) => a.from - b.from)
  }
}

const classicOf = (page: string) => `/${page}.scripts.js`
const moduleOf = (page: string, n: number) => `/${page}.module${n}.js`

// pathOf is the user's file of one of the compiler's.
const pathOf = (name: string): string => name.slice(1).replace(/\.(?:scripts|module\d+)\.js$/, '')

// imports are the project's files that a script imports.
function imports(path: string, text: string): string[] {
  const found: string[] = []
  for (const m of text.matchAll(/\b(?:from|import)\s*\(?\s*["'](\.{0,2}\/[^"'\n]+)["']/g)) {
    const to = resolve(path, m[1]!)
    if (to) found.push(to)
  }
  return found
}

function placeIn(path: string, text: string, pos: number): Place {
  const before = text.slice(0, pos).split(/\r\n?|\n/)
  return { path, line: before.length, column: before.at(-1)!.length + 1 }
}

const declared = new Map<string, { text: string; names: string[] }>()

// topLevel are the names that a script makes for all scripts of its page.
function topLevel(file: string, text: string): string[] {
  const before = declared.get(file)
  if (before?.text === text) return before.names
  const names: string[] = []
  const add = (name: ts.BindingName | undefined): void => {
    if (!name) return
    if (ts.isIdentifier(name)) names.push(name.text)
    else for (const e of name.elements) if (ts.isBindingElement(e)) add(e.name)
  }
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, false, ts.ScriptKind.JS)
  const isModule = source.statements.some((s) => ts.isImportDeclaration(s) || ts.isExportDeclaration(s) || ts.isExportAssignment(s))
  for (const s of isModule ? [] : source.statements) {
    if (ts.isVariableStatement(s)) for (const d of s.declarationList.declarations) add(d.name)
    else if (ts.isFunctionDeclaration(s) || ts.isClassDeclaration(s)) add(s.name)
  }
  declared.set(file, { text, names })
  return names
}

const statements = (libs['window.d.ts'] ?? '').split(/(?<=;\n)/)

// windowWithout are the browser's names but for those that scripts have for things of their own, such as name or stop.
function windowWithout(own: Set<string>): string {
  return statements
    .filter((s) => {
      const name = /^declare (?:var|const|function) (\w+)/m.exec(s)?.[1]
      return !name || !own.has(name)
    })
    .join('')
}

const known = new Set(
  [
    ...Object.values(libs)
      .join('\n')
      .matchAll(/^declare (?:var|const|let|function|class) (\w+)/gm),
  ].map((m) => m[1]!),
)
const tagMap = (name: string) =>
  new Set(
    [...(new RegExp(`interface ${name} \\{([^}]*)\\}`).exec(libs['lib.dom.d.ts'] ?? '')?.[1] ?? '').matchAll(/"([\w-]+)":/g)].map(
      (m) => m[1]!,
    ),
  )
const htmlTags = tagMap('HTMLElementTagNameMap')
const svgTags = tagMap('SVGElementTagNameMap')

function typeOf(tag: string): string {
  if (htmlTags.has(tag)) return `HTMLElementTagNameMap["${tag}"]`
  if (svgTags.has(tag)) return `SVGElementTagNameMap["${tag}"]`
  return tag ? 'HTMLElement' : 'any'
}

// elementsOf declares a page's elements: what getElementById and querySelector find, and the names that a browser gives
// them by itself.
function elementsOf(elements: Map<string, string>, own: Set<string>, scripts: string): string {
  if (elements.size === 0) return windowSet(scripts, own)
  const list = [...elements]
  const declarations = list
    .filter(([id]) => /^[A-Za-z_$][\w$]*$/.test(id) && !own.has(id) && !known.has(id))
    .map(([id, tag]) => `declare var ${id}: ${typeOf(tag)};`)
  return [
    `interface ElementsByID { ${list.map(([id, tag]) => `${JSON.stringify(id)}: ${typeOf(tag)};`).join(' ')} }`,
    `interface ElementsBySelector { ${list.map(([id, tag]) => `${JSON.stringify(`#${id}`)}: ${typeOf(tag)};`).join(' ')} }`,
    'interface Document { getElementById<ID extends keyof ElementsByID>(elementId: ID): ElementsByID[ID]; }',
    'interface ParentNode { querySelector<S extends keyof ElementsBySelector>(selectors: S): ElementsBySelector[S]; }',
    ...declarations,
    windowSet(scripts, new Set([...own, ...elements.keys()])),
  ].join('\n')
}

// windowSet declares what scripts make by window.name = …
function windowSet(scripts: string, own: Set<string>): string {
  const set = new Set([...scripts.matchAll(/\b(?:window|globalThis|self)\.([A-Za-z_$][\w$]*)\s*=(?![=>])/g)].map((m) => m[1]!))
  return [...set]
    .filter((name) => !own.has(name) && !known.has(name))
    .map((name) => `declare var ${name}: any;`)
    .join('\n')
}

// idAt is the id in a text that looks an element up.
function idAt(source: ts.SourceFile, pos: number): string | undefined {
  let found: string | undefined
  const visit = (node: ts.Node): void => {
    if (pos < node.pos || pos > node.end) return
    if (ts.isStringLiteralLike(node) && pos >= node.getStart(source) && ts.isCallExpression(node.parent)) {
      const call = node.parent.expression
      const name = ts.isPropertyAccessExpression(call) ? call.name.text : ''
      if (name === 'getElementById') found = node.text
      else if (/^querySelector/.test(name)) found = /^#([\w-]+)$/.exec(node.text)?.[1]
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const kinds: Record<string, string> = {
  [ts.ScriptElementKind.memberFunctionElement]: 'method',
  [ts.ScriptElementKind.functionElement]: 'function',
  [ts.ScriptElementKind.localFunctionElement]: 'function',
  [ts.ScriptElementKind.memberVariableElement]: 'property',
  [ts.ScriptElementKind.memberGetAccessorElement]: 'property',
  [ts.ScriptElementKind.memberSetAccessorElement]: 'property',
  [ts.ScriptElementKind.memberAccessorVariableElement]: 'property',
  [ts.ScriptElementKind.variableElement]: 'variable',
  [ts.ScriptElementKind.localVariableElement]: 'variable',
  [ts.ScriptElementKind.letElement]: 'variable',
  [ts.ScriptElementKind.constElement]: 'constant',
  [ts.ScriptElementKind.parameterElement]: 'variable',
  [ts.ScriptElementKind.alias]: 'variable',
  [ts.ScriptElementKind.classElement]: 'class',
  [ts.ScriptElementKind.localClassElement]: 'class',
  [ts.ScriptElementKind.interfaceElement]: 'interface',
  [ts.ScriptElementKind.typeElement]: 'type',
  [ts.ScriptElementKind.enumElement]: 'enum',
  [ts.ScriptElementKind.moduleElement]: 'namespace',
  [ts.ScriptElementKind.keyword]: 'keyword',
  [ts.ScriptElementKind.string]: 'text',
}

// boost puts what the script itself has first, then what its page has, and what is outdated last.
function boost(e: ts.CompletionEntry): number {
  if (e.kindModifiers?.includes('deprecated') || e.sortText.startsWith('z')) return -50
  const place = Number.parseInt(e.sortText, 10) || 15
  if (place === 15) return e.kind === ts.ScriptElementKind.keyword || e.kindModifiers?.includes('declare') ? 0 : 6
  return Math.max(-40, (15 - place) * 2)
}

type Parts = ts.SymbolDisplayPart[] | undefined

function told(from: number, to: number, head: Parts, text: Parts, tags: ts.JSDocTagInfo[] | undefined): Told {
  const { text: said, link } = plain(ts.displayPartsToString(text))
  const outdated = tags?.some((t) => t.name === 'deprecated')
  return { from, to, head: ts.displayPartsToString(head), text: said, ...(link ? { link } : {}), ...(outdated ? { outdated } : {}) }
}

// plain is a comment without its marks, and the page of the browser's documentation that it leads to.
function plain(comment: string): { text: string; link?: string } {
  const link = /\[MDN Reference\]\((https:\/\/developer\.mozilla\.org\/[\w./#-]*)\)/.exec(comment)?.[1]
  const text = comment
    .replace(/\[MDN Reference\]\([^)]*\)/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\*\*|`/g, '')
    .trim()
  return link ? { text, link } : { text }
}
