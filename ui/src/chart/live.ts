// The numbers that the chart shows. What finds them is loaded with the first text that has a digit; here is only what waits
// for it.
import { signal, type ReadonlySignal } from '@preact/signals'
import { follow, type Heard } from '../state'
import type { Numbers } from './collect'

const $numbers = signal<Numbers | undefined>(undefined)
const $other = signal<{ title: string; numbers: Numbers } | undefined>(undefined)
const $some = signal(false)
const $seen = signal(false)

export const live: ReadonlySignal<Numbers | undefined> = $numbers
export const other: ReadonlySignal<{ title: string; numbers: Numbers } | undefined> = $other // of a recording
export const some: ReadonlySignal<boolean> = $some // there is something to show
export const seen: ReadonlySignal<boolean> = $seen

let waiting: Heard[] = [] // until the collector is there
let loading: Promise<unknown> | undefined
let started = 0 // when the program on the board was
let project = '' // whose numbers they are

const worth = 3 // values of a series that make it one to look at

export function startChart(): void {
  follow(receive)
}

function receive(e: Heard): void {
  const texts = e.snapshot?.messages ?? e.message
  if (!texts && !e.console && !e.board && !e.project) return
  const numbers = $numbers.peek()
  if (numbers) take(numbers, e)
  if (numbers || (!texts && !e.console)) return
  waiting.push(e)
  if (waiting.length > 100) waiting.shift()
  // Most programs send words alone.
  if (texts?.some((m) => m.kind === 'received' && /\d/.test(m.data)) || (e.console && /\d/.test(e.console.text))) void load()
}

export const load = () =>
  (loading ??= import('./collect').then(
    ({ Numbers }) => {
      const numbers = new Numbers()
      for (const e of waiting) take(numbers, e)
      waiting = []
      $numbers.value = numbers
    },
    () => {
      loading = undefined // with the next text
    },
  ))

function take(numbers: Numbers, e: Heard): void {
  if (e.board && e.board.started !== started) {
    started = e.board.started
    numbers.gap()
  }
  const name = (e.snapshot?.project ?? e.project)?.name
  if (name && name !== project) {
    if (project) {
      numbers.clear()
      $some.value = $seen.value = false
    }
    project = name
  }
  if (e.snapshot) numbers.messages(e.snapshot.messages)
  if (e.message) numbers.messages(e.message)
  numbers.missed(e.lost ?? 0)
  if (e.console) numbers.console(e.console.text, e.time ?? Date.now(), e.console.lost)
  if (!$some.peek() && numbers.series.some((s) => s.source !== 'sent' && s.ring.length >= worth)) $some.value = true
}

export function look(): void {
  $seen.value = true
  void load()
}

// showOther shows other numbers than those that come now, until backToNow.
export function showOther(title: string, numbers: Numbers): void {
  $other.value = { title, numbers }
}

export function backToNow(): void {
  $other.value = undefined
}
