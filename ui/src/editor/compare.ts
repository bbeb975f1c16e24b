// Line by line difference of two texts, for the question "mine or theirs?".

export interface Line {
  kind: 'same' | 'mine' | 'theirs'
  text: string
}

const most = 4_000_000 // cells of the table; larger middles are shown as one block removed and one added

// compare returns both texts' lines in reading order. Time and memory are bounded.
export function compare(theirs: string, mine: string): Line[] {
  const a = theirs.split('\n')
  const b = mine.split('\n')
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const out: Line[] = a.slice(0, start).map((text) => ({ kind: 'same', text }))
  const left = a.slice(start, a.length - end)
  const right = b.slice(start, b.length - end)
  const width = right.length + 1
  if (left.length * width > most) {
    for (const text of left) out.push({ kind: 'theirs', text })
    for (const text of right) out.push({ kind: 'mine', text })
  } else {
    const table = new Uint32Array((left.length + 1) * width) // longest common part of the tails
    for (let i = left.length - 1; i >= 0; i--)
      for (let j = right.length - 1; j >= 0; j--)
        table[i * width + j] =
          left[i] === right[j] ? table[(i + 1) * width + j + 1]! + 1 : Math.max(table[(i + 1) * width + j]!, table[i * width + j + 1]!)
    let i = 0
    let j = 0
    while (i < left.length || j < right.length) {
      if (i < left.length && j < right.length && left[i] === right[j]) {
        out.push({ kind: 'same', text: left[i]! })
        i++
        j++
      } else if (j >= right.length || (i < left.length && table[(i + 1) * width + j]! >= table[i * width + j + 1]!))
        out.push({ kind: 'theirs', text: left[i++]! })
      else out.push({ kind: 'mine', text: right[j++]! })
    }
  }
  for (const text of a.slice(a.length - end)) out.push({ kind: 'same', text })
  return out
}

// brief leaves out long stretches of equal lines; undefined stands for a gap.
export function brief(lines: Line[], around = 3): (Line | undefined)[] {
  const near = new Uint8Array(lines.length)
  lines.forEach((l, i) => {
    if (l.kind !== 'same') near.fill(1, Math.max(0, i - around), i + around + 1)
  })
  const out: (Line | undefined)[] = []
  lines.forEach((l, i) => {
    if (near[i]) out.push(l)
    else if (out.length === 0 || out.at(-1) !== undefined) out.push(undefined)
  })
  return out
}
