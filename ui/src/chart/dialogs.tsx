// The dialogs of the chart: a series, the y axis, a control.
import { useState } from 'preact/hooks'
import { Dialog } from '../parts/dialog'
import { say, type Word } from '../words'
import type { ChartControl } from '../wire'
import type { Series } from './collect'
import { chart, labelOf, setChart, setControl, setSeries, settingsOf, unitOf } from './settings'

interface FieldProps {
  word: Word
  value: string
  set: (v: string) => void
  hint?: string
  numeric?: boolean
  wrong?: boolean
  required?: boolean
}

function Field({ word, value, set, hint, numeric, wrong, required }: FieldProps) {
  const id = `hint-${word}`
  return (
    <label class="field">
      <span>{say(word)}</span>
      <input
        value={value}
        maxLength={numeric ? 20 : 60}
        inputMode={numeric ? 'decimal' : undefined}
        required={required}
        autocomplete="off"
        spellcheck={false}
        aria-invalid={!!wrong}
        aria-describedby={hint ? id : undefined}
        onInput={(e) => set(e.currentTarget.value)}
      />
      {hint && (
        <small id={id} class="muted">
          {hint}
        </small>
      )}
    </label>
  )
}

// numberOf reads what somebody typed, also with a decimal comma; NaN: it is no number.
const numberOf = (text: string) => (text.trim() === '' ? NaN : Number(text.trim().replace(',', '.')))
const textOf = (n: number | undefined) => (n === undefined ? '' : String(n))

function Buttons({ end, remove }: { end: () => void; remove?: () => void }) {
  return (
    <div class="row end">
      {remove && (
        <button type="button" class="danger" onClick={remove}>
          {say('chart.remove')}
        </button>
      )}
      <span class="grow" />
      <button type="button" class="plain" onClick={end}>
        {say('dialog.cancel')}
      </button>
      <button type="submit" class="secondary">
        {say('chart.apply')}
      </button>
    </div>
  )
}

// Ends are a least and a greatest number; wrong says that they cannot be.
function Ends({ low, high, set, wrong }: { low: string; high: string; set: (low: string, high: string) => void; wrong: boolean }) {
  return (
    <>
      <div class="two">
        <Field word="chart.low" value={low} set={(v) => set(v, high)} numeric wrong={wrong} />
        <Field word="chart.high" value={high} set={(v) => set(low, v)} numeric wrong={wrong} />
      </div>
      <p class="wrong-text" role="alert">
        {wrong && say('chart.wrongEnds')}
      </p>
    </>
  )
}

export function SeriesDialog({ s, end }: { s: Series; end: () => void }) {
  const was = settingsOf(s)
  const [label, setLabel] = useState(labelOf(s))
  const [unit, setUnit] = useState(unitOf(s))
  const [factor, setFactor] = useState(textOf(was.factor || 1))
  const [beside, setBeside] = useState(was.beside ?? '')
  const [ends, setEnds] = useState([was.low === was.high ? '' : textOf(was.low ?? 0), was.low === was.high ? '' : textOf(was.high ?? 0)])
  const [wrong, setWrong] = useState<'factor' | 'ends' | undefined>()
  const submit = (e: Event) => {
    e.preventDefault()
    const by = factor.trim() === '' ? 1 : numberOf(factor)
    const [low, high] = ends.map(numberOf) as [number, number]
    const given = beside === 'gauge' && ends.some((t) => t.trim() !== '')
    if (!Number.isFinite(by) || by === 0) return setWrong('factor')
    if (given && !(low < high)) return setWrong('ends')
    setSeries(s, {
      label: label.trim() === labelOf(s) ? was.label : label.trim() || undefined,
      unit: unit.trim() === s.unit ? undefined : unit.trim(),
      factor: by === 1 ? undefined : by,
      beside: beside || undefined,
      low: given ? low : undefined,
      high: given ? high : undefined,
    })
    end()
  }
  const kinds: [string, Word][] = [
    ['', 'chart.besideNothing'],
    ['gauge', 'chart.gauge'],
    ['lamp', 'chart.lamp'],
  ]
  return (
    <Dialog title={say('chart.changeOf', { name: labelOf(s) })} close={end}>
      <form onSubmit={submit} noValidate>
        <Field word="chart.name" value={label} set={setLabel} />
        <div class="two">
          <Field word="chart.unit" value={unit} set={setUnit} />
          <Field word="chart.factor" value={factor} set={setFactor} numeric hint={say('chart.factorHint')} wrong={wrong === 'factor'} />
        </div>
        <p class="wrong-text" role="alert">
          {wrong === 'factor' && say('chart.wrongFactor')}
        </p>
        <fieldset class="kinds">
          <legend>{say('chart.beside')}</legend>
          {kinds.map(([id, text]) => (
            <label key={id}>
              <input type="radio" name="beside" checked={beside === id} onChange={() => setBeside(id)} /> {say(text)}
            </label>
          ))}
        </fieldset>
        {beside === 'gauge' && <Ends low={ends[0]!} high={ends[1]!} set={(l, h) => setEnds([l, h])} wrong={wrong === 'ends'} />}
        <Buttons end={end} />
      </form>
    </Dialog>
  )
}

