// Pure rules over what a board sees.
import type { WiFiNetwork } from '../wire'

// bars is a signal's strength, 1 to 4, as phones show it.
export function bars(rssi: number): 1 | 2 | 3 | 4 {
  return rssi >= -55 ? 4 : rssi >= -67 ? 3 : rssi >= -78 ? 2 : 1
}

// strongest leaves one line per name, the nearest first; those that do not tell their name are reached by writing it.
export function strongest(found: WiFiNetwork[]): WiFiNetwork[] {
  const best = new Map<string, WiFiNetwork>()
  for (const n of found) if (n.ssid && (best.get(n.ssid)?.rssi ?? -Infinity) < n.rssi) best.set(n.ssid, n)
  return [...best.values()].sort((a, b) => b.rssi - a.rssi)
}

// joinCode is what phones understand as "join this open network"; some characters have a meaning in it.
export const joinCode = (ssid: string) => `WIFI:T:nopass;S:${ssid.replace(/[\\;,:"]/g, '\\$&')};;`
