// The view "Chart": curves of the numbers that come, their last values as a table, and controls that send.
import { signal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { provide, word, type Command } from '../commands/table'
import { clock } from '../format'
import { Icon } from '../parts/icons'
import { layout } from '../parts/layout'
import { MenuButton, type Item } from '../parts/menu'
import { announce, openDialog, project, settings } from '../state'
import { say } from '../words'
import type { Numbers, Series } from './collect'
import { Beside, Controls } from './controls'
import { ControlDialog, RangeDialog, SeriesDialog } from './dialogs'
import { backToNow, live, other } from './live'
import { look } from './palette'
import { Plot } from './plot'
import { csv, download } from './save'
import { chart, factorOf, labelOf, setChart, setSeries, settingsOf, shown, unitOf } from './settings'
import { cursor, move, newest, still, zoom, type Span } from './view'
import './chart.css'

const numbersNow = (): Numbers | undefined => other.value?.numbers ?? live.value

const spanNow = (n: Numbers): Span => still.peek() ?? newest(n, other.peek() ? true : undefined)

const quiet = matchMedia('(prefers-reduced-motion: reduce)')
const darkness = matchMedia('(prefers-color-scheme: dark)')
const $darkness = signal(darkness.matches)
darkness.addEventListener('change', () => ($darkness.value = darkness.matches))
const isDark = () => settings.value.theme === 'dark' || (settings.value.theme !== 'light' && $darkness.value)

let plot: Plot | undefined

const own = {
  pause: {
    id: 'chart.pause',
    group: 'messages',
    label: () => say(still.value ? 'tools.resume' : 'tools.pause'),
    more: () => say('chart.pause'),
    act: pause,
  },
  png: { id: 'chart.png', group: 'messages', label: word('chart.png'), act: savePicture },
  csv: { id: 'chart.csv', group: 'messages', label: word('chart.csv'), act: saveTable },
  range: {
    id: 'chart.range',
    group: 'messages',
    label: word('chart.rangeMore'),
    act: () => openDialog((end) => <RangeDialog end={end} />),
  },
  slider: {
    id: 'chart.slider',
    group: 'messages',
    label: word('chart.addSlider'),
    act: () => openDialog((end) => <ControlDialog kind="slider" end={end} />),
  },
  switch: {
    id: 'chart.switch',
    group: 'messages',
    label: word('chart.addSwitch'),
    act: () => openDialog((end) => <ControlDialog kind="switch" end={end} />),
  },
  clear: { id: 'chart.clear', group: 'messages', label: word('chart.clear'), act: clear },
} satisfies Record<string, Command>
provide(Object.values(own))

function pause(): void {
  const n = numbersNow()
  if (n) still.value = still.peek() ? undefined : newest(n)
}

function clear(): void {
  live.peek()?.clear()
  still.value = cursor.value = undefined
}

function savePicture(): void {
  plot?.picture()?.toBlob((b) => b && download(`${project.peek()?.name ?? 'chart'}.png`, b), 'image/png')
}

function saveTable(): void {
  const n = numbersNow()
  if (!n) return
  const list = n.series
    .filter((s) => !settingsOf(s).hidden)
    .map((s) => ({ label: labelOf(s), unit: unitOf(s), factor: factorOf(s), ring: s.ring }))
  const { from, to } = still.peek() ?? { from: -Infinity, to: Infinity }
  download(`${project.peek()?.name ?? 'chart'}.csv`, new Blob(['\ufeff', csv(list, from, to)], { type: 'text/csv' }))
}

const spans = [10, 30, 60, 300, 3600, -1]
const spanWord = (s: number) =>
  s < 0
    ? say('chart.all')
    : s < 60
      ? say('chart.lastSeconds', { n: s })
      : s < 3600
        ? say('chart.lastMinutes', { n: s / 60 })
        : say('chart.lastHour')

export function ChartTools() {
  const { tight } = layout.value
  const now = chart.value.seconds || 30
  const items = (): Item[] => [
    ...(tight ? spans.map((s) => spanItem(s)) : []),
    ...(tight && !still.value ? [{ label: own.pause.label(), line: true, act: pause }] : []),
    { label: own.range.label(), line: tight, act: own.range.act },
    { label: own.slider.label(), line: true, act: own.slider.act },
    { label: own.switch.label(), act: own.switch.act },
    { label: own.png.label(), line: true, act: own.png.act },
    { label: own.csv.label(), act: own.csv.act },
    { label: own.clear.label(), line: true, disabled: !!other.value, act: own.clear.act },
  ]
  const spanItem = (s: number): Item => ({
    label: spanWord(s),
    checked: s === now,
    act: () => {
      still.value = undefined
      setChart({ seconds: s })
    },
  })
  return (
    <>
      {!tight && (
        <MenuButton class="quiet" title={say('chart.axis')} right items={() => spans.map(spanItem)}>
          {spanWord(now)}
        </MenuButton>
      )}
      {(!tight || still.value) && (
        <button type="button" class="quiet" aria-pressed={!!still.value} onClick={pause}>
          {own.pause.label()}
        </button>
      )}
      <MenuButton class="quiet more" label={say('chart.more')} title={say('chart.more')} right items={items}>
        <Icon name="more" />
      </MenuButton>
    </>
  )
}

export function Chart({ shown: isShown }: { shown: boolean }) {
  const n = numbersNow()
  const [, tick] = useState(0)
  // The table and what is beside the chart change four times a second at most; only the curves follow every value.
  useEffect(() => {
    if (!isShown) return
    let last = -1
    const timer = setInterval(() => {
      const now = numbersNow()?.version ?? 0
      if (now !== last) tick((k) => k + 1)
      last = now
    }, 250)
    return () => clearInterval(timer)
  }, [isShown])
  void cursor.value
  const list = n?.series ?? []
  return (
    <div class="messages chart">
      {other.value && (
        <p class="chart-other">
          {other.value.title}
          <button type="button" class="plain small" onClick={backToNow}>
            {say('chart.backToNow')}
          </button>
        </p>
      )}
      {list.length === 0 ? (
        <p class="hint">{say('chart.none', { t: '{"t": 23.5}' })}</p>
      ) : (
        <div class="chart-both">
          <Curves n={n!} count={list.length} isShown={isShown} />
          <Values n={n!} version={n!.version} />
        </div>
      )}
      <Controls />
    </div>
  )
}

function Curves({ n, isShown }: { n: Numbers; count: number; isShown: boolean }) {
  const host = useRef<HTMLDivElement>(null)
  const dark = isDark()
  const visible = n.series.filter((s) => !settingsOf(s).hidden)
  const { fixed, low = 0, high = 0 } = chart.value
  // What the curves look like; they are made anew when it changes.
  const looks = visible.map((s) => [s.key, labelOf(s), unitOf(s), factorOf(s), s.onOff, s.index].join('\n')).join('\t')
  useLayoutEffect(() => {
    const el = host.current
    if (!el) return
    const its = new Plot(el, {
      pointed: (time) => (cursor.value = time),
      selected: (from, to) => (still.value = { from, to }),
      reset: () => (still.value = undefined),
    })
    plot = its
    const observer = new ResizeObserver(() => its.resize())
    observer.observe(el)
    return () => {
      observer.disconnect()
      its.destroy()
      plot = undefined
    }
  }, [])
  useLayoutEffect(() => {
    const curves = visible.map((s) => ({
      ring: s.ring,
      label: labelOf(s),
      unit: unitOf(s),
      factor: factorOf(s),
      look: look(s.index, dark),
      steps: s.onOff,
    }))
    plot?.set(curves, fixed && low < high ? [low, high] : undefined)
    const s = spanNow(n)
    plot?.draw(s.from, s.to)
  }, [n, looks, dark, fixed, low, high])
  useEffect(() => {
    if (!isShown) return
    let [frame, last, at] = [0, '', 0]
    const draw = () => {
      frame = requestAnimationFrame(draw)
      const now = performance.now()
      if (quiet.matches && now - at < 500) return
      const s = spanNow(n)
      const key = `${still.peek() ? 0 : n.version} ${s.from} ${s.to} ${host.current?.clientWidth}`
      if (key === last) return
      last = key
      at = now
      plot?.draw(s.from, s.to)
    }
    frame = requestAnimationFrame(draw)
    return () => cancelAnimationFrame(frame)
  }, [n, isShown, looks])

  const hold = (s: Span) => (still.value = s)
  const wheel = (e: WheelEvent) => {
    if (!e.ctrlKey && !e.metaKey && !still.peek()) return // the page's own scrolling stays
    e.preventDefault()
    const s = spanNow(n)
    hold(zoom(s, e.deltaY > 0 ? 1.25 : 0.8, cursor.peek() ?? s.to))
  }
  const keys = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return
    const s = spanNow(n)
    const at = cursor.peek() ?? s.to
    const step = (s.to - s.from) / 50
    const act: Record<string, () => void> = {
      '+': () => hold(zoom(s, 0.5, at)),
      '=': () => hold(zoom(s, 0.5, at)),
      '-': () => hold(zoom(s, 2, at)),
      '0': () => (still.value = undefined),
      ' ': pause,
      ArrowLeft: () => (e.shiftKey ? hold(move(s, -0.2)) : point(Math.max(s.from, at - step))),
      ArrowRight: () => (e.shiftKey ? hold(move(s, 0.2)) : point(Math.min(s.to, at + step))),
      Home: () => point(s.from),
      End: () => point(s.to),
      Escape: () => {
        cursor.value = undefined
        plot?.point(undefined)
      },
    }
    const it = act[e.key]
    if (!it) return
    e.preventDefault()
    it()
  }
  const point = (time: number) => {
    if (!still.peek()) pause() // what is read stands still
    cursor.value = time
    plot?.point(time)
    announce([clock(time), ...visible.map((v) => `${labelOf(v)} ${valueAt(v, time)} ${unitOf(v)}`)].join(', '))
  }
  return (
    <div
      class="curves"
      tabIndex={0}
      role="application"
      aria-label={say('chart.label')}
      aria-describedby="chart-keys"
      onKeyDown={keys}
      onWheel={wheel}
    >
      <div class="plot" ref={host} />
      <span id="chart-keys" class="hidden">
        {say('chart.keys')}
      </span>
      {still.value && (
        <button type="button" class="plain small reset" onClick={() => (still.value = undefined)}>
          {say(other.value ? 'chart.showAll' : 'chart.backToNow')}
        </button>
      )}
    </div>
  )
}

