// The only module that speaks to Studio's server, by HTTP and by the event socket.
// Everything that fails comes out as a Refusal: code, text and help in plain words.
import type {
  AllowDial,
  AskRecorded,
  Bundle,
  Chart,
  CheckFile,
  CheckSet,
  Checks,
  Cancel,
  ChooseKind,
  Class,
  ComparedRecordings,
  ComparedState,
  CompareRecordings,
  Connect,
  Disconnect,
  DuplicateProject,
  Event,
  Failure,
  FetchBoardFile,
  FetchLibrary,
  File,
  FoundMistakes,
  FoundNetworks,
  FoundPlaces,
  JoinWiFi,
  LAN,
  Mark,
  Load,
  Message,
  MessageSet,
  MessageSets,
  NewProject,
  OpenConnection,
  OpenFolder,
  Port,
  Problem,
  ProblemCode,
  Progress,
  Project,
  Push,
  Recording,
  RecordedMessages,
  Recordings,
  RenameFile,
  RenameProject,
  RenameRecording,
  Replay,
  ReplayRecording,
  ReplacedFiles,
  ReplaceFiles,
  Report,
  RestoreSavedState,
  RestoreTrashedFile,
  RunTests,
  SavedStates,
  SearchFiles,
  SelectPort,
  SendMessage,
  SendPing,
  SetFault,
  Socket,
  SetChart,
  SendNamed,
  SetPin,
  Settings,
  SharedLink,
  Snapshot,
  StartRecording,
  StartLoad,
  Step,
  TestRun,
  Trash,
  TrustedProjects,
  TrustProject,
  WriteConsole,
} from './wire'
import { comeIn, remember } from './door'
import { own, sayProblem } from './words'
import type { ProblemKey } from './words'

// Kind tells failures apart: Studio is gone; it answered and says no; it answered, but not what it should have or not to
// the end; the page itself gave up waiting; a file of this computer cannot be read.
export type Kind = 'gone' | 'refused' | 'broken' | 'cancelled' | 'local'

export class Refusal extends Error implements Problem {
  readonly class: Class
  constructor(
    readonly code: ProblemCode,
    readonly text: string,
    readonly help: string,
    readonly status = 0,
    readonly kind: Kind = 'refused',
    readonly step: Step = 'none',
    kindOf: Class = 'broken',
  ) {
    super(text)
    this.class = kindOf
  }
  // problem is what a notice shows.
  get problem(): Problem {
    return { code: this.code, class: this.class, step: this.step, text: this.text, help: this.help }
  }
  // conflict: the file is not (or no longer) the one that was meant to be replaced.
  get conflict(): boolean {
    return this.code === 'file.conflict' || this.code === 'file.exists' || this.code === 'file.missing'
  }
  // missing: there is no such file.
  get missing(): boolean {
    return this.code === 'file.missing' || this.status === 404
  }
  // gone: nobody answered, so nothing is known about what was asked for.
  get gone(): boolean {
    return this.kind === 'gone'
  }
}

// refusal makes any thrown value presentable.
export function refusal(err: unknown): Refusal {
  if (err instanceof Refusal) return err
  return refuse('internal', 'refused', 0, { what: String(err) })
}

// refuse is what the page itself has to say, see own.
export function refuse(key: ProblemKey, kind: Kind = 'refused', status = 0, values?: Parameters<typeof own>[1]): Refusal {
  const p = own(key, values)
  return new Refusal(p.code, p.text, p.help, status, kind)
}

let client = '' // this tab's name, given by the server with each snapshot
let projectName = '' // the project this tab shows; the server can tell a save that comes too late

export const clientID = () => client
export function setProjectName(name: string): void {
  projectName = name
}

interface Ask {
  body?: BodyInit
  json?: unknown
  headers?: Record<string, string>
  keepalive?: boolean
  signal?: AbortSignal
}

