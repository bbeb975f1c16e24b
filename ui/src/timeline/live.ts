// Gathers the timeline from the start on, so that it has something to tell when it is opened. What makes lines of events is
// loaded when the page has nothing better to do.
import { signal, type ReadonlySignal } from '@preact/signals'
import { follow } from '../state'
import type { Event } from '../wire'
import type { Entries } from './entries'

const $entries = signal<Entries | undefined>(undefined)
export const entries: ReadonlySignal<Entries | undefined> = $entries

let waiting: Event[] = []
let loading: Promise<unknown> | undefined

export function startTimeline(): void {
  follow((e) => {
    const its = $entries.peek()
    if (its) its.take(e)
    else if (waiting.push(e) > 500) waiting.shift()
    if (!its && !e.snapshot) soon() // what the page begins with is no hurry
  })
}

const soon = () => {
  if (loading) return
  const idle = window.requestIdleCallback ?? ((f: () => void) => setTimeout(f, 500))
  idle(() => void load())
}

export const load = () =>
  (loading ??= Promise.all([import('./entries'), import('./words')]).then(
    ([{ Entries }, { words }]) => {
      const its = new Entries(words)
      for (const e of waiting) its.take(e)
      waiting = []
      $entries.value = its
    },
    () => {
      loading = undefined // with the next event
    },
  ))
