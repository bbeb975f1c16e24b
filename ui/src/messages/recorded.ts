// Recordings: the one under way, and the one that the list shows in place of what goes on. Of that one the page keeps a
// window; Studio has the rest, and looks for what the filter lets through.
import { computed, effect, signal, type ReadonlySignal } from '@preact/signals'
import { api } from '../api'
import { announce, attempt, follow, project, tell } from '../state'
import type { Message, Recording, Replay } from '../wire'
import { own, say } from '../words'
import { filter, gone, list, type Rows } from './log'

const perPage = 200 // messages that are asked for at once
const mostPages = 40 // that are kept
const beat = 400 // ms between looks at a recording that goes on

const $active = signal<Recording | undefined>(undefined)
const $offset = signal(0) // of Studio's clock against this one, ms
const $ended = signal<Recording | undefined>(undefined) // the one that was stopped here, until it was seen
const $opened = signal<Recording | undefined>(undefined)
const $turn = signal(0)
const $replay = signal<Replay | undefined>(undefined)

export const replay: ReadonlySignal<Replay | undefined> = $replay // the one under way, or the last one

export const active: ReadonlySignal<Recording | undefined> = $active
export const ended: ReadonlySignal<Recording | undefined> = $ended
export const opened: ReadonlySignal<Recording | undefined> = $opened

// startedHere is when the recording under way began, by this computer's clock.
export const startedHere = computed(() => ($active.value ? $active.value.started + $offset.value : 0))

interface Found {
  total: number // that the filter lets through, as far as is known
  scanned: number
  count: number // messages of the recording
  done: boolean
}
const nothing: Found = { total: 0, scanned: 0, count: 0, done: false }
const $found = signal<Found>(nothing)
export const found: ReadonlySignal<Found> = $found

export function startRecordings(): void {
  let last = ''
  follow((e) => {
    if (e.snapshot) $replay.value = e.snapshot.replay
    if (e.replay) $replay.value = e.replay
    const now = e.snapshot?.recording ?? e.recording
    if (!now) return
    $active.value = now.id ? now : undefined
    if (now.id) $offset.value = Date.now() - (now.started + now.millis)
    if (e.snapshot && now.id && now.id !== last) announce(say('recording.going', { name: now.name }))
    last = now.id
    if ($opened.value && $opened.value.id === now.id) $opened.value = now
  })
  let dir = ''
  effect(() => {
    const next = project.value?.dir ?? ''
    if (next !== dir) close()
    dir = next
  })
}

export async function start(): Promise<void> {
  $ended.value = undefined
  $active.value = await api.startRecording()
  announce(say('recording.began'))
}

export async function stop(): Promise<void> {
  const r = await api.stopRecording()
  $active.value = undefined
  $ended.value = r
  if ($opened.value?.id === r.id) $opened.value = r
  announce(say('recording.ended', { n: r.messages }))
}

export function forgetEnded(): void {
  $ended.value = undefined
}

let pages = new Map<number, Message[]>() // by their place; the one that was used last comes last
let asking: AbortController | undefined
let wanted: [number, number] = [0, 0]
let timer = 0
let stopEffect = () => {}

// open shows a recording in place of what goes on.
export function open(r: Recording): void {
  close()
  forgetEnded()
  $opened.value = r
  let before = ''
  stopEffect = effect(() => {
    const now = JSON.stringify(filter.value)
    if (now === before) return
    const first = before === ''
    before = now
    pages = new Map()
    asking?.abort()
    asking = undefined
    if (first) $found.value = { ...nothing, total: r.messages, count: r.messages }
    else $found.value = { ...nothing, count: $found.peek().count }
    wanted = [0, perPage]
    clearTimeout(timer)
    timer = window.setTimeout(() => void ask(), first ? 0 : 150)
  })
}

// close goes back to what goes on.
export function close(): void {
  stopEffect()
  stopEffect = () => {}
  clearTimeout(timer)
  asking?.abort()
  asking = undefined
  pages = new Map()
  $opened.value = undefined
  $found.value = nothing
}