async function request(method: string, path: string, ask: Ask = {}): Promise<Response> {
  const headers: Record<string, string> = { ...ask.headers }
  if (method !== 'GET') headers['X-Studio-Client'] = client
  if (projectName) headers['X-Studio-Project'] = encodeURIComponent(projectName)
  let body = ask.body
  if (ask.json !== undefined) {
    headers['Content-Type'] = 'application/json'
    body = JSON.stringify(ask.json)
  }
  if (body instanceof Blob) body = await read(body) // here, where a file that cannot be read is not taken for a Studio that is gone
  const send = () =>
    fetch(path, { method, headers, body, keepalive: ask.keepalive, signal: ask.signal, credentials: 'same-origin', cache: 'no-store' })
  let answer: Response
  try {
    answer = await send()
    if (answer.status === 401 && (await comeIn())) answer = await send()
  } catch {
    throw await interrupted(ask.signal)
  }
  if (answer.ok) return answer
  if (answer.status === 401) throw refuse('studio.shut', 'gone', 401) // kept and tried again as when it is gone
  const told = (await answer.json().catch(() => undefined)) as Failure | undefined // undefined: not Studio's own answer
  const e = told?.error
  if (!e?.text) throw refuse('http/status', answer.status < 500 ? 'refused' : 'broken', answer.status, { status: answer.status })
  const said = sayProblem(e)
  throw new Refusal(e.code, said.text, said.help ?? '', answer.status, 'refused', e.step, e.class)
}

// interrupted finds out why a request or its answer ended early: the page gave up, Studio is gone, or just this one failed.
async function interrupted(signal?: AbortSignal): Promise<Refusal> {
  if (signal?.aborted) return refuse('cancelled', 'cancelled')
  return (await isThere()) ? refuse('studio.interrupted', 'broken') : gone()
}

const gone = () => refuse('studio.gone', 'gone')

const isThere = () =>
  fetch('/', { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(3000) }).then(
    () => true,
    () => false,
  )

// read reads a file of this computer. What the system does not let us read (a folder, a file that has gone) is told as that.
async function read(file: Blob): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer()
  } catch {
    throw refuse('file.unreadable', 'local', 0, { file: file instanceof globalThis.File ? file.name : '' })
  }
}

async function whole<T>(reading: Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await reading
  } catch {
    throw await interrupted(signal)
  }
}

function parsed<T>(text: string): T {
  try {
    return (text ? JSON.parse(text) : undefined) as T
  } catch {
    throw refuse('studio.garbled', 'broken')
  }
}

// json asks with a body of a type In, which is empty unless it is named, and answers an Out.
async function json<Out, In = Record<string, never>>(method: string, path: string, body?: In, signal?: AbortSignal): Promise<Out> {
  const answer = await request(method, path, { json: body, signal })
  return parsed<Out>(await whole(answer.text(), signal))
}

// at writes a path of a file into an address, part by part. Dots as parts would silently become another address.
function at(path: string): string {
  const parts = path.split('/')
  if (parts.some((p) => p === '.' || p === '..')) throw refuse('name.bad/page', 'refused', 0, { path })
  return parts.map(encodeURIComponent).join('/')
}

// exact keeps a byte order mark, so that saving gives back what was read.
const exact = (bytes: ArrayBuffer) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
const exactText = async (answer: Response) => exact(await whole(answer.arrayBuffer()))

const plainTag = (tag: string | null) => (tag ?? '').replace(/^W\//, '').replaceAll('"', '')

export interface Bytes {
  bytes: Uint8Array<ArrayBuffer>
  hash: string
}

// Read is a file as it is somewhere: its text, if it is one, and its size.
export interface Read {
  text?: string
  size: number
}

async function textOf(answer: Response): Promise<Read> {
  const bytes = await whole(answer.arrayBuffer())
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return text.includes('\0') ? { size: bytes.byteLength } : { text, size: bytes.byteLength }
  } catch {
    return { size: bytes.byteLength }
  }
}

async function bring<Out>(path: string, name: string, body: BodyInit): Promise<Out> {
  const headers = { 'Content-Type': 'application/octet-stream' }
  return parsed<Out>(await whole((await request('POST', `${path}?name=${encodeURIComponent(name)}`, { body, headers })).text()))
}

