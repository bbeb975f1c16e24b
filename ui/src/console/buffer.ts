// What the board printed, kept in bounds whatever comes: the terminal is fed once per frame, and a flood is
// cut to what can be drawn, with a note of how much was left out.
import { signal, type ReadonlySignal } from '@preact/signals'
import type { Event } from '../wire'
import { follow } from '../state'

const keptMost = 1024 * 1024 // characters for copying and for a terminal that is opened later
const waitingMost = 256 * 1024 // characters that wait to be drawn
const frameMost = 48 * 1024 // characters per frame

export interface Sink {
  write: (text: string) => void // text may hold terminal control codes of the board
  lost: (bytes: number) => void
  clear: () => void
}

let kept = ''
let at = 0
let waiting = ''
let lost = 0
let frame = 0
let sink: Sink | undefined
let isShown = false
const $paused = signal(false)
const $unseen = signal(0)

export const paused: ReadonlySignal<boolean> = $paused
export const unseen: ReadonlySignal<number> = $unseen // characters that came while the console was not looked at

export function startConsole(): void {
  follow(receive)
}

function receive(e: Event): void {
  const s = e.snapshot
  if (s) {
    if (s.consoleAt === at && at > 0) return // nothing new since the connection was lost
    at = s.consoleAt
    forget()
    add(s.console, 0)
  }
  const c = e.console
  if (c) {
    at = c.at
    if (c.clear) forget()
    add(c.text ?? '', c.lost ?? 0)
  }
}

function forget(): void {
  kept = ''
  waiting = ''
  lost = 0
  $unseen.value = 0
  sink?.clear()
}

function add(text: string, missing: number): void {
  if (!text && !missing) return
  kept += text
  if (kept.length > keptMost * 1.25) kept = kept.slice(kept.length - keptMost)
  if (!isShown) $unseen.value += text.length
  waiting += text
  lost += missing
  // While paused or hidden nothing is drawn; what is too much then is left out as well.
  if (waiting.length > waitingMost) {
    lost += waiting.length - waitingMost
    waiting = waiting.slice(waiting.length - waitingMost)
  }
  schedule()
}

function schedule(): void {
  if (!frame && sink && !$paused.peek() && (waiting || lost)) frame = requestAnimationFrame(draw)
}

function draw(): void {
  frame = 0
  if (!sink) return
  if (waiting.length > frameMost) {
    lost += waiting.length - frameMost
    waiting = waiting.slice(waiting.length - frameMost)
    const line = waiting.indexOf('\n')
    if (line >= 0 && line < 4096) waiting = waiting.slice(line + 1)
  }
  if (lost) sink.lost(lost)
  if (waiting) sink.write(waiting)
  lost = 0
  waiting = ''
}

// attach gives the terminal everything that is known and what comes.
export function attach(s: Sink): void {
  sink = s
  waiting = ''
  lost = 0
  if (kept) s.write(kept)
}

// look says whether the console is in sight: what comes meanwhile is not new to anybody.
export function look(shown: boolean): void {
  isShown = shown
  if (shown) $unseen.value = 0
}

export function pause(on: boolean): void {
  $paused.value = on
  schedule()
}

export function allText(): string {
  return kept
}
