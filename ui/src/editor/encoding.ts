// How bytes are text: UTF-8 nearly always, else what pages from old tutorials and old editors are in. What a file was read
// as it is written as, and what cannot be written in it is said, not lost.

const declared = /(charset\s*=\s*["']?|@charset\s+["']|encoding\s*=\s*["'])([\w.:-]+)/i

// mayBeText tells whether a file that is not UTF-8 may be text in an older encoding: by its name.
export const mayBeText = (path: string) => /\.(html?|css|m?js|json|txt|md|svg|xml|csv|go)$/i.test(path)

// encodings are those to choose from, by the names that the web has for them.
export const encodings = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'windows-1253',
  'windows-1254',
  'windows-1257',
  'iso-8859-2',
  'iso-8859-15',
  'koi8-r',
  'ibm866',
  'macintosh',
  'shift_jis',
  'euc-jp',
  'gbk',
  'big5',
  'euc-kr',
]

export interface Decoded {
  content: string // with its byte order mark
  encoding: string // by the web's name
  exact: boolean // written again, it would be the same bytes
}

// decode gives the text of a file's bytes, or undefined when they are none. What a file says of itself counts; one that says
// nothing is what browsers take it for, windows-1252, of which Latin-1 is a part. as is an encoding that is known already.
export function decode(bytes: Uint8Array, path: string, as = 'utf-8'): Decoded | undefined {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : ''
  const head = new TextDecoder('windows-1252').decode(bytes.subarray(0, 1024))
  const said = mayBeText(path) ? label(declared.exec(head)?.[2]) : undefined
  if (said === 'iso-2022-jp') return decodedAs(bytes, said) // which is letters only, to those who do not know it
  if (!wide) {
    try {
      const content = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
      const plain = content.length === bytes.length // then it is the same in most encodings: what is typed tells them apart
      const encoding = !plain ? 'utf-8' : as !== 'utf-8' ? as : /\.(html?|css|svg|xml)$/i.test(path) ? (said ?? as) : as
      if (!content.includes('\0')) return { content, encoding, exact: true }
    } catch {
      // another encoding, or no text
    }
  }
  if (as !== 'utf-8') return decodedAs(bytes, as)
  if (!mayBeText(path)) return undefined
  if (wide) return decodedAs(bytes, wide)
  if (!bytes.includes(0)) return decodedAs(bytes, said ?? 'windows-1252')
  const by = bareWide(bytes)
  return by ? decodedAs(bytes, by) : undefined
}

// bareWide tells UTF-16 without a byte order mark: every other byte is 0 in what is mostly Latin letters.
function bareWide(bytes: Uint8Array): string {
  const zeros = [0, 0]
  for (const [i, b] of bytes.subarray(0, 4096).entries()) if (b === 0) zeros[i & 1]!++
  const half = Math.min(bytes.length, 4096) / 2
  if (bytes.length % 2 || Math.max(...zeros) < half * 0.7 || Math.min(...zeros) > 0) return ''
  return zeros[0]! > 0 ? 'utf-16be' : 'utf-16le'
}

// decodedAs reads bytes in one encoding, whatever they look like.
export function decodedAs(bytes: Uint8Array, encoding: string): Decoded {
  const content = new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes)
  if (encoding === 'utf-8') return { content, encoding, exact: !content.includes('\ufffd') }
  const again = encode(content, encoding)
  return {
    content,
    encoding,
    exact: 'bytes' in again && again.bytes.length === bytes.length && again.bytes.every((b, i) => b === bytes[i]),
  }
}

// label is the web's name of an encoding. One that says UTF-8, and is not, and one that nobody knows, say nothing.
function label(said: string | undefined): string | undefined {
  try {
    const encoding = said && new TextDecoder(said).encoding
    return encoding && !encoding.startsWith('utf-') ? encoding : undefined
  } catch {
    return undefined
  }
}

// Unwritable is the first character of a text that an encoding does not have.
export interface Unwritable {
  char: string
  line: number // from 1
}

// encode writes a text. What begins with a byte order mark gets one where the encoding has such a thing.
export function encode(content: string, encoding: string): { bytes: Uint8Array<ArrayBuffer> } | Unwritable {
  if (encoding === 'utf-8') return { bytes: new TextEncoder().encode(content) }
  if (encoding.startsWith('utf-16')) {
    const bytes = new Uint8Array(content.length * 2)
    const view = new DataView(bytes.buffer)
    for (let i = 0; i < content.length; i++) view.setUint16(2 * i, content.charCodeAt(i), encoding === 'utf-16le')
    return { bytes }
  }
  const codes = codesOf(encoding)
  const out = new Uint8Array(content.length * 2)
  let n = 0
  for (let i = 0; i < content.length; ) {
    const char = String.fromCodePoint(content.codePointAt(i)!)
    const code = char === '\ufeff' && i === 0 ? -1 : codes.get(char)
    if (code === undefined) return { char, line: content.slice(0, i).split(/\r\n?|\n/).length }
    if (code > 0xff) out[n++] = code >> 8
    if (code >= 0) out[n++] = code & 0xff
    i += char.length
  }
  return { bytes: out.slice(0, n) }
}

const known = new Map<string, Map<string, number>>()

// codesOf turns a decoder around: which byte, or which two, a character is. Browsers have no encoders but UTF-8's.
function codesOf(encoding: string): Map<string, number> {
  let codes = known.get(encoding)
  if (codes) return codes
  codes = new Map()
  const decoder = new TextDecoder(encoding)
  const single = (b: number) => decoder.decode(Uint8Array.of(b))
  for (let b = 0; b < 256; b++) {
    const c = single(b)
    if ([...c].length === 1 && c !== '\ufffd' && !codes.has(c)) codes.set(c, b)
  }
  if (codes.size < 200) {
    // Some bytes are the first of two. A line break behind each pair keeps what is wrong in one from the next.
    const pairs: number[] = []
    const bytes: number[] = []
    for (let a = 0x81; a < 0xff; a++)
      for (let b = 0x40; b < 0xff; b++) {
        pairs.push((a << 8) | b)
        bytes.push(a, b, 0x0a)
      }
    const lines = decoder.decode(Uint8Array.from(bytes)).split('\n')
    lines.forEach((c, i) => {
      if ([...c].length === 1 && c !== '\ufffd' && pairs[i] !== undefined && !codes!.has(c)) codes!.set(c, pairs[i]!)
    })
  }
  known.set(encoding, codes)
  return codes
}

// declares finds the encoding that a text names as its own, and where.
export function declares(text: string): { from: number; to: number; name: string } | undefined {
  const said = declared.exec(text.slice(0, 1024))
  if (!said) return undefined
  const from = said.index + said[1]!.length
  return { from, to: from + said[2]!.length, name: said[2]! }
}
