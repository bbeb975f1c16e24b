// The project's web files as those who help with them see them: what is being typed, and what the server has of the rest.
import { signal } from '@preact/signals'
import { isPage, isScript, isStyle, namesIn, together, type Names } from './names'

// Source is where texts come from; main.tsx's start gives it, so that what helps with a file knows nothing of editors.
export interface Source {
  files(): { path: string; hash: string; size: number }[] // of the project
  typed(path: string): string | undefined // the text of a file that is open
  read(path: string): Promise<string>
}

let source: Source = { files: () => [], typed: () => undefined, read: () => Promise.reject(new Error('no project')) }

export function setSource(from: Source): void {
  source = from
}

// scriptTyped counts edits of scripts: the first one calls for what knows JavaScript.
export const scriptTyped = signal(0)

const largest = 512 * 1024 // bytes of a file that is looked at
const mostFiles = 200
const mostText = 4 * 1024 * 1024

export const paths = (): string[] => source.files().map((f) => f.path)

const read = new Map<string, { hash: string; text: Promise<string | undefined> }>()

// webTexts are the texts of the project's pages, style sheets and scripts; whole tells whether none was left out.
export async function webTexts(): Promise<{ texts: Map<string, string>; whole: boolean }> {
  const texts = new Map<string, string>()
  const web = source.files().filter((f) => f.path.startsWith('www/') && (isPage(f.path) || isStyle(f.path) || isScript(f.path)))
  for (const path of read.keys()) if (!web.some((f) => f.path === path)) read.delete(path)
  let whole = web.length <= mostFiles
  let size = 0
  const all = web.slice(0, mostFiles).map(async (f): Promise<[string, string | undefined]> => {
    const typed = source.typed(f.path)
    if (typed !== undefined) return [f.path, typed.length > largest ? undefined : typed]
    if (f.size > largest) return [f.path, undefined]
    let known = read.get(f.path)
    if (known?.hash !== f.hash) {
      known = { hash: f.hash, text: source.read(f.path).catch(() => undefined) }
      read.set(f.path, known)
    }
    const text = await known.text
    if (text === undefined) read.delete(f.path) // it may be there the next time
    return [f.path, text]
  })
  for (const [path, text] of await Promise.all(all)) {
    if (text === undefined || size + text.length > mostText) whole = false
    else {
      size += text.length
      texts.set(path, text)
    }
  }
  return { texts, whole }
}

const known = new Map<string, { text: string; names: Names }>()

function namesOf(path: string, text: string): Names {
  const before = known.get(path)
  if (before?.text === text) return before.names
  const names = namesIn(path, text)
  known.set(path, { text, names })
  return names
}

// projectNames are the names of all web files; with them those of one, which is being typed.
export async function projectNames(): Promise<Names> {
  const { texts } = await webTexts()
  for (const path of known.keys()) if (!texts.has(path)) known.delete(path)
  return together([...texts].map(([path, text]) => namesOf(path, text)))
}
