// The view "Timeline": one column, since a panel below an editor is wide and low. What is close in time stands close together,
// with how much later it came; the kind is a word and a colour.
import { signal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { api } from '../api'
import { jump } from '../editor/tabs'
import { clock, nameOf } from '../format'
import { Icon } from '../parts/icons'
import { layout } from '../parts/layout'
import { MenuButton, type Item } from '../parts/menu'
import { arrows } from '../parts/roving'
import { announce, attempt, keep, show } from '../state'
import { say, type Word } from '../words'
import { showMessage } from '../messages/messages'
import { type Entry, fitting, type Kind } from './entries'
import { entries } from './live'
import './timeline.css'

const kinds: [Kind, Word, Word][] = [
  ['click', 'timeline.click', 'timeline.kindClick'],
  ['message', 'timeline.message', 'timeline.kindMessage'],
  ['pin', 'timeline.pin', 'timeline.kindPin'],
  ['serial', 'timeline.serial', 'timeline.kindSerial'],
  ['page', 'timeline.page', 'timeline.kindPage'],
  ['run', 'timeline.run', 'timeline.kindRun'],
  ['push', 'timeline.push', 'timeline.kindPush'],
]
const shortOf = new Map<Kind, Word>([...kinds.map(([k, , w]) => [k, w] as const), ['mark', 'timeline.kindMark']])

const $hidden = signal<ReadonlySet<Kind>>(new Set())
const $text = signal('')
const $count = signal(300) // of the newest that are drawn

const step = 300

export function TimelineTools() {
  const { tight } = layout.value
  const items = (): Item[] => [
    ...kinds.map(
      ([kind, label]): Item => ({
        label: say(label),
        on: !$hidden.value.has(kind),
        act: () => {
          const next = new Set($hidden.value)
          if (!next.delete(kind)) next.add(kind)
          $hidden.value = next
        },
      }),
    ),
    { label: say('tools.clear'), line: true, act: () => entries.peek()?.clear() },
  ]
  return (
    <>
      {!tight && <Filter />}
      <MenuButton
        class={`quiet more${$hidden.value.size ? ' on' : ''}`}
        label={say('timeline.kinds')}
        title={say('timeline.kinds')}
        right
        items={items}
      >
        <Icon name="more" />
      </MenuButton>
    </>
  )
}

function Filter() {
  return (
    <input
      class="filter"
      type="search"
      aria-label={say('timeline.filter')}
      placeholder={say('timeline.filter')}
      value={$text.value}
      onInput={(e) => ($text.value = e.currentTarget.value)}
    />
  )
}

// goTo leads to where a line comes from; undefined: there is no such place.
function goTo(e: Entry): (() => void) | undefined {
  if (e.path) return () => void jump(e.path!, e.line ?? 1, e.column ?? 1)
  if (e.kind === 'message' || e.kind === 'mark') return () => e.message && showMessage(e.message)
  if (e.kind === 'serial') return () => keep({ below: 'console' })
  if (e.kind === 'pin') return () => show('board')
  return undefined
}

export function Timeline({ shown }: { shown: boolean }) {
  const its = entries.value
  const [, tick] = useState(0)
  const [stick, setStick] = useState(true) // at the end, and staying there
  const [stop, setStop] = useState(0) // the line that Tab goes to
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!shown) return
    let last = -1
    const timer = setInterval(() => {
      const now = entries.peek()?.version ?? 0
      if (now !== last) tick((k) => k + 1)
      last = now
    }, 200)
    return () => clearInterval(timer)
  }, [shown])
  const all = fitting(its?.list ?? [], $hidden.value, $text.value)
  const list = all.slice(-$count.value)
  const newest = list.at(-1)?.id
  useLayoutEffect(() => {
    const el = box.current
    if (el && stick) el.scrollTop = el.scrollHeight
  }, [newest, stick, list.length])
  const at = list.some((e) => e.id === stop) ? stop : newest
  return (
    <div class="messages timeline">
      {layout.value.tight && (
        <div class="narrow">
          <Filter />
        </div>
      )}
      <div
        class="events"
        ref={box}
        role="region"
        aria-label={say('timeline.list')}
        onScroll={(e) => {
          const el = e.currentTarget
          setStick(el.scrollHeight - el.scrollTop - el.clientHeight < 24)
        }}
      >
        {list.length === 0 && <p class="hint">{say(its?.list.length ? 'timeline.noneFound' : 'timeline.none')}</p>}
        {all.length > list.length && (
          <button type="button" class="plain small" onClick={() => ($count.value += step)}>
            {say('timeline.older')}
          </button>
        )}
        <ol onKeyDown={(e) => arrows(e, '.event', 'column')}>
          {list.map((e, i) => {
            const go = goTo(e)
            const since = i > 0 ? e.time - list[i - 1]!.time : 0
            return (
              <li key={e.id} class={since > 1000 ? 'apart' : ''}>
                <button
                  type="button"
                  class={`event${e.bad ? ' bad' : ''}`}
                  data-kind={e.kind}
                  tabIndex={e.id === at ? 0 : -1}
                  title={go ? say('timeline.go') : undefined}
                  aria-disabled={!go}
                  onFocus={() => setStop(e.id)}
                  onClick={go}
                >
                  <span class="t">{clock(e.time)}</span>
                  <span class="d">{i > 0 && since < 10_000 ? `+${since}` : ''}</span>
                  <span class="k">{say(shortOf.get(e.kind)!)}</span>
                  <span class="c" title={e.text}>
                    {e.text}
                  </span>
                  {(e.count ?? 1) > 1 && <span class="tag">{say('messages.times', { n: e.count! })}</span>}
                  {e.path && (
                    <span class="muted">
                      {nameOf(e.path)}
                      {e.line ? `:${e.line}` : ''}
                    </span>
                  )}
                </button>
              </li>
            )
          })}
        </ol>
      </div>
      <MarkLine />
    </div>
  )
}

function MarkLine() {
  const [text, setText] = useState('')
  const submit = (e: Event) => {
    e.preventDefault()
    setText('') // the next keys are for the next mark, however late the answer comes
    void attempt(async () => {
      await api.mark(text.trim())
      announce(say('timeline.marked'))
      return true
    }).then((ok) => {
      if (!ok) setText((now) => now || text)
    })
  }
  return (
    <form class="send" onSubmit={submit}>
      <input
        aria-label={say('timeline.markText')}
        placeholder={say('timeline.markText')}
        title={say('timeline.markText')}
        value={text}
        maxLength={60}
        autocomplete="off"
        onInput={(e) => setText(e.currentTarget.value)}
      />
      <button type="submit" class="secondary" title={say('timeline.markTitle')}>
        {say('timeline.mark')}
      </button>
    </form>
  )
}
