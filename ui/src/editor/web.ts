// The languages of web files, in a file of their own that comes when the first web file is opened: their parsers take
// as long to set up as everything else that an editor for Go needs.
import { css } from '@codemirror/lang-css'
import { html, htmlLanguage } from '@codemirror/lang-html'
import { javascript, javascriptLanguage } from '@codemirror/lang-javascript'
import type { Extension } from '@codemirror/state'
import { pieces } from './pieces'

const ownPieces = [htmlLanguage.data.of({ autocomplete: pieces('pages') }), javascriptLanguage.data.of({ autocomplete: pieces('scripts') })]

const languages: [RegExp, () => Extension][] = [
  [/\.html?$/i, () => [html(), ownPieces]],
  [/\.css$/i, css],
  [/\.m?js$/i, () => [javascript(), ownPieces]],
  [/\.json$/i, javascript],
]

// webLanguage returns the language of a web file, or nothing for plain text.
export function webLanguage(path: string): Extension {
  return languages.find(([name]) => name.test(path))?.[1]() ?? []
}
