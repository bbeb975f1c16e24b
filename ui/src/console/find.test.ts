// Texts are found where the terminal has them: in rows that go on, and beside letters that take two cells.
import { find } from './find'
import { same } from '../same'

// buffer is what a terminal of so many columns keeps of lines; a line that is longer goes on in the next row.
function buffer(columns: number, lines: string[]) {
  const rows = lines.flatMap((line) => {
    const cells: [string, number][] = []
    for (const c of line) {
      const wide = c === '温'
      cells.push([c, wide ? 2 : 1])
      if (wide) cells.push(['', 0])
    }
    const parts = []
    for (let i = 0; i === 0 || i < cells.length; i += columns) {
      const part = cells.slice(i, i + columns)
      while (part.length < columns) part.push(['', 1])
      parts.push({
        isWrapped: i > 0,
        length: columns,
        translateToString: () => part.map(([c, width]) => (width === 0 ? '' : c || ' ')).join(''),
        getCell: (x: number) => ({ getChars: () => part[x]![0], getWidth: () => part[x]![1] }),
      })
    }
    return parts
  })
  return { length: rows.length, getLine: (i: number) => rows[i] } as unknown as Parameters<typeof find>[0]
}

const of = (text: string, lines: string[]) => find(buffer(10, lines), text).map((f) => [f.row, f.column, f.length])

same('of any case, and where a line goes on in the next row', of('led', ['LED on', '', 'the led, Led']), [
  [0, 0, 3],
  [2, 4, 3],
  [2, 9, 3],
])
same('behind a wide letter', of('23', ['温 = 23', 'x']), [[0, 5, 2]])
same('no place is found twice', of('aa', ['aaaaa']), [
  [0, 0, 2],
  [0, 2, 2],
])
same('at the end of a row', of('end', ['0123456end']), [[0, 7, 3]])
same('nothing is nowhere', of('', ['x']), [])
same('what is not there', of('y', ['x']), [])
