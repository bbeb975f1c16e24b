// Help with pages, style sheets and scripts: where it gets its texts from, and when what knows JavaScript is loaded.
import { effect, untracked } from '@preact/signals'
import { api } from '../api'
import { docAt } from '../editor/documents'
import { decode } from '../editor/encoding'
import { project } from '../state'
import { scriptTyped, setSource } from './project'

export function startWebHelp(): void {
  setSource({
    files: () => project.peek()?.files ?? [],
    typed: (path) => docAt(path)?.text,
    read: async (path) => decode((await api.readFile(path)).bytes, path)?.content ?? '',
  })
  let loading = false
  effect(() => {
    if (scriptTyped.value === 0 || loading) return
    loading = true
    void import('./scripts')
      .then((s) => untracked(s.startScripts))
      .catch(() => {
        loading = false // the next key tries again; the editor does without
      })
  })
}
