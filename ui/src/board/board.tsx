// The board: a picture that shows what its pins do, and the facts in words.
import { useEffect, useRef, useState } from 'preact/hooks'
import { api } from '../api'
import { bytes, duration, part } from '../format'
import type { Pin } from '../message'
import { Icon } from '../parts/icons'
import { arrows } from '../parts/roving'
import { sizeOf, toggleFold } from '../parts/split'
import { attempt, board, boardFiles, lit, pins, running } from '../state'
import { say } from '../words'
import './board.css'
import { mood } from './menu'

export function BoardPanel() {
  const b = board.value
  const folded = sizeOf('board') === 0
  return (
    <section class={`panel board${folded ? ' folded' : ''}`} aria-label={say('board.panel')} data-panel="board">
      <h2>
        <span>{say('board.panel')} <span class={`tag ${mood()}`}>{say(`board.state.${b.state}`)}</span></span>
        <button type="button" class="quiet icon fold-button" aria-expanded={!folded} aria-label={say('board.fold')} title={say('board.fold')} onClick={() => toggleFold('board')}><Icon name="fold" /></button>
      </h2>
      {!folded && (
        <div class="inside">
          <Picture />
          {b.state !== 'running' && !running.value && b.text && <p class={`state-text ${mood()}`} role="status">{b.text}</p>}
          <Facts />
          <PinList />
        </div>
      )}
    </section>
  )
}

// Where the pads are on the picture: GPIO numbers, or a name for power.
const top: (number | string)[] = ['5V', 'GND', '3V3', 4, 3, 2, 1, 0]
const bottom: (number | string)[] = [5, 6, 7, 8, 9, 10, 20, 21]

const levelWord = (p: Pin) => say(p.level ? 'pin.high' : 'pin.low')

// inWords says what a pin does: "GPIO8 (LED): output, high".
function inWords(p: Pin): string {
  if (p.mode === 'unused') return say('pin.unused', { pin: p.name || p.pin })
  if (p.mode === 'analog' || p.value) return say('pin.analog', { pin: p.name || p.pin, percent: Math.round(((p.value ?? 0) / 65535) * 100) })
  return say(p.mode === 'output' ? 'pin.output' : 'pin.input', { pin: p.name || p.pin, level: levelWord(p) })
}

function Picture() {
  const b = board.value
  const [told, setTold] = useState<string | undefined>()
  const on = lit.value
  const known = new Map(pins.value.map((p) => [p.pin, p]))
  const [stop, setStop] = useState<number | undefined>()
  const first = stop ?? [...top, ...bottom].find((n) => typeof n === 'number' && known.has(n))
  const pad = (n: number | string, i: number, y: number) => {
    const x = 64 + i * 20
    if (typeof n === 'string') return <circle key={n} cx={x} cy={y} r="4" class="pad power"><title>{say(`pin.power`, { name: n })}</title></circle>
    const p = known.get(n)
    const words = p ? inWords(p) : say('pin.unused', { pin: `GPIO${n}` })
    const used = p && p.mode !== 'unused'
    return (
      <g key={n} class={`pin${used ? ' used' : ''}${p?.level && used ? ' high' : ''}`} role={p ? 'img' : undefined} aria-label={p ? words : undefined} data-pin={n}
        tabindex={p ? (n === first ? 0 : -1) : undefined} // in SVG only this spelling counts
        onPointerEnter={() => setTold(words)} onPointerLeave={() => setTold(undefined)}
        onFocus={() => { setTold(words); setStop(n) }} onBlur={() => setTold(undefined)}>
        <rect x={x - 9} y={y - 9} width="18" height="18" fill="transparent" />
        <circle cx={x} cy={y} r="4" class="pad" />
        {used && <circle cx={x} cy={y} r="2" class="level" />}
      </g>
    )
  }
  const led = b.led >= 0 ? say(on ? 'board.pictureOn' : 'board.pictureOff', { name: b.name || b.chip, pin: b.led }) : say('board.picture', { name: b.name || b.chip })
  return (
    <div class="picture">
      <svg viewBox="0 0 320 122" role="group" aria-label={led} onKeyDown={(e) => { arrows(e, '.pin[tabindex]', 'row') }}>
        <defs>
          <radialGradient id="glow">
            <stop offset="0" stop-color="var(--led)" stop-opacity=".95" />
            <stop offset=".35" stop-color="var(--led)" stop-opacity=".45" />
            <stop offset="1" stop-color="var(--led)" stop-opacity="0" />
          </radialGradient>
        </defs>
        <rect x="34" y="21" width="252" height="80" rx="9" fill="var(--pcb)" />
        <rect x="20" y="44" width="30" height="34" rx="4" fill="var(--metal)" />
        <rect x="96" y="38" width="46" height="46" rx="4" fill="var(--chip)" />
        <text x="119" y="65" text-anchor="middle" class="silk small">{(b.chip || 'C3').replace(/^ESP32-?/i, '').slice(0, 5)}</text>
        <path d="M236 32h40v6h-34v7h34v6h-34v7h34v6h-40z" fill="none" stroke="var(--metal)" stroke-width="3" />
        {top.map((n, i) => pad(n, i, 29))}
        {bottom.map((n, i) => pad(n, i, 93))}
        <g role="img" aria-label={say(on ? 'board.ledOn' : 'board.ledOff')} data-led={on ? 'on' : 'off'}>
          {on && <circle cx="178" cy="61" r="34" fill="url(#glow)" class="glow" />}
          <rect x="172" y="56" width="12" height="10" rx="2" class={on ? 'led on' : 'led'} />
          <text x="178" y="82" text-anchor="middle" class="silk">LED</text>
        </g>
        {b.button >= 0 && <Boot pin={b.button} />}
      </svg>
      <p class="told" aria-hidden="true">{told ?? ''}</p>
    </div>
  )
}

