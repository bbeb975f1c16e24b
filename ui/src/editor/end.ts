// Waiting that ends with something else, such as a connection, or after a while: whatever comes first.

export class End {
  private readonly waiting = new Set<() => void>()

  // before is what work comes to; nothing, if the end comes first, or it takes longer than so many ms.
  async before<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
    let stop = () => {}
    const stopped = new Promise<undefined>((resolve) => (stop = () => resolve(undefined)))
    const timer = setTimeout(stop, ms)
    this.waiting.add(stop)
    try {
      return await Promise.race([work, stopped])
    } finally {
      clearTimeout(timer)
      this.waiting.delete(stop)
    }
  }

  // come ends all that waits now.
  come(): void {
    for (const stop of this.waiting) stop()
  }
}
