// A line of a difference, with what is another word in it marked by more than its colour.
import type { ComponentChildren } from 'preact'
import type { Line } from './compare'

export function Words({ line }: { line: Line }) {
  const Mark = line.kind === 'mine' ? 'ins' : 'del'
  const parts: ComponentChildren[] = []
  let at = 0
  for (const c of line.changed) {
    parts.push(line.text.slice(at, c.from), <Mark>{line.text.slice(c.from, c.to)}</Mark>)
    at = c.to
  }
  return (
    <>
      {parts}
      {line.text.slice(at)}
    </>
  )
}
