// The page: puts the panels together, and starts what listens.
import './tokens.css'
import './page.css'
import { render } from 'preact'
import { signal, type ReadonlySignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { api } from './api'
import { Arrived } from './board/arrived'
import { BoardPanel } from './board/board'
import { BoardMenu } from './board/menu'
import { startChart } from './chart/live'
import './chart/open'
import { startRecent } from './commands/recent'
import { item, provide, startKeys, word, type Command } from './commands/table'
import { startConsole, unseen as consoleUnseen } from './console/buffer'
import { Console, ConsoleTools } from './console/console'
import { unsaved } from './editor/documents'
import { startDocs } from './editor/follow'
import { active, frontIfHere } from './editor/tabs'
import { presented } from './editor/view'
import { Editor } from './editor/editor'
import { startHelp } from './editor/gohelp'
import { startPreferences } from './editor/preferences'
import { Files } from './files/files'
import { Leftover, startLeftover } from './files/leftover'
import { dragging, startDrops, uploading } from './files/upload'
import { openHelp } from './help/help'
import { OnLAN } from './lan/label'
import { startLAN } from './lan/live'
import { Messages, MessageTools } from './messages/messages'
import { startRecordings } from './messages/recorded'
import { startMessages, unseen as messagesUnseen } from './messages/log'
import { startSets } from './messages/sets'
import './messages/tests'
import { Dialogs } from './parts/dialog'
import { Icon, Mark } from './parts/icons'
import { MenuButton } from './parts/menu'
import type { Panel } from './parts/arrange'
import { isNarrow, isPhone, layout, mode, startLayout } from './parts/layout'
import { startPress } from './parts/press'
import { arrows } from './parts/roving'
import { sizeOf, Split, toggleFold, unfold } from './parts/split'
import { late, page, startPreview } from './preview/page'
import { Preview } from './preview/preview'
import { Problems } from './problems/problems'
import { ProjectMenu, startLinks } from './projects/projects'
import { Fault } from './board/fault'
import { Sandboxed } from './projects/trust'
import { startRun } from './run/actions'
import { Asking, Outcome, Result, RunBox, Stop } from './run/run'
import { closeSearch, SearchPanel } from './search/open'
import { isOpen as isSearchOpen } from './search/state'
import {
  announce,
  dismiss,
  flushSettings,
  keep,
  link,
  notices,
  problems,
  progress,
  ready,
  said,
  settings,
  show,
  start,
  tryAgain,
  view,
  type Below,
  type View,
} from './state'
import { Steps } from './steps/list'
import { startTimeline } from './timeline/live'
import './timeline/open'
import { startSteps } from './steps/steps'
import { startWebHelp } from './web/start'
import { WiFiButton } from './wifi/state'
import { own, say, type Word } from './words'

function App() {
  // The editor first: what is around it is drawn right after it.
  const whole = presented.value || late.value || (ready.value && !active.value)
  const { tabbed } = layout.value
  const px = (panel: Panel) => `${sizeOf(panel)}px`
  const folded = isPhone.value
    ? ''
    : (['files', 'side', 'below'] as const)
        .filter((p) => sizeOf(p) === 0)
        .map((p) => ` no-${p}`)
        .join('')
  return (
    <>
      <TopBar />
      <Banners />
      <main
        class={`grid${folded}${tabbed ? ' tabbed' : ''}${ready.value ? '' : ' waiting'}`}
        data-view={view.value}
        data-front={tabbed ? front.value : undefined}
        style={{
          '--files': px('files'),
          '--side': px('side'),
          '--below': px('below'),
          '--board': settings.value.panels.board ? px('board') : 'auto',
        }}
      >
        <Left>
          {whole && (
            <>
              <Files />
              <Steps />
            </>
          )}
        </Left>
        {mode.value === 'wide' && <Split panel="files" />}
        <Editor />
        <Split panel="below" />
        {whole ? <BelowPanel /> : <section class="panel below" />}
        <Split panel="side" />
        <aside class="side" aria-label={say('side.label')}>
          {whole && tabbed && <SideTabs />}
          {whole && (
            <>
              <BoardPanel />
              {!tabbed && <Split panel="board" />}
              <Preview />
            </>
          )}
        </aside>
        {isNarrow.value && !isPhone.value && <Ended />}
      </main>
      {isPhone.value && (
        <>
          {view.value !== 'messages' && <Ended />}
          <PhoneTabs />
        </>
      )}
      {dragging.value && (
        <p class="drop" role="status">
          {say('files.dropHere')}
        </p>
      )}
      {uploading.value && uploading.value.total > 1 && (
        <p class="drop" role="status">
          {say('upload.progress', { ...uploading.value })}
        </p>
      )}
      <Dialogs />
      <div class="hidden" role="status" aria-live="polite" aria-label={say('page.announcements')}>
        {said.value}
      </div>
    </>
  )
}

// Left holds the files and the first steps. Where there is no room for it, it is a drawer over the editor.
function Left({ children }: { children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null)
  const isDrawer = mode.value === 'two' || mode.value === 'stacked'
  const isOpen = isDrawer && view.value === 'files'
  useLayoutEffect(() => {
    if (!isOpen) return
    box.current?.querySelector<HTMLElement>('.name[tabindex="0"], button')?.focus()
    const outside = (e: Event) => {
      const at = e.target as HTMLElement
      if (!box.current?.contains(at) && !at.closest('dialog, .show-files')) show('code')
    }
    document.addEventListener('pointerdown', outside)
    return () => document.removeEventListener('pointerdown', outside)
  }, [isOpen])
  return (
    <div
      class={`left${isDrawer ? ' drawer' : ''}`}
      ref={box}
      onKeyDown={(e) => {
        if (!isOpen || e.key !== 'Escape') return
        show('code')
        document.querySelector<HTMLElement>('.show-files')?.focus()
      }}
    >
      {children}
    </div>
  )
}

const $front = signal<'board' | 'page'>('page')
const front: ReadonlySignal<'board' | 'page'> = $front // of board and page, where they share one place

function SideTabs() {
  return (
    <div
      class="tabs"
      role="tablist"
      aria-label={say('side.label')}
      onKeyDown={(e) => {
        const to = arrows(e, '[role=tab]', 'row')
        if (to?.dataset.tab) $front.value = to.dataset.tab as 'board' | 'page'
      }}
    >
      {(['page', 'board'] as const).map((v) => (
        <button
          type="button"
          role="tab"
          key={v}
          data-tab={v}
          aria-selected={v === front.value}
          aria-controls={`side-${v}`}
          tabIndex={v === front.value ? 0 : -1}
          onClick={() => ($front.value = v)}
        >
          {say(`phone.${v}`)}
        </button>
      ))}
    </div>
  )
}

const themes = (['system', 'light', 'dark'] as const).map(
  (t): Command => ({
    id: `view.theme ${t}`,
    group: 'view',
    label: word(`theme.${t}`),
    more: () => say('command.theme', { theme: say(`theme.${t}`) }),
    checked: () => settings.value.theme === t || (t === 'system' && !settings.value.theme),
    act: () => {
      keep({ theme: t })
      announce(say(`theme.${t}`))
    },
  }),
)
provide(themes)

function TopBar() {
  return (
    <header class="bar" data-panel="bar">
      <h1 class="brand">
        <Mark />
        <span class="hidden">{say('app.name')}</span>
      </h1>
      <ProjectMenu />
      <BoardMenu />
      <span class="grow" />
      {!isNarrow.value && <Result />}
      <Sandboxed />
      <Fault />
      <OnLAN />
      <RunBox />
      <Stop />
      <span class="sep" />
      <WiFiButton />
      <MenuButton class="quiet icon" label={say('theme.menu')} title={say('theme.menu')} right items={() => themes.map((t) => item(t))}>
        <Icon name="theme" />
      </MenuButton>
      <button type="button" class="quiet icon" aria-label={say('help.title')} title={say('help.title')} onClick={openHelp}>
        ?
      </button>
    </header>
  )
}

function Banners() {
  const shut = link.value === 'shut'
  const lost = link.value === 'lost' || shut
  const [late, setLate] = useState(false)
  useEffect(() => {
    setLate(false)
    if (!lost) return
    const t = setTimeout(() => setLate(true), 900)
    return () => clearTimeout(t)
  }, [lost])
  return (
    <div class="banners">
      {lost && late && (
        <div class="banner warn" role="alert">
          <p>
            <strong>{shut ? own('studio.shut').text : say('offline.title')}</strong>{' '}
            {shut ? own('studio.shut').help : say(unsaved.value.size > 0 ? 'offline.edits' : 'offline.text')}
          </p>
          <button type="button" class="plain" onClick={tryAgain}>
            {say('error.tryAgain')}
          </button>
        </div>
      )}
      <Asking />
      <Outcome />
      <Arrived />
      <Leftover />
      {notices.value.map(
        (n) =>
          n.problem && (
            <div
              class={`banner ${n.level === 'error' ? 'bad' : n.level === 'warning' ? 'warn' : 'info'}`}
              role={n.level === 'error' ? 'alert' : 'status'}
              key={n.problem.code + n.problem.text}
            >
              <p>
                <strong>{n.problem.text}</strong> {n.problem.help}
              </p>
              <button type="button" class="quiet" onClick={() => dismiss(n)}>
                {say('dialog.dismiss')}
              </button>
            </div>
          ),
      )}
    </div>
  )
}

const allBelow: Below[] = ['console', 'messages', 'problems', 'search']

function BelowPanel() {
  const s = settings.value.below
  const belows = allBelow.filter((b) => b !== 'search' || isSearchOpen.value)
  const front: Below = belows.includes(s as Below) ? (s as Below) : 'messages'
  const counts: Record<Below, number> = {
    console: 0,
    messages: front === 'messages' ? 0 : messagesUnseen.value,
    problems: problems.value.filter((p) => p.severity !== 'hint').length,
    search: 0,
  }
  const errors = problems.value.some((p) => p.severity === 'error')
  const visible = isPhone.value ? view.value === 'messages' : sizeOf('below') > 0
  const isShown = (b: Below) => visible && front === b
  const dot = front !== 'console' && consoleUnseen.value > 0
  return (
    <section class="panel below" aria-label={say('below.panel')} data-panel="below">
      <div class="tabs">
        <div
          class="scroll"
          role="tablist"
          aria-label={say('below.tabs')}
          onKeyDown={(e) => {
            const to = arrows(e, '[role=tab]', 'row')
            if (to?.dataset.tab) keep({ below: to.dataset.tab })
          }}
        >
          {belows.map((b) => (
            <button
              type="button"
              role="tab"
              key={b}
              id={`tab-${b}`}
              data-tab={b}
              aria-selected={b === front}
              aria-controls={`below-${b}`}
              tabIndex={b === front ? 0 : -1}
              onClick={() => keep({ below: b })}
            >
              {say(`below.${b}`)}
              {b === 'console' && dot && <i class="unsaved" role="img" aria-label={say('below.newText')} />}
              {counts[b] > 0 && (
                <span class={`count${b === 'problems' && errors ? ' warn' : ''}`}>{counts[b] > 999 ? '999+' : counts[b]}</span>
              )}
            </button>
          ))}
        </div>
        {front !== 'problems' && (
          <div class="tools">
            {front === 'console' && <ConsoleTools />}
            {front === 'messages' && <MessageTools />}
            {front === 'search' && (
              <button type="button" class="quiet icon" aria-label={say('search.close')} title={say('search.close')} onClick={closeSearch}>
                <Icon name="close" />
              </button>
            )}
          </div>
        )}
      </div>
      {isPhone.value && visible && <Ended />}
      <div class="tabbody" role="tabpanel" id="below-console" aria-labelledby="tab-console" hidden={front !== 'console'}>
        <Console shown={isShown('console') && ready.value} />
      </div>
      <div class="tabbody" role="tabpanel" id="below-messages" aria-labelledby="tab-messages" hidden={front !== 'messages'}>
        <Messages shown={isShown('messages')} />
      </div>
      <div class="tabbody" role="tabpanel" id="below-problems" aria-labelledby="tab-problems" hidden={front !== 'problems'}>
        <Problems />
      </div>
      {isSearchOpen.value && (
        <div class="tabbody" role="tabpanel" id="below-search" aria-labelledby="tab-search" hidden={front !== 'search'}>
          <SearchPanel shown={front === 'search'} />
        </div>
      )}
    </section>
  )
}

// Ended is the word beside Run where the header has no room for it, with the way to what there is to see. In the view of the
// messages it takes a line of its own at their top: what is new comes at their end. What stays until it is mended has a line
// in all views of a phone.
function Ended() {
  const p = progress.value
  let to: [Word, View] | undefined
  if (p?.state === 'failed') to = ['ended.problems', 'messages']
  else if (p?.state === 'done' && p.action === 'run') to = page.value ? ['ended.page', 'page'] : ['ended.board', 'board']
  const go = ([, v]: [Word, View]) => {
    show(v)
    if (v === 'messages') keep({ below: 'problems' })
  }
  return (
    <div class={p?.state === 'failed' || p?.problem ? 'ended stays' : 'ended'}>
      <Result />
      {to && isPhone.value && view.value !== to[1] && (
        <button type="button" class="plain small" onClick={() => to && go(to)}>
          {say(to[0])}
        </button>
      )}
    </div>
  )
}

const views: Exclude<View, 'files'>[] = ['code', 'board', 'messages', 'page']

function PhoneTabs() {
  const now = view.value === 'files' ? 'code' : view.value
  return (
    <nav class="phone" aria-label={say('phone.views')}>
      {views.map((v) => (
        <button type="button" key={v} aria-current={v === now || undefined} onClick={() => show(v)}>
          {say(`phone.${v}`)}
          {v === 'messages' && v !== now && problems.value.length > 0 && <span class="count warn">{problems.value.length}</span>}
        </button>
      ))}
    </nav>
  )
}

// F6 goes from panel to panel, to where the focus was last in each.
const places = ['bar', 'files', 'editor', 'beside', 'below', 'board', 'page']
const lastFocus = new Map<string, HTMLElement>()

document.addEventListener('focusin', (e) => {
  const el = e.target as HTMLElement
  const panel = el.closest<HTMLElement>('[data-panel]')?.dataset.panel
  if (panel) lastFocus.set(panel, el)
})

function nextPanel(back: boolean): void {
  const at = document.activeElement?.closest<HTMLElement>('[data-panel]')?.dataset.panel ?? ''
  const from = places.indexOf(at)
  for (let i = 1; i <= places.length; i++) {
    const name = places[(from + (back ? -i : i) + 2 * places.length) % places.length]!
    const box = document.querySelector<HTMLElement>(`[data-panel=${name}]`)
    if (!box || box.offsetParent === null) continue
    const before = lastFocus.get(name)
    const first =
      name === 'editor' || name === 'beside'
        ? box.querySelector<HTMLElement>('.cm-content')
        : name === 'bar'
          ? box.querySelector<HTMLElement>('.run, .progress')
          : null
    const el =
      before?.isConnected && before.offsetParent !== null
        ? before
        : (first ??
          [...box.querySelectorAll<HTMLElement>('[tabindex="0"], button:not([tabindex="-1"]), input, select, iframe, a[href]')].find(
            (o) => o.getClientRects().length > 0 && !o.hasAttribute('disabled'),
          ))
    if (!el) continue
    el.focus()
    if (document.activeElement === el) return
  }
}

// toBelow brings one of the tabs below the editor to the front.
function toBelow(b: Below): void {
  show('messages')
  keep({ below: b })
  unfold('below')
  requestAnimationFrame(() => document.getElementById(`tab-${b}`)?.focus())
}

// toSide brings the board or the page to the front.
function toSide(v: 'board' | 'page'): void {
  show(v)
  $front.value = v
  unfold('side')
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-panel=${v}] :is(button, select, a[href])`)?.focus())
}

const panel = (v: 'board' | 'page'): Command => ({
  id: `view.${v}`,
  group: 'view',
  label: () => say('command.show', { what: say(`phone.${v}`) }),
  act: () => toSide(v),
})

const isWide = () => !isPhone.peek() && mode.peek() === 'wide'

provide([
  ...(['console', 'messages', 'problems'] as const).map(
    (b): Command => ({
      id: `view.${b}`,
      group: 'view',
      label: () => say('command.show', { what: say(`below.${b}`) }),
      act: () => toBelow(b),
    }),
  ),
  panel('board'),
  panel('page'),
  { id: 'view.files', group: 'view', label: word('command.files'), offered: () => !isWide(), act: () => show('files') },
  { id: 'view.foldFiles', group: 'view', label: word('command.foldFiles'), offered: isWide, act: () => toggleFold('files') },
  { id: 'view.foldSide', group: 'view', label: word('command.foldSide'), offered: () => !isPhone.peek(), act: () => toggleFold('side') },
  { id: 'view.foldBelow', group: 'view', label: word('command.foldBelow'), offered: () => !isPhone.peek(), act: () => toggleFold('below') },
  {
    id: 'view.next',
    group: 'view',
    label: word('command.nextPanel'),
    keys: ['F6'],
    inDialogs: true,
    repeats: true,
    act: () => nextPanel(false),
  },
  {
    id: 'view.previous',
    group: 'view',
    label: word('command.previousPanel'),
    keys: ['Shift-F6'],
    inDialogs: true,
    repeats: true,
    act: () => nextPanel(true),
  },
])
startKeys()

// The page's own mistakes go into Studio's log.
window.addEventListener('error', (e) => void api.report(`${e.message} ${e.filename}:${e.lineno}:${e.colno}`))
window.addEventListener('unhandledrejection', (e) => void api.report(String((e.reason as Error)?.stack ?? e.reason)))
window.addEventListener('pagehide', () => flushSettings(true))

startPress()
startLayout()
startPreferences()
startRecent()
startDocs()
startHelp()
startWebHelp()
startConsole()
startMessages()
startChart()
startRecordings()
startSets()
startTimeline()
startLAN()
startRun()
startSteps()
startLeftover()
startPreview()
startDrops()
startLinks()
void start()
  .then(frontIfHere)
  .then(() => render(<App />, document.getElementById('app')!))
