// What the page knows, as signals, and the actions that change it. Views read; only actions write.
import { batch, computed, signal, type ReadonlySignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { api, listen, refusal, setProjectName, takeEarly, type Link } from './api'
import type {
  Board,
  BoardKind,
  Event,
  FileState,
  Notice,
  OpenFiles,
  Pin,
  Port,
  Diagnostic,
  Progress,
  Project,
  Settings,
  Sizes,
  Socket,
  SyncState,
  Template,
  Toolchain,
} from './wire'
import { fill } from './messages/gaps'
import { isLong } from './run/text'
import { isOfBuild } from './codes'
import { keepTheme, keptTheme, showTheme } from './theme'
import { say } from './words'

export type View = 'code' | 'board' | 'messages' | 'page' | 'files' // what a phone shows
export type Below = 'console' | 'messages' | 'problems' | 'search'

const noBoard: Board = {
  port: '',
  id: '',
  name: '',
  chip: '',
  virtual: false,
  led: -1,
  button: -1,
  state: 'absent',
  text: '',
  current: false,
  started: 0,
  heapUsed: 0,
  heapSize: 0,
  filesLen: 0,
  filesCap: 0,
  link: false,
  pageUrl: '',
  address: '',
  via: '',
  clients: -1,
  wifi: { state: 'none', ssid: '', reason: '', rssi: 0, address: '', name: '', ap: '' },
}
const firstSettings: Settings = {
  theme: keptTheme(),
  project: '',
  port: '',
  tabs: [],
  activeTab: '',
  below: 'messages',
  panels: {},
  steps: [],
  stepsOff: false,
  fontSize: 14,
  tabSize: 0,
  wrap: false,
  recent: [],
  autoPush: true,
  boards: {},
}

const $link = signal<Link>('connecting')
const $ready = signal(false)
const $version = signal('')
const $projects = signal<Project[]>([])
const $project = signal<OpenFiles | undefined>(undefined)
const $templates = signal<Template[]>([])
const $kinds = signal<BoardKind[]>([])
const $toolchain = signal<Toolchain>({ version: '', path: '', offer: '', gopls: { version: '', path: '', offer: '' } })
const $sizes = signal<Sizes | undefined>(undefined)
const $ports = signal<Port[]>([])
const $board = signal<Board>(noBoard)
const $pins = signal<Pin[]>([])
const $boardFiles = signal<FileState[]>([])
const $problems = signal<Diagnostic[]>([])
const $checks = signal<ReadonlyMap<string, Diagnostic[]>>(new Map())
const $scripts = signal<ReadonlyMap<string, Diagnostic[]>>(new Map())
const $typed = signal<ReadonlyMap<string, Diagnostic[]>>(new Map())
const $progress = signal<Progress | undefined>(undefined)
const $socket = signal<Socket>({ state: 'closed', path: '/ws', auto: true })
const $sockets = signal<Socket[]>([])
const $settings = signal<Settings>(firstSettings)
const $notices = signal<Notice[]>([])
const $said = signal('')
const $view = signal<View>('code')
const $dialog = signal<((close: () => void) => ComponentChildren) | undefined>(undefined)
const $pushes = signal(0)

export const link: ReadonlySignal<Link> = $link
export const ready: ReadonlySignal<boolean> = $ready // the first snapshot has come
export const version: ReadonlySignal<string> = $version
export const projects: ReadonlySignal<Project[]> = $projects
export const project: ReadonlySignal<OpenFiles | undefined> = $project
export const templates: ReadonlySignal<Template[]> = $templates
export const kinds: ReadonlySignal<BoardKind[]> = $kinds // the catalogue
export const toolchain: ReadonlySignal<Toolchain> = $toolchain
export const sizes: ReadonlySignal<Sizes | undefined> = $sizes // of the program that was built last
export const ports: ReadonlySignal<Port[]> = $ports
export const board: ReadonlySignal<Board> = $board
export const pins: ReadonlySignal<Pin[]> = $pins
export const boardFiles: ReadonlySignal<FileState[]> = $boardFiles
export const progress: ReadonlySignal<Progress | undefined> = $progress
export const socket: ReadonlySignal<Socket> = $socket
export const sockets: ReadonlySignal<Socket[]> = $sockets // the message console's connections besides the first
export const settings: ReadonlySignal<Settings> = $settings
export const notices: ReadonlySignal<Notice[]> = $notices
export const said: ReadonlySignal<string> = $said // for screen readers
export const view: ReadonlySignal<View> = $view
export const dialog: ReadonlySignal<((close: () => void) => ComponentChildren) | undefined> = $dialog
export const pushes: ReadonlySignal<number> = $pushes // counts changes of the board's pages, each a reason to load the preview again
export const serverProblems: ReadonlySignal<Diagnostic[]> = $problems
export const typed: ReadonlySignal<ReadonlyMap<string, Diagnostic[]>> = $typed // what gopls has found, by path
export const checks: ReadonlySignal<ReadonlyMap<string, Diagnostic[]>> = $checks

export const kind = computed(() => $kinds.value.find((k) => k.id === $board.value.id)) // what the catalogue says about the selected board
export const running = computed(() => $progress.value?.state === 'running')
export const lit = computed(() =>
  $pins.value.some(
    (p) => p.pin === $board.value.led && (p.mode === 'output' || p.mode === 'analog') && p.level !== (kind.value?.ledLow ?? false),
  ),
)
export const badges = computed(() => new Map<string, SyncState>($boardFiles.value.map((f) => [f.path, f.state])))

const place = (p: Diagnostic) => `${p.path}:${p.line}:${p.column}:${p.text}`

// restarts tells that the program before this one did not end well.
function restarts(): Diagnostic[] {
  const why = $board.value.lastEnd
  if (!why || $problems.value.some((p) => p.text.includes(why) || p.raw?.includes(why))) return [] // nothing, or told already
  return [
    {
      path: '',
      line: 0,
      column: 0,
      endLine: 0,
      endColumn: 0,
      severity: 'warning',
      source: 'board',
      code: 'board.lastEnd',
      text: say('board.lastEndTitle', { why }),
      help: say('board.lastEndHelp'),
    },
  ]
}

// isTyped: gopls has found the same, at the place where it is now.
const isTyped = (p: Diagnostic) =>
  p.source === 'go' &&
  !!$typed.value.get(p.path)?.some((t) => (t.raw === p.raw && t.line === p.line) || (t.code === p.code && t.text === p.text))

// problems joins what the last action found with what the checks while typing find, errors first per file.
export const problems = computed(() => {
  const all: Diagnostic[] = []
  const seen = new Set<string>()
  const run = $problems.value.filter((p) => !isTyped(p))
  for (const p of [...restarts(), ...run, ...[...$checks.value.values(), ...$typed.value.values()].flat()]) {
    if (seen.has(place(p)) || (p.library && all.some((o) => o.library === p.library && o.path === p.path))) continue // told already
    seen.add(place(p))
    all.push(p)
  }
  for (const p of [...$scripts.value.values()].flat()) if (!all.some((o) => tellsOf(o, p))) all.push(p)
  return all
})

// tellsOf: a check, or the page itself when it ran, has told of a place in a script.
const tellsOf = (told: Diagnostic, p: Diagnostic) =>
  told.path === p.path &&
  told.line === p.line &&
  (told.source === 'page' || told.endLine > told.line || (told.column < p.endColumn && p.column < told.endColumn))

// Others follow events through here: the editor's documents, the console's and the message list's stores.
export type Heard = Event & { lost?: number } // messages that are missing before its first
type Follower = (e: Heard) => void
const followers = new Set<Follower>()
export function follow(f: Follower): void {
  followers.add(f)
}

// lookAtPorts asks which program has which port open, which nobody looks at all the time.
export async function lookAtPorts(): Promise<void> {
  await api.ports().then(
    (list) => ($ports.value = list),
    () => {},
  ) // the list without it will do
}

let again = () => {}

// start fills the page with the state that early.ts has asked for, and opens the event socket as soon as that is on the
// screen. The socket begins with a snapshot of its own, so nothing is missed in between.
export async function start(): Promise<void> {
  const connect = () => {
    again = listen(receive, (l) => ($link.value = l))
  }
  const snapshot = await takeEarly()
  if (snapshot) receive({ snapshot })
  if (snapshot && document.visibilityState === 'visible') requestAnimationFrame(() => setTimeout(connect))
  else connect()
}

export function tryAgain(): void {
  again()
}

function receive(e: Event): void {
  batch(() => {
    if (e.snapshot) {
      const s = e.snapshot
      $version.value = s.version
      $projects.value = s.projects
      $templates.value = s.templates
      $kinds.value = s.kinds
      $toolchain.value = s.toolchain
      $sizes.value = s.sizes
      $ports.value = s.ports
      $board.value = s.board
      $pins.value = s.pins
      $boardFiles.value = s.boardFiles
      $problems.value = s.problems
      $progress.value = s.progress
      $socket.value = s.socket
      $sockets.value = s.sockets
      if (!$ready.value) $settings.value = { ...firstSettings, ...s.settings }
      applyTheme()
      setProject(s.project)
      $ready.value = true
    }
    if (e.projects) $projects.value = e.projects
    if (e.project && e.project.name !== $project.value?.name) $sizes.value = undefined
    if (e.project) setProject(e.project)
    if (e.kinds) $kinds.value = e.kinds
    if (e.toolchain) $toolchain.value = e.toolchain
    if (e.sizes) $sizes.value = e.sizes
    if (e.ports) $ports.value = e.ports
    if (e.board) $board.value = e.board
    if (e.pins) $pins.value = e.pins
    if (e.boardFiles) $boardFiles.value = e.boardFiles
    if (e.problems) $problems.value = e.problems
    if (e.progress) setProgress(e.progress)
    if (e.socket) $socket.value = e.socket
    if (e.sockets) $sockets.value = e.sockets
    if (e.pushed) $pushes.value++
    if (e.settings) {
      // Another tab's layout and open files are its own; the rest is shared.
      const { theme, steps, stepsOff, fontSize, tabSize, wrap, recent, autoPush } = e.settings
      // What was changed here since is on its way, and newer; steps may have been done here and there.
      if (waiting.steps?.length) waiting.steps = [...new Set([...steps, ...waiting.steps])]
      $settings.value = { ...$settings.value, theme, steps, stepsOff, fontSize, tabSize, wrap, recent, autoPush, ...waiting }
      applyTheme()
    }
    if (e.notice) tell(e.notice)
    const heard = { ...e, lost: fill(e) }
    for (const f of followers) f(heard)
  })
}

function setProject(p: OpenFiles | undefined): void {
  if (p) p.files ??= []
  if (p?.name !== $project.value?.name) $checks.value = $typed.value = $scripts.value = new Map()
  setProjectName(p?.name ?? '')
  $project.value = p
  setTimeout(() => (document.title = p ? say('page.title', { project: p.title }) : say('app.name')))
}

function setProgress(p: Progress): void {
  const before = $progress.value
  $progress.value = p
  if (p.state === 'running') {
    if (before?.phase !== p.phase || before.id !== p.id || (isLong(p.text) && before.text !== p.text)) announce(p.text)
    return
  }
  if (before?.state === 'running' || before?.id !== p.id) {
    if (p.state === 'done') announce(p.text || say('run.done'))
    if (p.state === 'cancelled') announce(say('run.cancelled'))
    if (p.problem) announce(`${p.problem.text} ${p.problem.help}`)
    if (p.state === 'done' && (p.action === 'run' || p.action === 'reset')) $pushes.value++
  }
}

export function dismissProgress(): void {
  if ($progress.value?.state !== 'running') $progress.value = undefined
}

// announce tells screen readers something that others see happen.
export function announce(text: string): void {
  $said.value = $said.value === text ? text + '\u00a0' : text
}

// tell shows a notice until it is dismissed; the same one is not shown twice.
export function tell(n: Notice): void {
  const same = (o: Notice) => o.problem?.code === n.problem?.code && o.problem?.text === n.problem?.text
  $notices.value = [...$notices.value.filter((o) => !same(o)), n].slice(-3)
}

export function dismiss(n: Notice): void {
  $notices.value = $notices.value.filter((o) => o !== n)
}

// attempt does what a click asked for and shows why it failed, if it does.
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (err) {
    const r = refusal(err)
    if (r.kind !== 'cancelled') tell({ level: 'error', problem: r.problem })
    return undefined
  }
}

