// The editor's panel: tabs, the text, what is in the way of saving it, and what is wrong in it.
import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { boardPrefix, libraryPrefix } from '../address'
import { late } from '../api'
import { keyOf, provide, word, type Command } from '../commands/table'
import { nameOf } from '../format'
import { FileType, Icon } from '../parts/icons'
import { canSplit, layout, mode } from '../parts/layout'
import { arrows } from '../parts/roving'
import { Toolbar } from '../parts/toolbar'
import { sizeOf, toggleFold } from '../parts/split'
import { askNewProject, openOther, showTrash, twin } from '../projects/projects'
import { LookUp } from '../reference/button'
import { fetchLibrary } from '../run/actions'
import { attempt, link, openDialog, project, projects, running, show, view } from '../state'
import { say } from '../words'
import { save, saveNow, saving, unsaved } from './documents'
import type { Conflict, Doc } from './document'
import { active, beside, close, isLoading, open, opening, retry, split, swap, tabs, unsplit } from './tabs'
import { docIn, fix, focusEditor, front, mount, type Half } from './view'
import { firstTabs } from './first'
import { GoMenu } from './gomenu'
import { EditorMenu } from './menu'
import './commands'
import { nameOfEncoding, rewrite, StyleMenu, writeAs } from './style'
import './editor.css'

export function Editor() {
  const isSplit = beside.value !== '' && layout.value.split
  return (
    <section class="panel editor" aria-label={say('editor.panel')} data-panel="editor">
      <Tabs />
      <div class={`editing${isSplit ? ' halves' : ''}`} role="tabpanel" aria-label={nameOf(active.value)} id="editing">
        <OneHalf half={0} isSplit={isSplit} />
        <OneHalf half={1} isSplit={isSplit} />
        <p id="leave-hint" class={`leave${$leaving.value ? '' : ' hidden'}`}>
          {say('editor.leave')}
        </p>
      </div>
    </section>
  )
}

// toTab brings the tab that is so many places further to the front.
function toTab(n: number): void {
  const list = tabs.peek()
  const path = list[(list.indexOf(active.peek()) + n + list.length) % list.length]
  if (!path) return
  show('code')
  void open(path).then(focusEditor)
}

const several = () => tabs.peek().length > 1
provide([
  { id: 'file.save', group: 'file', label: word('key.save'), keys: ['Mod-s'], inDialogs: true, act: saveNow },
  {
    id: 'file.close',
    group: 'file',
    label: () => say('editor.close', { file: nameOf(active.peek()) }),
    offered: () => !!active.peek(),
    act: () => closeAndStay(active.peek()),
  },
  { id: 'file.next', group: 'file', label: word('command.nextTab'), offered: several, act: () => toTab(1) },
  { id: 'file.previous', group: 'file', label: word('command.previousTab'), offered: several, act: () => toTab(-1) },
])

// OneHalf is an editor, alone or beside the other one, with what is said of its file.
function OneHalf({ half, isSplit }: { half: Half; isSplit: boolean }) {
  const isFront = front.value === half
  const path = isFront ? active.value : beside.value
  const doc = docIn(half)
  return (
    <div
      class="half"
      hidden={!isFront && !isSplit}
      data-panel={isSplit && half === 1 ? 'beside' : undefined}
      role={isSplit ? 'group' : undefined}
      aria-label={isSplit ? say(half === 0 ? 'editor.left' : 'editor.right', { file: nameOf(path) }) : undefined}
      onFocusIn={() => {
        if (isSplit && front.peek() !== half) swap()
      }}
    >
      {isSplit && <p class={`of${isFront ? ' front' : ''}`}>{nameOf(path)}</p>}
      {doc && <Bars doc={doc} />}
      {doc && <AsPicture doc={doc} />}
      <Text half={half} doc={doc} />
      <Other path={path} doc={doc} isFront={isFront} />
      {doc && <Explain doc={doc} />}
    </div>
  )
}

// The Tab key indents, so people who came by keyboard are told how they get out again: when they come, and when they try
// the Tab key, the first few times.
const $leaving = signal(false)
let cameByKey = false
let tabs3 = 0
document.addEventListener(
  'pointerdown',
  () => {
    cameByKey = false
    $leaving.value = false
  },
  true,
)
document.addEventListener(
  'keydown',
  (e) => {
    if (e.key === 'Tab' || e.key === 'F6') cameByKey = true
    if (e.key === 'Tab' && (e.target as HTMLElement).closest('.cm-content') && tabs3++ < 3) $leaving.value = true
  },
  true,
)
document.addEventListener('focusin', (e) => {
  $leaving.value = cameByKey && !!(e.target as HTMLElement).closest('.cm-content')
})
document.addEventListener('focusout', () => {
  $leaving.value = false
})

