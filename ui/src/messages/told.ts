// What a line of the messages says, in words.
import { clock } from '../format'
import type { Message } from '../wire'
import { say, type Word } from '../words'
import { hex } from './bytes'
import { bytesOf, textOf } from './log'

// direction is the word and the class of a line's second column.
export function direction(m: Message): [Word, string] {
  const page = m.from === 'page'
  const more = !page && m.conn > 1 // another connection than the first; it may lead to another server than the board
  switch (m.kind) {
    case 'sent':
      return [page ? 'dir.pageToBoard' : more ? 'dir.sent' : 'dir.toBoard', 'to']
    case 'received':
      return [page ? 'dir.boardToPage' : more ? 'dir.came' : 'dir.fromBoard', 'from']
    case 'open':
      return [page ? 'dir.pageOpen' : more ? 'dir.moreOpen' : 'dir.open', 'sys']
    case 'close':
      return [page ? 'dir.pageClosed' : more ? 'dir.moreClosed' : 'dir.closed', 'sys']
    case 'ping':
      return ['dir.ping', 'to']
    case 'pinged':
      return ['dir.pinged', 'from']
    case 'pong':
      return ['dir.pong', 'from']
    case 'gap':
      return ['dir.gap', 'sys']
    case 'mark':
      return ['dir.mark', 'sys']
    case 'click':
      return ['dir.click', 'sys']
    case 'error':
      return [page ? 'dir.pageError' : 'dir.error', 'bad']
    default:
      return m.level === 'error' ? ['dir.logError', 'bad'] : ['dir.log', 'log']
  }
}

// from is the words of the second column, with the connection's number where there are several.
export function from(m: Message): string {
  return say(direction(m)[0]) + (m.kind !== 'log' && m.conn > 1 ? ` ${m.conn}` : '')
}

// whose says whose connection a line is about.
export function whose(m: Message): string | undefined {
  if (m.kind === 'log') return undefined
  return say(m.from === 'page' ? 'dir.pageTitle' : m.conn > 1 ? 'dir.moreTitle' : 'dir.studioTitle')
}

export function contentOf(m: Message, asHex: boolean): string {
  switch (m.kind) {
    case 'open':
      return m.data || say('messages.opened')
    case 'close':
      return say('messages.closed', { code: m.code ?? '', reason: m.data ? ` – ${m.data}` : '', meaning: closeMeaning(m.code) })
    case 'gap':
      return say('messages.gap', { from: clock(m.time - m.millis), to: clock(m.time), seconds: seconds(m.millis) })
    case 'error':
      return m.data || say('messages.failed', { code: m.code ?? '' })
    default:
      return asHex && !m.binary && m.kind !== 'log' ? hex(bytesOf(m).subarray(0, 512)) : textOf(m)
  }
}

// seconds is a length of time as people say it.
function seconds(millis: number): string {
  return say('unit.seconds', { n: millis < 10_000 ? (millis / 1000).toFixed(1) : Math.round(millis / 1000) })
}

const meanings: Record<number, Word> = {
  1000: 'close.1000',
  1001: 'close.1001',
  1002: 'close.1002',
  1003: 'close.1003',
  1005: 'close.1005',
  1006: 'close.1006',
  1007: 'close.1007',
  1008: 'close.1008',
  1009: 'close.1009',
  1011: 'close.1011',
  1013: 'close.1013',
}

export function closeMeaning(code: number | undefined): string {
  const word = code === undefined ? undefined : meanings[code]
  return word ? say(word) : ''
}
