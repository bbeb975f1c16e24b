// A board has been plugged in while Studio shows another one: one click takes it.
import { computed, signal } from '@preact/signals'
import { api } from '../api'
import type { Port } from '../wire'
import { attempt, board, ports } from '../state'
import { say } from '../words'
import { newcomers } from './newcomers'
import { nameOfPlace } from './places'

const dismissed = signal<readonly string[]>([]) // put away by the user
const known = signal<readonly Port[]>([])
const fresh = signal<readonly Port[]>([])

ports.subscribe((now) => {
  const names = now.map((p) => p.name)
  fresh.value = [...fresh.peek().filter((p) => names.includes(p.name)), ...newcomers(known.peek(), now)]
  dismissed.value = dismissed.peek().filter((n) => names.includes(n))
  known.value = now
})

const arrived = computed(() => {
  const b = board.value
  if (b.state === 'busy' || (!b.virtual && b.state !== 'absent')) return []
  return fresh.value.filter((p) => p.name !== b.port && !dismissed.value.includes(p.name)).slice(-1)
})

export function Arrived() {
  return (
    <>
      {arrived.value.map((p) => (
        <div class="banner info" role="status" key={p.name}>
          <p>
            <strong>{say('arrived.text', { board: nameOfPlace(p) })}</strong> {p.problem && `${p.problem.text} ${p.problem.help}`}
          </p>
          {!p.problem && (
            <button type="button" class="plain" onClick={() => void attempt(() => api.selectPort(p.name))}>
              {say('arrived.use')}
            </button>
          )}
          <button type="button" class="quiet" onClick={() => (dismissed.value = [...dismissed.value, p.name])}>
            {say('dialog.dismiss')}
          </button>
        </div>
      ))}
    </>
  )
}
