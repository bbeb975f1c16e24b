// Drawings of boards, seen from above with the USB socket at the left. One per kind of shape; what is printed on the
// buttons and which pin a pad is comes from the chip or the board.
import type { ComponentChildren } from 'preact'
import { say } from '../words'

// Pad is a hole at the edge: a GPIO number, a name for power and ground, or nothing when the drawing does not know.
export interface Pad {
  x: number
  y: number
  is: number | string | undefined
}

interface Shape {
  body: (chip: string, radio: boolean) => ComponentChildren // radio: one in a metal can beside the chip
  pads: (top: Row, bottom: Row) => Pad[]
  radius: number // of a pad
  led: [number, number]
  boot: [number, number]
  reset: [number, number]
}

type Row = (number | string | undefined)[]

export const size = { width: 320, height: 122 }

const row = (is: Row, x: number, step: number, y: number): Pad[] => is.map((n, i) => ({ x: x + i * step, y, is: n }))
const blank = (n: number): Row => Array.from({ length: n }, () => undefined)
const or = (is: Row, n: number): Row => (is.length ? is : blank(n))

const Usb = ({ x, y }: { x: number; y: number }) => <rect x={x} y={y} width="30" height="34" rx="4" fill="var(--metal)" />
const Chip = ({ x, y, side, name }: { x: number; y: number; side: number; name: string }) => (
  <>
    <rect x={x - side / 2} y={y - side / 2} width={side} height={side} rx="4" fill="var(--chip)" />
    <text x={x} y={y + 3} text-anchor="middle" class="silk small">
      {name}
    </text>
  </>
)
const Antenna = ({ x, y }: { x: number; y: number }) => (
  <path transform={`translate(${x} ${y})`} d="M0 0h40v6h-34v7h34v6h-34v7h34v6h-40z" fill="none" stroke="var(--metal)" stroke-width="3" />
)

const shapes: Record<string, Shape> = {
  devkit: {
    radius: 4,
    led: [178, 61],
    boot: [216, 79],
    reset: [74, 79],
    body: (chip) => (
      <>
        <rect x="34" y="21" width="252" height="80" rx="9" fill="var(--pcb)" />
        <Usb x={20} y={44} />
        <Chip x={119} y={61} side={46} name={chip} />
        <Antenna x={236} y={32} />
      </>
    ),
    pads: (top, bottom) => [...row(or(top, 8), 64, 20, 29), ...row(or(bottom, 8), 64, 20, 93)],
  },
  stick: {
    radius: 4,
    led: [206, 76],
    boot: [130, 78],
    reset: [130, 52],
    body: (chip) => (
      <>
        <rect x="88" y="21" width="144" height="80" rx="9" fill="var(--pcb)" />
        <Usb x={74} y={44} />
        <Chip x={170} y={61} side={36} name={chip} />
        <path d="M206 42h16v5h-12v5h12v5h-16z" fill="none" stroke="var(--metal)" stroke-width="2.500" />
      </>
    ),
    pads: (top, bottom) => {
      const n = Math.max(or(top, 7).length, or(bottom, 7).length)
      const step = 119 / (n - 1) // as many as there are, over the whole edge
      return [...row(or(top, 7), 101, step, 29), ...row(or(bottom, 7), 101, step, 93)]
    },
  },
  pico: {
    radius: 3.2,
    led: [70, 46],
    boot: [114, 80],
    reset: [114, 80],
    body: (chip, radio) => (
      <>
        <rect x="30" y="21" width="260" height="80" rx="5" fill="var(--pcb)" />
        <Usb x={18} y={44} />
        <Chip x={168} y={61} side={38} name={chip} />
        {radio && <rect x="222" y="44" width="44" height="34" rx="3" fill="var(--metal)" />}
      </>
    ),
    pads: (top, bottom) => [...row(or(top, 20), 40, 12.6, 28), ...row(or(bottom, 20), 40, 12.6, 94)],
  },
  nucleo: {
    radius: 3.2,
    led: [128, 70],
    boot: [122, 46],
    reset: [148, 46],
    body: (chip) => (
      <>
        <rect x="40" y="13" width="246" height="96" rx="5" fill="var(--pcb)" />
        <path d="M104 13v10M104 99v10M104 40v42" stroke="var(--panel)" stroke-width="3" />
        <Usb x={28} y={44} />
        <rect x="72" y="50" width="18" height="22" rx="2" fill="var(--chip)" />
        <Chip x={208} y={61} side={42} name={chip} />
      </>
    ),
    pads: () => [...row(blank(14), 122, 11.6, 22), ...row(blank(14), 122, 11.6, 100)],
  },
}

