// Bytes as people read and write them.

// hex writes bytes as "4c 45 44".
export function hex(b: Uint8Array): string {
  return Array.from(b, (x) => x.toString(16).padStart(2, '0')).join(' ')
}

// readHex reads what hex writes, with or without spaces; undefined when it is something else.
export function readHex(text: string): Uint8Array | undefined {
  const plain = text.replace(/0x|[\s,:]/gi, '')
  if (plain.length % 2 || /[^0-9a-f]/i.test(plain)) return undefined
  return Uint8Array.from({ length: plain.length / 2 }, (_, i) => parseInt(plain.slice(2 * i, 2 * i + 2), 16))
}

export function base64(b: Uint8Array): string {
  let s = ''
  for (const x of b) s += String.fromCharCode(x)
  return btoa(s)
}

// readBase64 gives no bytes for what is not base64.
export function readBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
  } catch {
    return new Uint8Array()
  }
}

// readSentBase64 reads what people write as Base64, also in several lines, of the alphabet for addresses, and without the "="
// at its end; undefined when it is something else.
export function readSentBase64(text: string): Uint8Array | undefined {
  const plain = text.replace(/\s/g, '').replace(/-/g, '+').replace(/_/g, '/')
  try {
    return Uint8Array.from(atob(plain), (c) => c.charCodeAt(0))
  } catch {
    return undefined
  }
}

// dump writes bytes in rows of 16: offset, hex, text.
export function dump(b: Uint8Array): string {
  const rows: string[] = []
  for (let i = 0; i < b.length; i += 16) {
    const part = b.subarray(i, i + 16)
    const text = Array.from(part, (x) => (x >= 32 && x < 127 ? String.fromCharCode(x) : '·')).join('')
    rows.push(`${i.toString(16).padStart(4, '0')}  ${hex(part).padEnd(47)}  ${text}`)
  }
  return rows.join('\n')
}
