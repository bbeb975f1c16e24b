// The last values of a series, in bounded memory, and what of them is drawn: no more points than there are pixels, chosen
// so that no peak is lost.

const most = 1 << 17 // values of a series: over two minutes at 1,000 a second, half a day at three a second

// Ring keeps pairs of time and value, the newest `size` of them. Times never go back; a value that is NaN is a gap.
export class Ring {
  private times = new Float64Array(256)
  private values = new Float64Array(256)
  private first = 0
  length = 0

  constructor(readonly size = most) {}

  push(time: number, value: number): void {
    if (this.length > 0) time = Math.max(time, this.timeAt(this.length - 1))
    if (this.length === this.times.length) {
      if (this.length >= this.size) {
        this.first = (this.first + 1) % this.times.length
        this.length--
      } else this.grow()
    }
    const at = (this.first + this.length) % this.times.length
    this.times[at] = time
    this.values[at] = value
    this.length++
  }

  private grow(): void {
    const size = Math.min(this.times.length * 2, this.size)
    const [times, values] = [new Float64Array(size), new Float64Array(size)]
    for (let i = 0; i < this.length; i++) {
      times[i] = this.timeAt(i)
      values[i] = this.valueAt(i)
    }
    this.times = times
    this.values = values
    this.first = 0
  }

  // timeAt and valueAt count from the oldest.
  timeAt(i: number): number {
    const at = this.first + i
    return this.times[at < this.times.length ? at : at - this.times.length]!
  }

  valueAt(i: number): number {
    const at = this.first + i
    return this.values[at < this.values.length ? at : at - this.values.length]!
  }

  // from is the index of the first pair that is not before a time.
  from(time: number): number {
    let [low, high] = [0, this.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.timeAt(middle) < time) low = middle + 1
      else high = middle
    }
    return low
  }

  // near is the index of the last pair that is not after a time; -1: all are.
  near(time: number): number {
    const i = this.from(time)
    return i < this.length && this.timeAt(i) === time ? i : i - 1
  }

  get bytes(): number {
    return this.times.byteLength + this.values.byteLength
  }
}

// A Column is what a series has at the times of all: undefined where it has no value just then, null where it has a gap.
export type Column = (number | null | undefined)[]

// columns are the values between two times: the times, then one column for each ring. What is next to the span is in it, so
// that lines go to the edge. More values than there is room for become the least and the greatest of each `width`th part of
// the span, in the order in which they came.
export function columns(rings: readonly Ring[], from: number, to: number, width: number): [times: number[], ...values: Column[]] {
  const spans = rings.map((r) => [Math.max(0, r.from(from) - 1), Math.min(r.length, r.near(to) + 2)] as const)
  const count = spans.reduce((sum, [a, b]) => sum + Math.max(0, b - a), 0)
  return count <= Math.max(2 * width, 400) ? exact(rings, spans) : condensed(rings, spans, from, to, width)
}

const asDrawn = (v: number) => (Number.isNaN(v) ? null : v)

function exact(rings: readonly Ring[], spans: readonly (readonly [number, number])[]): [number[], ...Column[]] {
  const times: number[] = []
  const out: Column[] = rings.map(() => [])
  const at = spans.map(([a]) => a)
  for (;;) {
    let next = Infinity
    rings.forEach((r, i) => {
      if (at[i]! < spans[i]![1]) next = Math.min(next, r.timeAt(at[i]!))
    })
    if (next === Infinity) return [times, ...out]
    times.push(next)
    rings.forEach((r, i) => {
      const here = at[i]! < spans[i]![1] && r.timeAt(at[i]!) === next
      out[i]!.push(here ? asDrawn(r.valueAt(at[i]!)) : undefined)
      if (here) at[i]!++
    })
  }
}

function condensed(
  rings: readonly Ring[],
  spans: readonly (readonly [number, number])[],
  from: number,
  to: number,
  width: number,
): [number[], ...Column[]] {
  const step = (to - from) / width
  // Parts begin at whole multiples of their length, so that they stay what they are while the span moves on.
  from = Math.floor(from / step) * step
  const last = width + 2 // one part more on each side, for what is next to the span, and one for what the multiples take
  const times = Array.from({ length: 2 * (last + 1) }, (_, k) => from + ((k >> 1) - 1 + (k % 2 ? 0.5 : 0)) * step)
  const partOf = (time: number) => Math.max(0, Math.min(last, Math.floor((time - from) / step) + 1))
  const out = rings.map((r, i) => {
    const column: Column = new Array(times.length).fill(undefined)
    const [first, end] = spans[i]!
    for (let k = first; k < end; ) {
      const part = partOf(r.timeAt(k))
      let [low, high, lowAt, highAt, gap] = [Infinity, -Infinity, 0, 0, false]
      for (; k < end && partOf(r.timeAt(k)) === part; k++) {
        const v = r.valueAt(k)
        if (Number.isNaN(v)) gap = true
        if (v < low) [low, lowAt] = [v, k]
        if (v > high) [high, highAt] = [v, k]
      }
      if (high < low) column[2 * part] = null
      else {
        column[2 * part] = lowAt <= highAt ? low : high
        column[2 * part + 1] = gap ? null : lowAt <= highAt ? high : low
      }
    }
    return column
  })
  return [times, ...out]
}
