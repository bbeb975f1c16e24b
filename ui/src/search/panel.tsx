// The search over all files: its fields, what was found by file and line, and what would take its place.
import { effect, signal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { attempt, project } from '../state'
import { docAt, unsaved } from '../editor/documents'
import { jump } from '../editor/tabs'
import { focusEditor, select } from '../editor/view'
import { nameOf } from '../format'
import { provide, word } from '../commands/table'
import { confirm } from '../parts/dialog'
import { FileType, Icon } from '../parts/icons'
import { showHistory } from '../projects/projects'
import type { FoundFile, Place } from '../wire'
import { count, say } from '../words'
import { clear, find, results, searching, stopSearch, summary, wrong, type Results } from './find'
import { replaceAll, replaceInFile, replaceOne, replacing, stopReplacing, type Outcome } from './replace'
import { ask, focusAsked, query, replaces, showReplace } from './state'
import './search.css'

const afterTyping = 200 // ms
const afterChange = 600 // ms, until what was found is looked for again
const rowsAtFirst = 500 // beyond them files are folded
const filesAtFirst = 200 // beyond them a button shows the rest

const $folded = signal<ReadonlyMap<string, boolean>>(new Map()) // what the user has folded and unfolded
const $outcome = signal<Outcome | undefined>(undefined)
const $at = signal('') // the place that was gone to last

const wanted = () => ({ ...query.peek(), with: replaces.peek() ? query.peek().with : '' })

let answered = 0 // how often the first field has got the focus because somebody asked for it
let timer = 0
let isNew = false // what the timer waits for is to be looked for anew

function soon(ms: number, quietly = false): void {
  clearTimeout(timer)
  isNew ||= !quietly
  timer = window.setTimeout(() => look(!isNew), ms)
}

// look looks now for what the fields say.
function look(quietly = false): void {
  clearTimeout(timer)
  isNew = false
  if (!quietly) {
    $folded.value = new Map()
    $outcome.value = undefined
    $at.value = ''
  }
  if (query.peek().text === '') clear()
  else void find(wanted(), quietly)
}

// follow looks again when files have changed. It returns what ends that.
function follow(): () => void {
  let before: unknown
  return effect(() => {
    const now = [project.value?.files, unsaved.value]
    if (before && query.peek().text && !replacing.peek()) soon(afterChange, true)
    before = now
  })
}

export function Search() {
  const q = query.value
  const field = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => {
    if (focusAsked.value === answered) return
    answered = focusAsked.value
    field.current?.focus()
    field.current?.select()
    if (query.peek().text !== results.peek()?.query.text) look()
  }, [focusAsked.value])
  useEffect(() => {
    if (query.peek().text) look(!!results.peek())
    return follow()
  }, [])
  const change = (part: Parameters<typeof ask>[0], ms = 0) => {
    ask(part)
    soon(ms)
  }
  const { value: r } = results
  return (
    <div class="searching" role="search" aria-label={say('search.title')}>
      <div class="fields">
        <button
          type="button"
          class="quiet icon"
          aria-expanded={replaces.value}
          aria-label={say('search.replaceToo')}
          title={say('search.replaceToo')}
          onClick={() => {
            showReplace(!replaces.peek())
            soon(0, true)
          }}
        >
          <i class={`chev${replaces.value ? '' : ' aside'}`} />
        </button>
        <div class="two">
          <div class="line">
            <input
              ref={field}
              class="what"
              aria-label={say('search.what')}
              placeholder={say('search.what')}
              aria-invalid={!!wrong.value}
              aria-describedby="search-says"
              autocomplete="off"
              autocapitalize="off"
              spellcheck={false}
              value={q.text}
              onInput={(e) => change({ text: e.currentTarget.value }, afterTyping)}
              onKeyDown={(e) => {
                if (e.key === 'Enter' && !e.isComposing) look()
                else if (e.key === 'Escape' && searching.peek()) stopSearch()
                else if (e.key === 'ArrowDown') toFirst(e)
              }}
            />
            <Toggle sign="Aa" label={say('search.case')} on={q.case} set={(on) => change({ case: on })} />
            <Toggle sign="ab" label={say('search.word')} on={q.word} set={(on) => change({ word: on })} />
            <Toggle sign=".*" label={say('search.regexp')} on={q.regexp} set={(on) => change({ regexp: on })} />
          </div>
          {replaces.value && (
            <div class="line">
              <input
                class="what"
                aria-label={say('search.with')}
                placeholder={say(q.regexp ? 'search.withRegexp' : 'search.with')}
                autocomplete="off"
                autocapitalize="off"
                spellcheck={false}
                value={q.with}
                onInput={(e) => {
                  ask({ with: e.currentTarget.value })
                  soon(afterTyping, true)
                }}
              />
              <button
                type="button"
                class="plain"
                disabled={
                  !r || r.places === 0 || r.more || r.stopped || !!searching.value || !!replacing.value || !!project.value?.readOnly
                }
                onClick={() => r && void all(r)}
              >
                {say('search.replaceAll')}
              </button>
            </div>
          )}
        </div>
      </div>
      <State />
      {r && r.places > 0 && <Found r={r} />}
    </div>
  )
}