export const api = {
  // newProject makes one of a template; a program, if given, takes the place of the template's.
  newProject: (template: string, title: string, program?: string) =>
    json<Project, NewProject>('POST', '/api/projects', { template, title, ...(program === undefined ? {} : { program }) }),
  openProject: (name: string) => json<void>('POST', `/api/projects/${at(name)}/open`, {}),
  renameProject: (name: string, title: string) => json<void, RenameProject>('POST', `/api/projects/${at(name)}/rename`, { title }),
  setChart: (name: string, chart: Chart) => json<void, SetChart>('PUT', `/api/projects/${at(name)}/chart`, { chart }),
  removeProject: (name: string) => json<void>('DELETE', `/api/projects/${at(name)}`),
  trustProject: (name: string, trusted: boolean) => json<void, TrustProject>('POST', `/api/projects/${at(name)}/trust`, { trusted }),
  trusted: () => json<TrustedProjects>('GET', '/api/trust'),
  duplicateProject: (name: string, title: string) =>
    json<Project, DuplicateProject>('POST', `/api/projects/${at(name)}/duplicate`, { title }),
  zipAddress: (name: string) => `/api/projects/${at(name)}/zip`,
  linkProject: (name: string) => json<SharedLink>('GET', `/api/projects/${at(name)}/link`),
  // lookInto takes a zip or a link apart without making anything of it; importProject makes a project of it.
  lookInto: (name: string, content: BodyInit) => bring<Bundle>('/api/import/look', name, content),
  importProject: (name: string, content: BodyInit) => bring<Project>('/api/import', name, content),
  openFolder: (folder: string, copy: boolean) => json<Project, OpenFolder>('POST', '/api/folder', { folder, copy }),
  forgetTrust: (id: string) => json<void>('DELETE', `/api/trust/${at(id)}`),

  async readFile(path: string): Promise<Bytes> {
    const answer = await request('GET', `/api/files/${at(path)}`)
    return { bytes: new Uint8Array(await whole(answer.arrayBuffer())), hash: plainTag(answer.headers.get('ETag')) }
  },
  // writeFile saves when the file still has the hash; '' means that it must not exist yet, '*' overwrites.
  // typing: more comes at once, so the board can wait for it.
  async writeFile(path: string, content: BodyInit, hash: string, keepalive = false, typing = false): Promise<File> {
    const headers: Record<string, string> = { 'Content-Type': 'application/octet-stream' }
    if (typing) headers['X-Studio-Typing'] = '1'
    if (hash === '') headers['If-None-Match'] = '*'
    else headers['If-Match'] = hash === '*' ? '*' : `"${hash}"`
    const answer = await request('PUT', `/api/files/${at(path)}`, { body: content, headers, keepalive })
    return parsed<File>(await whole(answer.text()))
  },
  readBoardBytes: async (path: string) => new Uint8Array(await whole((await request('GET', `/api/board/files/${at(path)}`)).arrayBuffer())),
  removeFile: (path: string) => json<void>('DELETE', `/api/files/${at(path)}`),
  renameFile: (from: string, to: string) => json<void, RenameFile>('POST', '/api/files-rename', { from, to }),
  check: (path: string, content: string) => json<FoundMistakes, CheckFile>('POST', '/api/check', { path, content }),
  search: (what: SearchFiles, signal?: AbortSignal) => json<FoundPlaces, SearchFiles>('POST', '/api/search', what, signal),
  replace: (what: ReplaceFiles) => json<ReplacedFiles, ReplaceFiles>('POST', '/api/replace', what),
  snapshots: () => json<SavedStates>('GET', '/api/snapshots'),
  compareSnapshot: (id: string) => json<ComparedState>('GET', `/api/snapshots/${at(id)}`),
  // restoreSnapshot brings back all files of a state, or the one of that path.
  restoreSnapshot: (id: string, path?: string) => json<void, RestoreSavedState>('POST', `/api/snapshots/${at(id)}/restore`, { path }),
  snapshotAddress: (id: string, path: string) => `/api/snapshots/${at(id)}/${at(path)}`,
  // readSnapshot gives a file as it was; without a text it is none.
  readSnapshot: async (id: string, path: string) => textOf(await request('GET', `/api/snapshots/${at(id)}/${at(path)}`)),
  readNow: async (path: string) => textOf(await request('GET', `/api/files/${at(path)}`)),
  readOnBoard: async (path: string) => textOf(await request('GET', `/api/board/files/${at(path)}`)),
  trash: () => json<Trash>('GET', '/api/trash'),
  clearTrash: () => json<void>('DELETE', '/api/trash'),
  restoreTrashedFile: (id: string, path: string) => json<void, RestoreTrashedFile>('POST', `/api/trash/files/${at(id)}/restore`, { path }),
  restoreTrashedProject: (id: string) => json<void>('POST', `/api/trash/projects/${at(id)}/restore`, {}),
  boardFileAddress: (path: string) => `/api/board/files/${at(path)}`,
  fileAddress: (path: string, hash: string) => `/api/files/${at(path)}?${hash}`,

  run: () => json<Progress>('POST', '/api/run', {}),
  stop: () => json<Progress>('POST', '/api/stop', {}),
  reset: () => json<Progress>('POST', '/api/reset', {}),
  push: (remove?: string[]) => json<Progress, Push>('POST', '/api/push', { remove }),
  cancel: (id: string) => json<void, Cancel>('POST', '/api/cancel', { id }),

  ports: () => json<Port[]>('GET', '/api/ports'),
  selectPort: (port: string) => json<void, SelectPort>('POST', '/api/board/port', { port }),
  chooseKind: (id: string) => json<void, ChooseKind>('POST', '/api/board/kind', { id }),
  setPin: (pin: number, level: boolean) => json<void, SetPin>('POST', '/api/board/pins', { pin, level }),
  setVoltage: (pin: number, value: number) => json<void, SetPin>('POST', '/api/board/pins', { pin, value }),
  allowDial: (address: string, allow: boolean) => json<void, AllowDial>('POST', '/api/board/dial', { address, allow }),
  setFault: (kind: string) => json<void, SetFault>('POST', '/api/board/fault', { kind }),
  format: () => json<Progress>('POST', '/api/board/format', {}),
  removeBoardFile: (path: string) => json<void>('DELETE', `/api/board/files/${at(path)}`),
  fetchBoardFile: (path: string, replace?: boolean) => json<File, FetchBoardFile>('POST', '/api/board/fetch', { path, replace }),

  // wifiScan takes the board seconds; a request that is given up ends it.
  wifiScan: (signal: AbortSignal) => json<FoundNetworks>('POST', '/api/board/wifi/scan', {}, signal),
  wifiJoin: (ssid: string, password: string) => json<void, JoinWiFi>('POST', '/api/board/wifi/join', { ssid, password }),
  wifiForget: () => json<void>('POST', '/api/board/wifi/forget', {}),

  fetchLibrary: (path: string, address: string) => json<Progress, FetchLibrary>('POST', '/api/library', { path, address }),
  readSource: async (path: string) => exactText(await request('GET', `/api/sources/${at(path)}`)),
  installGopls: () => json<Progress>('POST', '/api/toolchain/install/gopls', {}),
  installToolchain: () => json<Progress>('POST', '/api/toolchain/install', {}),

  consoleSend: (text: string) => json<void, WriteConsole>('POST', '/api/console', { text }),
  consoleClear: () => json<void>('POST', '/api/console/clear', {}),

  connect: (path: string) => json<void, Connect>('POST', '/api/messages/connect', { path }),
  openConnection: (to: OpenConnection) => json<Socket, OpenConnection>('POST', '/api/messages/connections', to),
  openToLAN: () => json<LAN>('POST', '/api/lan/open', {}),
  newLANCode: () => json<LAN>('POST', '/api/lan/code', {}),
  closeToLAN: () => json<void>('POST', '/api/lan/close', {}),

  // conn is a connection of the message console, 0 or 1 its first.
  close: (code: number, reason: string, conn = 0) => json<void, Disconnect>('POST', '/api/messages/close', { conn, code, reason }),
  send: (binary: boolean, data: string, conn = 0) => json<void, SendMessage>('POST', '/api/messages/send', { conn, binary, data }),
  ping: (data: string, conn = 0) => json<void, SendPing>('POST', '/api/messages/ping', { conn, data }),
  sets: () => json<MessageSets>('GET', '/api/tests'),
  checkSet: (content: string) => json<MessageSet, CheckSet>('POST', '/api/tests/check', { content }),
  sendNamed: (path: string, name: string, conn: number) => json<void, SendNamed>('POST', '/api/tests/send', { conn, path, name }),
  runTests: (paths: string[]) => json<TestRun, RunTests>('POST', '/api/tests/run', { paths }),
  cancelTests: () => json<void>('POST', '/api/tests/cancel', {}),
  mark: (text: string) => json<void, Mark>('POST', '/api/messages/mark', { text }),
  startLoad: (what: StartLoad) => json<Load, StartLoad>('POST', '/api/load', what),
  cancelLoad: () => json<void>('POST', '/api/load/cancel', {}),
  messagesClear: () => json<void>('POST', '/api/messages/clear', {}),
  // message gives one whole: events carry the beginning of long ones.
  message: (seq: number) => json<Message>('GET', `/api/messages/${seq}`),
  async allMessages(): Promise<Message[]> {
    const text = await (await request('GET', '/api/messages.jsonl')).text()
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Message)
  },
  messagesAddress: '/api/messages.jsonl',

  recordings: () => json<Recordings>('GET', '/api/recordings'),
  startRecording: () => json<Recording, StartRecording>('POST', '/api/recordings/start', {}),
  stopRecording: () => json<Recording>('POST', '/api/recordings/stop', {}),
  renameRecording: (id: string, name: string) => json<void, RenameRecording>('POST', `/api/recordings/${at(id)}/rename`, { name }),
  removeRecording: (id: string) => json<void>('DELETE', `/api/recordings/${at(id)}`),
  restoreRecording: (id: string) => json<void>('POST', `/api/recordings/${at(id)}/restore`, {}),
  // recorded gives some of the messages that a filter lets through; what is long is cut, recordedMessage gives it whole.
  recorded: (id: string, what: AskRecorded, signal?: AbortSignal) =>
    json<RecordedMessages, AskRecorded>('POST', `/api/recordings/${at(id)}/messages`, what, signal),
  recordedMessage: (id: string, seq: number) => json<Message>('GET', `/api/recordings/${at(id)}/messages/${seq}`),
  recordingAddress: (id: string, form: 'jsonl' | 'csv' | 'har') => `/api/recordings/${at(id)}/export/${form}`,
  replay: (id: string, speed: number) => json<Replay, ReplayRecording>('POST', `/api/recordings/${at(id)}/replay`, { speed }),
  cancelReplay: () => json<void>('POST', '/api/recordings/cancel', {}),
  compareRecordings: (what: CompareRecordings) => json<ComparedRecordings, CompareRecordings>('POST', '/api/recordings/compare', what),
  importRecording: (name: string, file: Blob) => bring<Recording>('/api/recordings/import', name, file),

  saveSettings: (part: Partial<Settings>) => request('PUT', '/api/settings', { json: part, keepalive: true }), // the page may be going
  doctor: () => json<Checks>('GET', '/api/doctor'),
  // report tells the log about a mistake of the page itself; it must not fail loudly.
  report: (text: string) => json<void, Report>('POST', '/api/report', { text: text.slice(0, 4000) }).catch(() => undefined),
}