const c3: [Row, Row] = [
  ['5V', 'GND', '3V3', 4, 3, 2, 1, 0],
  [5, 6, 7, 8, 9, 10, 20, 21],
]
const pico: [Row, Row] = [
  ['VBUS', 'VSYS', 'GND', 'EN', '3V3', 'VREF', 28, 'GND', 27, 26, 'RUN', 22, 'GND', 21, 20, 19, 18, 'GND', 17, 16],
  [0, 1, 'GND', 2, 3, 4, 5, 'GND', 6, 7, 8, 9, 'GND', 10, 11, 12, 13, 'GND', 14, 15],
]

// Which pads are which, by catalogue id; other boards' pads have no names in the drawing.
const pins: Record<string, [Row, Row]> = {
  virtual: c3,
  esp32c3: c3,
  esp32c3supermini: c3,
  xiaoesp32c3: [
    ['5V', 'GND', '3V3', 10, 9, 8, 20],
    [2, 3, 4, 5, 6, 7, 21],
  ],
  pico,
  picow: pico,
  pico2: pico,
  pico2w: pico,
}

// What is printed beside the buttons: the one that leads into the bootloader, and the one that resets. '' where there is none.
const buttons: Record<string, [string, string]> = {
  ESP32: ['BOOT', 'EN'],
  ESP8266: ['FLASH', 'RST'],
  RP2040: ['BOOTSEL', ''],
  RP2350: ['BOOTSEL', ''],
  SAMD21: ['', 'RESET'],
  STM32L476: ['', 'RESET'],
}

export interface Look {
  pads: Pad[]
  radius: number
  body: ComponentChildren
  led: [number, number]
  boot: { at: [number, number]; name: string } | undefined
  reset: { at: [number, number]; name: string } | undefined
  pinName: (n: number) => string // as printed on such boards
}

// look is the drawing of a board; one that nobody knows yet is an outline.
export function look(picture: string, id: string, chip: string): Look | undefined {
  const s = shapes[picture]
  if (!s) return undefined
  const [top, bottom] = pins[id] ?? [[], []]
  const [boot, reset] = id === 'virtual' ? ['BOOT', ''] : (buttons[chip] ?? ['BOOT', 'RESET'])
  return {
    pads: s.pads(top, bottom),
    radius: s.radius,
    led: s.led,
    body: s.body(
      chip
        .replace(/^ESP32-(?=.)/i, '')
        .replace(/^STM32/, '')
        .slice(0, 7),
      id.endsWith('w'),
    ),
    boot: boot ? { at: s.boot, name: boot } : undefined,
    reset: reset ? { at: s.reset, name: reset } : undefined,
    pinName: (n) => (chip.startsWith('RP') ? `GP${n}` : `GPIO${n}`),
  }
}

// Knob is a button of a board. point: it is the one to press now.
export function Knob({
  at: [x, y],
  name,
  point,
  children,
}: {
  at: [number, number]
  name: string
  point?: boolean
  children?: ComponentChildren
}) {
  return (
    <>
      {children}
      {point && <rect x={x - 18} y={y - 21} width="36" height="32" rx="6" class="point" />}
      <rect x={x - 10} y={y - 7} width="20" height="14" rx="3" fill="var(--metal)" class="body" />
      <circle cx={x} cy={y} r="4" fill="var(--chip)" class="cap" />
      <text x={x} y={y - 11} text-anchor="middle" class="silk small">
        {name}
      </text>
    </>
  )
}

export const Unknown = () => (
  <>
    <rect x="74" y="25" width="172" height="72" rx="9" fill="none" stroke="var(--edge)" stroke-width="1.500" stroke-dasharray="5 4" />
    <text x="160" y="71" text-anchor="middle" class="riddle">
      ?
    </text>
  </>
)

// Thumb is the drawing by itself: no pins to read, only what it looks like.
export function Thumb({ picture, id, chip, name, point }: { picture: string; id: string; chip: string; name: string; point?: boolean }) {
  const l = look(picture, id, chip)
  return (
    <svg class="thumb" viewBox="14 10 278 102" role="img" aria-label={say('board.picture', { name })}>
      {l ? (
        <>
          {l.body}
          {l.pads.map((p) => (
            <circle key={`${p.x} ${p.y}`} cx={p.x} cy={p.y} r={l.radius} class={typeof p.is === 'string' ? 'pad power' : 'pad'} />
          ))}
          {l.boot && <Knob {...l.boot} point={point} />}
          {l.reset && <Knob {...l.reset} point={point} />}
        </>
      ) : (
        <Unknown />
      )}
    </svg>
  )
}
