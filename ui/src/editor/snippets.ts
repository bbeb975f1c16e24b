// Pieces that nearly every program and page has, as completions with fields to fill in: few, and each works as it stands.
// They need no help from elsewhere. Loaded when somebody first asks how to go on.
import { snippet, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { syntaxTree } from '@codemirror/language'
import type { EditorView } from '@codemirror/view'
import { say, type Word } from '../words'
import { docBox } from './docbox'

export interface Piece {
  label: string
  about: Word
  text: (page: string) => string // as CodeMirror writes templates, which indents with tabs; page is the whole text
  imports?: string[] // of a program
}

export const programPieces: Piece[] = [
  {
    label: 'message',
    about: 'snippet.message',
    imports: ['studio/board'],
    text: () =>
      'board.OnText(func(from *board.Client, msg string) {\n\tswitch board.Fold(msg) {\n\tcase "${hello}":\n' +
      '\t\tfrom.SendText("${Hello, page!}")\n\t}${}\n})',
  },
  {
    label: 'timer',
    about: 'snippet.timer',
    imports: ['time', 'studio/board'],
    text: () => 'board.Every(${500}*time.Millisecond, func() {\n\t${board.LED.Toggle()}\n})${}',
  },
  {
    label: 'button',
    about: 'snippet.boardButton',
    imports: ['studio/board'],
    text: () => 'board.Button.OnChange(func(level bool) {\n\tif !level { // pressed\n\t\t${board.LED.Toggle()}\n\t}\n})${}',
  },
  {
    label: 'greeting',
    about: 'snippet.greeting',
    imports: ['studio/board'],
    text: () => 'board.OnAccept(func(who *board.Client) {\n\twho.SendText("${welcome}")\n})${}',
  },
  {
    label: 'broadcast',
    about: 'snippet.broadcast',
    imports: ['studio/board'],
    text: () => 'board.Broadcast("${text}")${}',
  },
]

// line is how a page speaks to the board: by what it has for that already, or by a connection of its own.
function line(page: string): { open: string; send: string; hear: (what: string) => string } {
  const own = /\b(?:const|let|var)\s+(\w+)\s*=\s*new WebSocket\b/.exec(page) ?? /\b(\w+)\s*=\s*new WebSocket\b/.exec(page)
  const shared = /\b(?:const|let|var)\s+(\w+)\s*=\s*connect\(/.exec(page)
  const name = shared?.[1] ?? own?.[1] ?? 'socket'
  return {
    open: shared || own ? '' : 'const socket = new WebSocket("ws://" + location.host + "/ws");\n',
    send: `${name}.send`,
    hear: (what) => `${name}.addEventListener("message", (event) => {\n\t${what}\n});`,
  }
}

// withScript is a piece of a page with the script that it needs.
function withScript(html: string, page: string, script: (l: ReturnType<typeof line>) => string): string {
  const l = line(page)
  const inside = `${l.open}${script(l)}`.replace(/^(?=.)/gm, '\t')
  return `${html}\n<script>\n${inside}\n</script>\${}`
}

export const pagePieces: Piece[] = [
  {
    label: 'button',
    about: 'snippet.button',
    text: (page) =>
      withScript(
        '<button id="${led}">${LED on}</button>',
        page,
        (l) => `document.getElementById("\${led}").onclick = () => ${l.send}("\${ledon}");`,
      ),
  },
  {
    label: 'slider',
    about: 'snippet.slider',
    text: (page) =>
      withScript(
        '<label>${Brightness} <input id="${slider}" type="range" min="0" max="100"></label>',
        page,
        (l) => `document.getElementById("\${slider}").oninput = (event) => ${l.send}("\${brightness} " + event.target.value);`,
      ),
  },
  {
    label: 'field',
    about: 'snippet.field',
    text: (page) =>
      withScript(
        '<form id="${form}">\n\t<label>${Message} <input name="text"></label>\n\t<button>Send</button>\n</form>',
        page,
        (l) =>
          'document.getElementById("${form}").onsubmit = (event) => {\n' +
          `\tevent.preventDefault(); // stay on this page\n\t${l.send}(event.target.text.value);\n};`,
      ),
  },
  {
    label: 'output',
    about: 'snippet.output',
    text: (page) =>
      withScript('<p id="${output}" role="status"></p>', page, (l) =>
        l.hear('document.getElementById("${output}").textContent = event.data;'),
      ),
  },
]

export const scriptPieces: Piece[] = [
  {
    label: 'socket',
    about: 'snippet.socket',
    text: () =>
      'const ${socket} = new WebSocket("ws://" + location.host + "/ws");\n' +
      '${socket}.onmessage = (event) => {\n\t${console.log(event.data);}\n};${}',
  },
  {
    label: 'click',
    about: 'snippet.click',
    text: (page) => `document.getElementById("\${id}").onclick = () => {\n\t\${${line(page).send}("hello");}\n};\${}`,
  },
  {
    label: 'timer',
    about: 'snippet.pageTimer',
    text: () => 'setInterval(() => {\n\t${}\n}, ${1000}); // milliseconds',
  },
]

// programs, pages and scripts say how to go on with what was typed at the start of a line.
export const programs = (context: CompletionContext) => propose(context, programPieces, /Comment|String|Rune/)
export const pages = (context: CompletionContext) => propose(context, pagePieces, /Comment|Attribute|TagName|CloseTag|Script|Style/)
export const scripts = (context: CompletionContext) => propose(context, scriptPieces, /Comment|String|Template/)

function propose(context: CompletionContext, pieces: Piece[], not: RegExp): CompletionResult | null {
  const typed = context.matchBefore(/^[ \t]*<?[\w-]*$/)
  if (!typed) return null
  const word = typed.text.trimStart()
  const from = typed.to - word.length
  const name = word.replace('<', '').toLowerCase()
  if (name.length < 2 && !context.explicit) return null
  const at = syntaxTree(context.state).resolveInner(from, -1)
  if (not.test(at.name) || (word.startsWith('<') && pieces !== pagePieces)) return null
  const fit = pieces.filter((p) => p.label.startsWith(name))
  if (fit.length === 0) return null
  const page = context.state.doc.toString()
  const sign = word.startsWith('<') ? '<' : ''
  return {
    from,
    options: fit.map((p): Completion => {
      const text = p.text(page)
      return {
        label: sign + p.label,
        detail: say(p.about),
        type: 'text',
        boost: 1,
        info: () => shown(text),
        apply: (view, completion, start, end) => {
          const moved = addImports(view, p.imports ?? [])
          snippet(text)(view, completion, start + moved, end + moved)
        },
      }
    }),
    validFor: /^<?[\w-]*$/,
  }
}

function shown(text: string): HTMLElement {
  const dom = docBox()
  dom.appendChild(document.createElement('pre')).textContent = text.replace(/\$\{([^{}]*)\}/g, '$1').replace(/\t/g, '  ')
  return dom
}

// addImports adds packages that a program does not import yet. It tells how far that has moved what is below.
function addImports(view: EditorView, wanted: string[]): number {
  const change = importsFor(view.state.doc.toString(), wanted)
  if (!change) return 0
  view.dispatch({ changes: change })
  return change.insert.length
}

// importsFor is where a program gets the imports that it lacks.
export function importsFor(text: string, wanted: string[]): { from: number; insert: string } | undefined {
  const missing = wanted.filter((path) => !text.includes(`"${path}"`))
  if (missing.length === 0) return undefined
  const block = /^import \(\r?\n?/m.exec(text)
  if (block) return { from: block.index + block[0].length, insert: missing.map((p) => `\t"${p}"\n`).join('') }
  const first = /^import /m.exec(text) ?? /^package \w+[^\n]*(\n|$)/m.exec(text)
  const isImport = first?.[0] === 'import '
  const from = !first ? 0 : isImport ? first.index : first.index + first[0].length
  const lines = missing.map((p) => `import "${p}"\n`).join('')
  return { from, insert: first && !isImport ? `\n${lines}` : lines }
}
