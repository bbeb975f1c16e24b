// What a line of the messages says, in words.
import type { Message } from '../wire'
import { say, type Word } from '../words'
import { hex } from './bytes'
import { bytesOf, textOf } from './log'

// direction is the word and the class of a line's second column.
export function direction(m: Message): [Word, string] {
  const page = m.from === 'page'
  switch (m.kind) {
    case 'sent':
      return [page ? 'dir.pageToBoard' : 'dir.toBoard', 'to']
    case 'received':
      return [page ? 'dir.boardToPage' : 'dir.fromBoard', 'from']
    case 'open':
      return [page ? 'dir.pageOpen' : 'dir.open', 'sys']
    case 'close':
      return [page ? 'dir.pageClosed' : 'dir.closed', 'sys']
    case 'error':
      return [page ? 'dir.pageError' : 'dir.error', 'bad']
    default:
      return m.level === 'error' ? ['dir.logError', 'bad'] : ['dir.log', 'log']
  }
}

// whose says whose connection a line is about.
export function whose(m: Message): string | undefined {
  if (m.kind === 'log') return undefined
  return say(m.from === 'page' ? 'dir.pageTitle' : 'dir.studioTitle')
}

export function contentOf(m: Message, asHex: boolean): string {
  switch (m.kind) {
    case 'open':
      return m.data || say('messages.opened')
    case 'close':
      return say('messages.closed', { code: m.code ?? '', reason: m.data ? ` – ${m.data}` : '', meaning: closeMeaning(m.code) })
    case 'error':
      return m.data || say('messages.failed', { code: m.code ?? '' })
    default:
      return asHex && !m.binary && m.kind !== 'log' ? hex(bytesOf(m).subarray(0, 512)) : textOf(m)
  }
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
