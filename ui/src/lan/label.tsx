// The label beside Run as long as the board's page is open to other devices, and the way to the dialog about them, which is
// loaded when it is first needed.
import { api, late } from '../api'
import { provide, word, type Command } from '../commands/table'
import { attempt, openDialog, project } from '../state'
import { say } from '../words'
import { connected, lan } from './live'
import './lan.css'

export const askLAN = () =>
  attempt(async () => {
    const { LANDialog } = await late(import('./lan'))
    openDialog((close) => <LANDialog close={close} />)
  })

export const lanCommand: Command & { offered: () => boolean } = {
  id: 'board.lan',
  group: 'board',
  label: word('lan.menu'),
  offered: () => !!project.peek(),
  act: askLAN,
}
provide([lanCommand])

// endLAN hangs up on all of them.
export const endLAN = () => attempt(() => api.closeToLAN())

// OnLAN is the label beside Run, with the end of it.
export function OnLAN() {
  const l = lan.value
  if (!l.on) return null
  const end = `${say('lan.end')}: ${say('lan.title')}`
  return (
    <span class="sandboxed onlan">
      <button type="button" aria-haspopup="dialog" title={say('lan.labelTitle')} onClick={() => void askLAN()}>
        {say('lan.label', { n: connected(l) })}
      </button>
      <button type="button" aria-label={end} title={end} onClick={endLAN}>
        ×
      </button>
    </span>
  )
}