// late loads a part of the page that is rarely needed.
export async function late<T>(part: Promise<T>): Promise<T> {
  try {
    return await part
  } catch {
    throw (await isThere()) ? refuse('page.part', 'broken') : gone()
  }
}

interface Early {
  state: Promise<Snapshot | undefined>
  file: Promise<{ path: string; bytes: ArrayBuffer; tag: string } | undefined>
}

// takeEarly gives what early.ts has asked for: the state once, and the file in front as long as nobody has taken it.
// It waits a moment only; what comes later comes by the event socket.
export async function takeEarly(): Promise<Snapshot | undefined> {
  const early = (window as { studioEarly?: Early }).studioEarly
  const s = await Promise.race([early?.state, new Promise<undefined>((late) => setTimeout(late, 1000, undefined))])
  return s
}

export async function takeEarlyFile(path: string, hash: string): Promise<Bytes | undefined> {
  const w = window as { studioEarly?: Early }
  const file = await w.studioEarly?.file
  delete w.studioEarly
  return file?.path === path && plainTag(file.tag) === hash ? { bytes: new Uint8Array(file.bytes), hash } : undefined
}

// Link is how this page and Studio stand: shut is a Studio that runs, but does not let this browser in.
export type Link = 'connecting' | 'open' | 'lost' | 'shut'

