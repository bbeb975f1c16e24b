// Gathers the numbers of messages and of the console's lines into series.
import { Allowance } from '../console/allowance'
import type { Message } from '../wire'
import { Ring } from './ring'
import { type Head, readings } from './series'

// Source is where numbers come from: what the board says in messages, what is said to it, what it prints.
export type Source = 'message' | 'sent' | 'console'

export interface Series {
  key: string // source and name: what settings are kept for
  source: Source
  name: string
  unit: string // as the texts say it; '' if they do not
  onOff: boolean // all values so far were on or off
  ring: Ring
  last: number
  index: number // in the order of their coming; decides how it is drawn
}

const most = 32 // series
// What the chip's own boot loader prints is about the chip.
const ofBootLoader = /^(?:ESP-ROM:|ets |Build:|rst:0x|boot:0x|SPIWP:|mode:[DQ]|load:0x|entry 0x|configsip:|clk_drv:|Saved PC:)/
const rested = 2000 // milliseconds after which another connection may go on with a series

export class Numbers {
  readonly series: Series[] = []
  version = 0 // counts what has come
  left = 0 // names for which there was no room
  lost = 0 // lines and messages that were not looked at
  private byKey = new Map<string, Series>()
  private leftKeys = new Set<string>()
  private owner = new Map<string, { who: string; time: number }>()
  private heads = new Map<string, Head>()
  private seq = 0
  private time = 0
  private rest = '' // of a line that has not ended
  private printed = 0 // when the console's last text came
  private allowed = new Allowance(20_000, 10_000)

  // messages takes any list of messages, oldest first: what comes now, or what a recording holds. Those that are known by
  // their number are not taken again.
  messages(list: readonly Message[]): void {
    for (const m of list) {
      if (m.seq > 0 && m.seq <= this.seq && m.time <= this.time) continue
      this.seq = m.seq || this.seq
      this.time = Math.max(this.time, m.time)
      if ((m.kind !== 'received' && m.kind !== 'sent') || m.binary || !m.data) continue
      this.take(m.kind === 'sent' ? 'sent' : 'message', `${m.from} ${m.conn}`, m.data, m.time)
    }
  }

  // console takes what the board printed since the last call, in pieces of any length; lost lines are missing before it. Of a
  // flood it takes some, the newest.
  console(text: string, time: number, lost = 0): void {
    const lines = ((lost ? '' : this.rest) + text).split('\n')
    this.rest = lines.pop()!.slice(-8192)
    // Lines come in batches. They were printed one after the other, not all at once.
    const since = time - this.printed < 200 ? this.printed : time
    this.printed = time
    const first = lines.length - this.allowed.take(lines.length, time)
    this.missed(lost + first)
    for (let i = first; i < lines.length; i++) {
      const plain = lines[i]!.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '')
      if (!ofBootLoader.test(plain)) this.take('console', 'console', plain, since + ((time - since) * (i + 1)) / lines.length)
    }
  }

  // missed counts what could not be looked at.
  missed(n: number): void {
    if (n === 0) return
    this.lost += n
    this.version++
  }

  // gap tells that the board was away: no line goes from what was before to what comes.
  gap(): void {
    for (const s of this.series) if (s.ring.length > 0 && !Number.isNaN(s.last)) s.ring.push(s.ring.timeAt(s.ring.length - 1), NaN)
    this.rest = ''
    this.heads.clear()
  }

  clear(): void {
    this.series.length = 0
    this.byKey.clear()
    this.leftKeys.clear()
    this.owner.clear()
    this.left = this.lost = 0
    this.version++
  }

  get bytes(): number {
    return this.series.reduce((sum, s) => sum + s.ring.bytes, 0)
  }

  private take(source: Source, who: string, text: string, time: number): void {
    const from = `${source} ${who}`
    const { found, head } = readings(text, this.heads.get(from))
    this.heads.set(from, head)
    if (this.heads.size > 200) this.heads.clear()
    for (const r of found) {
      const key = `${source}:${r.name.slice(0, 60)}`
      // What a board tells everybody comes once for each of its connections; it is one series all the same.
      const owner = this.owner.get(key)
      if (owner && owner.who !== who && time - owner.time < rested) continue
      if (owner) {
        owner.who = who
        owner.time = time
      }
      let s = this.byKey.get(key)
      if (!s) {
        if (this.series.length >= most) {
          if (this.leftKeys.size < 1000) this.leftKeys.add(key)
          this.left = this.leftKeys.size
          continue
        }
        s = { key, source, name: r.name, unit: r.unit, onOff: true, ring: new Ring(), last: NaN, index: this.series.length }
        this.byKey.set(key, s)
        this.series.push(s)
        this.owner.set(key, { who, time })
      }
      s.ring.push(time, r.value)
      s.last = r.value
      s.onOff &&= !!r.onOff
      if (r.unit) s.unit = r.unit
      this.version++
    }
  }
}
