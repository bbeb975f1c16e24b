// Package api holds the wire types of Studio's HTTP and event API: what
// the page and the command line read and write. ui/src/wire.ts is generated
// from this package (go run ./ui/generate), so a field is named once.
//
// Conventions: times are Unix milliseconds, sizes are bytes, hashes are
// lower-case hex (see project.Hash), paths use forward slashes and are
// relative to the project ("main.go", "www/led.html"). Lists and maps are
// never null, see Marshal; what may be missing is left out.
package api

import (
	"strings"

	"studioide/internal/problem"
)

// Snapshot is the whole state a page needs; it is the first event on the event
// socket and the answer to GET /api/state. Every later event replaces a part.
type Snapshot struct {
	Version    string       `json:"version"`
	ClientID   string       `json:"clientId"` // this event socket's name; sent back as X-Studio-Client so that a tab knows its own changes
	Projects   []Project    `json:"projects"`
	Project    *OpenFiles   `json:"project,omitempty"` // the open project; absent when there is none
	Templates  []Template   `json:"templates"`
	Kinds      []BoardKind  `json:"kinds"` // the catalogue, in the order in which people should see it
	Toolchain  Toolchain    `json:"toolchain"`
	Sizes      *Sizes       `json:"sizes,omitempty"` // of the program that was built last
	Ports      []Port       `json:"ports"`
	Board      Board        `json:"board"`
	Pins       []Pin        `json:"pins"`
	BoardFiles []FileState  `json:"boardFiles"`
	Problems   []Diagnostic `json:"problems"`
	Progress   *Progress    `json:"progress,omitempty"` // the action under way, or the last one's end
	Socket     Socket       `json:"socket"`             // the message console's own WebSocket
	Sockets    []Socket     `json:"sockets"`            // its other connections
	Console    string       `json:"console"`            // the last 64 KB that the board printed
	ConsoleAt  int64        `json:"consoleAt"`          // Console.At of the last text in it: events up to there are known already
	Messages   []Message    `json:"messages"`           // the last 500
	Cleared    int64        `json:"cleared"`            // number of the last message that was cleared away; 0: none
	Recording  Recording    `json:"recording"`          // the one under way; without an ID nothing is recorded
	Settings   Settings     `json:"settings"`
	Tests      *TestRun     `json:"tests,omitempty"`  // the run of message tests under way, or the last one
	Load       *Load        `json:"load,omitempty"`   // the pretend pages under way, or the last ones
	Replay     *Replay      `json:"replay,omitempty"` // the replay under way, or the last one
	LAN        LAN          `json:"lan"`
}

// Event is one line of the event socket: exactly one of the fields is set, besides Time.
type Event struct {
	Time       int64         `json:"time,omitempty"` // when Studio told it, by its own clock: the clock of all that has a time; not of a snapshot
	Snapshot   *Snapshot     `json:"snapshot,omitempty"`
	Projects   *[]Project    `json:"projects,omitempty"`
	Project    *OpenFiles    `json:"project,omitempty"`
	File       *FileChange   `json:"file,omitempty"`
	Kinds      *[]BoardKind  `json:"kinds,omitempty"`     // what can be built has changed
	Toolchain  *Toolchain    `json:"toolchain,omitempty"` // was installed, or is gone
	Sizes      *Sizes        `json:"sizes,omitempty"`     // a program was built
	Ports      *[]Port       `json:"ports,omitempty"`
	Board      *Board        `json:"board,omitempty"`
	Pins       *[]Pin        `json:"pins,omitempty"`
	BoardFiles *[]FileState  `json:"boardFiles,omitempty"`
	Problems   *[]Diagnostic `json:"problems,omitempty"`
	Progress   *Progress     `json:"progress,omitempty"`
	Socket     *Socket       `json:"socket,omitempty"`
	Sockets    *[]Socket     `json:"sockets,omitempty"` // all of the console's connections besides the first
	Console    *Console      `json:"console,omitempty"`
	Message    *[]Message    `json:"message,omitempty"`   // new ones, oldest first; numbers that are skipped came too fast
	Recording  *Recording    `json:"recording,omitempty"` // the one under way began, has more, or is over
	Replay     *Replay       `json:"replay,omitempty"`    // a recording is being sent again, or was
	Pushed     *Pushed       `json:"pushed,omitempty"`    // www/ on the board has changed: reload the preview
	Settings   *Settings     `json:"settings,omitempty"`  // changed in another tab
	Notice     *Notice       `json:"notice,omitempty"`
	Tests      *TestRun      `json:"tests,omitempty"`
	Load       *Load         `json:"load,omitempty"`
	LAN        *LAN          `json:"lan,omitempty"`
}

