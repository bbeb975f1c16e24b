// Which board is it? A list with drawings, what each can do and how far it has been tried.
import { useEffect, useState } from 'preact/hooks'
import { api, refusal } from '../api'
import type { BoardKind, Problem } from '../wire'
import { Dialog, Wrong } from '../parts/dialog'
import { announce, board, kinds, ports, toolchain } from '../state'
import { say, type Word } from '../words'
import { Thumb } from './pictures'

const tried: Record<string, Word> = { tested: 'kind.tested', emulated: 'kind.emulated', built: 'kind.built', untried: 'kind.untried' }

// Choose asks; then what was wanted goes on. getToolchain opens the dialog that fetches TinyGo, and then this one again.
export function Choose({ close, then, getToolchain }: { close: () => void; then?: () => void; getToolchain: () => void }) {
  const fit = (board.value.kinds ?? '').split(' ').filter(Boolean)
  const onUSB = ports.value.some((p) => p.name === board.value.port && p.vid)
  // A virtual board of another program is on a port, but not on USB.
  const real = kinds.value.filter((k) => k.network !== 'loopback' || !onUSB)
  const likely = fit.flatMap((id) => real.filter((k) => k.id === id))
  const others = real.filter((k) => !fit.includes(k.id))
  const [id, setID] = useState(board.value.id)
  const [wrong, setWrong] = useState<Problem | undefined>()
  const [asked, setAsked] = useState('') // until the board is known as this one
  const chosen = real.find((k) => k.id === id)
  const submit = async (e: Event) => {
    e.preventDefault()
    if (asked || !chosen) return
    setAsked(chosen.id)
    try {
      await api.chooseKind(chosen.id)
    } catch (err) {
      setWrong(refusal(err))
      setAsked('')
    }
  }
  const done = asked !== '' && board.value.id === asked
  useEffect(() => {
    if (!done) return
    if (chosen) announce(say('choose.chosen', { board: chosen.name }))
    close()
    then?.()
  }, [done])
  const list = (of: BoardKind[], legend: Word) =>
    of.length > 0 && (
      <fieldset class="choices kinds">
        <legend>{say(legend)}</legend>
        {of.map((k) => (
          <label class={`choice${k.id === id ? ' on' : ''}`} key={k.id}>
            <input type="radio" name="kind" value={k.id} checked={k.id === id} onChange={() => setID(k.id)} />
            <Thumb picture={k.picture} id={k.id} chip={k.chip} name={k.name} />
            <span class="about">
              <strong>{k.name}</strong>
              <span class="muted">
                {say(k.network === 'cable' ? 'kind.cable' : k.network === 'wifi' ? 'kind.wifi' : 'kind.loopback')} ·{' '}
                {say(k.files === 'program' ? 'kind.program' : 'kind.store')}
              </span>
              <span class="muted">{say(tried[k.tried] ?? 'kind.untried')}</span>
            </span>
          </label>
        ))}
      </fieldset>
    )
  return (
    <Dialog title={say('choose.title')} close={close} wide reading>
      <form onSubmit={submit}>
        <p class="muted">{say(likely.length > 1 ? 'choose.several' : 'choose.intro')}</p>
        <div class="all-kinds">
          {list(likely, 'choose.likely')}
          {likely.length > 0 ? (
            <details class="more" open={!likely.some((k) => k.id === id) && !!chosen}>
              <summary>{say('choose.others')}</summary>
              {list(others, 'choose.others')}
            </details>
          ) : (
            list(others, 'choose.all')
          )}
        </div>
        <div class="chosen-kind" role="status">
          {chosen && (
            <>
              {chosen.notes?.map((n) => (
                <p key={n}>{n}</p>
              ))}
              <p class="muted">
                {say('choose.boot')} {chosen.boot}
              </p>
              {chosen.problem && (
                <p class="warn-text">
                  <strong>{chosen.problem.text}</strong> {chosen.problem.help}{' '}
                  {chosen.problem.code === toolchain.value.problem?.code && toolchain.value.offer && (
                    <button type="button" class="link" onClick={getToolchain}>
                      {say('toolchain.install', { version: toolchain.value.offer })}
                    </button>
                  )}
                </p>
              )}
            </>
          )}
        </div>
        <Wrong problem={wrong} />
        <div class="row end">
          <button type="button" class="plain" onClick={close}>
            {say('dialog.cancel')}
          </button>
          <button type="submit" class="secondary" disabled={!chosen || asked !== ''}>
            {say('choose.confirm')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
