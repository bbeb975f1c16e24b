// The palette of commands and quick open: one line to type into, and a list below it (the ARIA pattern of a combobox with
// a listbox). In quick open > leads to the commands, and :12 to a line.
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { jump, open, tabs } from '../editor/tabs'
import { focusEditor, shown } from '../editor/view'
import { nameOf } from '../format'
import { Dialog } from '../parts/dialog'
import { FileType } from '../parts/icons'
import { openDialog, project, settings, show } from '../state'
import { say } from '../words'
import { lineIn, ranked } from './fuzzy'
import { recentFiles, used } from './recent'
import { commands, groupName, groups, isDialogOpen, isOffered, keyOf, type Command } from './table'
import './commands.css'

const mostShown = 100

interface Choice {
  id: string
  content: ComponentChildren
  act: () => unknown
}

interface Choices {
  list: Choice[]
  all: number // how many fit
}

// take gives what was typed before there was a line to type into.
export const showCommands = (take: () => string) => start('commands', take)
export const showFiles = (take: () => string) => start('files', take)

function start(mode: Mode, take: () => string): void {
  if (isDialogOpen())
    take() // it has come while this was loaded
  else openDialog((close) => <Picker mode={mode} take={take} close={close} />)
}

type Mode = 'files' | 'commands'

function Picker({ mode, take, close }: { mode: Mode; take: () => string; close: () => void }) {
  const [query, setQuery] = useState('')
  useLayoutEffect(() => setQuery(take()), [])
  const [at, setAt] = useState(0)
  const list = useRef<HTMLUListElement>(null)
  const isCommands = mode === 'commands' || query.startsWith('>')
  const text = mode === 'files' && isCommands ? query.slice(1) : query
  const found = useMemo(() => (isCommands ? findCommands(text) : findFiles(text)), [query])
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [at, found])
  const choose = (c: Choice | undefined) => {
    if (!c) return
    close()
    setTimeout(c.act) // after the dialog has given the focus back
  }
  const keys = (e: KeyboardEvent) => {
    const n = found.list.length
    const page = 8
    const to: Record<string, number> = {
      ArrowDown: (at + 1) % Math.max(1, n),
      ArrowUp: (at - 1 + n) % Math.max(1, n),
      PageDown: Math.min(n - 1, at + page),
      PageUp: Math.max(0, at - page),
    }
    if (e.isComposing) return
    if (e.key in to) setAt(Math.max(0, to[e.key]!))
    else if (e.key === 'Enter') choose(found.list[at])
    else return
    e.preventDefault()
  }
  const name = say(isCommands ? 'command.allTitle' : 'command.fileTitle')
  const none = found.list.length === 0
  const more = found.all - found.list.length
  return (
    <Dialog title={say(mode === 'files' ? 'command.fileTitle' : 'command.allTitle')} close={close} look="picker">
      <input
        class="query"
        role="combobox"
        aria-label={name}
        aria-expanded={!none}
        aria-controls="picked"
        aria-autocomplete="list"
        aria-activedescendant={none ? undefined : `pick-${at}`}
        placeholder={say(mode === 'commands' ? 'command.allHint' : 'command.fileHint')}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        autofocus
        value={query}
        onInput={(e) => {
          setQuery(e.currentTarget.value)
          setAt(0)
        }}
        onKeyDown={keys}
      />
      <ul id="picked" role="listbox" aria-label={name} ref={list} hidden={none}>
        {found.list.map((c, i) => (
          <li key={c.id} id={`pick-${i}`} role="option" aria-selected={i === at} onClick={() => choose(c)}>
            {c.content}
          </li>
        ))}
      </ul>
      <p class="muted" role="status">
        {none
          ? say(isCommands ? 'command.none' : 'command.noFile')
          : more > 0
            ? say('command.more', { n: more })
            : say('command.found', { n: found.all })}
      </p>
    </Dialog>
  )
}

// Marked is a text in which some letters stand out; not where there are letters of two units.
function Marked({ text, at, from = 0 }: { text: string; at: number[]; from?: number }) {
  if (at.length === 0) return <>{text}</>
  return (
    <>
      {[...text].length === text.length ? [...text].map((letter, i) => (at.includes(i + from) ? <b key={i}>{letter}</b> : letter)) : text}
    </>
  )
}

function findCommands(query: string): Choices {
  const recent = settings.peek().recent
  const order = (c: Command) => {
    const i = recent.indexOf(c.id)
    return i < 0 ? recent.length + groups.indexOf(c.group) : i
  }
  const all = commands()
    .filter((c) => isOffered(c) && c.id !== 'help.commands')
    .map((c, i) => ({ c, i }))
    .sort((a, b) => order(a.c) - order(b.c) || (a.c.keys?.length ? 0 : 1) - (b.c.keys?.length ? 0 : 1) || a.i - b.i)
    .map(({ c }) => ({ c, text: `${groupName(c.group)}: ${(c.more ?? c.label)()}` }))
  const found = ranked(query.trim(), all, ({ c, text }) => ({ text, own: groupName(c.group).length + 2 }))
  const list = found.slice(0, mostShown).map(({ it: { c, text }, at }) => ({
    id: c.id,
    content: (
      <>
        <span class="name">
          <Marked text={text} at={at} />
          {(c.on?.() || c.checked?.()) && <span class="muted"> {say('command.on')}</span>}
        </span>
        {recent.includes(c.id) && <span class="muted">{say('command.recent')}</span>}
        {keyOf(c) && <kbd>{keyOf(c)}</kbd>}
      </>
    ),
    act: () => {
      used(c.id)
      return c.act?.()
    },
  }))
  return { list, all: found.length }
}

function findFiles(query: string): Choices {
  const { name, line, column } = lineIn(query)
  const doc = shown.peek()
  if (!name && line && doc)
    return {
      list: [
        {
          id: 'line',
          content: <span class="name">{say('command.toLine', { file: nameOf(doc.path), line })}</span>,
          act: () => jump(doc.path, line, column ?? 1),
        },
      ],
      all: 1,
    }
  const files = (project.peek()?.files ?? []).map((f) => f.path)
  const inProject = new Set(files)
  const [front, ...before] = recentFiles().filter((p) => inProject.has(p))
  const last = [...new Set([...before, ...(front ? [front] : []), ...tabs.peek().filter((p) => inProject.has(p))])]
  const known = new Set(last)
  const all = [...last, ...files.filter((p) => !known.has(p))]
  const own = (path: string) => path.length - nameOf(path).length
  const found = ranked(name, all, (path) => ({ text: path, own: own(path) }))
  const list = found.slice(0, mostShown).map(({ it: path, at }) => ({
    id: path,
    content: (
      <>
        <FileType path={path} />
        <span class="name">
          <Marked text={nameOf(path)} at={at} from={own(path)} />{' '}
          <span class="muted">
            <Marked text={path.slice(0, Math.max(0, own(path) - 1))} at={at} />
          </span>
        </span>
        {known.has(path) && <span class="muted">{say('command.recent')}</span>}
      </>
    ),
    act: () => (line ? jump(path, line, column ?? 1) : bring(path)),
  }))
  return { list, all: found.length }
}

async function bring(path: string): Promise<void> {
  show('code')
  if (await open(path)) focusEditor()
}
