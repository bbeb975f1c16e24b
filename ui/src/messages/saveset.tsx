// "Save as test": what was just sent and received becomes a set of messages.
import { useState } from 'preact/hooks'
import { api, refusal } from '../api'
import { clock } from '../format'
import { Dialog, Wrong } from '../parts/dialog'
import { announce, openDialog } from '../state'
import type { Message, Problem } from '../wire'
import { say } from '../words'
import { hex } from './bytes'
import { bytesOf, isCut, list } from './log'
import { showView } from './messages'
import { emptyStep, writeFile, type Part, type Step } from './setfile'
import { freePath, writeSet } from './sets'
import { direction, contentOf } from './told'
import './tests.css'

const most = 100 // messages to choose from

export function saveAsTest(): void {
  const all = list.peek().filter((m) => m.from === 'console' && (m.kind === 'sent' || m.kind === 'received'))
  openDialog((close) => <SaveSet all={all.slice(-most)} close={close} />)
}

function SaveSet({ all, close }: { all: Message[]; close: () => void }) {
  const [name, setName] = useState('')
  const [picked, setPicked] = useState(() => new Set(all.slice(-10).map((m) => m.seq)))
  const [wrong, setWrong] = useState<Problem | undefined>()
  const [busy, setBusy] = useState(false)
  const pick = (seq: number, on: boolean) => {
    const next = new Set(picked)
    if (on) next.add(seq)
    else next.delete(seq)
    setPicked(next)
  }
  const save = async (e: Event) => {
    e.preventDefault()
    setBusy(true)
    try {
      const path = freePath(name)
      const steps: Step[] = []
      for (const m of all.filter((m) => picked.has(m.seq))) steps.push(stepOf(isCut(m) ? await api.message(m.seq) : m))
      await writeSet(path, writeFile({ name: name.trim(), messages: [], steps, rest: {} }), '')
      announce(say('tests.saved', { file: path }))
      close()
      showView('tests')
    } catch (err) {
      setWrong(refusal(err).problem)
      setBusy(false)
    }
  }
  return (
    <Dialog title={say('tests.saveTitle')} close={close} wide>
      {all.length === 0 ? (
        <>
          <p>{say('tests.saveNone')}</p>
          <div class="row end">
            <button type="button" class="secondary" autofocus onClick={close}>
              {say('dialog.close')}
            </button>
          </div>
        </>
      ) : (
        <form class="setform" onSubmit={(e) => void save(e)}>
          <label class="field">
            <span>{say('tests.name')}</span>
            <input
              value={name}
              maxLength={60}
              required
              autofocus
              autocomplete="off"
              placeholder={say('tests.namePlaceholder')}
              onInput={(e) => setName(e.currentTarget.value)}
            />
          </label>
          <fieldset>
            <legend>{say('tests.saveWhich')}</legend>
            <p class="muted">{say('tests.saveHint')}</p>
            <div class="row">
              {[2, 10, all.length].map((n, i) => (
                <button
                  type="button"
                  class="plain small"
                  key={i}
                  disabled={n > all.length}
                  onClick={() => setPicked(new Set(all.slice(-n).map((m) => m.seq)))}
                >
                  {i === 2 ? say('tests.saveAll') : say('tests.saveLast', { n })}
                </button>
              ))}
            </div>
            <div class="pick">
              {all.map((m) => (
                <label key={m.seq}>
                  <input type="checkbox" checked={picked.has(m.seq)} onChange={(e) => pick(m.seq, e.currentTarget.checked)} />
                  <span class="muted">{clock(m.time)}</span>
                  <span class={`dir ${direction(m)[1]}`}>{say(direction(m)[0])}</span>
                  <code>{contentOf(m, false).slice(0, 200)}</code>
                </label>
              ))}
            </div>
          </fieldset>
          <Wrong problem={wrong} />
          <div class="row end">
            <button type="button" class="plain" onClick={close}>
              {say('dialog.cancel')}
            </button>
            <button type="submit" class="secondary" disabled={busy || picked.size === 0 || name.trim() === ''}>
              {say('tests.saveFile')}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  )
}

// stepOf sends what was sent, and expects what came. Braces that would be variables stay what they are.
function stepOf(m: Message): Step {
  const sent = m.kind === 'sent'
  const part: Part = m.binary
    ? { kind: 'hex', text: hex(bytesOf(m)) }
    : { kind: sent ? 'text' : 'equals', text: m.data.replaceAll('{{', '{{open}}') }
  return { ...emptyStep(sent ? 'send' : 'expect'), part }
}
