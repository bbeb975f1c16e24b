// The board: a picture that shows what its pins do, and the facts in words.
import { useEffect, useRef, useState } from 'preact/hooks'
import { api } from '../api'
import { bytes, duration, part } from '../format'
import type { BoardState, Pin } from '../wire'
import { Icon } from '../parts/icons'
import { arrows } from '../parts/roving'
import { sizeOf, toggleFold } from '../parts/split'
import { attempt, board, boardFiles, kind, kinds, lit, pins, problems, progress, project, running } from '../state'
import { asksForButton } from '../codes'
import { say, type Word } from '../words'
import './board.css'
import { askWiFi } from '../wifi/state'
import { briefly, hasWiFi } from '../wifi/words'
import { askKind } from './ask'
import { Dials } from './dials'
import { mood } from './menu'
import { Knob, look, size, Unknown, type Pad } from './pictures'
import { Room } from './sizes'
import { Strips } from './strips'
import { inVolts, Voltages } from './voltages'

export function BoardPanel() {
  const b = board.value
  const folded = sizeOf('board') === 0
  return (
    <section class={`panel board${folded ? ' folded' : ''}`} id="side-board" aria-label={say('board.panel')} data-panel="board">
      <h2>
        <span>
          {say('board.panel')} <span class={`tag ${mood()}`}>{say(`board.state.${b.state}`)}</span>
        </span>
        <button
          type="button"
          class="quiet icon fold-button"
          aria-expanded={!folded}
          aria-label={say('board.fold')}
          title={say('board.fold')}
          onClick={() => toggleFold('board')}
        >
          <Icon name="fold" />
        </button>
      </h2>
      {!folded && (
        <div class="inside">
          <Picture />
          {b.state !== 'running' && !running.value && b.text && !problems.value.some((q) => q.text === b.text && q.line > 0) && (
            <p class={`state-text ${mood()}`} role="status">
              {b.text} {b.problem?.text === b.text && b.problem.help}
            </p>
          )}
          {b.id === '' && b.state !== 'absent' && kinds.value.length > 0 && (
            <p class="question">
              {b.kinds && say('choose.ask')}{' '}
              <button type="button" class="plain small" onClick={() => void askKind()}>
                {say('choose.button')}
              </button>
            </p>
          )}
          {b.lastEnd && (
            <p class="state-text warn" role="status">
              {say('board.lastEnd', { why: b.lastEnd })}
            </p>
          )}
          <Dials />
          <Facts />
          <Voltages />
          <Strips />
          <Room />
          <PinList />
        </div>
      )}
    </section>
  )
}

const levelWord = (p: Pin) => say(p.level ? 'pin.high' : 'pin.low')

// inWords says what a pin does: "GPIO8 (LED): output, high".
function inWords(p: Pin): string {
  if (p.mode === 'unused') return say('pin.unused', { pin: p.name || p.pin })
  if (p.mode === 'voltage') return say('pin.voltage', { pin: p.name || p.pin, volts: inVolts(p.value ?? 0) })
  if (p.mode === 'analog' || p.value)
    return say('pin.analog', { pin: p.name || p.pin, percent: Math.round(((p.value ?? 0) / 65535) * 100) })
  return say(p.mode === 'output' ? 'pin.output' : 'pin.input', { pin: p.name || p.pin, level: levelWord(p) })
}

