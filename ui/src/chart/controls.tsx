// What stands beside the curves: gauges and lamps that show a value, sliders and switches that send one.
import { useEffect, useRef, useState } from 'preact/hooks'
import { api } from '../api'
import { Icon } from '../parts/icons'
import { attempt, openDialog, socket } from '../state'
import { say } from '../words'
import type { ChartControl } from '../wire'
import type { Series } from './collect'
import { ControlDialog } from './dialogs'
import { chart, factorOf, labelOf, settingsOf, shown, unitOf } from './settings'

export function Beside({ s, last, colour }: { s: Series; last: number; colour: string }) {
  const { beside, low = 0, high = 0 } = settingsOf(s)
  const value = last * factorOf(s)
  const label = labelOf(s)
  if (beside === 'lamp') {
    const on = value > 0
    return (
      <figure class="lamp">
        <i class={on ? 'on' : ''} role="img" aria-label={say(on ? 'chart.isOn' : 'chart.isOff', { name: label })}>
          {say(on ? 'chart.on' : 'chart.off')}
        </i>
        <figcaption aria-hidden="true">{label}</figcaption>
      </figure>
    )
  }
  const [from, to] = low < high ? [low, high] : reached(s)
  const part = Number.isNaN(value) ? 0 : Math.min(1, Math.max(0, (value - from) / (to - from || 1)))
  const text = `${shown(value)} ${unitOf(s)}`.trim()
  return (
    <figure class="gauge">
      <svg
        viewBox="0 0 100 62"
        role="meter"
        aria-label={label}
        aria-valuemin={from}
        aria-valuemax={to}
        aria-valuenow={Number.isNaN(value) ? from : Math.min(to, Math.max(from, value))}
        aria-valuetext={text}
      >
        <path d="M10 52A40 40 0 0 1 90 52" class="track" />
        <path d="M10 52A40 40 0 0 1 90 52" stroke={colour} pathLength={100} stroke-dasharray={`${part * 100} 200`} class="arc" />
        <text x="50" y="48" text-anchor="middle">
          {text}
        </text>
        <text x="10" y="61" text-anchor="middle" class="end">
          {shown(from)}
        </text>
        <text x="90" y="61" text-anchor="middle" class="end">
          {shown(to)}
        </text>
      </svg>
      <figcaption aria-hidden="true">{label}</figcaption>
    </figure>
  )
}

const spans = new WeakMap<Series, { seen: number; low: number; high: number }>()

// reached is where the values of a series were; each is looked at once.
function reached(s: Series): [number, number] {
  const was = spans.get(s) ?? { seen: -Infinity, low: Infinity, high: -Infinity }
  for (let i = s.ring.from(was.seen); i < s.ring.length; i++) {
    const v = s.ring.valueAt(i) * factorOf(s)
    if (v < was.low) was.low = v
    if (v > was.high) was.high = v
  }
  if (s.ring.length > 0) was.seen = s.ring.timeAt(s.ring.length - 1)
  spans.set(s, was)
  const [low, high] = [Math.min(0, was.low), Math.max(was.high, 0)]
  return low < high ? [low, high] : [0, 1]
}

export function Controls() {
  const list = chart.value.controls
  if (list.length === 0) return null
  return (
    <div class="controls" role="group" aria-label={say('chart.controls')}>
      {list.map((c, i) => (
        <div class="control" key={i}>
          {c.kind === 'slider' ? <Slider c={c} /> : <Switch c={c} />}
          <button
            type="button"
            class="quiet icon"
            aria-label={say('chart.changeOf', { name: c.label })}
            title={say('chart.changeOf', { name: c.label })}
            onClick={() => openDialog((end) => <ControlDialog kind={c.kind} at={i} end={end} />)}
          >
            <Icon name="more" />
          </button>
        </div>
      ))}
    </div>
  )
}

// send says whether the message went: what did not is no place for a control to be in.
const send = (c: ChartControl, value: string) => attempt(() => api.send(false, c.pattern.replaceAll('{value}', value)).then(() => true))
const why = () => (socket.value.state === 'open' ? undefined : say('chart.notConnected'))

const pace = 80 // milliseconds between two messages of a slider that is being moved: boards are slow

function Slider({ c }: { c: ChartControl }) {
  const [low, high] = [c.low ?? 0, c.high ?? 100]
  const [value, setValue] = useState(low)
  const waiting = useRef<number | undefined>(undefined)
  const went = useRef(low)
  const busy = useRef(false)
  const timer = useRef(0)
  useEffect(() => () => clearTimeout(timer.current), [])
  const next = async () => {
    if (busy.current || waiting.current === undefined) return
    busy.current = true
    const v = waiting.current
    waiting.current = undefined
    if (await send(c, shown(v))) went.current = v
    else if (waiting.current === undefined) setValue(went.current)
    timer.current = window.setTimeout(() => {
      busy.current = false
      void next() // the last value always goes
    }, pace)
  }
  return (
    <label title={why()}>
      <span>{c.label}</span>
      <input
        type="range"
        min={low}
        max={high}
        step={c.step || 'any'}
        value={value}
        disabled={!!why()}
        onInput={(e) => {
          const v = Number(e.currentTarget.value)
          setValue(v)
          waiting.current = v
          void next()
        }}
      />
      <output>{shown(Number(value.toPrecision(6)))}</output>
    </label>
  )
}

function Switch({ c }: { c: ChartControl }) {
  const [on, setOn] = useState(false)
  return (
    <button
      type="button"
      class="switch"
      role="switch"
      aria-checked={on}
      disabled={!!why()}
      title={why()}
      onClick={() => {
        setOn(!on)
        void send(c, on ? (c.off ?? '') : (c.on ?? '')).then((went) => went || setOn(on))
      }}
    >
      <i aria-hidden="true" />
      {c.label}
    </button>
  )
}
