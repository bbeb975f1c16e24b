// What the board's Wi-Fi does, in words.
import { computed } from '@preact/signals'
import { late } from '../api'
import type { WiFi } from '../wire'
import { attempt, board, openDialog } from '../state'
import { say } from '../words'
import './wifi.css'

// hasWiFi: the board has a radio and its program can be told what to do with it.
export const hasWiFi = computed(() => board.value.link && !!board.value.wifi.state && board.value.wifi.state !== 'none')

// briefly says it in a few words: "joined Home, 192.168.1.17".
export function briefly(w: WiFi): string {
  switch (w.state) {
    case 'joined': return say('wifi.briefJoined', { ssid: w.ssid, address: w.address })
    case 'joining': return say('wifi.briefJoining', { ssid: w.ssid })
    case 'failed': return say('wifi.briefFailed', { ssid: w.ssid })
    case 'ap': return say('wifi.briefAP', { ap: w.ap })
    default: return say('wifi.briefStarting')
  }
}

// whyNot says why joining failed, and what may help.
export function whyNot(w: WiFi): string {
  const { ssid } = w
  switch (w.reason) {
    case 'password': return say('wifi.wrongPassword', { ssid })
    case 'notFound': return say('wifi.notFound', { ssid })
    case 'noAddress': return say('wifi.noAddress', { ssid })
    case 'lost': return say('wifi.lost', { ssid })
    default: return say('wifi.failed', { ssid })
  }
}

// askWiFi opens the dialog, which is loaded when it is first needed.
export const askWiFi = () => attempt(async () => {
  const { WiFiDialog } = await late(import('./wifi'))
  openDialog((close) => <WiFiDialog close={close} />)
})

// askAddress shows where a phone finds one of the board's pages.
export const askAddress = (path: string) => attempt(async () => {
  const { AddressDialog } = await late(import('./address'))
  openDialog((close) => <AddressDialog close={close} path={path} />)
})

// WiFiButton stands in the header while the board has Wi-Fi.
export function WiFiButton() {
  if (!hasWiFi.value) return null
  const w = board.value.wifi
  const mood = w.state === 'joined' ? 'ok' : w.state === 'failed' ? 'bad' : 'warn'
  return (
    <button type="button" class="quiet wifi" aria-haspopup="dialog" title={briefly(w)} onClick={() => void askWiFi()}>
      <i class={`dot ${mood}`} role="img" aria-label={briefly(w)} /> {say('wifi.wifi')}
    </button>
  )
}