function Picture() {
  const b = board.value
  const [told, setTold] = useState<string | undefined>()
  const on = lit.value
  const known = new Map(pins.value.map((p) => [p.pin, p]))
  const [stop, setStop] = useState<number | undefined>()
  const l = look(kind.value?.picture ?? '', b.id, b.chip)
  if (!l) {
    return (
      <div class="picture">
        <svg viewBox={`0 0 ${size.width} ${size.height}`} role="img" aria-label={say('board.pictureUnknown')}>
          <Unknown />
        </svg>
      </div>
    )
  }
  const first = stop ?? l.pads.find((p) => typeof p.is === 'number' && known.has(p.is))?.is
  const pad = ({ x, y, is }: Pad) => {
    if (is === undefined) return <circle cx={x} cy={y} r={l.radius} class="pad" />
    if (typeof is === 'string')
      return (
        <circle cx={x} cy={y} r={l.radius} class="pad power">
          <title>{say('pin.power', { name: is })}</title>
        </circle>
      )
    const p = known.get(is)
    const words = p ? inWords(p) : say('pin.unused', { pin: l.pinName(is) })
    const used = p && p.mode !== 'unused'
    return (
      <g
        key={is}
        class={`pin${used ? ' used' : ''}${p?.level && used ? ' high' : ''}`}
        role={p ? 'img' : undefined}
        aria-label={p ? words : undefined}
        data-pin={is}
        tabindex={p ? (is === first ? 0 : -1) : undefined} // in SVG only this spelling counts
        onPointerEnter={() => setTold(words)}
        onPointerLeave={() => setTold(undefined)}
        onFocus={() => {
          setTold(words)
          setStop(is)
        }}
        onBlur={() => setTold(undefined)}
      >
        <rect x={x - l.radius * 2} y={y - 9} width={l.radius * 4} height="18" fill="transparent" />
        <circle cx={x} cy={y} r={l.radius} class="pad" />
        {used && <circle cx={x} cy={y} r={l.radius / 2} class="level" />}
      </g>
    )
  }
  const name = b.name || b.chip
  const [x, y] = l.led
  const asked = pressNow()
  return (
    <div class="picture">
      <svg
        viewBox={`0 0 ${size.width} ${size.height}`}
        role="group"
        aria-label={isLEDKnown() ? say(on ? 'board.pictureOn' : 'board.pictureOff', { name, pin: b.led }) : say('board.picture', { name })}
        onKeyDown={(e) => {
          arrows(e, '.pin[tabindex]', 'row')
        }}
      >
        <defs>
          <radialGradient id="glow">
            <stop offset="0" stop-color="var(--led)" stop-opacity=".95" />
            <stop offset=".35" stop-color="var(--led)" stop-opacity=".45" />
            <stop offset="1" stop-color="var(--led)" stop-opacity="0" />
          </radialGradient>
        </defs>
        {l.body}
        {l.pads.map(pad)}
        {b.led >= 0 && (
          <g role="img" aria-label={say(on ? 'board.ledOn' : isLEDKnown() ? 'board.ledOff' : 'fact.led')} data-led={on ? 'on' : 'off'}>
            {on && <circle cx={x} cy={y} r="34" fill="url(#glow)" class="glow" opacity={brightness()} />}
            <rect x={x - 6} y={y - 5} width="12" height="10" rx="2" class={on ? 'led on' : 'led'} />
            <text x={x} y={y + 17} text-anchor="middle" class="silk">
              LED
            </text>
          </g>
        )}
        {l.boot &&
          (b.virtual ? (
            b.button >= 0 && <Boot pin={b.button} at={l.boot.at} name={l.boot.name} />
          ) : (
            <Knob {...l.boot} point={asked === 'boot'} />
          ))}
        {l.reset && <Knob {...l.reset} point={asked !== ''} />}
      </svg>
      <p class="told" aria-hidden="true">
        {told ?? ''}
      </p>
      {asked && (
        <p class="state-text warn" role="status">
          {asked === 'boot' ? kind.value?.boot : say('board.pressReset')}
        </p>
      )}
    </div>
  )
}

// pressNow says which button of a real board its user is asked for, after a flasher could not do without.
function pressNow(): 'boot' | 'reset' | '' {
  const p = progress.value
  if (board.value.virtual || p?.state !== 'failed' || !p.problem) return ''
  return asksForButton(p.problem)
}

// isLEDKnown: only a program that tells its pins lets us say whether the LED is lit.
const isLEDKnown = () => pins.value.some((p) => p.pin === board.value.led)

// brightness of the LED: less than 1 while it is on for a part of the time only. The eye sees dim light well.
function brightness() {
  const p = pins.value.find((p) => p.pin === board.value.led && p.mode === 'analog')
  const part = (p?.value ?? 65535) / 65535
  return p ? Math.sqrt(kind.value?.ledLow ? 1 - part : part) : 1
}

