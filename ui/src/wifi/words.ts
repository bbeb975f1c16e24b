// What the board's Wi-Fi does, in words.
import { computed } from '@preact/signals'
import type { WiFi } from '../wire'
import { board } from '../state'
import { say } from '../words'

// hasWiFi: the board has a radio and its program can be told what to do with it.
export const hasWiFi = computed(() => board.value.link && !!board.value.wifi.state && board.value.wifi.state !== 'none')

// briefly says it in a few words: "joined Home, 192.168.1.17".
export function briefly(w: WiFi): string {
  switch (w.state) {
    case 'joined':
      return say('wifi.briefJoined', { ssid: w.ssid, address: w.address })
    case 'joining':
      return say('wifi.briefJoining', { ssid: w.ssid })
    case 'failed':
      return say('wifi.briefFailed', { ssid: w.ssid })
    case 'ap':
      return say('wifi.briefAP', { ap: w.ap })
    default:
      return say('wifi.briefStarting')
  }
}

// whyNot says why joining failed, and what may help.
export function whyNot(w: WiFi): string {
  const { ssid } = w
  switch (w.reason) {
    case 'password':
      return say('wifi.wrongPassword', { ssid })
    case 'notFound':
      return say('wifi.notFound', { ssid })
    case 'noAddress':
      return say('wifi.noAddress', { ssid })
    case 'lost':
      return say('wifi.lost', { ssid })
    default:
      return say('wifi.failed', { ssid })
  }
}
