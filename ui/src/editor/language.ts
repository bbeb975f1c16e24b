// The languages that the editor knows. They are part of the page's one script: loading them one by one when they are
// needed was measured to be slower, because each small file costs more than its bytes.
import { css } from '@codemirror/lang-css'
import { go } from '@codemirror/lang-go'
import { html } from '@codemirror/lang-html'
import { javascript } from '@codemirror/lang-javascript'
import type { Extension } from '@codemirror/state'

const languages: [RegExp, () => Extension][] = [
  [/\.go$/i, go],
  [/\.html?$/i, html],
  [/\.css$/i, css],
  [/\.(m?js|json)$/i, javascript],
]

// languageOf returns the language of a file, or nothing for plain text.
export function languageOf(path: string): Extension {
  return languages.find(([name]) => name.test(path))?.[1]() ?? []
}
