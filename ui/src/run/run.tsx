// Run, the one loud thing: the button, and in its place what is happening, how far it is, and Cancel.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { part, seconds } from '../format'
import { brief, isLong } from './text'
import { Play } from '../parts/icons'
import { askKind, askToolchain } from '../board/ask'
import { board, dismissProgress, problems, progress, project, running, toolchain } from '../state'
import { say } from '../words'
import { cancel, reset, run, stop } from './actions'
import './run.css'

export function RunBox() {
  const busy = running.value
  const box = useRef<HTMLDivElement>(null)
  const had = useRef(false) // the focus was here when the content changed
  // The focus follows what takes the button's place: the progress, and afterwards the button again.
  useLayoutEffect(() => {
    if (had.current) (box.current?.querySelector<HTMLElement>(busy ? '.progress' : '.run'))?.focus()
  }, [busy])
  had.current = !!box.current?.contains(document.activeElement)
  return (
    <div class={`runbox${busy ? ' busy' : ''}`} ref={box}>
      {busy ? <Progressing /> : (
        <button type="button" class="run" disabled={!project.value} title={say('run.title')} aria-keyshortcuts="Control+Enter" onClick={() => void run()}>
          <Play />{say('run.run')}
        </button>
      )}
    </div>
  )
}

function Progressing() {
  const p = progress.value
  const [long, setLong] = useState(false)
  useEffect(() => {
    const t = setTimeout(() => setLong(true), 350) // the button under the pointer must not be Cancel at once: a double click is common
    return () => clearTimeout(t)
  }, [])
  if (!p) return null
  const share = p.total > 0 ? Math.min(1, p.done / p.total) : undefined
  return (
    <div class="progress" tabIndex={-1} role="group" aria-label={say('run.progress')}>
      <div class="what">
        <span class="words" title={p.text}>{brief(p.text)}</span>
        {p.total > 0 && <span class="size">{part(p.done, p.total)}</span>}
        <div class={`track${share === undefined ? ' unknown' : ''}`} role="progressbar" aria-label={p.text} aria-valuemin={0} aria-valuemax={100} aria-valuenow={share === undefined ? undefined : Math.round(share * 100)}>
          <div style={share === undefined ? undefined : { width: `${share * 100}%` }} />
        </div>
      </div>
      <button type="button" class="plain cancel" disabled={!long || !p.id} onClick={() => void cancel()}>{say('dialog.cancel')}</button>
    </div>
  )
}

// Asking is what the action under way says at length, mostly what it needs the user for: the button's place has no room for that.
export function Asking() {
  const p = progress.value
  if (!p || !running.value || !isLong(p.text)) return null
  const first = brief(p.text)
  return (
    <div class="banner warn asking">
      <p><strong>{p.text.slice(0, first.length + 1)}</strong>{p.text.slice(first.length + 1)}</p>
    </div>
  )
}

export function Stop() {
  const b = board.value
  const off = b.state === 'absent' || b.state === 'stopped' || b.state === 'empty'
  return (
    <>
      <button type="button" class="quiet" disabled={off} title={say('run.stopTitle')} onClick={() => void stop()}>{say('run.stop')}</button>
      <button type="button" class="quiet reset" disabled={b.state === 'absent' || running.value} title={say('run.resetTitle')} onClick={() => void reset()}>{say('run.reset')}</button>
    </>
  )
}

// Outcome says how the last action ended: shortly when well, until dismissed when not.
export function Outcome() {
  const p = progress.value
  if (!p || p.state === 'running' || !p.id && p.state === 'done') return null
  if (p.state === 'failed' && p.problem) {
    const first = problems.value.find((q) => q.severity === 'error' && q.path)
    return (
      <div class="banner bad" role="alert">
        <p><strong>{p.problem.text}</strong> {p.problem.help}{first && p.problem.code.startsWith('build') && <span class="muted"> {say('run.atPlace', { file: first.path, line: first.line })}</span>}</p>
        {(p.problem.code === toolchain.value.problem?.code || p.action === 'toolchain') && <button type="button" class="plain" onClick={() => void askToolchain(p.action === 'run' ? () => void run() : undefined)}>{say('toolchain.see')}</button>}
        {p.problem.code === 'board.choose' && <button type="button" class="plain" onClick={() => void askKind(() => void run())}>{say('choose.button')}</button>}
        <button type="button" class="quiet" onClick={dismissProgress}>{say('dialog.dismiss')}</button>
      </div>
    )
  }
  return null
}

// Result is the short word beside the buttons after a good end.
export function Result() {
  const p = progress.value
  const [hidden, setHidden] = useState('')
  useEffect(() => {
    if (p?.state === 'running' || !p) return
    const t = setTimeout(() => setHidden(p.id), 8000)
    return () => clearTimeout(t)
  }, [p?.id, p?.state])
  if (!p || p.id === hidden) return null
  if (p.state === 'cancelled') return <span class="result muted">{say('run.cancelled')}</span>
  if (p.state !== 'done' || !p.id) return null
  return <span class="result"><span class="tick" aria-hidden="true">✓</span>{p.action === 'run' ? say('run.doneIn', { time: seconds(p.millis) }) : p.text}</span>
}
