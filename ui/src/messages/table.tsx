// The list of the messages.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { jump } from '../editor/tabs'
import { bytes, clock, nameOf } from '../format'
import { layout } from '../parts/layout'
import { board } from '../state'
import { say } from '../words'
import type { Message } from '../wire'
import { isCut, total, type Rows } from './log'
import { found, opened } from './recorded'
import { Older } from './recording'
import { contentOf, direction, from, whose } from './told'

const rowHeight = 27
const tallest = 8_000_000 // px: browsers draw nothing beyond some 16 million, so a longer list scrolls by its share
const near = 3 // screens: what is scrolled by less than that moves by pixels, all else by its share

// Table draws only the rows that can be seen, so that millions of them are no slower than 20.
export function Table({
  rows,
  asHex,
  chosen,
  choose,
}: {
  rows: Rows
  asHex: boolean
  chosen: Message | undefined
  choose: (m: Message | undefined) => void
}) {
  const box = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0) // px of the whole list that are above
  const [height, setHeight] = useState(240)
  const [stick, setStick] = useState(true) // at the end, and staying there
  const [stop, setStop] = useState<{ i: number; seq: number } | undefined>() // the row that Tab goes to
  const seen = useRef(0) // the scrollbar's place that was taken last
  const settle = useRef(0)
  const { tight } = layout.value
  const { count } = rows
  const full = count * rowHeight
  const tall = Math.min(full, tallest)
  const most = Math.max(0, full - height) // of top
  const share = full > tall ? (tall - height) / most : 1 // px of the scrollbar for one of the list

  const goTo = (to: number) => {
    const el = box.current
    if (!el) return
    const next = Math.max(0, Math.min(most, to))
    el.scrollTop = share === 1 && to >= most ? el.scrollHeight : next * share
    seen.current = el.scrollTop
    setTop(share === 1 ? el.scrollTop : next)
  }
  const scrolled = () => {
    const el = box.current
    if (!el) return // the list has gone before its last scrolling was told
    // A list that gets taller scrolls by itself, which is told before its height is: that is not the user leaving the end.
    if (stick && el.clientHeight !== height) return setHeight(el.clientHeight)
    const now = el.scrollTop
    const moved = now - seen.current
    seen.current = now
    let next = now
    if (share !== 1) {
      next = Math.abs(moved) < near * height ? Math.max(0, Math.min(most, top + moved)) : now / share
      const atTop = now <= 0 && moved < 0
      const atEnd = now >= tall - height - 1 && moved > 0
      if (atTop && next < near * height) next = 0
      if (atEnd && most - next < near * height) next = most
      clearTimeout(settle.current)
      const put = () => {
        if (el.scrollTop !== now) return // it has been moved since, which will be told in a moment
        el.scrollTop = next * share // the scrollbar shows the place again
        seen.current = el.scrollTop
      }
      if (atTop || atEnd) put()
      else settle.current = window.setTimeout(put, 150)
    }
    setTop(next)
    setStick(most - next < rowHeight)
  }

  useLayoutEffect(() => {
    const el = box.current
    if (!el) return
    const observer = new ResizeObserver(() => setHeight(el.clientHeight))
    observer.observe(el)
    setHeight(el.clientHeight)
    return () => {
      observer.disconnect()
      clearTimeout(settle.current)
    }
  }, [])
  useLayoutEffect(() => {
    if (stick && (box.current?.clientHeight ?? 0) > 0) goTo(most)
  }, [rows, height, stick])
  const wheel = useRef((_: WheelEvent) => {})
  wheel.current = (e) => {
    if (share === 1 || e.ctrlKey || !e.deltaY) return
    e.preventDefault()
    const unit = e.deltaMode === 1 ? rowHeight : e.deltaMode === 2 ? height : 1
    const to = top + e.deltaY * unit
    goTo(to)
    setStick(most - to < rowHeight)
  }
  useEffect(() => {
    const el = box.current
    const turn = (e: WheelEvent) => wheel.current(e)
    el?.addEventListener('wheel', turn, { passive: false })
    return () => el?.removeEventListener('wheel', turn)
  }, [])

  const first = Math.max(0, Math.min(Math.floor(top / rowHeight), count - 1) - 6)
  const last = Math.min(count, Math.ceil((top + height) / rowHeight) + 6)
  useEffect(() => rows.want?.(first, last), [rows, first, last])
  // Rows of what goes on move up when the oldest go: then the stop is looked for by its number.
  const stopIndex =
    stop === undefined || rows.at(stop.i)?.seq === stop.seq
      ? (stop?.i ?? -1)
      : placeOf(rows, stop.seq, first, last, rows.at(stop.i) ? -1 : stop.i)
  const tabStop = stopIndex >= first && stopIndex < last ? stopIndex : Math.max(first, last - 1)

  const focusRow = (i: number) => {
    const el = box.current
    if (!el || i < 0 || i >= count) return
    if (i * rowHeight < top) goTo(i * rowHeight)
    else if ((i + 1) * rowHeight > top + el.clientHeight) goTo((i + 1) * rowHeight - el.clientHeight)
    setStick(i === count - 1)
    setStop({ i, seq: rows.at(i)?.seq ?? -1 })
    requestAnimationFrame(() => el.querySelector<HTMLElement>(`[aria-rowindex="${i + 1}"]`)?.focus({ preventScroll: true }))
  }
  // Who comes from elsewhere for one message finds it in sight.
  useLayoutEffect(() => {
    if (!chosen) return
    let at = count - 1
    while (at >= 0 && rows.at(at)?.seq !== chosen.seq) at--
    if (at < 0) return
    focusRow(at)
  }, [])
  const keys = (e: KeyboardEvent) => {
    const at = Number((e.target as HTMLElement).getAttribute('aria-rowindex')) - 1
    if (at < 0) return
    const page = Math.max(1, Math.floor(height / rowHeight) - 1)
    const to: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: Math.min(count - 1, at + page),
      PageUp: Math.max(0, at - page),
      Home: 0,
      End: count - 1,
    }
    if (e.key in to) {
      e.preventDefault()
      focusRow(to[e.key]!)
    } else if (e.key === 'Enter' || e.key === ' ') {
      e.preventDefault()
      choose(rows.at(at))
    } else if (e.key === 'Escape') choose(undefined)
  }

  const drawn = Array.from({ length: Math.max(0, last - first) }, (_, k) => first + k)
  return (
    <>
      {top < rowHeight && !!rows.before && <Older n={rows.before} />}
      <div
        class="msgs"
        ref={box}
        role={count ? 'grid' : 'region'}
        aria-label={say('messages.list')}
        aria-rowcount={count || undefined}
        aria-readonly={count ? true : undefined}
        onKeyDown={keys}
        onScroll={scrolled}
      >
        {count === 0 && <Nothing />}
        <div role="presentation" style={{ height: `${tall}px`, position: 'relative' }}>
          <div
            role={count ? 'rowgroup' : undefined}
            class={share === 1 ? undefined : 'pinned'}
            style={share === 1 ? undefined : { height: `${height}px` }}
          >
            {drawn.map((i) => {
              const m = rows.at(i)
              const place = { transform: `translateY(${i * rowHeight - (share === 1 ? 0 : top)}px)` }
              if (!m)
                return (
                  <div
                    key={`at ${i}`}
                    role="row"
                    class="msg"
                    style={place}
                    aria-rowindex={i + 1}
                    aria-busy
                    tabIndex={i === tabStop ? 0 : -1}
                  >
                    <span role="gridcell" class="muted">
                      …
                    </span>
                  </div>
                )
              const [, look] = direction(m)
              const on = chosen?.seq === m.seq
              return (
                <div
                  key={m.seq}
                  role="row"
                  class={`msg${on ? ' sel' : ''}`}
                  style={place}
                  aria-rowindex={i + 1}
                  aria-selected={on}
                  tabIndex={i === tabStop ? 0 : -1}
                  onFocus={() => setStop({ i, seq: m.seq })}
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
    </>
  )
}

// placeOf finds a message among the rows that are drawn; -1: it is not there.
function placeOf(rows: Rows, seq: number, first: number, last: number, otherwise: number): number {
  for (let i = first; i < last; i++) if (rows.at(i)?.seq === seq) return i
  return otherwise
}

function Nothing() {
  if (opened.value && !found.value.done) return null
  const some = opened.value ? found.value.count > 0 : total.value > 0
  return (
    <p class="hint">
      {some ? say('messages.noneFound') : board.value.state === 'running' ? say('messages.none') : say('messages.noneYet')}
    </p>
  )
}
