// A program on the virtual board wants to connect somewhere: the user says whether it may.
import { api } from '../api'
import { attempt, board } from '../state'
import { say } from '../words'

export function Dials() {
  const asked = board.value.dials?.split(' ') ?? []
  return (
    <>
      {asked.map((address) => (
        <div class="state-text warn" role="status" key={address} data-dial={address}>
          <p>{say('dial.ask', { address })}</p>
          <div class="row">
            <button type="button" class="secondary small" onClick={() => attempt(() => api.allowDial(address, true))}>
              {say('dial.allow')}
            </button>
            <button type="button" class="plain small" onClick={() => attempt(() => api.allowDial(address, false))}>
              {say('dial.refuse')}
            </button>
          </div>
        </div>
      ))}
    </>
  )
}
