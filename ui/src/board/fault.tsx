// Faults to order: the network to the board is made bad on purpose, and shown to be so beside Run until it ends.
import { useState } from 'preact/hooks'
import { api, refusal } from '../api'
import { provide, word, type Command } from '../commands/table'
import { Dialog, Wrong } from '../parts/dialog'
import { announce, attempt, board, openDialog } from '../state'
import type { Problem } from '../wire'
import { say, type Word } from '../words'

const kinds = ['delay', 'loss', 'cut', 'half-open', 'slow', 'restart']

export const faultCommand: Command & { offered: () => boolean } = {
  id: 'board.fault',
  group: 'board',
  label: word('fault.menu'),
  offered: () => board.peek().link,
  act: () => openDialog((close) => <Choose close={close} />),
}
provide([faultCommand])

const nameOf = (kind: string) => say(`fault.${kind}` as Word)

async function set(kind: string): Promise<void> {
  await api.setFault(kind)
  announce(kind ? say('fault.on', { kind: nameOf(kind) }) : say('fault.off'))
}

// Fault says beside Run that the network is bad on purpose; a click ends it.
export function Fault() {
  const { fault } = board.value
  if (!fault) return null
  return (
    <button type="button" class="quiet sandboxed faulty" title={say('fault.labelTitle')} onClick={() => attempt(() => set(''))}>
      {say('fault.label', { kind: nameOf(fault) })} <span aria-hidden="true">×</span>
    </button>
  )
}

function Choose({ close }: { close: () => void }) {
  const [kind, setKind] = useState(board.peek().fault ?? 'delay')
  const [wrong, setWrong] = useState<Problem | undefined>()
  const submit = async (e: Event) => {
    e.preventDefault()
    try {
      await set(kind)
      close()
    } catch (err) {
      setWrong(refusal(err))
    }
  }
  return (
    <Dialog title={say('fault.title')} close={close}>
      <form onSubmit={submit}>
        <p class="muted">{say('fault.about')}</p>
        <fieldset class="choices">
          <legend class="hidden">{say('fault.title')}</legend>
          {kinds.map((k) => (
            <label class={`choice${k === kind ? ' on' : ''}`} key={k}>
              <input type="radio" name="fault" value={k} checked={k === kind} autofocus={k === kind} onChange={() => setKind(k)} />
              <span>
                <strong>{nameOf(k)}</strong>
                <span class="muted">{say(`fault.${k}Text` as Word)}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <Wrong problem={wrong} />
        <div class="row end">
          <button type="button" class="plain" onClick={close}>
            {say('dialog.cancel')}
          </button>
          <button type="submit" class="secondary">
            {say('fault.set')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