// Boot is the button on the picture: held while the pointer or the key holds it.
function Boot({ pin, at, name }: { pin: number; at: [number, number]; name: string }) {
  const down = useRef(false)
  const [held, setHeld] = useState(false)
  const set = (press: boolean) => {
    if (down.current === press) return
    const show = (pressed: boolean) => {
      down.current = pressed
      setHeld(pressed)
    }
    show(press)
    const set = attempt(() => api.setPin(pin, !press).then(() => true)) // pressed pulls the pin low
    void set.then((done) => !done && down.current === press && show(!press))
  }
  useEffect(() => () => set(false), [])
  const key = (e: KeyboardEvent) => e.key === ' ' || e.key === 'Enter'
  return (
    <g
      class={`boot${held ? ' held' : ''}`}
      role="button"
      tabindex={0}
      aria-label={say('board.boot')}
      aria-pressed={held}
      onPointerDown={(e) => {
        if (e.button === 0) {
          e.currentTarget.setPointerCapture(e.pointerId)
          set(true)
        }
      }}
      onPointerUp={() => set(false)}
      onPointerCancel={() => set(false)}
      onLostPointerCapture={() => set(false)}
      onKeyDown={(e) => {
        if (key(e)) {
          e.preventDefault()
          if (!e.repeat) set(true)
        }
      }}
      onKeyUp={(e) => {
        if (key(e)) {
          e.preventDefault()
          set(false)
        }
      }}
      onBlur={() => set(false)}
    >
      <Knob at={at} name={name}>
        <title>{say('board.bootHint')}</title>
        <rect x={at[0] - 16} y={at[1] - 21} width="32" height="32" fill="transparent" />
      </Knob>
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

const programState: Partial<Record<BoardState, Word>> = {
  running: 'fact.runningPlain',
  foreign: 'fact.runningPlain',
  starting: 'board.state.starting',
  silent: 'fact.silent',
}

// One line a fact, however long the program runs: what is below must not move while somebody looks at it or presses there.
function Facts() {
  const b = board.value
  const runsSince = b.state === 'running' ? b.started : 0
  const files = boardFiles.value.filter(
    (f) => f.path.startsWith('www/') && (f.state === 'same' || f.state === 'changed' || f.state === 'boardOnly'),
  ).length
  return (
    <dl class="facts">
      {isLEDKnown() && (
        <div>
          <dt>{say('fact.led')}</dt>
          <dd>
            <i class={`dot ${lit.value ? 'lit' : ''}`} />
            {say(lit.value ? 'fact.on' : 'fact.off')}
          </dd>
        </div>
      )}
      <div>
        <dt>{say(runsSince ? 'fact.running' : 'fact.program')}</dt>
        <dd title={b.program}>{runsSince ? <Uptime started={runsSince} /> : say(programState[b.state] ?? 'fact.notRunning')}</dd>
      </div>
      {b.heapSize > 0 && (
        <div title={say('fact.memoryTitle')}>
          <dt>{say('fact.memory')}</dt>
          <dd>{part(b.heapUsed, b.heapSize)}</dd>
        </div>
      )}
      {b.filesCap > 0 && (
        <div>
          <dt>{say('fact.files')}</dt>
          <dd title={say('fact.filesFree', { size: bytes(Math.max(0, b.filesCap - b.filesLen)) })}>
            {project.value ? say('fact.filesValue', { n: files, size: bytes(b.filesLen) }) : bytes(b.filesLen)}
          </dd>
        </div>
      )}
      {b.clients >= 0 && b.link && (
        <div>
          <dt>{say('fact.clients')}</dt>
          <dd>{b.clients}</dd>
        </div>
      )}
      {hasWiFi.value ? (
        <div class="whole">
          <dt>{say('wifi.wifi')}</dt>
          <dd class="net">
            <span title={briefly(b.wifi)}>{briefly(b.wifi)}</span>
            <button type="button" class="link" onClick={() => void askWiFi()}>
              {say('wifi.open')}
            </button>
          </dd>
        </div>
      ) : (
        b.address && (
          <div class="whole">
            <dt>{say('fact.address')}</dt>
            <dd>
              <code>{b.address}</code>
            </dd>
          </div>
        )
      )}
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
              <button
                type="button"
                class="plain small"
                aria-pressed={p.level}
                onClick={() => void attempt(() => api.setPin(p.pin, !p.level))}
              >
                {say(p.level ? 'pin.pullLow' : 'pin.pullHigh')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </details>
  )
}
