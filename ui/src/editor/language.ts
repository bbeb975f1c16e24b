// The languages that the editor knows. Go is part of the page's one script, because a program is what opens first; the
// others share one file that follows (see web.ts).
import { go, goLanguage } from '@codemirror/lang-go'
import type { Extension } from '@codemirror/state'
import { pieces } from './pieces'
import { propose } from './propose'

let web: typeof import('./web') | undefined

// languageOf returns the language of a file, or undefined while it has to be loaded.
export function languageOf(path: string): Extension | undefined {
  return /\.go$/i.test(path)
    ? [go(), goLanguage.data.of({ autocomplete: propose }), goLanguage.data.of({ autocomplete: pieces('programs') })]
    : web?.webLanguage(path)
}

// loadLanguage brings the language of a file that languageOf does not have yet. Without it the file is plain text.
export async function loadLanguage(path: string): Promise<Extension> {
  web ??= await import('./web')
  return web.webLanguage(path)
}
