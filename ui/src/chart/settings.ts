// How this project's numbers are shown: kept in its studio.json, so that it goes with the project.
import { computed, signal } from '@preact/signals'
import { api } from '../api'
import { attempt, project } from '../state'
import type { Chart, ChartControl, ChartSeries } from '../wire'
import { say } from '../words'
import type { Series } from './collect'

const none: Chart = { series: [], controls: [], seconds: 0, fixed: false }

const $changed = signal<{ project: string; chart: Chart } | undefined>(undefined) // what is not saved yet

export const chart = computed<Chart>(() => {
  const p = project.value
  const mine = $changed.value
  return (mine && mine.project === p?.name ? mine.chart : p?.chart) ?? none
})

let timer = 0

// setChart changes it here at once, and in the project a moment later.
export function setChart(part: Partial<Chart>): void {
  const p = project.peek()
  if (!p) return
  const mine = { project: p.name, chart: { ...chart.peek(), ...part } }
  $changed.value = mine
  clearTimeout(timer)
  if (p.readOnly) return // for as long as the page is open
  timer = window.setTimeout(async () => {
    await attempt(() => api.setChart(mine.project, mine.chart))
    // The project's own has come by now; what was changed since stays.
    if ($changed.peek() === mine) setTimeout(() => $changed.peek() === mine && ($changed.value = undefined), 1000)
  }, 400)
}

const empty = { key: '', hidden: false }

export const settingsOf = (s: Series): ChartSeries =>
  chart.value.series.find((it) => it.key === s.key) ?? { ...empty, key: s.key, hidden: s.source === 'sent' }

export function setSeries(s: Series, part: Partial<ChartSeries>): void {
  const next = { ...settingsOf(s), ...part }
  setChart({ series: [...chart.peek().series.filter((it) => it.key !== s.key), next].slice(-64) })
}

export function setControl(at: number, control: ChartControl | undefined): void {
  const all = [...chart.peek().controls]
  if (control) all.splice(at, 1, control)
  else all.splice(at, 1)
  setChart({ controls: all.slice(0, 24) })
}

// labelOf is what people call a series.
export function labelOf(s: Series): string {
  const own = settingsOf(s).label
  if (own) return own
  const name = s.name === '' ? say('chart.value') : /^\d+$/.test(s.name) ? say('chart.column', { n: s.name }) : s.name
  return s.source === 'sent' ? say('chart.sent', { name }) : s.source === 'console' ? say('chart.printed', { name }) : name
}

export const unitOf = (s: Series): string => settingsOf(s).unit ?? s.unit

export const factorOf = (s: Series): number => settingsOf(s).factor || 1

// shown writes a value as people read it: six digits at most, and no rest of a binary fraction.
export function shown(v: number): string {
  if (Number.isNaN(v)) return '–'
  const size = Math.abs(v)
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return v.toExponential(3)
  return String(Number(size >= 1e5 ? v.toFixed(0) : v.toPrecision(6)))
}
