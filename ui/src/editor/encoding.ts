// Text of the time before UTF-8: pages from old tutorials and old editors are in Latin-1 and its relatives.

const declared = /(charset\s*=\s*["']?|@charset\s+["']|encoding\s*=\s*["'])([\w.:-]+)/i

// isOldText tells whether a file that is not UTF-8 may be text in an older encoding: by its name.
export const isOldText = (path: string) => /\.(html?|css|m?js|json|txt|md|svg|xml|csv|go)$/i.test(path)

// decode gives the text of such a file, with UTF-8 as the encoding that it names, or undefined when it is no text. What a
// file says of itself counts; one that says nothing is what browsers take it for, windows-1252, of which Latin-1 is a part.
export function decode(bytes: Uint8Array): string | undefined {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : ''
  if (!wide && bytes.includes(0)) return undefined
  const head = new TextDecoder('windows-1252').decode(bytes.subarray(0, 1024))
  const text = decoder(wide || (declared.exec(head)?.[2] ?? '')).decode(bytes)
  const said = declared.exec(text.slice(0, 1024))
  if (!said || !said[1] || /^utf-?8$/i.test(said[2] ?? '')) return text
  const at = said.index + said[1].length
  return text.slice(0, at) + 'utf-8' + text.slice(at + (said[2] ?? '').length)
}

function decoder(label: string): TextDecoder {
  try {
    const d = new TextDecoder(label || 'windows-1252')
    if (d.encoding !== 'utf-8') return d // it says UTF-8, and is not
  } catch {
    // a name that no browser knows
  }
  return new TextDecoder('windows-1252')
}