export function show(v: View): void {
  $view.value = v
}

const $secrets = signal(0)

export const secret: ReadonlySignal<boolean> = computed(() => $secrets.value > 0) // one is asked for: no board's page is on the screen

// askSecret says that a secret is asked for, until the function that it returns is called.
export function askSecret(): () => void {
  $secrets.value++
  return () => {
    $secrets.value--
  }
}

// openDialog shows one dialog; it gets the function that closes it.
export function openDialog(render: (close: () => void) => ComponentChildren): void {
  $dialog.value = render
}

export function closeDialog(): void {
  $dialog.value = undefined
}

export function setChecks(path: string, found: Diagnostic[]): void {
  const next = new Map($checks.value)
  if (found.length) next.set(path, found)
  else next.delete(path)
  $checks.value = next
}

// setScripts takes what the language service for scripts has found in a file.
export function setScripts(path: string, found: Diagnostic[]): void {
  if (!found.length && !$scripts.value.has(path)) return
  const next = new Map($scripts.value)
  if (found.length) next.set(path, found)
  else next.delete(path)
  $scripts.value = next
}

// setTyped takes what gopls has found, by path.
export function setTyped(found: ReadonlyMap<string, Diagnostic[]>): void {
  $typed.value = found
}

// forget takes a problem of the last action out of the list: the user is changing that very line.
export function forget(p: Diagnostic): void {
  $problems.value = $problems.value.filter((q) => q !== p)
  const list = $typed.value.get(p.path)
  if (list?.includes(p)) {
    $typed.value = new Map($typed.value).set(
      p.path,
      list.filter((q) => q !== p),
    )
  }
  if (!$problems.value.some((q) => q.severity === 'error') && isOfBuild($progress.value?.problem)) dismissProgress()
}

