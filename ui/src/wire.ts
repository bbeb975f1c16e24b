// Made by `go run ./ui/generate` from internal/api and internal/problem. Do not edit.

// Problem is a failure worth showing. It is immutable after Because.
export interface Problem {
  code: string // stable, dotted, lower case: "flash.no-answer"
  text: string // one or two sentences: what happened
  help: string // one or two sentences: what to do next
}

// Snapshot is the whole state a page needs; it is the first event on the event
// socket and the answer to GET /api/state. Every later event replaces a part.
export interface Snapshot {
  version: string
  clientId: string // this event socket's name; sent back as X-Studio-Client so that a tab knows its own changes
  projects: Project[]
  project?: OpenFiles // the open project; absent when there is none
  templates: Template[]
  kinds: BoardKind[] // the catalogue, in the order in which people should see it
  toolchain: Toolchain
  sizes?: Sizes // of the program that was built last
  ports: Port[]
  board: Board
  pins: Pin[]
  boardFiles: FileState[]
  problems: Diagnostic[]
  progress?: Progress // the action under way, or the last one's end
  socket: Socket // the message console's own WebSocket
  console: string // the last 64 KB that the board printed
  consoleAt: number // Console.At of the last text in it: events up to there are known already
  messages: Message[] // the last 500
  settings: Settings
}

// Event is one line of the event socket: exactly one of the fields is set.
export interface Event {
  snapshot?: Snapshot
  projects?: Project[]
  project?: OpenFiles
  file?: FileChange
  kinds?: BoardKind[] // what can be built has changed
  toolchain?: Toolchain // was installed, or is gone
  sizes?: Sizes // a program was built
  ports?: Port[]
  board?: Board
  pins?: Pin[]
  boardFiles?: FileState[]
  problems?: Diagnostic[]
  progress?: Progress
  socket?: Socket
  console?: Console
  message?: Message[] // new ones, oldest first
  pushed?: Pushed // www/ on the board has changed: reload the preview
  settings?: Settings // changed in another tab
  notice?: Notice
}

// Project is one line of the project list.
export interface Project {
  name: string // the folder's name: what API calls use
  title: string // what people read
  board: string // catalogue id
  modified: number
  gone: boolean // the folder is a link that leads nowhere now
}

// OpenFiles is the open project with its files.
export interface OpenFiles {
  name: string
  title: string
  dir: string
  board: string
  files: File[]
  readOnly: boolean // the folder cannot be written
  trust: Trust
}

// Trust says whether a project's programs run as this computer's own code on
// the virtual board; those of one that is not trusted run in its sandbox.
export interface Trust {
  trusted: boolean
  how?: string // why: "made" here, "asked": its user has said so, "kept": it ran here before anybody was asked
  since?: number // Unix milliseconds
  author?: string // who the project says it is from; whoever made it may have written anything
}

// TrustedProject is one of those that the user, or Studio, trusts.
export interface TrustedProject {
  id: string
  path: string // its folder
  how: string
  since: number
  gone: boolean // there is no such folder now
}

// File is one file of a project.
export interface File {
  path: string
  size: number
  hash: string
  text: boolean // can be edited
}

// FileChange tells that a file of the open project has other content now, or is gone.
export interface FileChange {
  path: string
  hash: string // empty: removed
  client?: string // who did it; empty: a program outside Studio
}

// Template is something a new project can start from.
export interface Template {
  id: string
  title: string
  about: string
}

// BoardKind is one entry of the catalogue (see package board).
export interface BoardKind {
  id: string
  name: string // as printed on the board or its box
  chip: string
  picture: string // which drawing shows it: "devkit", "stick", "pico", …
  network: string // "loopback", "wifi" or "cable"
  files: string // "store": web files are sent by themselves; "program": they are part of the program
  led: number // pin, -1: none
  ledLow: boolean // it is lit while its pin is low
  boot: string // what to do with its buttons to get into the bootloader
  tried: string // "tested", "emulated", "built" or "untried"
  notes: string[] // what somebody who chooses it should know
  problem?: Problem // why programs for it cannot be built on this computer now
}

// Toolchain is the TinyGo that builds for real boards.
export interface Toolchain {
  version: string // "0.41.1"; "" when there is none that can be used
  path: string // where it is
  problem?: Problem // missing, too old, does not run
  offer: string // the release that Studio can install here; "" when there is none for this system
}

// Sizes are how much of a board a program takes, in bytes.
export interface Sizes {
  board: string // catalogue id
  flash: number
  flashMax: number // what the board has room for; 0: no bound
  ram: number // static data
  ramMax: number // 0: not known
  heap: number // what is left of RAM for the heap; 0: not known
  largest: SizePart[] // packages, largest first
}

// SizePart is what one package adds to a program, in bytes.
export interface SizePart {
  name: string // "studio/board", "your program", "Wi-Fi"
  flash: number
  ram: number
}

// WiFi is the board's network.
export interface WiFi {
  state: string // "none": has no Wi-Fi; "starting", "ap", "joining", "joined", "failed": the last two attempts' end, while the access point is open
  ssid: string // the network that it is in or tries to join
  reason: string // why joining failed: "password", "notFound", "noAddress", "lost", "other"
  rssi: number // dBm; 0: not known
  address: string // "192.168.1.17"; its own access point's is "192.168.4.1"
  name: string // "studio-1a2b.local"
  ap: string // name of its own access point while that is open: "Studio-1A2B"
}

// WiFiNetwork is one that the board sees.
export interface WiFiNetwork {
  ssid: string
  rssi: number // dBm
  secure: boolean
  channel: number
}