// Project is one line of the project list.
type Project struct {
	Name     string `json:"name"`  // the folder's name: what API calls use
	Title    string `json:"title"` // what people read
	Board    string `json:"board"` // catalogue id
	Modified int64  `json:"modified"`
	Gone     bool   `json:"gone"` // the folder is a link that leads nowhere now
}

// OpenFiles is the open project with its files.
type OpenFiles struct {
	Name     string `json:"name"`
	Title    string `json:"title"`
	Dir      string `json:"dir"`
	Board    string `json:"board"`
	Files    []File `json:"files"`
	ReadOnly bool   `json:"readOnly"` // the folder cannot be written
	Trust    Trust  `json:"trust"`
	Chart    *Chart `json:"chart,omitempty"` // absent: nobody has set anything
}

// Chart says how a project's numbers are shown, and which controls stand beside them.
type Chart struct {
	Series   []ChartSeries  `json:"series"` // those of which something was set
	Controls []ChartControl `json:"controls"`
	Seconds  int            `json:"seconds"`       // the time axis; 0: the page's own choice, -1: everything
	Fixed    bool           `json:"fixed"`         // the y axis goes from Low to High, else where the values are
	Low      float64        `json:"low,omitempty"` // of the y axis
	High     float64        `json:"high,omitempty"`
}

// ChartSeries is what was set of one series of numbers.
type ChartSeries struct {
	Key    string  `json:"key"`             // where it comes from and what it is called there: "message:t", "console:t", "sent:t"
	Label  string  `json:"label,omitempty"` // what people call it
	Unit   string  `json:"unit,omitempty"`
	Factor float64 `json:"factor,omitempty"` // values are shown times this; 0: as they come
	Hidden bool    `json:"hidden"`
	Beside string  `json:"beside,omitempty"` // "gauge" or "lamp" beside the chart
	Low    float64 `json:"low,omitempty"`    // where the gauge begins; Low = High: where the values are
	High   float64 `json:"high,omitempty"`
}

// ChartControl sends a message when it is moved.
type ChartControl struct {
	Kind    string  `json:"kind"` // "slider", "switch"
	Label   string  `json:"label"`
	Pattern string  `json:"pattern"`       // the message, with ChartValue where the value belongs
	Low     float64 `json:"low,omitempty"` // of a slider
	High    float64 `json:"high,omitempty"`
	Step    float64 `json:"step,omitempty"`
	On      string  `json:"on,omitempty"` // a switch's values
	Off     string  `json:"off,omitempty"`
}

// ChartValue stands in a ChartControl's pattern for its value.
const ChartValue = "{value}"

// Trust says whether a project's programs run as this computer's own code on
// the virtual board; those of one that is not trusted run in its sandbox.
type Trust struct {
	Trusted bool   `json:"trusted"`
	How     string `json:"how,omitempty"`    // why: "made" here, "asked": its user has said so, "kept": it ran here before anybody was asked
	Since   int64  `json:"since,omitempty"`  // Unix milliseconds
	Author  string `json:"author,omitempty"` // who the project says it is from; whoever made it may have written anything
}

// TrustedProject is one of those that the user, or Studio, trusts.
type TrustedProject struct {
	ID    string `json:"id"`
	Path  string `json:"path"` // its folder
	How   string `json:"how"`
	Since int64  `json:"since"`
	Gone  bool   `json:"gone"` // there is no such folder now
}

// File is one file of a project.
type File struct {
	Path string `json:"path"`
	Size int64  `json:"size"`
	Hash string `json:"hash"`
	Text bool   `json:"text"` // can be edited
}

// FileChange tells that a file of the open project has other content now, or is gone.
type FileChange struct {
	Path   string `json:"path"`
	Hash   string `json:"hash"`             // empty: removed
	Client string `json:"client,omitempty"` // who did it: a page, or "studio" when it was brought back; empty: a program outside Studio
}

