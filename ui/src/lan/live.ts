// Whether the board's page is open to other devices of the network, and to which.
import { signal, type ReadonlySignal } from '@preact/signals'
import { announce, follow } from '../state'
import type { LAN } from '../wire'
import { say } from '../words'

const off: LAN = { on: false, addresses: [], code: '', wrong: 0, fingerprint: '', ownCertificate: false, expires: 0, devices: [] }
const $lan = signal<LAN>(off)
export const lan: ReadonlySignal<LAN> = $lan

export const connected = (l: LAN) => l.devices.filter((d) => d.connected).length

// took is what the page does with a state: what matters is told to those who do not see the label.
export function took(now: LAN, first = false): void {
  const before = $lan.value
  $lan.value = now
  if (now.on !== before.on) announce(now.on ? say('lan.began', { code: [...now.code].join(' ') }) : say('lan.ended'))
  else if (!first && now.on && connected(now) !== connected(before)) announce(say('lan.nowConnected', { n: connected(now) }))
}

export function startLAN(): void {
  follow((e) => {
    const now = e.snapshot?.lan ?? e.lan
    if (now) took(now, !!e.snapshot)
  })
}
