// Takes what the chart shows out of the page: as a picture, and as a table for spreadsheets.
import type { Ring } from './ring'

export interface Saved {
  label: string
  unit: string
  factor: number
  ring: Ring
}

// csv is a table of all values between two times: a row for each time, a column for each series, with a head. A cell is empty
// where a series has no value just then.
export function csv(list: readonly Saved[], from = -Infinity, to = Infinity): string {
  const rows = [['time', ...list.map((s) => (s.unit ? `${s.label} (${s.unit})` : s.label))].map(cell).join(',')]
  const at = list.map((s) => s.ring.from(from))
  for (;;) {
    const next = list.reduce((least, s, i) => (at[i]! < s.ring.length ? Math.min(least, s.ring.timeAt(at[i]!)) : least), Infinity)
    if (next === Infinity || next > to) break
    const values = list.map((s, i) => {
      if (at[i]! >= s.ring.length || s.ring.timeAt(at[i]!) !== next) return ''
      const v = s.ring.valueAt(at[i]!++)
      return Number.isNaN(v) ? '' : String(s.factor === 1 ? v : Number((v * s.factor).toPrecision(12)))
    })
    if (values.some((v) => v !== '')) rows.push([new Date(next).toISOString(), ...values].join(','))
  }
  return `${rows.join('\r\n')}\r\n`
}

// cell is a text that comes from a board: a spreadsheet must not take it for a formula.
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replace(/"/g, '""')}"` : plain
}

// download gives the browser a file to keep.
export function download(name: string, content: Blob): void {
  const a = document.createElement('a')
  a.href = URL.createObjectURL(content)
  a.download = name
  a.click()
  setTimeout(() => URL.revokeObjectURL(a.href), 10_000)
}
