// What part of the numbers is looked at: the newest, while they come, or a span that stands still.
import { signal } from '@preact/signals'
import { chart } from './settings'
import type { Numbers } from './collect'

export interface Span {
  from: number
  to: number
}

export const still = signal<Span | undefined>(undefined) // zoomed or paused; undefined: the newest
export const cursor = signal<number | undefined>(undefined) // a time that is pointed at

const usual = 30 // seconds

export const secondsShown = (): number => chart.value.seconds || usual

// newest is what the time axis shows while nothing is held.
export function newest(n: Numbers, all = secondsShown() < 0): Span {
  let [first, last] = [Infinity, -Infinity]
  for (const { ring } of n.series) {
    if (ring.length === 0) continue
    first = Math.min(first, ring.timeAt(0))
    last = Math.max(last, ring.timeAt(ring.length - 1))
  }
  if (last < first) return { from: 0, to: secondsShown() * 1000 || 1000 }
  return all ? { from: first, to: Math.max(last, first + 1000) } : { from: last - secondsShown() * 1000, to: last }
}

const shortest = 10 // milliseconds on the whole axis

// zoom takes a part of a span, around a time; a factor above 1 shows more.
export function zoom(s: Span, factor: number, around: number): Span {
  const wide = Math.max(shortest, (s.to - s.from) * factor)
  const part = (Math.min(Math.max(around, s.from), s.to) - s.from) / (s.to - s.from)
  return { from: around - wide * part, to: around + wide * (1 - part) }
}

// move takes a span along by a part of its length.
export function move(s: Span, part: number): Span {
  const by = (s.to - s.from) * part
  return { from: s.from + by, to: s.to + by }
}
