// Allowance says how many lines of a flood are worth work: so many at once, and so many a second when they keep coming.
export class Allowance {
  private left: number
  private time = 0

  constructor(
    private atOnce: number,
    private perSecond: number,
  ) {
    this.left = atOnce
  }

  // take allows for some or all of the lines that are there at a time, in milliseconds.
  take(lines: number, time: number): number {
    if (time > this.time) this.left = Math.min(this.atOnce, this.left + ((time - this.time) / 1000) * this.perSecond)
    this.time = Math.max(this.time, time)
    const some = Math.min(lines, Math.floor(this.left))
    this.left -= some
    return some
  }
}
