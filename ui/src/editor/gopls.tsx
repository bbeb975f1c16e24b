// The editor's end of gopls: one client of the Language Server Protocol for all open programs. Where gopls ends, the
// client connects again and opens the programs anew; nothing of a text depends on it.
import {
  completionStatus,
  snippet,
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete'
import { LSPClient, LSPPlugin, Workspace, type WorkspaceFile } from '@codemirror/lsp-client'
import { isolateHistory } from '@codemirror/commands'
import { ChangeSet, Prec, type Extension, type Text } from '@codemirror/state'
import { EditorView, keymap, showDialog, type Command } from '@codemirror/view'
import { effect, untracked } from '@preact/signals'
import { api, late } from '../api'
import { libraryPrefix } from '../address'
import { announce, attempt, link, openDialog, setTyped, typed } from '../state'
import type { Diagnostic } from '../wire'
import { say } from '../words'
import { fromOutside, type Doc } from './document'
import { allDocs, docAt } from './documents'
import { End } from './end'
import { goKeys, isGo, type Help } from './gofile'
import type { Place, Symbol } from './goplaces'
import { exampleOf, setBetter, template } from './propose'
import { jump, open } from './tabs'
import { describe, hoverHere, onDefinition, tellHere, tips, type Knows, type Signature, type Told } from './tips'
import { editorView, setHelp, shown } from './view'

const projectURI = 'studio:///project/'
const libraryURI = 'studio:///lib/'
const afterTyping = 150 // ms without a key, then gopls gets the text
const patience = 20000 // ms for an answer
const longestRead = 8000 // ms in which help is said to be on its way, after gopls has begun
const startsIn = 150000 // ms until gopls is there; the server tells earlier if it will not be, after a pause and a minute

const encoded = (path: string) => path.split('/').map(encodeURIComponent).join('/')

function uriOf(path: string): string {
  return path.startsWith(libraryPrefix) ? libraryURI + encoded(path.slice(libraryPrefix.length)) : projectURI + encoded(path)
}

function pathOf(uri: string): string | undefined {
  if (uri.startsWith(projectURI)) return decodeURIComponent(uri.slice(projectURI.length))
  if (uri.startsWith(libraryURI)) return libraryPrefix + decodeURIComponent(uri.slice(libraryURI.length))
  return undefined
}

const isOwn = (doc: Doc) => isGo(doc.path) && !doc.readOnly && !doc.path.includes(':')

class OpenFile implements WorkspaceFile {
  languageId = 'go'
  doc: Text
  constructor(
    readonly uri: string,
    public source: Doc,
    public version: number,
  ) {
    this.doc = source.state.doc
  }
  getView(): EditorView | null {
    return shown.peek() === this.source ? (editorView() ?? null) : null
  }
}

// Programs are the project's open Go files, whether the editor shows them or not.
class Programs extends Workspace {
  files: OpenFile[] = []
  private versions = new Map<string, number>()

  private next(uri: string): number {
    const version = (this.versions.get(uri) ?? 0) + 1
    this.versions.set(uri, version)
    return version
  }

  // follow opens and closes files as the editor has, and tells whether a file is open.
  follow(): void {
    for (const file of this.files) if (docAt(file.source.path) !== file.source) this.client.didClose(file.uri)
    this.files = this.files.filter((f) => docAt(f.source.path) === f.source)
    for (const doc of allDocs()) {
      const uri = uriOf(doc.path)
      if (!isOwn(doc) || this.files.some((f) => f.uri === uri)) continue
      const file = new OpenFile(uri, doc, this.next(uri))
      this.files.push(file)
      if (this.client.connected) this.client.didOpen(file)
    }
  }

  override connected(): void {
    this.files = []
    this.follow()
  }

  syncFiles() {
    this.follow()
    const changed: { file: OpenFile; prevDoc: Text; changes: ChangeSet }[] = []
    for (const file of this.files) {
      const view = file.getView()
      const now = (view ?? file.source).state.doc // while the view takes a key, its document is behind it
      if (now === file.doc) continue
      const plugin = view && LSPPlugin.get(view)
      const exact = plugin?.unsyncedChanges
      const fits = exact && plugin.uri === file.uri && exact.length === file.doc.length && exact.newLength === now.length
      const changes = fits ? exact : ChangeSet.of({ from: 0, to: file.doc.length, insert: now }, file.doc.length)
      changed.push({ file, prevDoc: file.doc, changes })
      file.doc = now
      file.version = this.next(file.uri)
      if (plugin?.uri === file.uri) plugin.clear()
    }
    return changed
  }

  openFile(): void {
    this.follow()
  }
  closeFile(): void {} // a file stays open while it has a tab

  override async displayFile(uri: string): Promise<EditorView | null> {
    const path = pathOf(uri)
    const doc = path ? await open(path) : undefined
    return doc && shown.peek() === doc ? (editorView() ?? null) : null
  }
}

interface Position {
  line: number
  character: number
}
interface Range {
  start: Position
  end: Position
}
interface Edit {
  range: Range
  newText: string
}

const programs: { current?: Programs } = {}
const client = new LSPClient({
  timeout: 2 ** 31 - 1, // ms: never. What is asked waits with patience of its own; what the library does itself, nobody would hear fail
  workspace: (c) => (programs.current = new Programs(c)),
  notificationHandlers: {
    'studio/problems': (_, said: { problems: Diagnostic[]; versions: Record<string, number> }) => {
      take(said.problems, said.versions)
      hasRead()
      return true
    },
  },
})

let socket: WebSocket | undefined
let isReady = false
let hasRead: () => void = () => {} // gopls has read the program and what that imports; it says so by what is wrong
const end = new End() // of the connection: what is asked for ends with it
let tell: (now: Help) => void = () => {}
let rests = false // until somebody types: gopls was idle, or another page has it
let notBefore = 0 // of the next try

// startGopls connects, and goes on doing so; told gets how it is.
export function startGopls(told: (now: Help) => void): void {
  tell = told
  setBetter(complete)
  effect(() => {
    const doc = shown.value
    if (doc && isGo(doc.path) && (isOwn(doc) || doc.path.startsWith(libraryPrefix))) untracked(() => setHelp(doc, helpFor(doc)))
  })
  effect(() => {
    if (link.value === 'open') untracked(connect)
  })
}

// wake connects again after a rest.
export function wake(): void {
  rests = false
  connect()
}

function connect(): void {
  if (socket || rests || link.peek() !== 'open' || Date.now() < notBefore) return
  const s = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/language`)
  socket = s
  tell('starting')
  const handlers = new Set<(text: string) => void>()
  s.onmessage = (e) => handlers.forEach((f) => f(String(e.data)))
  let starting = 0
  s.onopen = () => {
    starting = window.setTimeout(() => s.close(), startsIn)
    client.connect({
      send: (text) => s.send(text),
      subscribe: (f) => handlers.add(f),
      unsubscribe: (f) => handlers.delete(f),
    })
    client.initializing.then(
      () => {
        clearTimeout(starting)
        if (socket !== s) return
        isReady = true
        hasRead = () => {
          hasRead = () => {}
          if (socket === s && isReady) tell('ready')
        }
        window.setTimeout(hasRead, longestRead)
        client.sync() // what was typed since it was asked
      },
      () => s.close(),
    )
  }
  s.onclose = (e) => {
    clearTimeout(starting)
    socket = undefined
    isReady = false
    hasRead = () => {}
    end.come()
    client.disconnect()
    if (e.reason === 'idle') {
      rests = true
      tell('ready') // it comes back with the next key
    } else if (e.reason === 'taken') {
      rests = true
      tell('elsewhere')
    } else if (e.reason === 'cannot') {
      rests = true
      notBefore = Date.now() + 30000
      tell('failed')
    } else {
      tell('starting')
      window.setTimeout(connect, e.reason === 'died' || e.reason === 'moved' ? 20 : 1000)
    }
  }
}

// ask is a request that ends with the connection, and answers with nothing when it fails or takes too long.
async function ask<T>(method: string, params: object, within = patience): Promise<T | undefined> {
  if (!isReady) return undefined
  client.sync()
  return end.before(
    client.request<object, T>(method, params).catch(() => undefined),
    within,
  )
}

const at = (doc: Text, pos: number): Position => {
  const line = doc.lineAt(pos)
  return { line: line.number - 1, character: pos - line.from }
}
const offset = (doc: Text, p: Position): number => {
  if (p.line >= doc.lines) return doc.length
  const line = doc.line(p.line + 1)
  return Math.min(line.to, line.from + p.character)
}

// take shows what gopls has found, of the files whose text has not changed since.
function take(found: Diagnostic[], versions: Record<string, number>): void {
  const next = new Map(typed.peek())
  const now = new Map(programs.current?.files.map((f) => [f.source.path, f.version]))
  const paths = new Set([...next.keys(), ...found.map((p) => p.path), ...now.keys()])
  for (const path of paths) {
    if (now.has(path) && now.get(path) !== versions[path]) continue
    const list = found.filter((p) => p.path === path)
    if (list.length) next.set(path, list)
    else next.delete(path)
  }
  setTyped(next)
}

// Completion.

interface Item {
  label: string
  kind?: number
  detail?: string
  documentation?: string | { value: string }
  sortText?: string
  filterText?: string
  insertTextFormat?: number
  insertText?: string
  textEdit?: { newText: string; range: Range }
  additionalTextEdits?: Edit[]
}

// The protocol's kinds, as far as Go has them, by the editor's names.
const kinds: Record<number, string> = {
  2: 'method',
  3: 'function',
  4: 'class',
  5: 'property',
  6: 'variable',
  7: 'class',
  8: 'interface',
  9: 'namespace',
  12: 'constant',
  13: 'constant',
  14: 'keyword',
  21: 'constant',
  22: 'class',
  25: 'class',
}

const soon = 300 // ms for which a list of gopls is waited for; then the editor's own is shown, if it has one
let came: { doc: Doc; before: string; items: Item[] } | undefined // a list that came late, for the place behind a text

async function complete(context: CompletionContext): Promise<CompletionResult | null | undefined> {
  const doc = shown.peek()
  if (!isReady || !doc || !isOwn(doc)) return undefined
  const text = context.state.doc
  const request = () =>
    ask<{ items: Item[] } | null>('textDocument/completion', {
      textDocument: { uri: uriOf(doc.path) },
      position: at(text, context.pos),
      context: { triggerKind: 1 },
    })
  const word = context.matchBefore(/\w*$/)
  const from = word?.from ?? context.pos
  const before = text.sliceString(0, from)
  let items = came?.doc === doc && came.before === before ? came.items : undefined
  came = undefined
  if (!items) {
    const waits = new Promise<undefined>((resolve) => window.setTimeout(() => resolve(undefined), soon))
    const asked = request()
    const answer = await Promise.race([asked, waits])
    items = answer?.items
    if (answer === undefined) {
      void asked.then((a) => {
        const view = editorView()
        if (!a?.items?.length || !view || shown.peek() !== doc || view.state.sliceDoc(0, from) !== before) return
        if (!/^\w*$/.test(view.state.sliceDoc(from, Math.max(from, view.state.selection.main.head)))) return
        if (completionStatus(view.state) === 'active') return // somebody may be about to choose from the list that is there
        came = { doc, before, items: a.items }
        startCompletion(view)
      })
    }
  }
  if (!items?.length) return undefined
  const chain = context.matchBefore(/\b(board|machine)\.\w*$/)?.text.split('.')[0]
  return { from, validFor: /^\w*$/, options: items.map((item, i) => option(item, i, chain)) }
}

function option(item: Item, i: number, pkg: string | undefined): Completion {
  const text = item.textEdit?.newText ?? item.insertText ?? item.label
  const edits = item.additionalTextEdits ?? []
  const told = typeof item.documentation === 'string' ? item.documentation : (item.documentation?.value ?? '')
  return {
    label: item.label,
    type: kinds[item.kind ?? 0] ?? 'text',
    detail: item.detail,
    boost: Math.max(-99, 50 - i),
    info: () => describe(item.detail ? `${item.label} ${item.detail}` : item.label, told, pkg ? exampleOf(pkg, item.label) : undefined),
    apply: (view, completion, from, to) => {
      const known = view.state.doc
      if (edits.length > 0) {
        // An import is added above; it moves what comes.
        const changes = view.state.changes(
          edits.map((e) => ({
            // above what was typed since, so that its place is the same
            from: offset(known, e.range.start),
            to: offset(known, e.range.end),
            insert: view.state.toText(e.newText.replace(/\n/g, view.state.lineBreak)),
          })),
        )
        view.dispatch({ changes })
        from = changes.mapPos(from, 1)
        to = changes.mapPos(to, 1)
      }
      snippet(item.insertTextFormat === 2 ? template(text) : text.replace(/[$\\]/g, '\\$&'))(view, completion, from, to)
    },
  }
}

// What a name is: at the pointer, and at the cursor for the keyboard.

async function hoverAt(view: EditorView, pos: number): Promise<Told | undefined> {
  const doc = shown.peek()
  if (!doc || editorView() !== view) return undefined
  const text = view.state.doc
  const told = await ask<{ contents: { value: string }; range?: Range } | null>('textDocument/hover', {
    textDocument: { uri: uriOf(doc.path) },
    position: at(text, pos),
  })
  const value = told?.contents?.value
  if (!value) return undefined
  const cut = value.search(/\n(?![\t}])/) // a type's fields belong to the first part
  const head = cut < 0 ? value : value.slice(0, cut)
  const name = /^(?:func|const|var|type) (board|machine)\.(\w+)/.exec(head)
  return {
    from: told.range ? offset(text, told.range.start) : pos,
    to: told.range ? offset(text, told.range.end) : pos,
    draw: () => describe(head, cut < 0 ? '' : value.slice(cut), name ? exampleOf(name[1]!, name[2]!) : undefined),
  }
}

// The values between the parentheses where the cursor is.

interface Signatures {
  activeSignature?: number
  activeParameter?: number
  signatures: {
    label: string
    documentation?: { value: string }
    parameters?: { label: string | [number, number] }[]
    activeParameter?: number
  }[]
}

async function signatureAt(view: EditorView): Promise<Signature | undefined> {
  const doc = shown.peek()
  if (!doc || editorView() !== view) return undefined
  const told = await ask<Signatures | null>('textDocument/signatureHelp', {
    textDocument: { uri: uriOf(doc.path) },
    position: at(view.state.doc, view.state.selection.main.head),
    context: { triggerKind: 1, isRetrigger: false },
  })
  const of = told?.signatures?.[told.activeSignature ?? 0] ?? told?.signatures?.[0]
  if (!told || !of) return undefined
  const label = of.parameters?.[of.activeParameter ?? told.activeParameter ?? 0]?.label
  const from = typeof label === 'string' ? of.label.indexOf(label) : (label?.[0] ?? -1)
  const to = typeof label === 'string' ? from + label.length : (label?.[1] ?? -1)
  return { label: of.label, from, to, text: of.documentation?.value ?? '' }
}

const knows: Knows = { hover: hoverAt, signature: signatureAt }

// Places.

const reading = new Map<string, Promise<string[]>>()

// linesOf are the lines of a file: of the editor, or of the server.
async function linesOf(path: string): Promise<string[]> {
  const doc = docAt(path)
  if (doc) return doc.state.doc.toJSON()
  let lines = reading.get(path)
  if (!lines) {
    const text = path.startsWith(libraryPrefix)
      ? api.readSource(path.slice(libraryPrefix.length))
      : api.readNow(path).then((f) => f.text ?? '')
    lines = text.then(
      (t) => t.split('\n'),
      () => [],
    )
    reading.set(path, lines)
    void lines.finally(() => reading.delete(path))
  }
  return lines
}

// findUses lists every place where the name at the cursor is used.
const findUses: Command = (view) => {
  const doc = shown.peek()
  if (!doc) return false
  const word = view.state.wordAt(view.state.selection.main.head)
  const name = word ? view.state.sliceDoc(word.from, word.to) : ''
  void attempt(async () => {
    const found = await ask<{ uri: string; range: Range }[] | null>('textDocument/references', {
      textDocument: { uri: uriOf(doc.path) },
      position: at(view.state.doc, view.state.selection.main.head),
      context: { includeDeclaration: true },
    })
    const places: Place[] = []
    for (const f of found ?? []) {
      const path = pathOf(f.uri)
      if (!path) continue
      const text = (await linesOf(path))[f.range.start.line]?.trim() ?? ''
      places.push({ path, line: f.range.start.line + 1, column: f.range.start.character + 1, text })
    }
    if (places.length === 0) return tellHere(view, say('go.nothing'))
    const { Uses } = await late(import('./goplaces'))
    openDialog((close) => <Uses name={name} places={places} close={close} />)
  })
  return true
}

// outline lists what the file declares.
const outline: Command = (view) => {
  const doc = shown.peek()
  if (!doc) return false
  interface Node {
    name: string
    detail?: string
    kind: number
    selectionRange: Range
    children?: Node[]
  }
  void attempt(async () => {
    const tree = await ask<Node[] | null>('textDocument/documentSymbol', { textDocument: { uri: uriOf(doc.path) } })
    const list: Symbol[] = []
    const walk = (nodes: Node[], depth: number) => {
      for (const n of nodes) {
        const { line, character } = n.selectionRange.start
        list.push({ name: n.name, detail: n.detail ?? '', depth, line: line + 1, column: character + 1 })
        walk(n.children ?? [], depth + 1)
      }
    }
    walk(tree ?? [], 0)
    if (list.length === 0) return tellHere(view, say('go.nothing'))
    const { Outline } = await late(import('./goplaces'))
    openDialog((close) => <Outline path={doc.path} symbols={list} close={close} />)
  })
  return true
}

// rename asks for a new name and puts it wherever the old one is used.
const rename: Command = (view) => {
  const doc = shown.peek()
  const word = view.state.wordAt(view.state.selection.main.head)
  if (!doc || !word || doc.readOnly) return false
  const name = view.state.sliceDoc(word.from, word.to)
  const { close, result } = showDialog(view, {
    label: say('go.newName', { name }),
    input: { name: 'name', value: name, 'aria-label': say('go.newName', { name }) },
    focus: true,
    submitLabel: say('go.rename'),
    class: 'cm-go-rename',
  })
  void result.then((form) => {
    view.dispatch({ effects: close })
    view.focus()
    const to = (form?.elements.namedItem('name') as HTMLInputElement | null)?.value.trim()
    if (to && to !== name) void attempt(() => renameTo(view, doc, word.from, to))
  })
  return true
}

async function renameTo(view: EditorView, doc: Doc, pos: number, name: string): Promise<void> {
  const before = doc.state.doc
  const answer = await ask<{ changes?: Record<string, Edit[]> } | null>('textDocument/rename', {
    textDocument: { uri: uriOf(doc.path) },
    position: at(before, pos),
    newName: name,
  })
  const changes = Object.entries(answer?.changes ?? {})
  if (changes.length === 0 || doc.state.doc !== before) return tellHere(view, say('go.notRenamed'))
  let count = 0
  for (const [uri, edits] of changes) {
    const path = pathOf(uri)
    const target = path ? (docAt(path) ?? (await open(path))) : undefined
    if (!target || target.readOnly) continue
    apply(target, edits, 'input.rename')
    count += edits.length
  }
  if (shown.peek() !== doc) await open(doc.path)
  view.focus()
  announce(say('go.renamed', { n: count }))
}

// apply makes edits of gopls, all at once, so that one undo takes them back.
function apply(doc: Doc, edits: Edit[], userEvent: string): void {
  const text = doc.state.doc
  doc.change({
    changes: edits.map((e) => ({
      from: offset(text, e.range.start),
      to: offset(text, e.range.end),
      insert: doc.state.toText(e.newText.replace(/\n/g, doc.state.lineBreak)),
    })),
    annotations: isolateHistory.of('full'),
    userEvent,
  })
}

const tidyIn = 4000 // ms; a computer that is slower saves the text as it is

// tidy puts a program's imports and form right before it is saved. What is typed meanwhile wins.
export async function tidy(doc: Doc): Promise<void> {
  if (!isOwn(doc)) return
  const before = doc.state.doc
  const edits = await ask<Edit[] | null>('studio/tidy', { textDocument: { uri: uriOf(doc.path) } }, tidyIn)
  if (!edits || doc.state.doc !== before || docAt(doc.path) !== doc) return
  const left = edits.filter((e) => !takesLine(doc, e))
  if (left.length) apply(doc, left, 'input.format')
}

// takesLine: an edit takes away the blank line in which somebody is about to type, or its indentation.
function takesLine(doc: Doc, { range, newText }: Edit): boolean {
  const { doc: text, selection } = doc.state
  const line = text.lineAt(selection.main.head)
  const [from, to] = [offset(text, range.start), offset(text, range.end)]
  return !line.text.trim() && !newText.trim() && from < to && from <= line.to && to >= line.from
}

// definition goes to where the name at the cursor comes from.
const definition: Command = (view) => {
  const doc = shown.peek()
  if (!doc || !isReady) return false
  void attempt(async () => {
    interface Location {
      uri: string
      range: Range
    }
    const found = await ask<Location[] | Location | null>('textDocument/definition', {
      textDocument: { uri: uriOf(doc.path) },
      position: at(view.state.doc, view.state.selection.main.head),
    })
    const place = Array.isArray(found) ? found[0] : found
    const path = place && pathOf(place.uri)
    if (!path) return tellHere(view, say('go.nothing'))
    await jump(path, place.range.start.line + 1, place.range.start.character + 1)
  })
  return true
}

// The commands of the menu, by their names.
const hover = hoverHere(knows)
export const commands = { definition, uses: findUses, rename, outline, hover } satisfies Record<keyof typeof goKeys, Command>

// perform does one of them in the editor.
export function perform(name: keyof typeof commands): void {
  const view = editorView()
  if (!view) return
  view.focus()
  commands[name](view)
}

let timer = 0

function helpFor(doc: Doc): Extension {
  return [
    client.plugin(uriOf(doc.path), 'go'),
    tips(knows),
    EditorView.updateListener.of((u) => {
      if (!u.docChanged) return
      if (rests && u.transactions.some((tr) => tr.docChanged && !tr.annotation(fromOutside))) wake()
      clearTimeout(timer)
      timer = window.setTimeout(() => isReady && client.sync(), afterTyping)
    }),
    onDefinition(definition),
    Prec.high(
      keymap.of((['uses', 'rename', 'outline'] as const).map((name) => ({ key: goKeys[name], run: commands[name], preventDefault: true }))),
    ),
  ]
}
