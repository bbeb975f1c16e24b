// Finding by a few letters: those of a word, in their order, anywhere in a name. What begins words of the name, stands
// together and is near its end, as the file's own name is in a path, comes first.

export interface Found {
  score: number
  at: number[] // where in the text the letters are
}

const isStart = (text: string, i: number) =>
  i === 0 || !/[\p{L}\p{N}]/u.test(text[i - 1]!) || (/\p{Ll}/u.test(text[i - 1]!) && /\p{Lu}/u.test(text[i]!))

// fuzzy finds all words of a query in a text; undefined: it is not there. From own on, a letter counts more.
export function fuzzy(query: string, text: string, own = 0): Found | undefined {
  const small = text.toLowerCase()
  if (small.length !== text.length) return fuzzy(query, small, own) // letters that become two when they are small
  let score = query.trim() ? -text.length / 100 : 0 // of equals the shorter one
  const at = new Set<number>()
  for (const word of query.toLowerCase().split(/\s+/).filter(Boolean)) {
    const found = place(word, small, text, own)
    if (!found) return undefined
    score += found.score
    for (const i of found.at) at.add(i)
  }
  return { score, at: [...at].sort((a, b) => a - b) }
}

// place is the best way to find the letters of a word. Each row tells, for one more letter of the word, the score of the
// best way that ends at each place of the text.
function place(word: string, small: string, text: string, own: number): Found | undefined {
  let before: { score: number; from: number }[] = []
  const rows: { score: number; from: number }[][] = []
  for (let i = 0; i < word.length; i++) {
    const row: { score: number; from: number }[] = []
    let best = -Infinity // of the ways that have ended before this place, with a gap to it
    let bestFrom = -1
    for (let j = 0; j < small.length; j++) {
      const apart = before[j - 2]
      if (apart && apart.score > best) {
        best = apart.score
        bestFrom = j - 2
      }
      row[j] = { score: -Infinity, from: -1 }
      if (small[j] !== word[i]) continue
      const gain = 1 + (isStart(text, j) ? 6 : 0) + (j === own ? 4 : 0) + (j >= own ? 2 : 0)
      if (i === 0) {
        row[j] = { score: gain, from: -1 }
        continue
      }
      const next = before[j - 1]
      const together = next ? next.score + 5 : -Infinity
      if (together >= best - 3 && together > -Infinity) row[j] = { score: together + gain, from: j - 1 }
      else if (best > -Infinity) row[j] = { score: best - 3 + gain, from: bestFrom }
    }
    rows.push(row)
    before = row
  }
  let end = -1
  for (let j = 0; j < small.length; j++) if ((before[j]?.score ?? -Infinity) > (before[end]?.score ?? -Infinity)) end = j
  if (end < 0) return undefined
  const at: number[] = []
  for (let i = word.length - 1, j = end; i >= 0; i--) {
    at.unshift(j)
    j = rows[i]![j]!.from
  }
  return { score: before[end]!.score, at }
}

// ranked are those of a list whose text has all of the query, the best first; of equals the earlier one.
export function ranked<T>(query: string, list: readonly T[], textOf: (it: T) => { text: string; own?: number }): { it: T; at: number[] }[] {
  const found: { it: T; at: number[]; score: number }[] = []
  for (const it of list) {
    const { text, own } = textOf(it)
    const f = fuzzy(query, text, own)
    if (f) found.push({ it, ...f })
  }
  return found.sort((a, b) => b.score - a.score) // which keeps the order of equals
}

// lineIn takes apart what is asked for: main.go:12:5 is a name, a line and a column.
export function lineIn(query: string): { name: string; line?: number; column?: number } {
  const m = /^(.*?)(?::(\d*)(?::(\d*))?)?$/s.exec(query)!
  return { name: m[1]!.trim(), line: Number(m[2]) || undefined, column: Number(m[3]) || undefined }
}
