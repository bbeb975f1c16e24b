// The button that shows how the board's Wi-Fi is, and its dialogs, which are loaded when they are first needed.
import { late } from '../api'
import { provide, word } from '../commands/table'
import { attempt, board, openDialog } from '../state'
import { say } from '../words'
import { briefly, hasWiFi } from './words'
import './wifi.css'

// askWiFi opens the dialog, which is loaded when it is first needed.
export const askWiFi = () =>
  attempt(async () => {
    const { WiFiDialog } = await late(import('./wifi'))
    openDialog((close) => <WiFiDialog close={close} />)
  })

provide([{ id: 'board.wifi', group: 'board', label: word('command.wifi'), offered: () => hasWiFi.peek(), act: askWiFi }])

// askAddress shows where a phone finds one of the board's pages.
export const askAddress = (path: string) =>
  attempt(async () => {
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
