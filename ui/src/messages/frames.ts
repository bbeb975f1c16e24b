// The headers of WebSocket frames (RFC 6455, section 5.2), and what can be read from bytes. Pure.

export interface Frame {
  fin: boolean
  rsv: number // three bits
  opcode: number
  masked: boolean
  short: number // the seven bits of the length: itself, 126 or 127
  length: number
  extended: Uint8Array // the length's further bytes: none, 2 or 8
  mask: Uint8Array // none or 4
  head: Uint8Array // all of the header
}

// frames takes headers apart that stand one after the other; half a one at the end is left out.
export function frames(heads: Uint8Array): Frame[] {
  const all: Frame[] = []
  for (let at = 0; at + 2 <= heads.length; ) {
    const [a, b] = [heads[at]!, heads[at + 1]!]
    const short = b & 0x7f
    const more = short === 126 ? 2 : short === 127 ? 8 : 0
    const masked = b >= 0x80
    const end = at + 2 + more + (masked ? 4 : 0)
    if (end > heads.length) break
    const extended = heads.slice(at + 2, at + 2 + more)
    all.push({
      fin: a >= 0x80,
      rsv: (a >> 4) & 7,
      opcode: a & 15,
      masked,
      short,
      length: more ? extended.reduce((n, x) => n * 256 + x, 0) : short,
      extended,
      mask: heads.slice(end - (masked ? 4 : 0), end),
      head: heads.slice(at, end),
    })
    at = end
  }
  return all
}

// bits writes the lowest n bits of a number.
export const bits = (x: number, n: number): string => x.toString(2).padStart(n, '0')

// Unmasked is how one byte goes over the line and what it is.
export interface Unmasked {
  sent: number
  mask: number
  plain: number
}

// unmask shows how the first bytes of a frame are masked; none for a frame without a mask.
export function unmask(f: Frame, plain: Uint8Array, most = 8): Unmasked[] {
  if (!f.masked) return []
  return Array.from(plain.subarray(0, Math.min(most, f.length)), (x, i) => ({
    sent: x ^ f.mask[i % 4]!,
    mask: f.mask[i % 4]!,
    plain: x,
  }))
}

export const numberTypes = ['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'u64', 'i64', 'f32', 'f64'] as const
export type NumberType = (typeof numberTypes)[number]

// numbersOf reads bytes as numbers of one type; what is left over at the end is not read.
export function numbersOf(b: Uint8Array, type: NumberType, little: boolean, most = 1024): string[] {
  const size = Number(type.slice(1)) / 8
  const view = new DataView(b.buffer, b.byteOffset, b.byteLength)
  const read: Record<NumberType, (at: number) => number | bigint> = {
    u8: (at) => view.getUint8(at),
    i8: (at) => view.getInt8(at),
    u16: (at) => view.getUint16(at, little),
    i16: (at) => view.getInt16(at, little),
    u32: (at) => view.getUint32(at, little),
    i32: (at) => view.getInt32(at, little),
    u64: (at) => view.getBigUint64(at, little),
    i64: (at) => view.getBigInt64(at, little),
    f32: (at) => Number(view.getFloat32(at, little).toPrecision(7)),
    f64: (at) => view.getFloat64(at, little),
  }
  const out: string[] = []
  for (let at = 0; at + size <= b.length && out.length < most; at += size) out.push(String(read[type](at)))
  return out
}

// Sent are what a text's variables are replaced with.
export interface Sent {
  n: number // which message it is, from 1
  now: () => Date
  random: () => number // 0 to less than 1
}

// fill replaces {{n}}, {{now}}, {{rand}} (0 to 100) and {{rand FROM TO}}; all other braces stay.
export function fill(text: string, s: Sent): string {
  return text.replace(/\{\{\s*(n|now|rand(?:\s+(-?\d+)\s+(-?\d+))?)\s*\}\}/g, (_, name: string, from?: string, to?: string) => {
    if (name === 'n') return String(s.n)
    if (name === 'now') return s.now().toISOString()
    const [a, b] = from === undefined ? [0, 100] : [Number(from), Number(to)]
    const low = Math.min(a, b)
    return String(low + Math.floor(s.random() * (Math.max(a, b) - low + 1)))
  })
}

// hasCount says that a text counts, so that what is sent next is another one.
export const hasCount = (text: string): boolean => /\{\{\s*n\s*\}\}/.test(text)