function Toggle({ sign, label, on, set }: { sign: string; label: string; on: boolean; set: (on: boolean) => void }) {
  return (
    <button
      type="button"
      class="quiet toggle"
      aria-pressed={on}
      aria-label={label}
      title={label}
      data-sign={sign}
      onClick={() => set(!on)}
    />
  )
}

// State says what was found, how far it is, or why it cannot be looked for.
function State() {
  const r = results.value
  const going = searching.value ?? replacing.value
  const o = $outcome.value
  const why = wrong.value
  return (
    <div class="says" id="search-says">
      <div role="status">
        {why ? (
          <p class="wrong-text">
            <strong>{why.text}</strong> {why.help}
          </p>
        ) : going ? null : o ? (
          <Ended o={o} />
        ) : (
          r && (
            <p class="muted">
              {summary(r)}
              {r.large.length > 0 && ` ${say('search.large', { n: r.large.length, files: r.large.slice(0, 3).map(nameOf).join(', ') })}`}
            </p>
          )
        )}
      </div>
      {going && (
        <div class="going">
          <progress max={going.total} value={going.done} aria-label={say(searching.value ? 'search.going' : 'search.replacing')} />
          <span class="muted">{say('search.progress', { done: going.done, total: going.total })}</span>
          <button type="button" class="plain small" onClick={searching.value ? stopSearch : stopReplacing}>
            {say('dialog.cancel')}
          </button>
        </div>
      )}
    </div>
  )
}

function Ended({ o }: { o: Outcome }) {
  const left = o.left.slice(0, 3).map((l) => l.why)
  return (
    <>
      {o.problem ? (
        <p class="wrong-text">
          <strong>{o.problem.text}</strong> {o.problem.help}
        </p>
      ) : (
        <p>
          {say('search.replaced', { n: o.places, files: say('search.files', { n: o.files }) })}
          {o.stopped && ` ${say('search.replaceStopped')}`}
        </p>
      )}
      {o.left.length > 0 && (
        <p class="wrong-text">
          {say('search.left', { n: o.left.length })} {left.join(' ')}
          {o.left.length > left.length && ' …'}
        </p>
      )}
      {o.kept && (
        <p class="muted">
          {say('search.kept')}{' '}
          <button type="button" class="link" onClick={() => void showHistory()}>
            {say('project.earlier')}
          </button>
        </p>
      )}
    </>
  )
}

async function all(r: Results): Promise<void> {
  const files = say('search.files', { n: r.files.length })
  const yes = await confirm({
    title: say('search.replaceTitle', { n: r.places, files }),
    text: say(r.query.with ? 'search.replaceText' : 'search.replaceNothing', { text: short(r.query.text), with: short(r.query.with) }),
    confirm: say('search.replaceAllConfirm'),
  })
  if (!yes) return
  $outcome.value = undefined
  const o = await replaceAll(r)
  $outcome.value = o
  await find(wanted(), true)
}

const short = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

const idOf = (path: string, p?: Place) => (p ? `${path}:${p.line}:${p.column}` : path)

function toFirst(e: KeyboardEvent): void {
  const row = document.querySelector<HTMLElement>('.searching .found [data-row]')
  if (!row) return
  e.preventDefault()
  row.focus()
}

