// The worker in which the language service runs: a question at a time, each with the texts that are others since the last.
import type { Answer, Ask } from './answers'
import { Service } from './service'

const service = new Service()

// What a worker has; the page's own globals are declared otherwise.
const port = self as unknown as { onmessage: (e: MessageEvent<Ask>) => void; postMessage(answer: Answer): void }

port.onmessage = ({ data: { id, texts, whole, question, values } }) => {
  try {
    service.update(texts, whole)
    const ask = service[question].bind(service) as (...values: unknown[]) => unknown
    port.postMessage({ id, value: ask(...values) })
  } catch (e) {
    port.postMessage({ id, failed: String(e) })
  }
}
