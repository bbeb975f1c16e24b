// Replay: a recording is sent to the board once more, and what comes back is put beside what came then.
import { useEffect, useState } from 'preact/hooks'
import { api, refusal } from '../api'
import { Dialog, Wrong } from '../parts/dialog'
import { attempt, board, openDialog } from '../state'
import type { ComparedExchange, ComparedRecordings, Message, Problem, Recording } from '../wire'
import { say, type Word } from '../words'
import { textOf } from './log'
import { replay } from './recorded'

export const showReplay = (of: Recording) => openDialog((close) => <Replaying of={of} close={close} />)

// showComparison puts a replay beside what it replayed.
export const showComparison = (a: string, b: Recording) =>
  openDialog((close) => (
    <Dialog title={say('replay.compareTitle', { name: b.name })} close={close} wide>
      <Comparison a={a} b={b.id} />
      <div class="row end">
        <button type="button" class="secondary" onClick={close}>
          {say('dialog.close')}
        </button>
      </div>
    </Dialog>
  ))

const speeds: [number, Word][] = [
  [1, 'replay.original'],
  [2, 'replay.twice'],
  [10, 'replay.ten'],
  [0, 'replay.fast'],
]

function Replaying({ of, close }: { of: Recording; close: () => void }) {
  const [speed, setSpeed] = useState(1)
  const [wrong, setWrong] = useState<Problem | undefined>()
  const [id, setID] = useState('') // of what comes back
  const now = replay.value
  const mine = now && ((id && now.id === id) || now.of === of.id) ? now : undefined
  const running = mine?.state === 'running'
  const begin = async () => {
    setWrong(undefined)
    try {
      setID((await api.replay(of.id, speed)).id)
    } catch (err) {
      setWrong(refusal(err))
    }
  }
  return (
    <Dialog title={say('replay.title', { name: of.name })} close={close} wide>
      <p class="muted">{say('replay.text', { board: board.value.name })}</p>
      <fieldset class="speeds" disabled={running}>
        <legend>{say('replay.speed')}</legend>
        {speeds.map(([value, label]) => (
          <label key={value}>
            <input type="radio" name="speed" checked={speed === value} onChange={() => setSpeed(value)} /> {say(label)}
          </label>
        ))}
      </fieldset>
      {running && (
        <p class="row">
          <progress aria-label={say('replay.progress')} value={mine.done} max={Math.max(1, mine.all)} />
          <span role="status">{say('replay.sent', { done: mine.done, all: mine.all })}</span>
        </p>
      )}
      <Wrong problem={wrong ?? (mine?.state === 'failed' ? mine.problem : undefined)} />
      {mine?.state === 'cancelled' && id && <p role="status">{say('replay.cancelled')}</p>}
      {mine?.state === 'done' && mine.id === id && <Comparison a={of.id} b={id} />}
      <div class="row end">
        <button type="button" class="plain" onClick={close}>
          {say('dialog.close')}
        </button>
        {running ? (
          <button type="button" class="plain" onClick={() => void attempt(() => api.cancelReplay())}>
            {say('dialog.cancel')}
          </button>
        ) : (
          <button type="button" class="secondary" onClick={() => void begin()}>
            {say('replay.start')}
          </button>
        )}
      </div>
    </Dialog>
  )
}

const nothing = { order: false, numbers: false, times: false }
const ignored: [keyof typeof nothing, Word][] = [
  ['order', 'replay.order'],
  ['numbers', 'replay.numbers'],
  ['times', 'replay.times'],
]

// Comparison shows two runs side by side.
function Comparison({ a, b }: { a: string; b: string }) {
  const [ignore, setIgnore] = useState(nothing)
  const [all, setAll] = useState(false)
  const [found, setFound] = useState<ComparedRecordings | undefined>()
  const [wrong, setWrong] = useState<Problem | undefined>()
  useEffect(() => {
    let wanted = true
    api.compareRecordings({ a, b, ...ignore, all }).then(
      (f) => {
        if (!wanted) return
        setFound(f)
        setWrong(undefined)
      },
      (err) => wanted && setWrong(refusal(err)),
    )
    return () => {
      wanted = false
    }
  }, [a, b, ignore, all])
  return (
    <>
      <fieldset class="speeds">
        <legend>{say('replay.ignore')}</legend>
        {ignored.map(([what, label]) => (
          <label key={what}>
            <input type="checkbox" checked={ignore[what]} onChange={() => setIgnore({ ...ignore, [what]: !ignore[what] })} /> {say(label)}
          </label>
        ))}
        <label>
          <input type="checkbox" checked={all} onChange={(e) => setAll(e.currentTarget.checked)} /> {say('replay.all')}
        </label>
      </fieldset>
      <Wrong problem={wrong} />
      {found && (
        <p role="status">
          <strong>
            {found.differ ? say('replay.differ', { differ: found.differ, n: found.total }) : say('replay.same', { n: found.total })}
          </strong>{' '}
          {found.cut && say('replay.cut')}
        </p>
      )}
      {found && found.exchanges.length > 0 && (
        <div class="compared" tabIndex={0} role="region" aria-label={say('replay.table')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{say('replay.columnSent')}</th>
                <th scope="col">{say('replay.columnThen')}</th>
                <th scope="col">{say('replay.columnNow')}</th>
              </tr>
            </thead>
            <tbody>
              {found.exchanges.map((e, i) => (
                <Row key={i} e={e} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}

function Row({ e }: { e: ComparedExchange }) {
  const sent = e.sentA[0] ?? e.sentB[0]
  return (
    <tr class={e.differs ? 'differs' : ''}>
      <th scope="row">
        {e.differs && <span class="tag">{say('replay.isDifferent')}</span>}
        {sent ? <code>{textOf(sent).slice(0, 200)}</code> : say('replay.unasked')}
      </th>
      <td>
        <Came list={e.a} />
      </td>
      <td>
        <Came list={e.b} />
      </td>
    </tr>
  )
}

function Came({ list }: { list: Message[] }) {
  if (list.length === 0) return <span class="muted">{say('replay.nothing')}</span>
  return (
    <>
      {list.map((m) => (
        <code key={m.seq}>{textOf(m).slice(0, 500)}</code>
      ))}
    </>
  )
}