// listen keeps the event socket open for ever: after a loss it tries again, first soon, then every
// few seconds, and each new socket begins with a snapshot, so nothing needs to be caught up on.
// It returns a function that tries again now.
export function listen(receive: (e: Event) => void, told: (link: Link) => void): () => void {
  let wait = 0
  let timer = 0
  let socket: WebSocket | undefined
  let greeted = false // by this socket
  let denied = false // a Studio is there, but does not let this browser in
  const open = () => {
    clearTimeout(timer)
    timer = 0
    greeted = false
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
    const s = new WebSocket(`${scheme}//${location.host}/api/events?paced=1`)
    socket = s
    const take = (line: string) => {
      const e = JSON.parse(line) as Event
      if (e.snapshot) {
        wait = 0
        if (!greeted) void remember()
        greeted = true
        client = e.snapshot.clientId
        told('open')
      }
      translate(e)
      receive(e)
    }
    let taken = 0 // events that Studio has not been told of
    const tell = () => {
      if (s.readyState === WebSocket.OPEN) s.send(String(taken))
      taken = 0
    }
    s.onmessage = (m: MessageEvent<string>) => {
      const began = performance.now()
      try {
        take(m.data)
      } finally {
        // A flood gets half of this page's time; the rest is for who uses it.
        const spent = performance.now() - began
        if (taken++ === 0) {
          if (spent < 5 || document.hidden) tell()
          else setTimeout(tell, spent)
        }
      }
    }
    s.onclose = () => {
      if (socket !== s) return
      socket = undefined
      told(denied ? 'shut' : 'lost')
      wait = Math.min(5000, wait ? wait * 1.7 : 250)
      timer = window.setTimeout(open, wait * (0.8 + Math.random() * 0.4))
      if (!greeted) void knock()
    }
  }
  // knock finds out why a socket did not open: a Studio that was started anew does not know this browser's session.
  const knock = async () => {
    const answer = await fetch('/', { method: 'HEAD', cache: 'no-store' }).catch(() => undefined)
    denied = answer?.status === 401 && !(await comeIn())
    if (socket) return
    if (answer?.status === 401 && !denied) open()
    else told(denied ? 'shut' : 'lost')
  }
  open()
  const now = () => {
    if (!socket) open()
  }
  window.addEventListener('online', now)
  return now
}

// translate says what Studio tells of problems in this page's language.
function translate(e: Event): void {
  const s = e.snapshot
  const all = [
    e.board,
    s?.board,
    e.progress,
    s?.progress,
    e.toolchain,
    s?.toolchain,
    e.notice,
    e.replay,
    ...(e.ports ?? []),
    ...(s?.ports ?? []),
    ...(e.kinds ?? []),
    ...(s?.kinds ?? []),
  ]
  for (const it of all) if (it?.problem) Object.assign(it.problem, sayProblem(it.problem))
}