// Port is a place where a board may be.
export interface Port {
  name: string // "/dev/ttyACM0", "COM5", "virtual:"
  title: string // "Virtual ESP32-C3", "USB JTAG/serial debug unit"
  board?: string
  vid?: string // USB, four hex digits
  pid?: string
  serial?: string
  problem?: Problem // why it cannot be opened: busy, not allowed
}

// BoardState says what the board is doing.
export type BoardState = "absent" | "connecting" | "starting" | "empty" | "running" | "foreign" | "silent" | "crashed" | "stopped" | "busy"

// Board is the selected board's session.
export interface Board {
  port: string
  id: string // catalogue id, "" while unknown
  name: string // "Virtual ESP32-C3"
  chip: string
  virtual: boolean
  led: number // pin number, -1: none
  button: number // BOOT button's pin, -1: none
  state: BoardState
  text: string // the state in words, with what to do when it is bad
  program?: string
  buildId?: string
  current: boolean // the board runs what main.go says
  started: number // when the program started; 0 unknown
  heapUsed: number // 0 unknown
  heapSize: number // 0 unknown
  filesLen: number // bytes used by files
  filesCap: number // bytes there are for files; 0: no file store
  link: boolean // files, pages and messages work
  pageUrl: string // the board's page through its own origin on this computer; "" when there is none
  address: string // the board's own address on the network, if it has one
  via: string // "network" or "cable": how the page is reached
  clients: number // WebSockets open on the board, -1 unknown
  wifi: WiFi
  kinds?: string // ids of the boards that it may be, separated by spaces, while ID is "": the user has to choose
  lastEnd?: string // why the program before this one ended, when it did not end well: "panic: …", "did not answer for 8 s"
  problem?: Problem // what is wrong with the connection
}

// Pin is one pin of the board picture.
export interface Pin {
  pin: number
  name: string
  mode: string // "unused", "input", "output", "analog": an output that is on for a part of the time; "voltage": an input that is measured
  level: boolean
  value?: number // duty or voltage, 0…65535
  colours?: string // of a strip of coloured LEDs on it: six hex digits (red, green, blue) for each
}

// SyncState compares a project's file with the board's.
export type SyncState = "same" | "changed" | "missing" | "boardOnly" | "sending" | "unknown"

// FileState is a badge. Path is the project's path: the board's "/led.html" is "www/led.html"; main.go stands for the program.
export interface FileState {
  path: string
  state: SyncState
  size?: number // on the board
}

// Severity of a Diagnostic.
export type Severity = "error" | "warning"

// Diagnostic is a place in a file where something is wrong, or a failure of an action (Path empty).
// Line and Column count from 1, columns in UTF-16 units as editors count; 0 means unknown.
export interface Diagnostic {
  path: string
  line: number
  column: number
  endLine: number
  endColumn: number
  severity: Severity
  source: string // "go", "js", "css", "html", "page", "board", "studio"
  code: string
  text: string // plain words
  help: string // what to do
  raw?: string // the tool's own message
  fix?: Fix
  count?: number // how often it happened; 0: once
  library?: string // address on the internet of a file that can be put into www/
}

// Fix is an edit that would mend a Diagnostic: replace the range by Text.
export interface Fix {
  title: string
  line: number
  column: number
  endLine: number
  endColumn: number
  text: string
}

// Progress reports an action from its click to its end.
export interface Progress {
  id: string
  action: string // "run", "stop", "reset", "push", "flash", "format", "toolchain", "library"
  phase: string // "build", "connect", "flash", "boot", "wait" (for the program to answer), "push", "fetch", "done"
  text: string // what is happening, in words
  done: number
  total: number // bytes; 0: not known
  state: string // "running", "done", "failed", "cancelled"
  millis: number
  problem?: Problem // why it failed; of one that is done: what has to be told with it
}

// Console is text that the board printed since the last event.
export interface Console {
  text: string
  at: number // counts everything printed so far; grows with every event
  lost?: number // bytes left out because they came faster than anyone can read
  clear?: boolean // forget what was shown before
}

// Socket is the message console's own WebSocket to the board.
export interface Socket {
  state: string // "closed", "connecting", "open"
  path: string
  code?: number // of the last close
  reason?: string
  auto: boolean // opens again by itself when the program is there
}

// Message is one line of the message console.
export interface Message {
  seq: number
  time: number
  from: string // whose connection: "console" or "page"
  conn: number // which connection of the page
  kind: string // "open", "sent", "received", "close", "error", "log"
  binary: boolean // Data is base64
  data: string // the message; for "log" what the page printed
  size: number // bytes of the message; Data may hold less of a long one: GET /api/messages/{seq} has all
  code?: number // of a close, or the HTTP status of a failed open
  millis: number // answer time of a received message, -1 unknown
  level?: string // "log": "log", "info", "warn", "error"
  path?: string // page or file the log came from: "www/led.html"
  line?: number
  column?: number
  count?: number // how often it came; 0: once. A message with a known Seq and another Count replaces the one before
}

// Pushed lists what has changed on the board.
export interface Pushed {
  paths: string[]
  bytes: number // on the line
}

// Notice is something to tell once, where the user looks.
export interface Notice {
  level: string // "info", "warning", "error"
  problem: Problem | null
}

// Settings are kept by the server, so that they survive another browser and another port.
export interface Settings {
  theme: string // "system", "light", "dark"
  project: string
  port: string
  tabs: string[]
  activeTab: string
  below: string // "console", "messages", "problems"
  panels: Record<string, number> // sizes in px, 0: folded
  steps: string[] // ticked first steps
  stepsOff: boolean
  fontSize: number
  autoPush: boolean // saved www/ files go to the board at once
  boards: Record<string, string> // which board hangs on a port, by the port's identity, as the user has chosen
}