// begin shows an action as under way from the very click, before the server has answered.
export function begin(p: Progress): void {
  $progress.value = p
}

// begun takes the server's answer to an action that the page showed as p. Events may have
// overtaken it, and another action may have begun since; they are newer.
export function begun(p: Progress, answer: Progress): void {
  if ($progress.value === p) $progress.value = answer
}

let waiting: Partial<Settings> = {}
let timer = 0
let sending = false

// keep changes settings here at once and on the server a moment later.
export function keep(part: Partial<Settings>): void {
  $settings.value = { ...$settings.value, ...part }
  if (part.theme) applyTheme()
  waiting = { ...waiting, ...part }
  clearTimeout(timer)
  timer = window.setTimeout(flushSettings, 400)
}

// flushSettings sends what has changed, after what is being sent: the latest has to come last. A page that goes cannot wait.
export function flushSettings(goes = false): void {
  clearTimeout(timer)
  const part = waiting
  if ((sending && !goes) || Object.keys(part).length === 0) return
  waiting = {}
  sending = true
  api.saveSettings(part).then(
    () => {
      sending = false
      flushSettings()
    },
    () => {
      sending = false
      waiting = { ...part, ...waiting } // goes with the next change
    },
  )
}

export function tickStep(step: string): void {
  const { steps } = $settings.value
  if (!steps.includes(step)) keep({ steps: [...steps, step] })
}

function applyTheme(): void {
  const { theme } = $settings.value
  showTheme(theme)
  keepTheme(theme)
}