function Tabs() {
  const list = tabs.value
  const row = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const into = () => row.current?.querySelector('.on')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    const frame = requestAnimationFrame(into) // in the same frame, when all of it is there
    return () => cancelAnimationFrame(frame)
  }, [active.value, list])
  return (
    <div class="tabs">
      <ShowFiles />
      <div
        class="scroll"
        role="tablist"
        ref={row}
        aria-label={say('editor.tabs')}
        onKeyDown={(e) => {
          const to = arrows(e, '[role=tab]', 'row')
          if (to?.dataset.path) void open(to.dataset.path)
          else if (e.key === 'Delete' && active.value) void closeAndStay(active.value)
        }}
      >
        {list.map((path) => {
          const isActive = path === active.value
          const isUnsaved = unsaved.value.has(path)
          const onBoard = path.startsWith(boardPrefix)
          const isLibrary = path.startsWith(libraryPrefix)
          return (
            <div
              class={`tab${isActive ? ' on' : ''}`}
              role="presentation"
              key={path}
              onAuxClick={(e) => {
                if (e.button === 1) void close(path)
              }}
            >
              <button
                type="button"
                role="tab"
                data-path={path}
                aria-selected={isActive}
                aria-controls="editing"
                aria-keyshortcuts="Delete"
                tabIndex={isActive ? 0 : -1}
                title={
                  onBoard
                    ? say('editor.onBoardTab', { path: path.slice(boardPrefix.length) })
                    : isLibrary
                      ? say('editor.libraryTab', { path: path.slice(libraryPrefix.length) })
                      : path
                }
                onClick={() => {
                  show('code')
                  void open(path)
                }}
              >
                <span class="named">{nameOf(path)}</span>
                {onBoard && <span class="muted"> {say('editor.boardOnly')}</span>}
                {isLibrary && <span class="muted"> {say('editor.library')}</span>}
                {isUnsaved && <i class="unsaved" role="img" aria-label={say('editor.unsaved')} title={say('editor.unsaved')} />}
              </button>
              <button
                type="button"
                class="x"
                tabIndex={-1}
                aria-hidden="true"
                title={say('editor.close', { file: nameOf(path) })}
                onClick={() => void closeAndStay(path)}
              >
                <Icon name="close" />
              </button>
            </div>
          )
        })}
      </div>
      <Toolbar label={say('editor.tools')}>
        <LookUp />
        <GoMenu />
        <StyleMenu />
        <SplitButton />
        <EditorMenu />
      </Toolbar>
    </div>
  )
}

// splitCommand shows a second file beside the one in front, or ends that.
const splitCommand: Command = {
  id: 'view.split',
  group: 'view',
  label: word('editor.split'),
  keys: ['Mod-\\'],
  on: () => beside.value !== '',
  offered: () => beside.value !== '' || (canSplit.value && active.value !== ''),
  act: () => {
    if (beside.peek()) unsplit()
    else split()
    focusEditor()
  },
}
provide([splitCommand])

function SplitButton() {
  if (!canSplit.value || !active.value) return null
  const on = beside.value !== ''
  return (
    <button
      type="button"
      class="quiet icon"
      aria-label={say('editor.split')}
      title={`${say('editor.split')} (${keyOf(splitCommand)})`}
      aria-pressed={on}
      onClick={() => void splitCommand.act?.()}
    >
      <Icon name="columns" />
    </button>
  )
}

// ShowFiles is the way to the files where they have no place of their own.
function ShowFiles() {
  const isFolded = mode.value === 'wide'
  if (isFolded && sizeOf('files') > 0) return null
  const isOpen = !isFolded && view.value === 'files'
  return (
    <button
      type="button"
      class="quiet icon show-files"
      aria-label={say('files.show')}
      title={say('files.show')}
      aria-expanded={isOpen}
      onClick={() => (isFolded ? toggleFold('files') : show(isOpen ? 'code' : 'files'))}
    >
      <Icon name="files" />
    </button>
  )
}

// closeAndStay closes a tab and leaves the focus on its neighbour.
async function closeAndStay(path: string): Promise<void> {
  await close(path)
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.editor [role=tab][aria-selected=true]')?.focus())
}

