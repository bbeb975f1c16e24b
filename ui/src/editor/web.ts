// The languages of web files, in a file of their own that comes when the first web file is opened: their parsers take
// as long to set up as everything else that an editor for Go needs. With each comes what helps while it is typed.
import { css, cssLanguage } from '@codemirror/lang-css'
import { autoCloseTags, html, htmlLanguage } from '@codemirror/lang-html'
import { javascript, javascriptLanguage } from '@codemirror/lang-javascript'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { colours } from '../web/colours'
import { proposeCSS } from '../web/css'
import { handlers, proposeHTML } from '../web/html'
import { isPage, isScript, isStyle } from '../web/names'
import { scriptTyped } from '../web/project'
import { proposeScript } from '../web/script'
import { pieces } from './pieces'

const ownPieces = [htmlLanguage.data.of({ autocomplete: pieces('pages') }), javascriptLanguage.data.of({ autocomplete: pieces('scripts') })]

const page = html({ nestedAttributes: handlers.map((name) => ({ name, parser: javascriptLanguage.parser })) }).language

// noteScripts counts what the user changes in scripts.
const noteScripts = EditorView.updateListener.of((u) => {
  if (!u.docChanged || !u.transactions.some((tr) => tr.isUserEvent('input') || tr.isUserEvent('delete'))) return
  const pos = u.state.selection.main.head
  if (javascriptLanguage.isActiveAt(u.state, pos, -1)) scriptTyped.value++
})

// webLanguage returns the language of a web file, or nothing for plain text.
export function webLanguage(path: string): Extension {
  const styles = [cssLanguage.data.of({ autocomplete: proposeCSS(path) }), colours]
  const scripts = [javascriptLanguage.data.of({ autocomplete: proposeScript(path) }), noteScripts]
  if (isPage(path)) return [page, htmlLanguage.data.of({ autocomplete: proposeHTML(path) }), autoCloseTags, styles, scripts, ownPieces]
  if (isStyle(path)) return [css().language, styles]
  if (isScript(path)) return [javascript().language, scripts, ownPieces]
  return /\.json$/i.test(path) ? javascript().language : []
}
