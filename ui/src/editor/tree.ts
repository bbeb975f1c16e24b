// The editor reads a text while there is time for it: for some milliseconds with each change, which on a busy computer may
// not get to the cursor. What is proposed there depends on what the text is, so it is read that far all the same.
import { startCompletion } from '@codemirror/autocomplete'
import { forceParsing, syntaxTreeAvailable } from '@codemirror/language'
import { EditorView } from '@codemirror/view'

const most = 500 // ms
const around = 1000 // letters behind the cursor that belong to it

function readOn(view: EditorView): void {
  const { doc, selection } = view.state
  const to = Math.min(doc.length, selection.main.head + around)
  if (!syntaxTreeAvailable(view.state, to)) forceParsing(view, to, most)
}

// readsOn reads up to the cursor after every change.
export const readsOn = EditorView.updateListener.of((u) => {
  if (u.docChanged) queueMicrotask(() => u.view.state === u.state && readOn(u.view))
})

// listNow lists what can stand at the cursor. Whom to ask for that depends on what the text is there.
export function listNow(view: EditorView): void {
  readOn(view)
  startCompletion(view)
}
