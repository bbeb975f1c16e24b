// Addresses of the project's web files, as a page, style sheet or script writes them.

const root = 'www/'

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1)

// resolve is the path of the file that an address in a file leads to; undefined: to none of the project's.
export function resolve(from: string, address: string): string | undefined {
  const bare = address.replace(/[?#].*$/s, '')
  if (!bare || /^[a-z][\w+.-]*:|^\/\//i.test(bare)) return undefined
  const parts: string[] = []
  for (const part of (bare.startsWith('/') ? bare : folderOf(from).slice(root.length) + bare).split('/')) {
    if (part === '..') parts.pop()
    else if (part && part !== '.') parts.push(part)
  }
  let path = parts.join('/')
  try {
    path = decodeURIComponent(path)
  } catch {
    // it is no encoded one
  }
  return root + path
}

// addressOf is how a file is written in another one: from the root where one has begun so, else from the other's folder.
export function addressOf(path: string, from: string, rooted: boolean): string {
  const encoded = (p: string) => p.split('/').map(encodeURIComponent).join('/')
  if (rooted) return `/${encoded(path.slice(root.length))}`
  const here = folderOf(from).split('/').slice(0, -1)
  const there = path.split('/')
  let same = 0
  while (same < here.length && same < there.length - 1 && here[same] === there[same]) same++
  return '../'.repeat(here.length - same) + encoded(there.slice(same).join('/'))
}

const pictures = /\.(?:png|jpe?g|gif|svg|webp|avif|ico|bmp)$/i
const kinds: [RegExp, RegExp][] = [
  [/^script$/, /\.m?js$/i],
  [/^link$/, /\.(?:css|ico|png|svg|webmanifest|json)$/i],
  [/^(?:img|image|input)$/, pictures],
  [/^video$/, /\.(?:mp4|webm|ogv|mov|png|jpe?g|webp)$/i],
  [/^audio$/, /\.(?:mp3|ogg|wav|m4a|webm|aac|flac)$/i],
  [/^iframe$/, /\.html?$/i],
  [/^import$/, /\.m?js$/i],
  [/^@import$/, /\.css$/i],
]

// fitting are the files that can stand where they are asked for: a tag, import, @import; all where it is not known.
export function fitting(paths: string[], where: string): string[] {
  const kind = kinds.find(([tag]) => tag.test(where))?.[1]
  return paths.filter((p) => p.startsWith(root) && (!kind || kind.test(p)))
}