// valueAt is what a series had at a time, as people read it.
function valueAt(s: Series, time: number | undefined): string {
  const i = time === undefined ? s.ring.length - 1 : s.ring.near(time)
  const v = i < 0 ? NaN : s.ring.valueAt(i) * factorOf(s)
  return s.onOff && !Number.isNaN(v) ? say(v > 0 ? 'chart.on' : 'chart.off') : shown(v)
}

// Views that read signals are drawn anew only for what they are given: count and version say that n has changed.
function Values({ n }: { n: Numbers; version: number }) {
  const dark = isDark()
  const at = cursor.value
  return (
    <div class="values">
      <div class="besides">
        {n.series.map((s) => settingsOf(s).beside && <Beside key={s.key} s={s} last={s.last} colour={look(s.index, dark).colour} />)}
      </div>
      <table aria-label={say('chart.values')}>
        <thead class={at === undefined ? 'hidden' : ''}>
          <tr>
            <th scope="col">{at === undefined ? say('chart.series') : clock(at)}</th>
            <th scope="col">{say(at === undefined ? 'chart.last' : 'chart.then')}</th>
            <th scope="col">
              <span class="hidden">{say('chart.change')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {n.series.map((s) => {
            const { hidden } = settingsOf(s)
            const { colour, dash } = look(s.index, dark)
            const label = labelOf(s)
            return (
              <tr key={s.key} class={hidden ? 'off' : ''}>
                <th scope="row">
                  <button
                    type="button"
                    class="series"
                    aria-pressed={!hidden}
                    title={say(hidden ? 'chart.show' : 'chart.hide', { name: label })}
                    onClick={() => setSeries(s, { hidden: !hidden })}
                  >
                    <svg viewBox="0 0 28 10" width="28" height="10" aria-hidden="true">
                      {!hidden && <path d="M0 5H28" stroke={colour} stroke-width="2.5" stroke-dasharray={dash.join(' ')} />}
                      {hidden && <path d="M9 5H19" stroke="currentColor" stroke-width="1.5" />}
                    </svg>
                    <span>{label}</span>
                  </button>
                </th>
                <td>
                  {valueAt(s, at)} <span class="muted">{unitOf(s)}</span>
                </td>
                <td>
                  <button
                    type="button"
                    class="quiet icon"
                    aria-label={say('chart.changeOf', { name: label })}
                    title={say('chart.changeOf', { name: label })}
                    onClick={() => openDialog((end) => <SeriesDialog s={s} end={end} />)}
                  >
                    <Icon name="more" />
                  </button>
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {n.left > 0 && <p class="hint">{say('chart.left', { n: n.left })}</p>}
      {n.lost > 0 && <p class="hint">{say('chart.lost', { n: n.lost })}</p>}
    </div>
  )
}
