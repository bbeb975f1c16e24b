// Draws curves with uPlot: lines over time, one y axis for each unit, at most two of them with numbers.
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { clock } from '../format'
import type { Look } from './palette'
import { columns, type Ring } from './ring'
import { shown } from './settings'

export interface Curve {
  ring: Ring
  label: string
  unit: string
  factor: number
  look: Look
  steps: boolean // from value to value without a slope: on and off
}

interface Asked {
  pointed: (time: number | undefined) => void // the mouse is at a time, or nowhere
  selected: (from: number, to: number) => void // a span was marked with the mouse
  reset: () => void
}

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

export class Plot {
  private u: uPlot | undefined
  private curves: readonly Curve[] = []
  private fixed: readonly [number, number] | undefined
  private dense = false

  constructor(
    private host: HTMLElement,
    private asked: Asked,
  ) {}

  // set says what is drawn from now on.
  set(curves: readonly Curve[], fixed: readonly [number, number] | undefined): void {
    this.curves = curves
    this.fixed = fixed
    this.build()
  }

  private build(): void {
    this.u?.destroy()
    this.u = undefined
    const [width, height] = [this.host.clientWidth, this.host.clientHeight]
    if (width < 40 || height < 40) return
    const [ink, soft, line] = [colour('--ink-2'), colour('--line'), colour('--edge')]
    const font = `11px ${colour('--font')}`
    const units = [...new Set(this.curves.map((c) => c.unit))]
    const axis = (k: number): uPlot.Axis => ({
      scale: `y${k}`,
      side: k === 0 ? 3 : 1,
      stroke: ink,
      font,
      labelFont: font,
      label: units[k] || undefined,
      labelSize: 16,
      labelGap: 0,
      gap: 4,
      size: (_, values) => 14 + 6.4 * Math.max(2, ...(values ?? []).map((v) => v.length)),
      values: (_, splits) => splits.map(shown),
      ticks: { stroke: line, size: 4, width: 1 },
      grid: { show: k === 0, stroke: soft, width: 1 },
    })
    const scales: uPlot.Scales = { x: { time: true } }
    units.forEach((_, k) => {
      const fixed = k === 0 ? this.fixed : undefined
      scales[`y${k}`] = {
        range: fixed
          ? () => [fixed[0], fixed[1]]
          : (_u, low, high) => (low === null || high === null ? [0, 1] : uPlot.rangeNum(low, high, low === high ? 0.5 : 0.08, true)),
      }
    })
    this.u = new uPlot(
      {
        width,
        height,
        ms: 1,
        padding: [8, units.length > 1 ? 0 : 12, 0, 0],
        scales,
        legend: { show: false },
        cursor: {
          y: false,
          drag: { x: true, y: false, setScale: false },
          points: { size: 7 },
          bind: {
            dblclick: () => () => {
              this.asked.reset()
              return null
            },
          },
        },
        axes: [
          {
            stroke: ink,
            font,
            size: 24,
            gap: 3,
            space: 90,
            ticks: { stroke: line, size: 4, width: 1 },
            grid: { stroke: soft, width: 1 },
            values: (_, splits) => {
              const fine = splits.length > 1 && splits[1]! - splits[0]! < 1000
              return splits.map((t) => (fine ? clock(t).slice(3) : clock(t).slice(0, 8)))
            },
          },
          axis(0),
          ...(units.length > 1 ? [axis(1)] : []),
        ],
        series: [
          {},
          ...this.curves.map(
            (c): uPlot.Series => ({
              label: c.label,
              scale: `y${units.indexOf(c.unit)}`,
              stroke: c.look.colour,
              // Where lines lie close, a dash is no longer seen, and is what takes longest to draw.
              dash: this.dense ? undefined : [...c.look.dash],
              width: this.dense ? 1 : 1.75,
              paths: c.steps ? uPlot.paths.stepped!({ align: 1 }) : undefined,
              points: { size: 5 },
            }),
          ),
        ],
        hooks: {
          setCursor: [
            (u) => this.asked.pointed(u.cursor.left === undefined || u.cursor.left < 0 ? undefined : u.posToVal(u.cursor.left, 'x')),
          ],
          setSelect: [
            (u) => {
              const { left, width: wide } = u.select
              if (wide < 4) return
              this.asked.selected(u.posToVal(left, 'x'), u.posToVal(left + wide, 'x'))
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
            },
          ],
        },
      },
      [[], ...this.curves.map(() => [])],
      this.host,
    )
  }

  // draw shows what there is between two times.
  draw(from: number, to: number): void {
    if (!this.u) this.build()
    const u = this.u
    if (!u) return
    const width = Math.max(50, Math.round(u.over.clientWidth))
    const rings = this.curves.map((c) => c.ring)
    const [times, ...values] = columns(rings, from, to, width)
    const dense = times.length > width && this.curves.length > 2
    if (dense !== this.dense) {
      this.dense = dense
      this.build()
      this.draw(from, to)
      return
    }
    this.curves.forEach((c, i) => {
      if (c.factor !== 1) values[i] = values[i]!.map((v) => (typeof v === 'number' ? v * c.factor : v))
    })
    u.batch(() => {
      u.setData([times, ...values] as uPlot.AlignedData, false)
      u.setScale('x', { min: from, max: to })
    })
  }

  resize(): void {
    const [width, height] = [this.host.clientWidth, this.host.clientHeight]
    if (this.u && width >= 40 && height >= 40) this.u.setSize({ width, height })
    else this.build()
  }

  // point puts the cursor's line at a time.
  point(time: number | undefined): void {
    const left = time === undefined ? -10 : (this.u?.valToPos(time, 'x') ?? -10)
    this.u?.setCursor({ left, top: 1 }, false)
  }

  // picture is what is drawn, on the panel's ground and with the names of the curves below it.
  picture(): HTMLCanvasElement | undefined {
    const from = this.u?.ctx.canvas
    if (!from) return undefined
    const scale = from.width / Math.max(1, this.u!.width)
    const to = document.createElement('canvas')
    const rows = this.curves.map((c) => `${c.label}${c.unit && ` (${c.unit})`}`)
    const high = 20 * scale
    to.width = from.width
    to.height = from.height + high * Math.max(1, rows.length) + high / 2
    const g = to.getContext('2d')!
    g.fillStyle = colour('--panel')
    g.fillRect(0, 0, to.width, to.height)
    g.drawImage(from, 0, 0)
    g.font = `${12 * scale}px ${colour('--font')}`
    g.textBaseline = 'middle'
    rows.forEach((text, i) => {
      const y = from.height + high * (i + 0.75)
      const { colour: stroke, dash } = this.curves[i]!.look
      g.strokeStyle = stroke
      g.lineWidth = 2 * scale
      g.setLineDash(dash.map((d) => d * scale))
      g.beginPath()
      g.moveTo(12 * scale, y)
      g.lineTo(44 * scale, y)
      g.stroke()
      g.fillStyle = colour('--ink')
      g.fillText(text, 52 * scale, y)
    })
    return to
  }

  destroy(): void {
    this.u?.destroy()
  }
}
