// The editor's panel: tabs, the text, what is in the way of saving it, and what is wrong in it.
import { signal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { boardPrefix, libraryPrefix } from '../address'
import { api, late, refuse } from '../api'
import { provide, word } from '../commands/table'
import { bytes, nameOf } from '../format'
import { FileType, Icon } from '../parts/icons'
import { mode } from '../parts/layout'
import { arrows } from '../parts/roving'
import { sizeOf, toggleFold } from '../parts/split'
import { askNewProject, openOther } from '../projects/projects'
import { LookUp } from '../reference/button'
import { fetchLibrary } from '../run/actions'
import { announce, attempt, link, openDialog, project, projects, running, show, view } from '../state'
import { say } from '../words'
import { save, saveNow, saving, unsaved } from './documents'
import type { Conflict, Doc } from './document'
import { active, close, open, opening, retry, tabs } from './tabs'
import { fix, focusEditor, mount, shown } from './view'
import { firstTabs } from './first'
import { GoMenu } from './gomenu'
import { EditorMenu } from './menu'
import './commands'
import { decode, isOldText } from './encoding'
import './editor.css'

export function Editor() {
  return (
    <section class="panel editor" aria-label={say('editor.panel')} data-panel="editor">
      <Tabs />
      <div class="editing" role="tabpanel" aria-label={nameOf(active.value)} id="editing">
        <Bars />
        <Text />
        <Other />
        <Explain />
        <p id="leave-hint" class={`leave${$leaving.value ? '' : ' hidden'}`}>
          {say('editor.leave')}
        </p>
      </div>
    </section>
  )
}

// beside brings the tab that is so many places further to the front.
function beside(n: number): void {
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
  { id: 'file.next', group: 'file', label: word('command.nextTab'), offered: several, act: () => beside(1) },
  { id: 'file.previous', group: 'file', label: word('command.previousTab'), offered: several, act: () => beside(-1) },
])

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
    row.current?.querySelector('.on')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
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
      <LookUp />
      <GoMenu />
      <EditorMenu />
    </div>
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

function Text() {
  const host = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (host.current) mount(host.current)
  }, [])
  const doc = shown.value
  return <div ref={host} class="text" hidden={!doc} />
}

function Other() {
  if (shown.value) return null
  const o = opening.value
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
  const path = active.value
  const file = project.value?.files.find((f) => f.path === path)
  if (file) {
    if (isOldText(path) && !project.value?.readOnly) return <OldText path={path} />
    const picture = /\.(png|jpe?g|gif|webp|svg|ico)$/i.test(path)
    return (
      <div class="empty">
        {picture && <img src={api.fileAddress(path, file.hash)} alt={path} />}
        <p>{say('editor.noText', { file: nameOf(path), size: bytes(file.size) })}</p>
      </div>
    )
  }
  if (path)
    return (
      <div class="empty">
        <p>{say('editor.noTextOnBoard', { file: nameOf(path) })}</p>
      </div>
    )
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
              {say('editor.open', { file: o.title || o.name })}
            </button>
          ))}
        <button type="button" class={p ? 'plain' : 'secondary'} onClick={askNewProject}>
          {say('project.new')}
        </button>
      </p>
    </div>
  )
}

// OldText is a text file that is not in UTF-8. The board shows it as it is; who wants to edit it can make it UTF-8.
function OldText({ path }: { path: string }) {
  const convert = () =>
    attempt(async () => {
      const text = decode(await api.readBytes(path))
      if (text === undefined) throw refuse('file.no-text', 'refused', 0, { file: nameOf(path) })
      await api.writeFile(path, text, '*') // what was there goes to the trash
      announce(say('editor.madeUTF8', { file: nameOf(path) }))
      retry()
    })
  return (
    <div class="empty">
      <p>{say('editor.oldText', { file: nameOf(path) })}</p>
      <button type="button" class="secondary" onClick={() => void convert()}>
        {say('editor.toUTF8')}
      </button>
    </div>
  )
}

function Bars() {
  const doc = shown.value
  if (!doc) return null
  const conflict = doc.conflict.value
  if (conflict) return <ConflictBar doc={doc} conflict={conflict} />
  const failed = doc.failed.value
  if (failed && doc.unsaved.value && !(failed.gone && link.value !== 'open'))
    return (
      <div class="bar-bad" role="alert">
        <span>
          <strong>{say('editor.notSavedBecause')}</strong> {failed.text} {failed.help}
        </span>
        <button type="button" class="plain" onClick={() => void save(doc)}>
          {say('error.tryAgain')}
        </button>
      </div>
    )
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
        <strong>{say(gone ? 'conflict.gone' : 'conflict.changed', { file: nameOf(doc.path) })}</strong> {say('conflict.ask')}
      </span>
      <span class="row">
        <button type="button" class="plain" title={gone ? undefined : say('conflict.mineTitle')} onClick={() => saving.keepMine(doc)}>
          {say('conflict.mine')}
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

// Explain says in plain words what is wrong where the cursor is, or first in the file.
function Explain() {
  const doc = shown.value
  if (!doc) return null
  const list = doc.marks.value
  const here = list.filter((m) => m.line === doc.cursorLine.value)
  const mark = here.find((m) => m.problem.severity === 'error') ?? here[0] ?? list.find((m) => m.problem.severity === 'error') ?? list[0]
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