// Template is something a new project can start from.
type Template struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	About string `json:"about"`

	Example bool `json:"example"` // it shows one thing, and is less meant as a start
}

// BoardKind is one entry of the catalogue (see package board).
type BoardKind struct {
	ID      string           `json:"id"`
	Name    string           `json:"name"` // as printed on the board or its box
	Chip    string           `json:"chip"`
	Picture string           `json:"picture"`           // which drawing shows it: "devkit", "stick", "pico", …
	Network string           `json:"network"`           // "loopback", "wifi" or "cable"
	Files   string           `json:"files"`             // "store": web files are sent by themselves; "program": they are part of the program
	LED     int              `json:"led"`               // pin, -1: none
	LEDLow  bool             `json:"ledLow"`            // it is lit while its pin is low
	Boot    string           `json:"boot"`              // what to do with its buttons to get into the bootloader
	Tried   string           `json:"tried"`             // "tested", "emulated", "built" or "untried"
	Notes   []string         `json:"notes"`             // what somebody who chooses it should know
	Problem *problem.Problem `json:"problem,omitempty"` // why programs for it cannot be built on this computer now
}

// Toolchain is the TinyGo that builds for real boards.
type Toolchain struct {
	Version string           `json:"version"`           // "0.41.1"; "" when there is none that can be used
	Path    string           `json:"path"`              // where it is
	Problem *problem.Problem `json:"problem,omitempty"` // missing, too old, does not run
	Offer   string           `json:"offer"`             // the release that Studio can install here; "" when there is none for this system
	Gopls   LanguageServer   `json:"gopls"`
}

// LanguageServer is gopls, which helps with Go while it is typed.
type LanguageServer struct {
	Version string           `json:"version"`           // "0.23.0"; "" when there is none
	Path    string           `json:"path"`              // where it is
	Problem *problem.Problem `json:"problem,omitempty"` // why there is none
	Offer   string           `json:"offer"`             // what Studio can install
}

// Sizes are how much of a board a program takes, in bytes.
type Sizes struct {
	Board    string     `json:"board"` // catalogue id
	Flash    int64      `json:"flash"`
	FlashMax int64      `json:"flashMax"` // what the board has room for; 0: no bound
	RAM      int64      `json:"ram"`      // static data
	RAMMax   int64      `json:"ramMax"`   // 0: not known
	Heap     int64      `json:"heap"`     // what is left of RAM for the heap; 0: not known
	Largest  []SizePart `json:"largest"`  // packages, largest first
}

// SizePart is what one package adds to a program, in bytes.
type SizePart struct {
	Name  string `json:"name"` // "studio/board", "your program", "Wi-Fi"
	Flash int64  `json:"flash"`
	RAM   int64  `json:"ram"`
}

// WiFi is the board's network.
type WiFi struct {
	State   string `json:"state"`   // "none": has no Wi-Fi; "starting", "ap", "joining", "joined", "failed": the last two attempts' end, while the access point is open
	SSID    string `json:"ssid"`    // the network that it is in or tries to join
	Reason  string `json:"reason"`  // why joining failed: "password", "notFound", "noAddress", "lost", "other"
	RSSI    int    `json:"rssi"`    // dBm; 0: not known
	Address string `json:"address"` // "192.168.1.17"; its own access point's is "192.168.4.1"
	Name    string `json:"name"`    // "studio-1a2b.local"
	AP      string `json:"ap"`      // name of its own access point while that is open: "Studio-1A2B"
}

// WiFiNetwork is one that the board sees.
type WiFiNetwork struct {
	SSID    string `json:"ssid"`
	RSSI    int    `json:"rssi"` // dBm
	Secure  bool   `json:"secure"`
	Channel int    `json:"channel"`
}

// Port is a place where a board may be.
type Port struct {
	Name    string           `json:"name"`  // "/dev/ttyACM0", "COM5", "virtual:"
	Title   string           `json:"title"` // "Virtual ESP32-C3", "USB JTAG/serial debug unit"
	Board   string           `json:"board,omitempty"`
	VID     string           `json:"vid,omitempty"` // USB, four hex digits
	PID     string           `json:"pid,omitempty"`
	Serial  string           `json:"serial,omitempty"`
	Problem *problem.Problem `json:"problem,omitempty"` // why it cannot be opened: busy, not allowed
}