function Text({ half, doc }: { half: Half; doc: Doc | undefined }) {
  const host = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (host.current) mount(half, host.current)
  }, [])
  return <div ref={host} class="text" hidden={!doc || isPictured(doc)} />
}

const $pictured = signal<ReadonlySet<string>>(new Set()) // SVGs that are shown as pictures
const isSVG = (doc: Doc) => /\.svg$/i.test(doc.path)
const isPictured = (doc: Doc) => isSVG(doc) && $pictured.value.has(doc.path)

// AsPicture is the choice between an SVG's text and the picture that it is.
function AsPicture({ doc }: { doc: Doc }) {
  if (!isSVG(doc)) return null
  const choose = (picture: boolean) => {
    const next = new Set($pictured.value)
    if (picture) next.add(doc.path)
    else next.delete(doc.path)
    $pictured.value = next
  }
  return (
    <div class="bar-choice row" role="group" aria-label={say('raw.how')}>
      {[false, true].map((picture) => (
        <button type="button" class="plain small" key={picture} aria-pressed={isPictured(doc) === picture} onClick={() => choose(picture)}>
          {say(picture ? 'raw.picture' : 'raw.asText')}
        </button>
      ))}
    </div>
  )
}

function Other({ path, doc, isFront }: { path: string; doc: Doc | undefined; isFront: boolean }) {
  if (doc) return isPictured(doc) ? <Late load={raw} path={path} /> : null
  const o = isFront ? opening.value : undefined
  if (o?.problem)
    return (
      <div class="empty">
        <p>
          <strong>{o.problem.text}</strong> {o.problem.help}
        </p>
        <button type="button" class="plain" onClick={retry}>
          {say('error.tryAgain')}
        </button>
      </div>
    )
  if (o) return <div class="empty" />
  if (path && !isFront && isLoading(path)) return <div class="empty" />
  if (path) return <Late load={raw} path={path} />
  const p = project.value
  const first = p && firstTabs(p, { project: '', tabs: [], activeTab: '' }).tabs
  return (
    <div class="empty">
      <p>{p ? say('editor.nothingOpen') : say('editor.noProject')}</p>
      <p class="row">
        {first?.map((path) => (
          <button type="button" class="secondary" key={path} onClick={() => void open(path)}>
            {say('editor.open', { file: nameOf(path) })}
          </button>
        ))}
        {!p &&
          projects.value.slice(0, 5).map((o) => (
            <button type="button" class="plain" key={o.name} onClick={() => void openOther(o.name)}>
              {say('editor.open', { file: twin(o) ? o.name : o.title || o.name })}
            </button>
          ))}
        <button type="button" class={p ? 'plain' : 'secondary'} onClick={askNewProject}>
          {say('project.new')}
        </button>
        {!p && (
          <button type="button" class="plain" onClick={showTrash}>
            {say('project.trash')}
          </button>
        )}
      </p>
    </div>
  )
}

// raw is what shows a file that is no text. It is loaded when there is one.
const raw = () => import('./raw').then((m) => m.Raw)

// Late shows a part of the page that is loaded when it is needed.
function Late({ load, path }: { load: () => Promise<ComponentType<{ path: string }>>; path: string }) {
  const [Part, setPart] = useState<{ show: ComponentType<{ path: string }> } | undefined>()
  useEffect(() => void attempt(async () => setPart({ show: await late(load()) })), [])
  return Part ? <Part.show key={path} path={path} /> : <div class="empty" />
}

function Bars({ doc }: { doc: Doc }) {
  const conflict = doc.conflict.value
  if (conflict) return <ConflictBar doc={doc} conflict={conflict} />
  if (doc.inexact) return <Inexact doc={doc} />
  const failed = doc.failed.value
  if (failed && doc.unsaved.value && !(failed.gone && link.value !== 'open'))
    return (
      <div class="bar-bad" role="alert">
        <span>
          <strong>{say('editor.notSavedBecause')}</strong> {failed.text} {failed.help}
        </span>
        {failed.code === 'file.encoding' ? (
          <button type="button" class="plain" onClick={() => writeAs(doc, 'utf-8')}>
            {say('style.toUTF8')}
          </button>
        ) : (
          <button type="button" class="plain" onClick={() => void save(doc)}>
            {say('error.tryAgain')}
          </button>
        )}
      </div>
    )
  if (doc.merged.value > 0) return <MergedBar doc={doc} />
  if (doc.path.startsWith(boardPrefix))
    return (
      <div class="bar-note" role="status">
        <span>{say('editor.readOnlyBoard')}</span>
      </div>
    )
  if (doc.path.startsWith(libraryPrefix))
    return (
      <div class="bar-note" role="status">
        <span>{say('editor.readOnlyLibrary')}</span>
      </div>
    )
  if (doc.readOnly)
    return (
      <div class="bar-note" role="status">
        <span>{say('editor.readOnly')}</span>
      </div>
    )
  return null
}