// Boot is the button on the picture: held while the pointer or the key holds it.
function Boot({ pin }: { pin: number }) {
  const down = useRef(false)
  const [held, setHeld] = useState(false)
  const set = (press: boolean) => {
    if (down.current === press) return
    down.current = press
    setHeld(press)
    void attempt(() => api.setPin(pin, !press)) // pressed pulls the pin low
  }
  useEffect(() => () => set(false), [])
  const key = (e: KeyboardEvent) => e.key === ' ' || e.key === 'Enter'
  return (
    <g class={`boot${held ? ' held' : ''}`} role="button" tabindex={0} aria-label={say('board.boot')} aria-pressed={held}
      onPointerDown={(e) => { if (e.button === 0) { e.currentTarget.setPointerCapture(e.pointerId); set(true) } }}
      onPointerUp={() => set(false)} onPointerCancel={() => set(false)} onLostPointerCapture={() => set(false)}
      onKeyDown={(e) => { if (key(e)) { e.preventDefault(); if (!e.repeat) set(true) } }}
      onKeyUp={(e) => { if (key(e)) { e.preventDefault(); set(false) } }}
      onBlur={() => set(false)}>
      <title>{say('board.bootHint')}</title>
      <rect x="200" y="58" width="32" height="32" fill="transparent" />
      <rect x="206" y="72" width="20" height="14" rx="3" fill="var(--metal)" class="body" />
      <circle cx="216" cy="79" r="4" fill="var(--chip)" class="cap" />
      <text x="216" y="68" text-anchor="middle" class="silk small">BOOT</text>
    </g>
  )
}

// Uptime counts on by itself: the board need not be asked every second.
function Uptime({ started }: { started: number }) {
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const t = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(t)
  }, [])
  return <>{duration(now - started)}</>
}

function Facts() {
  const b = board.value
  const files = boardFiles.value.filter((f) => f.path.startsWith('www/') && (f.state === 'same' || f.state === 'changed' || f.state === 'boardOnly')).length
  return (
    <dl class="facts">
      {b.led >= 0 && <div><dt>{say('fact.led')}</dt><dd><i class={`dot ${lit.value ? 'lit' : ''}`} />{say(lit.value ? 'fact.on' : 'fact.off')}</dd></div>}
      <div><dt>{say('fact.program')}</dt><dd title={b.program}>{b.state === 'running' ? b.started ? <>{say('fact.running')} <Uptime started={b.started} /></> : say('fact.runningPlain') : say(b.state === 'silent' ? 'fact.silent' : b.state === 'foreign' ? 'fact.runningPlain' : 'fact.notRunning')}</dd></div>
      {b.heapSize > 0 && <div><dt>{say('fact.memory')}</dt><dd>{part(b.heapUsed, b.heapSize)}</dd></div>}
      {b.filesCap > 0 && <div><dt>{say('fact.files')}</dt><dd title={say('fact.filesFree', { size: bytes(Math.max(0, b.filesCap - b.filesLen)) })}>{say('fact.filesValue', { n: files, size: bytes(b.filesLen) })}</dd></div>}
      {b.clients >= 0 && b.link && <div><dt>{say('fact.clients')}</dt><dd>{b.clients}</dd></div>}
      {b.address && <div class="whole"><dt>{say('fact.address')}</dt><dd><code>{b.address}</code></dd></div>}
    </dl>
  )
}

// PinList is the picture for those who cannot see it, and the way to hold any input low or high.
function PinList() {
  const list = pins.value
  const b = board.value
  if (list.length === 0) return null
  return (
    <details class="pins">
      <summary>{say('pin.list')}</summary>
      <ul>
        {list.map((p) => (
          <li key={p.pin}>
            <span>{inWords(p)}</span>
            {b.virtual && p.mode === 'input' && (
              <button type="button" class="plain small" aria-pressed={p.level} onClick={() => void attempt(() => api.setPin(p.pin, !p.level))}>{say(p.level ? 'pin.pullLow' : 'pin.pullHigh')}</button>
            )}
          </li>
        ))}
      </ul>
    </details>
  )
}
