// What the lines of the timeline say.
import { contentOf, from } from '../messages/told'
import { say } from '../words'
import type { Words } from './entries'

const full = 65535 // api.Full

export const words: Words = {
  message: (m) =>
    m.kind === 'log'
      ? m.data
      : m.kind === 'mark'
        ? m.data || say('dir.mark')
        : m.kind === 'click'
          ? m.data
          : `${from(m)}: ${contentOf(m, false)}`,
  pin: (p) =>
    p.mode === 'analog'
      ? say('timeline.pinPart', { pin: p.name, percent: Math.round(((p.value ?? 0) / full) * 100) })
      : say(p.level ? 'timeline.pinOn' : 'timeline.pinOff', { pin: p.name }),
  lost: (n) => say('console.lost', { n }),
  pushed: (paths) => say('timeline.files', { files: paths.join(', ') }),
}
