// The history of the project: what was kept, what has changed since, and the way back; and how that stands to what is on
// the board now.
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { api, refusal, type Read } from '../api'
import { saveAll } from '../editor/documents'
import { Diff } from '../editor/diff'
import { bytes, when } from '../format'
import { Dialog, Wrong } from '../parts/dialog'
import { announce, badges, board, openDialog, project } from '../state'
import type { ComparedState, FileDifference, Problem, SavedState, SavedStates } from '../wire'
import { say, type Word } from '../words'

// showHistory opens the list, with one entry unfolded; 'board' is what is on the board.
export async function showHistory(unfolded = ''): Promise<void> {
  await saveAll()
  openDialog((close) => <History close={close} unfolded={unfolded} />)
}

const whys: Record<string, Word> = {
  run: 'history.run',
  work: 'history.work',
  restore: 'history.restore',
  remove: 'history.remove',
  rename: 'history.renameProject',
  replace: 'history.replace',
}

function reason(s: SavedState): string {
  const { about = '' } = s
  if (s.why === 'restore' && about) return say('history.restoreFile', { about })
  if (s.why === 'rename' && about) return say('history.rename', { about })
  const word = whys[s.why]
  return word ? say(word, { about }) : (s.label ?? '')
}

const hows: Record<string, Word> = { added: 'history.inAdded', changed: 'history.inChanged', removed: 'history.inRemoved' }

function changes(s: SavedState): string {
  if (s.first) return say('history.first', { n: s.files })
  if (s.changes.length === 0) return say('history.same')
  const some = s.changes.slice(0, 4).map((c) => say(hows[c.how] ?? 'history.inChanged', { file: c.path }))
  const more = s.changes.length - some.length + s.more
  return some.join(', ') + (more ? ` ${say('history.more', { n: more })}` : '')
}

function History({ close, unfolded }: { close: () => void; unfolded: string }) {
  const [list, setList] = useState<SavedStates | undefined>()
  const [open, setOpen] = useState(unfolded)
  const [wrong, setWrong] = useState<Problem | undefined>()
  const load = () =>
    api.snapshots().then(setList, (err) => {
      setWrong(refusal(err))
    })
  useEffect(() => void load(), [])
  const box = useRef<HTMLUListElement>(null)
  useLayoutEffect(() => {
    if (list && unfolded) box.current?.querySelector<HTMLElement>('[aria-expanded=true]')?.focus()
  }, [list === undefined])
  const [working, setWorking] = useState(false) // for longer than a moment
  const busy = useRef(false)
  // act does something to the project, and brings the list up to date; one thing at a time.
  const act = async (work: () => Promise<unknown>, told: string) => {
    if (busy.current) return
    busy.current = true
    const long = setTimeout(() => setWorking(true), 500)
    try {
      await saveAll()
      await work()
      announce(told)
      setWrong(undefined)
      await load()
    } catch (err) {
      setWrong(refusal(err))
    } finally {
      busy.current = false
      clearTimeout(long)
      setWorking(false)
    }
  }
  const entry = (id: string, title: string, about: string, inside: () => ComponentChildren) => (
    <li key={id}>
      <button type="button" class="entry" aria-expanded={open === id} onClick={() => setOpen(open === id ? '' : id)}>
        <i class="chev" />
        <span>
          <strong>{title}</strong> <span class="muted">{about}</span>
        </span>
      </button>
      {open === id && <div class="inside">{inside()}</div>}
    </li>
  )
  return (
    <Dialog title={say('history.title', { title: project.value?.title ?? '' })} close={close} wide reading={!unfolded}>
      <p class="muted">{list && say('history.text', { n: list.most, size: bytes(list.size) })}</p>
      <ul class="history" ref={box}>
        {entry('board', say('history.board'), board.value.name, () => (
          <OnBoard list={list?.snapshots ?? []} act={act} show={setOpen} />
        ))}
        {list?.snapshots.map((s) =>
          entry(s.id, `${when(s.time)} · ${reason(s)}`, changes(s), () => <Since key={s.id + list.snapshots[0]!.id} state={s} act={act} />),
        )}
      </ul>
      {list?.snapshots.length === 0 && <p>{say('history.none')}</p>}
      <Wrong problem={wrong} />
      {working && (
        <div class="track unknown" role="progressbar" aria-label={say('history.working')} title={say('history.working')}>
          <div />
        </div>
      )}
      <div class="row end">
        {working && <span class="muted">{say('history.working')}</span>}
        <button type="button" class="secondary" onClick={close}>
          {say('dialog.close')}
        </button>
      </div>
    </Dialog>
  )
}

type Act = (work: () => Promise<unknown>, told: string) => Promise<void>

const since: Record<string, Word> = { added: 'history.added', changed: 'history.changed', removed: 'history.removed' }

