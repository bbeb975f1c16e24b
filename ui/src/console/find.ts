// Finds texts among the lines that the terminal keeps.
import type { IBuffer, IBufferLine } from '@xterm/xterm'

// Found is a place in cells, as the terminal selects: rows from the oldest line that is kept.
export interface Found {
  row: number
  column: number
  length: number
}

// find gives all places where the text stands, of any case, from the oldest to the newest; a line that goes on in the next row
// is one line.
export function find(buffer: Pick<IBuffer, 'length' | 'getLine'>, text: string): Found[] {
  const wanted = text.toLowerCase()
  const found: Found[] = []
  if (!wanted) return found
  for (let row = 0; row < buffer.length; ) {
    const rows: IBufferLine[] = []
    do rows.push(buffer.getLine(row + rows.length)!)
    while (buffer.getLine(row + rows.length)?.isWrapped)
    const line = rows.map((r) => r.translateToString(false)).join('')
    const lower = line.toLowerCase()
    // A few letters have more than one when they are small: then places would not be those of the line.
    const searched = lower.length === line.length ? lower : line
    let cells: number[] | undefined
    for (let at = searched.indexOf(wanted); at >= 0; at = searched.indexOf(wanted, at + wanted.length)) {
      cells ??= cellsOf(rows)
      const [first, end] = [cells[at]!, cells[at + wanted.length]!]
      const width = rows[0]!.length
      found.push({ row: row + Math.floor(first / width), column: first % width, length: end - first })
    }
    row += rows.length
  }
  return found
}

// cellsOf gives for each place in a line's text the cell where it stands, and the cell after the last one.
function cellsOf(rows: IBufferLine[]): number[] {
  const cells: number[] = []
  rows.forEach((r, i) => {
    for (let x = 0; x < r.length; x++) {
      const cell = r.getCell(x)!
      if (cell.getWidth() === 0) continue // the second half of a wide letter
      for (let k = Math.max(1, cell.getChars().length); k > 0; k--) cells.push(i * r.length + x)
    }
  })
  cells.push(rows.length * rows[0]!.length)
  return cells
}
