// What a file that is no text is, by its name and by its first bytes, and how its bytes are written for people.

export type Kind = 'picture' | 'sound' | 'bytes'

export function kindOf(path: string): Kind {
  if (/\.(png|jpe?g|gif|webp|svg|ico)$/i.test(path)) return 'picture'
  if (/\.(mp3|wav|ogg|oga|m4a|flac)$/i.test(path)) return 'sound'
  return 'bytes'
}

const signatures: [string, string, number?][] = [
  ['PNG', '89504e470d0a1a0a'],
  ['JPEG', 'ffd8ff'],
  ['GIF', '47494638'],
  ['WebP', '57454250', 8],
  ['ICO', '00000100'],
  ['WAV', '57415645', 8],
  ['Ogg', '4f676753'],
  ['MP3', '494433'],
  ['MP3', 'fffb'],
  ['FLAC', '664c6143'],
  ['WOFF2', '774f4632'],
  ['WOFF', '774f4646'],
  ['PDF', '25504446'],
  ['ZIP', '504b0304'],
  ['gzip', '1f8b'],
  ['WebAssembly', '0061736d'],
  ['ELF', '7f454c46'],
  ['UF2', '5546320a'],
]

const hex = (b: number) => b.toString(16).padStart(2, '0')

// sniff names a format by its first bytes, '' when they are none that is known.
export function sniff(bytes: Uint8Array): string {
  const head = Array.from(bytes.subarray(0, 16), hex).join('')
  return signatures.find(([, start, at = 0]) => head.startsWith(start, 2 * at))?.[0] ?? ''
}

export interface Row {
  offset: string
  hex: string
  chars: string // one for each byte: what is no letter of ASCII is a dot
}

// rowOf writes the bytes from a place on, in groups of eight.
export function rowOf(bytes: Uint8Array, from: number, count: number): Row {
  const part = bytes.subarray(from, from + count)
  const digits = Math.max(4, (bytes.length - 1).toString(16).length)
  const codes = Array.from(part, hex)
  const groups: string[] = []
  for (let i = 0; i < codes.length; i += 8) groups.push(codes.slice(i, i + 8).join(' '))
  return {
    offset: from.toString(16).padStart(digits, '0'),
    hex: groups.join('  '),
    chars: Array.from(part, (b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : '.')).join(''),
  }
}
