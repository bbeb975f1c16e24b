// The way of one message, station by station, with what is known of it. Pure.
import type { Message } from '../wire'

export interface Place {
  path: string
  line: number
}

// Station is where the message is, in the picture from the left: page or Studio, bridge, program, LED.
export interface Station {
  at: 'client' | 'line' | 'bridge' | 'program' | 'led' | 'back'
  place?: Place
}

// answerTo is the message that answers another one: the next on its connection for which a time is known.
export function answerTo(m: Message, list: Message[]): Message | undefined {
  for (const o of list) {
    if (o.seq <= m.seq || o.from !== m.from || o.conn !== m.conn) continue
    if (o.kind === 'received' && o.millis >= 0) return o
    if (o.kind === 'sent' || o.kind === 'close') return undefined // what follows may answer that
  }
  return undefined
}

// comment takes comments out of a line, well enough to not take them for code.
const code = (line: string) => line.replace(/^\s*(\/\/|\/\*|\*|#|<!--).*/, '')

// lineOf is the first line of code that an expression is in, from 1.
export function lineOf(text: string, wanted: RegExp): number | undefined {
  const i = text.split('\n').findIndex((l) => wanted.test(code(l)))
  return i < 0 ? undefined : i + 1
}

// takes finds where a program takes messages of a kind, sends finds where a page sends them.
export const takes = (binary: boolean): RegExp => (binary ? /\bOnBinary\(/ : /\bOn(Text|TextBytes|Socket)\(/)
export const sends = /\.send\(/

// stations are the ways that a message takes; pages have the bridge between them and the board, Studio's own has not.
export function stations(m: Message, answered: boolean, hasLED: boolean, from?: Place, to?: Place): Station[] {
  return [
    { at: 'client', place: from },
    { at: 'line' },
    ...(m.from === 'page' ? [{ at: 'bridge' as const }] : []),
    { at: 'program', place: to },
    ...(hasLED ? [{ at: 'led' as const }] : []),
    ...(answered ? [{ at: 'back' as const }] : []),
  ]
}
