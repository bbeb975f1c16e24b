// Help with Go while it is typed: whether there is any, and when it is loaded. Gopls, the Go team's language server,
// gives it (see gopls.ts); without it the editor does what it does by itself.
import { computed, effect, signal, untracked, type ReadonlySignal } from '@preact/signals'
import { link, project, setTyped, toolchain } from '../state'
import { onSaving } from './documents'
import type { LanguageServer } from '../wire'
import { isGo, type Help } from './gofile'
import { loadNames } from './propose'
import { presented, shown } from './view'

const $help = signal<Help>('none')
export const help: ReadonlySignal<Help> = $help

// tooSmall: this computer has too little memory for gopls, so that it is neither started nor installed.
export const tooSmall = (g: LanguageServer): boolean => g.problem?.code === 'gopls.memory'

export type Gopls = typeof import('./gopls')

let gopls: Gopls | undefined

// withGopls does something with gopls if it is there.
export function withGopls(work: (g: Gopls) => unknown): void {
  if (gopls && $help.peek() === 'ready') work(gopls)
}

// startHelp has gopls started once an editor can be used, a program is in it, and gopls is installed.
export function startHelp(): void {
  let loading = false
  const name = computed(() => project.value?.name) // its files may change: a page that rests goes on resting then
  effect(() => {
    const wanted = presented.value && link.value === 'open' && !!name.value && isGo(shown.value?.path)
    const installed = toolchain.value.gopls.version !== ''
    if (!installed) $help.value = toolchain.value.gopls.problem ? 'missing' : 'none'
    if (!wanted || !installed) return
    if (gopls) {
      const g = gopls
      untracked(() => g.wake())
      return
    }
    if (loading) return
    loading = true
    $help.value = 'starting'
    void import('./gopls')
      .then((g) => {
        gopls = g
        g.startGopls((now) => {
          $help.value = now
          if (now === 'failed' || now === 'elsewhere') setTyped(new Map())
        })
      })
      .catch(() => {
        $help.value = 'none' // the editor does without
      })
      .finally(() => {
        loading = false
      })
  })
  // The editor's own list is there with the first dot, whether gopls is or not.
  const stop = effect(() => {
    if (!presented.value || !isGo(shown.value?.path)) return
    const soon = window.requestIdleCallback ?? ((f: () => void) => window.setTimeout(f, 500))
    soon(() => void loadNames().catch(() => undefined)) // it is asked again when it is needed
    queueMicrotask(() => stop())
  })
  onSaving(async (doc) => {
    if (gopls && $help.peek() === 'ready') await gopls.tidy(doc)
  })
}