// Found lists the files and their places. It is one stop for the Tab key, and its buttons to replace are another; arrows
// go from row to row, left and right fold a file.
function Found({ r }: { r: Results }) {
  const [stop, setStop] = useState('')
  const [whole, setWhole] = useState<Results['query'] | undefined>() // all files of this query are wanted
  const rest = whole === r.query ? 0 : Math.max(0, r.files.length - filesAtFirst)
  let rows = 0
  const files = r.files.slice(0, r.files.length - rest).map((f) => {
    const folded = $folded.value.get(f.path) ?? rows > rowsAtFirst
    if (!folded) rows += f.places.length
    return { f, folded }
  })
  const ids = files.flatMap(({ f, folded }) => [f.path, ...(folded ? [] : f.places.map((p) => idOf(f.path, p)))])
  const here = ids.includes(stop) ? stop : ids[0]
  const withReplace = replaces.value && !project.value?.readOnly
  const focus = (id: string | undefined) => {
    if (id === undefined) return
    setStop(id)
    document.querySelector<HTMLElement>(`.searching [data-row="${CSS.escape(id)}"]`)?.focus() // at once: the next key is this row's
  }
  const keys = (e: KeyboardEvent) => {
    const row = (e.target as HTMLElement).closest<HTMLElement>('[data-row]')?.dataset.row
    const i = row === undefined ? -1 : ids.indexOf(row)
    if (i < 0 || row === undefined) return
    const fold = (on: boolean) => ($folded.value = new Map($folded.value).set(row, on))
    const isFile = r.files.some((f) => f.path === row)
    if (e.key === 'ArrowDown') focus(ids[i + 1])
    else if (e.key === 'ArrowUp') focus(ids[i - 1])
    else if (e.key === 'Home') focus(ids[0])
    else if (e.key === 'End') focus(ids.at(-1))
    else if (e.key === 'ArrowLeft' && isFile) fold(true)
    else if (e.key === 'ArrowRight' && isFile) fold(false)
    else if (e.key === 'ArrowLeft') focus(ids.slice(0, i).findLast((id) => r.files.some((f) => f.path === id)))
    else return
    e.preventDefault()
  }
  return (
    <ul class="found" aria-label={say('search.found')} onKeyDown={keys}>
      {files.map(({ f, folded }) => (
        <li key={f.path}>
          <div class="file">
            <button
              type="button"
              class="head"
              data-row={f.path}
              aria-expanded={!folded}
              tabIndex={here === f.path ? 0 : -1}
              onFocus={() => setStop(f.path)}
              onClick={() => ($folded.value = new Map($folded.value).set(f.path, !folded))}
            >
              <i class={`chev${folded ? ' aside' : ''}`} />
              <FileType path={f.path} />
              <span class="name">{nameOf(f.path)}</span>
              <span class="muted path">{f.path.slice(0, Math.max(0, f.path.length - nameOf(f.path).length - 1))}</span>
              <span class="count" aria-label={say('search.placesIn', { n: f.places.length })}>
                {count(f.places.length)}
              </span>
            </button>
            {withReplace && (
              <button
                type="button"
                class="quiet small"
                tabIndex={here === f.path ? 0 : -1}
                aria-label={say('search.replaceFile', { file: nameOf(f.path) })}
                onClick={() => void attempt(() => replaceInFile(r.query, f))}
              >
                {say('search.replaceHere')}
              </button>
            )}
          </div>
          {!folded && (
            <ul>
              {f.places.map((p) => (
                <Row key={idOf(f.path, p)} r={r} f={f} p={p} isStop={here === idOf(f.path, p)} stop={setStop} withReplace={withReplace} />
              ))}
            </ul>
          )}
        </li>
      ))}
      {rest > 0 && (
        <li>
          <button type="button" class="link more" onClick={() => setWhole(r.query)}>
            {say('search.rest', { n: rest })}
          </button>
        </li>
      )}
    </ul>
  )
}

interface RowOf {
  r: Results
  f: FoundFile
  p: Place
  isStop: boolean
  stop: (id: string) => void
  withReplace: boolean
}

function Row({ r, f, p, isStop, stop, withReplace }: RowOf) {
  const id = idOf(f.path, p)
  return (
    <li class={$at.value === id ? 'row-of at' : 'row-of'}>
      <button
        type="button"
        class="hit"
        data-row={id}
        tabIndex={isStop ? 0 : -1}
        aria-current={$at.value === id || undefined}
        onFocus={() => stop(id)}
        onClick={() => void goTo(f, p)}
      >
        <span class="muted number">{p.line}</span>
        <code title={`${p.before.trimStart()}${p.text}${p.after}`}>
          {p.before.trim() && (
            <span class="before">
              <span>{p.before.trimStart()}</span>
            </span>
          )}
          {withReplace ? (
            <>
              <del>{p.text}</del>
              {p.with && <ins>{short(p.with)}</ins>}
            </>
          ) : (
            <mark>{p.text}</mark>
          )}
          <span>{p.after}</span>
        </code>
      </button>
      {withReplace && (
        <button
          type="button"
          class="quiet icon"
          tabIndex={isStop ? 0 : -1}
          aria-label={say('search.replaceLine', { line: p.line, file: nameOf(f.path) })}
          title={say('search.replaceOne')}
          onClick={() => void attempt(() => replaceOne(r.query, f, p))}
        >
          <Icon name="replace" />
        </button>
      )}
    </li>
  )
}

async function goTo(f: FoundFile, p: Place): Promise<void> {
  $at.value = idOf(f.path, p)
  await jump(f.path, p.line, p.column, false)
  const doc = docAt(f.path)
  if (doc) select(doc, [p.line, p.column], [p.endLine, p.endColumn])
  focusEditor()
}

// beside goes to the place after or before the last one.
function beside(n: number): void {
  const list = (results.peek()?.files ?? []).flatMap((f) => f.places.map((p) => ({ f, p })))
  if (list.length === 0) return
  const i = list.findIndex(({ f, p }) => idOf(f.path, p) === $at.peek())
  const to = list[i < 0 ? (n > 0 ? 0 : list.length - 1) : (i + n + list.length) % list.length]!
  void goTo(to.f, to.p)
}

const hasPlaces = () => (results.peek()?.places ?? 0) > 0
provide([
  {
    id: 'search.nextPlace',
    group: 'search',
    label: word('search.next'),
    keys: ['F4'],
    repeats: true,
    offered: hasPlaces,
    act: () => beside(1),
  },
  {
    id: 'search.previousPlace',
    group: 'search',
    label: word('search.previous'),
    keys: ['Shift-F4'],
    repeats: true,
    offered: hasPlaces,
    act: () => beside(-1),
  },
])
