// What the board printed, kept in bounds whatever comes: the terminal is fed once per frame, and a flood is
// cut to what can be drawn, with a note of how much was left out, in its place.
import { signal, type ReadonlySignal } from '@preact/signals'
import type { Event } from '../wire'
import { follow } from '../state'
import { say } from '../words'
import { Pieces } from './pieces'

const keptMost = 1024 * 1024 // characters for copying and for a terminal that is opened later
const waitingMost = 256 * 1024 // characters that wait to be drawn
const frameMost = 48 * 1024 // characters per frame

export interface Sink {
  ready: () => boolean // it has worked off what it got
  write: (text: string) => void // text may hold terminal control codes of the board
  clear: () => void
}

let kept = ''
let at = 0
const waiting = new Pieces(waitingMost) // while paused or hidden nothing is drawn
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
  waiting.clear()
  $unseen.value = 0
  sink?.clear()
}

function add(text: string, lost: number): void {
  if (!text && !lost) return
  kept += withNote(text, lost)
  if (kept.length > keptMost * 1.25) kept = kept.slice(kept.length - keptMost)
  if (!isShown) $unseen.value += text.length
  waiting.add(text, lost)
  schedule()
}

function schedule(): void {
  if (!frame && sink && !$paused.peek() && !waiting.isEmpty) frame = requestAnimationFrame(draw)
}

function draw(): void {
  frame = 0
  if (sink?.ready()) {
    sink.write(
      waiting
        .take(frameMost)
        .map((p) => withNote(p.text, p.lost))
        .join(''),
    )
  } else schedule()
}

// withNote is text with what it says about the lines that are missing before it.
function withNote(text: string, lost: number): string {
  return lost ? `\r\n\x1b[2m${say('console.lost', { n: lost })}\x1b[0m\r\n${text}` : text
}

// attach gives the terminal everything that is known and what comes.
export function attach(s: Sink): void {
  sink = s
  waiting.clear()
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
