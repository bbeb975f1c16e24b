// Run, the one loud thing: the button, and in its place what is happening, how far it is, and Cancel.
import { signal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { nameOf, part, seconds } from '../format'
import type { Diagnostic, Progress } from '../wire'
import { jump } from '../editor/tabs'
import { brief, isLong } from './text'
import { Play } from '../parts/icons'
import { askKind, askToolchain } from '../board/ask'
import { board, dismissProgress, problems, progress, project, running, toolchain } from '../state'
import { isMistake } from '../codes'
import { say } from '../words'
import { canReset, canStop, reset, run, stop } from './actions'
import { cancel } from './start'
import './run.css'

export function RunBox() {
  const busy = running.value
  const box = useRef<HTMLDivElement>(null)
  const had = useRef(false) // the focus was here when the content changed
  // The focus follows what takes the button's place: the progress, and afterwards the button again.
  useLayoutEffect(() => {
    if (had.current) box.current?.querySelector<HTMLElement>(busy ? '.progress' : '.run')?.focus()
  }, [busy])
  had.current = !!box.current?.contains(document.activeElement)
  return (
    <div class={`runbox${busy ? ' busy' : ''}`} ref={box}>
      {busy ? (
        <Progressing />
      ) : (
        <button
          type="button"
          class="run"
          disabled={!project.value}
          title={say('run.title')}
          aria-keyshortcuts="Control+Enter"
          onClick={() => void run()}
        >
          <Play />
          {say('run.run')}
        </button>
      )}
    </div>
  )
}

function Progressing() {
  const p = progress.value
  const [long, setLong] = useState(false)
  const passed = usePassed(p?.id ?? '')
  useEffect(() => {
    const t = setTimeout(() => setLong(true), 350) // the button under the pointer must not be Cancel at once: a double click is common
    return () => clearTimeout(t)
  }, [])
  if (!p) return null
  const share = p.total > 0 ? Math.min(1, p.done / p.total) : undefined
  return (
    <div class="progress" tabIndex={-1} role="group" aria-label={say('run.progress')}>
      <div class="what">
        <span class="words" title={`${p.text}${p.phase === 'build' && passed >= 8 ? ` ${say('run.firstLonger')}` : ''}`}>
          {brief(p.text)}
          {p.phase === 'build' && passed >= 8 && ` · ${say('run.firstLonger')}`}
        </span>
        {p.total > 0 ? (
          <span class="size">{part(p.done, p.total)}</span>
        ) : (
          passed >= 3 && <span class="size">{say('run.passed', { n: passed })}</span>
        )}
        <div
          class={`track${share === undefined ? ' unknown' : ''}`}
          role="progressbar"
          aria-label={p.text}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={share === undefined ? undefined : Math.round(share * 100)}
        >
          <div style={share === undefined ? undefined : { width: `${share * 100}%` }} />
        </div>
      </div>
      <button type="button" class="plain cancel" disabled={!long || !p.id} onClick={() => void cancel()}>
        {say('dialog.cancel')}
      </button>
    </div>
  )
}

// usePassed counts the seconds since the action of that id began here.
function usePassed(id: string): number {
  const [passed, setPassed] = useState(0)
  useEffect(() => {
    const begun = Date.now()
    setPassed(0)
    const t = setInterval(() => setPassed(Math.floor((Date.now() - begun) / 1000)), 500)
    return () => clearInterval(t)
  }, [id])
  return passed
}

// Asking is what the action under way says at length, mostly what it needs the user for: the button's place has no room for that.
export function Asking() {
  const p = progress.value
  if (!p || !running.value || !isLong(p.text)) return null
  const first = brief(p.text)
  return (
    <div class="banner warn asking">
      <p>
        <strong>{p.text.slice(0, first.length + 1)}</strong>
        {p.text.slice(first.length + 1)}
      </p>
    </div>
  )
}

export function Stop() {
  return (
    <>
      <button type="button" class="quiet" disabled={!canStop()} title={say('run.stopTitle')} onClick={() => void stop()}>
        {say('run.stop')}
      </button>
      <button type="button" class="quiet reset" disabled={!canReset()} title={say('run.resetTitle')} onClick={() => void reset()}>
        {say('run.reset')}
      </button>
    </>
  )
}

// where is the place of the mistake that ended the last action, if it has one: it is told there, and only named here.
// A mistake that has been mended has none any more, and so nothing is told of it.
function where(p: Progress): Diagnostic | undefined {
  if (p.state !== 'failed' || !isMistake(p.problem)) return undefined
  return problems.value.find((q) => q.severity === 'error' && q.path && q.line > 0)
}

// told elsewhere: at its place, in the board's panel, or no more, because what it was about is mended.
function toldElsewhere(p: Progress): boolean {
  return (
    (p.problem?.code === 'build.failed' && (problems.value.length === 0 || !!where(p))) ||
    !!where(p) ||
    board.value.problem?.text === p.problem?.text
  )
}

// Outcome says at length why the last action failed, where nothing else does.
export function Outcome() {
  const p = progress.value
  if (p?.state !== 'failed' || !p.problem || toldElsewhere(p)) return null
  return (
    <div class="banner bad" role="alert">
      <p>
        <strong>{p.problem.text}</strong> {p.problem.help}
      </p>
      {(p.problem.code === toolchain.value.problem?.code || p.action === 'toolchain') && (
        <button type="button" class="plain" onClick={() => void askToolchain(p.action === 'run' ? () => void run() : undefined)}>
          {say('toolchain.see')}
        </button>
      )}
      {p.problem.code === 'board.choose' && (
        <button type="button" class="plain" onClick={() => void askKind(() => void run())}>
          {say('choose.button')}
        </button>
      )}
      <button type="button" class="quiet" onClick={dismissProgress}>
        {say('dialog.dismiss')}
      </button>
    </div>
  )
}

const $seen = signal('') // the action whose good end has been told for long enough
let told = { id: '', at: 0 } // since when the end of which is told, in whatever place

// Result is the short word beside the buttons: how the last action ended. A good end is told for a while, another one until it is over.
export function Result() {
  const p = progress.value
  useEffect(() => {
    if (p?.state === 'running' || !p) return
    if (told.id !== p.id) told = { id: p.id, at: performance.now() }
    const t = setTimeout(() => ($seen.value = p.id), told.at + 8000 - performance.now())
    return () => clearTimeout(t)
  }, [p?.id, p?.state])
  if (!p || p.state === 'running') return null
  if (p.state === 'failed') {
    const at = where(p)
    if (at)
      return (
        <button type="button" class="result bad link" title={at.text} onClick={() => void jump(at.path, at.line, at.column)}>
          <span class="tick" aria-hidden="true">
            ✕
          </span>
          {nameOf(at.path)}:{at.line}
        </button>
      )
    if (!p.problem || p.problem.code === 'build.failed' || !toldElsewhere(p)) return null
    return (
      <span class="result bad" title={`${p.problem.text} ${p.problem.help}`}>
        <span class="tick" aria-hidden="true">
          ✕
        </span>
        {brief(p.problem.text)}
      </span>
    )
  }
  if (p.state === 'done' && p.problem) {
    if (board.value.state === 'running') return null // it has come after all
    return (
      <span class="result warn" title={`${p.text} ${p.problem.help}`}>
        <span class="tick" aria-hidden="true">
          !
        </span>
        {brief(p.problem.text)}
      </span>
    )
  }
  if (p.id === $seen.value) return null
  if (p.state === 'cancelled')
    return (
      <span class="result muted" title={p.text}>
        {say('run.cancelled')}
      </span>
    )
  if (!p.id) return null
  return (
    <span class="result">
      <span class="tick" aria-hidden="true">
        ✓
      </span>
      {p.action === 'run' ? say('run.doneIn', { time: seconds(p.millis) }) : p.text}
    </span>
  )
}