// BoardState says what the board is doing.
type BoardState string

const (
	BoardAbsent     BoardState = "absent"     // nothing on the port
	BoardConnecting BoardState = "connecting" // port open, asking who is there
	BoardStarting   BoardState = "starting"   // a program was started and has not answered yet
	BoardEmpty      BoardState = "empty"      // no program in flash
	BoardRunning    BoardState = "running"    // Studio firmware answers
	BoardForeign    BoardState = "foreign"    // a program runs that does not speak the link
	BoardSilent     BoardState = "silent"     // Studio firmware was here, its program no longer answers
	BoardCrashed    BoardState = "crashed"    // the program ended with a panic
	BoardStopped    BoardState = "stopped"    // held in the bootloader
	BoardBusy       BoardState = "busy"       // an action is under way
)

// Board is the selected board's session.
type Board struct {
	Port     string           `json:"port"`
	ID       string           `json:"id"`   // catalogue id, "" while unknown
	Name     string           `json:"name"` // "Virtual ESP32-C3"
	Chip     string           `json:"chip"`
	Virtual  bool             `json:"virtual"`
	LED      int              `json:"led"`    // pin number, -1: none
	Button   int              `json:"button"` // BOOT button's pin, -1: none
	State    BoardState       `json:"state"`
	Text     string           `json:"text"` // the state in words, with what to do when it is bad
	Program  string           `json:"program,omitempty"`
	BuildID  string           `json:"buildId,omitempty"`
	Current  bool             `json:"current"`  // the board runs what main.go says
	Started  int64            `json:"started"`  // when the program started; 0 unknown
	HeapUsed int64            `json:"heapUsed"` // 0 unknown
	HeapSize int64            `json:"heapSize"` // 0 unknown
	FilesLen int64            `json:"filesLen"` // bytes used by files
	FilesCap int64            `json:"filesCap"` // bytes there are for files; 0: no file store
	Link     bool             `json:"link"`     // files, pages and messages work
	PageURL  string           `json:"pageUrl"`  // the board's page through its own origin on this computer; "" when there is none
	Address  string           `json:"address"`  // the board's own address on the network, if it has one
	Via      string           `json:"via"`      // "network" or "cable": how the page is reached
	Clients  int              `json:"clients"`  // WebSockets open on the board, -1 unknown
	WiFi     WiFi             `json:"wifi"`
	Fault    string           `json:"fault,omitempty"`   // how the network to it is made bad on purpose: "delay", "loss", "cut", "half-open", "slow", "restart"
	Kinds    string           `json:"kinds,omitempty"`   // ids of the boards that it may be, separated by spaces, while ID is "": the user has to choose
	Dials    string           `json:"dials,omitempty"`   // addresses that the virtual board's program wants to connect to and that the user has not answered for yet, separated by spaces
	LastEnd  string           `json:"lastEnd,omitempty"` // why the program before this one ended, when it did not end well: "panic: …", "did not answer for 8 s"
	Problem  *problem.Problem `json:"problem,omitempty"` // what is wrong with the connection
}

// Pin is one pin of the board picture.
type Pin struct {
	Pin   int    `json:"pin"`
	Name  string `json:"name"`
	Mode  string `json:"mode"` // "unused", "input", "output", "analog": an output that is on for a part of the time; "voltage": an input that is measured
	Level bool   `json:"level"`
	Value int    `json:"value,omitempty"` // duty or voltage, 0…65535

	Colours string `json:"colours,omitempty"` // of a strip of coloured LEDs on it: six hex digits (red, green, blue) for each
}

// Full is a Pin's Value when it is always on, or at 3.3 V.
const Full = 65535

// Duty is a Pin's Value for a part of the time in percent.
func Duty(percent int) int { return percent * Full / 100 }

// SyncState compares a project's file with the board's.
type SyncState string