// Since is what has changed since a state, and the ways back to it.
function Since({ state, act }: { state: SavedState; act: Act }) {
  const [found, setFound] = useState<ComparedState | undefined>()
  const [wrong, setWrong] = useState<Problem | undefined>()
  useEffect(() => {
    api.compareSnapshot(state.id).then(setFound, (err) => setWrong(refusal(err)))
  }, [])
  const time = when(state.time)
  if (wrong) return <p class="wrong-text">{`${wrong.text} ${wrong.help}`}</p>
  if (!found) return <p class="muted">…</p>
  if (found.changes.length === 0) return <p>{say('history.now')}</p>
  return (
    <>
      <p>{say('history.since')}</p>
      <ul class="earlier">
        {found.changes.map((c) => (
          <li key={c.path}>
            <span class="path">
              {c.path} <span class="muted">{say(since[c.how] ?? 'history.changed')}</span>
            </span>
            <span class="row">
              <button
                type="button"
                class="plain"
                aria-label={say(c.how === 'removed' ? 'history.lookLabel' : 'history.compareLabel', { file: c.path })}
                onClick={() => void compare(state, c, time)}
              >
                {say(c.how === 'removed' ? 'history.look' : 'history.compare')}
              </button>
              {c.how !== 'added' && (
                <button
                  type="button"
                  class="plain"
                  aria-label={say('history.backLabel', { file: c.path })}
                  onClick={() => void act(() => api.restoreSnapshot(state.id, c.path), say('history.backDone', { file: c.path, time }))}
                >
                  {say('history.back')}
                </button>
              )}
            </span>
          </li>
        ))}
      </ul>
      <p class="row end">
        {found.changes.some((c) => c.how === 'added') && <span class="muted">{say('history.allText')}</span>}
        <button
          type="button"
          class="secondary"
          onClick={() => void act(() => api.restoreSnapshot(state.id), say('project.restored', { time }))}
        >
          {say('history.all')}
        </button>
      </p>
    </>
  )
}

const onBoard: Record<string, Word> = { changed: 'history.boardChanged', missing: 'history.boardMissing', boardOnly: 'history.boardOnly' }

// OnBoard answers what is on the board: its program by the Run that it is from, its web files one by one.
function OnBoard({ list, act, show }: { list: SavedState[]; act: Act; show: (id: string) => void }) {
  const b = board.value
  if (!b.buildId && !b.link) return <p>{say('history.boardGone')}</p>
  const run = b.current ? undefined : list.find((s) => s.build && s.build === b.buildId)
  const files = [...badges.value].filter(([path, state]) => path.startsWith('www/') && onBoard[state])
  return (
    <>
      <p>
        {say(b.current ? 'history.boardProgram' : run ? 'history.boardRun' : 'history.boardOther', { time: when(run?.time ?? 0) })}{' '}
        {run && (
          <button type="button" class="link" onClick={() => show(run.id)}>
            {reason(run)}
          </button>
        )}
      </p>
      {b.link && <p>{say(files.length ? 'history.boardDiffers' : 'history.boardSame')}</p>}
      {files.length > 0 && (
        <ul class="earlier">
          {files.map(([path, state]) => (
            <li key={path}>
              <span class="path">
                {path} <span class="muted">{say(onBoard[state]!)}</span>
              </span>
              {state !== 'missing' && (
                <span class="row">
                  <button
                    type="button"
                    class="plain"
                    aria-label={say('history.compareLabel', { file: path })}
                    onClick={() => void compareBoard(path, state === 'changed')}
                  >
                    {say('history.compare')}
                  </button>
                  <button
                    type="button"
                    class="plain"
                    aria-label={say('history.boardBackLabel', { file: path })}
                    onClick={() => void act(() => api.fetchBoardFile(path, true), say('history.boardDone', { file: path }))}
                  >
                    {say('history.back')}
                  </button>
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

const nothing: Read = { text: '', size: 0 }

async function compare(state: SavedState, c: FileDifference, time: string): Promise<void> {
  const before = c.how === 'added' ? undefined : api.readSnapshot(state.id, c.path)
  const now = c.how === 'removed' ? undefined : api.readNow(c.path)
  await show(c.path, time, before, now, api.snapshotAddress(state.id, c.path), state.id)
}

const compareBoard = (path: string, there: boolean) =>
  show(path, say('history.boardTime'), api.readOnBoard(path), there ? api.readNow(path) : undefined, `/api/board/files/${path}`, 'board')

async function show(
  path: string,
  time: string,
  before: Promise<Read> | undefined,
  now: Promise<Read> | undefined,
  address: string,
  entry: string,
) {
  let wrong: Problem | undefined
  const [a, b] = await Promise.all([before, now]).catch((err: unknown) => {
    wrong = refusal(err)
    return [nothing, nothing]
  })
  const back = () => void showHistory(entry)
  openDialog(() => (
    <Dialog title={say('diff.title', { file: path, time })} close={back} wide>
      {wrong ? (
        <p class="wrong-text" role="alert">
          {wrong.text} {wrong.help}
        </p>
      ) : (
        <Both path={path} time={time} before={a} now={b} address={address} />
      )}
      <div class="row end">
        <button type="button" class="plain" onClick={back}>
          {say('diff.toHistory')}
        </button>
      </div>
    </Dialog>
  ))
}

interface Sides {
  path: string
  time: string
  before: Read | undefined // undefined: it was not there
  now: Read | undefined
  address: string // of the older one
}

function Both({ path, time, before, now, address }: Sides) {
  const [a, b] = [before ?? nothing, now ?? nothing]
  if (a.text !== undefined && b.text !== undefined) return <Diff before={a.text} now={b.text} names={[time, say('diff.now')]} />
  const size = (r: Read | undefined) => (r ? bytes(r.size) : say('diff.nothing'))
  return (
    <>
      <p>{say('diff.binary', { file: path, before: size(before), now: size(now) })}</p>
      {/\.(png|jpe?g|gif|webp|ico)$/i.test(path) && (
        <div class="pictures">
          {before && <Picture src={address} label={say('diff.picture', { file: path, which: time })} title={time} />}
          {now && (
            <Picture
              src={api.fileAddress(path, '')}
              label={say('diff.picture', { file: path, which: say('diff.now') })}
              title={say('diff.now')}
            />
          )}
        </div>
      )}
    </>
  )
}

function Picture({ src, label, title }: { src: string; label: string; title: string }) {
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <img src={src} alt={label} />
    </figure>
  )
}
