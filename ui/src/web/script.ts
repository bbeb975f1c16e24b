// How to go on in a script, wherever it stands: the project's own names and files in texts that are looked up, and what
// knows JavaScript, once it is there (see scripts.ts); until then, the words of the script.
import { completeFromList, ifNotIn, type CompletionContext, type CompletionResult, type CompletionSource } from '@codemirror/autocomplete'
import { localCompletionSource, snippets } from '@codemirror/lang-javascript'
import { syntaxTree } from '@codemirror/language'
import { proposePaths } from './files'
import { projectNames } from './project'

let better: ((path: string, context: CompletionContext) => Promise<CompletionResult | null | undefined>) | undefined

// setBetter puts what knows JavaScript before the rest; where it has nothing (undefined), the rest answers.
export function setBetter(source: typeof better): void {
  better = source
}

const words =
  'async await break case catch class const continue default delete do else export extends false finally for function if import in ' +
  'instanceof let new null of return static super switch this throw true try typeof undefined var while yield'
const keywords = words.split(' ').map((label) => ({ label, type: 'keyword' }))
const noWords = ['TemplateString', 'String', 'RegExp', 'LineComment', 'BlockComment', 'PropertyDefinition', 'PropertyName', '.', '?.']
const wordsOnly: CompletionSource = ifNotIn(noWords, completeFromList([...snippets, ...keywords]))

// Lookup is what a text in a script names, and how much of the name is written.
export interface Lookup {
  of: 'id' | 'class' | 'selector' | 'file' | 'module'
  written: string
}

const lookups: [RegExp, Lookup['of']][] = [
  [/\bgetElementById\(\s*["'`]([\w-]*)$/, 'id'],
  [/\b(?:querySelector(?:All)?|closest|matches)\(\s*["'`](?:[^"'`]*[\s>+~,(])?([.#\w-]*)$/, 'selector'],
  [/\bclassList\.\w+\((?:\s*["'`][\w-]*["'`]\s*,)*\s*["'`]([\w-]*)$/, 'class'],
  [/\bgetElementsByClassName\(\s*["'`](?:[^"'`]*\s)?([\w-]*)$/, 'class'],
  [/\bclassName\s*\+?=\s*["'`](?:[^"'`]*\s)?([\w-]*)$/, 'class'],
  [/(?:\bfrom|\bimport\(?)\s*["']([^"']*)$/, 'module'],
  [/(?:\b(?:fetch|Worker|SharedWorker|EventSource|Audio|open|Request)\(|\.(?:src|href)\s*=|\blocation\s*=)\s*["'`]([^"'`]*)$/, 'file'],
]

// lookupAt tells what the text that ends a line of a script looks up.
export function lookupAt(before: string): Lookup | undefined {
  for (const [pattern, of] of lookups) {
    const m = pattern.exec(before)
    if (m) return { of, written: m[1]! }
  }
  return undefined
}

const isText = /^(?:String|TemplateString)$/
const isComment = /Comment$/

// proposeScript answers what can stand at a place of a script in the file at path.
export const proposeScript =
  (path: string): CompletionSource =>
  async (context): Promise<CompletionResult | null> => {
    const { state, pos } = context
    const node = syntaxTree(state).resolveInner(pos, -1)
    if (isComment.test(node.name)) return null
    const line = state.doc.lineAt(pos)
    const lookup = lookupAt(state.sliceDoc(Math.max(line.from, pos - 300), pos))
    if (lookup) {
      const found = await look(path, lookup, pos)
      if (found) return found
    }
    const isAsked = context.explicit || isText.test(node.name) || context.matchBefore(/(?:^|[^\w$])[A-Za-z_$][\w$]*$|\.$/)
    if (!isAsked || context.matchBefore(/(?:^|[^\w$])\d+\.$/)) return null // a list at every number would be in the way
    const told = await better?.(path, context)
    if (told !== undefined) return told
    if (isText.test(node.name)) return null
    const local = localCompletionSource(context)
    const other = await wordsOnly(context)
    if (!local || !other || local.from !== other.from) return local ?? other
    return { ...local, options: [...local.options, ...other.options] }
  }

async function look(path: string, { of, written }: Lookup, pos: number): Promise<CompletionResult | null> {
  const from = pos - written.length
  // A script's own addresses are the page's: from the root they are right wherever the page is.
  if (of === 'file') return proposePaths(/\.html?$/i.test(path) || !path.slice(4).includes('/') ? path : 'www/x', '', written, from)
  if (of === 'module') return proposePaths(path, 'import', written, from)
  const { ids, classes } = await projectNames()
  const options =
    of === 'id'
      ? [...ids.keys()].map((label) => ({ label, type: 'id' }))
      : of === 'class'
        ? [...classes].map((label) => ({ label, type: 'class' }))
        : [
            ...[...ids.keys()].map((id) => ({ label: `#${id}`, type: 'id' })),
            ...[...classes].map((c) => ({ label: `.${c}`, type: 'class' })),
          ]
  return options.length ? { from, options, validFor: /^[.#\w-]*$/ } : null
}
