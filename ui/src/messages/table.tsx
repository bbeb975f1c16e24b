// The list of the messages.
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { jump } from '../editor/tabs'
import { bytes, clock, nameOf } from '../format'
import { layout } from '../parts/layout'
import { board } from '../state'
import { say } from '../words'
import type { Message } from '../wire'
import { isCut, list, total } from './log'
import { contentOf, direction, from, whose } from './told'

const rowHeight = 27

// Table draws only the rows that can be seen, so that 10 000 of them are no slower than 20.
export function Table({
  asHex,
  chosen,
  choose,
}: {
  asHex: boolean
  chosen: Message | undefined
  choose: (m: Message | undefined) => void
}) {
  const box = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const [height, setHeight] = useState(240)
  const [stick, setStick] = useState(true) // at the end, and staying there
  const items = list.value
  const [stop, setStop] = useState<number | undefined>() // the row that Tab goes to
  const { tight } = layout.value

  useLayoutEffect(() => {
    const el = box.current
    if (!el) return
    const observer = new ResizeObserver(() => setHeight(el.clientHeight))
    observer.observe(el)
    setHeight(el.clientHeight)
    return () => observer.disconnect()
  }, [])
  useLayoutEffect(() => {
    const el = box.current
    if (el && stick && el.clientHeight > 0) {
      el.scrollTop = el.scrollHeight
      setTop(el.scrollTop)
    }
  }, [items, height, stick])

  const first = Math.max(0, Math.floor(top / rowHeight) - 6)
  const last = Math.min(items.length, Math.ceil((top + height) / rowHeight) + 6)
  const stopIndex = stop === undefined ? -1 : items.findIndex((m) => m.seq === stop)
  const tabStop = stopIndex >= first && stopIndex < last ? stopIndex : Math.max(first, last - 1)

  const focusRow = (i: number) => {
    const el = box.current
    if (!el || i < 0 || i >= items.length) return
    if (i * rowHeight < el.scrollTop) el.scrollTop = i * rowHeight
    if ((i + 1) * rowHeight > el.scrollTop + el.clientHeight) el.scrollTop = (i + 1) * rowHeight - el.clientHeight
    setTop(el.scrollTop)
    setStop(items[i]!.seq)
    requestAnimationFrame(() => el.querySelector<HTMLElement>(`[aria-rowindex="${i + 1}"]`)?.focus({ preventScroll: true }))
  }
  const keys = (e: KeyboardEvent) => {
    const at = Number((e.target as HTMLElement).getAttribute('aria-rowindex')) - 1
    if (at < 0) return
    const page = Math.max(1, Math.floor(height / rowHeight) - 1)
    const to: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: Math.min(items.length - 1, at + page),
      PageUp: Math.max(0, at - page),
      Home: 0,
      End: items.length - 1,
    }
    if (e.key in to) {
      e.preventDefault()
      focusRow(to[e.key]!)
    } else if (e.key === 'Enter' || e.key === ' ') {
      e.preventDefault()
      choose(items[at])
    } else if (e.key === 'Escape') choose(undefined)
  }

  return (
    <div
      class="msgs"
      ref={box}
      role={items.length ? 'grid' : 'region'}
      aria-label={say('messages.list')}
      aria-rowcount={items.length || undefined}
      aria-readonly={items.length ? true : undefined}
      onKeyDown={keys}
      onScroll={(e) => {
        const el = e.currentTarget
        setTop(el.scrollTop)
        setStick(el.scrollHeight - el.scrollTop - el.clientHeight < rowHeight)
      }}
    >
      {items.length === 0 && <Nothing />}
      <div role="presentation" style={{ height: `${items.length * rowHeight}px`, position: 'relative' }}>
        <div role={items.length ? 'rowgroup' : undefined} style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {items.slice(first, last).map((m, k) => {
            const i = first + k
            const [, look] = direction(m)
            const on = chosen?.seq === m.seq
            return (
              <div
                key={m.seq}
                role="row"
                class={`msg${on ? ' sel' : ''}`}
                aria-rowindex={i + 1}
                aria-selected={on}
                tabIndex={i === tabStop ? 0 : -1}
                onFocus={() => setStop(m.seq)}
                onClick={(e) => {
                  if (!(e.target as HTMLElement).closest('.link')) choose(on ? undefined : m)
                }}
              >
                <span role="gridcell" class="t" title={tight ? clock(m.time) : undefined}>
                  {tight ? clock(m.time).slice(0, 8) : clock(m.time)}
                </span>
                <span role="gridcell" class={`dir ${look}`} title={whose(m)}>
                  {from(m)}
                </span>
                <span role="gridcell" class="c">
                  {m.kind === 'open' || m.kind === 'close' || m.kind === 'gap' ? (
                    <span title={contentOf(m, asHex)}>{contentOf(m, asHex)}</span>
                  ) : (
                    <code title={contentOf(m, asHex).slice(0, 600)}>{contentOf(m, asHex).slice(0, 600)}</code>
                  )}
                  {isCut(m) && <span class="tag">{say('messages.cutTag', { n: bytes(m.size) })}</span>}
                  {(m.count ?? 0) > 1 && <span class="tag">{say('messages.times', { n: m.count! })}</span>}
                  {m.binary && <span class="tag">{say('messages.binary', { n: m.size })}</span>}
                  {(m.kind === 'received' || m.kind === 'pong') && m.millis >= 0 && (
                    <span class="muted">{say('messages.millis', { n: m.millis })}</span>
                  )}
                  {m.kind === 'log' && m.path && (
                    <button
                      type="button"
                      class="link"
                      tabIndex={on || i === tabStop ? 0 : -1}
                      onClick={() => void jump(m.path!, m.line ?? 1, m.column ?? 1)}
                    >
                      {nameOf(m.path)}
                      {m.line ? `:${m.line}` : ''}
                    </button>
                  )}
                </span>
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}

function Nothing() {
  const some = total.value > 0
  return (
    <p class="hint">
      {some ? say('messages.noneFound') : board.value.state === 'running' ? say('messages.none') : say('messages.noneYet')}
    </p>
  )
}
