// What is in the fields of the search, which stays when the panel goes; and whether the panel is there.
import { computed, signal, type ReadonlySignal } from '@preact/signals'
import { settings } from '../state'
import type { Query } from '../wire'

const $opened = signal(false)
const $query = signal<Query>({ text: '', case: false, word: false, regexp: false, with: '' })
const $replaces = signal(false)
const $focus = signal(0)

// isOpen: the search has its tab among what is below.
export const isOpen: ReadonlySignal<boolean> = computed(() => $opened.value || settings.value.below === 'search')
export const query: ReadonlySignal<Query> = $query
export const replaces: ReadonlySignal<boolean> = $replaces // the second field is shown
export const focusAsked: ReadonlySignal<number> = $focus // counts the times that the first field is to get the focus

export function ask(part: Partial<Query>): void {
  $query.value = { ...$query.value, ...part }
}

export function showReplace(on: boolean): void {
  $replaces.value = on
}

export function opened(on: boolean): void {
  $opened.value = on
  if (on) $focus.value++
}
