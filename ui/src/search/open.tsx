// The search's place among what is below, and the way there. The panel is loaded when it is first looked at.
import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { late } from '../api'
import { provide, word, type Command } from '../commands/table'
import { editorView } from '../editor/view'
import { unfold } from '../parts/split'
import { attempt, keep, project, settings, show } from '../state'
import { ask, opened } from './state'

const longest = 200 // of a selection that is looked for

const $panel = signal<{ Search: ComponentType } | undefined>(undefined)

const load = () => attempt(async () => ($panel.value ??= await late(import('./panel'))))

// openSearch shows the search, for what is selected in the editor if that is part of one line.
function openSearch(): void {
  const view = editorView()
  if (view?.hasFocus) {
    const { from, to } = view.state.selection.main
    const text = view.state.sliceDoc(from, Math.min(to, from + longest + 1))
    if (text && text.length <= longest && !/[\r\n]/.test(text)) ask({ text, regexp: false })
  }
  show('messages')
  keep({ below: 'search' })
  unfold('below')
  opened(true)
}

export const own = {
  open: {
    id: 'search.all',
    group: 'search',
    label: word('search.open'),
    keys: ['Mod-Shift-f'],
    offered: () => !!project.peek(),
    act: openSearch,
  },
} satisfies Record<string, Command>
provide(Object.values(own))

// closeSearch takes the tab away.
export function closeSearch(): void {
  opened(false)
  if (settings.peek().below === 'search') keep({ below: 'messages' })
  document.querySelector<HTMLElement>('.below [role=tab][aria-selected=true]')?.focus()
}

export function SearchPanel({ shown }: { shown: boolean }) {
  useEffect(() => {
    if (shown) void load()
  }, [shown])
  const Search = $panel.value?.Search
  return shown && Search ? <Search /> : null
}