export function RangeDialog({ end }: { end: () => void }) {
  const now = chart.value
  const [fixed, setFixed] = useState(now.fixed)
  const [ends, setEnds] = useState(now.fixed ? [textOf(now.low ?? 0), textOf(now.high ?? 0)] : ['0', '100'])
  const [wrong, setWrong] = useState(false)
  const submit = (e: Event) => {
    e.preventDefault()
    const [low, high] = ends.map(numberOf) as [number, number]
    if (fixed && !(low < high)) return setWrong(true)
    setChart(fixed ? { fixed, low, high } : { fixed, low: undefined, high: undefined })
    end()
  }
  return (
    <Dialog title={say('chart.range')} close={end}>
      <form onSubmit={submit} noValidate>
        <fieldset class="kinds">
          <legend class="hidden">{say('chart.range')}</legend>
          <label>
            <input type="radio" name="range" checked={!fixed} onChange={() => setFixed(false)} /> {say('chart.rangeAuto')}
          </label>
          <label>
            <input type="radio" name="range" checked={fixed} onChange={() => setFixed(true)} /> {say('chart.rangeFixed')}
          </label>
        </fieldset>
        {fixed && <Ends low={ends[0]!} high={ends[1]!} set={(l, h) => setEnds([l, h])} wrong={wrong} />}
        <Buttons end={end} />
      </form>
    </Dialog>
  )
}

// ControlDialog makes a slider or a switch, or changes the one at a place.
export function ControlDialog({ kind, at, end }: { kind: string; at?: number; end: () => void }) {
  const was = at === undefined ? undefined : chart.value.controls[at]
  const isSlider = kind === 'slider'
  const [label, setLabel] = useState(was?.label ?? '')
  const [pattern, setPattern] = useState(was?.pattern ?? (isSlider ? 'brightness {value}' : 'LED{value}'))
  const [ends, setEnds] = useState(was ? [textOf(was.low ?? 0), textOf(was.high ?? 0)] : ['0', '100'])
  const [step, setStep] = useState(textOf(was ? (was.step ?? 0) : 1))
  const [on, setOn] = useState(was?.on ?? 'on')
  const [off, setOff] = useState(was?.off ?? 'off')
  const [wrong, setWrong] = useState<'pattern' | 'ends' | undefined>()
  const value = isSlider ? ends[1]! : on
  const submit = (e: Event) => {
    e.preventDefault()
    const [low, high] = ends.map(numberOf) as [number, number]
    if (!pattern.includes('{value}')) return setWrong('pattern')
    if (isSlider && !(low < high)) return setWrong('ends')
    const by = Math.max(0, numberOf(step) || 0)
    const control: ChartControl = {
      kind,
      label: label.trim() || pattern.replaceAll('{value}', '').replace(/[\s=:]+$/, '') || pattern,
      pattern,
      ...(isSlider ? { low, high, step: by } : { on, off }),
    }
    setControl(at ?? chart.value.controls.length, control)
    end()
  }
  return (
    <Dialog title={say(isSlider ? 'chart.slider' : 'chart.switch')} close={end}>
      <form onSubmit={submit} noValidate>
        <Field
          word="chart.pattern"
          value={pattern}
          set={setPattern}
          hint={say('chart.patternHint', { text: pattern.replaceAll('{value}', value), mark: '{value}' })}
          wrong={wrong === 'pattern'}
        />
        <p class="wrong-text" role="alert">
          {wrong === 'pattern' && say('chart.wrongPattern', { mark: '{value}' })}
        </p>
        <Field word="chart.name" value={label} set={setLabel} />
        {isSlider ? (
          <>
            <Ends low={ends[0]!} high={ends[1]!} set={(l, h) => setEnds([l, h])} wrong={wrong === 'ends'} />
            <Field word="chart.step" value={step} set={setStep} numeric hint={say('chart.stepHint')} />
          </>
        ) : (
          <div class="two">
            <Field word="chart.whenOn" value={on} set={setOn} />
            <Field word="chart.whenOff" value={off} set={setOff} />
          </div>
        )}
        <Buttons
          end={end}
          remove={
            at === undefined
              ? undefined
              : () => {
                  setControl(at, undefined)
                  end()
                }
          }
        />
      </form>
    </Dialog>
  )
}
