// Two texts side by side, for keyboards and for eyes that see no colours: lines have signs, F8 goes from change to change,
// and equal lines that are folded away are a button. On a narrow screen the texts stand below each other.
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { say } from '../words'
import { compare, sideBySide, stretches, type Numbered, type Row, type Stretch } from './compare'
import './diff.css'
import { Words } from './words'

export function Diff({ before, now, names }: { before: string; now: string; names: [string, string] }) {
  const parts = useMemo(() => stretches(sideBySide(linesOf(before, now))), [before, now])
  const count = parts.filter((p) => !p.same).length
  const [unfolded, setUnfolded] = useState<ReadonlySet<Stretch>>(new Set())
  const [at, setAt] = useState(0) // the change that was gone to, from 1
  const box = useRef<HTMLDivElement>(null)
  const go = (to: number) => {
    if (count === 0) return
    const n = ((to - 1 + count) % count) + 1
    setAt(n)
    const change = box.current?.querySelectorAll<HTMLElement>('.change')[n - 1]
    change?.focus({ preventScroll: true })
    change?.scrollIntoView({ block: 'center' })
  }
  useLayoutEffect(() => box.current?.querySelector('.change')?.scrollIntoView({ block: 'center' }), [])
  let change = 0
  return (
    <div
      class="diff"
      onKeyDown={(e) => {
        if (e.key !== 'F8') return
        e.preventDefault()
        go(e.shiftKey ? at - 1 : at + 1)
      }}
    >
      <div class="row">
        <button type="button" class="plain" disabled={count === 0} onClick={() => go(at - 1)}>
          {say('diff.previous')}
        </button>
        <button type="button" class="plain" disabled={count === 0} autofocus onClick={() => go(at + 1)}>
          {say('diff.next')}
        </button>
        <span class="muted" role="status">
          {count === 0 ? say('diff.none') : at ? say('diff.at', { i: at, n: count }) : say('diff.count', { n: count })}
        </span>
      </div>
      <p class="muted">{say('diff.keys')}</p>
      <div class="sides" ref={box} role="region" aria-label={names.join(', ')} tabIndex={0}>
        <div role="table" aria-label={names.join(', ')}>
          <div role="rowgroup" class="heads">
            <div role="row" class="line">
              <span role="columnheader" class="no">
                <span class="hidden">{say('diff.line')}</span>
              </span>
              <span role="columnheader">− {names[0]}</span>
              <span role="columnheader" class="no">
                <span class="hidden">{say('diff.line')}</span>
              </span>
              <span role="columnheader">+ {names[1]}</span>
            </div>
          </div>
          {parts.map((p, at) =>
            p.folded && !unfolded.has(p) ? (
              <div role="rowgroup" key={at}>
                <div role="row">
                  <span role="cell">
                    <button type="button" class="gap" onClick={() => setUnfolded(new Set([...unfolded, p]))}>
                      {say('diff.gap', { n: p.rows.length })}
                    </button>
                  </span>
                </div>
              </div>
            ) : (
              <div
                key={at}
                role="rowgroup"
                class={p.same ? '' : 'change'}
                tabIndex={p.same ? undefined : -1}
                aria-label={p.same ? undefined : say('diff.at', { i: ++change, n: count })}
              >
                {p.rows.map((r, at) => (
                  <Lines key={at} row={r} />
                ))}
              </div>
            ),
          )}
        </div>
      </div>
    </div>
  )
}

// linesOf takes an empty text, as of a file that was not there, for no lines at all.
function linesOf(before: string, now: string) {
  const none = before === '' && now !== '' ? 'theirs' : now === '' && before !== '' ? 'mine' : undefined
  return compare(before.replace(/\r\n/g, '\n'), now.replace(/\r\n/g, '\n')).filter((l) => l.kind !== none)
}

function Lines({ row }: { row: Row }) {
  return (
    <div role="row" class={`line${row.same ? ' same' : ''}`}>
      <Side line={row.before} sign="−" said={say('diff.minus')} />
      <Side line={row.now} sign="+" said={say('diff.plus')} />
    </div>
  )
}

function Side({ line, sign, said }: { line: Numbered | undefined; sign: string; said: string }): ComponentChildren {
  const differs = line && line.kind !== 'same'
  return (
    <>
      <span role="cell" class="no">
        {line?.number}
      </span>
      <span role="cell" class={`text ${line?.kind ?? 'none'}`}>
        <span class="sign" aria-hidden="true">
          {differs ? sign : ' '}
        </span>
        {differs && <span class="hidden">{said} </span>}
        {line && <Words line={line} />}
      </span>
    </>
  )
}