const (
	SyncSame      SyncState = "same"      // "on board"
	SyncChanged   SyncState = "changed"   // another version is on the board
	SyncMissing   SyncState = "missing"   // not on board
	SyncBoardOnly SyncState = "boardOnly" // only on the board
	SyncSending   SyncState = "sending"
	SyncUnknown   SyncState = "unknown"
)

// FileState is a badge. Path is the project's path: the board's "/led.html" is "www/led.html"; main.go stands for the program.
type FileState struct {
	Path  string    `json:"path"`
	State SyncState `json:"state"`
	Size  int64     `json:"size,omitempty"` // on the board
}

// Severity of a Diagnostic.
type Severity string

const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityHint    Severity = "hint" // may be meant
)

// Diagnostic is a place in a file where something is wrong, or a failure of an action (Path empty).
// Line and Column count from 1, columns in UTF-16 units as editors count; 0 means unknown.
type Diagnostic struct {
	Path      string   `json:"path"`
	Line      int      `json:"line"`
	Column    int      `json:"column"`
	EndLine   int      `json:"endLine"`
	EndColumn int      `json:"endColumn"`
	Severity  Severity `json:"severity"`
	Source    string   `json:"source"` // "go", "js", "css", "html", "page", "board", "studio"
	Code      string   `json:"code"`
	Text      string   `json:"text"`          // plain words
	Help      string   `json:"help"`          // what to do
	Raw       string   `json:"raw,omitempty"` // the tool's own message
	Fix       *Fix     `json:"fix,omitempty"`
	Count     int      `json:"count,omitempty"`   // how often it happened; 0: once
	Library   string   `json:"library,omitempty"` // address on the internet of a file that can be put into www/
}

