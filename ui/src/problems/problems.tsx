// What is wrong, as a list: a click goes to the place.
import { jump } from '../editor/tabs'
import { fix, shown } from '../editor/view'
import { nameOf } from '../format'
import type { Diagnostic } from '../wire'
import { arrows } from '../parts/roving'
import { fetchLibrary } from '../run/actions'
import { board, problems, progress, running } from '../state'
import { say, type Word } from '../words'
import './problems.css'

export function Problems() {
  const list = problems.value
  const failed = progress.value?.state === 'failed' ? progress.value.problem : undefined
  const own =
    failed && failed.code !== 'build.failed' && list.length === 0 && board.value.problem?.text !== failed.text ? failed : undefined
  if (list.length === 0 && !own) return <p class="hint">{say('problems.none')}</p>
  return (
    <ul
      class="problems"
      aria-label={say('problems.list')}
      onKeyDown={(e) => {
        arrows(e, '.problem', 'column')
      }}
    >
      {own && (
        <li>
          <div class="problem" tabIndex={0}>
            <Sign severity="error" />
            <span>
              <strong>{own.text}</strong> {own.help}
            </span>
          </div>
        </li>
      )}
      {list.map((p, i) => (
        <li key={`${p.path}:${p.line}:${p.column}:${p.text}`}>
          <One problem={p} first={i === 0 && !own} />
        </li>
      ))}
    </ul>
  )
}

const signs: Record<string, Word> = { warning: 'problems.warning', hint: 'problems.hint' }

function Sign({ severity }: { severity: string }) {
  return <span class={`sign ${severity}`}>{say(signs[severity] ?? 'problems.error')}</span>
}

function One({ problem: p, first }: { problem: Diagnostic; first: boolean }) {
  const go = () => {
    if (p.path) void jump(p.path, p.line || 1, p.column || 1)
  }
  const doc = shown.value
  const mark = doc?.path === p.path ? doc.marks.value.find((m) => m.problem === p) : undefined
  return (
    <div>
      <button type="button" class="problem" tabIndex={first ? 0 : -1} onClick={go}>
        <Sign severity={p.severity} />
        {p.path && (
          <span class="where">
            {nameOf(p.path)}
            {p.line > 0 && `:${mark?.line ?? p.line}`}
          </span>
        )}
        <span class="words">
          <strong>{p.text}</strong> {p.help}
          {(p.count ?? 0) > 1 && <span class="muted"> {say('problems.times', { n: p.count! })}</span>}
        </span>
      </button>
      {doc && mark && p.fix && (
        <button type="button" class="link" onClick={() => p.fix && fix(doc, mark, p.fix)}>
          {p.fix.title || say('explain.fix')}
        </button>
      )}
      {p.library && (
        <button type="button" class="link" disabled={running.value} onClick={() => void fetchLibrary(p.path, p.library!)}>
          {say('problems.library')}
        </button>
      )}
      {p.raw && (
        <details>
          <summary>{say('explain.raw')}</summary>
          <pre>{p.raw}</pre>
        </details>
      )}
    </div>
  )
}
