// JSON as it was written: JSON.parse would round long numbers, drop names that are there twice, and put names that are numbers
// first.

// Value is an object, a list or, with its text, anything else.
export interface Value {
  text: string // of an object or a list: how much is in it
  entries?: [string, Value][]
  list?: boolean
}

const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[^\s"[\]{}:,]+|[[\]{}:,]/g

// readJSON reads a text that is an object or a list.
export function readJSON(text: string): Value | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    JSON.parse(text)
  } catch {
    return undefined
  }
  const top: Value = { text: '', entries: [], list: true }
  const open = [top] // from outside to inside
  let name: string | undefined
  for (const [token] of text.matchAll(tokens)) {
    const inside = open.at(-1)!
    if (token === ']' || token === '}') {
      inside.text = inside.list ? `[${inside.entries!.length}]` : `{${inside.entries!.length}}`
      open.pop()
    } else if (token === ':') {
      name = JSON.parse(inside.entries!.pop()![1].text) as string
      continue
    } else if (token !== ',') {
      const list = token === '['
      const v: Value = list || token === '{' ? { text: '', entries: [], list } : { text: plain(token) }
      inside.entries!.push([name ?? String(inside.entries!.length), v])
      if (v.entries) open.push(v)
    }
    name = undefined
  }
  return top.entries![0]![1]
}

// plain is a text without the escapes that it does not need, and a number as it was written.
const plain = (token: string): string => (token[0] === '"' ? JSON.stringify(JSON.parse(token)) : token)

export interface Found {
  path: string
  value: string
}

// searchJSON finds the places whose name or value has a text in it, at most so many.
export function searchJSON(value: Value, text: string, most = 200): Found[] {
  const wanted = text.toLowerCase()
  const found: Found[] = []
  const left: [Value, string, string][] = [[value, '', '']]
  for (let looked = 0; left.length && found.length < most && looked < 50_000; looked++) {
    const [v, path, name] = left.pop()!
    if (name.toLowerCase().includes(wanted) || (!v.entries && v.text.toLowerCase().includes(wanted)))
      found.push({ path: path || '.', value: v.entries && !v.list ? '{…}' : v.text })
    for (const [k, e] of [...(v.entries ?? [])].reverse())
      left.push([e, v.list ? `${path}[${k}]` : path ? `${path}.${k}` : k, v.list ? '' : k])
  }
  return found
}
