// Questions to a worker that may die or hang: it is started again, and who asks meanwhile gets no answer.
import type { Answer, Ask, Question, Questions } from './answers'

export interface Port {
  postMessage(ask: Ask): void
  terminate(): void
  onmessage: ((e: { data: Answer }) => void) | null
  onerror: ((e: unknown) => void) | null
}

type Texts = { texts: Map<string, string>; whole: boolean }

const first = 90_000 // ms until a new worker has answered for the first time, on a slow computer
const later = 10_000 // ms for any other answer
const mostEnds = 5 // workers that never answered; then it is given up

export class Asking {
  private port: Port | undefined
  private waiting = new Map<number, (answer: Answer | undefined) => void>()
  private sent = new Map<string, string>() // what this worker has
  private next = 1
  private ends = 0
  private notBefore = 0
  private timer: unknown
  ready = false // it has answered

  constructor(
    private readonly start: () => Port,
    private readonly clock = {
      now: () => performance.now(),
      later: (work: () => void, ms: number): unknown => setTimeout(work, ms),
      forget: (timer: unknown) => clearTimeout(timer as number),
    },
  ) {}

  // ask is a question about the texts as they are now; nothing comes back when the worker ends before it has answered.
  async ask<Q extends Question>(
    { texts, whole }: Texts,
    question: Q,
    ...values: Parameters<Questions[Q]>
  ): Promise<ReturnType<Questions[Q]> | undefined> {
    if (!this.running()) return undefined
    const changed: Ask['texts'] = []
    for (const [path, text] of texts) if (this.sent.get(path) !== text) changed.push([path, text])
    for (const path of this.sent.keys()) if (!texts.has(path)) changed.push([path, null])
    this.sent = new Map(texts)
    const id = this.next++
    const answer = new Promise<Answer | undefined>((resolve) => this.waiting.set(id, resolve))
    this.port!.postMessage({ id, texts: changed, whole, question, values })
    if (this.waiting.size === 1) this.watch()
    return (await answer)?.value as ReturnType<Questions[Q]> | undefined
  }

  private running(): boolean {
    if (this.port) return true
    if (this.ends >= mostEnds || this.clock.now() < this.notBefore) return false
    const port = this.start()
    this.port = port
    port.onmessage = ({ data }) => {
      if (this.port !== port) return
      this.ready = true
      this.ends = 0
      const got = this.waiting.get(data.id)
      this.waiting.delete(data.id)
      this.watch()
      got?.(data)
    }
    port.onerror = () => this.port === port && this.end()
    return true
  }

  // watch expects the next answer in time: whoever hangs answers nothing.
  private watch(): void {
    this.clock.forget(this.timer)
    if (this.waiting.size > 0) this.timer = this.clock.later(() => this.end(), this.ready ? later : first)
  }

  private end(): void {
    this.port?.terminate()
    this.port = undefined
    this.ends++
    this.notBefore = this.clock.now() + Math.min(30_000, 500 * 2 ** this.ends)
    this.ready = false
    this.sent.clear()
    this.clock.forget(this.timer)
    const all = [...this.waiting.values()]
    this.waiting.clear()
    for (const got of all) got(undefined)
  }
}
