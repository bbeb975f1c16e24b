// The files of the project and those that are only on the board, each with what the board has of it.
import { useComputed } from '@preact/signals'
import { createRef, type VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { boardPrefix } from '../address'
import { api, refuse } from '../api'
import { docAt, save, unsaved } from '../editor/documents'
import { active, close, open, renamed } from '../editor/tabs'
import { shown } from '../editor/view'
import { nameOf } from '../format'
import { item, provide, word, type Command } from '../commands/table'
import type { SyncState } from '../wire'
import { confirm, enter } from '../parts/dialog'
import { FileType, Icon } from '../parts/icons'
import { MenuButton, type Item } from '../parts/menu'
import { arrows } from '../parts/roving'
import { announce, attempt, badges, board, boardFiles, kind, link, project, show } from '../state'
import { say, type Word } from '../words'
import './files.css'
import { dragging, upload } from './upload'

const picker = createRef<HTMLInputElement>()
const folderPicker = createRef<HTMLInputElement>()

const hasProject = () => !!project.peek()
// front is the file of the project that is in front.
const front = () => project.peek()?.files.find((f) => f.path === active.peek())?.path
const withFront = (work: (path: string) => unknown) => ({
  offered: () => !!front(),
  act: () => {
    const path = front()
    if (path) void work(path)
  },
})

const own = {
  make: { id: 'file.new', group: 'file', label: word('files.new'), offered: hasProject, act: () => newFile() },
  upload: { id: 'file.upload', group: 'file', label: word('files.upload'), offered: hasProject, act: () => picker.current?.click() },
  uploadFolder: {
    id: 'file.uploadFolder',
    group: 'file',
    label: word('files.uploadFolder'),
    offered: hasProject,
    act: () => folderPicker.current?.click(),
  },
} satisfies Record<string, Command>
provide(Object.values(own))

// What a file's own menu offers, for the file in front.
const ofFront = (w: 'command.renameFile' | 'command.downloadFile' | 'command.removeFile') => () => say(w, { file: nameOf(front() ?? '') })
provide([
  { id: 'file.rename', group: 'file', label: ofFront('command.renameFile'), ...withFront(rename) },
  { id: 'file.download', group: 'file', label: ofFront('command.downloadFile'), ...withFront(download) },
  { id: 'file.remove', group: 'file', label: ofFront('command.removeFile'), danger: true, ...withFront(remove) },
])

export function Files() {
  const p = project.value
  const list = p ? [...p.files].sort(byPlace) : []
  const onlyThere = p ? boardFiles.value.filter((f) => f.state === 'boardOnly' && !list.some((own) => own.path === f.path)) : []
  const rows: (Row | string)[] = []
  let folder = ''
  for (const f of list) {
    const dir = f.path.slice(0, Math.max(0, f.path.lastIndexOf('/')))
    if (dir !== folder && dir) rows.push(dir)
    folder = dir
    rows.push({ path: f.path, open: f.path, inside: dir !== '', boardOnly: false })
  }
  const [unfolded, setUnfolded] = useState(false)
  const others = say('files.boardOnly', { n: onlyThere.length })
  if (onlyThere.length) rows.push(others)
  if (unfolded) for (const f of onlyThere) rows.push({ path: f.path, open: boardPrefix + f.path, inside: true, boardOnly: true })
  // A row that is as it was is the same one, and costs nothing: each save of a file comes here.
  const before = useRef(new Map<string, VNode>())
  const now = new Map<string, VNode>()
  const drawn = (r: Row, stop: boolean, front: boolean) => {
    const id = [r.open, r.path, r.inside, stop, front].join('\n')
    const node = before.current.get(id) ?? <FileRow key={r.open} row={r} stop={stop} front={front} />
    now.set(id, node)
    return node
  }
  useEffect(() => {
    before.current = now
  })
  const inFront = active.value
  const stop = rows.some((r) => typeof r !== 'string' && r.open === inFront)
    ? inFront
    : (rows.find((r) => typeof r !== 'string') as Row | undefined)?.open

  return (
    <nav class={`panel files${dragging.value ? ' over' : ''}`} aria-label={say('files.panel')} data-panel="files">
      <h2>
        {say('files.panel')}
        <MenuButton
          class="quiet icon"
          label={say('files.add')}
          right
          items={() => [item(own.make), item(own.upload), item(own.uploadFolder)]}
        >
          <Icon name="plus" />
        </MenuButton>
      </h2>
      {[picker, folderPicker].map((ref, at) => (
        <input
          key={at}
          ref={ref}
          type="file"
          multiple
          hidden
          {...(ref === folderPicker ? { webkitdirectory: true } : {})}
          onChange={(e) => {
            void upload([...(e.currentTarget.files ?? [])])
            e.currentTarget.value = ''
          }}
        />
      ))}
      <ul
        class="tree"
        aria-label={say('files.list')}
        onKeyDown={(e) => {
          arrows(e, '.name', 'column')
        }}
      >
        {rows.map((r) =>
          typeof r === 'string' ? (
            <li key={`/${r}`} class="fold" data-folder={r === others ? undefined : r}>
              {r === others ? (
                <button
                  type="button"
                  class="toggle"
                  aria-expanded={unfolded}
                  title={namesOf(onlyThere)}
                  aria-label={say('files.boardOnlyNames', { files: namesOf(onlyThere) })}
                  onClick={() => setUnfolded(!unfolded)}
                >
                  {r}
                </button>
              ) : (
                r
              )}
              {r === others && board.value.link && kind.value?.files !== 'program' && (
                <button type="button" class="link" onClick={() => void removeOthers(onlyThere.map((f) => f.path))}>
                  {say('files.removeOthers')}
                </button>
              )}
            </li>
          ) : (
            drawn(r, r.open === stop, r.open === inFront)
          ),
        )}
      </ul>
      {!p && <p class="hint">{say('files.noProject')}</p>}
    </nav>
  )
}

// namesOf lists files by name, a long list by its beginning.
function namesOf(list: { path: string }[]): string {
  const some = list
    .slice(0, 5)
    .map((f) => nameOf(f.path))
    .join(', ')
  return list.length > 5 ? `${some}, …` : some
}

interface Row {
  path: string
  open: string // the tab's name
  inside: boolean
  boardOnly: boolean
}

// main.go and other programs first, then www/ and other folders one after the other, then what a beginner need not look
// at (studio.json); each by name.
const inOrder = (a: string, b: string) => (collator ??= new Intl.Collator()).compare(a, b)
let collator: Intl.Collator | undefined // a browser takes some milliseconds to make one
function byPlace(a: { path: string }, b: { path: string }): number {
  const rank = (p: string) => (p === 'main.go' ? 0 : p.includes('/') ? 2 : p.endsWith('.go') ? 1 : 3)
  const folder = (p: string) => p.slice(0, p.lastIndexOf('/') + 1)
  return rank(a.path) - rank(b.path) || inOrder(folder(a.path), folder(b.path)) || inOrder(a.path, b.path)
}

const words: Record<SyncState, [Word, Word]> = {
  same: ['badge.same', 'badge.sameTitle'],
  changed: ['badge.changed', 'badge.changedTitle'],
  missing: ['badge.missing', 'badge.missingTitle'],
  boardOnly: ['badge.boardOnly', 'badge.boardOnlyTitle'],
  sending: ['badge.sending', 'badge.sendingTitle'],
  unknown: ['badge.unknown', 'badge.unknownTitle'],
}

function FileRow({ row, stop, front }: { row: Row; stop: boolean; front: boolean }) {
  const state = useComputed(() => badges.value.get(row.path)).value // not the others' states: there may be a thousand rows
  const known = state && state !== 'unknown' ? words[state] : undefined
  const edits = useComputed(() => editsOf(row.path)).value
  const item = useRef<HTMLLIElement>(null)
  const [within, setWithin] = useState(false) // the focus is in this row
  const isProgram = row.path.endsWith('.go')
  const isBuiltIn = kind.value?.files === 'program' && row.path.startsWith('www/') // goes to the board with the program
  const actions = (): Item[] =>
    row.boardOnly
      ? [
          { label: say('files.open'), act: () => void open(row.open) },
          { label: say('files.fetch'), act: () => void fetchFile(row.path) },
          ...(isBuiltIn ? [] : [{ label: say('files.removeBoard'), danger: true, line: true, act: () => void removeFromBoard(row.path) }]),
        ]
      : [
          { label: say('files.open'), act: () => void open(row.open) },
          { label: say('files.rename'), act: () => rename(row.path) },
          { label: say('files.download'), act: () => download(row.path) },
          ...(!isProgram && !isBuiltIn && board.value.link && (state === 'changed' || state === 'missing')
            ? [{ label: say('files.push'), act: () => void attempt(() => api.push()) }]
            : []),
          { label: say('files.remove'), danger: true, line: true, act: () => void remove(row.path) },
        ]
  return (
    <li
      ref={item}
      class={`${front ? 'sel' : ''}${row.inside ? ' in' : ''}`}
      data-folder={row.inside && !row.boardOnly ? row.path.slice(0, row.path.lastIndexOf('/')) : undefined}
      onContextMenu={(e) => {
        e.preventDefault()
        item.current?.querySelector<HTMLElement>('.act')?.click()
      }}
      onFocusIn={() => setWithin(true)}
      onFocusOut={() => setWithin(false)}
    >
      <button
        type="button"
        class="name"
        tabIndex={stop ? 0 : -1}
        aria-current={front || undefined}
        onClick={() => {
          void open(row.open)
          show('code')
        }}
        onKeyDown={(e) => {
          if (e.key === 'Delete') {
            if (!row.boardOnly) void remove(row.path)
            else if (!isBuiltIn) void removeFromBoard(row.path)
          } else if (e.key === 'F2' && !row.boardOnly) rename(row.path)
          else if (e.key === 'ContextMenu' || (e.key === 'F10' && e.shiftKey)) {
            e.preventDefault()
            item.current?.querySelector<HTMLElement>('.act')?.click()
          }
        }}
      >
        <FileType path={row.path} />
        <span class="text" title={row.path}>
          {nameOf(row.path)}
        </span>
        {edits ? (
          <span class="tag diff" title={say(edits)}>
            {say(edits)}
          </span>
        ) : row.boardOnly ? null : known ? (
          <span
            class={`tag ${state}`}
            title={
              isBuiltIn && state !== 'same' ? say('badge.inProgram') : say(isProgram && state === 'same' ? 'badge.programSame' : known[1])
            }
          >
            {say((isProgram || isBuiltIn) && state === 'changed' ? 'badge.programChanged' : known[0])}
          </span>
        ) : (
          isMisplaced(row.path) && (
            <span class="tag" title={say('badge.notServedTitle', { file: nameOf(row.path) })}>
              {say('badge.notServed')}
            </span>
          )
        )}
      </button>
      <MenuButton
        class="quiet act"
        label={say('files.actions', { file: nameOf(row.path) })}
        right
        items={actions}
        tabIndex={stop || within ? 0 : -1} // a hundred files are not a hundred stops on the way to the editor
      >
        <Icon name="more" />
      </MenuButton>
    </li>
  )
}

// editsOf says how it stands with edits that are not on the disk yet: on their way, or waiting for somebody or something.
function editsOf(path: string): 'badge.unsaved' | 'badge.notSaved' | undefined {
  if (!unsaved.value.has(path)) return undefined
  const doc = docAt(path)
  const waits = doc && (doc.conflict.value || doc.failed.value)
  return waits || (link.value !== 'open' && link.value !== 'connecting') ? 'badge.notSaved' : 'badge.unsaved'
}

// isMisplaced tells a file that is meant for a page but lies where the board's page cannot reach it.
const isMisplaced = (path: string) => !path.startsWith('www/') && /\.(html?|css|m?js|svg|png|jpe?g|gif|webp|ico|woff2?)$/i.test(path)

function newFile(): void {
  const names = new Set(project.value?.files.map((f) => f.path))
  let value = 'www/new.html'
  for (let i = 2; names.has(value); i++) value = `www/new${i}.html`
  enter({
    title: say('files.newTitle'),
    label: say('files.newLabel'),
    value,
    hint: say('files.newHint'),
    confirm: say('files.newConfirm'),
    select: [4, value.lastIndexOf('.')],
    done: async (path) => {
      await api.writeFile(path, starter(path), '')
      announce(say('files.made', { file: path }))
      setTimeout(() => void open(path)) // after the dialog has given the focus back
    },
  })
}

// starter is what a new file begins with: a page that works at once, else nothing.
function starter(path: string): string {
  if (/\.html?$/i.test(path))
    return `<!doctype html>\n<html lang="en">\n<head>\n  <meta charset="utf-8">\n  <title>${nameOf(path)
      .replace(/\.html?$/i, '')
      .replace(/[<&]/g, '')}</title>\n</head>\n<body>\n\n</body>\n</html>\n`
  if (/\.go$/i.test(path)) return 'package main\n'
  return ''
}

// needed says, before anybody is asked anything, that a project does not work without the file.
const needed = (file: string, doing: 'removed' | 'renamed') =>
  attempt(() => Promise.reject(refuse('file.needed', 'refused', 0, { file, doing })))

function rename(path: string): void {
  if (path === 'main.go' || path === 'studio.json') return void needed(path, 'renamed')
  const from = path.lastIndexOf('/') + 1
  const dot = path.lastIndexOf('.')
  enter({
    title: say('files.renameTitle', { file: nameOf(path) }),
    label: say('files.newLabel'),
    value: path,
    confirm: say('files.renameConfirm'),
    select: [from, dot > from ? dot : path.length],
    done: async (to) => {
      if (to === path) return
      const doc = shown.peek()
      if (doc?.path === path) await save(doc)
      await api.renameFile(path, to)
      await renamed(path, to)
      announce(say('files.renamed', { from: path, to }))
    },
  })
}

async function remove(path: string): Promise<void> {
  if (path === 'main.go') return needed(path, 'removed')
  if (
    !(await confirm({
      title: say('files.removeTitle', { file: nameOf(path) }),
      text: say('files.removeText'),
      confirm: say('files.removeConfirm'),
      danger: true,
    }))
  )
    return
  await attempt(async () => {
    await close(path)
    await api.removeFile(path)
    announce(say('files.removed', { file: path }))
  })
}

async function removeFromBoard(path: string): Promise<void> {
  if (
    !(await confirm({
      title: say('files.removeBoardTitle', { file: nameOf(path) }),
      text: say('files.removeBoardText'),
      confirm: say('files.removeBoardConfirm'),
      danger: true,
    }))
  )
    return
  await attempt(async () => {
    await api.removeBoardFile(path)
    await close(boardPrefix + path)
    announce(say('files.removedBoard', { file: path }))
  })
}

// removeOthers clears the board of what another project has left there.
export async function removeOthers(paths: string[]): Promise<void> {
  const files = paths.map((p) => p.slice(4)).join(', ')
  if (
    !(await confirm({
      title: say('files.removeOthersTitle', { n: paths.length, files }),
      text: say('files.removeOthersText', { n: paths.length, files }),
      confirm: say('files.removeBoardConfirm'),
      danger: true,
    }))
  )
    return
  await attempt(async () => {
    await api.push(paths)
    for (const p of paths) await close(boardPrefix + p)
  })
}

async function fetchFile(path: string): Promise<void> {
  await attempt(async () => {
    await api.fetchBoardFile(path)
    await close(boardPrefix + path)
    announce(say('files.fetched', { file: path }))
    await open(path)
  })
}

function download(path: string): void {
  const a = document.createElement('a')
  a.href = api.fileAddress(path, '')
  a.download = nameOf(path)
  a.click()
}