// Fix is an edit that would mend a Diagnostic: replace the range by Text.
type Fix struct {
	Title     string `json:"title"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
	Text      string `json:"text"`
}

// Progress reports an action from its click to its end.
type Progress struct {
	ID      string           `json:"id"`
	Action  string           `json:"action"` // "run", "stop", "reset", "push", "flash", "format", "toolchain", "library"
	Phase   string           `json:"phase"`  // "build", "connect", "flash", "boot", "wait" (for the program to answer), "push", "fetch", "done"
	Text    string           `json:"text"`   // what is happening, in words
	Done    int64            `json:"done"`
	Total   int64            `json:"total"` // bytes; 0: not known
	State   string           `json:"state"` // "running", "done", "failed", "cancelled"
	Millis  int64            `json:"millis"`
	Problem *problem.Problem `json:"problem,omitempty"` // why it failed; of one that is done: what has to be told with it
}

// Console is text that the board printed since the last event.
type Console struct {
	Text  string `json:"text"`
	At    int64  `json:"at"`              // counts everything printed so far; grows with every event
	Lost  int64  `json:"lost,omitempty"`  // lines before the text that came too fast and are left out, whole or in part
	Clear bool   `json:"clear,omitempty"` // forget what was shown before
}

// Lines is how many lines are missing, whole or in part, when this is left out.
func (c *Console) Lines() int64 { return c.Lost + max(int64(strings.Count(c.Text, "\n")), 1) }

// Socket is the message console's own WebSocket to the board.
type Socket struct {
	State  string `json:"state"` // "closed", "connecting", "open"
	Path   string `json:"path"`
	Code   int    `json:"code,omitempty"` // of the last close
	Reason string `json:"reason,omitempty"`
	Auto   bool   `json:"auto"` // opens again by itself when the program is there

	Conn     int    `json:"conn,omitempty"`     // its number, as in Message.Conn: the first is 1
	URL      string `json:"url,omitempty"`      // of another server than the board; Path is "" then
	Protocol string `json:"protocol,omitempty"` // the subprotocol that was agreed upon
}

// Handshake is how a WebSocket came to be, or did not (RFC 6455, section 4). What may be secret in it is blanked.
type Handshake struct {
	Request string `json:"request"`          // the head of the request as it was sent to the board
	Answer  string `json:"answer,omitempty"` // the head of what was answered, "" when nothing was; of what is not HTTP the first bytes
	Key     string `json:"key,omitempty"`    // Sec-WebSocket-Key
	Sum     string `json:"sum,omitempty"`    // SHA-1 of the key and the protocol's GUID, in hex
	Accept  string `json:"accept,omitempty"` // what Sec-WebSocket-Accept has to be: Sum in Base64
	Got     string `json:"got,omitempty"`    // what it was
}

// CloseFrame is one side's goodbye.
type CloseFrame struct {
	Time   int64  `json:"time"`
	By     string `json:"by"`   // "page", "studio" or "board"; the server of an address is "board", too
	Code   int    `json:"code"` // 1005: it carried none
	Reason string `json:"reason,omitempty"`
}

// Message is one line of the message console.
type Message struct {
	Seq    int64  `json:"seq"`
	Time   int64  `json:"time"`
	From   string `json:"from"`            // whose connection: "console" or "page"
	Conn   int    `json:"conn"`            // which connection of the page, or of the console
	Kind   string `json:"kind"`            // "open", "sent", "received", "ping" (sent), "pinged", "pong" (received), "close", "gap", "error", "log", "mark" (set by hand), "click" (in the page)
	Binary bool   `json:"binary"`          // Data is base64
	Data   string `json:"data"`            // the message; for "log" what the page printed
	Size   int    `json:"size"`            // bytes of the message; Data may hold less of a long one: GET /api/messages/{seq} has all
	Code   int    `json:"code,omitempty"`  // of a close, or the HTTP status of a failed open
	Millis int64  `json:"millis"`          // answer time of a received message or pong, length of a gap that ended at Time; -1 unknown
	Level  string `json:"level,omitempty"` // "log": "log", "info", "warn", "error"
	Path   string `json:"path,omitempty"`  // page or file the log came from: "www/led.html"
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Count  int    `json:"count,omitempty"` // how often it came; 0: once. A message with a known Seq and another Count replaces the one before

	Head      []byte       `json:"head,omitempty"`      // headers of the frames that the message came in, one after the other, of at most the first few
	Frames    int          `json:"frames,omitempty"`    // how many frames, if more than one
	Handshake *Handshake   `json:"handshake,omitempty"` // of "open", and of an "error" that is a failed one
	Closing   []CloseFrame `json:"closing,omitempty"`   // of "close": who said goodbye, in order; of the one that is missing nothing came
}

// Recording is what is known of a recording of messages.
type Recording struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Board    string `json:"board"`    // what was selected when it began
	Started  int64  `json:"started"`  // Unix milliseconds
	Millis   int64  `json:"millis"`   // how long it is
	Messages int64  `json:"messages"` // that it has
	First    int64  `json:"first"`    // number of the first of them: more than 1 when there was too much
	Size     int64  `json:"size"`     // bytes
	End      string `json:"end"`      // "": it is under way; "stopped", "closed", "broken", "full", "failed", "imported", "replayed"
	Of       string `json:"of"`       // the recording that was replayed; "": none
}

// Pushed lists what has changed on the board.
type Pushed struct {
	Paths []string `json:"paths"`
	Bytes int64    `json:"bytes"` // on the line
}

// Notice is something to tell once, where the user looks.
type Notice struct {
	Level   string           `json:"level"` // "info", "warning", "error"
	Problem *problem.Problem `json:"problem,omitempty"`
}

// Settings are kept by the server, so that they survive another browser and another port.
type Settings struct {
	Theme     string            `json:"theme"` // "system", "light", "dark"
	Project   string            `json:"project"`
	Port      string            `json:"port"`
	Tabs      []string          `json:"tabs"`
	ActiveTab string            `json:"activeTab"`
	Below     string            `json:"below"`  // "console", "messages", "problems", "search"
	Panels    map[string]int    `json:"panels"` // sizes in px, 0: folded
	Steps     []string          `json:"steps"`  // ticked first steps
	StepsOff  bool              `json:"stepsOff"`
	FontSize  int               `json:"fontSize"`
	TabSize   int               `json:"tabSize"`  // columns of a tab, and how far pages are indented; 0: programs 4, pages 2
	Wrap      bool              `json:"wrap"`     // long lines go on in the next row
	Recent    []string          `json:"recent"`   // the commands that were used last, the latest first
	AutoPush  bool              `json:"autoPush"` // saved www/ files go to the board at once
	Boards    map[string]string `json:"boards"`   // which board hangs on a port, by the port's identity, as the user has chosen
}
