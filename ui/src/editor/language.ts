// Languages load when the first file of their kind is opened; until then the editor shows plain text.
import type { Extension } from '@codemirror/state'

const loaders: [RegExp, () => Promise<Extension>][] = [
  [/\.go$/i, () => import('@codemirror/lang-go').then((m) => m.go())],
  [/\.html?$/i, () => import('@codemirror/lang-html').then((m) => m.html())],
  [/\.css$/i, () => import('@codemirror/lang-css').then((m) => m.css())],
  [/\.(m?js|json)$/i, () => import('@codemirror/lang-javascript').then((m) => m.javascript())],
]

// languageOf returns the language of a file, or nothing for plain text. A failed load is plain text too.
export async function languageOf(path: string): Promise<Extension> {
  const load = loaders.find(([name]) => name.test(path))?.[1]
  if (!load) return []
  try {
    return await load()
  } catch {
    return []
  }
}
