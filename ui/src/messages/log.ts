// The messages between pages, console and board, kept in bounds and drawn at most once per frame.
import { computed, signal, type ReadonlySignal } from '@preact/signals'
import type { Event, Message } from '../wire'
import { follow } from '../state'
import { hex, readBase64 } from './bytes'

const most = 10_000

let items: Message[] = []
let older = 0 // messages before them that have gone, but for those that were cleared
let frame = 0
const $turn = signal(0) // counts changes
const $paused = signal(false)
const $upTo = signal(0) // while paused: the last message shown
const $filter = signal({ text: '', kind: '' as Kind })
const $seen = signal(0)

// Kind narrows the list: all, between console and board, between page and board, what the page prints.
export type Kind = '' | 'console' | 'page' | 'log'

export const paused: ReadonlySignal<boolean> = $paused
export const filter: ReadonlySignal<{ text: string; kind: Kind }> = $filter

// Rows are what the list shows, of which some may not be here yet.
export interface Rows {
  count: number
  at: (i: number) => Message | undefined
  before?: number // messages before the first that have gone, which the list says
  want?: (first: number, last: number) => void // says which are in sight
}

// What the filter lets through of items, brought up to date with what has come since: nothing is looked at twice.
let passed: Message[] = []
let passedBy = '' // the filter
let passedTo = 0 // number of the last item that was looked at

function lets(m: Message, wanted: string, kind: Kind): boolean {
  return (
    (!kind || (kind === 'log' ? m.kind === 'log' : m.kind !== 'log' && m.from === kind)) &&
    (!wanted || textOf(m).toLowerCase().includes(wanted))
  )
}

// after is the place of the first item with a greater number.
function after(seq: number, of: Message[] = items): number {
  let low = 0
  let high = of.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (of[middle]!.seq <= seq) low = middle + 1
    else high = middle
  }
  return low
}

// list is what is shown; a new array whenever that changes.
export const list: ReadonlySignal<Message[]> = computed(() => {
  void $turn.value
  const { text, kind } = $filter.value
  const upTo = $paused.value ? $upTo.value : Infinity
  if (!text && !kind) return upTo === Infinity ? items.slice() : items.slice(0, after(upTo))
  const wanted = text.toLowerCase()
  const by = `${kind} ${wanted}`
  if (by !== passedBy) [passed, passedBy, passedTo] = [[], by, 0]
  for (let i = after(passedTo); i < items.length; i++) if (lets(items[i]!, wanted, kind)) passed.push(items[i]!)
  passedTo = items.at(-1)?.seq ?? 0
  const gone = after((items[0]?.seq ?? Infinity) - 1, passed)
  if (gone > 0) passed.splice(0, gone)
  return upTo === Infinity ? passed.slice() : passed.slice(0, after(upTo, passed))
})

// gone is how many messages the list had, or could have had, before the first that it has.
export const gone = computed(() => ($turn.value, older))

export const total = computed(() => ($turn.value, items.length))
export const held = computed(() => ($turn.value, $paused.value ? items.length - after($upTo.value) : 0)) // came while paused
export const unseen = computed(() => ($turn.value, items.length - after($seen.value)))

// recent are the last different texts that were sent: one click sends them again.
export const recent = computed(() => {
  void $turn.value
  const found: string[] = []
  for (let i = items.length - 1; i >= 0 && i > items.length - 500 && found.length < 4; i--) {
    const m = items[i]!
    if (m.kind === 'sent' && !m.binary && m.data && m.data.length <= 24 && !m.data.includes('\n') && !found.includes(m.data))
      found.push(m.data)
  }
  return found.sort()
})

export function startMessages(): void {
  follow(receive)
}

function receive(e: Event): void {
  if (e.snapshot) {
    const { messages, cleared } = e.snapshot
    items = messages.filter(isListed).slice(-most)
    older = messages.length > 0 ? Math.max(0, messages[0]!.seq - 1 - cleared) : 0
    refilter()
  }
  if (e.message) {
    const last = items.at(-1)?.seq ?? 0
    if (e.message.length === 0) {
      items = [] // cleared
      older = 0
      refilter()
    }
    for (const m of e.message) {
      if (!isListed(m)) continue
      if (m.seq > last || m.seq === 0) items.push(m)
      else if (m.count) again(m)
    }
    if (items.length > most + 500) {
      older += items.length - most
      items = items.slice(-most)
    }
  }
  if ((e.snapshot || e.message) && !frame) {
    frame = requestAnimationFrame(() => {
      frame = 0
      $turn.value++
    })
  }
}

// isListed: a click is no message. The timeline shows it, and recordings have it.
const isListed = (m: Message) => m.kind !== 'click'

// again takes a message that came once more: it stays in its line, with a number.
function again(m: Message): void {
  for (const of of [items, passed]) {
    const at = after(m.seq - 1, of)
    if (of[at]?.seq === m.seq) of[at] = m
  }
}

// refilter makes the filter look at everything anew: other items have the same numbers.
function refilter(): void {
  passedBy = ''
}

// isContent says that a line is what went over a connection; all else is Studio's words.
export function isContent(m: Message): boolean {
  return m.kind === 'sent' || m.kind === 'received' || m.kind === 'ping' || m.kind === 'pinged' || m.kind === 'pong'
}

// isCut says that a message is longer than what events carry of it.
export function isCut(m: Message): boolean {
  return isContent(m) && bytesOf(m).length < m.size
}

export function pause(on: boolean): void {
  $upTo.value = items.at(-1)?.seq ?? 0
  $paused.value = on
}

export function narrow(part: Partial<{ text: string; kind: Kind }>): void {
  $filter.value = { ...$filter.value, ...part }
}

export function forgetAll(): void {
  items = []
  older = 0
  refilter()
  $turn.value++
}

export function markSeen(): void {
  $seen.value = items.at(-1)?.seq ?? 0
}

// bytesOf is a message's content as bytes.
export function bytesOf(m: Message): Uint8Array {
  return m.binary ? readBase64(m.data) : new TextEncoder().encode(m.data)
}

// textOf is what the list shows and the filter searches; binary content is shown as hex.
export function textOf(m: Message): string {
  return m.binary ? hex(bytesOf(m).subarray(0, 512)) : m.data
}
