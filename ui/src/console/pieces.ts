// Pieces are text that waits to be drawn, in which places have lines missing. They stay within bounds: the oldest lines go, and
// are counted where they were.
export interface Piece {
  lost: number // lines before the text that are missing
  text: string
}

const longLine = 4096 // characters of a line that goes whole rather than is cut

export class Pieces {
  private list: Piece[] = []
  private length = 0

  constructor(private most: number) {}

  get isEmpty(): boolean {
    return this.list.length === 0
  }

  add(text: string, lost: number): void {
    const last = this.list.at(-1)
    if (last && !lost) last.text += text
    else this.list.push({ lost, text })
    this.length += text.length
    if (this.length > this.most) this.shorten(this.most)
  }

  // take gives away all, or the newest of it.
  take(most: number): Piece[] {
    this.shorten(most)
    const all = this.list
    this.clear()
    return all
  }

  clear(): void {
    this.list = []
    this.length = 0
  }

  private shorten(most: number): void {
    for (let over = this.length - most; over > 0; ) {
      const first = this.list[0]!
      const second = this.list[1]
      let cut = Math.min(over, first.text.length)
      const end = first.text.indexOf('\n', cut - 1)
      if (end >= 0 && end < cut + longLine) cut = end + 1
      const lost = first.lost + ends(first.text, cut)
      if (second && cut >= first.text.length) {
        second.lost += lost
        this.list.shift()
      } else {
        first.lost = lost
        first.text = first.text.slice(cut)
      }
      this.length -= cut
      over -= cut
    }
  }
}

// ends counts the lines before a place, whole or in part.
function ends(text: string, before: number): number {
  let n = 0
  for (let at = text.indexOf('\n'); at >= 0 && at < before; at = text.indexOf('\n', at + 1)) n++
  return n || (before > 0 ? 1 : 0)
}
