// Pretend pages: many clients at once, and what became of them in words.
import { useState } from 'preact/hooks'
import { api, refusal } from '../api'
import { Dialog, Wrong } from '../parts/dialog'
import { openDialog } from '../state'
import type { Load, Problem, StartLoad } from '../wire'
import { say, sayProblem } from '../words'
import { recent } from './log'
import { loading } from './sets'
import './tests.css'

export function pretendPages(): void {
  openDialog((close) => <Pretend close={close} />)
}

const nth = 7 // of "does the board still answer the 7th?"

function Pretend({ close }: { close: () => void }) {
  const [what, setWhat] = useState<StartLoad>(() => ({
    clients: 30,
    rounds: 5,
    think: 200,
    within: 5000,
    path: '/ws',
    page: '',
    text: recent.peek()[0] ?? 'LEDon',
    expect: '',
    turns: true,
  }))
  const [wrong, setWrong] = useState<Problem | undefined>()
  const now = loading.value
  const going = now?.state === 'running'
  const start = async (more: Partial<StartLoad>) => {
    setWrong(undefined)
    try {
      await api.startLoad({ ...what, ...more })
    } catch (err) {
      setWrong(refusal(err).problem)
    }
  }
  const number = (key: 'clients' | 'rounds' | 'think' | 'within', label: string, most: number) => (
    <label>
      <span>{label}</span>
      <input
        type="number"
        min={key === 'think' ? 0 : 1}
        max={most}
        required
        value={what[key]}
        onInput={(e) => setWhat({ ...what, [key]: Math.trunc(Number(e.currentTarget.value)) })}
      />
    </label>
  )
  const text = (key: 'path' | 'text' | 'expect', label: string, placeholder = '') => (
    <label>
      <span>{label}</span>
      <input
        value={what[key]}
        autocomplete="off"
        spellcheck={false}
        placeholder={placeholder}
        onInput={(e) => setWhat({ ...what, [key]: e.currentTarget.value })}
      />
    </label>
  )
  return (
    <Dialog title={say('pretend.title')} close={close} wide>
      <p class="muted">{say('pretend.about')}</p>
      <form
        class="setform pretend"
        onSubmit={(e) => {
          e.preventDefault()
          if (!going) void start({})
        }}
      >
        <div class="grid2">
          {number('clients', say('pretend.clients'), 1000)}
          {number('rounds', say('pretend.rounds'), 1000)}
          {number('think', say('pretend.think'), 60000)}
          {number('within', say('pretend.within'), 60000)}
          {text('text', say('pretend.text'))}
          {text('expect', say('pretend.expect'), say('pretend.any'))}
          {text('path', say('pretend.path'))}
        </div>
        <label class="check">
          <input
            type="checkbox"
            checked={what.page !== ''}
            onChange={(e) => setWhat({ ...what, page: e.currentTarget.checked ? '/' : '' })}
          />
          {say('pretend.page')}
        </label>
        <label class="check">
          <input type="checkbox" checked={what.turns} onChange={(e) => setWhat({ ...what, turns: e.currentTarget.checked })} />
          {say('pretend.turns')}
        </label>
        <Wrong problem={wrong} />
        {now && <Outcome now={now} />}
        <div class="row end">
          <button type="button" class="plain" onClick={close}>
            {say('dialog.close')}
          </button>
          <button
            type="button"
            class="plain"
            disabled={going}
            onClick={() => void start({ clients: nth, rounds: 1, turns: false, page: '' })}
          >
            {say('pretend.nth', { n: nth })}
          </button>
          {going ? (
            <button type="button" class="secondary" onClick={() => void api.cancelLoad().catch(() => undefined)}>
              {say('dialog.cancel')}
            </button>
          ) : (
            <button type="submit" class="secondary">
              {say('pretend.start')}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  )
}

function Outcome({ now }: { now: Load }) {
  const going = now.state === 'running'
  const problem = now.problem && sayProblem(now.problem)
  return (
    <div class="outcome">
      <p role="status" class={`verdict ${now.state}`}>
        {going ? say('pretend.going', { open: now.open, clients: now.clients }) : (problem?.text ?? now.verdict)}
      </p>
      {going && <progress max={now.clients} value={now.connected + now.refused} aria-label={say('pretend.title')} />}
      <dl>
        <Figure label={say('pretend.connected')} value={now.connected} />
        <Figure label={say('pretend.refused')} value={now.refused} />
        <Figure label={say('pretend.lost')} value={now.lost} />
        <Figure label={say('pretend.sent')} value={now.sent} />
        <Figure label={say('pretend.received')} value={now.received} />
        <Figure label={say('pretend.answered')} value={now.answered} />
        {now.pages > 0 && <Figure label={say('pretend.pages')} value={now.pages} />}
        {now.answered > 0 && (
          <Figure label={say('pretend.late')} value={say('pretend.times', { p50: now.p50, p99: now.p99, worst: now.worst })} />
        )}
      </dl>
      {now.reasons.length > 0 && (
        <ul>
          {now.reasons.map((r) => (
            <li key={r.text}>{say('pretend.reason', { count: r.count, text: r.text })}</li>
          ))}
        </ul>
      )}
    </div>
  )
}

const Figure = ({ label, value }: { label: string; value: number | string }) => (
  <div>
    <dt>{label}</dt>
    <dd>{value}</dd>
  </div>
)