// Inexact is a text that would be other bytes if it was written again. Who wants to edit it can make it UTF-8.
function Inexact({ doc }: { doc: Doc }) {
  const { encoding } = doc.style.value
  return (
    <div class="bar-note" role="status">
      <span>{say('style.inexact', { file: nameOf(doc.path), encoding: nameOfEncoding(encoding) })}</span>
      {!project.value?.readOnly && (
        <button type="button" class="plain" onClick={() => void attempt(() => rewrite(doc))}>
          {say('style.toUTF8')}
        </button>
      )}
    </div>
  )
}

// MergedBar says that another program's changes are in the text as well.
function MergedBar({ doc }: { doc: Doc }) {
  return (
    <div class="bar-note" role="status">
      <span>{say('conflict.merged', { file: nameOf(doc.path), n: doc.merged.value })}</span>
      <button type="button" class="plain" onClick={() => (doc.merged.value = 0)}>
        {say('dialog.dismiss')}
      </button>
    </div>
  )
}

// askVersion shows both versions and asks for one.
const askVersion = (doc: Doc, conflict: Conflict) =>
  attempt(async () => {
    const { Versions } = await late(import('./versions'))
    openDialog((close) => <Versions doc={doc} conflict={conflict} close={close} />)
  })

function ConflictBar({ doc, conflict }: { doc: Doc; conflict: Conflict }) {
  const gone = conflict.theirs === undefined
  return (
    <div class="bar-warn" role="alert">
      <span>
        <strong>{say(gone ? 'conflict.gone' : 'conflict.changed', { file: nameOf(doc.path) })}</strong>{' '}
        {say(gone ? 'conflict.goneText' : 'conflict.ask')}
      </span>
      <span class="row">
        <button type="button" class="plain" title={gone ? undefined : say('conflict.mineTitle')} onClick={() => saving.keepMine(doc)}>
          {say(gone ? 'conflict.again' : 'conflict.mine')}
        </button>
        <button type="button" class="plain" title={gone ? undefined : say('conflict.theirsTitle')} onClick={() => saving.takeTheirs(doc)}>
          {gone ? say('conflict.close') : say('conflict.theirs')}
        </button>
        {!gone && (
          <button type="button" class="plain" onClick={() => void askVersion(doc, conflict)}>
            {say('conflict.compare')}
          </button>
        )}
      </span>
    </div>
  )
}

// Explain says in plain words what is wrong where the cursor is, or first in the file. A hint waits for the cursor.
function Explain({ doc }: { doc: Doc }) {
  const list = doc.marks.value.filter((m) => m.problem.severity !== 'hint' || m.line === doc.cursorLine.value)
  const here = list.filter((m) => m.line === doc.cursorLine.value)
  const { head, from } = doc.state.selection.main
  const touched = here.filter((m) => m.from <= head && head <= m.to)
  const first = (of: typeof list) => of.find((m) => m.problem.severity === 'error') ?? of[0]
  const mark = touched.find((m) => m.from === from) ?? first(touched) ?? first(here) ?? first(list)
  if (!mark) return null
  const p = mark.problem
  return (
    <div class={`explain ${p.severity}`} role="status" aria-label={say('explain.label')}>
      <FileType path={doc.path} />
      <div>
        <strong>
          {say('explain.line', { line: mark.line })} {p.text}
        </strong>{' '}
        {p.help}
        {p.fix && !doc.readOnly && (
          <>
            {' '}
            <button type="button" class="link" onClick={() => p.fix && fix(doc, mark, p.fix)}>
              {p.fix.title || say('explain.fix')}
            </button>
          </>
        )}
        {p.library && !doc.readOnly && (
          <>
            {' '}
            <button type="button" class="link" disabled={running.value} onClick={() => void fetchLibrary(p.path, p.library!)}>
              {say('problems.library')}
            </button>
          </>
        )}
        {list.length > 1 && <span class="muted"> {say('explain.more', { n: list.length - 1 })}</span>}
        {p.raw && (
          <details>
            <summary>{say('explain.raw')}</summary>
            <pre>{p.raw}</pre>
          </details>
        )}
      </div>
    </div>
  )
}