// missing is the first page in sight that is not here whole; -1: none.
function missing(): number {
  const { total } = $found.peek()
  const [first, last] = wanted
  for (let p = Math.floor(first / perPage); p * perPage < Math.min(last, total); p++) {
    const page = pages.get(p)
    if (!page || page.length < Math.min(perPage, total - p * perPage)) return p
  }
  return -1
}

// ask gets what is in sight and missing, looks on for what the filter lets through, and follows a recording that goes on.
async function ask(): Promise<void> {
  clearTimeout(timer)
  const r = $opened.peek()
  if (!r || asking) return
  const mine = new AbortController()
  asking = mine
  const page = missing()
  const { text, kind } = filter.peek()
  const answer = await attempt(() =>
    api.recorded(r.id, { from: Math.max(page, 0) * perPage, n: page < 0 ? 0 : perPage, text, kind }, mine.signal),
  )
  if (asking !== mine) return
  asking = undefined
  if (!answer) return
  if (answer.messages.length > 0) {
    const p = answer.from / perPage
    pages.delete(p)
    pages.set(p, answer.messages)
    for (const old of pages.keys()) {
      if (pages.size <= mostPages) break
      pages.delete(old)
    }
  }
  const { total, scanned, count, done } = answer
  $found.value = { total, scanned, count, done }
  $turn.value++
  const goesOn = $active.peek()?.id === r.id
  if ((answer.messages.length > 0 || page < 0) && missing() >= 0) void ask()
  else if (!done) timer = window.setTimeout(() => void ask(), 30)
  else if (goesOn) timer = window.setTimeout(() => void ask(), beat)
}

const recordedRows = computed((): Rows => {
  void $turn.value
  return {
    count: $found.value.total,
    at: (i) => pages.get(Math.floor(i / perPage))?.[i % perPage],
    want: (first, last) => {
      wanted = [first, last]
      for (const i of [first, last - 1]) {
        const p = Math.floor(i / perPage)
        const page = pages.get(p)
        if (page) {
          pages.delete(p)
          pages.set(p, page)
        }
      }
      if (missing() >= 0) void ask()
    },
  }
})

const liveRows = computed((): Rows => {
  const items = list.value
  return { count: items.length, at: (i) => items[i], before: gone.value }
})

// rows are what the list shows: what goes on, or a recording.
export const rows: ReadonlySignal<Rows> = computed(() => ($opened.value ? recordedRows.value : liveRows.value))

// whole gets a message that was cut, whole.
export function whole(m: Message): Promise<Message> {
  const r = $opened.peek()
  return r ? api.recordedMessage(r.id, m.seq) : api.message(m.seq)
}

const charted = 100_000 // messages whose numbers are shown: the last
const atOnce = 500

let drawn: (title: string, messages: readonly Message[]) => Promise<boolean> = async () => false

// drawnBy takes what draws numbers: the chart's view.
export function drawnBy(draw: typeof drawn): void {
  drawn = draw
}

// chart shows the numbers of the recording that is shown.
export async function chart(): Promise<void> {
  const r = $opened.peek()
  if (!r) return
  const all: Message[] = []
  let from = Math.max(0, r.messages - charted)
  const cut = from > 0
  for (;;) {
    const part = await api.recorded(r.id, { from, n: atOnce, text: '', kind: '' })
    if ($opened.peek()?.id !== r.id) return // it is not looked at any more
    all.push(...part.messages)
    from += part.messages.length
    if (part.messages.length === 0 || all.length >= charted) break
  }
  const some = await drawn(say(cut ? 'recording.chartedLast' : 'recording.charted', { name: r.name, n: all.length }), all)
  if (!some) tell({ level: 'info', problem: own('recording.no-numbers', { name: r.name }) })
}

// length writes how long a recording is: "0:42", "1:02:03".
export function length(millis: number): string {
  const s = Math.max(0, Math.floor(millis / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60]
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`
}

// save gives a recording to the browser's downloads.
export function save(id: string, form: 'jsonl' | 'csv' | 'har'): void {
  const a = document.createElement('a')
  a.href = api.recordingAddress(id, form)
  a.download = ''
  a.click()
}
